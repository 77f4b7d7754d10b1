"""The same facts on every supported PostgreSQL: the embedded 18, and a server of version 15 where its programs are."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from service.database.embedded import Embedded
from service.database.migrations import migrate
from service.database.transactions import Database
from tests.computation import worlds
from tests.conftest import opened
from tests.county import County, event, rating, visit

POSTGRESQL_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def server_15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (POSTGRESQL_15 / "postgres").exists():
        pytest.skip(f"PostgreSQL 15 is not tried: no programs of it in {POSTGRESQL_15}")
    with Embedded(tmp_path_factory.mktemp("pg15"), POSTGRESQL_15) as url:
        migrate(url)
        yield url


@pytest.fixture(scope="module")
def database_15(server_15: str) -> Iterator[Database]:
    yield from opened(server_15)


def test_the_main_job_on_postgresql_15(server_15: str, database_15: Database, county: County) -> None:
    """Invariant 5: computed again on another PostgreSQL, results have the same digest."""
    with psycopg.connect(server_15) as connection:
        assert connection.info.server_version // 10000 == 15
    there = County.small(server_15, database_15)
    facts = _facts()
    county.send(*facts)
    there.send(*reversed(facts))
    for period in ("2025-02", "2025-03", "2025"):
        assert worlds.digest(there, period) == worlds.digest(county, period)
    for month in ("2025-02", "2025-03"):
        published = [_published(c, month) for c in (county, there)]
        assert published[0]["digest"] == published[1]["digest"]


@pytest.mark.parametrize("seed", worlds.seeds(share=10))
def test_random_worlds_on_postgresql_15(
    module_url: str, module_database: Database, server_15: str, database_15: Database, seed: int
) -> None:
    """Invariant 5: whatever words a rulebook has, its results have the same digest on both."""
    world = worlds.world(seed)
    here = worlds.settle(module_url, module_database, world)
    there = worlds.settle(server_15, database_15, replace(world, events=world.events[::-1]))
    for period in world.periods:
        rulebook = world.rulebook["rulebook"]
        assert worlds.digest(there, period, rulebook) == worlds.digest(here, period, rulebook), f"seed {seed}, {period}"


def _published(county: County, period: str) -> dict[str, Any]:
    assert county.hr.post(f"/v1/periods/{period}/close").status_code == 200
    answer = county.hr.post(f"/v1/periods/{period}/publish")
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def _facts() -> list[dict[str, Any]]:
    chance = random.Random(15)
    facts = []
    for n in range(300):
        worker, day = f"w{chance.randint(1, 6)}", chance.randint(1, 28)
        time = f"2025-{chance.randint(2, 3):02}-{day:02}T{chance.randint(0, 23):02}:30:00+08:00"
        kind = chance.choice(["visit", "visit", "rating", "complaint"])
        if kind == "visit":
            facts.append(visit(worker, f"h{n % 9}", time))
        elif kind == "rating":
            facts.append(rating(worker, chance.randint(1, 5), time))
        elif n % 5 == 0:
            facts.append(event("violation.complaint", worker, time))
    return facts
