"""A tenant apart: nobody sees it, nothing of it stays, and two at the same time don't meet."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg import sql

from service import clock, event_types
from service.cases import settling
from service.cases.folder import judged
from service.database.transactions import Database, Transaction
from service.errors import Problem
from service.rulebooks.files import Folder
from tests.cases.conftest import Judge
from tests.county import CASES, GROUNDS, County, visit

HECUN = Folder.of(Path(__file__).parents[2] / "examples" / "hecun" / "rulebook.yaml")


@pytest.fixture
def county(module_url: str, module_database: Database) -> County:
    """A county with rows in many tables, beside which cases are settled."""
    county = County.small(module_url, module_database)
    county.keep_cases()
    county.send(visit("w1", "h1"))
    county.ranking("2025-03")
    return county


def rows(url: str) -> dict[str, int]:
    """How many rows every table has, as the owner counts them."""
    with psycopg.connect(url) as owner:
        tables = [row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        count = sql.SQL("SELECT count(*) FROM {}")
        return {table: owner.execute(count.format(sql.Identifier(table))).fetchall()[0][0] for table in tables}


def named(transaction: Transaction) -> Any:
    """The tenant that row-level security goes by."""
    return transaction._connection.execute("SELECT current_setting('jifen.tenant_id')").fetchall()[0][0]


def test_cases_leave_nothing_behind(county: County, judge: Judge) -> None:
    """All of it is undone: events, roster, rules, standings, journal and chain."""
    before = rows(county.url)
    assert before["chain_head"] > 0
    assert judge().holds
    assert not judge(CASES.replace("100.00", "99.99", 1)).holds
    assert rows(county.url) == before


def test_a_publication_leaves_its_own_entry_alone(county: County) -> None:
    before = rows(county.url)
    assert county.approver.post("/v1/rulebooks/small-county@2026-1/publish", GROUNDS).status_code == 200
    after = rows(county.url)
    assert {table: after[table] - before[table] for table in after if after[table] != before[table]} == {
        "audit_entry": 1,
        "unsealed": 1,
        "publication": 1,
    }


def test_while_it_lasts_it_sees_its_own_alone_and_nobody_sees_it(county: County) -> None:
    """Invariant 14."""
    with county.database.transaction(county.tenant_id) as transaction:
        mine = set(event_types.all_types(transaction))
        with settling.ground(transaction, {}) as apart:
            assert event_types.all_types(apart) == {}
            event_types.declare(
                apart, "x", "only.here", {"title": "x", "subject": "worker", "dated_by": "time", "fields": {}}
            )
            assert set(event_types.all_types(apart)) == {"only.here"}
            assert apart.tenant_id is not None
            assert apart.tenant_id < 0
            with county.database.transaction(county.tenant_id) as other:
                assert set(event_types.all_types(other)) == mine
        assert named(transaction) == str(county.tenant_id)
        assert set(event_types.all_types(transaction)) == mine


def test_an_error_inside_undoes_it_and_leaves_the_transaction_whole(county: County) -> None:
    before = rows(county.url)
    with county.database.transaction(county.tenant_id) as transaction:
        with pytest.raises(Problem), settling.ground(transaction, {}) as apart:
            event_types.one(apart, "not.there")
        assert named(transaction) == str(county.tenant_id)
        assert clock.now().year < 9999
        assert event_types.all_types(transaction)
    assert rows(county.url) == before


def test_two_at_the_same_time_do_not_meet(module_database: Database) -> None:
    """Both stand in their own tenant before either goes on, and neither waits for the other."""
    here = Barrier(2, timeout=30)

    def test(_: int) -> tuple[int, bool]:
        with module_database.transaction() as transaction:
            with settling.ground(transaction, {}) as apart:
                here.wait()
                number = int(apart.tenant_id or 0)
            _, made = judged(transaction, HECUN)
            here.wait()
            return number, made.holds

    with ThreadPoolExecutor(2) as threads:
        (one, is_right), (other, is_too) = threads.map(test, range(2))
    assert one != other
    assert is_right
    assert is_too


def test_the_clock_goes_on_where_no_case_is_settled() -> None:
    def passed() -> Iterator[int]:
        yield clock.now().year
        with clock.after_everything():
            yield clock.now().year
        yield clock.now().year

    first, inside, last = passed()
    assert first == last < inside == 9999
