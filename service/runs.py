"""Closing and publishing a period: the standing becomes a run, frozen with everything that it depends on.

open → close → closing → publish → provisional. No state changes by itself.
"""

from typing import Any

from service import journal, standings
from service.database.transactions import Transaction
from service.errors import Problem
from service.periods import Period
from service.rulebooks import store
from service.rulebooks.store import Ruling
from service.sources import base_periods, find_sources


def close(transaction: Transaction, actor: str, period: Period, rulebook: str | None) -> dict[str, Any]:
    """open → closing. Problem period.not_ended, period.state, period.parts_open."""
    transaction.do("rulebook_lock")  # so that no other version begins to rule meanwhile
    ruling = store.ruling(transaction, period, rulebook)
    _expect(transaction, ruling, period, "open")
    if not period.has_ended(ruling.timezone):
        raise Problem("period.not_ended", period=period.text)
    _parts_published(transaction, ruling, period)
    journal.record(transaction, "period.close", actor, {"rulebook": ruling.id, "period": period.text})
    transaction.do("period_state_set", rulebook_id=ruling.id, period=period.text, state="closing")
    return {"rulebook": ruling.id, "period": period.text, "state": "closing"}


def publish(
    transaction: Transaction, actor: str, period: Period, rulebook: str | None, watermark: int
) -> dict[str, Any]:
    """closing → provisional: compute the whole cohort as of the watermark, and freeze it. Problem period.state."""
    transaction.do("rulebook_lock")
    ruling = store.ruling(transaction, period, rulebook)
    _expect(transaction, ruling, period, "closing")
    _parts_published(transaction, ruling, period)
    standing = standings.refresh(transaction, ruling, period, watermark, full=True, published=True)
    keys = {"rulebook_id": ruling.id, "period": period.text}
    # A new tenant has no statistics yet, for which nested loops would take minutes.
    transaction.do("standing_plan", nested_loops="off")
    digest = transaction.one("standing_digest", standing=standing.number, rulebook=ruling.number).digest
    starts, ends = period.bounds(ruling.timezone)
    detail = {"rulebook": ruling.id, "period": period.text, "revision": 1, "digest": bytes(digest).hex()}
    run = transaction.one(
        "run_add",
        **keys,
        revision=1,
        rulebook=ruling.number,
        rulebook_hash=ruling.hash,
        language=ruling.language,
        watermark=standing.watermark,
        roster_position=transaction.one("roster_position", watermark=standing.watermark).position,
        starts=starts,
        ends=ends,
        digest=digest,
        entry=journal.record(transaction, "period.publish", actor, detail),
    ).run_no
    transaction.do("run_inputs_add", run=run, read_runs=standing.read_runs)
    transaction.do("results_add", run=run, standing=standing.number)
    transaction.do("period_state_set", **keys, state="provisional")
    return {**detail, "state": "provisional", "watermark": standing.watermark}


def _expect(transaction: Transaction, ruling: Ruling, period: Period, needed: str) -> None:
    transaction.do("period_lock", rulebook_id=ruling.id, period=period.text)
    state = transaction.one("period_state", rulebook_id=ruling.id, period=period.text).state
    if state != needed:
        raise Problem("period.state", period=period.text, state=state, needed=needed)


def _parts_published(transaction: Transaction, ruling: Ruling, period: Period) -> None:
    """A roll-up is made of published base periods only."""
    bases = {base.text for base in base_periods(ruling, period)}
    sources = find_sources(transaction, ruling, period)
    if open_parts := sorted(
        {s.period.text for s in sources.unpublished if s.period.text in bases and s.ruling.id == ruling.id}
    ):
        raise Problem("period.parts_open", period=period.text, parts=", ".join(open_parts))
