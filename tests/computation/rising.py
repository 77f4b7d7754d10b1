"""Rulebooks under which more work is never worth less: counts and sums whose give rises, however they are added up.

Numbers are never negative; without data an item gives the fewest points that it ever gives.
"""

from decimal import Decimal

from tests.oracle.cases import event, on, rulebook
from tests.oracle.generate.texts import Chance, Node

MOST = 20
MONTHS = ("2025-01", "2025-02")
QUARTER = "2025-Q1"

_TAKES: tuple[Node, ...] = (
    {"count": {"event": "visit.done"}},
    {"count": {"event": "visit.done", "distinct": "household"}},
    {"count": {"event": "task.closed", "where": {"kind": "a"}}},
    {"count": {"event": "visit.done", "once": {"per": "household", "keep": "latest"}}},
    {"count": {"event": "visit.done", "window": {"last": "2"}}},
    {"sum": {"event": "visit.done"}},
    {"sum": {"event": "visit.done", "field": "minutes", "between": ["2", "9"]}},
    {"sum": {"event": "task.closed", "field": "hours", "lasts": "2"}},
)
_UNITS = ("exact", "whole", "started")


def rising(seed: int) -> Node:
    """A rulebook of a few such items."""
    chance = Chance(seed)
    categories, indicators = [], []
    for c in range(1, chance.randint(1, 3) + 1):
        counts = chance.choice(["sum", "mean", "best", "worst"])
        weight = chance.choice([50, 100])
        categories.append({"id": f"c{c}", "title": "类", "max": str(MOST), "counts": counts, "weight": f"{weight}%"})
        indicators += [_item(chance, f"i{c}.{n}") | {"category": f"c{c}"} for n in range(chance.randint(1, 3))]
    full = sum(Decimal(one["weight"].rstrip("%")) * MOST / 100 for one in categories)
    most = full + chance.randint(0, 10)
    said = rulebook() | {
        "categories": categories,
        "indicators": indicators,
        "orders": {"bonus": chance.choice(["before_limit", "after_limit"]), "quota": "after_ceilings"},
        "bonus": {"max": chance.choice(["none", "5"]), "items": [_item(chance, "b")]},
        "numbers": {"measure_decimals": str(chance.randint(0, 6)), "step": chance.choice(["0.01", "0.1", "0.5", "1"])},
        "total": {"full": str(full), "min": "0", "max": str(most)},
        "periods": {"base": "month", "rollups": ["quarter"], "timezone": "Asia/Shanghai"},
        "rollup": {"quarter": {"min_periods": "1", "parts": _parts(chance)}},
        "tiers": [{"id": "all", "title": "均", "otherwise": "true"}],
    }
    return said | (_multiplier(chance) if chance.sometimes() else {})


def work(chance: Chance, worker: str) -> Node:
    """Some work of a worker, at any time of two months."""
    day = on(f"{chance.choice(MONTHS)}-{chance.randint(1, 28):02}")
    if chance.sometimes():
        household, minutes = chance.choice(["h1", "h2", "h3"]), Decimal(chance.choice(["0", "2.5", "7"]))
        return event("visit.done", worker, day, household=household, minutes=minutes)
    return event("task.closed", worker, day, kind=chance.choice(["a", "b"]), hours=Decimal(chance.choice(["0.5", "3"])))


def _item(chance: Chance, name: str) -> Node:
    take = chance.choice(_TAKES)
    no_data, give = _give(chance)
    said: Node = {"id": name, "title": "项", "take": take, "give": give, "max": str(MOST), "no_data": no_data}
    if chance.rarely():
        said["min"] = "-2"
    if chance.rarely() and not {"window", "lasts"} & set(next(iter(take.values()))):
        said["prorate"] = "service_days"
    return said


def _give(chance: Chance) -> tuple[str | Node, str | Node]:
    """What an item gives without data, and a give that is never less than that and never falls."""
    points = chance.choice(["0.5", "1", "2.675", "6"])
    unit = {"per": chance.choice(["1", "0.5", "2.5"]), "units": chance.choice(_UNITS)}
    match chance.choice(["as_is", "each", "over", "under", "bands", "linear"]):
        case "each":
            return "zero", {"each": {"points": points, **unit, "start": chance.choice(["0", "1"])}}
        case "over":
            return "zero", {"each": {"points": points, **unit, "over": "1.5"}}
        case "under":
            # Each one missing costs: with nothing at all, all five are missing.
            return {"points": str(-5)}, {"each": {"points": "-1", "under": "5"}}
        case "bands":
            rows = [{"at_least": "6", "points": "9"}, {"at_least": "2", "points": "3.333333"}]
            return "zero", {"bands": [*rows, {"otherwise": "true", "points": chance.choice(["0", "3"])}]}
        case "linear":
            return "zero", {"linear": {"from": ["1", "8"], "to": [chance.choice(["0", "2"]), "11"]}}
    return "zero", "as_is"


def _parts(chance: Chance) -> list[Node]:
    months = {"id": "months", "title": "月均", "take": {"mean": {"results": "month"}}, "give": "as_is"}
    weights = chance.choice([("70%", "30%"), ("33.3%", "66.7%")])
    parts = [months | {"no_data": "zero"}, _item(chance, "quarterly")]
    return [part | {"weight": weight} for part, weight in zip(parts, weights, strict=True)]


def _multiplier(chance: Chance) -> Node:
    factor = {"fixed": chance.choice(["0.333333", "0.9", "1.2"])}
    said = {"id": "x", "title": "系数", "of": "total", "take": factor, "give": "as_is", "no_data": {"points": "1"}}
    return {"multipliers": [said]}
