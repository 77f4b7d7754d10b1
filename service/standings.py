"""Standings: the results of a period as of a position, brought up to date when they are read.

Only subjects with new events or another record are computed again, and only pools that somebody joined, left or moved
in are placed again; the outcome is the same, to the byte, as computing everything. Where a sheet has relative words, or
reads results that changed, everything is. Watermarks are positions: what a standing holds is exactly what lies at or
before its watermark, whichever connection computes it; so a publication has parts computed on another.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from service import lateness, metrics
from service.database.transactions import Transaction, json
from service.errors import Problem
from service.periods import Period
from service.pools import Sizes, Turnover, counted
from service.rulebooks import store
from service.rulebooks.store import Ruling
from service.sources import Source, Sources, find_sources

# Where more than one of so many changed, computing everything costs less than picking.
_PICKED_ONE_OF = 5
# So many parts of a cohort does a publication compute one after the other, on whichever connection is free: what is
# grouped for a part stays at hand.
_PARTS = 4


@dataclass(frozen=True)
class Standing:
    """A standing that holds everything up to its watermark."""

    number: int
    ruling: Ruling
    period: Period
    watermark: int
    changed_at: int
    read_runs: list[int]
    epoch: str = ""  # of one that is held: the life of the database in which it was read


def refresh(
    transaction: Transaction,
    ruling: Ruling,
    period: Period,
    watermark: int,
    full: bool = False,
    published: bool = False,
    tried: bool = False,
    again: int = 0,
    seen_at: int | None = None,
) -> Standing:
    """Bring a standing up to a position (a sealed one), or recompute it in full.

    What it reads of periods that aren't published is their standing, or with `published`, as a run does, nothing, and
    of earlier ones what is final. If `tried`, the version is taken to rule all of the period, which is only for a
    transaction that is undone. With `again`, the number of a run, it is a standing of its own beside the one that is
    read, which the caller forgets. `seen_at` is the watermark that the caller has just seen there, if any.
    """
    sources = find_sources(transaction, ruling, period, watermark, published, tried)
    if not published:
        whole = Source(ruling, ruling.number, period, None) if tried else None
        sources = sources.resolved(_standings(transaction, sources.unpublished, watermark, {}, whole))
    return _refresh(transaction, ruling, period, watermark, full, sources, again, shared=published, seen_at=seen_at)


def empty(transaction: Transaction, ruling: Ruling, period: Period, again: int) -> int:
    """The number of a standing without results beside the one that is read, which the caller forgets."""
    keys = {"rulebook": ruling.number, "period": period.text, "again": again}
    transaction.do("standing_ensure", **keys)
    number: int = transaction.one("standing", **keys).standing_no
    return number


def again(
    transaction: Transaction, run: int, ruling: Ruling, period: Period, watermark: int, read_runs: set[int]
) -> Standing:
    """What a run computes once more, from what it read: a standing of its own, which the caller rolls back."""
    sources = find_sources(transaction, ruling, period, watermark, published=True).of_runs(transaction, read_runs)
    return _refresh(transaction, ruling, period, watermark, True, sources, run)


def _refresh(
    transaction: Transaction,
    ruling: Ruling,
    period: Period,
    watermark: int,
    full: bool,
    sources: Sources,
    again: int = 0,
    shared: bool = False,
    seen_at: int | None = None,
) -> Standing:
    keys = {"rulebook": ruling.number, "period": period.text, "again": again}
    row = None
    if seen_at is None or seen_at >= watermark:
        row = transaction.maybe("standing", **keys)
        if row is None:
            transaction.do("standing_ensure", **keys)
    if row is None or full or _is_behind(row, watermark, sources):
        row = transaction.one("standing_lock", **keys)
        if full or _is_behind(row, watermark, sources):
            row = _compute(transaction, ruling, period, watermark, row, full, sources, shared)
    return Standing(row.standing_no, ruling, period, row.watermark, row.changed_at, row.read_runs, row.epoch)


def hold(transaction: Transaction, standing: Standing) -> Standing:
    """The standing as it is now, which nobody changes before this transaction ends."""
    if standing.epoch:
        return standing
    row = transaction.one("standing_shared", rulebook=standing.ruling.number, period=standing.period.text, again=0)
    now = {"watermark": row.watermark, "changed_at": row.changed_at, "read_runs": row.read_runs, "epoch": row.epoch}
    return replace(standing, **now)


def _standings(
    transaction: Transaction,
    unpublished: list[Source],
    watermark: int,
    known: dict[Source, tuple[int, int]],
    tried: Source | None,
) -> dict[Source, tuple[int, int]]:
    """The standing of each period that is read: number, and when it last changed; `known` were refreshed before."""
    for source in unpublished:
        if source not in known:
            is_tried = tried is not None and tried.has(source)
            sources = find_sources(transaction, source.ruling, source.period, watermark, tried=is_tried)
            sources = sources.resolved(_standings(transaction, sources.unpublished, watermark, known, tried))
            standing = _refresh(transaction, source.ruling, source.period, watermark, False, sources)
            known[source] = (standing.number, standing.changed_at)
    return {source: known[source] for source in unpublished}


def _is_behind(row: Any, watermark: int, sources: Sources) -> bool:
    return row.watermark < watermark or not _reads_the_same(row, sources) or row.read_at != sources.read_at


def _reads_the_same(row: Any, sources: Sources) -> bool:
    return (row.read_runs, row.read_standings) == (sources.read_runs, sources.read_standings)


def _compute(
    transaction: Transaction,
    ruling: Ruling,
    period: Period,
    watermark: int,
    row: Any,
    full: bool,
    sources: Sources,
    shared: bool,
) -> Any:
    begun = time.perf_counter()
    needs = store.sheet_needs(transaction, ruling, period.kind)
    values = {
        **parameters(ruling, period, watermark, needs),
        **sources.parameters(),
        "standing": row.standing_no,
        "chooses": needs.chooses,
    }
    moved_by_others = needs.relative or sources.is_of_others(ruling)
    earlier = lateness.earlier(transaction, ruling, period)
    afresh = full or row.watermark == 0 or not _reads_the_same(row, sources) or earlier.is_new_to(row.watermark)
    afresh = afresh or (moved_by_others and row.read_at != sources.read_at)
    looked = values | earlier.widened(period, values)
    sizes, kept = Sizes.as_kept(row.kept_sizes), row.kept_sizes
    subjects = None if afresh else _changed(transaction, row, sizes, looked, needs.relative)
    if subjects is None or subjects:
        # Who is chosen depends on everybody for whom the outcome would follow.
        values["asks_all"] = subjects is None or needs.chooses
        if values["asks_all"]:
            transaction.do("standing_plan", nested_loops="off")
        shared = shared and subjects is None and not needs.relative
        values |= earlier.carried(transaction, ruling, needs.looks_back, values | {"subjects": subjects})
        computing = transaction if values["asks_all"] else transaction.about_some()
        turnover = _total(computing, values, subjects, needs, shared)
        sizes = turnover.sizes(Sizes() if subjects is None else sizes)
        if sizes is None and kept is None and turnover.pooled is None:
            sizes = counted(computing, values["standing"], None)  # once, to be kept from now on
        _place(computing, values, turnover, sizes, needs)
        transaction.do("standing_plan", nested_loops="on")
        kept = sizes.to_keep() if sizes else {}
    changed = subjects is None or bool(subjects)
    kept_sizes = None if kept is None else json(kept)
    refreshed = transaction.one("standing_refreshed", changed=changed, kept_sizes=kept_sizes, **values)
    metrics.computations.labels("full" if subjects is None else "partial").observe(time.perf_counter() - begun)
    return refreshed


def parameters(ruling: Ruling, period: Period, watermark: int, needs: Any) -> dict[str, Any]:
    """What the statements of the computation need to know of a period, beside the results that it reads."""
    starts, ends = period.bounds(ruling.timezone)
    year_starts, _ = period.containing("year")[0].bounds(ruling.timezone)
    return {
        "rulebook": ruling.number,
        "rulebook_id": ruling.id,
        "period": period.text,
        "sheet": period.kind,
        "starts": starts,
        "ends": ends,
        "first_day": period.first_day,
        "end_day": period.end_day,
        "periods": period.contained(),
        "year_starts": year_starts,
        "seen_from": period.months_before(needs.looks_back, ruling.timezone),
        "seen_to": "infinity" if needs.looks_ahead else ends,
        "watermark": watermark,
        "carried": [],
    }


def _changed(
    transaction: Transaction, row: Any, sizes: Sizes | None, values: dict[str, Any], relative: bool
) -> list[int] | None:
    """The subjects to compute again; None for all."""
    since = transaction.one("changed_since", since=row.watermark)
    if since.organisations:
        return None
    if since.first_entry is None:
        return []
    changed = transaction.all("changed_subjects", since=row.watermark, first_entry=since.first_entry, **values)
    if relative and changed:
        return None
    many = len(changed) * _PICKED_ONE_OF
    size = sizes.due.total() if sizes else transaction.one("standing_size", limit=many, **values).subjects
    return None if size < many else [c.subject_no for c in changed]


def _total(
    transaction: Transaction, values: dict[str, Any], subjects: list[int] | None, needs: Any, shared: bool
) -> Turnover:
    """Compute lines and totals anew."""
    name = "totals_add_plain" if needs.plain else "totals_add"
    left = Sizes.of(transaction.all("totals_forget", subjects=subjects, **values))
    if shared:
        joined = _total_shared(transaction, name, values)
    else:
        joined = Sizes.of(transaction.all(name, subjects=subjects, **values))
    pooled = {row.pool for row in transaction.all("pool", **values)} if needs.pools_small_groups else None
    return Turnover(left, joined, pooled)


def _total_shared(transaction: Transaction, name: str, values: dict[str, Any]) -> Sizes:
    """The cohort part by part, here and meanwhile on another connection, or here alone where there is none."""
    subjects = [row.subject_no for row in transaction.all("subjects_of_kind", **values)]
    size = len(subjects) // _PARTS + 1
    waiting = iter([subjects[n * size : (n + 1) * size] for n in range(_PARTS)])
    taken: list[list[int]] = []
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(_total_beside, transaction, name, values, waiting, taken)
        joined = _total_parts(transaction, name, values, waiting)
        beside = other.result()
        if beside is not None:
            transaction.do("totals_join", **values)
        else:
            beside = _total_parts(transaction, name, values, taken)
    return joined + beside


def _total_parts(transaction: Transaction, name: str, values: dict[str, Any], parts: Iterable[list[int]]) -> Sizes:
    """Compute one part after the other."""
    joined = Sizes()
    for part in parts:
        joined += Sizes.of(transaction.all(name, subjects=part, **values))
    return joined


def _total_beside(
    transaction: Transaction, name: str, values: dict[str, Any], waiting: Iterator[list[int]], taken: list[list[int]]
) -> Sizes | None:
    """Compute parts into a standing that nobody reads, of a number below zero; None where it can't be done.

    `taken` are the parts that nobody else computes.
    """
    if transaction.beside is None:
        return None
    apart = {**values, "standing": -values["standing"]}
    joined = Sizes()
    try:
        with transaction.beside() as other:
            other.do("standing_plan", nested_loops="off")
            other.all("totals_forget", subjects=None, **apart)
            for part in waiting:
                taken.append(part)
                joined += _total_parts(other, name, apart, [part])
    except Problem:
        return None
    return joined


def _place(
    transaction: Transaction, values: dict[str, Any], turnover: Turnover, sizes: Sizes | None, needs: Any
) -> None:
    """Seats, tiers and outcomes of these pools; lists span them, and so may those of whom some are chosen."""
    if needs.has_lists:
        transaction.do("list_ranks", **values)
    asked = None if needs.has_lists else turnover.pools
    values = values | (sizes or counted(transaction, values["standing"], asked)).parameters(asked)
    for tier in needs.quota_tiers:
        transaction.do("seat", tier=tier, **values)
    transaction.do("settle", resized=turnover.resized(needs.forces), **values)
    if needs.asks_places:
        transaction.do("places", **values)
    transaction.do("outcomes_add", **values)
    if needs.chooses:
        transaction.do("choose", **values)
