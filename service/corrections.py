"""Corrections by evidence: an event is never edited, it is taken back, and in an amendment another takes its place.

A reversal takes effect where its event counts: at once in what is open, in what is published by a correction run alone.
A batch is answered as if its items had come one by one; items that have no event in common are settled together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import ValidationError

from schemas.corrections import Correction as Shape
from schemas.fields import storable
from service import canonical, intake, journal
from service.access import Access
from service.database.transactions import Rollback, Transaction, json
from service.errors import Finding, Problem, finding, findings_of, unknown
from service.intake import Item

_SHAPE = Shape()
INNOCENT = ("created", "duplicate")


@dataclass
class Correction:
    """What is asked of one event, and what became of it. The findings of its refusal are about the replacement."""

    event: UUID | None
    reason: str = ""
    body: Any = None  # of the replacement, where there is one
    outcome: str = ""  # created, duplicate, conflict, rejected, aborted
    refusal: Problem | None = None
    replacement: Item | None = None
    named: str = "/event"  # where a batch names the event

    def refuse(self, problem: Problem) -> None:
        """Settle it: this can't be done."""
        self.refusal = problem
        self.outcome = "conflict" if problem.status == 409 else "rejected"

    def json(self) -> dict[str, Any]:
        """The event, and the one in its place."""
        by = self.replacement.event if self.replacement else None
        return {"event": str(self.event), "replaced_by": by}

    @property
    def findings(self) -> list[Finding]:
        """Why it was refused, as an item of a batch says it."""
        match self.refusal:
            case None:
                return []
            case Problem(code="resource.unknown"):
                return [finding(self.named, "event.unknown")]
            case Problem(code="access.source", values=values):
                return [finding(self.named, "source.forbidden", **values)]
            case Problem(code="event.rejected", findings=found):
                return _below("/replacement", found)
            case Problem(code="request.invalid", findings=found):
                return found
            case Problem(code=code):
                return [Finding("/replacement" if code == "event.conflict" else "", code)]


class _Reversal(NamedTuple):
    replaced_by: UUID | None
    actor: str
    reason: str


@dataclass
class _Event:
    """What is known of an event that may be corrected: what stands in for another counts where that did."""

    source: str
    root: UUID
    root_entry: int
    reversal: _Reversal | None = None


def reverse(transaction: Transaction, access: Access, event: UUID, reason: str) -> Correction:
    """Take an event back, or find that the same was done before.

    Problem resource.unknown, access.source, event.reversed.
    """
    return _alone(transaction, access, Correction(event, reason))


def amend(transaction: Transaction, access: Access, event: UUID, reason: str, body: Any) -> Correction:
    """Take an event back and store another in its place, both or neither.

    Problem resource.unknown, access.source, event.reversed, event.conflict, event.rejected (pointers below /event).
    """
    return _alone(transaction, access, Correction(event, reason, body))


def _alone(transaction: Transaction, access: Access, correction: Correction) -> Correction:
    transaction.do("corrections_lock")
    _settle(transaction, access, [correction])
    if refusal := correction.refusal:
        raise Problem(refusal.code, _below("/event", refusal.findings), **refusal.values)
    return correction


def correct(
    transaction: Transaction, access: Access, bodies: Sequence[Any], atomic: bool = False, dry_run: bool = False
) -> list[Correction]:
    """Correct events; one answer for each, in order, as if they had come one by one.

    If `atomic` and one is refused, nothing is written, and the others are `aborted`. If `dry_run`, nothing is written.
    """
    corrections = [_opened(body) for body in bodies]
    transaction.do("corrections_lock")
    with transaction.savepoint():
        _settle(transaction, access, [one for one in corrections if not one.outcome])
        aborted = atomic and not all(one.outcome in INNOCENT for one in corrections)
        if aborted or dry_run:
            raise Rollback
    for one in corrections:
        if aborted and one.outcome in INNOCENT:
            one.outcome = "aborted"
    return corrections


def _opened(body: Any) -> Correction:
    correction = Correction(None)
    if not isinstance(body, dict):
        correction.refuse(Problem("request.invalid", [finding("", "field.object")]))
        return correction
    try:
        said = _SHAPE.load(body)
    except ValidationError as error:
        correction.refuse(Problem("request.invalid", findings_of(error)))
        return correction
    correction.reason, correction.body = said["reason"], said.get("replacement")
    if "id" in said:
        correction.event, correction.named = canonical.event_id(said["source"], said["id"]), "/id"
        return correction
    try:
        correction.event = UUID(said["event"])
    except ValueError:
        correction.refuse(unknown("event", said["event"]))
    return correction


def _settle(transaction: Transaction, access: Access, corrections: list[Correction]) -> None:
    rows = transaction.all("correctable", events=[one.event for one in corrections])
    events = {row.event_id: _Event(row.source, row.root_id, row.root_entry_id, _reversal(row)) for row in rows}
    for wave in _waves(corrections):
        _settle_apart(transaction, access, events, wave)


def _reversal(row: Any) -> _Reversal | None:
    return _Reversal(row.replaced_by, row.reversed_by, row.reversed_because) if row.reversed else None


def _waves(corrections: list[Correction]) -> list[list[Correction]]:
    """The corrections in order, those with an event in common one after the other, and all others together."""
    waves: list[list[Correction]] = []
    earliest: dict[UUID, int] = {}  # the wave in which an event may be named next
    for one in corrections:
        named = [event for event in (one.event, _identity(one.body)) if event]
        n = max((earliest.get(event, 0) for event in named), default=0)
        earliest |= dict.fromkeys(named, n + 1)
        if n == len(waves):
            waves.append([])
        waves[n].append(one)
    return waves


def _identity(body: Any) -> UUID | None:
    """The identity of an event as sent, as far as it can be read."""
    if not isinstance(body, dict):
        return None
    source, identifier = body.get("source"), body.get("id")
    if not isinstance(source, str) or not isinstance(identifier, str) or not storable(source + identifier):
        return None
    return canonical.event_id(source, identifier)


def _settle_apart(
    transaction: Transaction, access: Access, events: dict[UUID | None, _Event], corrections: list[Correction]
) -> None:
    """Settle corrections that have no event in common."""
    for one in corrections:
        _look(access, events, one)
    amending = [one for one in corrections if not one.outcome and one.body is not None]
    items = intake.take(transaction, access, [one.body for one in amending]) if amending else []
    for one, item in zip(amending, items, strict=True):
        one.replacement = item
        _look_at_replacement(events, one, item)
    new = [one for one in corrections if not one.outcome]
    if new:
        _record(transaction, access, events, new)


def _look(access: Access, events: dict[UUID | None, _Event], one: Correction) -> None:
    """Refuse what its event doesn't allow, and know what was done before."""
    event = events.get(one.event)
    if event is None:
        one.refuse(unknown("event", str(one.event)))
    elif event.source not in access.sources:
        one.refuse(Problem("access.source", source=event.source))
    elif event.reversal and event.reversal != _Reversal(_identity(one.body), access.actor, one.reason):
        one.refuse(Problem("event.reversed"))
    elif event.reversal and one.body is None:
        one.outcome = "duplicate"


def _look_at_replacement(events: dict[UUID | None, _Event], one: Correction, item: Item) -> None:
    was_amended = one.event in events and events[one.event].reversal is not None
    match item.outcome:
        case "rejected":
            one.refuse(Problem("event.rejected", item.findings))
        case "conflict":
            one.refuse(Problem("event.conflict"))
        case "duplicate" if was_amended:
            one.outcome = "duplicate"
        case "duplicate":  # what counts already can't count in another's place too
            one.refuse(Problem("event.rejected", [finding("/id", "event.known")]))


def _record(transaction: Transaction, access: Access, events: dict[UUID | None, _Event], new: list[Correction]) -> None:
    entries = journal.record_each(transaction, "event.reverse", access.actor, [(one.json(), one.reason) for one in new])
    rows = []
    for one, entry in zip(new, entries, strict=True):
        event, said = events[one.event], one.json()
        at = {"root_id": str(event.root), "root_entry_id": event.root_entry}
        rows.append({"event_id": said["event"], "entry_id": entry, "replaced_by": said["replaced_by"], **at})
        by = one.replacement.event_id if one.replacement else None
        event.reversal = _Reversal(by, access.actor, one.reason)
        if by:
            events[by] = _Event(one.body["source"], event.root, event.root_entry)
        one.outcome = "created"
    transaction.do("reversals_add", rows=json(rows))


def _below(path: str, findings: Sequence[Finding]) -> list[Finding]:
    return [replace(one, pointer=path + one.pointer) for one in findings]
