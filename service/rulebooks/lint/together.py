"""Findings in the words for rows that belong together: once, repeated, share, caps, voter classes and quorums."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.errors import finding
from service.rulebooks.lint.book import Book, Found, codes, codes_of, not_empty, repeated
from service.rulebooks.lint.selections import coded, named
from service.rulebooks.nodes import Selection, Use, selections

_TIMES = ("day", "month")  # what a cap may name beside fields


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        for selection in selections(use):
            yield from _exclusive(selection)
            if (declaration := book.types.get(selection.said["event"])) is not None:
                yield from _fields(selection, declaration)
                yield from _shares(selection, declaration)
                yield from _caps(selection, declaration)
        yield from _across(use)
    yield from _keeps(book.uses)


def _exclusive(selection: Selection) -> Found:
    said, pointer = selection.said, selection.pointer
    if "once" in said and "distinct" in said:
        yield finding(f"{pointer}/once", "words.exclusive", word="distinct")
    if "repeated" in said:
        yield from not_empty(f"{pointer}/repeated", said["repeated"], "times")
        if said["repeated"]["within"][0] != "period":
            yield from (
                finding(f"{pointer}/repeated", "words.exclusive", word=word)
                for word in ("once", "window", "lasts", "state")
                if word in said
            )


def _fields(selection: Selection, declaration: Mapping[str, Any]) -> Found:
    """The fields by which rows belong together."""
    said, pointer = selection.said, selection.pointer
    for word in ("once", "repeated", "share"):
        if "per" in said.get(word, {}):
            yield from named(f"{pointer}/{word}/per", said[word]["per"], said["event"], declaration)
    if "share" in said and said["share"]["by"] != "equally":
        yield from named(f"{pointer}/share/by", said["share"]["by"], said["event"], declaration, ("number",))
    if "repeated" in said and said["repeated"]["within"][0] != "period" and declaration["dated_by"] != "time":
        yield finding(f"{pointer}/repeated/within", "type.time")


def _shares(selection: Selection, declaration: Mapping[str, Any]) -> Found:
    said, pointer = selection.said, selection.pointer
    if "classes" in said:
        weights = said["classes"]["weights"]
        yield from coded(f"{pointer}/classes", ("field", "weights"), said["classes"], declaration)
        if (total := sum(weights.values(), Decimal(0))) != 100:
            yield finding(f"{pointer}/classes/weights", "sum.weights", sum=total)
    if "at_least_share" not in said:
        return
    share, at = said["at_least_share"], f"{pointer}/at_least_share"
    found = list(named(f"{at}/field", share["field"], said["event"], declaration, ("code", "boolean")))
    yield from found
    yield from not_empty(at, share, "shares")
    if not found:
        yield from codes(f"{at}/shares", share["shares"], codes_of(declaration["fields"][share["field"]]))
    if (total := sum(share["shares"].values(), Decimal(0))) > 100:
        yield finding(f"{at}/shares", "sum.shares", sum=total)


def _caps(selection: Selection, declaration: Mapping[str, Any]) -> Found:
    caps, at = selection.said.get("caps", []), f"{selection.pointer}/caps"
    if len(caps) > 2:
        yield finding(at, "caps.many")
    for n, cap in enumerate(caps):
        yield from not_empty(f"{at}/{n}", cap, "per")
        yield from repeated(f"{at}/{n}/per", cap["per"])
        for m, name in enumerate(cap["per"]):
            if name not in _TIMES:
                yield from named(f"{at}/{n}/per/{m}", name, selection.said["event"], declaration)
    if len(caps) == 2 and not set(caps[1]["per"]) < set(caps[0]["per"]):
        yield finding(f"{at}/1/per", "caps.part")


def _across(use: Use) -> Found:
    """Rows of several items are compared by their points: each_event, in items that have a category."""
    for selection in selections(use):
        across = selection.said.get("once", {}).get("across", "item")
        if across != "item" and (use.take[0] != "each_event" or use.role in ("measure", "multiplier")):
            yield finding(f"{selection.pointer}/once/across", "once.across")


def _keeps(uses: list[Use]) -> Found:
    """All items that are looked at together keep the same row."""
    kept: dict[tuple[str, str, str], str] = {}
    for use in uses:
        once = use.take[1].get("once", {}) if use.take[0] == "each_event" else {}
        if once.get("across", "item") == "item":
            continue
        place = use.pointer.rsplit("/", 1)[0] if once["across"] == "category" else ""
        for kind in use.kinds:
            scope = (kind, once["across"], use.said.get("category", "") + place if place else "")
            if kept.setdefault(scope, once["keep"]) != once["keep"]:
                yield finding(f"{use.source}/once/keep", "once.keep", keep=kept[scope])
