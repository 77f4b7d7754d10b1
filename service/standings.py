"""Standings: the results of a period as of a position, brought up to date when they are read.

Only subjects with new events or another record are computed again, and only pools that somebody joined, left or moved
in are placed again; the outcome is the same, to the byte, as computing everything. Watermarks are positions: what a
standing holds is exactly what lies at or before its watermark.
"""

import time
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from service import metrics
from service.database.transactions import Transaction
from service.periods import Period
from service.rulebooks import store
from service.rulebooks.store import Ruling

# Above this share of the cohort, computing everything costs less than picking.
_PICKED_AT_MOST = 0.2


@dataclass(frozen=True)
class Standing:
    """A standing that holds everything up to its watermark."""

    number: int
    ruling: Ruling
    period: Period
    watermark: int
    changed_at: int
    part_runs: list[int]


def refresh(transaction: Transaction, ruling: Ruling, period: Period, watermark: int, full: bool = False) -> Standing:
    """Bring a standing up to a position (a sealed one), or recompute it in full."""
    keys = {"rulebook": ruling.number, "period": period.text}
    runs, standings = _parts(transaction, ruling, period, watermark)
    row = transaction.maybe("standing", **keys)
    if row is None:
        transaction.do("standing_ensure", **keys)
    if row is None or full or _is_behind(row, watermark, runs, standings):
        row = transaction.one("standing_lock", **keys)
        if full or _is_behind(row, watermark, runs, standings):
            _compute(transaction, ruling, period, watermark, row, full, runs, standings)
            row = transaction.one("standing", **keys)
    return Standing(row.standing_no, ruling, period, row.watermark, row.changed_at, row.part_runs)


def hold(transaction: Transaction, standing: Standing) -> Standing:
    """The standing as it is now, which nobody changes before this transaction ends."""
    row = transaction.one("standing_shared", rulebook=standing.ruling.number, period=standing.period.text)
    return replace(standing, watermark=row.watermark, changed_at=row.changed_at)


def _is_behind(row: Any, watermark: int, runs: list[int], standings: list[int]) -> bool:
    return row.watermark < watermark or (row.part_runs, row.part_standings) != (runs, standings)


class BasePeriod(NamedTuple):
    """A base period of a roll-up: the version that rules it and, once it is published, its run."""

    period: Period
    ruling: Ruling
    run: int | None


def base_periods(transaction: Transaction, ruling: Ruling, period: Period) -> list[BasePeriod]:
    """What a roll-up is made of, from the rulebook's first version on; a base period is made of nothing else."""
    found = []
    for month in period.months() if period.kind != "month" else []:
        of_month = store.ruling_if_any(transaction, month, ruling.id)
        if of_month is not None:
            run = transaction.one("period_state", rulebook_id=ruling.id, period=month.text).run_no
            found.append(BasePeriod(month, of_month, run))
    return found


def _parts(transaction: Transaction, ruling: Ruling, period: Period, watermark: int) -> tuple[list[int], list[int]]:
    """What a roll-up reads: the run of each published base period, the standing of each other that has begun."""
    begun = [base for base in base_periods(transaction, ruling, period) if base.period.has_begun(ruling.timezone)]
    runs = [base.run for base in begun if base.run is not None]
    standings = [refresh(transaction, base.ruling, base.period, watermark).number for base in begun if base.run is None]
    return runs, standings


def _compute(
    transaction: Transaction,
    ruling: Ruling,
    period: Period,
    watermark: int,
    row: Any,
    full: bool,
    runs: list[int],
    standings: list[int],
) -> None:
    begun = time.perf_counter()
    starts, ends = period.bounds(ruling.timezone)
    values = {
        "rulebook": ruling.number,
        "sheet": period.kind,
        "starts": starts,
        "ends": ends,
        "first_day": period.first_day,
        "end_day": period.end_day,
        "periods": period.contained(),
        "watermark": watermark,
        "standing": row.standing_no,
        "part_runs": runs,
        "part_standings": standings,
    }
    afresh = full or row.watermark == 0 or (row.part_runs, row.part_standings) != (runs, standings)
    subjects = None if afresh else _changed(transaction, row, values)
    if subjects is None or subjects:
        transaction.do("standing_plan", nested_loops="off")
        _place(transaction, values, _total(transaction, values, subjects))
        transaction.do("standing_plan", nested_loops="on")
    transaction.do("standing_refreshed", changed=subjects is None or bool(subjects), **values)
    metrics.computations.labels("full" if subjects is None else "partial").observe(time.perf_counter() - begun)


def _changed(transaction: Transaction, row: Any, values: dict[str, Any]) -> list[int] | None:
    """The subjects to compute again; None for all."""
    since = transaction.one("changed_since", since=row.watermark)
    if since.organisations:
        return None
    if since.first_entry is None:
        return []
    changed = transaction.all("changed_subjects", since=row.watermark, first_entry=since.first_entry, **values)
    size = transaction.one("standing_size", **values).subjects
    return None if len(changed) > size * _PICKED_AT_MOST else [c.subject_no for c in changed]


def _total(transaction: Transaction, values: dict[str, Any], subjects: list[int] | None) -> list[str]:
    """Compute lines and totals anew; the pools that need placing."""
    left = transaction.all("totals_forget", subjects=subjects, **values)
    transaction.do("totals_add", subjects=subjects, **values)
    joined = transaction.all("pool", **values)
    return sorted({row.pool for row in left} | {row.pool for row in joined})


def _place(transaction: Transaction, values: dict[str, Any], pools: list[str]) -> None:
    """Ranks, seats, tiers and outcomes of these pools."""
    transaction.do("rank", pools=pools, **values)
    for tier in transaction.all("quota_tiers", **values):
        transaction.do("seat", pools=pools, tier=tier.tier_no, **values)
    transaction.do("settle", pools=pools, **values)
