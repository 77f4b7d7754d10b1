"""The life of a period: its standing becomes a run, frozen with all that it depends on; a correction makes another.

open → close → closing → publish → provisional → finalise → final; reopen leads from both of these back to closing, and
the current revision stays readable until the next. No state changes by itself.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service import completions, journal, lateness, notice, standings
from service.checklist import refuse_blocked
from service.database.transactions import Transaction
from service.errors import Finding, Problem, finding
from service.periods import Period
from service.rulebooks import store
from service.rulebooks.store import Ruling


def close(transaction: Transaction, actor: str, period: Period, rulebook: str | None) -> dict[str, Any]:
    """open → closing. Problem period.not_ended, period.state, period.parts_open, period.claimed."""
    ruling = _locked(transaction, period, rulebook)
    _expect(transaction, ruling, period, "open")
    refuse_blocked(transaction, ruling, period, "close")
    keys = {"rulebook": ruling.id, "period": period.text}
    journal.record(transaction, "period.close", actor, keys)
    transaction.do("period_state_set", rulebook_id=ruling.id, period=period.text, state="closing")
    return {**keys, "state": "closing"}


def publish(
    transaction: Transaction,
    actor: str,
    period: Period,
    rulebook: str | None,
    watermark: int,
    force: str | None = None,
) -> dict[str, Any]:
    """closing → provisional: compute the whole cohort as of the watermark, and freeze it; its public notice begins.

    A correction is published by another person than the one who asked for it, and so is a completion, which carries
    what it doesn't complete. `force` is the reason for waiting neither for late events nor for other results. Problem
    period.state, period.parts_open, period.claimed, period.late_days, results.unpublished, access.second_person,
    calendar.unknown, completion.still_none.
    """
    ruling = _locked(transaction, period, rulebook)
    before = _expect(transaction, ruling, period, "closing").revision
    keys = {"rulebook_id": ruling.id, "period": period.text}
    asked = transaction.one("reopening", **keys) if before else None
    if asked and asked.actor == actor:
        raise Problem("access.second_person")
    forced = refuse_blocked(transaction, ruling, period, "publish", force is not None)
    watermark = lateness.abreast(transaction, ruling, watermark)
    announced = notice.from_today(transaction, ruling, watermark)
    completed = completions.asked(transaction, asked.entry_id) if asked else []
    base = transaction.one("run", **keys, revision=before) if completed else None
    if base:
        standing = completions.compute(transaction, ruling, period, watermark, base, completed)
    else:
        standing = standings.refresh(transaction, ruling, period, watermark, full=True, published=True)
    # A new tenant has no statistics yet, for which nested loops would take minutes.
    transaction.do("standing_plan", nested_loops="off")
    digest = transaction.one("standing_digest", standing=standing.number, rulebook=ruling.number).digest
    starts, ends = period.bounds(ruling.timezone)
    revision = (before or 0) + 1
    roster_position = transaction.one("roster_position", watermark=standing.watermark).position
    detail: dict[str, Any] = {"rulebook": ruling.id, "period": period.text, "revision": revision}
    detail |= {"digest": bytes(digest).hex()} | (announced.json() if announced else {})
    detail |= {"forced": forced} if forced else {}
    # Everything that the run depends on stands in the entry too, so that the chain covers it.
    depends = {
        "hash": ruling.hash.hex(),
        "language": ruling.language,
        "watermark": standing.watermark,
        "roster_position": roster_position,
        "inputs": sorted(standing.read_runs),
        "asked_by": asked.entry_id if asked else None,
        "carries": base.run_no if base else None,
        "carried_digest": base.digest.hex() if base else None,
    }
    entry = journal.record(
        transaction, "period.publish", actor, {**detail, **depends}, reason=force if forced else None
    )
    run = transaction.one(
        "run_add",
        **keys,
        revision=revision,
        rulebook=ruling.number,
        rulebook_hash=ruling.hash,
        language=ruling.language,
        watermark=standing.watermark,
        roster_position=roster_position,
        starts=starts,
        ends=ends,
        digest=digest,
        entry=entry,
        asked_by=asked.entry_id if asked else None,
        kind_of_run="completion" if base else "computation",
        base_run=base.run_no if base else None,
        base_digest=base.digest if base else None,
        imported_from=None,
    ).run_no
    transaction.do("run_inputs_add", run=run, read_runs=standing.read_runs)
    transaction.do("results_add", run=run, standing=standing.number)
    if base:
        transaction.do("standing_forget", standing=standing.number)
    if base is None:  # a completion answers no objection, as nobody else is computed again
        transaction.do("answers_add", run=run, **keys)
    if forced:
        transaction.do("forcing_add", run=run, entry=entry)
    if announced:
        notice.keep(transaction, run, announced)
    transaction.do("period_state_set", **keys, state="provisional")
    return {**detail, "run": run, "state": "provisional", "watermark": standing.watermark}


def finalise(
    transaction: Transaction, actor: str, period: Period, rulebook: str | None, force: str | None = None
) -> dict[str, Any]:
    """provisional → final: the notice is over, every objection settled, and history reads this revision.

    `force` is the reason for not waiting. Problem period.state, objection.open, notice.running.
    """
    ruling = _locked(transaction, period, rulebook)
    revision = _expect(transaction, ruling, period, "provisional").revision
    forced = refuse_blocked(transaction, ruling, period, "finalise", force is not None)
    keys = {"rulebook_id": ruling.id, "period": period.text}
    run = transaction.one("run", **keys, revision=None).run_no
    detail: dict[str, Any] = {"rulebook": ruling.id, "period": period.text, "revision": revision}
    detail |= {"forced": forced} if forced else {}
    entry = journal.record(transaction, "period.finalise", actor, detail, reason=force if forced else None)
    if forced:
        transaction.do("forcing_add", run=run, entry=entry)
    transaction.do("finalisation_add", **keys, revision=revision, entry=entry)
    transaction.do("period_state_set", **keys, state="final")
    return {**detail, "state": "final"}


def reopen(
    transaction: Transaction,
    actor: str,
    period: Period,
    rulebook: str | None,
    reason: str,
    admit: list[UUID],
    complete: Sequence[str] = (),
) -> dict[str, Any]:
    """provisional or final → closing, for a correction that may let late events in by name, or to complete subjects.

    What was asked for and isn't published yet may be asked for otherwise: the last one who asks decides. Problem
    period.state; request.invalid for an event that isn't a late one of the period, or counts in a later one that is
    published, or a subject that can't be completed; completion.still_none.
    """
    ruling = _locked(transaction, period, rulebook)
    revision = transaction.one("period_state", rulebook_id=ruling.id, period=period.text).revision
    if revision is None:
        _expect(transaction, ruling, period, "provisional", "final")
    keys = {"rulebook_id": ruling.id, "period": period.text}
    detail = {"rulebook": ruling.id, "period": period.text, "revision": revision}
    named = {"completed": list(complete)} if complete else {"admitted": [str(event) for event in admit]}
    entry = journal.record(transaction, "period.reopen", actor, {**detail, **named}, reason=reason)
    transaction.do("reopening_add", **keys, revision=revision, entry=entry)
    carried = lateness.refused(transaction, ruling, period, admit)
    events = {"events": admit, "periods": period.contained()}
    found = {row.event_id for row in transaction.all("admissions_add", **keys, **events, entry=entry)}
    wrong = [_not_late(n, period) for n, event in enumerate(admit) if event not in found]
    if wrong or carried:
        raise Problem("request.invalid", [*wrong, *carried])
    if complete:
        completions.ask(transaction, ruling, period, entry, complete)
    transaction.do("period_state_set", **keys, state="closing")
    return {**detail, "state": "closing"}


def _not_late(place: int, period: Period) -> Finding:
    return finding(f"/admit/{place}", "event.not_late", period=period.text)


def _locked(transaction: Transaction, period: Period, rulebook: str | None) -> Ruling:
    transaction.do("rulebook_lock")  # so that no other version begins to rule meanwhile
    ruling = store.ruling(transaction, period, rulebook)
    transaction.do("period_lock", rulebook_id=ruling.id, period=period.text)
    return ruling


def _expect(transaction: Transaction, ruling: Ruling, period: Period, *needed: str) -> Any:
    row = transaction.one("period_state", rulebook_id=ruling.id, period=period.text)
    if row.state not in needed:
        raise Problem("period.state", period=period.text, state=row.state, needed=" / ".join(needed))
    return row
