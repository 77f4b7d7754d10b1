"""The lines of items (§8), factors (§9) and measures (§11) of everyone: what totals and conditions are made from."""

from dataclasses import dataclass
from fractions import Fraction

from oracle.aggregates import Reading
from oracle.conditions import Figures, Value, holds
from oracle.exact import exact, held, rounded, share
from oracle.items import Item, Sheet
from oracle.result import Line
from oracle.rows import select
from oracle.setting import Node, Setting
from oracle.taking import Readings, readings
from oracle.totals import Adding, Sum, sum_of


@dataclass(frozen=True)
class Computed:
    """One subject before it is placed: its figures, its lines, and the restrictions that hold.

    `threshold_total` is what the thresholds of tiers are asked of: without bonus, where a restriction ignores it.
    """

    figures: Figures
    sum: Sum
    threshold_total: Fraction
    restrictions: tuple[Node, ...]


def computed(setting: Setting, sheet: Sheet) -> dict[str, Computed]:
    """Everyone of the cohort, by subject."""
    items = readings(setting, sheet.items)
    others = readings(setting, [*sheet.measures, *sheet.multipliers])
    return {subject: _computed(setting, sheet, items, others, subject) for subject in setting.members}


def _computed(setting: Setting, sheet: Sheet, items: Readings, others: Readings, subject: str) -> Computed:
    lines = {item.id: _lines(setting, sheet, item, items[item.id][subject]) for item in sheet.items}
    factors = {
        item.said["of"]: (item.id, _factor(setting, item, others[item.id][subject])) for item in sheet.multipliers
    }
    adding = Adding(sheet, lines, factors, setting.point_step)
    unrestricted = adding.sum([])
    figures = Figures(
        points={item.id: sum_of(lines[item.id]) for item in sheet.items if item.kind != "deduction"},
        categories=unrestricted.categories,
        measures={item.id: _measure(setting, item, others[item.id][subject]) for item in sheet.measures},
        post=setting.members[subject].post,
        negatives=_negatives(setting, subject),
        without_data=frozenset(
            item.id for item in sheet.measures if _is_without(setting, item, others[item.id][subject])
        ),
    )
    restrictions = tuple(one for one in sheet.restrictions if holds(one["when"], figures))
    deducted = [Line("restriction", one["id"], -exact(one["deduct"])) for one in restrictions if "deduct" in one]
    whole = adding.sum(deducted) if deducted else unrestricted
    is_bonus_ignored = any("bonus" in one for one in restrictions)
    asked = adding.sum(deducted, with_bonus=False) if is_bonus_ignored else whole
    return Computed(figures, whole, asked.total, restrictions)


def _lines(setting: Setting, sheet: Sheet, item: Item, reading: Reading) -> list[Line]:
    """The line of an item, and its cap."""
    if item.kind == "deduction":
        return _deduction(setting, item, reading)
    exactly, after_caps = _points(setting, item, reading)
    if exactly is None or after_caps is None:
        return [_line_without_data(item, reading.count)]
    weight = _weight(sheet, item)
    points, capped = (rounded(its * weight, setting.point_step) for its in (exactly, after_caps))
    measure = None if reading.number is None else rounded(reading.number, setting.measure_step)
    line = Line(item.kind, item.id, points, measure, reading.code, reading.count)
    return [line, *_cap(item, held(capped, item.said) - points)]


def _points(setting: Setting, item: Item, reading: Reading) -> tuple[Fraction | None, Fraction | None]:
    """The exact points of a reading, and the same after the caps of its rows."""
    if item.word == "each_event":
        return reading.points, reading.capped
    points = item.points(reading.number, reading.code, setting.measure_step)
    return points, points


def _weight(sheet: Sheet, item: Item) -> Fraction:
    """The weight of a part, or of the part that a bonus item joins."""
    if item.kind == "bonus" and sheet.bonus and sheet.rulebook["orders"]["bonus"] == "before_weights":
        joined = [part for part in sheet.items if part.kind == "part" and part.id == sheet.bonus.get("into")]
        return _weight(sheet, joined[0]) if joined else Fraction(1)
    return share(item.said.get("weight", "100%"))


def _deduction(setting: Setting, item: Item, reading: Reading) -> list[Line]:
    """What an item of the negative list costs; its bounds are of the cost."""
    cost = rounded(reading.points or Fraction(0), setting.point_step)
    capped = rounded(reading.capped or Fraction(0), setting.point_step)
    inside = held(capped, item.said) if reading.count else capped
    line = Line("deduction", item.id, -cost, Fraction(reading.count), None, reading.count)
    return [line, *_cap(item, cost - inside)]


def _cap(item: Item, points: Fraction) -> list[Line]:
    return [Line("cap", item.id, points)] if points else []


def _line_without_data(item: Item, count: int) -> Line:
    word = item.said.get("no_data", "zero")
    match word:
        case {"points": points}:
            return Line(item.kind, item.id, exact(points), count=count, no_data="points")
        case "full":
            return Line(item.kind, item.id, exact(item.said["max"]), count=count, no_data="full")
    return Line(item.kind, item.id, Fraction(0), count=count, no_data=word)


def _factor(setting: Setting, item: Item, reading: Reading) -> Fraction:
    """What a multiplier multiplies by; its bounds are of the factor."""
    _, factor = _points(setting, item, reading)
    if factor is None:
        return exact(item.said["no_data"]["points"])
    return held(rounded(factor, setting.measure_step), item.said)


def _is_without(setting: Setting, item: Item, reading: Reading) -> bool:
    """Whether there is no data for a measure."""
    is_code = item.said.get("give", "as_is") == "as_is" and reading.code is not None
    return not is_code and _points(setting, item, reading)[1] is None


def _measure(setting: Setting, item: Item, reading: Reading) -> Value:
    """The number or code of a measure, neither where it is unmet."""
    if item.said.get("give", "as_is") == "as_is" and reading.code is not None:
        return None, reading.code
    _, number = _points(setting, item, reading)
    if number is not None:
        return rounded(number, setting.measure_step), None
    match item.said["no_data"]:
        case {"number": stand_in}:
            return exact(stand_in), None
        case {"code": stand_in}:
            return None, str(stand_in)
        case "zero":
            return Fraction(0), None
    return None, None


def _negatives(setting: Setting, subject: str) -> dict[str, str]:
    """The items of the negative list of which an event counts in the period, with their severity."""
    items = setting.rulebook.get("negative_list", [])
    return {one["id"]: one["severity"] for one in items if select(setting, subject, one, one.get("field"))}
