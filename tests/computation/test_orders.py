"""Invariants 5 and 8: in which order events arrive, how often, and who reads in between, never matters.

JIFEN_PERMUTATIONS says how many orders are tried, of small worlds of a few workers and some ten events. Each order is
that of one copy of a world; up to a hundred copies lie side by side in one tenant (see copies.py). Events reach it in
random portions, with duplicates among them, and portions and reads take turns; so a read finds a few workers changed
among many and computes only these. At the end all copies are alike, one of them is what the oracle says, and the
standings have the digests that a computation from nothing gives them.
"""

import os
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from oracle import Result, appraise
from service import results
from service.database.transactions import Database
from tests.computation import copies, worlds
from tests.computation.reporting import report
from tests.county import County
from tests.oracle.strategies import World, world_of

ORDERS = int(os.environ.get("JIFEN_PERMUTATIONS", "30"))
COPIES = 10 if ORDERS < 1000 else 100
SHORT = ("month", "quarter")

_ALL_THAT_IS_SAID = """
SELECT u.kind || '/' || u.id AS subject, o.id AS organisation, r.*,
    l.lines, l.measures, l.codes, l.counts, l.no_data, l.met
FROM standing s
JOIN rulebook b USING (tenant_id, rulebook_no)
JOIN standing_ranked r USING (tenant_id, standing_no)
JOIN standing_lines l USING (tenant_id, standing_no, subject_no)
JOIN subject u USING (tenant_id, subject_no)
JOIN subject o ON o.tenant_id = r.tenant_id AND o.subject_no = r.organisation_no
WHERE s.tenant_id = %s AND b.id = %s AND s.period = %s
"""
_NUMBERS_OF_ROWS = {"tenant_id", "standing_no", "subject_no", "organisation_no"}


def _seeds() -> list[int]:
    """As many small worlds as it takes, whose periods rest on few others, so that a read costs little."""
    found, seed = list[int](), worlds.FIRST_SEED
    while len(found) * COPIES < ORDERS:
        world = _small(seed)
        books = (world.rulebook, *world.others)
        if world.events and all({b["periods"]["base"], *b["periods"]["rollups"]} <= {*SHORT} for b in books):
            found.append(seed)
        seed += 1
    return found


def _small(seed: int) -> World:
    return world_of(seed, max_workers=3, max_events=10)


@pytest.mark.parametrize("seed", _seeds())
def test_the_order_of_arrival_never_matters(module_url: str, module_database: Database, seed: int) -> None:
    """Duplicates and reads between them don't either."""
    world, chance = _small(seed), Random(seed)
    county = County.empty(module_url, module_database)
    worlds.found(county, copies.copied(world, COPIES))
    _arrive(chance, county, world)
    rulebook = world.rulebook["rulebook"]
    digests = {period: worlds.digest(county, period, rulebook) for period in world.periods}
    for period in world.periods:
        _assert_all_alike(county, world, period, seed)
        wrong = worlds.differences(_expected(world, period), _one_copy(county, world, period))
        assert not wrong, report(seed, world, period, wrong)
    worlds.forget(county)
    assert {period: worlds.digest(county, period, rulebook) for period in world.periods} == digests, f"seed {seed}"


def _arrive(chance: Random, county: County, world: World) -> None:
    """Every copy's events in an order of its own, in portions, with duplicates among them and reads between them."""
    waiting = {n: chance.sample(events, len(events)) for n in range(COPIES) if (events := copies.events_of(world, n))}
    sent: list[dict[str, Any]] = []
    while waiting:
        # Few enough that a refresh picks those that changed.
        portion = []
        for number in chance.sample(sorted(waiting), min(len(waiting), chance.randint(1, max(COPIES // 4, 3)))):
            portion += [waiting[number].pop() for _ in range(chance.randint(1, len(waiting[number])) // 4 or 1)]
            if not waiting[number]:
                del waiting[number]
        again = chance.sample(sent, min(len(sent), chance.randint(0, 3))) + chance.sample(portion, chance.randint(0, 1))
        answers = county.send(*map(worlds.as_sent, [*portion, *again]))
        assert [a["result"] for a in answers] == ["created"] * len(portion) + ["duplicate"] * len(again)
        sent += portion
        if chance.random() < 0.25:
            worlds.digest(county, chance.choice(world.periods), world.rulebook["rulebook"])


def _assert_all_alike(county: County, world: World, period: str, seed: int) -> None:
    """Whatever is stored of a subject in one copy is stored of it in every other."""
    with psycopg.connect(county.url, row_factory=dict_row) as connection:
        keys = [county.tenant_id, world.rulebook["rulebook"], period]
        connection.execute("SET enable_nestloop = off")  # the tables are new to the planner, and not small
        rows = connection.execute(_ALL_THAT_IS_SAID, keys).fetchall()
    by_copy: dict[int, dict[str, Any]] = {number: {} for number in range(COPIES)}
    for row in rows:
        said = {key: copies.without_copy(value) for key, value in row.items() if key not in _NUMBERS_OF_ROWS}
        by_copy[copies.copy_of(row["subject"])][said["subject"]] = said
    for number, found in by_copy.items():
        unlike = [
            f"copy {number}, {subject}: {key} is {said.get(key)}, not {first.get(key)}"
            for subject in sorted(found.keys() | by_copy[0].keys())
            for said, first in [(found.get(subject, {}), by_copy[0].get(subject, {}))]
            for key in sorted(said.keys() | first.keys())
            if said.get(key) != first.get(key)
        ]
        assert not unlike, report(seed, world, period, unlike)


def _expected(world: World, period: str) -> dict[str, Result]:
    one = copies.copied(world, 1)
    return appraise(one.rulebook, one.event_types, one.roster, one.events, period, one.others)


def _one_copy(county: County, world: World, period: str) -> dict[str, Result]:
    """The first copy's results, as the oracle would say them."""
    found = {}
    with worlds.shown(county, world.rulebook["rulebook"], period) as (transaction, seen):
        page = results.ranking(transaction, seen, results.Asked(limit=100_000))
        for subject in (item["subject"] for item in page["items"]):
            if copies.copy_of(subject) == 0:
                said = results.result(transaction, seen, *subject.split("/"))
                found[subject] = worlds.as_result(said, world.rulebook)
    return found
