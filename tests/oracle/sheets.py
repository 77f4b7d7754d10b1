"""The sheets of a rulebook (§4, §6, §7): the lines of one subject in one kind of period."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.exact import decimals, exact, rounded, share
from tests.oracle.facts import Facts, Value
from tests.oracle.measures import Reading, take
from tests.oracle.points import give
from tests.oracle.result import Line

OF_AN_INDICATOR = ("indicator", "bonus", "part", "cap")


@dataclass(frozen=True)
class Sheet:
    """The indicators of one kind of period: the base sheet, or that of a roll-up."""

    rulebook: dict[str, Any]
    kind: str

    @property
    def is_base(self) -> bool:
        """Whether this sheet is computed from events, and not rolled up."""
        return str(self.rulebook["periods"]["base"]) == self.kind

    def lines(self, facts: Facts, month_totals: Sequence[Fraction] = ()) -> tuple[Line, ...]:
        """Every line of a subject, in the order of §4; their sum lies inside the limits of the total."""
        lines = self._base_lines(facts) if self.is_base else self._part_lines(facts, month_totals)
        limits = self.rulebook["total"]
        total = sum_of(lines)
        held = min(max(total, exact(limits["min"])), exact(limits["max"]))
        return (*lines, *_where_not_zero(Line("limit", "total", held - total)))

    def has(self, reference: dict[str, Any]) -> bool:
        """Whether the sheet has what a gate or a tie-break names; `no_negative` names nothing, so always."""
        if "category" in reference:
            return self.is_base
        return "indicator" not in reference or any(reference["indicator"] == item["id"] for item in self._items())

    def points(self, reference: dict[str, Any], lines: Sequence[Line]) -> Fraction:
        """The points after caps of the indicator or the category that is named."""
        if "indicator" in reference:
            named = reference["indicator"]
            return sum_of([line for line in lines if line.kind in OF_AN_INDICATOR and line.id == named])
        return self._category_points(reference["category"], lines) + sum_of(
            [line for line in lines if line.kind == "category_cap" and line.id == reference["category"]]
        )

    def _items(self) -> list[dict[str, Any]]:
        if self.is_base:
            return [*self.rulebook["indicators"], *self.rulebook.get("bonus", {}).get("items", [])]
        return list(self.rulebook["rollup"][self.kind]["parts"])

    def _base_lines(self, facts: Facts) -> list[Line]:
        lines = [
            line
            for indicator in self.rulebook["indicators"]
            for line in self._item_lines("indicator", indicator, facts)
        ]
        for category in self.rulebook["categories"]:
            over = min(exact(category["max"]) - self._category_points(category["id"], lines), Fraction(0))
            lines += _where_not_zero(Line("category_cap", category["id"], over))
        return lines + self._bonus_lines(facts) + self._deduction_lines(facts)

    def _part_lines(self, facts: Facts, month_totals: Sequence[Fraction]) -> list[Line]:
        return [
            line
            for part in self.rulebook["rollup"][self.kind]["parts"]
            for line in self._item_lines("part", part, facts, month_totals)
        ]

    def _category_points(self, category: str, lines: Sequence[Line]) -> Fraction:
        """The lines and caps of a category's indicators, before what is over its maximum."""
        own = [item["id"] for item in self.rulebook["indicators"] if item["category"] == category]
        return sum_of([line for line in lines if line.kind in ("indicator", "cap") and line.id in own])

    def _bonus_lines(self, facts: Facts) -> list[Line]:
        bonus = self.rulebook.get("bonus")
        if not bonus:
            return []
        lines = [line for item in bonus["items"] for line in self._item_lines("bonus", item, facts)]
        over = min(exact(bonus["max"]) - sum_of(lines), Fraction(0))
        return lines + _where_not_zero(Line("bonus_cap", "bonus", over))

    def _deduction_lines(self, facts: Facts) -> list[Line]:
        lines = []
        for item in self.rulebook.get("negative_list", []):
            count = len(facts.counted(item))
            cost = count * exact(item.get("deduct", "0"))
            most = min(cost, exact(item["max"])) if "max" in item else cost
            lines.append(Line("deduction", item["id"], -cost, Fraction(count), count))
            lines += _where_not_zero(Line("cap", item["id"], cost - most))
        return lines

    def _item_lines(
        self, kind: str, item: dict[str, Any], facts: Facts, month_totals: Sequence[Fraction] = ()
    ) -> list[Line]:
        """The line of an indicator, a bonus item or a part, and its cap."""
        reading = take(item["take"], facts, month_totals)
        if not reading.values:
            return [_line_without_data(kind, item, reading.count)]
        numbers = self.rulebook["numbers"]
        points, measure = _points_and_measure(item, reading, decimals(numbers["measure_decimals"]))
        line_points = rounded(points * share(item.get("weight", "100%")), exact(numbers["step"]))
        held = min(line_points, exact(item["max"])) if "max" in item else line_points
        held = max(held, exact(item["min"])) if "min" in item else held
        line = Line(kind, item["id"], line_points, measure, reading.count)
        return [line, *_where_not_zero(Line("cap", item["id"], held - line_points))]


def sum_of(lines: Sequence[Line]) -> Fraction:
    """The points of the lines together."""
    return sum((line.points for line in lines), Fraction(0))


def _points_and_measure(
    item: dict[str, Any], reading: Reading, measure_step: Fraction
) -> tuple[Fraction, Fraction | None]:
    """The exact points of a reading, and the measure that its line shows."""
    handed = [_handed(value, measure_step) for value in reading.values]
    points = [give(item.get("give", "as_is"), value) for value in handed]
    if "each_event" in item["take"]:
        return sum(points, Fraction(0)), None
    picks_worst = item["take"].get("level", {}).get("pick") == "worst"
    chosen = min(points) if picks_worst else max(points)
    giving = [value for value, its_points in zip(handed, points, strict=True) if its_points == chosen]
    return chosen, max((value for value in giving if isinstance(value, Fraction)), default=None)


def _handed(value: Value, measure_step: Fraction) -> Value:
    return rounded(value, measure_step) if isinstance(value, Fraction) else value


def _line_without_data(kind: str, item: dict[str, Any], count: int) -> Line:
    word = item.get("no_data", "zero")
    match word:
        case {"points": points}:
            return Line(kind, item["id"], exact(points), None, count, "points")
        case "full":
            return Line(kind, item["id"], exact(item["max"]), None, count, "full")
    return Line(kind, item["id"], Fraction(0), None, count, word)


def _where_not_zero(line: Line) -> list[Line]:
    return [line] if line.points else []
