"""Findings among tiers, quotas, restrictions, tie-breaks and outcomes: where a total leads."""

from itertools import pairwise
from typing import Any

from schemas.fields import decimal_text
from service.errors import finding
from service.rulebooks import layout
from service.rulebooks.lint import items, reach
from service.rulebooks.lint.book import Book, Found, each_code, unknown


def findings(book: Book) -> Found:
    """All of this family."""
    yield from _tiers(book)
    yield from _thresholds(book)
    yield from _effects(book)
    for n, key in enumerate(book.said["tie_breaks"]):
        what, identifier = layout.tie_key(key)
        if not book.knows(what, identifier):
            yield from unknown(f"/tie_breaks/{n}/{what}", [identifier], book.names(what))
        elif what == "measure":
            yield from _number(book, f"/tie_breaks/{n}/measure", identifier)
    for n, outcome in enumerate(book.said["outcomes"]):
        yield from _value(book, f"/outcomes/{n}/value", *outcome.get("value", ("", None)))


def _tiers(book: Book) -> Found:
    tiers = book.said["tiers"]
    for n, tier in enumerate(tiers):
        last = n == len(tiers) - 1
        quota = tier.get("quota", {})
        # at_least and about bind others or nobody: the last tier may have them.
        binding = "total_at_least" in tier or tier["gates"] or "at_most" in quota or "seats" in quota
        if last != ("otherwise" in tier) or (last and binding):
            yield finding(f"/tiers/{n}", "tiers.otherwise")
        if "at_most" in quota and quota["at_most"][0] == "measure":
            yield from _number(book, f"/tiers/{n}/quota/at_most/measure", quota["at_most"][1])
        if quota.get("ties") == "tie_breaks" and not book.said["tie_breaks"]:
            yield finding("/tie_breaks", "list.empty")


def _thresholds(book: Book) -> Found:
    most = reach.of_total(book)
    bounds = []
    for n, tier in enumerate(book.said["tiers"]):
        name, said = tier.get("total_at_least", ("", None))
        pointer = f"/tiers/{n}/total_at_least"
        if name == "measure":
            yield from _number(book, f"{pointer}/measure", said)
        elif name == "points":
            bounds.append((pointer, said))
            if most is not None and said > most:
                yield finding(pointer, "gate.unreachable", most=decimal_text(most))
    for (_, above), (pointer, below) in pairwise(bounds):
        if below >= above:
            yield finding(pointer, "tiers.order")


def _number(book: Book, pointer: str, identifier: str) -> Found:
    if identifier not in book.measures:
        yield from unknown(pointer, [identifier], book.measures)
    elif book.measured(book.measures[identifier]).kind == "code":
        yield finding(pointer, "measure.code", id=identifier)


def _effects(book: Book) -> Found:
    """The tiers that events and restrictions set."""
    said = [(f"/negative_list/{n}", item) for n, item in enumerate(book.said["negative_list"])]
    said += [(f"/restrictions/{n}", restriction) for n, restriction in enumerate(book.said["restrictions"])]
    limited = {tier["id"] for tier in book.said["tiers"] if {"at_most", "seats"} & set(tier.get("quota", {}))}
    for pointer, effect in said:
        for key in ("ceiling", "veto", "tier"):
            if key in effect:
                yield from unknown(f"{pointer}/{key}", [effect[key]], book.tiers)
                if key != "ceiling" and effect[key] in limited:
                    yield finding(f"{pointer}/{key}", "veto.quota")


def _value(book: Book, pointer: str, name: str, said: Any) -> Found:
    if name == "tier":
        yield from each_code(f"{pointer}/tier", said, book.tiers)
    if name == "total":
        yield from items.rows(f"{pointer}/total", *said)
        if said[0] in ("table", "ranks"):
            yield finding(f"{pointer}/total/{said[0]}", "give.number")
