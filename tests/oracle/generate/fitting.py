"""What docs/rulebook-language.md demands of a whole rulebook: sums, steps, tiers, and names that exist.

As `validity`, it shares nothing with the making, and yields sentences.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, pairwise
from typing import Any

from tests.oracle.generate.texts import Node, under
from tests.oracle.generate.validity import codes_taken, item_faults, items_of, repeated_ids

BARRED = {"at_most", "seats"}


def faults(book: Node, types: Node) -> list[str]:
    """Everything that is wrong."""
    return list(
        chain(
            _ids(book),
            _sums(book),
            _steps(book),
            _tiers(book),
            _names(book, types),
            _sheets(book),
            item_faults(book, types),
        )
    )


def _ids(book: Node) -> Iterator[str]:
    items = [item for _, item, _ in items_of(book)]
    yield from repeated_ids([*items, *book.get("negative_list", []), *book.get("restrictions", [])])
    for space in ("categories", "tiers", "lists", "outcomes"):
        yield from repeated_ids(book.get(space, []))


def _weighted(category: Node) -> Decimal:
    return Decimal(category["max"]) * Decimal(category.get("weight", "100%").removesuffix("%")) / 100


def _sums(book: Node) -> Iterator[str]:
    categories = book["categories"]
    if sum(_weighted(one) for one in categories if "in" not in one) != Decimal(book["total"]["full"]):
        yield "total.full isn't the sum"
    for one in categories:
        inner = [other for other in categories if other.get("in") == one["id"]]
        own = [Decimal(item["max"]) for item in book["indicators"] if item["category"] == one["id"]]
        if bool(inner) == bool(own) or (inner and "in" in one):
            yield f"{one['id']} has both or neither"
        together = sum if one.get("counts", "sum") == "sum" else max
        if inner and together(map(_weighted, inner)) != Decimal(one["max"]):
            yield f"{one['id']} isn't the sum"
        if own and (sum(own) if one.get("counts", "sum") == "sum" else max(own)) < Decimal(one["max"]):
            yield f"{one['id']} isn't reached"
    for sheet in book.get("rollup", {}).values():
        if sum(Decimal(part["weight"].removesuffix("%")) for part in sheet["parts"]) != 100:
            yield "parts don't add up"


def _steps(book: Node) -> Iterator[str]:
    """Whatever enters the total, or is compared with it, is a multiple of the step."""
    numbers = [*book["total"].values(), *(one["max"] for one in book["categories"])]
    numbers += [format(_weighted(one), "f") for one in book["categories"]]
    for what, item, _ in items_of(book):
        numbers += [item[bound] for bound in ("min", "max") if bound in item]
        if what not in ("measure", "multiplier") and isinstance(item.get("no_data"), dict):
            numbers.append(item["no_data"]["points"])
    for item in [*book.get("negative_list", []), *book.get("restrictions", [])]:
        numbers += [item[word] for word in ("deduct", "min", "max") if isinstance(item.get(word), str)]
    numbers += [cap[word] for caps in under("caps", book) for cap in caps for word in ("min", "max") if word in cap]
    numbers += [t["total_at_least"] for t in book["tiers"] if isinstance(t.get("total_at_least"), str)]
    for sheet in (book, *book.get("rollup", {}).values()):
        numbers.append(sheet.get("bonus", {}).get("max", "none"))
    for test in _conditions(book):
        if {"indicator", "category"} & set(test):
            numbers.append(test.get("at_least", test.get("below")))
    step = Decimal(book["numbers"]["step"])
    yield from (f"{n} is beside the step" for n in numbers if n not in ("none", "as_is") and Decimal(n) % step)


def _tiers(book: Node) -> Iterator[str]:
    *tiers, last = book["tiers"]
    if [t.get("otherwise") for t in book["tiers"]] != [None] * len(tiers) + ["true"]:
        yield "otherwise isn't last"
    if {"total_at_least", "gates"} & set(last) or BARRED & set(last.get("quota", {})):
        yield "the last tier has conditions"
    bounds = [Decimal(t["total_at_least"]) for t in tiers if isinstance(t.get("total_at_least"), str)]
    if any(one <= other for one, other in pairwise(bounds)):
        yield "thresholds don't fall"
    low, high = (Decimal(book["total"][end]) for end in ("min", "max"))
    if book["orders"]["bonus"] == "after_limit":
        most = book.get("bonus", {}).get("max", "0")
        high = Decimal("Infinity") if most == "none" else high + Decimal(most)
    yield from (f"{bound} can't be reached" for bound in bounds if not low <= bound <= high)
    seated = {tier["id"] for tier in book["tiers"] if BARRED & set(tier.get("quota", {}))}
    ids = {tier["id"] for tier in book["tiers"]}
    for item in [*book.get("negative_list", []), *book.get("restrictions", [])]:
        lowest = {item[word] for word in ("veto", "tier") if word in item and isinstance(item[word], str)}
        if lowest & seated or not lowest <= ids or item.get("ceiling", last["id"]) not in ids:
            yield f"{item['id']} names a tier that it can't"


def _sheets(book: Node) -> Iterator[str]:
    """Roll-ups, bonus and multipliers stand where they can."""
    kinds = book["periods"]["rollups"]
    if set(book.get("rollup", {})) != set(kinds) or len(set(kinds)) != len(kinds):
        yield "roll-ups aren't those of the periods"
    inner = {item["category"] for item in book["indicators"]}
    summed = {one["id"] for one in book["categories"] if one.get("counts", "sum") == "sum" and "in" not in one} & inner
    homes = [(book, summed)]
    homes += [(sheet, {part["id"] for part in sheet["parts"]}) for sheet in book.get("rollup", {}).values()]
    for sheet, into in homes:
        if "bonus" in sheet and (book["orders"]["bonus"] == "before_weights") != ("into" in sheet["bonus"]):
            yield "into belongs to before_weights"
        if sheet.get("bonus", {}).get("into", next(iter(into), None)) not in {*into, None}:
            yield "the bonus joins nothing"
    targets = [one["of"] for one in book.get("multipliers", [])]
    tops = {one["id"] for one in book["categories"] if "in" not in one}
    if len(set(targets)) != len(targets) or not set(targets) <= {"total", *tops}:
        yield "two multipliers of one, or one of none"


def _names(book: Node, types: Node) -> Iterator[str]:
    """Conditions, tie breaks and thresholds name what exists, and ask for what it is."""
    items, numbers, codes = set[str](), set[str](), set[str]()
    for what, item, _ in items_of(book):
        if what in ("indicator", "bonus", "part"):
            items.add(item["id"])
        elif what == "measure":
            (codes if _is_code(item, types, book) else numbers).add(item["id"])
    known = {
        "indicator": items,
        "category": {one["id"] for one in book["categories"]},
        "measure": numbers | codes,
        "negative": {one["id"] for one in book.get("negative_list", [])},
    }
    for test in [*_conditions(book), *book.get("tie_breaks", [])]:
        yield from (f"{test} names nothing" for word, ids in known.items() if word in test and test[word] not in ids)
        if "measure" in test and (test["measure"] in codes) != ("is" in test):
            yield f"{test} asks a measure for what it isn't"
        if not set(test.get("no_negative", [])) <= {one["severity"] for one in book.get("negative_list", [])}:
            yield f"{test} asks for a severity that isn't"
        if test.get("of", "peer_group") not in {"peer_group", *(one["id"] for one in book.get("lists", []))}:
            yield f"{test} asks a list that isn't"
    for tier in book["tiers"]:
        asked = [tier.get("total_at_least"), tier.get("quota", {}).get("at_most")]
        if any(isinstance(one, dict) and one["measure"] not in numbers for one in asked):
            yield f"{tier['id']} asks for no number"


def _is_code(measure: Node, types: Node, book: Node) -> bool:
    """Whether a measure has no points: its take is of a code, and nothing is given for it."""
    if "give" in measure or isinstance(measure["take"], str):
        return False
    ((word, node),) = measure["take"].items()
    return codes_taken(word, node, types, book) is not None


def _conditions(book: Node) -> Iterator[Node]:
    """Every single condition of gates, restrictions and outcomes."""
    gates = [gate for tier in book["tiers"] for gate in tier.get("gates", [])]
    later = [one["when"] for key in ("restrictions", "outcomes") for one in book.get(key, []) if "when" in one]
    yield from _singles([*gates, *later])


def _singles(said: Any) -> Iterator[Node]:
    if isinstance(said, list):
        for one in said:
            yield from _singles(one)
    elif inner := [said[word] for word in ("all", "any", "not") if word in said]:
        yield from _singles(inner)
    else:
        yield said
