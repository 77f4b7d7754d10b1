"""Entries of the journal, a page at a time, the newest first; or one by its position."""

from typing import Any

from schemas.events import split_subject
from service import cursors
from service.cursors import Long
from service.database.transactions import Transaction
from service.errors import unknown
from service.trail import changes

Said = dict[str, Any]
MOST_CHANGES = 20  # of an entry in a list


def page(transaction: Transaction, sought: Said) -> Said:
    """A page of entries, each with the first of its changes."""
    [after] = cursors.decode(sought["after"], Long) if "after" in sought else [None]
    filters = {key: sought.get(key) for key in ("action", "actor", "time_from", "time_to")}
    filters |= {"after": after, "limit": sought["limit"] + 1}
    if "subject" in sought:
        kind, identifier = split_subject(sought["subject"])
        rows = transaction.all("trail_about", **filters, kind=kind, subject_id=identifier)
    elif sought["intake"] == "true":
        rows = transaction.all("trail", **filters)
    else:
        rows = transaction.all("trail_commanded", **filters)
    shown = rows[: sought["limit"]]
    changed = changes.of(transaction, shown, MOST_CHANGES)
    following = cursors.encode(shown[-1].position) if len(rows) > len(shown) else None
    return {"items": [told(row, changed[row.entry_id]) for row in shown], "next": following}


def one(transaction: Transaction, position: int) -> Said:
    """The entry that has a position, with all its changes. Problem resource.unknown."""
    row = transaction.maybe("trail_entry", position=position)
    if row is None:
        raise unknown("audit entry", str(position))
    return told(row, changes.of(transaction, [row])[row.entry_id])


def told(row: Any, changed: list[Said]) -> Said:
    """An entry as it is answered."""
    return {
        "position": row.position,
        "size": row.size,
        "action": row.action,
        "actor": row.actor,
        "recorded_at": row.recorded_at.isoformat(),
        "request_id": row.request_id,
        "reason": row.reason,
        "detail": row.detail,
        "changed": changes.count(row),
        "changes": changed,
        "digest": bytes(row.digest).hex(),
    }
