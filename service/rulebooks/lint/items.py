"""Findings in one item: whether give fits what take hands on, and the words beside them (compare, prorate, no_data)."""

from itertools import pairwise

from schemas.faults import Slip, escape
from service.errors import finding
from service.rulebooks.lint.book import Book, Found, Handed, codes
from service.rulebooks.nodes import Use

_OF_NUMBERS = ("each", "bands", "linear", "ranks")


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        yield from _give(book, use)
        yield from rows(use.giving, *use.give)
        yield from _compare(book, use)
        if "prorate" in use.said and (use.take[0] not in ("count", "sum") or use.results is not None):
            yield finding(f"{use.pointer}/prorate", "prorate.take")
        yield from (_no_number(book, use) if use.role == "measure" else _no_points(use))


def rows(pointer: str, name: str, node: object) -> Found:
    """Rows of bands that fall, and rows at all."""
    if name == "bands" and isinstance(node, list):
        bounds = [band.get("at_least") for band in node]
        if not bounds or bounds[-1] is not None or None in bounds[:-1]:
            yield finding(f"{pointer}/bands", "bands.otherwise")
        elif any(above <= below for above, below in pairwise(bounds[:-1])):
            yield finding(f"{pointer}/bands", "bands.order")
    if name == "table" and not node:
        yield finding(f"{pointer}/table", "list.empty")
    if name == "ranks" and isinstance(node, dict) and not node["points"]:
        yield finding(f"{pointer}/ranks", "list.empty")


def _give(book: Book, use: Use) -> Found:
    name, node = use.give
    handed = book.handed(use)
    if name == "table":
        yield from _table(f"{use.giving}/table", node, handed)
    elif handed.kind == "code" and (name in _OF_NUMBERS or _must_be_given(use)):
        yield finding(use.giving, "give.code")
    if name == "ranks" and use.said.get("compare", {}).get("as_") != "rank":
        yield finding(f"{use.giving}/ranks", "ranks.compare")


def _must_be_given(use: Use) -> bool:
    """Whether a code alone doesn't do: only a measure is a code, and the best code is known by its points."""
    return use.give[0] == "as_is" and (use.role != "measure" or use.take[0] in ("best", "worst", "each_event"))


def _table(pointer: str, node: dict[str, object], handed: Handed) -> Found:
    if handed.kind == "number":
        yield finding(pointer, "give.number")
    if handed.kind != "code" or handed.known is None:
        return
    yield from (
        finding(
            f"{pointer}/{escape(code)}",
            "code.unknown",
            Slip(code, handed.known),
            of_key=True,
            codes=", ".join(sorted(handed.known)),
        )
        for code in node
        if code not in handed.known
    )
    if not handed.needed <= set(node):
        yield finding(pointer, "table.codes", codes=", ".join(sorted(handed.needed)))


def _compare(book: Book, use: Use) -> Found:
    compare = use.said.get("compare")
    if not compare:
        return
    plain = Use(use.pointer, use.role, {key: said for key, said in use.said.items() if key != "compare"}, use.kinds)
    # What is best is known by points, and points are known after the comparison.
    if use.take[0] in ("each_event", "best", "worst") or book.handed(plain).kind == "code":
        yield finding(f"{use.pointer}/compare", "compare.take")
    if compare["as_"] == "share_of_first" and compare["order"] == "low_first":
        yield finding(f"{use.pointer}/compare/order", "compare.order")


def _no_points(use: Use) -> Found:
    if use.said.get("no_data", ("zero", None))[0] == "full" and "max" not in use.said:
        yield finding(f"{use.pointer}/no_data", "no_data.full")


def _no_number(book: Book, use: Use) -> Found:
    word, said = use.said["no_data"]
    measured = book.measured(use)
    if word == "unmet" or measured.kind == "unknown":
        return
    if (word == "code") != (measured.kind == "code"):
        yield finding(f"{use.pointer}/no_data", "no_data.kind")
    elif word == "code" and measured.known is not None and said not in measured.known:
        yield from codes(f"{use.pointer}/no_data/code", [said], sorted(measured.known))
