"""Invariants 6, 7, 10, 11, 13: lines, totals, ranks and tiers are what an independent computation says, exactly.

A failing world is reported by its seed: `JIFEN_SEED=<seed> JIFEN_WORLDS=1` makes it again.
"""

import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.computation.contested import contested
from tests.computation.plain import plain
from tests.computation.reporting import report


@pytest.mark.parametrize("seed", worlds.seeds())
def test_the_service_and_the_oracle_agree(module_url: str, module_database: Database, seed: int) -> None:
    """Through the JSON that a reader gets; and the lines add up to the total, as printed and as stored."""
    world = worlds.world(seed)
    county = worlds.settle(module_url, module_database, world)
    expected = worlds.expecting(world)
    for period in world.periods:
        wrong = worlds.disagreements(county, world, period, expected(period))
        assert not wrong, report(seed, world, period, wrong)
    assert worlds.unsummed(county) == []


@pytest.mark.parametrize("seed", worlds.seeds(share=2))
def test_they_agree_on_the_short_way_too(module_url: str, module_database: Database, seed: int) -> None:
    """Sheets that need nothing but a filter are computed by a statement of their own."""
    world = plain(worlds.world(seed))
    county = worlds.settle(module_url, module_database, world)
    with module_database.transaction(county.tenant_id) as transaction:
        base = transaction.one("rulebooks_ruling", end_day="2100-01-01", id=world.rulebook["rulebook"], imported=None)
        kind = world.rulebook["periods"]["base"]
        assert transaction.one("sheet_needs", rulebook=base.rulebook_no, sheet=kind).plain
    expected = worlds.expecting(world)
    for period in world.bases:
        wrong = worlds.disagreements(county, world, period, expected(period))
        assert not wrong, report(seed, world, period, wrong)


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_they_agree_where_places_are_contested(module_url: str, module_database: Database, seed: int) -> None:
    """Invariant 11: quotas, seats and ties decide, as everybody comes near every tier."""
    world = contested(worlds.world(seed), seed)
    county = worlds.settle(module_url, module_database, world)
    expected = worlds.expecting(world)
    for period in world.periods:
        wrong = worlds.disagreements(county, world, period, expected(period))
        assert not wrong, report(seed, world, period, wrong)
