"""Ranks in the organisations around a subject: its community, its street, the whole cohort.

Nothing follows from them: they compare displayed totals across peer groups, for who looks at a part of the tree.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from service.database.transactions import Transaction
from service.errors import Problem, finding
from service.results.shown import Shown

COHORT = "cohort"


def refuse_unknown(transaction: Transaction, shown: Shown, kinds: Sequence[str]) -> None:
    """Problem request.invalid for what is neither the cohort nor a kind of organisation in the tree."""
    if set(kinds) - {COHORT}:
        refuse_unknown_kinds(transaction, shown, "/ranks_in", kinds, COHORT)


def refuse_unknown_kinds(
    transaction: Transaction, shown: Shown, pointer: str, kinds: Sequence[str], *beside: str
) -> None:
    """Problem request.invalid for a kind of organisation that the tree doesn't have, nor stands `beside` them."""
    known = [*(row.kind for row in transaction.all("organisation_kinds", watermark=shown.watermark)), *beside]
    if not set(kinds) <= set(known):
        raise Problem("request.invalid", [finding(pointer, "code.unknown", codes=", ".join(known) or "-")])


def ranks(
    transaction: Transaction, shown: Shown, kinds: Sequence[str], subjects: list[int]
) -> dict[int, dict[str, dict[str, Any] | None]]:
    """Of each of these subjects its rank in each; None for who has no rank, or no such organisation above."""
    found: dict[int, dict[str, dict[str, Any] | None]] = defaultdict(lambda: dict.fromkeys(kinds))
    for row in transaction.all("nested_ranks", **shown.keys, watermark=shown.watermark, kinds=kinds, subjects=subjects):
        within = {} if row.kind == COHORT else {"organisation": row.id}
        found[row.subject_no][row.kind] = {**within, "rank": row.rank, "tied_with": row.sharing - 1, "of": row.ranked}
    return found
