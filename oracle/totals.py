"""From lines to the total (§9, §10): categories, bonus, deductions, restrictions, multipliers, limit.

Whatever is taken or added on the way is a line, so that the lines add up to the total.
"""

from dataclasses import dataclass
from fractions import Fraction

from oracle.exact import exact, held, rounded, share, total
from oracle.items import Sheet
from oracle.result import Line
from oracle.setting import Node


@dataclass(frozen=True)
class Sum:
    """The lines of a subject in their order, the total, and the points of each category."""

    lines: tuple[Line, ...]
    total: Fraction
    categories: dict[str, Fraction]


@dataclass(frozen=True)
class Adding:
    """The adding of one subject's lines; `factors` are by what they multiply."""

    sheet: Sheet
    items: dict[str, list[Line]]
    factors: dict[str, tuple[str, Fraction]]
    point_step: Fraction

    def sum(self, restrictions: list[Line], with_bonus: bool = True) -> Sum:
        """All lines of the sheet, with those of the restrictions that hold."""
        bonus_lines = self._bonus() if with_bonus else []
        bonus = sum_of(bonus_lines)
        category_lines, categories = self._categories(bonus)
        main, deductions = self._of_kind("indicator", "part"), self._of_kind("deduction")
        under = sum_of(main) + sum_of(category_lines) + sum_of(deductions) + sum_of(restrictions)
        is_after = self._order == "after_limit"
        under += Fraction(0) if is_after else bonus
        factor = self._factor_line("total", under)
        multiplied = under + sum_of(factor)
        limit = _where_not_zero(Line("limit", "total", held(multiplied, self.sheet.rulebook["total"]) - multiplied))
        lines = (*main, *category_lines, *bonus_lines, *deductions, *restrictions, *factor, *limit)
        return Sum(lines, sum_of(lines), categories)

    @property
    def _order(self) -> str:
        return str(self.sheet.rulebook["orders"]["bonus"])

    def _of_kind(self, *kinds: str) -> list[Line]:
        return [line for item in self.sheet.items if item.kind in kinds for line in self.items[item.id]]

    def _bonus(self) -> list[Line]:
        lines = self._of_kind("bonus")
        most = self.sheet.bonus["max"] if self.sheet.bonus else "none"
        over = Fraction(0) if most == "none" else min(exact(most) - sum_of(lines), Fraction(0))
        return lines + _where_not_zero(Line("bonus_cap", "bonus", over))

    def _categories(self, bonus: Fraction) -> tuple[list[Line], dict[str, Fraction]]:
        """The lines of the categories in their order, and their points; those inside others come first."""
        lines: dict[str, list[Line]] = {}
        points: dict[str, Fraction] = {}
        for category in sorted(self.sheet.categories, key=lambda one: "in" not in one):
            parts = self._parts(category, points)
            if self._order == "before_weights" and self.sheet.bonus and self.sheet.bonus.get("into") == category["id"]:
                parts = [*parts, bonus]
            lines[category["id"]] = self._category_lines(category, parts)
            points[category["id"]] = total(parts) + sum_of(lines[category["id"]])
        return [line for one in self.sheet.categories for line in lines[one["id"]]], points

    def _parts(self, category: Node, points: dict[str, Fraction]) -> list[Fraction]:
        """The points of what is in a category: of its indicators after caps, or of its categories."""
        own = [item.id for item in self.sheet.items if item.said.get("category") == category["id"]]
        inner = [one["id"] for one in self.sheet.categories if one.get("in") == category["id"]]
        return [sum_of(self.items[one]) for one in own] + [points[one] for one in inner]

    def _category_lines(self, category: Node, parts: list[Fraction]) -> list[Line]:
        """What `counts` and `max`, the weight and the multiplier change."""
        combined = rounded(_combined(category.get("counts", "sum"), parts), self.point_step)
        inside = min(max(combined, exact(category.get("min", combined))), exact(category["max"]))
        weighted = rounded(inside * share(category.get("weight", "100%")), self.point_step)
        lines = [
            Line("category_cap", category["id"], inside - total(parts)),
            Line("weight", category["id"], weighted - inside),
        ]
        return [one for line in lines for one in _where_not_zero(line)] + self._factor_line(category["id"], weighted)

    def _factor_line(self, of: str, points: Fraction) -> list[Line]:
        if of not in self.factors:
            return []
        identifier, factor = self.factors[of]
        changed = rounded(points * factor, self.point_step) - points
        return _where_not_zero(Line("multiplier", identifier, changed))


def sum_of(lines: list[Line] | tuple[Line, ...]) -> Fraction:
    """The points of the lines together."""
    return total([line.points for line in lines])


def _combined(counts: str, parts: list[Fraction]) -> Fraction:
    match counts:
        case "mean" if parts:
            return total(parts) / len(parts)
        case "best" | "worst" if parts:
            return max(parts) if counts == "best" else min(parts)
    return total(parts)


def _where_not_zero(line: Line) -> list[Line]:
    return [line] if line.points else []
