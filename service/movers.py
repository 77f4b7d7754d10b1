"""Who moved between two sets of results of one period: where each stands in either, and the lines that did it.

The lines of a subject differ by what its totals differ by, always: a line that only one of the two has counts as its
points there.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from service.database.transactions import Transaction
from service.explanation import Book
from service.results import Shown, beside, lines, placed

Said = dict[str, Any]


def keys(before: Shown, after: Shown) -> Said:
    """The parameters that choose the rows of both."""
    sides = {"before": before, "after": after}
    return {
        **{f"{side}_{key}": number for side, shown in sides.items() for key, number in shown.keys.items()},
        **{f"{side}_rulebook": shown.ruling.number for side, shown in sides.items()},
    }


def counts(row: Any) -> Said:
    """How many there are and how many moved, of the row of difference_counts."""
    return {
        "before": row.subjects_before,
        "after": row.subjects_after,
        "left_out": row.left_out,
        "taken_in": row.taken_in,
        "moved": row.moved,
        "totals_changed": row.totals_changed,
        "ranks_changed": row.ranks_changed,
    }


def told(transaction: Transaction, before: Shown, after: Shown, rows: Sequence[Any]) -> list[Said]:
    """These movers (number, subject, moved, difference) one by one, in their order."""
    numbers = [row.subject_no for row in rows]
    old, new = (_sides(transaction, shown, numbers) for shown in (before, after))
    step = min(Decimal(shown.rulebook["numbers"]["step"]) for shown in (before, after))
    return [_mover(row, old.get(row.subject_no), new.get(row.subject_no), step) for row in rows]


def _sides(transaction: Transaction, shown: Shown, numbers: list[int]) -> dict[int, "_Side"]:
    rows = transaction.all("results_of", **shown.keys, subjects=numbers)
    book = shown.book(transaction)
    return {row.subject_no: _Side(shown, book, row) for row in rows}


class _Side:
    """What one of the two says of a subject."""

    def __init__(self, shown: Shown, book: Book, row: Any) -> None:
        self.place = placed(shown, row) | beside(shown, book, row)
        self.lines = {(line["kind"], line["id"]): line for line in lines(shown, book, row)}


def _mover(row: Any, before: _Side | None, after: _Side | None, step: Decimal) -> Said:
    return {
        "subject": row.subject,
        "moved": row.moved,
        "difference": None if row.difference is None else _points(row.difference, step),
        "before": before.place if before else None,
        "after": after.place if after else None,
        "lines": _lines(before, after, step) if before and after else [],
    }


def _lines(before: _Side, after: _Side, step: Decimal) -> list[Said]:
    """The lines that differ, or that only one of the two has, in the order of the later one."""
    found = []
    for kind, identifier in [*after.lines, *(key for key in before.lines if key not in after.lines)]:
        old, new = before.lines.get((kind, identifier)), after.lines.get((kind, identifier))
        difference = (new["points"] if new else Decimal(0)) - (old["points"] if old else Decimal(0))
        if difference or old is None or new is None:
            said = new or old or {}
            line = {"kind": kind, "id": identifier, "title": said["title"], "ref": said["ref"]}
            line |= {"before": _line(old, step), "after": _line(new, step)}
            found.append(line | {"difference": _points(difference, step)})
    return found


def _line(line: Said | None, step: Decimal) -> Said | None:
    return line and {"points": _points(line["points"], step), "sentence": line["sentence"]}


def _points(number: Decimal, step: Decimal) -> str:
    return format(number.quantize(step), "f")
