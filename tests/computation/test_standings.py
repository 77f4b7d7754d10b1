"""Standings brought up to date bit by bit are what one computation from nothing says, whatever came between."""

from random import Random
from typing import Any

import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.county import County
from tests.oracle.strategies import World


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_a_standing_equals_a_full_recompute_after_any_interleaving(
    module_url: str, module_database: Database, seed: int
) -> None:
    """Invariant 9: events in any portions, changes of workers and organisations, and reads between them."""
    world, chance = worlds.world(seed), Random(seed)
    county = County.empty(module_url, module_database)
    worlds.found(county, world)
    said, sent = [], []
    for portion in _portions(chance, world.events):
        worlds.send(county, portion)
        sent += portion
        said.append(f"{len(portion)} events")
        while chance.random() < 0.5:
            said.append(_step(chance, county, world, sent))
    _assert_as_from_nothing(county, world, f"seed {seed}: {', '.join(said)}")


@pytest.mark.parametrize("seed", worlds.seeds(share=6))
def test_a_standing_equals_a_full_recompute_whatever_is_published_between(
    module_url: str, module_database: Database, seed: int
) -> None:
    """Invariant 9: what reads a period reads the run from its publication on, and `last_final` from its end."""
    world, chance = worlds.world(seed), Random(seed)
    county = worlds.settle(module_url, module_database, world)
    for base in chance.sample(world.bases, len(world.bases)):
        worlds.digest(county, chance.choice(world.periods), world.rulebook["rulebook"])
        worlds.publish(county, base, world.rulebook["rulebook"])
        if chance.random() < 0.5:
            worlds.finalise(county, base, world.rulebook["rulebook"])
        county.state([], [_changed_worker(chance, world)])
    _assert_as_from_nothing(county, world, f"seed {seed}")


def _assert_as_from_nothing(county: County, world: World, said: str) -> None:
    """Every period has the digest that it has when a publication computes it, and when nothing is known of any."""
    rulebook = world.rulebook["rulebook"]
    found = {period: worlds.digest(county, period, rulebook) for period in world.periods}
    assert worlds.unsummed(county) == [], said
    assert worlds.miscounted(county) == [], said
    assert {period: worlds.digest(county, period, rulebook, full=True) for period in world.periods} == found, said
    worlds.forget(county)
    assert {period: worlds.digest(county, period, rulebook) for period in world.periods} == found, said


def _portions(chance: Random, events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The events in another order, cut at a few places."""
    shuffled = chance.sample(events, len(events))
    cuts = sorted(chance.randint(0, len(events)) for _ in range(chance.randint(0, 5)))
    bounds = zip([0, *cuts], [*cuts, len(events)], strict=True)
    return [shuffled[start:end] for start, end in bounds if start < end]


def _step(chance: Random, county: County, world: World, sent: list[dict[str, Any]]) -> str:
    """A read, a correction or a change of the roster, and what it was."""
    match chance.choice(["read", "read", "read", "reversal", "worker", "worker", "organisation"]):
        case "reversal" if sent:
            event = sent.pop(chance.randrange(len(sent)))
            worlds.reverse(county, event)
            return f"reversed {event['id']}"
        case "read":
            period = chance.choice(world.periods)
            worlds.digest(county, period, world.rulebook["rulebook"])
            return f"read {period}"
        case "worker":
            worker = _changed_worker(chance, world)
            county.state([], [worker])
            return f"changed {worker['id']}"
    organisation = _changed_organisation(chance, world)
    county.state([organisation], [])
    return f"changed {organisation['id']}"


def _changed_worker(chance: Random, world: World) -> dict[str, Any]:
    """A worker of the world with another record: no assignment, somebody else's, or other attributes."""
    worker, other = (chance.choice(world.roster["workers"]) for _ in range(2))
    kept = chance.randint(0, len(other["assignments"]))
    attributes = chance.choice([worker, other]).get("attributes", [])
    return {**worker, "assignments": other["assignments"][:kept], "attributes": attributes}


def _changed_organisation(chance: Random, world: World) -> dict[str, Any]:
    """An organisation of the world in another place of the tree, or with other attributes."""
    tree = world.roster["organisations"]
    organisation = chance.choice(tree)
    said = {key: value for key, value in organisation.items() if value is not None} | {"title": organisation["id"]}
    if organisation["kind"] == "community" and chance.random() < 0.5:
        return said | {"parent": chance.choice([one["id"] for one in tree if one["kind"] != "community"])}
    return said | {"attributes": chance.choice(tree).get("attributes", [])}
