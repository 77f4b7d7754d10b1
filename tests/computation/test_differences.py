"""Differences in random worlds: whoever differs is told once, and whose own points changed with what changed them."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from service import differences, journal, results
from service.database.transactions import Database
from service.periods import parse
from service.results import Shown
from tests.computation import worlds
from tests.computation.rising import MONTHS, QUARTER, rising, work
from tests.computation.town import Town, people
from tests.county import ALL_SCOPES, SOURCE, County
from tests.oracle.generate.texts import Chance
from tests.oracle.strategies import World

Said = dict[str, Any]
OWN = {"reversed", "amended", "replacement", "admitted"}
WORKERS = ("w1", "w2", "w3", "w4")
REASON = {"reason": "as the record says"}


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_drift_tells_everyone_who_differs(module_url: str, module_database: Database, seed: int) -> None:
    world, chance = worlds.world(seed), Random(seed)
    county = worlds.settle(module_url, module_database, world)
    period = chance.choice(world.bases)
    for rulebook in (*world.others, world.rulebook):
        county.hr.post(f"/v1/periods/{period}/close?rulebook={rulebook['rulebook']}")
        forced = {"force": {"reason": "the others wait"}}
        county.hr.post(f"/v1/periods/{period}/publish?rulebook={rulebook['rulebook']}", forced)
    touched = _correct(county, world.events, chance)
    told, before, after = _drift(county, world, period)
    items = {item["subject"]: item for item in told["items"]}
    assert len(items) == len(told["items"])
    differing = {subject for subject in {**before, **after} if before.get(subject) != after.get(subject)}
    assert items.keys() == differing, f"seed {seed}, {period}"
    for item in items.values():
        assert {cause["event"] for cause in item["because"] if "event" in cause} <= touched


@pytest.mark.parametrize("seed", worlds.seeds(share=6))
def test_who_moves_alone_is_told_why(module_url: str, module_database: Database, seed: int) -> None:
    """Where everyone's points are of their own events, nobody's total moves because others did."""
    chance = Chance(seed)
    done = [work(chance, chance.choice(WORKERS)) for _ in range(40)]
    town = Town(module_url, module_database, rising(seed), people=people(*WORKERS), events=done)
    town.publish(*MONTHS, "2025-03", QUARTER)
    county, second = town.county, town.county.user("second", ALL_SCOPES, [SOURCE])
    _correct(county, done, Random(seed))
    town.send(*(work(chance, chance.choice(WORKERS)) for _ in range(8)))
    for period in MONTHS:
        late = [one["event"] for one in county.hr.get(f"/v1/periods/{period}/late").json["items"]]
        admitted = {"admit": [one for one in late if chance.sometimes()]}
        assert county.hr.post(f"/v1/periods/{period}/reopen", REASON | admitted).status_code == 200
        drift = county.hr.get(f"/v1/periods/{period}/drift").json
        _assert_told(drift, OWN, f"seed {seed}, {period}")
        run = second.post(f"/v1/periods/{period}/publish").json["run"]
        said = county.hr.get(f"/v1/runs/{run}/diff").json
        assert (said["counts"], said["items"]) == (drift["counts"], drift["items"])
    _assert_told(county.hr.get(f"/v1/periods/{QUARTER}/drift").json, {*OWN, "results"}, f"seed {seed}, {QUARTER}")


def _assert_told(said: Said, codes: set[str], where: str) -> None:
    """Who has another total has causes, each of these codes; and the lines say by how much."""
    for item in said["items"]:
        found = {cause["code"] for cause in item["because"]}
        if item["difference"] is not None and Decimal(item["difference"]):
            assert found <= codes, f"{where}: {item['subject']} moved because of {found}"
            assert sum(Decimal(line["difference"]) for line in item["lines"]) == Decimal(item["difference"]), where


def _correct(county: County, events: list[Said], chance: Random) -> set[str]:
    """Take some events back and amend some; all of them, and what stands in their place."""
    touched = set()
    for number, event in enumerate(chance.sample(events, min(len(events), 12))):
        touched.add(worlds.identity(event))
        if chance.random() < 0.5:
            worlds.reverse(county, event)
        else:
            other = chance.choice([one for one in events if one["type"] == event["type"]])
            amended = {**other, "id": f"amended-{number}"}
            worlds.amend(county, event, amended)
            touched.add(worlds.identity(amended))
    return touched


def _drift(county: County, world: World, period: str) -> tuple[Said, Said, Said]:
    """What is told, and both sides as their results say."""
    watermark = journal.sealed(county.database, county.tenant_id)
    rulebook, parsed = world.rulebook["rulebook"], parse(period)
    with county.database.transaction(county.tenant_id) as transaction:
        told = differences.drift(transaction, parsed, rulebook, watermark, None, 5000)
        sides = []
        for live in (False, True):
            shown = results.show(transaction, parsed, rulebook, watermark, live)
            items = results.ranking(transaction, shown, results.Asked(limit=5000))["items"]
            sides.append({item["subject"]: _said(transaction, shown, item["subject"]) for item in items})
    return told, *sides


def _said(transaction: Any, shown: Shown, subject: str) -> Said:
    """Where a subject stands, its lists and outcomes: what a difference is told of."""
    said = results.result(transaction, shown, *subject.split("/"))
    place = {key: said[key] for key in ("group", "total", "rank", "tier", "no_tier")}
    lists = [(one["id"], one["group"], one["rank"]) for one in said["lists"]]
    return place | {"lists": lists, "outcomes": [(one["id"], one["value"]) for one in said["outcomes"]]}
