"""Rounds: ours and the limit in turn, so that whatever else the machine does meets both alike.

A first round isn't counted: it warms caches, connections and plans.
"""

import sys
from collections.abc import Callable
from typing import TypeVar

Ours = TypeVar("Ours")
Limit = TypeVar("Limit")


def alternate(
    name: str, rounds: int, ours: Callable[[int], Ours], limit: Callable[[int], Limit]
) -> tuple[list[Ours], list[Limit]]:
    """What each of the two measured in every counted round; they are called with the round's number, 0 uncounted."""
    values, limits = [], []
    for number in range(rounds + 1):
        value, other = ours(number), limit(number)
        if number:
            values.append(value)
            limits.append(other)
        print(f"{name}: round {number} of {rounds}", file=sys.stderr, flush=True)
    return values, limits
