"""The gates of a tier that don't hold, and how much is missing where points or numbers are asked for (§11, §12)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service import explanation
from service.explanation import Book
from service.rulebooks.layout import Condition

Said = dict[str, Any]


def unmet(book: Book, row: Any, tier: int) -> list[Said]:
    """The gates of a tier (by number) that don't hold, each with what is missing to the bounds that it names."""
    told = explanation.gates(book, row)
    return [
        {
            "index": gate.place,
            "missing": list(_missing(book, row, gate.when)),
            "any": gate.when[0] == "any",
            "sentence": one["sentence"],
        }
        for gate, one in zip(book.sheet.gates, told, strict=True)
        if gate.tier == tier and not one["holds"]
    ]


def _missing(book: Book, row: Any, condition: Condition) -> Iterator[Said]:
    """To every lower bound that isn't reached; what else is asked for can't be measured."""
    kind, said = condition
    if kind in ("all", "any"):
        for inner in said:
            yield from _missing(book, row, inner)
    elif kind in ("indicator", "category", "measure") and "at_least" in said:
        has = _has(book, row, kind, said[kind])
        if has is None or has < said["at_least"]:
            yield {
                "kind": kind,
                "id": said[kind],
                "at_least": decimal_text(said["at_least"]),
                "has": None if has is None else decimal_text(has),
                "missing": None if has is None else decimal_text(said["at_least"] - has),
            }


def _has(book: Book, row: Any, kind: str, identifier: str) -> Decimal | None:
    if kind == "category":
        points: Decimal = row.category_points[book.sheet.category_no(identifier) - 1]
        return points
    number = book.sheet.item_no(identifier)
    if kind == "measure":
        found: Decimal | None = row.measures[number - 1]
        return found
    return Decimal(row.lines[book.lines.item(number)] + row.lines[book.lines.cap(number)])
