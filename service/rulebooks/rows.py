"""A loaded rulebook as parameter rows: what the statements of computation.sql join. No SQL is made from a rulebook."""

from decimal import Decimal
from itertools import product
from typing import Any

from schemas.fields import decimal_text
from service.event_types import EventType
from service.rulebooks import layout
from service.rulebooks.layout import Gate, Item, Sheet
from service.rulebooks.nodes import Taken, taken_of

Row = dict[str, Any]
Types = dict[str, EventType]


def header(rulebook: dict[str, Any]) -> Row:
    """The columns of the rulebook's own row."""
    groups, total = rulebook["peer_groups"], rulebook["total"]
    return {
        "effective_from": rulebook["effective"]["from_"],
        "timezone": rulebook["periods"]["timezone"],
        "posts": rulebook["applies_to"]["posts"],
        "under": rulebook["applies_to"]["under"],
        "assignment": rulebook["assignment"],
        "group_by": groups["by"],
        "group_min_size": groups["min_size"],
        "small_groups": groups["small_groups"],
        "measure_step": Decimal(1).scaleb(-rulebook["numbers"]["measure_decimals"]),
        "step": Decimal(rulebook["numbers"]["step"]),
        "total_min": total["min"],
        "total_max": total["max"],
    }


def parameter_rows(rulebook: dict[str, Any], types: Types) -> dict[str, list[Row]]:
    """The rows of every parameter table, by table, without tenant and rulebook."""
    rows: dict[str, list[Row]] = {"tier": [_tier(n, tier) for n, tier in enumerate(rulebook["tiers"], 1)]}
    for kind in ("month", *rulebook["rollup"]):
        for name, added in _sheet_rows(rulebook, layout.sheet(rulebook, kind), types).items():
            rows.setdefault(name, []).extend({"sheet": kind, **row} for row in added)
    return rows


def _sheet_rows(rulebook: dict[str, Any], sheet: Sheet, types: Types) -> dict[str, list[Row]]:
    tiers = {tier["id"]: n for n, tier in enumerate(rulebook["tiers"], 1)}
    rollup = rulebook["rollup"].get(sheet.kind, {})
    days = rulebook["participation"]["min_service_days"].get(sheet.kind, 0)
    numbered = list(enumerate(sheet.items, 1))
    return {
        "sheet": [{"min_service_days": days, "min_periods": rollup.get("min_periods", 0)}],
        "category": [
            {"category_no": n, "id": c.id, "kind": c.kind, "max": _text(c.said.get("max"))}
            for n, c in enumerate(sheet.categories, 1)
        ],
        "indicator": [
            {"indicator_no": n, "category_no": item.category, "id": item.said["id"]}
            | (_negative(item.said, sheet.kind, tiers) if item.kind == "deduction" else _indicator(item.said))
            for n, item in numbered
        ],
        "measure": [_measure(n, taken, types) for n, item in numbered for taken in _selections(item)],
        "give_row": [
            {"indicator_no": n, **row}
            for n, item in numbered
            if "give" in item.said
            for row in _give_rows(*item.said["give"])
        ],
        "gate": [{"gate_no": n, **_gate(sheet, gate)} for n, gate in enumerate(sheet.gates, 1)],
        "tie_break": [{"tie_break_no": n, **_tie_break(sheet, key)} for n, key in enumerate(sheet.tie_breaks, 1)],
        "outcome": [
            {"outcome_no": n, "id": o["id"], "bottom": o["when"]["bottom"], "ties": o["when"]["ties"]}
            for n, o in enumerate(sheet.outcomes, 1)
        ],
    }


def _indicator(item: dict[str, Any]) -> Row:
    take, node = item["take"]
    give, given = item["give"]
    # A part's weight and the denominator of a linear rule are one multiplication and one division, at the line.
    times, over = (item["weight"], Decimal(100)) if "weight" in item else (Decimal(1), Decimal(1))
    row = {
        "take": take,
        "at_least_n": node.get("at_least_n", 1) if isinstance(node, dict) else 1,
        "combine": _combine(take, node),
        "give": "rows" if give in ("bands", "table") else give,
        "points_each": _text(given) if give == "each" else None,
        "min": _text(item.get("min")),
        "max": _text(item.get("max")),
        "no_data_points": _text(_no_data_points(item)),
        "data_required": item["no_data"][0] == "missing",
    }
    if give == "linear":
        (low, high), (least, most) = given["from_"], given["to"]
        row |= {"from_low": _text(low), "from_high": _text(high), "to_low": _text(least), "to_high": _text(most)}
        over *= high - low
    return row | {"weight_times": _text(times), "weight_over": _text(over)}


def _negative(item: dict[str, Any], sheet: str, tiers: dict[str, int]) -> Row:
    """Deducts in the base period; its ceiling and veto hold where it binds."""
    binds = sheet in item["binds"]
    return {
        "take": "count",
        "at_least_n": 1,
        "combine": "sum",
        "give": "each",
        "points_each": _text(-item["deduct"] if sheet == "month" else Decimal(0)),
        "weight_times": "1",
        "weight_over": "1",
        "min": _text(-item["max"]) if "max" in item else None,
        "no_data_points": "0",
        "data_required": False,
        "ceiling_no": tiers[item["ceiling"]] if "ceiling" in item and binds else None,
        "veto_no": tiers[item["veto"]] if "veto" in item and binds else None,
    }


def _selections(item: Item) -> list[Taken]:
    if item.kind == "deduction":
        return [Taken("", item.said["event"], item.said["where"])]
    return taken_of(item.said["take"])


def _measure(indicator: int, taken: Taken, types: Types) -> Row:
    type_ = types[taken.event]
    declared, quantity = type_.declaration["fields"], type_.declaration.get("quantity")
    name = taken.field or quantity
    reads = None
    if taken.reads:
        kind = declared[name]["kind"]
        reads = "quantity" if name == quantity else "number" if kind == "number" else "code"
    return {
        "indicator_no": indicator,
        "role": taken.role,
        "type_no": type_.number,
        "where_any": _alternatives(taken.where, declared),
        "per_event": taken.per_event,
        "distinct_field": taken.distinct,
        "reads": reads,
        "field": name if taken.reads else None,
        "low": _text(taken.between[0]) if taken.between else None,
        "high": _text(taken.between[1]) if taken.between else None,
    }


def _gate(sheet: Sheet, gate: Gate) -> Row:
    said = gate.said
    row: Row = {"tier_no": gate.tier, "indicator_nos": [], "category_no": None, "at_least": _text(said.get("at_least"))}
    if "no_negative" in said:
        barred = [n for n, item in enumerate(sheet.items, 1) if item.said.get("severity") in said["no_negative"]]
        return {**row, "indicator_nos": barred}
    if "indicator" in said:
        return {**row, "indicator_nos": [sheet.item_no(said["indicator"])]}
    return {**row, "category_no": sheet.category_no(said["category"])}


def _tie_break(sheet: Sheet, key: dict[str, Any]) -> Row:
    return {
        "sign": 1 if key["order"] == "high_first" else -1,
        "indicator_no": sheet.item_no(key["indicator"]) if "indicator" in key else None,
        "category_no": sheet.category_no(key["category"]) if "category" in key else None,
    }


def _combine(take: str, node: Any) -> str:
    """How the points of single events become one line: all, or those of the event that is picked."""
    if take == "level":
        picked: str = node["pick"]
        return picked
    return "latest" if take == "given" else "sum"


def _no_data_points(item: dict[str, Any]) -> Decimal:
    word, points = item["no_data"]
    if word == "full":
        return Decimal(item["max"])
    return Decimal(points) if word == "points" else Decimal(0)


def _give_rows(give: str, given: Any) -> list[Row]:
    if give == "table":
        return [{"row_no": n, "code": c, "points": _text(p)} for n, (c, p) in enumerate(given.items(), 1)]
    if give != "bands":
        return []
    rows, below = [], None
    for n, band in enumerate(given, 1):
        at_least = _text(band["at_least"]) if "at_least" in band else "-Infinity"
        rows.append({"row_no": n, "at_least": at_least, "below": below, "points": _text(band["points"])})
        below = at_least
    return rows


def _alternatives(where: dict[str, list[str]], declared: dict[str, Any]) -> list[Row] | None:
    """Every combination of the values, each as the JSON that an event's data must contain."""
    if not where:
        return None
    typed = [[(name, _typed(value, declared[name]["kind"])) for value in values] for name, values in where.items()]
    return [dict(combination) for combination in product(*typed)]


def _typed(value: str, kind: str) -> Any:
    if kind == "boolean":
        return value == "true"
    return decimal_text(Decimal(value)) if kind == "number" else value


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _tier(number: int, tier: dict[str, Any]) -> Row:
    quota = tier.get("quota", {})
    return {
        "tier_no": number,
        "id": tier["id"],
        "total_at_least": _text(tier.get("total_at_least")),
        "quota_percent": _text(quota.get("at_most")),
        "quota_of": quota.get("of"),
        "quota_rounding": quota.get("rounding"),
        "quota_ties": quota.get("ties"),
    }
