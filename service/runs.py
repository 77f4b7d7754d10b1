"""The life of a period: its standing becomes a run, frozen with all that it depends on; a correction makes another.

open → close → closing → publish → provisional → finalise → final; reopen leads from both of these back to closing, and
the current revision stays readable until the next. No state changes by itself.
"""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service import completions, digests, journal, lateness, metrics, notice, standings
from service.checklist import refuse_blocked
from service.database.transactions import Transaction
from service.errors import Finding, Problem, finding
from service.freezing import Frozen, freeze
from service.periods import Period
from service.rulebooks import store
from service.rulebooks.store import Ruling
from service.standings import Standing


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
    begun = time.perf_counter()
    ruling = _locked(transaction, period, rulebook)
    before = _expect(transaction, ruling, period, "closing").revision or 0
    asked = _asked(transaction, actor, ruling, period) if before else None
    forced = refuse_blocked(transaction, ruling, period, "publish", force is not None)
    watermark = lateness.abreast(transaction, ruling, watermark)
    announced = notice.from_today(transaction, ruling, watermark)
    standing, base = _computed(transaction, ruling, period, watermark, asked)
    frozen = _frozen(transaction, period, before + 1, standing, asked, base)
    told = (announced.json() if announced else {}) | ({"forced": forced} if forced else {})
    due = transaction.all("answers_due", rulebook_id=ruling.id, period=period.text)
    answers = [] if base else [row.objection for row in due]  # a completion computes nobody else again
    beside = {**told, "answers": answers, "calendar": announced.calendar if announced else None}
    run, entry = freeze(transaction, "period.publish", actor, frozen, beside, force if forced else None)
    transaction.do("results_add", run=run, standing=standing.number)
    if base:
        transaction.do("standing_forget", standing=standing.number)
    transaction.do("answers_add", run=run, objections=answers)
    if forced:
        transaction.do("forcing_add", run=run, entry=entry)
    if announced:
        notice.keep(transaction, run, announced)
    transaction.do("period_state_set", rulebook_id=ruling.id, period=period.text, state="provisional")
    metrics.runs.labels(frozen.kind).observe(time.perf_counter() - begun)
    return {**frozen.json(), **told, "run": run, "state": "provisional", "watermark": standing.watermark}


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
    named = {"completed": sorted(complete)} if complete else {"admitted": [str(event) for event in admit]}
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


def _asked(transaction: Transaction, actor: str, ruling: Ruling, period: Period) -> Any:
    """Who asked for the correction that is to be published, and by which entry. Problem access.second_person."""
    asked = transaction.one("reopening", rulebook_id=ruling.id, period=period.text)
    if asked.actor == actor:
        raise Problem("access.second_person")
    return asked


def _computed(
    transaction: Transaction, ruling: Ruling, period: Period, watermark: int, asked: Any
) -> tuple[Standing, Any]:
    """The standing that is to be frozen, and of a completion the run that it carries. Problem completion.still_none."""
    completed = completions.asked(transaction, asked.entry_id) if asked else []
    if completed:
        base = transaction.one("run", rulebook_id=ruling.id, period=period.text, revision=asked.revision)
        return completions.compute(transaction, ruling, period, watermark, base, completed), base
    return standings.refresh(transaction, ruling, period, watermark, full=True, published=True), None


def _frozen(
    transaction: Transaction, period: Period, revision: int, standing: Standing, asked: Any, base: Any
) -> Frozen:
    """What a standing becomes."""
    ruling = standing.ruling
    # A new tenant has no statistics yet, for which nested loops would take minutes.
    transaction.do("standing_plan", nested_loops="off")
    found = digests.of(transaction, standing.number, ruling)
    return Frozen(
        ruling,
        period,
        revision,
        kind="completion" if base else "computation",
        watermark=standing.watermark,
        digest=found.digest,
        group_digests=found.groups,
        read_runs=standing.read_runs,
        asked_by=asked.entry_id if asked else None,
        base=base,
    )


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
