"""Two standings of one period side by side: counts, tiers, differences, seats, and who moved by which lines.

The lines of a subject differ by what its totals differ by, always: a line that only one of the two has counts as its
points there.
"""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from schemas.fields import decimal_text
from service import explanation
from service.database.transactions import Transaction
from service.explanation import Book
from service.results import Shown, placed

_BAND_PERCENTS = (1, 5, 10)  # of the full total
_MOST_SEATS = 5000
_QUARTILES = ("first_quartile", "median", "third_quartile")
_SIGNS = {-1: "fell", 1: "rose"}

Said = dict[str, Any]


def compared(transaction: Transaction, before: Shown, after: Shown, limit: int) -> Said:
    """What changes from one standing to the other; at most so many subjects one by one."""
    keys = {
        "before": before.keys["standing"],
        "after": after.keys["standing"],
        "before_rulebook": before.ruling.number,
        "after_rulebook": after.ruling.number,
    }
    counts = transaction.one("trial_counts", **keys)
    return {
        "period": after.period.text,
        "watermark": after.watermark,
        "rulebook": after.head()["rulebook"],
        "against": before.head()["rulebook"] | {"state": before.state},
        "counts": {
            "before": counts.subjects_before,
            "after": counts.subjects_after,
            "left_out": counts.left_out,
            "taken_in": counts.taken_in,
            "moved": counts.moved,
            "totals_changed": counts.totals_changed,
            "ranks_changed": counts.ranks_changed,
        },
        "tiers": _tiers(transaction, before, after, keys),
        "differences": _differences(transaction, before, counts, keys),
        "seats": [
            {"group": row.pool, "tier": row.tier, "before": row.before, "after": row.after}
            for row in transaction.all("trial_seats", limit=_MOST_SEATS, **keys)
        ],
        "movers": _movers(transaction, before, after, keys, limit),
    }


def _tiers(transaction: Transaction, before: Shown, after: Shown, keys: Said) -> list[Said]:
    """From which tier or reason to which, and how many; null: not appraised under that version."""
    return [
        {
            "before": _place(before, row.tier_no_before, row.no_tier_before) if row.is_before else None,
            "after": _place(after, row.tier_no_after, row.no_tier_after) if row.is_after else None,
            "subjects": row.subjects,
        }
        for row in transaction.all("trial_tiers", **keys)
    ]


def _place(shown: Shown, tier_no: int | None, no_tier: str | None) -> Said:
    return {"no_tier": no_tier} if tier_no is None else {"tier": shown.rulebook["tiers"][tier_no - 1]["id"]}


def _differences(transaction: Transaction, before: Shown, counts: Any, keys: Said) -> Said:
    """How the totals of those who are in both differ: the new one less the old one."""
    full = before.rulebook["total"]["full"]
    bounds = [full * percent / 100 for percent in _BAND_PERCENTS]
    found = {(r.sign, r.band): r.subjects for r in transaction.all("trial_bands", bounds=bounds, **keys)}
    bands: list[Said] = []
    for sign, word in _SIGNS.items():
        ends = [None, *bounds, None]
        told = [
            {"change": word, "at_least": _text(low), "below": _text(high), "subjects": found.get((sign, band), 0)}
            for band, (low, high) in enumerate(pairwise(ends))
        ]
        bands += told[::-1] if sign < 0 else told
    bands.insert(len(bands) // 2, {"change": "none", "at_least": None, "below": None, "subjects": found.get((0, 0), 0)})
    quartiles = dict(zip(_QUARTILES, counts.quartiles or [None] * 3, strict=True))
    spread = {"least": counts.least, **quartiles, "most": counts.most, "mean": counts.mean}
    return {"subjects": counts.differences, **{name: _text(n) for name, n in spread.items()}, "bands": bands}


def _movers(transaction: Transaction, before: Shown, after: Shown, keys: Said, limit: int) -> list[Said]:
    movers = transaction.all("trial_movers", limit=limit, **keys)
    numbers = [row.subject_no for row in movers]
    old, new = (_sides(transaction, shown, numbers) for shown in (before, after))
    step = min(Decimal(shown.rulebook["numbers"]["step"]) for shown in (before, after))
    return [_mover(row, old.get(row.subject_no), new.get(row.subject_no), step) for row in movers]


def _sides(transaction: Transaction, shown: Shown, numbers: list[int]) -> dict[int, "_Side"]:
    rows = transaction.all("trial_results", standing=shown.keys["standing"], subjects=numbers)
    book = shown.book(transaction)
    return {row.subject_no: _Side(shown, book, row) for row in rows}


class _Side:
    """What one of the two versions says of a subject."""

    def __init__(self, shown: Shown, book: Book, row: Any) -> None:
        self.place = placed(shown, row) | {
            "gates": explanation.gates(book, row),
            "restrictions": explanation.restrictions(book, row),
            "sentence": explanation.verdict(book, row),
        }
        self.lines = {(line["kind"], line["id"]): line for line in explanation.lines(book, row)}


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
    """The lines that differ, or that only one of the two has, in the order of the later version."""
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


def _text(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)
