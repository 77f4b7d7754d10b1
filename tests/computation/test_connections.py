"""A publication computes parts of a cohort on a connection of their own, and nobody can tell."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from service import digests, journal, standings
from service.database.transactions import Database, Transaction
from service.errors import Problem
from service.periods import parse
from service.rulebooks import store
from sql import numbered, statement
from tests.computation import worlds
from tests.computation.counting import counted
from tests.computation.plain import plain
from tests.county import County

JOIN, _ = numbered(statement("totals_join"))
PARTS, _ = numbered(statement("totals_add_plain"))


class _AtOnce(ThreadPoolExecutor):
    """Whoever hands something over goes on when it is done."""

    def submit(self, *call: Any, **named: Any) -> Future[Any]:
        future = super().submit(*call, **named)
        wait([future])
        return future


@contextmanager
def _breaking(begin: Callable[[], AbstractContextManager[Transaction]]) -> Iterator[Transaction]:
    """Another connection, which is lost before it has stored anything."""
    with begin() as other:
        yield other
        raise Problem("service.unavailable")


def _digest(county: County, rulebook: str, period: str, is_alone: bool, breaks: bool = False) -> str:
    """What a publication would freeze, computed on two connections, of which one breaks, or on one alone."""
    watermark = journal.sealed(county.database, county.tenant_id)
    with county.database.transaction(county.tenant_id) as transaction:
        if is_alone:
            transaction.beside = None
        if breaks:
            assert transaction.beside is not None
            transaction.beside = partial(_breaking, transaction.beside)
        ruling = store.ruling(transaction, parse(period), rulebook)
        standing = standings.refresh(transaction, ruling, parse(period), watermark, full=True, published=True)
        return digests.of(transaction, standing.number, ruling).digest.hex()


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


def test_what_another_connection_computed_is_taken_over(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = County.small(module_url, module_database)
    with counted(monkeypatch) as executed:
        _digest(county, "small-county", "2025-03", is_alone=False)
    assert executed[JOIN] == 1
    assert len(county.ranking("2025-03")) == 6


def test_what_another_connection_lost_is_computed_here(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 8: it took every part, and broke before they were stored."""
    county = County.small(module_url, module_database)
    alone = _digest(county, "small-county", "2025-03", is_alone=True)
    monkeypatch.setattr(standings, "ThreadPoolExecutor", _AtOnce)
    with counted(monkeypatch) as executed:
        assert _digest(county, "small-county", "2025-03", is_alone=False, breaks=True) == alone
    assert executed[PARTS] == 8
    assert not executed[JOIN]
