"""What docs/rulebook-language.md demands of a rulebook, asked again of what was made: the selections and the items.

It shares nothing with the making. Every function yields sentences; a valid rulebook has none.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from tests.oracle.generate.texts import Node

LENGTHS = ("month", "quarter", "half_year", "year")
NUMBERS = {"sum", "mean", "given"}
CODED = {"best", "worst", "latest", "plurality", "each_event"}


def items_of(book: Node) -> Iterator[tuple[str, Node, set[str]]]:
    """Every item that takes, what it is, and the kinds of period for which it does."""
    base, kinds = book["periods"]["base"], {book["periods"]["base"], *book["periods"]["rollups"]}
    for item in book["indicators"]:
        yield "indicator", item, {base}
    for item in book.get("bonus", {}).get("items", []):
        yield "bonus", item, {base}
    for kind, sheet in book.get("rollup", {}).items():
        for item in sheet["parts"]:
            yield "part", item, {kind}
        for item in sheet.get("bonus", {}).get("items", []):
            yield "bonus", item, {kind}
    for item in book.get("measures", []):
        yield "measure", item, set(item.get("in", kinds))
    for item in book.get("multipliers", []):
        yield "multiplier", item, set(item.get("in", [base]))


def item_faults(book: Node, types: Node) -> Iterator[str]:
    """What is wrong with takes, gives and what stands between."""
    for what, item, sheets in items_of(book):
        if isinstance(item["take"], str):
            continue
        ((word, node),) = item["take"].items()
        found: list[Iterator[str]] = []
        if isinstance(node, dict) and "results" in node:
            found.append(_results(book, node, sheets, word))
        elif word == "ratio":
            found += [_selection(side, types, word) for side in node.values()]
        elif isinstance(node, dict) and "event" in node:
            found.append(_selection(node, types, word))
        found.append(_points(what, item, word, node, types, book))
        yield from (f"{item['id']}: {fault}" for fault in chain(*found))
    for item in book.get("negative_list", []):
        yield from (f"{item['id']}: {fault}" for fault in _selection(item, types, "each_event"))
        if isinstance(item.get("deduct"), dict) and "table" in item["deduct"]:
            yield from _all_codes(types[item["event"]]["fields"][item["field"]], item["deduct"]["table"])


def _selection(node: Node, types: Node, word: str) -> Iterator[str]:
    declared = types[node["event"]]
    said = set(node)
    timed = {"window", "lasts"} & said or node.get("about", "subject") != "subject"
    if timed and declared["dated_by"] != "time":
        yield "asks a type dated by period for times"
    for one, other in (("value", "between"), ("distinct", "field"), ("distinct", "once"), ("window", "lasts")):
        if {one, other} <= said:
            yield f"{one} and {other}"
    if word == "days" and "lasts" not in node:
        yield "days without lasts"
    if word in NUMBERS and "value" not in node:
        name = node.get("field", declared.get("quantity"))
        if name is None or declared["fields"][name]["kind"] != "number":
            yield f"{word} of no number"
    yield from _fields(node, declared["fields"])
    yield from _lists(node, declared["fields"])
    yield from _together(node, declared)
    if "state" in node:
        follow_up = types[node["state"]["event"]]["fields"]
        counts = set(node["state"]["counts"])
        if node["state"]["same"] not in follow_up or not counts <= _codes(follow_up, node["state"]):
            yield "state asks what its event hasn't"


def _together(node: Node, declared: Node) -> Iterator[str]:
    """Rows that belong together, and classes."""
    looks_back = "repeated" in node and node["repeated"]["within"] != "period"
    if looks_back and ({"once", "window", "lasts", "state"} & set(node) or declared["dated_by"] != "time"):
        yield "repeated looks back where other words choose rows"
    caps = [set(cap["per"]) for cap in node.get("caps", [])]
    if len(caps) > 2 or (len(caps) == 2 and not caps[1] < caps[0]):
        yield "caps don't lie in each other"
    if "classes" in node:
        if sum(map(_percent, node["classes"]["weights"].values())) != 100:
            yield "classes don't add up"
        yield from _all_codes(declared["fields"][node["classes"]["field"]], node["classes"]["weights"])


def _fields(node: Node, fields: Node) -> Iterator[str]:
    """Every field that is named is there, and every code that is named is one of its own."""
    named = [*node.get("where", {}), *(node[word] for word in ("field", "distinct") if word in node)]
    named += [node[word]["per"] for word in ("once", "repeated", "share") if "per" in node.get(word, {})]
    named += [name for cap in node.get("caps", []) for name in cap["per"] if name not in ("day", "month")]
    yield from (f"no field {name}" for name in named if name not in fields)
    for name, wanted in node.get("where", {}).items():
        codes = {"code": set(fields[name].get("codes", [])), "boolean": {"true", "false"}}.get(fields[name]["kind"])
        if codes and not set([wanted] if isinstance(wanted, str) else wanted) <= codes:
            yield f"where {name} is never"


def _lists(node: Node, fields: Node) -> Iterator[str]:
    """Where codes are listed, they are all or some of the field's own."""
    if "value" in node:
        yield from _all_codes(fields[node["field"]], node["value"])
    if "order" in node or "is" in node:
        listed: list[str] = node["order"] if "order" in node else node["is"]
        if not set(listed) <= _codes(fields, node) or len(set(listed)) != len(listed):
            yield "order or is beside the codes"
    lasts = node.get("lasts")
    if isinstance(lasts, dict) and "field" in lasts:
        yield from _all_codes(fields[lasts["field"]], lasts["months"])
    if isinstance(lasts, dict) and "until" in lasts and fields[lasts["until"]]["kind"] != "date":
        yield "until no date"


def _codes(fields: Node, node: Node) -> set[str]:
    return set(fields[node["field"]]["codes"])


def _all_codes(field: Node, rows: Node) -> Iterator[str]:
    if set(rows) != set(field.get("codes", [])):
        yield f"{sorted(rows)} aren't the codes"


def _percent(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


def _results(book: Node, node: Node, sheets: set[str], word: str) -> Iterator[str]:
    """Own results are those of shorter kinds, earlier ones, or parts of a year."""
    if node.get("rulebook", book["rulebook"]) != book["rulebook"]:
        return
    kind, period = node["results"], node.get("period", "inside")
    if kind not in {book["periods"]["base"], *book["periods"]["rollups"]}:
        yield f"there are no results of a {kind}"
    if period == "inside" and not all(LENGTHS.index(kind) < LENGTHS.index(sheet) for sheet in sheets):
        yield f"{kind} doesn't lie in {sheets}"
    named = isinstance(period, str) and period not in ("inside", "last_final")
    if named and (sheets != {"year"} or {"H": "half_year", "Q": "quarter"}.get(period[0]) != kind):
        yield f"reads its own {period}"
    if word == "running" and not ({"tier", "top"} & set(node) and "no_tier" in node):
        yield "running without what keeps it running"
    if not set(node.get("tier", [])) <= {tier["id"] for tier in book["tiers"]}:
        yield "unknown tiers"


def _points(what: str, item: Node, word: str, node: Any, types: Node, book: Node) -> Iterator[str]:
    """The give fits what is taken; `no_data: full`, `compare` and `prorate` have what they need."""
    give = item.get("give", "as_is")
    codes = codes_taken(word, node, types, book)
    if "table" in give and not (codes is not None and set(give["table"]) == (codes or set(give["table"]))):
        yield f"the table of {word}"
    if codes is not None and "table" not in give and ("give" in item or what != "measure" or word in ("best", "worst")):
        yield f"{word} of a code without a table"
    if "compare" in item and (codes is not None or word == "each_event"):
        yield f"compares {word}"
    if "ranks" in give and item.get("compare", {}).get("as") != "rank":
        yield "ranks without a rank"
    if "prorate" in item and (word not in ("count", "sum") or "results" in node):
        yield f"prorates {word}"
    if item.get("no_data") == "full" and "max" not in item:
        yield "full of no maximum"
    if {"min", "max"} <= set(item) and Decimal(item["min"]) > Decimal(item["max"]):
        yield "min beyond max"


def codes_taken(word: str, node: Any, types: Node, book: Node) -> set[str] | None:
    """The codes for which a table needs rows: none at all where a number is taken, an empty set where any may come."""
    if word == "attribute":
        return None if node.get("as") == "number" else set()
    if not isinstance(node, dict) or word not in CODED:
        return None
    if "results" in node:
        own = set() if "rulebook" in node else {tier["id"] for tier in book["tiers"]}
        return own if node.get("read") == "tier" else None
    field = types[node["event"]]["fields"].get(node.get("field"), {})
    return set(field["codes"]) if field.get("kind") == "code" and "value" not in node else None


def repeated_ids(things: list[Node]) -> Iterator[str]:
    """Ids that occur twice."""
    yield from (f"id {name} twice" for name, n in Counter(thing["id"] for thing in things).items() if n > 1)
