"""Pairs: ours and the other right after each other, many short ones, for a difference that is smaller than what a
machine makes of one and the same work from one minute to the next.

The ratio is the median of the pairs' own; who comes first changes from pair to pair, and a first pair isn't counted.
"""

import sys
from collections.abc import Callable
from math import comb
from statistics import median
from typing import TypeVar

from bench.rows import Comparison

Measured = TypeVar("Measured")
_SURE = 0.95


class Paired(Comparison):
    """What the pairs measured of us and of the other."""

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(self.ratios)

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair."""
        return [ours / other for ours, other in zip(self.values, self.limits, strict=True)]

    def with_interval(self) -> list[Comparison]:
        """Itself, and between which ratios the median lies."""
        low, high = interval(self.ratios)
        return [
            self,
            Comparison(f"{self.name}_from", "times", [low], [1.0]),
            Comparison(f"{self.name}_to", "times", [high], [1.0]),
        ]


def alternate(
    name: str, pairs: int, ours: Callable[[], Measured], other: Callable[[], Measured]
) -> tuple[list[Measured], list[Measured]]:
    """What each of the two measured in every counted pair."""
    values, others = [], []
    for number in range(pairs + 1):
        if number % 2:
            value, beside = ours(), other()
        else:
            beside, value = other(), ours()
        if number:
            values.append(value)
            others.append(beside)
        print(f"{name}: pair {number} of {pairs}", file=sys.stderr, flush=True)
    return values, others


def interval(ratios: list[float]) -> tuple[float, float]:
    """Between which two of these the median of all that could be measured lies, 19 times out of 20 at least.

    By their order alone, whatever their distribution; of fewer than six the least and the greatest, which is less sure.
    """
    many = len(ratios)
    outside, cut = 0.0, 0  # how likely the median lies outside, were one more cut off at both ends
    while (outside := outside + 2 * comb(many, cut) / 2**many) <= 1 - _SURE:
        cut += 1
    ordered = sorted(ratios)
    kept = ordered[cut - 1 : many - cut + 1] if cut else ordered
    return kept[0], kept[-1]
