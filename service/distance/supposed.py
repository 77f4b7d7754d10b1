"""The total that a result would have if one line had other points: what lies between a line and the total (§8).

Every step between them never falls while the line grows, so the least points of a line that make a total are found by
halving.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from service.explanation import Book
from service.rulebooks.layout import SCORED


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
        # What each category is made of: items by their number, categories by theirs below zero.
        self._parts: dict[int, dict[int, Fraction]] = {n: {} for n in range(1, len(self._sheet.categories) + 1)}
        for number, points in self.points.items():
            self._parts[self._sheet.items[number - 1].category or 0][number] = points
        inner = [n for n, category in enumerate(self._sheet.categories, 1) if category.parent is not None]
        for number in inner:
            parent = self._sheet.categories[number - 1].parent or 0
            self._parts[parent][-number] = self._weighted(number, self._parts[number])
        self._outer = {n: self._final(n, parts) for n, parts in self._parts.items() if n not in inner}

    def total(self, number: int, points: Fraction) -> Fraction:
        """The total, where the item of that number had these points after its bounds."""
        category, changed = self._sheet.items[number - 1].category or 0, {number: points}
        parent = self._sheet.categories[category - 1].parent
        if parent is not None:
            changed = {-category: self._weighted(category, self._parts[category] | changed)}
            category = parent
        finals = self._outer | {category: self._final(category, self._parts[category] | changed)}
        bonus = sum((finals[n] for n in finals if self._is_beside(n)), Fraction(0))
        points = sum(finals.values(), self._restrictions) - bonus
        bounds = self._book.rulebook["total"]
        return _held(self._rounded(points * self._factors.get(None, 1)), bounds["min"], bounds["max"]) + bonus

    def least(self, number: int, total: Fraction, most: Fraction) -> Fraction | None:
        """The least points of an item, from those that it has up to `most`, that make the total; none where none do."""
        has = self.points[number]
        steps = least_whole(int((most - has) / self.step), lambda n: self.total(number, has + n * self.step) >= total)
        return None if steps is None else has + steps * self.step

    def _is_beside(self, number: int) -> bool:
        """Whether a category is the bonus that comes after the limit."""
        is_bonus = self._sheet.categories[number - 1].kind == "bonus"
        return is_bonus and self._book.rulebook["orders"]["bonus"] == "after_limit"

    def _final(self, number: int, parts: dict[int, Fraction]) -> Fraction:
        weighted = self._weighted(number, parts)
        return self._rounded(weighted * self._factors[number]) if number in self._factors else weighted

    def _weighted(self, number: int, parts: dict[int, Fraction]) -> Fraction:
        """The parts of a category combined, held within its bounds, and weighted."""
        said, combined = self._sheet.categories[number - 1].said, sum(parts.values(), Fraction(0))
        match said.get("counts", "sum"):
            case "mean":
                combined = self._rounded(combined / len(parts))
            case "best":
                combined = max(parts.values())
            case "worst":
                combined = min(parts.values())
        most = said.get("max")
        held = _held(combined, said.get("min"), most[1] if isinstance(most, tuple) else most)
        weight = said.get("weight", Decimal(100))
        return held if weight == 100 else self._rounded(held * Fraction(weight) / 100)

    @cached_property
    def _factors(self) -> dict[int | None, Fraction]:
        """The multipliers of categories by number, and of the total."""
        return {
            item.category: Fraction(self._row.measures[number - 1])
            for number, item in enumerate(self._sheet.items, 1)
            if item.kind == "multiplier"
        }

    @cached_property
    def _restrictions(self) -> Fraction:
        """What restrictions deduct."""
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
    low, high = 0, min(1, most)
    while not holds(high):  # by doubling first, as most are near
        low, high = high + 1, min(2 * high, most)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _held(number: Fraction, least: Decimal | None, most: Decimal | None) -> Fraction:
    if least is not None:
        number = max(number, Fraction(least))
    return number if most is None else min(number, Fraction(most))
