"""Findings among categories, the bonus and multipliers: where points are added up, and whether the maxima do."""

from decimal import Decimal
from itertools import combinations
from typing import Any

from schemas.fields import decimal_text
from service.errors import finding
from service.rulebooks.lint.book import Book, Found, unknown


def findings(book: Book) -> Found:
    """All of this family."""
    for n, category in enumerate(book.said["categories"]):
        yield from _nested(book, f"/categories/{n}", category)
        yield from _reached(book, f"/categories/{n}", category)
    yield from _total(book)
    for use in book.uses:
        if "category" in use.said:
            yield from unknown(f"{use.pointer}/category", [use.said["category"]], book.categories)
    yield from _bonus(book)
    yield from _multipliers(book)


def _nested(book: Book, pointer: str, category: dict[str, Any]) -> Found:
    if category["id"] == category.get("in_"):
        yield finding(f"{pointer}/in", "category.itself")
    elif "in_" in category:
        yield from unknown(f"{pointer}/in", [category["in_"]], book.categories)
        if "in_" in book.categories.get(category["in_"], {}):
            yield finding(f"{pointer}/in", "category.deep")
    parts, indicators = book.parts(category["id"]), book.indicators(category["id"])
    if parts and indicators:
        yield finding(pointer, "category.both")
    if not parts and not indicators:
        yield finding(pointer, "category.empty")


def _reached(book: Book, pointer: str, category: dict[str, Any]) -> Found:
    """The maxima of categories in a category make its own; those of indicators reach it at least."""
    most = category["max"]
    if most < 0:
        yield finding(f"{pointer}/max", "number.negative")
    if category.get("min", most) > most:
        yield finding(f"{pointer}/min", "range.malformed")
    if parts := book.parts(category["id"]):
        maxima = [part["max"] * part["weight"] / 100 for part in parts]
        counts_sum = category["counts"] == "sum"
        made = sum(maxima, Decimal(0)) if counts_sum else max(maxima)
        if made < most or (counts_sum and made != most):
            yield finding(f"{pointer}/max", "sum.nested", sum=decimal_text(made), max=most)
    elif indicators := book.indicators(category["id"]):
        maxima = [indicator["max"] for indicator in indicators]
        reached = sum(maxima, Decimal(0)) if category["counts"] == "sum" else max(maxima)
        if reached < most:
            yield finding(f"{pointer}/max", "sum.indicators", sum=reached)


def _total(book: Book) -> Found:
    total = book.said["total"]
    top = [c["max"] * c["weight"] / 100 for c in book.said["categories"] if "in_" not in c]
    full = sum(top, Decimal(0))
    if full != total["full"]:
        yield finding("/total/full", "sum.categories", sum=decimal_text(full), full=total["full"])
    if not total["min"] <= total["full"] <= total["max"]:
        yield finding("/total", "total.order")


def _bonus(book: Book) -> Found:
    joins = book.said["orders"]["bonus"] == "before_weights"
    bonuses = [("/bonus", "", book.said.get("bonus"))]
    bonuses += [(f"/rollup/{kind}/bonus", kind, said.get("bonus")) for kind, said in book.said["rollup"].items()]
    for pointer, kind, bonus in bonuses:
        if not bonus:
            continue
        if bonus["max"][0] == "points" and bonus["max"][1] < 0:
            yield finding(f"{pointer}/max", "number.negative")
        if joins != ("into" in bonus):
            yield finding(f"{pointer}/into", "field.required" if joins else "bonus.into")
        elif joins and kind:
            parts = [part["id"] for part in book.said["rollup"][kind]["parts"]]
            yield from unknown(f"{pointer}/into", [bonus["into"]], parts)
        elif joins:
            yield from _joined(book, bonus["into"])


def _joined(book: Book, category: str) -> Found:
    yield from unknown("/bonus/into", [category], book.categories)
    said = book.categories.get(category)
    if said and (said["counts"] != "sum" or "in_" in said or book.parts(category)):
        yield finding("/bonus/into", "bonus.category")


def _multipliers(book: Book) -> Found:
    multipliers = [use for use in book.uses if use.role == "multiplier"]
    for use in multipliers:
        of = use.said["of"]
        yield from unknown(f"{use.pointer}/of", [of], ["total", *book.categories])
        if "in_" in book.categories.get(of, {}):
            yield finding(f"{use.pointer}/of", "multiplier.nested")
        if of in book.categories and set(use.kinds) - {book.base}:
            yield finding(f"{use.pointer}/in", "gate.elsewhere", kind=", ".join(set(use.kinds) - {book.base}))
    for first, second in combinations(multipliers, 2):
        if first.said["of"] == second.said["of"] and set(first.kinds) & set(second.kinds):
            yield finding(f"{second.pointer}/of", "multiplier.twice", id=first.id)
