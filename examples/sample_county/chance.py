"""Chance that falls the same everywhere: only `random()` is used, whose sequence Python promises to keep for a seed.

Its other methods may change between versions, and a logarithm may differ in its last bit between machines.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Option = TypeVar("Option")


class Dice:
    """One stream of chance. Each kind of event of each worker has its own, so that a change to one moves no other."""

    def __init__(self, *seed: str) -> None:
        """The stream that belongs to these words."""
        self._random = Random("/".join(("yunhe-2025", *seed)))

    def below(self, end: int) -> int:
        """A whole number from 0 to end - 1."""
        return int(self._random.random() * end)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def holds(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, options: Sequence[Option]) -> Option:
        """One of them."""
        return options[self.below(len(options))]
