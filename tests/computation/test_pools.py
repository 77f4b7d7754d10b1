"""Sizes of pools: a standing keeps them from one refresh to the next, and counts what nobody kept.

Each reading is compared with the oracle, which counts the seats of 20% and the last of the pool anew.
"""

from collections.abc import Callable

import psycopg
import pytest

from service import pools
from service.database.transactions import Database
from sql import numbered, statement
from tests.computation.counting import counted
from tests.computation.test_cost import EVERY_KIND
from tests.computation.town import Town, people, worker
from tests.computation.worlds import miscounted
from tests.oracle.cases import event, on, rulebook

KEPT_APART = EVERY_KIND.replace("pool_in_tenant", "keep_apart").replace(
    "ceiling: competent}]",
    "ceiling: competent}, {id: asked, title: 核查, when: {negative: complaint}, no_tier: under_investigation}]",
)
PEOPLE = [f"w{n:02}" for n in range(15)]


@pytest.fixture
def town(module_url: str, module_database: Database) -> Town:
    """Fifteen people of one group with one visit each, read once."""
    town = Town(module_url, module_database, rulebook(KEPT_APART), people=people(*PEOPLE))
    town.send(*(_visit(who, n) for n, who in enumerate(PEOPLE)))
    town.results()
    return town


def test_a_refresh_counts_no_pool_whose_size_was_kept(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant 9: whoever joins, leaves, or has no tier any more is added and taken away."""
    changes: list[Callable[[], None]] = [
        lambda: town.send(_visit("w01", 20), _visit("w01", 21)),
        lambda: town.state(worker("w02", assignments=[])),
        lambda: town.state(worker("w15")),
        lambda: town.send(event("violation.complaint", "w15", on("03-03"))),
        lambda: town.send(_visit("w15", 22)),
    ]
    for change in changes:
        change()
        assert _counts(town, monkeypatch) == 0
        assert _kept(town) is not None
        assert miscounted(town.county) == []
        town.results()


def test_sizes_that_another_refresh_left_behind_are_not_believed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of the version before refresh and keep nothing, while they are upgraded."""
    _as_owner(
        town, "UPDATE standing SET pools = '{\"lotus\": [1, 1, 1]}', refreshed_at = refreshed_at + interval '1 s'"
    )
    town.send(_visit("w03", 20), _visit("w03", 21))
    assert _counts(town, monkeypatch) == 1
    town.results()
    town.send(_visit("w04", 22), _visit("w04", 23))
    assert _counts(town, monkeypatch) == 0
    assert _kept(town) is not None
    assert miscounted(town.county) == []
    town.results()


def test_many_pools_are_counted_and_not_kept(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_MOST_KEPT", 0)
    town.send(_visit("w05", 20), _visit("w05", 21))
    town.results()
    assert _kept(town) is None
    town.send(_visit("w06", 22), _visit("w06", 23))
    assert _counts(town, monkeypatch) == 1
    town.results()


def _visit(who: str, n: int) -> dict[str, object]:
    return event("visit.done", who, on("03-02"), household=f"h{n}", minutes=1)


def _counts(town: Town, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a reading counts a pool."""
    with counted(monkeypatch) as executed:
        town.county.ranking("2025-03")
    return executed[numbered(statement("pool_sizes"))[0]]


def _kept(town: Town) -> object:
    return _as_owner(town, "SELECT nullif(pools, '{}') FROM standing WHERE tenant_id = %s", town.county.tenant_id)


def _as_owner(town: Town, text: str, *values: object) -> object:
    with psycopg.connect(town.county.url) as connection:
        cursor = connection.execute(text.encode(), values)
        return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]
