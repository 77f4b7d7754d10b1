"""The distance to the next tier, put to the test: what is said is sent as an event, and the service computes."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from service import journal, results
from service.database.transactions import Database
from service.distance.supposed import Supposed
from service.periods import parse
from tests.computation import worlds
from tests.county import TYPES, County, event
from tests.http.asking import rulebook

Said = dict[str, Any]
WORK = "work.done"
ITEMS = [f"i{n}" for n in range(7)]
PERIOD = "2025-03"
_FINE = Decimal("0.0001")


def _text(chance: Random, low: int, high: int, over: int = 4) -> str:
    return str(Decimal(chance.randint(low * over, high * over)) / over)


def _give(chance: Random) -> Any:
    match chance.choice(["each", "each", "bands", "linear", "as_is"]):
        case "each":
            said = {"points": _text(chance, 1, 6), "per": chance.choice(["1", "2", "2.5", "3"])}
            said["units"] = chance.choice(["exact", "whole", "started"])
            if chance.random() < 0.4:
                said["over"] = _text(chance, 0, 3)
            if chance.random() < 0.3:
                said["start"] = _text(chance, -2, 2)
            return {"each": said}
        case "bands":
            bounds = sorted({chance.randint(1, 20) for _ in range(4)}, reverse=True)
            points = [_text(chance, 0, 30) for _ in bounds]
            if chance.random() < 0.7:
                points.sort(key=Decimal, reverse=True)
            rows = [{"at_least": str(n), "points": p} for n, p in zip(bounds, points, strict=True)]
            return {"bands": [*rows, {"otherwise": "true", "points": "0"}]}
        case "linear":
            low = chance.randint(0, 4)
            return {"linear": {"from": [str(low), str(low + chance.randint(1, 20))], "to": ["0", _text(chance, 1, 30)]}}
    return "as_is"


def _item(chance: Random, identifier: str, category: str) -> Said:
    take = {"sum": {"event": WORK, "field": "points", "where": {"item": identifier}}}
    said = {"id": identifier, "title": f"项目{identifier}", "take": take, "give": _give(chance), "ref": "第六条"}
    said |= {"category": category, "max": chance.choice(["20", "40"]), "no_data": "zero"}
    if chance.random() < 0.2:
        said["min"] = "1"
    return said


def _category(chance: Random, identifier: str, items: list[Said], **more: str) -> Said:
    counts = chance.choice(["sum", "sum", "mean", "best", "worst"])
    most = [int(item["max"]) for item in items if item["category"] == identifier]
    made = {"sum": sum(most), "mean": sum(most) // len(most), "best": max(most), "worst": min(most)}[counts]
    held = max(made - chance.choice([0, 0, 20]), 20) // 20 * 20
    return {"id": identifier, "title": identifier, "max": str(held), "counts": counts, "ref": "第六条", **more}


def _book(chance: Random) -> Said:
    """Nested, weighted and multiplied categories in every combination, in front of tiers without gates or quotas."""
    items = [_item(chance, one, chance.choice("bcd") if n > 2 else "bcd"[n]) for n, one in enumerate(ITEMS)]
    weights = {name: chance.choice(["100", "50"]) for name in "cd"}
    inner = [_category(chance, name, items, weight=f"{weight}%", **{"in": "a"}) for name, weight in weights.items()]
    within = sum(int(one["max"]) * int(weights[one["id"]]) // 100 for one in inner)
    outer = {"id": "a", "title": "a", "max": str(within), "weight": chance.choice(["100%", "70%"]), "ref": "第六条"}
    beside = _category(chance, "b", items)
    full = within * int(outer["weight"].rstrip("%")) // 100 + int(beside["max"])
    bounds = sorted(chance.sample(range(5, full), 3), reverse=True)
    names = ("excellent", "competent", "basic")
    tiers = [{"id": n, "title": n, "total_at_least": str(b)} for n, b in zip(names, bounds, strict=True)]
    more = {}
    if chance.random() < 0.5:
        factor = {"take": {"fixed": chance.choice(["1.1", "0.85"])}, "no_data": {"points": "1"}}
        more["multipliers"] = [{"id": "factor", "title": "系数", "of": chance.choice(["total", "a", "b"]), **factor}]
    return rulebook(
        numbers={"measure_decimals": "4", "step": chance.choice(["0.01", "0.1", "0.5", "1"])},
        total={"full": str(full), "min": "0", "max": str(full + chance.choice([0, 10]))},
        categories=[outer, *inner, beside],
        indicators=items,
        negative_list=[],
        tiers=[*tiers, {"id": "incompetent", "title": "不称职", "otherwise": "true"}],
        rollup={},
        periods={"base": "month", "rollups": [], "timezone": "Asia/Shanghai"},
        outcomes=[],
        **more,
    )


def _town(url: str, database: Database, chance: Random) -> County:
    county = County.empty(url, database)
    served = [{"organisation": "county", "post": "staff", "from": "2024-01-01"}]
    county.state(
        [{"id": "county", "kind": "county", "title": "县"}],
        [{"id": f"w{n}", "assignments": served} for n in range(5)],
    )
    points = {"kind": "number", "required": True}
    declared = {"title": "工作", "subject": "worker", "dated_by": "time", "quantity": "points"}
    county.declare(
        {**TYPES, WORK: {**declared, "fields": {"points": points, "item": {"kind": "code", "codes": ITEMS}}}}
    )
    county.rule(_book(chance))
    return county


def _more(item: str, worker: str, number: Decimal) -> Said:
    return event(WORK, worker, points=str(number), item=item)


def _tried(county: County, worker: str, item: str, number: Decimal) -> Said:
    """The result with another event, which is then taken back."""
    [sent] = county.send(_more(item, worker, number))
    said = county.result(worker, PERIOD)
    assert county.hr.post(f"/v1/events/{sent['event']}/reversal", {"reason": "tried"}).status_code == 201
    return said


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_what_is_said_to_reach_the_tier_reaches_it(module_url: str, module_database: Database, seed: int) -> None:
    """And not a step less does; it brings what is said, and the room is never passed."""
    chance = Random(seed)
    county = _town(module_url, module_database, chance)
    for worker in ("w0", "w1", "w2"):
        county.send(*(_more(item, worker, Decimal(_text(chance, 0, 8))) for item in ITEMS if chance.random() < 0.7))
        said = county.result(worker, PERIOD)
        distance, order = said["next_tier"], [tier["id"] for tier in county_tiers(county)]
        if distance is None:
            assert said["tier"] == order[0]
            continue
        assert order.index(distance["tier"]) == order.index(said["tier"]) - 1
        assert Decimal(distance["missing"]) == Decimal(distance["threshold"]) - Decimal(said["total"])
        for line in distance["lines"]:
            where = f"seed {seed}, {worker}, {line}"
            has = Decimal(line["number"] or 0)
            if line["next"]:
                brought = _tried(county, worker, line["id"], Decimal(line["next"]["number"]) - has)
                assert Decimal(brought["total"]) - Decimal(said["total"]) == Decimal(line["next"]["brings"]), where
            if not line["reaches"]:
                many = _tried(county, worker, line["id"], Decimal(1000))
                is_falling = _points(many, line["id"]) < Decimal(line["points"])
                assert (
                    is_falling or order.index(many["tier"]) > order.index(distance["tier"]) or bands(county, line["id"])
                ), where
                continue
            step = Decimal(line["reaches"]["number"]) - has
            reached = _tried(county, worker, line["id"], step)
            assert order.index(reached["tier"]) <= order.index(distance["tier"]), where
            assert Decimal(reached["total"]) - Decimal(said["total"]) == Decimal(line["reaches"]["brings"]), where
            assert Decimal(reached["total"]) - Decimal(said["total"]) <= Decimal(line["room"]), where
            assert _points(reached, line["id"]) == Decimal(line["reaches"]["points"]) >= Decimal(line["needed"]), where
            if step > _FINE:
                nearly = _tried(county, worker, line["id"], step - _FINE)
                assert order.index(nearly["tier"]) > order.index(distance["tier"]), where


def bands(county: County, item: str) -> bool:
    """Whether an item gives by bands, which may give less to more."""
    document = county.hr.get("/v1/rulebooks/small-county@2025-1").json["document"]
    return "bands" in next(one["give"] for one in document["indicators"] if one["id"] == item)


def county_tiers(county: County) -> list[Said]:
    """The tiers of the rulebook, best first."""
    return list(county.hr.get("/v1/rulebooks/small-county@2025-1").json["document"]["tiers"])


def _points(said: Said, item: str) -> Decimal:
    return sum((Decimal(line["points"]) for line in said["lines"] if line["id"] == item), Decimal(0))


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_between_the_lines_and_the_total_nothing_is_lost(module_url: str, module_database: Database, seed: int) -> None:
    """Invariant 6: the stored points of the lines, taken up to the total again, make the total that is stored."""
    world = worlds.world(seed)
    county = worlds.settle(module_url, module_database, world)
    watermark = journal.sealed(county.database, county.tenant_id)
    rulebook_, period = world.rulebook["rulebook"], parse(Random(seed).choice(world.periods))
    items = county.ranking(period.text, rulebook=rulebook_)
    assert items
    with county.database.transaction(county.tenant_id) as transaction:
        shown = results.show(transaction, period, rulebook_, watermark)
        for item in items:
            kind, identifier = item["subject"].split("/")
            row = transaction.one("result_of", **shown.keys, kind=kind, id=identifier)
            supposed = Supposed(shown.book(transaction), row)
            for number, points in supposed.points.items():
                assert supposed.total(number, points) == row.total, f"seed {seed}, {period.text}, {item['subject']}"
            results.result(transaction, shown, kind, identifier)  # whatever the rulebook, it can be told
