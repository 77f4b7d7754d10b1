"""Findings among numbers that enter the total: they are multiples of the step; bounds have an order and a sign."""

from collections.abc import Iterator
from decimal import Decimal

from schemas.faults import escape
from service.errors import finding
from service.rulebooks.lint.book import Book, Found
from service.rulebooks.nodes import Use

_SCORED = ("indicator", "bonus", "part", "deduction")


def findings(book: Book) -> Found:
    """All of this family."""
    for pointer, number in [*_of_sheets(book), *_of_items(book), *_of_placing(book)]:
        if number % book.step:
            yield finding(pointer, "number.step", step=book.step)
    for use in book.uses:
        yield from _bounds(use)
    for n, restriction in enumerate(book.said["restrictions"]):
        if restriction.get("deduct", 0) < 0:
            yield finding(f"/restrictions/{n}/deduct", "number.negative")


def _of_sheets(book: Book) -> Iterator[tuple[str, Decimal]]:
    said = book.said
    yield from ((f"/total/{key}", said["total"][key]) for key in ("full", "min", "max"))
    for n, category in enumerate(said["categories"]):
        yield from ((f"/categories/{n}/{key}", category[key]) for key in ("min", "max") if key in category)
    bonuses = [("/bonus", said.get("bonus"))]
    bonuses += [(f"/rollup/{kind}/bonus", rollup.get("bonus")) for kind, rollup in said["rollup"].items()]
    for pointer, bonus in bonuses:
        if bonus and bonus["max"][0] == "points":
            yield f"{pointer}/max", bonus["max"][1]
    if "local_additions" in said:
        yield "/local_additions/points", said["local_additions"]["points"]


def _of_items(book: Book) -> Iterator[tuple[str, Decimal]]:
    for use in book.uses:
        if use.role not in _SCORED:
            continue
        yield from ((f"{use.pointer}/{key}", use.said[key]) for key in ("min", "max") if key in use.said)
        no_data = use.said.get("no_data", ("zero", None))
        if no_data[0] == "points":
            yield f"{use.pointer}/no_data/points", no_data[1]
        if use.give[0] == "fixed":
            yield use.giving, use.give[1]
        if use.take[0] == "each_event":
            for n, cap in enumerate(use.take[1]["caps"]):
                yield from ((f"{use.source}/caps/{n}/{key}", cap[key]) for key in ("min", "max") if key in cap)


def _of_placing(book: Book) -> Iterator[tuple[str, Decimal]]:
    for n, restriction in enumerate(book.said["restrictions"]):
        if "deduct" in restriction:
            yield f"/restrictions/{n}/deduct", restriction["deduct"]
    for n, tier in enumerate(book.said["tiers"]):
        if "total_at_least" in tier and tier["total_at_least"][0] == "points":
            yield f"/tiers/{n}/total_at_least", tier["total_at_least"][1]
    for asked in book.asked:
        if asked.name in ("indicator", "category"):
            yield from ((f"{asked.pointer}/{k}", asked.said[k]) for k in ("at_least", "below") if k in asked.said)
        elif asked.name in ("total_at_least", "total_below"):
            yield f"{asked.pointer}/{asked.name}", asked.said


def _bounds(use: Use) -> Found:
    said = use.said
    if "min" in said and "max" in said and said["min"] > said["max"]:
        yield finding(f"{use.pointer}/min", "range.malformed")
    if use.take[0] == "each_event":
        for n, cap in enumerate(use.take[1]["caps"]):
            if "min" in cap and "max" in cap and cap["min"] > cap["max"]:
                yield finding(f"{use.source}/caps/{n}/min", "range.malformed")
    if use.role == "deduction":
        yield from (
            finding(f"{use.pointer}/{key}", "number.negative") for key in ("min", "max") if said.get(key, 0) < 0
        )
        yield from (finding(pointer, "number.negative") for pointer, cost in _costs(use) if cost < 0)


def _costs(use: Use) -> Iterator[tuple[str, Decimal]]:
    """What an event of the negative list costs, as far as it is written: it never brings points."""
    name, said = use.give
    at = f"{use.giving}/{name}"
    if name == "fixed":
        yield use.giving, said
    elif name == "table":
        yield from ((f"{at}/{escape(code)}", points) for code, points in said.items())
    elif name == "bands":
        yield from ((f"{at}/{n}/points", band["points"]) for n, band in enumerate(said))
    elif name == "linear":
        yield from ((f"{at}/to/{n}", points) for n, points in enumerate(said["to"]))
