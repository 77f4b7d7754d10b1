"""How the parts of a rulebook fit together: what would make it wrong is found when it is loaded, never at the close.

Needs the loaded document and the declarations of the tenant's event types; answers findings, all at once.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

from schemas.faults import escape
from schemas.fields import DECIMAL_TEXT
from schemas.rulebook import SEVERITIES
from service.errors import Finding, finding
from service.periods import parse as parse_period
from service.rulebooks.nodes import Taken, items_of, taken_of

_MOST_ALTERNATIVES = 100  # combinations of values are written out as parameter rows

Declarations = Mapping[str, Mapping[str, Any]]


def findings(rulebook: dict[str, Any], types: Declarations) -> list[Finding]:
    """Everything that can't be right in a loaded rulebook."""
    return [
        *_header(rulebook),
        *_ids(rulebook),
        *_sums(rulebook),
        *_on_the_step(rulebook),
        *(found for pointer, item in items_of(rulebook) for found in _item(rulebook, pointer, item, types)),
        *(found for n, item in enumerate(rulebook["negative_list"]) for found in _negative(rulebook, n, item, types)),
        *_tiers(rulebook),
        *_conditions(rulebook),
        *_peer_words(rulebook),
    ]


def _header(rulebook: dict[str, Any]) -> Iterator[Finding]:
    zone = rulebook["periods"]["timezone"]
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        yield finding("/periods/timezone", "timezone.unknown", zone=zone)
    if parse_period(rulebook["effective"]["from_"]).kind != rulebook["periods"]["base"]:
        yield finding("/effective/from", "effective.kind", kind=rulebook["periods"]["base"])
    for kind in rulebook["periods"]["rollups"]:
        if kind not in rulebook["rollup"]:
            yield finding(f"/rollup/{kind}", "field.required")
    for kind in rulebook["rollup"]:
        if kind not in rulebook["periods"]["rollups"]:
            yield finding(f"/rollup/{kind}", "rollup.unlisted")
    for name in ("categories", "indicators", "tiers"):
        if not rulebook[name]:
            yield finding(f"/{name}", "list.empty")


def _ids(rulebook: dict[str, Any]) -> Iterator[Finding]:
    spaces = (
        [*items_of(rulebook), *((f"/negative_list/{n}", i) for n, i in enumerate(rulebook["negative_list"]))],
        [(f"/categories/{n}", c) for n, c in enumerate(rulebook["categories"])],
        [(f"/tiers/{n}", t) for n, t in enumerate(rulebook["tiers"])],
        [(f"/outcomes/{n}", o) for n, o in enumerate(rulebook["outcomes"])],
    )
    for space in spaces:
        seen: set[str] = set()
        for pointer, item in space:
            if item["id"] in seen:
                yield finding(f"{pointer}/id", "id.repeated")
            seen.add(item["id"])


def _sums(rulebook: dict[str, Any]) -> Iterator[Finding]:
    total = rulebook["total"]
    full = sum((c["max"] for c in rulebook["categories"]), Decimal(0))
    if full != total["full"]:
        yield finding("/total/full", "sum.categories", sum=full, full=total["full"])
    if not total["min"] <= total["full"] <= total["max"]:
        yield finding("/total", "total.order")
    for n, category in enumerate(rulebook["categories"]):
        if not any(i["category"] == category["id"] for i in rulebook["indicators"]):
            yield finding(f"/categories/{n}", "category.empty")
    for kind, rollup in rulebook["rollup"].items():
        weights = sum((p["weight"] for p in rollup["parts"]), Decimal(0))
        if weights != 100:
            yield finding(f"/rollup/{kind}/parts", "sum.weights", sum=weights)


def _on_the_step(rulebook: dict[str, Any]) -> Iterator[Finding]:
    step = Decimal(rulebook["numbers"]["step"])
    places = [(f"/total/{key}", rulebook["total"][key]) for key in ("full", "min", "max")]
    places += [(f"/categories/{n}/max", c["max"]) for n, c in enumerate(rulebook["categories"])]
    for pointer, item in items_of(rulebook):
        places += [(f"{pointer}/{key}", item[key]) for key in ("min", "max") if key in item]
        if item["no_data"][0] == "points":
            places.append((f"{pointer}/no_data/points", item["no_data"][1]))
    for n, item in enumerate(rulebook["negative_list"]):
        places += [(f"/negative_list/{n}/{key}", item[key]) for key in ("deduct", "max") if key in item]
    if "bonus" in rulebook:
        places.append(("/bonus/max", rulebook["bonus"]["max"]))
    for n, tier in enumerate(rulebook["tiers"]):
        if "total_at_least" in tier:
            places.append((f"/tiers/{n}/total_at_least", tier["total_at_least"]))
        places += [
            (f"/tiers/{n}/gates/{m}/at_least", g["at_least"]) for m, g in enumerate(tier["gates"]) if "at_least" in g
        ]
    for pointer, number in places:
        if number % step:
            yield finding(pointer, "number.step", step=step)


def _item(rulebook: dict[str, Any], pointer: str, item: dict[str, Any], types: Declarations) -> Iterator[Finding]:
    if "category" in item and item["category"] not in {c["id"] for c in rulebook["categories"]}:
        yield finding(f"{pointer}/category", "reference.unknown", id=item["category"])
    if "min" in item and "max" in item and item["min"] > item["max"]:
        yield finding(f"{pointer}/min", "range.malformed")
    if item["no_data"][0] == "full" and "max" not in item:
        yield finding(f"{pointer}/no_data", "no_data.full")
    if item["take"][0] == "mean_of":
        if item["give"][0] in ("table",):
            yield finding(f"{pointer}/give", "give.code")
        return
    for taken in taken_of(item["take"]):
        yield from _taken(f"{pointer}/take/{taken.path}", taken, types)
    yield from _give(pointer, item, types)


def _taken(pointer: str, taken: Taken, types: Declarations) -> Iterator[Finding]:
    declaration = types.get(taken.event)
    if declaration is None:
        yield finding(f"{pointer}/event", "type.unknown", type=taken.event)
        return
    if declaration["subject"] != "worker":
        yield finding(f"{pointer}/event", "subject.kind", kind="worker")
    yield from _where(pointer, taken.where, declaration)
    if taken.distinct is not None and taken.distinct not in declaration["fields"]:
        yield finding(f"{pointer}/distinct", "field.undeclared", field=taken.distinct, type=taken.event)
    if taken.distinct is not None and taken.reads:
        yield finding(f"{pointer}/distinct", "ratio.distinct")
    if not taken.reads:
        return
    name = taken.field or declaration.get("quantity")
    if name is None or name not in declaration["fields"]:
        yield finding(f"{pointer}/field", "field.undeclared", field=name or "", type=taken.event)
    elif declaration["fields"][name]["kind"] not in taken.kinds:
        yield finding(f"{pointer}/field", "field.kind", kinds=", ".join(taken.kinds))
    if taken.between and taken.between[0] > taken.between[1]:
        yield finding(f"{pointer}/between", "range.malformed")


def _where(pointer: str, where: dict[str, list[str]], declaration: Mapping[str, Any]) -> Iterator[Finding]:
    if prod(len(values) for values in where.values()) > _MOST_ALTERNATIVES:
        yield finding(f"{pointer}/where", "where.many", most=_MOST_ALTERNATIVES)
    for name, values in where.items():
        declared = declaration["fields"].get(name)
        if declared is None:
            yield finding(f"{pointer}/where/{escape(name)}", "field.undeclared", field=name, type=declaration["title"])
            continue
        if declared["kind"] == "number" and not all(DECIMAL_TEXT.fullmatch(value) for value in values):
            yield finding(f"{pointer}/where/{escape(name)}", "number.expected")
        known = {"code": declared.get("codes"), "boolean": ["true", "false"]}.get(declared["kind"])
        if known and not set(values) <= set(known):
            yield finding(f"{pointer}/where/{escape(name)}", "code.unknown", codes=", ".join(known))


def _give(pointer: str, item: dict[str, Any], types: Declarations) -> Iterator[Finding]:
    name, node = item["give"]
    taken = taken_of(item["take"])[0]
    declaration = types.get(taken.event)
    declared = (declaration or {}).get("fields", {}).get(taken.field or (declaration or {}).get("quantity"), {})
    codes = declared.get("codes") or (["true", "false"] if declared.get("kind") == "boolean" else None)
    if name == "table":
        if item["take"][0] not in ("each_event", "level") or (declared and codes is None):
            yield finding(f"{pointer}/give/table", "give.number")
        elif codes and set(node) != set(codes):
            yield finding(f"{pointer}/give/table", "table.codes", codes=", ".join(codes))
    elif declared.get("kind") in ("code", "boolean") and item["take"][0] in ("each_event", "level"):
        yield finding(f"{pointer}/give", "give.code")
    if name == "bands":
        bounds = [b.get("at_least") for b in node]
        if not bounds or bounds[-1] is not None or None in bounds[:-1]:
            yield finding(f"{pointer}/give/bands", "bands.otherwise")
        elif any(a <= b for a, b in pairwise(bounds[:-1])):
            yield finding(f"{pointer}/give/bands", "bands.order")


def _negative(rulebook: dict[str, Any], n: int, item: dict[str, Any], types: Declarations) -> Iterator[Finding]:
    pointer = f"/negative_list/{n}"
    yield from _taken(pointer, Taken("", item["event"], item["where"]), types)
    tiers = {tier["id"] for tier in rulebook["tiers"]}
    for key in ("ceiling", "veto"):
        if key in item and item[key] not in tiers:
            yield finding(f"{pointer}/{key}", "reference.unknown", id=item[key])
    if item.get("veto") in {tier["id"] for tier in rulebook["tiers"] if "quota" in tier}:
        yield finding(f"{pointer}/veto", "veto.quota")
    for key in ("deduct", "max"):
        if item.get(key, 0) < 0:
            yield finding(f"{pointer}/{key}", "number.negative")
    for kind in item["binds"]:
        if kind not in ("month", *rulebook["rollup"]):
            yield finding(f"{pointer}/binds", "reference.unknown", id=kind)


def _tiers(rulebook: dict[str, Any]) -> Iterator[Finding]:
    tiers = rulebook["tiers"]
    for n, tier in enumerate(tiers):
        last = n == len(tiers) - 1
        conditions = [key for key in ("total_at_least", "quota") if key in tier] + ["gates"] * bool(tier["gates"])
        if last != ("otherwise" in tier) or (last and conditions):
            yield finding(f"/tiers/{n}", "tiers.otherwise")
    bounds = [(n, t["total_at_least"]) for n, t in enumerate(tiers) if "total_at_least" in t]
    for (_, above), (n, below) in pairwise(bounds):
        if below >= above:
            yield finding(f"/tiers/{n}/total_at_least", "tiers.order")
    for n, bound in bounds:
        if bound > rulebook["total"]["max"]:
            yield finding(f"/tiers/{n}/total_at_least", "gate.unreachable", most=rulebook["total"]["max"])


def _conditions(rulebook: dict[str, Any]) -> Iterator[Finding]:
    """Gates, tie-breaks and outcomes name what exists, and gates can be reached."""
    sheets = {"month": {i["id"]: i for i in [*rulebook["indicators"], *rulebook.get("bonus", {}).get("items", [])]}}
    sheets |= {kind: {p["id"]: p for p in rollup["parts"]} for kind, rollup in rulebook["rollup"].items()}
    categories = {c["id"]: c for c in rulebook["categories"]}
    severities = {item["severity"] for item in rulebook["negative_list"]} & set(SEVERITIES)
    for n, tier in enumerate(rulebook["tiers"]):
        for m, gate in enumerate(tier["gates"]):
            pointer = f"/tiers/{n}/gates/{m}"
            if "no_negative" not in gate:
                yield from _known(pointer, gate, sheets, categories)
            elif not set(gate["no_negative"]) <= severities:
                yield finding(f"{pointer}/no_negative", "reference.unknown", id=", ".join(gate["no_negative"]))
            yield from _gate_kinds(pointer, gate, sheets)
    for n, key in enumerate(rulebook["tie_breaks"]):
        yield from _known(f"/tie_breaks/{n}", key, sheets, categories)
    for n, outcome in enumerate(rulebook["outcomes"]):
        if outcome["in_"] not in sheets:
            yield finding(f"/outcomes/{n}/in", "reference.unknown", id=outcome["in_"])


def _gate_kinds(pointer: str, gate: dict[str, Any], sheets: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """Where a gate says in which periods it holds, each of them has what it compares."""
    for kind in gate.get("in_", []):
        if kind not in sheets:
            yield finding(f"{pointer}/in", "reference.unknown", id=kind)
        elif ("indicator" in gate and gate["indicator"] not in sheets[kind]) or (
            "category" in gate and kind != "month"
        ):
            yield finding(f"{pointer}/in", "gate.elsewhere", kind=kind)
    if gate.get("in_") == []:
        yield finding(f"{pointer}/in", "list.empty")


def _known(
    pointer: str, named: dict[str, Any], sheets: dict[str, dict[str, Any]], categories: dict[str, Any]
) -> Iterator[Finding]:
    key = "indicator" if "indicator" in named else "category"
    known = categories if key == "category" else {i: item for sheet in sheets.values() for i, item in sheet.items()}
    if named[key] not in known:
        yield finding(f"{pointer}/{key}", "reference.unknown", id=named[key])
    elif "at_least" in named and named["at_least"] > known[named[key]].get("max", named["at_least"]):
        yield finding(f"{pointer}/at_least", "gate.unreachable", most=known[named[key]]["max"])


def _peer_words(rulebook: dict[str, Any]) -> Iterator[Finding]:
    by = rulebook["peer_groups"]["by"]
    if len(set(by)) != len(by):
        yield finding("/peer_groups/by", "id.repeated")
    for kind in rulebook["participation"]["min_service_days"]:
        if kind not in ("month", *rulebook["rollup"]):
            yield finding(f"/participation/min_service_days/{kind}", "reference.unknown", id=kind)
