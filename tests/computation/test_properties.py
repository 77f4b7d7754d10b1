"""Invariants of results that hold whatever the numbers are: who moves whom, and what more work can do."""

from fractions import Fraction

import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.computation.alone import alone, is_relative, without
from tests.computation.rising import MONTHS, QUARTER, rising, work
from tests.computation.town import Town, people
from tests.oracle.generate.texts import Chance
from tests.oracle.strategies import World

OWN = ("lines", "total", "measures", "gates", "no_tier")
WORKERS = ("w1", "w2", "w3")
STEPS = 10


def _of_workers() -> list[int]:
    """The seeds of worlds in which somebody can come to others."""
    asked = worlds.seeds(share=4)
    return [seed for seed in asked if (w := worlds.world(seed)).rulebook["subject"] == "worker" and len(_ids(w)) > 1]


def _ids(world: World) -> list[str]:
    return [worker["id"] for worker in world.roster["workers"]]


@pytest.mark.parametrize("seed", _of_workers())
def test_who_comes_moves_nobodys_lines_and_total_without_relative_words(
    module_url: str, module_database: Database, seed: int
) -> None:
    """Invariant: only ranks, seats and what follows from them may move; conditions on one's own points stay as well."""
    world = alone(worlds.world(seed))
    assert not is_relative([world.rulebook[key] for key in ("indicators", "categories")])
    newcomer = Chance(seed).choice(_ids(world))
    before = without(world, newcomer)
    county = worlds.settle(module_url, module_database, before)
    found = {period: worlds.appraised(county, world.rulebook, period) for period in world.periods}
    county.state([], [one for one in world.roster["workers"] if one["id"] == newcomer])
    worlds.send(county, [one for one in world.events if one not in before.events])
    for period in world.periods:
        now = worlds.appraised(county, world.rulebook, period)
        assert now.keys() - found[period].keys() <= {f"worker/{newcomer}"}, f"seed {seed}, {period}"
        for subject, result in found[period].items():
            moved = [name for name in OWN if getattr(now[subject], name) != getattr(result, name)]
            assert not moved, f"seed {seed}, {period}: {newcomer} moved the {', '.join(moved)} of {subject}"


@pytest.mark.parametrize("seed", worlds.seeds(share=10))
def test_more_work_never_lowers_a_total(module_url: str, module_database: Database, seed: int) -> None:
    """Invariant: for counts and sums with each, linear or rising bands, in months and in what is made of them."""
    chance = Chance(seed)
    town = Town(module_url, module_database, rising(seed), people=people(*WORKERS))
    before = {(period, name): Fraction(-(10**6)) for period in (*MONTHS, QUARTER) for name in WORKERS}
    for step in range(STEPS):
        for (period, name), total in before.items():
            now = before[period, name] = town.totals(period)[name]
            assert now >= total, f"seed {seed}: event {step} lowered {name} in {period} from {total} to {now}"
        town.send(*(work(chance, chance.choice(WORKERS)) for _ in range(chance.randint(1, 3))))
