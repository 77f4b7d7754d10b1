"""The journal: every write leaves one audit entry in its own transaction, and every entry gets a position later.

A position is gap-free within the tenant and never changes; it is the watermark of a standing or run, and the link of
the hash chain. Giving it is kept off the hot path: whoever needs a watermark seals first.
"""

import contextvars
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from service import canonical, idempotency
from service.database.transactions import Database, Transaction, json

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


def record(
    transaction: Transaction,
    action: str,
    actor: str,
    detail: dict[str, Any],
    size: int = 1,
    content: bytes = b"",
    reason: str | None = None,
) -> int:
    """Record a write; its entry id. `detail` holds nothing personal; the digest covers `content` beside it.

    Free text about a person is the `reason`, which can be erased: the digest says that there is one, not which.
    """
    said = entry(action, actor, detail, size, content, reason is not None)
    number: int = transaction.one("entry_add", **said).entry_id
    if reason is not None:
        transaction.do("remark_add", entry=number, reason=reason)
    idempotency.note(transaction, number)
    return number


def entry(
    action: str, actor: str, detail: dict[str, Any], size: int = 1, content: bytes = b"", has_reason: bool = False
) -> dict[str, Any]:
    """What an entry says, for a statement that records it together with what it is about."""
    now = datetime.now(UTC)
    request = request_id.get()
    return {
        "action": action,
        "actor": actor,
        "request_id": request,
        "recorded_at": now.isoformat(),
        "size": size,
        "detail": canonical.exact(detail).decode(),
        "digest": digest(action, actor, request, now, size, detail, content, has_reason),
    }


def record_each(
    transaction: Transaction, action: str, actor: str, writes: Sequence[tuple[dict[str, Any], str]]
) -> list[int]:
    """Record writes of one kind, each with its detail, which no two share, and its reason; their entry ids in order."""
    now = datetime.now(UTC)
    digests = [digest(action, actor, request_id.get(), now, 1, detail, b"", True) for detail, _ in writes]
    rows = [
        {"ordinal": n, "detail": detail, "digest": digest.hex()}
        for n, ((detail, _), digest) in enumerate(zip(writes, digests, strict=True))
    ]
    said = {"action": action, "actor": actor, "request_id": request_id.get(), "recorded_at": now}
    ids = {bytes(row.digest): row.entry_id for row in transaction.all("entries_add", rows=json(rows), **said)}
    entries = [ids[digest] for digest in digests]
    reasons = [{"entry_id": entry, "reason": reason} for entry, (_, reason) in zip(entries, writes, strict=True)]
    transaction.do("remarks_add", rows=json(reasons))
    return entries


def digest(
    action: str,
    actor: str,
    request: str,
    recorded_at: datetime,
    size: int,
    detail: dict[str, Any],
    content: bytes,
    has_reason: bool,
) -> bytes:
    """SHA-256 over everything that an entry says, what it covers beside it, and whether a reason is kept."""
    when = recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [action, actor, request, when, size, detail, has_reason]
    return sha256(canonical.exact(fields) + b"\0" + content).digest()


def seal(transaction: Transaction) -> int:
    """Give every committed entry its position; the last one is the watermark of everything acknowledged so far."""
    head = transaction.one("head")
    if head.waiting:
        before = transaction.one("head_lock")
        head = transaction.maybe("seal") or before  # another may have sealed them meanwhile
    position: int = head.position
    return position


def sealed(database: Database, tenant_id: int) -> int:
    """The position of the last thing acknowledged so far; in a short transaction, so that readers don't queue."""
    with database.transaction(tenant_id, kept=True, by_key=True) as transaction:
        return seal(transaction)
