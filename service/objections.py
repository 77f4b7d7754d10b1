"""Objections (异议): somebody contests a published result or a line of it; a second person decides, within days.

open → withdrawn, rejected or upheld. No objection moves a point: one that is upheld reopens its period, and the total
changes by reversals, amendments and the correction that follows. What was said and why it was decided is kept apart.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from service import clock, cursors, journal, notice, results, runs
from service.access import Access
from service.database.transactions import Transaction
from service.errors import Finding, Problem, finding, unknown
from service.periods import Period, parse
from service.results import Shown
from service.rulebooks import store
from service.rulebooks.store import Ruling

Said = dict[str, Any]
_PAGE = 5000


def enter(transaction: Transaction, access: Access, said: Said, watermark: int) -> Said:
    """A new objection against the current revision of a period; the watermark says which calendar its clock follows.

    Problem period.state, objection.none, objection.closed_window, objection.not_yours, objection.exists,
    calendar.unknown; resource.unknown for a result that there isn't, request.invalid for the line and the evidence.
    """
    period = parse(said["period"])
    shown = _accepting(transaction, store.ruling(transaction, period, said.get("rulebook")), period)
    subject = _contested(transaction, shown, said)
    objector = _objector(transaction, access, period, said)
    keys = {"subject": subject, "objector": objector, "line": said.get("line")}
    _refuse_second(transaction, shown, keys)
    objection, run, evidence = uuid4(), shown.run.run_no, said["evidence"]
    answer_by = notice.answer_by(transaction, shown.ruling, watermark)
    detail = {"objection": str(objection), "run": run, "subject": said["subject"], "line": keys["line"]}
    detail |= {"objector": said["objector"], "evidence": [str(event) for event in evidence]}
    detail |= {"answer_by": answer_by.isoformat()}
    entry = journal.record(transaction, "objection.enter", access.actor, detail, reason=said["text"])
    columns = {"run": run, "evidence": evidence, "answer_by": answer_by, **keys}
    transaction.do("objection_add", objection=objection, entry=entry, **columns)
    return one(transaction, str(objection))


def one(transaction: Transaction, identifier: str, own: str | None = None) -> Said:
    """An objection with its clock and what became of it; of this objector alone. Problem resource.unknown."""
    return shown(_row(transaction, identifier, own))


def page(transaction: Transaction, sought: Said, own: str | None = None) -> Said:
    """A page of objections, oldest first; of this objector alone."""
    [after] = cursors.decode(sought["after"], int) if "after" in sought else [0]
    rows = transaction.all(
        "objections",
        rulebook_id=sought.get("rulebook"),
        period=sought.get("period"),
        subject_text=sought.get("subject"),
        state=sought.get("state"),
        overdue="overdue" in sought,
        own=own,
        now=clock.now(),
        after=after,
        limit=sought["limit"] + 1,
    )
    items = rows[: sought["limit"]]
    following = cursors.encode(items[-1].entry_id) if len(rows) > len(items) else None
    return {"items": [shown(row) for row in items], "next": following}


def withdraw(transaction: Transaction, access: Access, identifier: str) -> Said:
    """open → withdrawn, by the objector's side. Problem resource.unknown, objection.settled."""
    own = access.only_self("objections:write")
    row = _open(transaction, identifier, own)
    _end(transaction, access.actor, row, "withdrawn", None)
    return one(transaction, identifier, own)


def decide(transaction: Transaction, access: Access, identifier: str, decision: str, reason: str) -> Said:
    """open → upheld or rejected, by somebody who has no part in it; what is upheld reopens its period.

    A period that is taken up already stays so. Problem resource.unknown, objection.settled, objection.second_person.
    """
    row = _open(transaction, identifier, None)
    if access.actor in (row.entered_by, row.objector) or _gave_points(transaction, row, access.actor):
        raise Problem("objection.second_person")
    _end(transaction, access.actor, row, decision, reason)
    period = parse(row.period)
    where = transaction.one("period_state", rulebook_id=row.rulebook, period=row.period)
    if decision == "upheld" and where.state != "closing":
        runs.reopen(transaction, access.actor, period, row.rulebook, reason, [])
    return one(transaction, identifier)


def _accepting(transaction: Transaction, ruling: Ruling, period: Period) -> Shown:
    """The current revision of a period, held as it is, while objections to it are accepted."""
    keys = {"rulebook_id": ruling.id, "period": period.text}
    transaction.do("period_lock", **keys)
    where = transaction.one("period_state", **keys)
    if where.state not in ("provisional", "final"):
        raise Problem("period.state", period=period.text, state=where.state, needed="provisional / final")
    row = transaction.one("notice", **keys)
    if row.objections_until is None:
        raise Problem("objection.none", period=period.text)
    if clock.today(ruling.timezone) > row.objections_until:
        raise Problem("objection.closed_window", period=period.text, until=row.objections_until.isoformat())
    return results.of_run(transaction, row.run_no)


def _contested(transaction: Transaction, shown: Shown, said: Said) -> int:
    """The number of the subject whose result is contested, which must have the line; the evidence must be known."""
    kind, _, identifier = said["subject"].partition("/")
    row = transaction.maybe("result_of", **shown.keys, kind=kind, id=identifier)
    if row is None:
        raise unknown("result", said["subject"])
    if found := [*_unknown_line(shown, said), *_unknown_events(transaction, said["evidence"])]:
        raise Problem("request.invalid", found)
    number: int = row.subject_no
    return number


def _unknown_line(shown: Shown, said: Said) -> list[Finding]:
    line = said.get("line")
    if line is None or line in [item.said["id"] for item in shown.sheet.items]:
        return []
    return [finding("/line", "reference.unknown", id=line)]


def _unknown_events(transaction: Transaction, events: list[UUID]) -> list[Finding]:
    known = {row.event_id for row in transaction.all("events_known", events=events)}
    return [finding(f"/evidence/{n}", "event.unknown") for n, event in enumerate(events) if event not in known]


def _objector(transaction: Transaction, access: Access, period: Period, said: Said) -> int:
    """The number of who objects: the one who is appraised, or somebody of the organisation; himself where he asks."""
    own = access.only_self("objections:write")
    if own is not None and said["objector"] != own:
        raise Problem("objection.not_yours")
    kind, _, identifier = said["objector"].partition("/")
    numbers = transaction.all("subjects", kind=kind, ids=[identifier])
    if kind != "worker" or not numbers:
        raise Problem("request.invalid", [finding("/objector", "subject.unknown", subject=said["objector"])])
    number: int = numbers[0].subject_no
    if said["objector"] != said["subject"] and not _serves(transaction, number, period, said["subject"]):
        raise Problem("objection.not_yours")
    return number


def _serves(transaction: Transaction, worker: int, period: Period, subject: str) -> bool:
    kind, _, identifier = subject.partition("/")
    if kind == "worker":
        return False
    days = {"first_day": period.first_day, "end_day": period.end_day}
    found: bool = transaction.one("serves_in", worker=worker, id=identifier, **days).serves
    return found


def _refuse_second(transaction: Transaction, shown: Shown, keys: Said) -> None:
    before = transaction.maybe("objection_open", rulebook_id=shown.ruling.id, period=shown.period.text, **keys)
    if before:
        raise Problem("objection.exists", objection=str(before.objection_id))


def _row(transaction: Transaction, identifier: str, own: str | None) -> Any:
    row = None
    if number := _uuid(identifier):
        row = transaction.maybe("objection", objection=number, own=own, now=clock.now())
    if row is None:
        raise unknown("objection", identifier)
    return row


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _open(transaction: Transaction, identifier: str, own: str | None) -> Any:
    """An objection that is open, and stays so until this transaction ends it, its period held as it is."""
    row = _row(transaction, identifier, own)
    transaction.do("rulebook_lock")  # in the order in which a reopening locks
    transaction.do("period_lock", rulebook_id=row.rulebook, period=row.period)
    row = _row(transaction, identifier, own)
    if row.state != "open":
        raise Problem("objection.settled", state=row.state)
    return row


def _end(transaction: Transaction, actor: str, row: Any, state: str, reason: str | None) -> None:
    detail = {"objection": str(row.objection_id), "state": state}
    entry = journal.record(transaction, "objection.end", actor, detail, reason=reason)
    transaction.do("objection_end", objection=row.objection_id, state=state, entry=entry)


def _gave_points(transaction: Transaction, row: Any, actor: str) -> bool:
    """Whether somebody brought in an event that counts in the disputed line, or without one in any line."""
    shown = results.of_run(transaction, row.run_no)
    lines = [row.line] if row.line else [item.said["id"] for item in shown.sheet.items]
    events = [event for line in lines for event in _events(transaction, shown, row, line)]
    found: bool = transaction.one("brought_in_by", events=events, actor=actor).brought_in
    return found


def _events(transaction: Transaction, shown: Shown, row: Any, line: str) -> list[UUID]:
    """The events behind a line, however many."""
    events: list[UUID] = []
    after = None
    while True:
        page = results.line_events(transaction, shown, row.kind, row.id, line, after, _PAGE)
        events += [UUID(item["event"]) for item in page["items"]]
        after = page["next"]
        if after is None:
            return events


def shown(row: Any) -> Said:
    """An objection as it is answered."""
    ended = {"by": row.ended_by, "at": _text(row.ended_at), "reason": row.reason} if row.ended_by else None
    return {
        "objection": str(row.objection_id),
        "state": row.state,
        "rulebook": row.rulebook,
        "period": row.period,
        "revision": row.revision,
        "run": row.run_no,
        "subject": f"{row.kind}/{row.id}",
        "line": row.line,
        "objector": row.objector,
        "text": row.said,
        "evidence": row.evidence,
        "entered_by": row.entered_by,
        "opened_at": _text(row.opened_at),
        "answer_by": row.answer_by.isoformat(),
        "overdue": row.overdue,
        "decision": ended,
        "answered_by": row.answered_by,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
