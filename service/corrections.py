"""Corrections by evidence: an event is never edited, it is taken back, and in an amendment another takes its place.

A reversal takes effect where its event counts: at once in what is open, in what is published by a correction run alone.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from service import intake, journal
from service.access import Access
from service.database.transactions import Transaction
from service.errors import Problem, finding, unknown
from service.intake import Item


@dataclass(frozen=True)
class Correction:
    """An event that was taken back, and for an amendment what became of the one in its place."""

    event: UUID
    is_new: bool
    replacement: Item | None = None

    def json(self) -> dict[str, Any]:
        """As it is answered."""
        by = str(self.replacement.event_id) if self.replacement else None
        return {"event": str(self.event), "replaced_by": by}


def reverse(transaction: Transaction, access: Access, event: UUID, reason: str) -> Correction:
    """Take an event back, or find that the same was done before.

    Problem resource.unknown, access.source, event.reversed.
    """
    row = _reversible(transaction, access, event)
    if not row.reversed:
        _record(transaction, access, row, reason, None)
        return Correction(event, True)
    if (row.replaced_by, row.reversed_by, row.reversed_because) != (None, access.actor, reason):
        raise Problem("event.reversed")
    return Correction(event, False)


def amend(transaction: Transaction, access: Access, event: UUID, reason: str, body: Any) -> Correction:
    """Take an event back and store another in its place, both or neither.

    Problem resource.unknown, access.source, event.reversed, event.conflict, event.rejected (pointers below /event).
    """
    row = _reversible(transaction, access, event)
    [item] = intake.take(transaction, access, [body])
    if item.outcome == "rejected":
        raise Problem("event.rejected", [replace(f, pointer=f"/event{f.pointer}") for f in item.findings])
    if row.reversed:
        if (row.replaced_by, row.reversed_by, row.reversed_because) != (item.event_id, access.actor, reason):
            raise Problem("event.reversed")
        return Correction(event, False, item)
    if item.outcome == "conflict":
        raise Problem("event.conflict")
    if item.outcome == "duplicate":  # what counts already can't count in another's place too
        raise Problem("event.rejected", [finding("/event/id", "event.known")])
    _record(transaction, access, row, reason, item.event_id)
    return Correction(event, True, item)


def _reversible(transaction: Transaction, access: Access, event: UUID) -> Any:
    transaction.do("reversal_lock", event=event)
    row = transaction.maybe("reversible", event=event)
    if row is None:
        raise unknown("event", str(event))
    if row.source not in access.sources:
        raise Problem("access.source", source=row.source)
    return row


def _record(transaction: Transaction, access: Access, row: Any, reason: str, replaced_by: UUID | None) -> None:
    detail = {"event": str(row.event_id), "replaced_by": str(replaced_by) if replaced_by else None}
    entry = journal.record(transaction, "event.reverse", access.actor, detail, reason=reason)
    transaction.do(
        "reversal_add",
        event=row.event_id,
        entry=entry,
        replaced_by=replaced_by,
        root=row.root_id,
        root_entry=row.root_entry_id,
    )
