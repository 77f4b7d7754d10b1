"""Findings in bounds that are possible but do nothing: rows and maxima that no number reaches, conditions that hold."""

from decimal import Decimal
from typing import Any

from schemas.faults import escape
from schemas.fields import DECIMAL_TEXT, decimal_text
from service.errors import finding
from service.rulebooks.lint import reach
from service.rulebooks.lint.book import Book, Found, length
from service.rulebooks.nodes import Asked, Use, selections

_ROWS = ("bands", "table", "linear", "ranks", "fixed")  # where a maximum below the greatest is no budget

_UNBOUNDED = Decimal("Infinity")


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        yield from _bands(book, use)
        yield from _maximum(book, use)
        yield from _selected(book, use)
    yield from _total(book)
    for asked in book.asked:
        yield from _asked(book, asked)
    for n, tier in enumerate(book.said["tiers"]):
        name, said = tier.get("total_at_least", ("", None))
        if name == "points" and said <= _least_total(book):
            yield finding(f"/tiers/{n}/total_at_least", "gate.always")


def _bands(book: Book, use: Use) -> Found:
    """The last row, which is required, may be there for nothing."""
    name, node = use.give
    if name != "bands":
        return
    within = reach.numbers(book, use)
    reached = reach.rows([band.get("at_least") for band in node], within)
    for n, is_reached in enumerate(reached[:-1]):
        if not is_reached:
            yield finding(f"{use.giving}/bands/{n}", "bands.unreached", range=str(within))


def _maximum(book: Book, use: Use) -> Found:
    """A maximum that is reached, and that isn't below what a single row is worth."""
    if "max" not in use.said:
        return
    bound, most = use.said["max"], reach.given(book, use).high
    if most is None:
        return
    word, points = use.said.get("no_data", ("zero", None))
    without = {"full": bound, "points": points}.get(word, Decimal(0))
    if use.take[0] != "each_event" and max(most, without, use.said.get("min", most)) < bound and bound:
        yield finding(f"{use.pointer}/max", "max.unreached", most=decimal_text(most))
    is_row = use.give[0] in _ROWS or (use.give[0] == "as_is" and use.take[0] != "fixed")
    if most > bound and is_row and (use.take[0] != "each_event" or use.role == "deduction"):
        yield finding(f"{use.pointer}/max", "max.cuts", most=decimal_text(most))


def _selected(book: Book, use: Use) -> Found:
    """`between` and `where` ask for numbers that the type allows."""
    for selection in selections(use):
        said, fields = selection.said, book.types.get(selection.said["event"], {}).get("fields", {})
        asked = [
            (f"{selection.pointer}/where/{escape(name)}", fields.get(name), v) for name, v in said["where"].items()
        ]
        for pointer, declared, values in asked:
            allowed = reach.of_rows(declared)
            numbers = [Decimal(value) for value in values if DECIMAL_TEXT.fullmatch(value)]
            if numbers and not any(_meet(allowed, number, number) for number in numbers):
                yield finding(pointer, "range.never", range=str(allowed))
        if "between" in said:
            allowed = reach.of_rows(book.declared(said))
            if not _meet(allowed, *said["between"]):
                yield finding(f"{selection.pointer}/between", "range.never", range=str(allowed))


def _meet(allowed: reach.Range, low: Decimal, high: Decimal) -> bool:
    return (allowed.high is None or low <= allowed.high) and (allowed.low is None or high >= allowed.low)


def _total(book: Book) -> Found:
    """The greatest total that categories, parts and bonus come to, where nothing multiplies them."""
    if book.said["multipliers"]:
        return
    total, order = book.said["total"], book.said["orders"]["bonus"]
    reached: dict[str, Decimal] = {}  # by a result of that kind, with all of its bonus
    limited = []
    for kind in sorted(book.kinds, key=length):
        is_base = kind == book.base
        bonus = _bonus(book.said if is_base else book.said["rollup"].get(kind, {}))
        made = Decimal(total["full"]) if is_base else _of_parts(book, kind, reached)
        joins = order == "before_limit" or (order == "before_weights" and not is_base)
        limited.append(made + (bonus if joins else 0))
        reached[kind] = made + bonus
    if max(limited) < total["max"]:
        yield finding("/total/max", "total.unreached", most=decimal_text(max(limited)))


def _bonus(sheet: dict[str, Any]) -> Decimal:
    word, points = sheet["bonus"]["max"] if "bonus" in sheet else ("points", Decimal(0))
    return _UNBOUNDED if word == "none" else points


def _of_parts(book: Book, kind: str, reached: dict[str, Decimal]) -> Decimal:
    parts = [use for use in book.uses if use.role == "part" and use.kinds == (kind,)]
    return sum((_of_part(book, use, reached) for use in parts), Decimal(0))


def _of_part(book: Book, use: Use, reached: dict[str, Decimal]) -> Decimal:
    """The most points of a part; the totals that it reads are averaged or picked, never added."""
    results, weight = use.results, use.said["weight"] / 100
    is_total = results is not None and book.is_own(results) and results["read"][0] == "total"
    if results and is_total and use.take[0] not in ("sum", "count", "running") and use.give[0] == "as_is":
        word, points = use.said["no_data"]
        most = max(reached.get(results["results"], Decimal(0)), book.said["total"]["full"])
        made = most * weight if weight else weight
        return Decimal(max(made, points) if word == "points" else made)
    of_item = reach.of_item(book, use)
    return _UNBOUNDED if of_item is None else of_item


def _asked(book: Book, asked: Asked) -> Found:
    at, name, said = asked.pointer, asked.name, asked.said
    match name:
        case "indicator" | "category" if book.knows(name, said[name]):
            least, most = _points(book, name, said[name])
            yield from _always(at, said, least, most)
        case "measure" if said["measure"] in book.measures:
            yield from _always(at, said, _least_measure(book, book.measures[said["measure"]]), None)
        case "posts":
            cohort = book.said["applies_to"].get("posts" if book.workers else "kinds", [])
            if cohort and set(cohort) <= set(said):
                yield finding(f"{at}/posts", "gate.always")
        case "total_at_least" if said <= _least_total(book):
            yield finding(f"{at}/{name}", "gate.always")
        case "total_below" if (most := reach.of_total(book)) is not None and said > most:
            yield finding(f"{at}/{name}", "gate.always")


def _always(pointer: str, said: dict[str, Any], least: Decimal | None, most: Decimal | None) -> Found:
    if "at_least" in said and least is not None and said["at_least"] <= least:
        yield finding(f"{pointer}/at_least", "gate.always")
    if "below" in said and most is not None and said["below"] > most:
        yield finding(f"{pointer}/below", "gate.always")


def _points(book: Book, name: str, identifier: str) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most points of an item or a category."""
    if name == "category":
        least = book.categories[identifier].get("min")
        return (Decimal(0) if least is not None and least >= 0 else None), reach.of_category(book, identifier)
    use = next(use for kind in book.kinds for use in [book.sheet(kind).get(identifier)] if use)
    bounds = [use.said["min"]] if "min" in use.said else []
    fewest = reach.given(book, use).low
    if fewest is not None and use.take[0] != "each_event":
        bounds.append(min(fewest, use.said.get("max", fewest)))
    if not bounds:
        return None, reach.of_item(book, use)
    word, points = use.said.get("no_data", ("zero", None))
    without = {"full": use.said.get("max", Decimal(0)), "points": points}.get(word, Decimal(0))
    return min(max(bounds), without), reach.of_item(book, use)


def _least_measure(book: Book, use: Use) -> Decimal | None:
    """The least number of a measure; None where there is no bound, or it may be without a number."""
    word, number = use.said["no_data"]
    least = reach.given(book, use).low
    if least is None or word not in ("zero", "number") or use.give[0] == "table":
        return None
    return min(least, number if word == "number" else Decimal(0))


def _least_total(book: Book) -> Decimal:
    """The least total; no bound where bonus comes after the limit, for it may be negative."""
    if book.said["orders"]["bonus"] == "after_limit":
        return -_UNBOUNDED
    return Decimal(book.said["total"]["min"])
