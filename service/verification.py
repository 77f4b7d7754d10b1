"""Proof: what was published is computed once more from what its run records, and compared to the last digit.

Nothing of it stays, for every run is verified in a transaction that is rolled back; but what came of it is remembered,
for whoever watches.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from service import canonical, completions, digests, imports, standings
from service.database.transactions import IMPOSSIBLE, Database, Rollback, Transaction
from service.periods import parse
from service.rulebooks import store

_MOST_NAMED = 20


@dataclass(frozen=True)
class Verified:
    """A run, and what of it can't be found again; nothing where it holds."""

    run: int | None  # None: it was published and is gone
    rulebook: str
    period: str
    revision: int
    wrong: list[str]


def verify(
    database: Database, tenant_id: int, runs: list[int] | None = None, sample: int | None = None
) -> Iterator[Verified]:
    """Verify these runs of a tenant, or all, or a sample of them, oldest first; remembered once it is through."""
    begun, checked, wrong = time.perf_counter(), 0, 0
    with database.transaction(tenant_id) as transaction:
        found = transaction.all("runs", run=None, rulebook_id=None, period=None)
        lost = list(astray(transaction, {row.run_no for row in found})) if runs is None else []
    asked = [row for row in found if runs is None or row.run_no in runs]
    drawn = asked if sample is None else SystemRandom().sample(asked, min(sample, len(asked)))
    for row in sorted(drawn, key=lambda row: row.run_no):
        with database.transaction(tenant_id) as transaction, transaction.savepoint():
            verified = Verified(row.run_no, row.rulebook, row.period, row.revision, wrong_of(transaction, row))
            raise Rollback
        checked += 1
        wrong += bool(verified.wrong)
        yield verified
    yield from lost
    remember(database, tenant_id, "runs", begun, checked, wrong + len(lost))


def astray(transaction: Transaction, readable: set[int]) -> Iterator[Verified]:
    """Runs that were published and can't be read any more, and results of runs that nobody published."""
    for row in transaction.all("runs_unlike", run=None):
        if row.run_no not in readable:
            yield Verified(row.run_no, row.rulebook, row.period, row.revision, ["it was published, and is gone"])
    for row in transaction.all("results_astray"):
        yield Verified(row.run_no, "", "", 0, ["there are results of it, and no run"])


def remember(database: Database, tenant_id: int, of: str, begun: float, checked: int, wrong: int) -> None:
    """Keep what came of proving `runs` or the `journal`, begun at that value of the performance counter."""
    seconds = round(time.perf_counter() - begun, 3)
    with database.transaction(tenant_id) as transaction:
        transaction.do("verification_add", of=of, seconds=str(seconds), checked=checked, wrong=wrong)


def wrong_of(transaction: Transaction, row: Any) -> list[str]:
    """What of a run can't be found again; the caller rolls back what this computes."""
    try:
        with transaction.savepoint():
            return list(_wrong(transaction, row))
    except IMPOSSIBLE:
        return ["nothing can be computed from what is stored"]


def _wrong(transaction: Transaction, row: Any) -> Iterator[str]:
    if transaction.all("runs_unlike", run=row.run_no):
        yield "it isn't what its audit entry says"
        return
    ruling = store.by_number(transaction, row.rulebook_no)
    period = parse(row.period)
    inputs = transaction.all("run_inputs", run=row.run_no)
    yield from (
        f"input {i.rulebook} {i.period} revision {i.revision} has another digest"
        for i in inputs
        if i.input_digest != i.digest
    )
    if canonical.digest(ruling.document) != row.rulebook_hash:
        yield "the rulebook has another hash"
    if (row.starts_at, row.ends_at) != period.bounds(ruling.timezone):
        yield "the period has other bounds"
    if row.kind == "import":
        yield from imports.wrong(transaction, row)
        return
    standing = standings.again(transaction, row.run_no, ruling, period, row.watermark, {i.input_run_no for i in inputs})
    if row.kind == "completion":
        base = transaction.one("runs", run=row.base_run_no, rulebook_id=None, period=None)
        if base.digest != row.base_digest:
            yield f"revision {base.revision}, which it carries, has another digest"
        completions.fill_in(transaction, standing, base.run_no, completions.asked(transaction, row.asked_by))
    found = digests.of(transaction, standing.number, ruling)
    if found.digest != row.digest:
        yield "the digest differs"
    groups = sorted(found.groups.keys() | row.group_digests.keys())
    unlike = [group for group in groups if found.groups.get(group) != row.group_digests.get(group)]
    yield from (f"the digest of the group {group} differs" for group in unlike[:_MOST_NAMED])
    results = transaction.all("results_unlike", run=row.run_no, standing=standing.number)
    yield from (f"the result of {one.subject} differs" for one in results[:_MOST_NAMED])
    if len(results) > _MOST_NAMED:
        yield f"so do the results of {len(results) - _MOST_NAMED} more"
