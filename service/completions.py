"""Completions: a tier filled in later for who had none, a year of investigation after, and nobody else moves.

The new revision carries everybody else's result as the one before says it. Who is completed keeps its place (group,
lists) and is computed as of now: lines, gates, ceilings, vetoes. Seats are those of the last revision that computed
everybody; one is had only if it is left. Places in front or at the end were given out with that revision, so conditions
of `top` and `bottom` don't hold for who is completed, who isn't chosen either.
"""

from collections.abc import Sequence
from typing import Any

from service import journal, standings
from service.database.transactions import Transaction
from service.errors import Problem, finding
from service.periods import Period
from service.pools import counted
from service.rulebooks import store
from service.rulebooks.store import Ruling
from service.standings import Standing


def ask(transaction: Transaction, ruling: Ruling, period: Period, entry: int, named: Sequence[str]) -> None:
    """Ask for a completion of these subjects of the current revision, which the next publication makes.

    Problem request.invalid for who isn't in it, has a tier or is named twice; completion.still_none for who would have
    no tier now either.
    """
    base = transaction.one("run", rulebook_id=ruling.id, period=period.text, revision=None)
    rows = transaction.all("completion_named", ids=list(named), base=base.run_no, rulebook=ruling.number)
    wrong = []
    for n, row in enumerate(rows):
        if named[n] in named[:n]:
            wrong.append(finding(f"/complete/{n}", "id.repeated"))
        elif not row.appraised:
            wrong.append(finding(f"/complete/{n}", "completion.unknown", period=period.text))
        elif row.tier is not None:
            wrong.append(finding(f"/complete/{n}", "completion.placed", tier=row.tier))
    if wrong:
        raise Problem("request.invalid", wrong)
    numbers = [row.subject_no for row in rows]
    _refuse_lacking(transaction, standings.refresh(transaction, ruling, period, journal.seal(transaction)), numbers)
    transaction.do("completion_add", entry=entry, subjects=numbers)


def asked(transaction: Transaction, entry: int) -> list[int]:
    """Whom a reopening asks to complete; nobody where it asks for a correction."""
    return [row.subject_no for row in transaction.all("completion", entry=entry)]


def compute(
    transaction: Transaction, ruling: Ruling, period: Period, watermark: int, base: Any, subjects: list[int]
) -> Standing:
    """The completion of a run, as a standing of its own that the caller forgets. Problem completion.still_none."""
    standing = standings.refresh(transaction, ruling, period, watermark, full=True, published=True, again=base.run_no)
    _refuse_lacking(transaction, standing, subjects)
    fill_in(transaction, standing, base.run_no, subjects)
    return standing


def fill_in(transaction: Transaction, standing: Standing, base: int, subjects: list[int]) -> None:
    """Of a standing that computed everybody keep these subjects, place them, and carry all others from the base."""
    ruling, period = standing.ruling, standing.period
    values = {"rulebook": ruling.number, "sheet": period.kind, "filled": standing.number, "base": base}
    values |= {"subjects": subjects}
    transaction.do("standing_plan", nested_loops="off")
    transaction.do("completion_keep", **values)
    pools = [row.pool for row in transaction.all("completion_place", **values)]
    seats = standings.empty(transaction, ruling, period, -base)
    whole = transaction.one("whole_run", base=base).run_no
    transaction.do("standing_restore", run=whole, standing=seats, pools=pools, subjects=[])
    sizes = counted(transaction, seats, pools).parameters()
    for tier in store.sheet_needs(transaction, ruling, period.kind).quota_tiers:
        transaction.do("completion_seat", standing=seats, tier=tier, **sizes, **values)
    transaction.do("completion_settle", standing=seats, **sizes, **values)
    transaction.do("standing_forget", standing=seats)
    transaction.do("outcomes_add", standing=standing.number, chooses=False, asks_all=True, **values)
    transaction.do("standing_restore", run=base, standing=standing.number, pools=None, subjects=subjects)
    transaction.do("completion_rank", **values)
    transaction.do("standing_plan", nested_loops="on")


def _refuse_lacking(transaction: Transaction, standing: Standing, subjects: list[int]) -> None:
    lacking = transaction.all("completion_lacking", filled=standing.number, subjects=subjects)
    if lacking:
        said = ", ".join(f"{row.subject} ({row.no_tier or 'not_appraised'})" for row in lacking)
        raise Problem("completion.still_none", subjects=said)
