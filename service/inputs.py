"""What published results were made of: which of the revisions that they read were revised since, or are about to be.

Nothing moves by itself: a mark says that a correction may be due, and the drift of the period whom it would move.
"""

from collections import defaultdict
from typing import Any

from service.database.transactions import Transaction

Said = dict[str, Any]


def revised(transaction: Transaction, run: int) -> list[Said]:
    """Of the revisions that a run read, those of periods that have a newer one, or were reopened for it."""
    return [_said(row) for row in transaction.all("inputs_revised", run=run)]


def mark(transaction: Transaction, run: Any) -> Said:
    """`inputs_revised` for the head of a revision; nothing for a standing, which reads what there is."""
    if not run:
        return {}
    return {"inputs_revised": revised(transaction, run.run_no) if run.reads_runs else []}


def marks(transaction: Transaction) -> dict[int, list[Said]]:
    """The same of every current revision that has such inputs, by the number of its run."""
    found: dict[int, list[Said]] = defaultdict(list)
    for row in transaction.all("inputs_revised", run=None):
        found[row.run_no].append(_said(row))
    return found


def count(transaction: Transaction) -> int:
    """How many published periods are marked."""
    return len(marks(transaction))


def _said(row: Any) -> Said:
    return {
        "rulebook": row.rulebook,
        "period": row.period,
        "revision": row.revision,
        "newest": row.newest,
        "state": row.state,
    }
