"""A publication computes one half of a cohort on a connection of its own, and nobody can tell."""

from dataclasses import replace

import pytest

from service import journal, standings
from service.database.transactions import Database
from service.periods import parse
from service.rulebooks import store
from sql import numbered, statement
from tests.computation import worlds
from tests.computation.counting import counted
from tests.computation.plain import plain
from tests.county import County

JOIN, _ = numbered(statement("totals_join"))


def _digest(county: County, rulebook: str, period: str, is_alone: bool) -> str:
    """What a publication would freeze, computed on two connections or on one alone."""
    watermark = journal.sealed(county.database, county.tenant_id)
    with county.database.transaction(county.tenant_id) as transaction:
        if is_alone:
            transaction.beside = None
        ruling = store.ruling(transaction, parse(period), rulebook)
        standing = standings.refresh(transaction, ruling, parse(period), watermark, full=True, published=True)
        digest = transaction.one("standing_digest", standing=standing.number, rulebook=ruling.number).digest
    return bytes(digest).hex()


@pytest.mark.parametrize("seed", worlds.seeds(share=3))
def test_a_run_is_the_same_on_one_connection_and_on_two(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Invariants 5 and 8: forwards and backwards through the events too."""
    world = plain(worlds.world(seed)) if seed % 2 else worlds.world(seed)
    forwards = worlds.settle(module_url, module_database, world)
    backwards = worlds.settle(module_url, module_database, replace(world, events=world.events[::-1]))
    rulebook = world.rulebook["rulebook"]
    for period in world.periods:
        with counted(monkeypatch) as executed:
            alone = _digest(forwards, rulebook, period, is_alone=True)
        assert not executed[JOIN]
        assert _digest(forwards, rulebook, period, is_alone=False) == alone, f"seed {seed}, {period}"
        assert _digest(backwards, rulebook, period, is_alone=False) == alone, f"seed {seed}, {period}"
    assert worlds.unsummed(forwards) == []


def test_the_half_of_another_connection_is_taken_over(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = County.small(module_url, module_database)
    with counted(monkeypatch) as executed:
        _digest(county, "small-county", "2025-03", is_alone=False)
    assert executed[JOIN] == 1
    assert len(county.ranking("2025-03")) == 6
