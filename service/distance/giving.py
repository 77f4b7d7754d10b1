"""What an item would give for another number or code, and the next number that gives so much (§7)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from service.distance.supposed import least_whole, rounded
from service.explanation import Book
from service.rulebooks.layout import Item

Said = dict[str, Any]
# By event type and field (None: its quantity), the greatest number that an event may say.
Ranges = Mapping[tuple[str, str | None], Decimal]
Open = Literal["relative", "by_row", "fewer"]

# Numbers that are counted; others have the decimals of a measure.
_WHOLE = ("count", "days", "running", "service_days", "tenure_months")
# Aggregates that lie where each of their rows does.
_WITHIN = ("mean", "best", "worst", "latest", "given")
_FARTHEST = 10**15


class Change(NamedTuple):
    """The number that an item would need, or the codes of which one, and the points that it then has."""

    number: Fraction | None
    codes: list[str]
    points: Fraction


class Giving:
    """An item that gives points, apart from its rows."""

    def __init__(self, book: Book, item: Item, number: Decimal | None, ranges: Ranges) -> None:
        """With the number that it has, none where it has no data; and what the fields of events may hold."""
        self._book, self._item, self._said, self._ranges = book, item, item.said, ranges
        self._step = Fraction(Decimal(book.rulebook["numbers"]["step"]))
        self._name, self._give = item.said["give"]
        self._has = None if number is None else Fraction(number)

    @property
    def open(self) -> Open | None:
        """Why it can't be said which number gives more, where it can't."""
        take, node = self._said["take"]
        source = node if isinstance(node, dict) else {}
        if "compare" in self._said or self._name == "ranks" or "share" in source:
            return "relative"
        if take == "each_event":
            return "by_row"
        return "fewer" if self._name in ("each", "linear") and not self._rises() else None

    def most(self) -> Fraction | None:
        """The most points that it can have; none where nothing bounds it."""
        found = [Fraction(self._said["max"])] if "max" in self._said else []
        highest = self._highest()
        if highest is not None and self._said["take"][0] != "each_event":
            found.append(self._bounded(highest))
        return min(found, default=None)

    def change(self, points: Fraction) -> Change | None:
        """The nearest change by which it has at least these points; none where there is none."""
        if self._name == "table":
            codes = [code for code, given in self._give.items() if self._bounded(Fraction(given)) >= points]
            least = min((self._bounded(Fraction(self._give[code])) for code in codes), default=None)
            return None if least is None else Change(None, codes, least)
        number = self._in_bands(points) if self._name == "bands" else self._rising(points)
        if number is None or ((bound := self._bound()) is not None and number > bound):
            return None
        return Change(number, [], self.points(number))

    def points(self, number: Fraction) -> Fraction:
        """The points for a number, after the bounds of the item."""
        return self._bounded(self._given(number))

    def following(self) -> Change | None:
        """The next step upwards: the next band that gives more, or one unit more; none of what has no steps."""
        if self._has is None or self.open or self._name not in ("bands", "each"):
            return None
        points = self.points(self._has)
        if self._name == "bands":
            return self.change(points + self._step)
        number = self._has + Fraction(self._give.get("per", 1))
        return Change(number, [], self.points(number)) if self.points(number) > points else None

    def _given(self, number: Fraction) -> Fraction:
        give = self._give
        if self._name == "as_is":
            return number
        if self._name == "bands":
            return Fraction(next(b["points"] for b in give if "at_least" not in b or number >= Fraction(b["at_least"])))
        if self._name == "linear":
            (low, high), (first, last) = map(Fraction, give["from_"]), map(Fraction, give["to"])
            return first + (min(max(number, low), high) - low) * (last - first) / (high - low)
        if "over" in give:
            number = max(number - Fraction(give["over"]), Fraction(0))
        elif "under" in give:
            number = max(Fraction(give["under"]) - number, Fraction(0))
        units = number / Fraction(give.get("per", 1))
        if give["units"] != "exact":
            whole, begun = divmod(abs(units), 1)
            many = int(whole) + (give["units"] == "started" and begun > 0)
            units = Fraction(many if units > 0 else -many)
        return Fraction(give.get("start", 0)) + Fraction(give["points"]) * units

    def _bounded(self, given: Fraction) -> Fraction:
        """What is given, weighted and rounded to the line, within the bounds of the item."""
        points = rounded(given * self._weight(), self._step)
        if "min" in self._said:
            points = max(points, Fraction(self._said["min"]))
        return min(points, Fraction(self._said["max"])) if "max" in self._said else points

    def _weight(self) -> Fraction:
        weight = self._said.get("weight")
        sheet, rulebook = self._book.sheet, self._book.rulebook
        if self._item.kind == "bonus" and not sheet.is_base and rulebook["orders"]["bonus"] == "before_weights":
            into = rulebook["rollup"][sheet.kind]["bonus"]["into"]
            weight = sheet.items[sheet.item_no(into) - 1].said["weight"]
        return Fraction(1) if weight is None else Fraction(weight) / 100

    def _rises(self) -> bool:
        if self._name == "linear":
            return bool(self._give["to"][1] > self._give["to"][0])
        return bool((self._give["points"] > 0) != ("under" in self._give))

    def _highest(self) -> Fraction | None:
        """The most that `give` says of any number that there can be."""
        if self._name in ("bands", "ranks", "table", "linear"):
            return max(self._values())
        if self._name == "each" and (not self._rises() or "under" in self._give):
            return Fraction(self._give.get("start", 0))
        bound = self._bound()
        return None if bound is None else self._given(bound)

    def _values(self) -> Iterator[Fraction]:
        match self._name:
            case "bands":
                yield from (Fraction(band["points"]) for band in self._give)
            case "ranks":
                yield from map(Fraction, [*self._give["points"], self._give.get("others", 0)])
            case "table":
                yield from map(Fraction, self._give.values())
            case _:
                yield from map(Fraction, self._give["to"])

    def _bound(self) -> Fraction | None:
        """The greatest number that there can be, where its rows say it."""
        take, node = self._said["take"]
        if take not in _WITHIN or "compare" in self._said or "prorate" in self._said:
            return None
        if "between" in node:
            return Fraction(node["between"][1])
        if "value" in node:
            return max((Fraction(number) for word, number in node["value"].values() if word == "number"), default=None)
        if "event" in node:
            most = self._ranges.get((node["event"], node.get("field")))
            return None if most is None else Fraction(most)
        own = node.get("rulebook", self._book.rulebook["rulebook"]) == self._book.rulebook["rulebook"]
        if "results" in node and own and node["read"][0] == "total":
            total, orders = self._book.rulebook["total"], self._book.rulebook["orders"]
            return None if orders["bonus"] == "after_limit" else Fraction(total["max"])
        return None

    def _grid(self) -> Fraction:
        if self._said["take"][0] in _WHOLE and "prorate" not in self._said:
            return Fraction(1)
        return Fraction(1, 10 ** int(self._book.rulebook["numbers"]["measure_decimals"]))

    def _in_bands(self, points: Fraction) -> Fraction | None:
        """The next bound from which on a band gives so much."""
        grid = self._grid()
        for band in reversed(self._give[:-1]):
            bound = -(-Fraction(band["at_least"]) // grid) * grid
            if (self._has is None or bound > self._has) and self.points(bound) >= points:
                return bound
        return None

    def _rising(self, points: Fraction) -> Fraction | None:
        """The least number, from that which it has, that gives so much."""
        grid = self._grid()
        first = (self._has or Fraction(0)) // grid
        steps = least_whole(_FARTHEST, lambda n: self.points((first + n) * grid) >= points)
        return None if steps is None else (first + steps) * grid
