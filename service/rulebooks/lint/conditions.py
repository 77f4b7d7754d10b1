"""Findings in conditions: what they name is there, is of the kind that they ask for, and can be so."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service.errors import finding
from service.rulebooks import layout
from service.rulebooks.lint import reach
from service.rulebooks.lint.book import Book, Found, Rule, codes, not_empty, unknown
from service.rulebooks.nodes import Asked


def findings(book: Book) -> Found:
    """All of this family."""
    for rule in book.rules:
        yield from _where(book, rule)
    for asked in book.asked:
        yield from _asked(book, asked)


def _where(book: Book, rule: Rule) -> Found:
    """A rule that names its kinds of period is at home in each of them; any rule is at home somewhere."""
    named = [(what, identifier) for what, identifier in layout.named_in(rule.when) if book.knows(what, identifier)]
    lacking = [
        kind
        for kind in rule.kinds
        if kind in book.kinds and not all(book.has(kind, what, identifier) for what, identifier in named)
    ]
    if rule.narrowed and lacking:
        yield finding(f"{rule.pointer}/in", "gate.elsewhere", kind=", ".join(lacking))
    elif named and set(lacking) >= set(rule.kinds):
        yield finding(rule.asked_at, "condition.nowhere")


def _asked(book: Book, asked: Asked) -> Found:
    at, name, said = asked.pointer, asked.name, asked.said
    match name:
        case "indicator" | "category":
            yield from _points(book, at, name, said)
        case "measure":
            yield from _measure(book, at, said)
        case "negative" | "no_data":
            yield from unknown(f"{at}/{name}", [said], book.negative if name == "negative" else book.measures)
        case "no_negative":
            yield from _listed(at, name, said, {item["severity"] for item in book.said["negative_list"]})
        case "posts":
            cohort = book.said["applies_to"]
            yield from _listed(at, name, said, cohort.get("posts" if book.workers else "kinds", []))
        case "tier":
            yield from _listed(at, name, said, book.tiers)
        case "top" | "bottom":
            yield from _place(book, at, name, said)
        case "total_at_least":
            yield from _reachable(f"{at}/{name}", said, reach.of_total(book))


def _place(book: Book, at: str, name: str, said: dict[str, Any]) -> Found:
    yield from unknown(f"{at}/of", [said["of"]], ["peer_group", *book.lists])
    if (said[name][0] == "percent") != ("rounding" in said):
        yield finding(f"{at}/rounding", "outcome.rounding" if "rounding" in said else "field.required")


def _listed(pointer: str, name: str, said: list[str], known: Collection[str]) -> Found:
    yield from not_empty(pointer, {name: said}, name)
    yield from unknown(f"{pointer}/{name}", said, known)


def _points(book: Book, pointer: str, name: str, said: dict[str, Any]) -> Found:
    identifier = said[name]
    if not book.knows(name, identifier):
        yield from unknown(f"{pointer}/{name}", [identifier], book.names(name))
    elif "at_least" in said:
        if name == "category":
            most = reach.of_category(book, identifier)
        else:
            use = next(use for kind in book.kinds for use in [book.sheet(kind).get(identifier)] if use)
            most = reach.of_item(book, use)
        yield from _reachable(f"{pointer}/at_least", said["at_least"], most)


def _reachable(pointer: str, bound: Decimal, most: Decimal | None) -> Found:
    if most is not None and bound > most:
        yield finding(pointer, "gate.unreachable", most=decimal_text(most))


def _measure(book: Book, pointer: str, said: dict[str, Any]) -> Found:
    measure = book.measures.get(said["measure"])
    if measure is None:
        yield from unknown(f"{pointer}/measure", [said["measure"]], book.measures)
        return
    measured = book.measured(measure)
    if "is_" not in said:
        test = "at_least" if "at_least" in said else "below"
        if measured.kind == "code":
            yield finding(f"{pointer}/{test}", "measure.code", id=measure.id)
        return
    yield from not_empty(pointer, said, "is_")
    if measured.kind == "number":
        yield finding(f"{pointer}/is", "measure.number", id=measure.id)
    elif measured.known is not None:
        word, code = measure.said["no_data"]
        yield from codes(f"{pointer}/is", said["is_"], sorted({*measured.needed, *([code] * (word == "code"))}))
