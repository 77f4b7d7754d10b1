"""From the release before to this one, while it is used; and under what the next one may add."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import sql
from service.database.migrations import migrate, newest
from tests.upgrade.release import ROOT, Release, ask, taken_from_history
from tests.upgrade.settled import proven, settled
from tests.upgrade.traffic import Traffic

# The last commit before migrations were only added to.
BEFORE = "9bfe031"
EXPANSION = [
    (
        9997,
        "9997_columns",
        "ALTER TABLE event ADD COLUMN a integer;"
        "ALTER TABLE seal ADD COLUMN a text;"
        "ALTER TABLE result ADD COLUMN a integer; ALTER TABLE tier ADD COLUMN a integer;"
        "ALTER TABLE token ADD COLUMN a integer NOT NULL DEFAULT 0; ALTER TABLE standing ADD COLUMN a text;",
    ),
    (
        9998,
        "9998_index",
        "-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS a;\n"
        "CREATE INDEX CONCURRENTLY a ON event (tenant_id, a);\n",
    ),
]


@pytest.fixture
def bare(server: str) -> Iterator[str]:
    """A database in which nothing was ever migrated."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE upgraded")
        yield make_conninfo(server, dbname="upgraded")
        connection.execute("DROP DATABASE upgraded WITH (FORCE)")


@pytest.fixture
def now(bare: str, tmp_path: Path) -> Release:
    """This release over that database."""
    return Release(ROOT, bare, tmp_path / "now")


@pytest.fixture
def before(bare: str, tmp_path: Path) -> Release:
    """The release before over the same one."""
    code = taken_from_history(BEFORE, tmp_path / "code")
    if code is None:
        pytest.skip(
            f"SKIPPED: no upgrade was tried, as this copy's history doesn't have {BEFORE}: git fetch --unshallow"
        )
    return Release(code, bare, tmp_path / "before")


def test_no_request_fails_from_the_release_before_to_this_one(bare: str, before: Release, now: Release) -> None:
    """Invariants 1, 15, 16: servers of both serve from the migration until the last old one ends."""
    before.run("migrate")
    with now:
        with before:
            hr = settled(before)
            with Traffic(hr, [before.port]) as traffic:
                traffic.go_on(30)
                assert ask(now.port, "GET", "/readyz").status == 503, "its schema isn't there yet"
                assert "0013_feed" in now.run("migrate")
                assert ask(now.port, "GET", "/readyz").status == 200
                traffic.go_on(30)
                traffic.ports = [before.port, now.port]
                traffic.go_on(60)
                traffic.ports = [now.port]
                traffic.go_on(30)
                before.__exit__()
                traffic.go_on(30)
        about = "SELECT count(*) FROM audit_entry WHERE action = 'period.publish' AND about IS "
        with psycopg.connect(bare, autocommit=True) as connection:
            assert connection.execute(f"{about} NULL".encode()).fetchone() != (0,), "the release before leaves it out"
            now.run("migrate")
            assert connection.execute(f"{about} NULL".encode()).fetchone() == (0,)
            assert connection.execute(f"{about} NOT NULL".encode()).fetchone() == (len(traffic.published),)
        proven(now, hr, traffic)


def test_no_request_fails_under_what_the_next_release_adds(
    bare: str, now: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers of this one are ready, and go on, over a schema that the next one has expanded."""
    now.run("migrate")
    with now:
        hr = settled(now)
        with Traffic(hr, [now.port]) as traffic:
            traffic.go_on(40)
            known = [*sql.every_migration(), *EXPANSION]
            monkeypatch.setattr(sql, "every_migration", lambda: known)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(migrate, bare).result(120) == [name for _, name, _ in EXPANSION]
            monkeypatch.undo()
            traffic.go_on(40)
            assert ask(now.port, "GET", "/readyz") == (200, {"status": "ready", "schema": 9998, "needs": newest()})
        proven(now, hr, traffic)
