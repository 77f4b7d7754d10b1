"""Invariant 3: what was taken back counts nowhere, and what is in its place counts as if it had been sent at first."""

from dataclasses import replace
from random import Random

import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.computation.reporting import report


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
