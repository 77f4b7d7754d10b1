"""Standings brought up to date bit by bit are what one computation from nothing says, whatever came in which order."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from service.database.transactions import Database
from tests.computation import worlds
from tests.conftest import opened
from tests.county import County
from tests.oracle.strategies import World, world

EXAMPLES = int(os.environ.get("JIFEN_WORLDS", "60")) // 2
_SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


@_SETTINGS
@given(world=world(), data=st.data())
def test_a_standing_equals_a_full_recompute_after_any_interleaving(
    module_url: str, module_database: Database, world: World, data: st.DataObject
) -> None:
    """Invariant 9: events in any portions, roster changes and reads between them."""
    county = County.empty(module_url, module_database)
    worlds.found(county, world)
    events = data.draw(st.permutations(world.events), label="order")
    while events:
        portion = data.draw(st.integers(1, len(events)), label="portion")
        worlds.send(county, events[:portion])
        events = events[portion:]
        if data.draw(st.booleans(), label="read between"):
            worlds.digest(county, data.draw(st.sampled_from(world.periods), label="period"))
        if data.draw(st.booleans(), label="roster change"):
            county.state([], [_changed(data, world)])
    for period in world.periods:
        found = worlds.digest(county, period)
        assert found == worlds.digest(county, period, full=True), period


@_SETTINGS
@given(world=world(), data=st.data())
def test_the_order_of_arrival_never_matters(
    module_url: str, module_database: Database, world: World, data: st.DataObject
) -> None:
    """Invariants 5 and 8: two tenants with the same facts in another order have the same digests."""
    first = worlds.settle(module_url, module_database, world)
    second = County.empty(module_url, module_database)
    worlds.found(second, world)
    for event in data.draw(st.permutations(world.events), label="order"):
        worlds.send(second, [event])
    for period in world.periods:
        assert worlds.digest(first, period) == worlds.digest(second, period), period


def _changed(data: st.DataObject, world: World) -> dict[str, Any]:
    """A worker of the world with another record: no assignment, or somebody else's."""
    worker = data.draw(st.sampled_from(world.roster["workers"]), label="worker")
    other = data.draw(st.sampled_from(world.roster["workers"]), label="assignments of")
    kept = data.draw(st.integers(0, len(other["assignments"])), label="kept")
    return {**worker, "assignments": other["assignments"][:kept]}
