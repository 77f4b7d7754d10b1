"""Which numbers and how many points are possible: a bound beyond that could never be reached."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from schemas.fields import decimal_text
from service.rulebooks.lint.book import Book
from service.rulebooks.nodes import Use


class Range(NamedTuple):
    """The bounds of a number, both possible; None where there is no bound."""

    low: Decimal | None
    high: Decimal | None

    def __str__(self) -> str:
        """0..5, 0.. or ..5."""
        return "..".join("" if bound is None else decimal_text(bound) for bound in self)


def of_item(book: Book, use: Use) -> Decimal | None:
    """The most points of an item; None where there is no bound. What stands for no data isn't held by `max`."""
    most: Decimal | None = use.said.get("max")
    # Where every event has points, nothing bounds their sum.
    if most is None and use.take[0] != "each_event" and (points := given(book, use).high) is not None:
        most = max(points, use.said.get("min", points))
    word, points = use.said.get("no_data", ("zero", None))
    without = points if word == "points" else Decimal(0)
    return None if most is None else max(most, without)


def of_category(book: Book, identifier: str) -> Decimal | None:
    """The most points of a category, after weight and multiplier."""
    category = book.categories[identifier]
    most = _rounded(category["max"] * category["weight"] / 100, book.step)
    multiplier = next((u for u in book.uses if u.role == "multiplier" and u.said["of"] == identifier), None)
    if multiplier is None:
        return most
    factor = of_item(book, multiplier)
    return None if factor is None else _rounded(most * factor, book.step)


def of_total(book: Book) -> Decimal | None:
    """The greatest total in any kind of period: bonus may come when the limit has been applied."""
    beyond = [Decimal(0)]
    if book.said["orders"]["bonus"] == "after_limit":
        for bonus in (book.said.get("bonus"), *(rollup.get("bonus") for rollup in book.said["rollup"].values())):
            if bonus and bonus["max"][0] == "none":
                return None
            if bonus:
                beyond.append(bonus["max"][1])
    greatest: Decimal = book.said["total"]["max"] + max(beyond)
    return greatest


def numbers(book: Book, use: Use) -> Range:
    """Between which bounds the number lies that a take hands on."""
    name, said = use.take
    if compare := use.said.get("compare"):
        return Range(Decimal(1), None) if compare["as_"] == "rank" else Range(None, Decimal(1))
    if name == "fixed":
        return Range(Decimal(said), Decimal(said))
    if name in ("count", "days", "running", "tenure_months", "service_days"):
        return Range(Decimal(0), None)
    if use.results is not None:
        return Range(Decimal(1) if use.results["read"][0] == "rank" else None, None)
    if name in ("given", "best", "worst", "latest", "mean", "each_event"):
        return _of_rows(book, use)
    return Range(None, None)


def of_rows(declared: Mapping[str, Any] | None) -> Range:
    """Between which bounds a declared field lies."""
    low, high = (declared or {}).get("between", (None, None))
    return Range(None if low is None else Decimal(low), None if high is None else Decimal(high))


def given(book: Book, use: Use) -> Range:
    """How few and how many points `give` makes of one number, rounded; of an item of the negative list, deducts."""
    low, high = _given(book, use)
    # A factor is a measure, points are a line.
    is_line = use.role not in ("multiplier", "measure")
    step = book.step if is_line else Decimal(1).scaleb(-book.said["numbers"]["measure_decimals"])
    weight = use.said.get("weight", Decimal(100)) / 100
    return Range(*(None if points is None else _rounded(points * weight, step) for points in (low, high)))


def rows(bounds: list[Decimal | None], within: Range) -> list[bool]:
    """Which rows of bands a number within these bounds can reach."""
    reached = []
    above: Decimal | None = None
    for bound in bounds:
        too_high = bound is not None and within.high is not None and bound > within.high
        taken = above is not None and within.low is not None and above <= within.low
        reached.append(not (too_high or taken))
        above = bound
    return reached


def _given(book: Book, use: Use) -> Range:
    name, node = use.give
    within = numbers(book, use)
    match name:
        case "fixed":
            return Range(node, node)
        case "as_is":
            return within
        case "bands":
            reached = rows([band.get("at_least") for band in node], within)
            points = [band["points"] for band, is_reached in zip(node, reached, strict=True) if is_reached]
            return Range(min(points, default=None), max(points, default=None))
        case "linear":
            return _between([_linear(node, bound, end) for bound, end in zip(within, node["from_"], strict=True)])
        case "table":
            return Range(min(node.values(), default=None), max(node.values(), default=None))
        case "ranks":
            points = [*node["points"], node.get("others", Decimal(0))]
            return Range(min(points), max(points))
        case _:
            return _each(node, within)


def _linear(node: dict[str, Any], number: Decimal | None, end: Decimal) -> Decimal:
    """The points of a number held inside the ends; of an end, where the number has no bound."""
    (a, b), (c, d) = node["from_"], node["to"]
    x = end if number is None else min(max(number, a), b)
    points: Decimal = c + (x - a) * (d - c) / (b - a)
    return points


def _each(node: dict[str, Any], within: Range) -> Range:
    """So many points for each unit: the more or the fewer, the more units there are."""
    units = [_units(node, number) for number in within]
    if "under" in node:
        units.reverse()
    if units[0] is None and ("over" in node or "under" in node):
        units[0] = Decimal(0)
    ends = [None if number is None else node.get("start", Decimal(0)) + node["points"] * number for number in units]
    low, high = ends if node["points"] >= 0 else reversed(ends)
    return Range(low, high)


def _units(node: dict[str, Any], number: Decimal | None) -> Decimal | None:
    if number is None:
        return None
    if "over" in node:
        number = max(number - node["over"], Decimal(0))
    if "under" in node:
        number = max(node["under"] - number, Decimal(0))
    units: Decimal = number / node.get("per", Decimal(1))
    rounding = {"whole": ROUND_FLOOR, "started": ROUND_CEILING}.get(node["units"])
    return units if rounding is None else units.to_integral_value(rounding)


def _of_rows(book: Book, use: Use) -> Range:
    name, said = use.take
    if name == "each_event" and "field" not in said:
        return Range(Decimal(1), Decimal(1))
    if "value" in said:
        points = [number for word, number in said["value"].values() if word == "number"]
        found = Range(min(points, default=None), max(points, default=None))
    else:
        declared, between = of_rows(book.declared(said)), Range(*said.get("between", (None, None)))
        lows = [low for low in (declared.low, between.low) if low is not None]
        highs = [high for high in (declared.high, between.high) if high is not None]
        found = Range(max(lows, default=None), min(highs, default=None))
    if said.get("classes", {}).get("empty") == "zero":
        low, high = found
        return Range(None if low is None else min(low, Decimal(0)), None if high is None else max(high, Decimal(0)))
    return found


def _between(points: list[Decimal]) -> Range:
    return Range(min(points), max(points))


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    """To the step, half away from zero."""
    return (number / step).quantize(Decimal(1), ROUND_HALF_UP) * step
