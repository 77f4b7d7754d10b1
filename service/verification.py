"""Proof: what was published is computed once more from what its run records, and compared to the last digit.

Nothing of it stays: every run is verified in a transaction that is rolled back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service import canonical, completions, imports, standings
from service.database.transactions import Database, Rollback, Transaction
from service.periods import parse
from service.rulebooks import store

_MOST_NAMED = 20


@dataclass(frozen=True)
class Verified:
    """A run, and what of it can't be found again; nothing where it holds."""

    run: int
    rulebook: str
    period: str
    revision: int
    wrong: list[str]


def verify(database: Database, tenant_id: int, runs: list[int] | None = None) -> Iterator[Verified]:
    """Verify these runs of a tenant, or all, oldest first."""
    with database.transaction(tenant_id) as transaction:
        found = transaction.all("runs", run=None, rulebook_id=None, period=None)
    for row in found:
        if runs is None or row.run_no in runs:
            with database.transaction(tenant_id) as transaction, transaction.savepoint():
                verified = Verified(row.run_no, row.rulebook, row.period, row.revision, list(_wrong(transaction, row)))
                raise Rollback
            yield verified


def _wrong(transaction: Transaction, row: Any) -> Iterator[str]:
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
    if transaction.one("standing_digest", standing=standing.number, rulebook=ruling.number).digest != row.digest:
        yield "the digest differs"
    unlike = transaction.all("results_unlike", run=row.run_no, standing=standing.number)
    yield from (f"the result of {one.subject} differs" for one in unlike[:_MOST_NAMED])
    if len(unlike) > _MOST_NAMED:
        yield f"so do the results of {len(unlike) - _MOST_NAMED} more"
