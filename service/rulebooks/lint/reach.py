"""How many points are possible at most: a bound above that could never be reached."""

from decimal import ROUND_HALF_UP, Decimal

from service.rulebooks.lint.book import Book
from service.rulebooks.nodes import Use


def of_item(book: Book, use: Use) -> Decimal | None:
    """The most points of an item; None where there is no bound. What stands for no data isn't held by `max`."""
    most: Decimal | None = use.said.get("max")
    if most is None and (given := _given(book, use)) is not None:
        # A factor is a measure, points are a line.
        step = Decimal(1).scaleb(-book.said["numbers"]["measure_decimals"]) if use.role == "multiplier" else book.step
        points = _rounded(given * use.said.get("weight", 100) / 100, step)
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


def _given(book: Book, use: Use) -> Decimal | None:
    """The most that `give` makes of one number; no bound where every event has points."""
    name, node = use.give
    points: list[Decimal] = []
    if use.take[0] == "each_event":
        return None
    if name == "bands":
        points = [band["points"] for band in node]
    elif name == "linear":
        points = node["to"]
    elif name == "table":
        points = list(node.values())
    elif name == "ranks":
        points = [*node["points"], node.get("others", Decimal(0))]
    elif name == "as_is" and "compare" not in use.said:
        return _taken(book, use)
    return max(points, default=None)


def _taken(book: Book, use: Use) -> Decimal | None:
    name, said = use.take
    if name == "fixed":
        return Decimal(said)
    if name not in ("given", "best", "worst", "latest", "mean") or use.results is not None or "value" in said:
        return None
    declared = book.declared(said) or {}
    ranges = [said["between"][1]] if "between" in said else []
    ranges += [Decimal(declared["between"][1])] if "between" in declared else []
    return min(ranges, default=None)


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    """To the step, half away from zero."""
    return (number / step).quantize(Decimal(1), ROUND_HALF_UP) * step
