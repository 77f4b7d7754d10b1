"""Work beside the requests: one leader, rows sealed in time, gone with its parent."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import namedtuple_row

from service import access, work
from service.database.transactions import Database, owner_transaction
from service.settings import Settings
from tests.county import County, visit
from tests.faults.stack import Stack, alive, within

SEALED_WITHIN_SECONDS = 10
SEAL = work.Task("seal", 1, work.seal_all)


@pytest.fixture
def owner(url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(url, row_factory=namedtuple_row, autocommit=True) as connection:
        yield connection


def waiting(owner: Connection[Any]) -> int:
    """How many entries of all tenants have no position yet."""
    row = owner.execute("SELECT count(*) AS n FROM unsealed").fetchone()
    assert row is not None
    return int(row.n)


def test_every_tenant_is_sealed(url: str, database: Database, owner: Connection[Any]) -> None:
    """Invariant 15: also one that nobody reads from."""
    with owner_transaction(url) as transaction:
        for name in ("one", "two", "three"):
            access.create_tenant(transaction, "setup", name)
    assert waiting(owner) == 3
    assert work.once(database, SEAL)
    assert waiting(owner) == 0


def test_one_leads_at_a_time(url: str, database: Database, owner: Connection[Any]) -> None:
    with owner_transaction(url) as transaction:
        access.create_tenant(transaction, "setup", "one")
    others: list[bool] = []
    asks = work.Task("seal", 1, lambda _: others.append(work.once(database, SEAL)))
    assert work.once(database, asks)
    assert (others, waiting(owner)) == ([False], 1)
    assert work.once(database, SEAL), "the lead ends with the transaction"
    assert waiting(owner) == 0


def test_tasks_are_done_again_and_again_until_told_to_stop(county: County, owner: Connection[Any]) -> None:
    stop = Event()
    settings = replace(Settings(), seal_seconds=1, verify_seconds=0, drift_seconds=0, webhook_seconds=0)
    assert [task.name for task in work.tasks(settings)] == ["seal", "expire", "expire_deliveries"]
    running = Thread(target=work.run, args=(county.database, settings, stop))
    running.start()
    try:
        for n in range(2):
            county.send(visit("w1", f"h{n}"))
            assert within(SEALED_WITHIN_SECONDS, lambda: waiting(owner) == 0)
    finally:
        stop.set()
        running.join(SEALED_WITHIN_SECONDS)
    assert not running.is_alive()


def test_what_fails_is_tried_again(county: County, owner: Connection[Any]) -> None:
    tries: list[int] = []

    def fail_once(database: Database) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("the first time")
        work.seal_all(database)

    stop = Event()
    repeated = Thread(target=work._repeat, args=(county.database, work.Task("seal", 1, fail_once), stop))
    repeated.start()
    assert within(SEALED_WITHIN_SECONDS, lambda: len(tries) > 1 and waiting(owner) == 0)
    stop.set()
    repeated.join(SEALED_WITHIN_SECONDS)


def test_a_sample_is_proven_and_remembered(county: County, owner: Connection[Any]) -> None:
    for step in ("close", "publish"):
        county.hr.post(f"/v1/periods/2025-03/{step}")
    work.verify_one(county.database)
    [one] = owner.execute("SELECT of, checked, wrong FROM verification").fetchall()
    assert (one.of, one.checked, one.wrong) == ("runs", 1, 0)
    owner.execute("UPDATE result SET total = total + 1")
    work.verify_one(county.database)
    last = owner.execute("SELECT wrong FROM verification ORDER BY verification_no DESC").fetchone()
    assert last is not None
    assert last.wrong == 1


def test_with_no_tenant_there_is_nothing_to_prove(database: Database) -> None:
    work.verify_one(database)


def test_it_is_served_with_a_process_beside_that_lives_as_long() -> None:
    """Sealed in time with nobody reading, begun again after a kill, and no orphan after the parent's."""
    with Stack() as stack:
        with psycopg.connect(stack.url) as connection:
            connection.execute("INSERT INTO tenant (name) VALUES ('one')")
            connection.execute("INSERT INTO chain_head VALUES (1, 0, '')")
            add = "INSERT INTO audit_entry VALUES (1, DEFAULT, 'x', 'x', 'x', now(), 1, '{}', '') RETURNING entry_id"
            entry = connection.execute(add).fetchone()
            connection.execute("INSERT INTO unsealed VALUES (1, %s)", entry)
        with psycopg.connect(stack.url, row_factory=namedtuple_row, autocommit=True) as connection:
            assert within(SEALED_WITHIN_SECONDS, lambda: waiting(connection) == 0), stack.tail()
        keeper, worker = stack.beside()
        os.kill(worker, signal.SIGKILL)
        assert within(10, lambda: len(stack.beside()) == 2 and worker not in stack.beside()), stack.tail()
        keeper, worker = stack.beside()
        stack.kill_master()
        assert within(30, lambda: not alive(keeper) and not alive(worker)), stack.tail()
        stack.start()
        beside = stack.beside() if within(10, lambda: len(stack.beside()) == 2) else []
        assert beside, stack.tail()
        stack.stop()
        assert within(5, lambda: not any(alive(process) for process in beside)), stack.tail()
