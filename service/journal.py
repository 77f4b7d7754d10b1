"""The journal: every write leaves one audit entry in its own transaction, and every entry gets a position later.

A position is gap-free within the tenant and never changes; it is the watermark of a standing or run, and the link of
the hash chain. Giving it is kept off the hot path: whoever needs a watermark seals first.
"""

import contextvars
from datetime import UTC, datetime
from typing import Any

from service.canonical import digest
from service.database.transactions import Transaction, json

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


def record(
    transaction: Transaction,
    action: str,
    actor: str,
    detail: dict[str, Any],
    size: int = 1,
    content: bytes = b"",
) -> int:
    """Record a write; its entry id. `detail` holds nothing personal; the digest covers `content` beside it."""
    now = datetime.now(UTC)
    fields = [
        action,
        actor,
        request_id.get(),
        now.isoformat(timespec="microseconds"),
        size,
        detail,
        content.hex(),
    ]
    entry: int = transaction.one(
        "entry_add",
        action=action,
        actor=actor,
        request_id=request_id.get(),
        recorded_at=now,
        size=size,
        detail=json(detail),
        digest=digest(fields),
    ).entry_id
    return entry


def seal(transaction: Transaction) -> int:
    """Give every committed entry its position; the last one is the watermark of everything acknowledged so far."""
    head = transaction.one("head")
    if head.waiting:
        transaction.one("head_lock")
        transaction.do("seal")
        head = transaction.one("head")
    position: int = head.position
    return position
