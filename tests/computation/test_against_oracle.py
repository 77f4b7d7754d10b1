"""Invariants 6, 7, 10, 11, 13: lines, totals, ranks and tiers are what an independent computation says, exactly."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from service.database.transactions import Database
from tests.computation import worlds
from tests.conftest import opened
from tests.oracle import appraise
from tests.oracle.strategies import World, world

EXAMPLES = int(os.environ.get("JIFEN_WORLDS", "60"))


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


# A failing world is reported as it is: making it smaller would take longer than reading it.
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
@given(world=world())
def test_the_service_and_the_oracle_agree(module_url: str, module_database: Database, world: World) -> None:
    county = worlds.settle(module_url, module_database, world)
    for period in world.periods:
        expected = appraise(world.rulebook, world.event_types, world.roster, world.events, period)
        assert worlds.differences(expected, worlds.appraised(county, period)) == [], period
