"""Whole rulebooks that lint clean: the head, the sheets, and what follows from a total."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.event_types import EventType, filters
from tests.oracle.generate.indicators import bounds_and_no_data, give_of_a_number, indicator
from tests.oracle.generate.placements import outcomes, peer_groups, tie_breaks, tiers
from tests.oracle.generate.texts import Draw, on_step, rarely, some_of, sometimes, text

POSTS = ("staff", "deputy", "head")
ZONES = ("Asia/Shanghai", "Asia/Shanghai", "UTC", "America/New_York")
WEIGHTS = (("100%",), ("70%", "30%"), ("50%", "50%"), ("33.3%", "66.7%"), ("60%", "30%", "10%"))
TIERS = ("excellent", "competent", "basic", "incompetent")

Rulebook = dict[str, Any]


@st.composite
def rulebooks(draw: Draw, types: dict[str, EventType], under: list[str], months: list[str]) -> Rulebook:
    """A rulebook over the event types, in force in all of the months."""
    step = draw(st.sampled_from(["0.01", "0.1", "0.5", "1"]))
    tier_ids = [*TIERS[: draw(st.integers(1, 3))], TIERS[-1]]
    kinds = draw(st.sampled_from([["month"], ["month", "year"], ["month", "year"]]))
    rulebook = draw(_head(under, months, kinds, step))
    rulebook |= draw(_base_sheet(types, step, kinds, tier_ids))
    rulebook["total"] = draw(_total(rulebook["categories"], step))
    if "year" in kinds:
        rulebook["rollup"] = {"year": draw(_year_sheet(types, step))}
    rulebook["peer_groups"] = draw(peer_groups())
    rulebook["tiers"] = draw(tiers(rulebook, tier_ids, kinds))
    return rulebook | draw(tie_breaks(rulebook)) | draw(outcomes(kinds))


@st.composite
def _head(draw: Draw, under: list[str], months: list[str], kinds: list[str], step: str) -> Rulebook:
    year = int(months[0][:4])
    days = {"month": st.sampled_from(["1", "10", "15", "28"]), "year": st.sampled_from(["20", "180", "360"])}
    return {
        "rulebook": "any-county",
        "version": "1",
        "language": "1",
        "title": "社区工作者量化考核办法（任意）",
        "subject": "worker",
        "effective": {"from": draw(st.sampled_from([f"{year}-01", f"{year - 1}-07", months[0]]))},
        "applies_to": {
            "posts": draw(st.one_of(st.just([*POSTS]), some_of(POSTS))),
            "under": draw(st.sampled_from(under)),
        },
        "assignment": draw(st.sampled_from(["at_end", "longest"])),
        "periods": {"base": "month", "rollups": kinds[1:], "timezone": draw(st.sampled_from(ZONES))},
        "numbers": {"measure_decimals": str(draw(st.integers(0, 6))), "step": step},
        "participation": {"min_service_days": {kind: draw(days[kind]) for kind in kinds if sometimes(draw)}},
    }


@st.composite
def _base_sheet(draw: Draw, types: dict[str, EventType], step: str, kinds: list[str], tier_ids: list[str]) -> Rulebook:
    categories = [
        {"id": f"c{n}", "title": f"类{n}", "max": text(draw(on_step(step, 2, 10))), "ref": f"第{n}条"}
        for n in range(1, draw(st.integers(1, 2)) + 1)
    ]
    # Each category has an indicator, and the rest lie in any.
    homes = [category["id"] for category in categories]
    homes += draw(st.lists(st.sampled_from(homes), min_size=draw(st.integers(0, 2)), max_size=2))
    sheet: Rulebook = {
        "categories": categories,
        "indicators": [
            {"id": f"i{n}", "title": f"项{n}", "category": home, "ref": f"第{n}款"}
            | draw(indicator(types, step))
            | draw(bounds_and_no_data(step, max_required=True))
            for n, home in enumerate(homes, 1)
        ],
    }
    if sometimes(draw):
        sheet["bonus"] = draw(_bonus(types, step))
    if not rarely(draw):
        sheet["negative_list"] = [
            draw(_negative(f"n{n}", types, step, kinds, tier_ids)) for n in range(1, draw(st.integers(1, 2)) + 1)
        ]
    return sheet


@st.composite
def _bonus(draw: Draw, types: dict[str, EventType], step: str) -> Rulebook:
    items = []
    for n in range(1, draw(st.integers(1, 2)) + 1):
        said = draw(bounds_and_no_data(step, max_required=False))
        said.pop("min", None)
        if sometimes(draw):
            del said["no_data"]
        items.append({"id": f"b{n}", "title": f"加分{n}"} | draw(indicator(types, step, is_bonus=True)) | said)
    return {"max": text(draw(on_step(step, 1, 5))), "items": items}


@st.composite
def _negative(
    draw: Draw, name: str, types: dict[str, EventType], step: str, kinds: list[str], tier_ids: list[str]
) -> Rulebook:
    event = draw(st.sampled_from(sorted(types)))
    item: Rulebook = {
        "id": name,
        "title": f"负面{name}",
        "severity": draw(st.sampled_from(["minor", "serious", "grave"])),
        "event": event,
        **draw(filters(types[event])),
    }
    if not rarely(draw):
        item["deduct"] = text(draw(on_step(step, 0, 3)))
        if sometimes(draw):
            item["max"] = text(draw(on_step(step, 1, 4)))
    if not rarely(draw):
        item[draw(st.sampled_from(["ceiling", "veto"]))] = draw(st.sampled_from(tier_ids[1:]))
        if not rarely(draw):
            item["binds"] = draw(some_of(kinds))
    return item


@st.composite
def _total(draw: Draw, categories: list[dict[str, str]], step: str) -> Rulebook:
    full = sum((Decimal(category["max"]) for category in categories), Decimal(0))
    above = Decimal(0) if sometimes(draw) else draw(on_step(step, 0, 4))
    return {
        "full": text(full),
        "min": text(draw(st.one_of(st.just(Decimal(0)), on_step(step, -5, 0)))),
        "max": text(full + above),
    }


@st.composite
def _year_sheet(draw: Draw, types: dict[str, EventType], step: str) -> Rulebook:
    weights = draw(st.sampled_from(WEIGHTS))
    parts = [draw(_part(f"p{n}", weight, types, step)) for n, weight in enumerate(weights, 1)]
    # The months come first, or nothing would roll up.
    parts[0]["take"] = {"mean_of": "month"}
    parts[0]["give"] = "as_is" if sometimes(draw) else draw(give_of_a_number(-3, step))
    if parts[0]["give"] == "as_is" and sometimes(draw):
        del parts[0]["give"]
    return {"min_periods": str(draw(st.sampled_from([0, 1, 1, 2, 6]))), "parts": parts}


@st.composite
def _part(draw: Draw, name: str, weight: str, types: dict[str, EventType], step: str) -> Rulebook:
    part = {"id": name, "title": f"部分{name}", "weight": weight} | draw(indicator(types, step))
    if sometimes(draw):
        event = draw(st.sampled_from(sorted(types)))
        part |= {"take": {"given": {"event": event, "field": "stars"}}, "give": "as_is"}
    return part | draw(bounds_and_no_data(step, max_required=False))
