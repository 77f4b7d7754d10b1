"""Chance, and numbers written as a rulebook writes them.

One seed makes one world: everything is drawn from one `Chance`, so that a big world costs Hypothesis a single draw.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

Node = dict[str, Any]
Item = TypeVar("Item")

AWKWARD = ("0.005", "0.125", "0.25", "0.333333", "0.5", "1.005", "1.5", "2.675", "-0.005", "-0.25", "-1.5")
BOUNDS = tuple(map(Decimal, ("0", "0.3333", "0.5", "0.75", "1", "2", "2.5", "3", "4", "4.5", "5", "8", "12")))


class Chance(Random):
    """A source of choices."""

    def often(self) -> bool:
        """True three times in four."""
        return self.random() < 0.75

    def sometimes(self) -> bool:
        """True every other time."""
        return self.random() < 0.5

    def rarely(self) -> bool:
        """True about one time in five."""
        return self.random() < 0.2

    def weighted(self, words: Mapping[Item, float]) -> Item:
        """One of the words, each as likely as its number says."""
        return self.choices(list(words), list(words.values()))[0]

    def some(self, words: Sequence[Item], least: int = 1, most: int | None = None) -> list[Item]:
        """Different words, in any order."""
        most = len(words) if most is None else min(most, len(words))
        return self.sample(list(words), self.randint(min(least, most), most))

    def many(self, low: int, high: int) -> int:
        """A number of things: any, but the upper half preferred."""
        return self.randint((low + high) // 2 if self.often() else low, high)

    def on_step(self, step: str, low: int, high: int) -> Decimal:
        """A multiple of the step in [low, high], whole numbers preferred."""
        if self.often():
            return Decimal(self.randint(low, high))
        unit = Decimal(step)
        return self.randint(int(low / unit), int(high / unit)) * unit

    def rough(self, low: int, high: int) -> str:
        """Points that are no multiple of anything in particular, halves of a step among them."""
        if self.sometimes():
            return str(self.randint(low, high))
        return self.choice([number for number in AWKWARD if low <= Decimal(number) <= high])

    def falling(self, pool: Sequence[Decimal], count: int) -> list[Decimal]:
        """So many different numbers of the pool, or all there are, the greatest first."""
        different = sorted(set(pool))
        return sorted(self.sample(different, min(count, len(different))), reverse=True)


def text(number: Decimal) -> str:
    """The decimal text of a number, without an exponent and without zeros at its end."""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def under(key: str, *nodes: Any) -> Iterator[Any]:
    """Everything that stands under the key, anywhere in the nodes."""
    for node in nodes:
        if isinstance(node, dict):
            if key in node:
                yield node[key]
            yield from under(key, *node.values())
        elif isinstance(node, list):
            yield from under(key, *node)
