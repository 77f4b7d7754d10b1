"""The total that a result would have if one line had other points: what lies between a line and the total (§8).

Every step between them never falls while the line grows, so the least points of a line that make a total are found by
halving.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.explanation import Book
from service.rulebooks.layout import SCORED, Category


class Supposed:
    """A stored result, and what its total would be."""

    def __init__(self, book: Book, row: Any) -> None:
        """Of this row of a computed result."""
        self._book, self._row, self._sheet = book, row, book.sheet
        self.step = Fraction(Decimal(book.rulebook["numbers"]["step"]))
        self.points = {
            number: Fraction(row.lines[book.lines.item(number)] + row.lines[book.lines.cap(number)])
            for number, item in enumerate(self._sheet.items, 1)
            if item.kind in SCORED
        }

    def total(self, number: int, points: Fraction) -> Fraction:
        """The total, where the item of that number had these points after its bounds."""
        items = {**self.points, number: points}
        parts: dict[int, list[Fraction]] = {}
        for one, of_item in items.items():
            parts.setdefault(self._sheet.items[one - 1].category or 0, []).append(of_item)
        for one, category in self._categories(inner=True):
            parts.setdefault(category.parent or 0, []).append(self._weighted(category, parts.get(one, [])))
        summed, beside = self._restrictions(), Fraction(0)
        for one, category in self._categories(inner=False):
            final = self._rounded(self._weighted(category, parts.get(one, [])) * self._factor(one))
            if category.kind == "bonus" and self._book.rulebook["orders"]["bonus"] == "after_limit":
                beside += final
            else:
                summed += final
        bounds = self._book.rulebook["total"]
        return _held(self._rounded(summed * self._factor(None)), bounds["min"], bounds["max"]) + beside

    def least(self, number: int, total: Fraction, most: Fraction) -> Fraction | None:
        """The least points of an item, from those that it has up to `most`, that make the total; none where none do."""
        has = self.points[number]
        steps = least_whole(int((most - has) / self.step), lambda n: self.total(number, has + n * self.step) >= total)
        return None if steps is None else has + steps * self.step

    def _categories(self, inner: bool) -> Iterator[tuple[int, Category]]:
        for number, category in enumerate(self._sheet.categories, 1):
            if (category.parent is not None) == inner:
                yield number, category

    def _weighted(self, category: Category, parts: list[Fraction]) -> Fraction:
        """The parts of a category combined, held within its bounds, and weighted."""
        said, combined = category.said, sum(parts, Fraction(0))
        match said.get("counts", "sum"):
            case "mean":
                combined = self._rounded(combined / len(parts))
            case "best":
                combined = max(parts)
            case "worst":
                combined = min(parts)
        most = said.get("max")
        held = _held(combined, said.get("min"), most[1] if isinstance(most, tuple) else most)
        weight = said.get("weight", Decimal(100))
        return held if weight == 100 else self._rounded(held * Fraction(weight) / 100)

    def _factor(self, category: int | None) -> Fraction:
        """The multiplier of a category, or of the total."""
        for number, item in enumerate(self._sheet.items, 1):
            if item.kind == "multiplier" and item.category == category:
                return Fraction(self._row.measures[number - 1])
        return Fraction(1)

    def _restrictions(self) -> Fraction:
        lines, count = self._book.lines, len(self._sheet.restrictions)
        return sum((Fraction(self._row.lines[lines.restriction(n)]) for n in range(1, count + 1)), Fraction(0))

    def _rounded(self, number: Fraction) -> Fraction:
        return rounded(number, self.step)


def rounded(number: Fraction, step: Fraction) -> Fraction:
    """A multiple of the step, half away from zero."""
    steps = int(abs(number) / step + Fraction(1, 2))
    return steps * step if number >= 0 else -steps * step


def least_whole(most: int, holds: Callable[[int], bool]) -> int | None:
    """The least whole number from 0 to `most` from which on a thing holds; none where it doesn't up to there."""
    if most < 0 or not holds(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _held(number: Fraction, least: Decimal | None, most: Decimal | None) -> Fraction:
    if least is not None:
        number = max(number, Fraction(least))
    return number if most is None else min(number, Fraction(most))
