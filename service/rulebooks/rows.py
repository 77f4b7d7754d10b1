"""A loaded rulebook as parameter rows: what the statements of the computation join. No SQL is made from a rulebook."""

from datetime import date
from decimal import Decimal
from typing import Any

from service.periods import parse as parse_period
from service.rulebooks import layout, selections
from service.rulebooks.conditions import Tests
from service.rulebooks.layout import Category, Item, Sheet
from service.rulebooks.selections import Types, text

Row = dict[str, Any]


def header(rulebook: dict[str, Any]) -> Row:
    """The columns of the rulebook's own row."""
    groups, total, cohort = rulebook["peer_groups"], rulebook["total"], rulebook["applies_to"]
    return {
        "effective_from": rulebook["effective"]["from_"],
        "effective_day": effective_day(rulebook),
        "timezone": rulebook["periods"]["timezone"],
        "subject_kind": rulebook["subject"],
        "posts": cohort.get("posts", []),
        "kinds": cohort.get("kinds", []),
        "under": cohort["under"],
        "except_under": cohort["except_"],
        "assignment": rulebook.get("assignment", "at_end"),
        "group_by": groups["by"],
        "group_min_size": groups["min_size"],
        "small_groups": groups["small_groups"],
        "measure_step": Decimal(1).scaleb(-rulebook["numbers"]["measure_decimals"]),
        "step": Decimal(rulebook["numbers"]["step"]),
        "total_min": total["min"],
        "total_max": total["max"],
        "bonus_order": rulebook["orders"]["bonus"],
        "quota_order": rulebook["orders"]["quota"],
    }


def effective_day(rulebook: dict[str, Any]) -> date:
    """The first day that a version rules."""
    return parse_period(rulebook["effective"]["from_"]).first_day


def parameter_rows(rulebook: dict[str, Any], types: Types) -> dict[str, list[Row]]:
    """The rows of every parameter table, by table, without tenant and rulebook."""
    rows: dict[str, list[Row]] = {
        "tier": [_tier(n, tier) for n, tier in enumerate(rulebook["tiers"], 1)],
        "ranked_list": [
            {
                "list_no": n,
                "id": said["id"],
                "group_by": said["by"],
                "posts": said.get("posts", said.get("kinds")),
                "method": said["method"],
            }
            for n, said in enumerate(rulebook["lists"], 1)
        ],
    }
    base: Row = {}
    for kind in layout.kinds(rulebook):
        added = _sheet_rows(rulebook, layout.sheet(rulebook, kind), types)
        [sheet] = added["sheet"]
        # What moves a base period moves the periods that are made of it.
        base = base or sheet
        sheet["looks_back"] = max(sheet["looks_back"], base["looks_back"])
        sheet["looks_ahead"] |= base["looks_ahead"]
        sheet["relative"] |= base["relative"]
        for name, of_sheet in added.items():
            rows.setdefault(name, []).extend({"sheet": kind, **row} for row in of_sheet)
    return rows


def _sheet_rows(rulebook: dict[str, Any], sheet: Sheet, types: Types) -> dict[str, list[Row]]:
    tiers = [tier["id"] for tier in rulebook["tiers"]]
    tests = Tests(sheet, tiers, [said["id"] for said in rulebook["lists"]])
    measures, readings = _takes(sheet, types)
    rows = {
        "category": [_category(n, category) for n, category in enumerate(sheet.categories, 1)],
        "indicator": [_item(rulebook, sheet, n, item, tiers) for n, item in enumerate(sheet.items, 1)],
        "measure": measures,
        "reading": readings,
        "gate": [
            {"gate_no": n, "tier_no": gate.tier, "condition_no": tests.add(gate.when)}
            for n, gate in enumerate(sheet.gates, 1)
        ],
        "restriction": [
            {**_restriction(n, said, tiers), "condition_no": tests.add(said["when"])}
            for n, said in enumerate(sheet.restrictions, 1)
        ],
        "tie_break": [_tie_break(n, sheet, key) for n, key in enumerate(sheet.tie_breaks, 1)],
        "outcome": [
            _outcome(n, said, tests, rulebook) | _choosing(said.get("choose"), rulebook, types)
            for n, said in enumerate(sheet.outcomes, 1)
        ],
    }
    rows["test"], rows["clause"] = tests.tests, tests.clauses
    compares = any("compare" in item.said for item in sheet.items)
    rows["sheet"] = [
        {
            "items": len(sheet.items),
            "min_service_days": rulebook["participation"]["min_service_days"].get(sheet.kind, 0),
            "min_periods": rulebook["rollup"].get(sheet.kind, {}).get("min_periods", 0),
            "looks_back": max(
                [
                    0,
                    *(selections.looks_back(row, types) for row in measures),
                    *(selections.used_looks_back(row) for row in rows["outcome"]),
                ]
            ),
            "looks_ahead": any(row.get("state_at_end") is False for row in measures),
            "relative": any(selections.is_relative(row) for row in [*measures, *readings]) or compares,
            "plain": not readings and not compares and all(row["plain"] for row in measures),
        }
    ]
    return rows


def _takes(sheet: Sheet, types: Types) -> tuple[list[Row], list[Row]]:
    measures, readings = [], []
    for n, item in enumerate(sheet.items, 1):
        take = ("each_event", item.said) if item.kind == "deduction" else item.said["take"]
        if selections.is_of_events(take):
            measures += [{"indicator_no": n, **row} for row in selections.measures(take, types)]
        else:
            readings.append({"indicator_no": n, **selections.reading(take)})
    return measures, readings


def _category(number: int, category: Category) -> Row:
    most = category.said.get("max")
    if isinstance(most, tuple):  # of the bonus: none, or points
        most = most[1]
    return {
        "category_no": number,
        "id": category.id,
        "kind": category.kind,
        "parent_no": category.parent,
        "counts": category.said.get("counts", "sum"),
        "max": text(most),
        "min": text(category.said.get("min")),
        "weight": text(category.said.get("weight", Decimal(100))),
    }


def _item(rulebook: dict[str, Any], sheet: Sheet, number: int, item: Item, tiers: list[str]) -> Row:
    row: Row = {"indicator_no": number, "category_no": item.category, "id": item.said["id"], "kind": item.kind}
    row |= {"weight_times": "1", "weight_over": "1", "data_required": False}
    if item.kind == "deduction":
        return row | _deduction(item.said, sheet, rulebook["periods"]["base"], tiers)
    said = item.said
    row |= _scored(said) | _no_data(item.kind, said)
    weight = said.get("weight")
    if item.kind == "bonus" and not sheet.is_base and rulebook["orders"]["bonus"] == "before_weights":
        into = rulebook["rollup"][sheet.kind]["bonus"]["into"]
        weight = sheet.items[sheet.item_no(into) - 1].said["weight"]
    return row | ({"weight_times": text(weight), "weight_over": "100"} if weight is not None else {})


def _scored(said: Row) -> Row:
    take, node = said["take"]
    compare = said.get("compare", {})
    return {
        "combine": selections.combine(take),
        # Results are counted before they are filtered, by their reading.
        "at_least_n": node.get("at_least_n", 1) if isinstance(node, dict) and "event" in node else 1,
        "prorated": "prorate" in said,
        "compare_as": compare.get("as_"),
        "compare_sign": -1 if compare.get("order") == "low_first" else 1,
        "compare_within": compare.get("within"),
        **give_columns(said["give"]),
        "min": text(said.get("min")),
        "max": text(said.get("max")),
    }


def _deduction(said: Row, sheet: Sheet, base: str, tiers: list[str]) -> Row:
    """Deducts in the base period; its ceiling and veto hold where it binds."""
    give = ("each", {"points": said["deduct"][1], "units": "exact"}) if said["deduct"][0] == "fixed" else said["deduct"]
    binds = sheet.kind in said.get("binds", [base])
    return {
        "combine": "each",
        "at_least_n": 1,
        "prorated": False,
        **give_columns(give),
        "weight_times": "-1" if sheet.is_base else "0",
        "min": text(-said["max"]) if "max" in said and sheet.is_base else None,
        "max": text(-said["min"]) if "min" in said and sheet.is_base else None,
        "no_data_points": "0",
        "ceiling_no": tiers.index(said["ceiling"]) + 1 if "ceiling" in said and binds else None,
        "veto_no": tiers.index(said["veto"]) + 1 if "veto" in said and binds else None,
    }


def give_columns(give: tuple[str, Any]) -> Row:
    """The columns of a give node, and what points_for has to be divided by."""
    name, said = give
    row: Row = {"give": "bands" if name == "ranks" else name, "give_over": "1"}
    match name:
        case "each":
            per = said.get("per", Decimal(1))
            row |= {
                "each_points": text(said["points"]),
                "each_start": text(said.get("start", Decimal(0))),
                "each_per": text(per),
            }
            row |= {
                "each_units": said["units"],
                "each_over": text(said.get("over")),
                "each_under": text(said.get("under")),
            }
            row["give_over"] = text(per) if said["units"] == "exact" else "1"
        case "bands":
            *bounded, otherwise = said
            rising = bounded[::-1]
            row["bounds"] = [text(band["at_least"]) for band in rising]
            row["band_points"] = [text(band["points"]) for band in (otherwise, *rising)]
        case "ranks":
            row["bounds"] = [str(n) for n in range(2, len(said["points"]) + 2)]
            row["band_points"] = [text(points) for points in (*said["points"], said.get("others", Decimal(0)))]
        case "table":
            row |= {"codes": list(said), "code_points": [text(points) for points in said.values()]}
        case "linear":
            (low, high), (least, most) = said["from_"], said["to"]
            row |= {"from_low": text(low), "from_high": text(high), "to_low": text(least), "to_high": text(most)}
            row["give_over"] = text(high - low)
    return row


def _no_data(kind: str, said: Row) -> Row:
    word, value = said["no_data"]
    if kind == "measure":
        number = {"zero": Decimal(0), "number": value}.get(word)
        return {"no_data_points": text(number), "no_data_code": value if word == "code" else None}
    points = {"full": said.get("max"), "points": value}.get(word, Decimal(0))
    return {"no_data_points": text(points), "data_required": word == "missing"}


def _restriction(number: int, said: Row, tiers: list[str]) -> Row:
    return {
        "restriction_no": number,
        "id": said["id"],
        "deduct": text(said.get("deduct")),
        "ceiling_no": tiers.index(said["ceiling"]) + 1 if "ceiling" in said else None,
        "tier_no": tiers.index(said["tier"]) + 1 if "tier" in said else None,
        "no_tier": said.get("no_tier"),
        "bonus_ignored": "bonus" in said,
    }


def _tie_break(number: int, sheet: Sheet, said: Row) -> Row:
    kind, identifier = layout.tie_key(said)
    place = sheet.category_no(identifier) if kind == "category" else sheet.item_no(identifier)
    return {"tie_break_no": number, "kind": kind, "number": place, "sign": 1 if said["order"] == "high_first" else -1}


def _outcome(number: int, said: Row, tests: Tests, rulebook: dict[str, Any]) -> Row:
    row: Row = {
        "outcome_no": number,
        "id": said["id"],
        "condition_no": tests.add(said["when"]) if "when" in said else None,
    }
    if "value" not in said:
        return row
    of, value = said["value"]
    if of == "total":
        return row | {"value_of": of, **give_columns(value)}
    return row | {"value_of": of, "code_points": [text(value[tier["id"]]) for tier in rulebook["tiers"]]}


def _choosing(said: Row | None, rulebook: dict[str, Any], types: Types) -> Row:
    """The columns of the seats of an outcome."""
    if said is None:
        return {}
    lists = [ranked["id"] for ranked in rulebook["lists"]]
    is_list = said["among"] in lists
    row: Row = {
        "among": "list" if is_list else said["among"],
        "list_no": lists.index(said["among"]) + 1 if is_list else None,
        "seats": said.get("seats"),
        "percent": text(said.get("share")),
        "share_of": said.get("of"),
        "rounding": said.get("rounding"),
        "ties": said["ties"],
    }
    return row | (selections.used(said["used"], types) if "used" in said else {})


def _tier(number: int, tier: Row) -> Row:
    row: Row = {"tier_no": number, "id": tier["id"]}
    if "total_at_least" in tier:
        word, said = tier["total_at_least"]
        row |= {"total_at_least": text(said)} if word == "points" else {"measure": said}
    if "quota" not in tier:
        return row
    quota = tier["quota"]
    kind = next(kind for kind in ("at_most", "seats", "at_least", "about") if kind in quota)
    row |= {
        "quota_kind": kind,
        "quota_of": quota.get("of"),
        "quota_rounding": quota.get("rounding"),
        "quota_ties": quota.get("ties"),
    }
    if kind == "seats":
        return row | {"quota_seats": quota["seats"]}
    if kind != "at_most":
        return row | {"quota_percent": text(quota[kind])}
    word, said = quota["at_most"]
    return row | ({"quota_percent": text(said)} if word == "percent" else {"quota_measure": said})
