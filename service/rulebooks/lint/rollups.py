"""Findings among roll-ups, and where `in` and `binds` name kinds of period."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from service.errors import finding
from service.rulebooks.lint.book import Book, Found, length, not_empty, unknown

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def findings(book: Book) -> Found:
    """All of this family."""
    for kind, rollup in book.said["rollup"].items():
        pointer = f"/rollup/{kind}"
        weights = sum((part["weight"] for part in rollup["parts"]), Decimal(0))
        if weights != 100:
            yield finding(f"{pointer}/parts", "sum.weights", sum=weights)
        most = _MONTHS[kind] // _MONTHS[book.base]
        if length(kind) > length(book.base) and rollup["min_periods"] > most:
            yield finding(f"{pointer}/min_periods", "number.range", least=0, most=most)
    for pointer, said, key in _narrowed(book):
        yield from not_empty(pointer, said, key)
        yield from unknown(f"{pointer}/{key.rstrip('_')}", said[key], book.kinds)
    for n, outcome in enumerate(book.said["outcomes"]):
        yield from unknown(f"/outcomes/{n}/in", [outcome["in_"]], book.kinds)


def _narrowed(book: Book) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Everything with a list of kinds of period, and the key of that list."""
    places = [(use.pointer, use.said) for use in book.uses]
    places += [(f"/restrictions/{n}", said) for n, said in enumerate(book.said["restrictions"])]
    places += [
        (f"/tiers/{n}/gates/{m}", gate)
        for n, tier in enumerate(book.said["tiers"])
        for m, gate in enumerate(tier["gates"])
    ]
    return ((pointer, said, key) for pointer, said in places for key in ("in_", "binds") if key in said)
