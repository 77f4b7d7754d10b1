"""Invariants 6, 7, 10, 11, 13: lines, totals, ranks and tiers are what an independent computation says, exactly.

A failing world is reported by its seed: `JIFEN_SEED=<seed> JIFEN_WORLDS=1` makes it again.
"""

import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.computation.reporting import report


@pytest.mark.parametrize("seed", worlds.seeds())
def test_the_service_and_the_oracle_agree(module_url: str, module_database: Database, seed: int) -> None:
    """Through the JSON that a reader gets; and the lines add up to the total, as printed and as stored."""
    world = worlds.world(seed)
    county = worlds.settle(module_url, module_database, world)
    for period in world.periods:
        wrong = worlds.disagreements(county, world, period)
        assert not wrong, report(seed, world, period, wrong)
    assert worlds.unsummed(county) == []
