"""A `take` as parameter rows: how rows become a number, which events (measure), which results or roster (reading)."""

from decimal import Decimal
from itertools import product
from typing import Any

from schemas.fields import decimal_text
from service.event_types import EventType

Row = dict[str, Any]
Types = dict[str, EventType]

_READS = ("sum", "mean", "best", "worst", "latest", "given")
# Words that need the longer way.
_LONG = ("window", "lasts", "state", "once", "repeated", "share", "caps", "classes", "at_least_share", "value")
_EVER = 1200
_SHORT_AGGREGATES = ("count", "sum", "mean", "ratio", "each")


def combine(take: str) -> str:
    """How the rows of an aggregate become one number, in the computation's word."""
    return {"each_event": "each", "given": "latest"}.get(take, take if take in _AGGREGATES else "latest")


_AGGREGATES = ("count", "sum", "mean", "ratio", "best", "worst", "latest", "plurality", "running", "days")


def is_of_events(take: tuple[str, Any]) -> bool:
    """Whether an aggregate takes events, not results or the roster."""
    name, node = take
    return name == "ratio" or (isinstance(node, dict) and "event" in node)


def measures(take: tuple[str, Any], types: Types) -> list[Row]:
    """The selections of events of a take; two for a ratio."""
    name, node = take
    sides = [("value", node["num"]), ("divisor", node["den"])] if name == "ratio" else [("value", node)]
    how = combine(name)
    rows = [{"role": role, **_measure(name, side, types)} for role, side in sides]
    plain = how in _SHORT_AGGREGATES and all(_is_plain(side) for _, side in sides)
    return [{**row, "plain": plain} for row in rows]


def reading(take: tuple[str, Any]) -> Row:
    """What a take reads of results or of the roster."""
    name, node = take
    row: Row = {"at_least_n": 1, "as_number": False}
    match name:
        case "service_days":
            return row | {"of": "service_days"}
        case "fixed":
            return row | {"of": "fixed", "fixed": text(node)}
        case "tenure_months":
            return row | {"of": "tenure", "posts": node["posts"]}
        case "attribute":
            return row | {"of": "attribute", "attribute": node["name"], "as_number": node["as_"] == "number"}
    of, kind = node["of"]
    word, before = node["period"]
    read, identifier = node["read"]
    return row | {
        "of": "organisation" if of == "organisation" else "own",
        "of_kind": kind,
        "results": node["results"],
        "rulebook": node.get("rulebook"),
        "period_word": word,
        "before_n": before,
        "read": read,
        "read_id": identifier,
        "tiers": node.get("tier"),
        "top": node.get("top"),
        "at_least_n": node.get("at_least_n", 1),
        "no_tier": node.get("no_tier"),
    }


def looks_back(row: Row, types: Types) -> int:
    """How many months before the period the events of a measure may matter."""
    by_period = {type_.number for type_ in types.values() if type_.declaration["dated_by"] == "period"}
    # What is dated by period happened on any day, and what became of it is said from that day on.
    if row["lasts_until"] or (row["state_type_no"] is not None and row["type_no"] in by_period):
        return _EVER
    months = [row["window_months"] or 0, 11 if row["window_year"] else 0, row["lasts_months"] or 0]
    months += [row["repeat_months"] or 0, 12 if row["repeat_within"] == "year" else 0]
    longest: int = max([*months, *(row["lasts_code_months"] or [])])
    return longest


def used(said: Row, types: Types) -> Row:
    """Which events of the tenant have used up seats of an outcome."""
    word, months = said["window"]
    return {
        "used_type_no": types[said["event"]].number,
        "used_where_any": _alternatives(said["where"], types[said["event"]].declaration["fields"]),
        "used_year": word == "year",
        "used_months": months,
    }


def used_looks_back(row: Row) -> int:
    """How many months before the period the events of an outcome's seats may matter."""
    months: int = row.get("used_months") or (11 if row.get("used_year") else 0)
    return months


def is_relative(row: Row) -> bool:
    """Whether a measure or reading lets one subject's events move another's number."""
    if "about" in row:
        return row["about"] != "subject" or row["share_field"] is not None
    return (
        row["of"] == "organisation" or row.get("read") in ("rank", "tier") or bool(row.get("tiers") or row.get("top"))
    )


def _is_plain(node: Row) -> bool:
    return node["about"][0] == "subject" and not any(node.get(word) for word in _LONG)


def _measure(take: str, node: Row, types: Types) -> Row:
    declaration = types[node["event"]].declaration
    declared = declaration["fields"]
    return {
        "type_no": types[node["event"]].number,
        "where_any": _alternatives(node["where"], declared),
        "distinct_field": node.get("distinct"),
        **_read(take, node, declaration),
        "low": text(node["between"][0]) if "between" in node else None,
        "high": text(node["between"][1]) if "between" in node else None,
        **_about(node),
        **_when(node),
        **_state(node.get("state"), types),
        **_together(node),
        **_voters(node),
        "run_codes": node.get("is_"),
    }


def _read(take: str, node: Row, declaration: dict[str, Any]) -> Row:
    row: Row = {"reads": None, "field": None, "value_codes": None, "value_numbers": None}
    quantity = declaration.get("quantity")
    name = node.get("field") or (quantity if take in _READS else None)
    if name is None:
        return row
    if "value" in node:
        numbers = [text(number) if word == "number" else None for word, number in node["value"].values()]
        return row | {"reads": "value", "field": name, "value_codes": list(node["value"]), "value_numbers": numbers}
    kind = declaration["fields"][name]["kind"]
    return row | {"reads": "quantity" if name == quantity else "number" if kind == "number" else "code", "field": name}


def _about(node: Row) -> Row:
    word, said = node["about"]
    row: Row = {"about": word, "about_kind": None, "about_posts": None}
    return row | {"organisation": {"about_kind": said}, "members": {"about_posts": said}}.get(word, {})


def _when(node: Row) -> Row:
    word, months = node.get("window", (None, None))
    spell, said = node.get("lasts", (None, None))
    by = said if spell == "by" else {}
    return {
        "window_year": word == "year",
        "window_months": months,
        "lasting": spell is not None,
        "lasts_months": said if spell == "months" else None,
        "lasts_field": by.get("field"),
        "lasts_codes": list(by["months"]) if "months" in by else None,
        "lasts_code_months": list(by["months"].values()) if "months" in by else None,
        "lasts_until": by.get("until"),
    }


def _state(said: Row | None, types: Types) -> Row:
    if said is None:
        return {"state_type_no": None}
    return {
        "state_type_no": types[said["event"]].number,
        "state_same": said["same"],
        "state_field": said["field"],
        "state_codes": said["counts"],
        "state_without": said["without"] == "counts",
        "state_at_end": said["as_of"] == "period_end",
    }


def _together(node: Row) -> Row:
    once, repeated, share = node.get("once", {}), node.get("repeated", {}), node.get("share", {})
    within, months = repeated.get("within", (None, None))
    row: Row = {
        "once_field": once.get("per"),
        "once_keep": once.get("keep"),
        "once_across": once.get("across"),
        "repeat_within": within,
        "repeat_months": months,
        "repeat_field": repeated.get("per"),
        "repeat_times": [text(t) for t in repeated["times"]] if repeated else None,
        "share_field": share.get("per"),
        "share_by": None if share.get("by") == "equally" else share.get("by"),
    }
    for n, cap in enumerate(node.get("caps", []), 1):
        row |= {f"cap{n}_per": cap["per"], f"cap{n}_min": text(cap.get("min")), f"cap{n}_max": text(cap.get("max"))}
    return row


def _voters(node: Row) -> Row:
    classes, share = node.get("classes", {}), node.get("at_least_share", {})
    return {
        "class_field": classes.get("field"),
        "class_codes": list(classes["weights"]) if classes else None,
        "class_weights": [text(w) for w in classes["weights"].values()] if classes else None,
        "class_empty": classes.get("empty"),
        "turnout_field": share.get("field"),
        "turnout_codes": list(share["shares"]) if share else None,
        "turnout_percents": [text(p) for p in share["shares"].values()] if share else None,
        "vote_order": node.get("order"),
        "wins": node.get("wins"),
        "tie": node.get("tie"),
        "of_ballots": node["of"] == "ballots" if "wins" in node else None,
    }


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


def text(number: Decimal | None) -> str | None:
    """A decimal as JSON carries it."""
    return None if number is None else format(number, "f")
