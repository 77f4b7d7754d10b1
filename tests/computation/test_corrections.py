"""Invariant 3: what was taken back counts nowhere, and what is in its place counts as if it had been sent at first."""

from dataclasses import replace
from random import Random

import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.computation.reporting import report
from tests.computation.town import Opened, people
from tests.oracle.cases import MARCH, on, rulebook, worked


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_corrected_events_count_as_they_stand_in_the_end(module_url: str, module_database: Database, seed: int) -> None:
    """Some are reversed, some amended, with reads between; the oracle knows the end alone."""
    world, chance = worlds.world(seed), Random(seed)
    county = worlds.settle(module_url, module_database, world)
    standing = list(world.events)
    for number, event in enumerate(chance.sample(world.events, min(len(world.events), 15))):
        standing.remove(event)
        if chance.random() < 0.5:
            worlds.reverse(county, event)
        else:
            other = chance.choice([one for one in world.events if one["type"] == event["type"]])
            amended = {**other, "id": f"amended-{number}"}
            worlds.amend(county, event, amended)
            standing.append(amended)
        if chance.random() < 0.3:
            worlds.digest(county, chance.choice(world.periods), world.rulebook["rulebook"])
    corrected = replace(world, events=standing)
    expected = worlds.expecting(corrected)
    for period in world.periods:
        wrong = worlds.disagreements(county, corrected, period, expected(period))
        assert not wrong, report(seed, corrected, period, wrong)


def test_whose_event_is_taken_back_alone_is_computed_again(opened: Opened) -> None:
    """Invariant 9: nothing else happened, nobody else is looked at, and there are enough not to compute everybody."""
    names = [f"w{number}" for number in range(10)]
    town = opened(rulebook(), people=people(*names), events=worked(dict.fromkeys(names, "80")))
    [mistaken] = worked({"w3": "5"}, on("03-31", "23:59:59"))
    town.send(mistaken)
    assert town.results()["w3"].total == 5
    worlds.reverse(town.county, mistaken)
    assert town.totals("2025-03") == dict.fromkeys(names, 80)


def test_whose_event_is_let_in_alone_is_computed_again(opened: Opened) -> None:
    """Invariant 9: the event was sealed before, and seen; that it counts in March is said only now."""
    names = [f"w{number}" for number in range(10)]
    town = opened(rulebook(), people=people(*names), events=worked(dict.fromkeys(names, "80")))
    town.publish(MARCH)
    [late] = worked({"w3": "5"}, on("03-31"))
    town.send(late)
    assert town.result("worker/w3", view="standing")["total"] == "80.00"
    admitting = {"reason": "late", "admit": [worlds.identity(late)]}
    assert town.county.hr.post(f"/v1/periods/{MARCH}/reopen", admitting).status_code == 200
    assert town.result("worker/w3", view="standing")["total"] == "5.00"
