"""Migrations: applied once, in order, under one lock; a changed text and a database that is ahead are refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import sql
from service.database.migrations import MigrationError, migrate

NAMES = [name for _, name, _ in sql.every_migration()]
_numbers = count(1)


@pytest.fixture
def bare(server: str) -> Iterator[str]:
    """A database in which nothing was ever migrated."""
    name = f"bare_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield make_conninfo(server, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def applied(url: str) -> list[str]:
    """The migrations that a database says it has."""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM migration ORDER BY number")]


def test_everything_is_applied_in_order_and_nothing_twice(bare: str) -> None:
    assert migrate(bare) == NAMES
    assert migrate(bare) == []
    assert applied(bare) == NAMES


def test_two_at_once_apply_everything_once(bare: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(migrate, [bare, bare]))
    assert sorted(said) == [[], NAMES]


def test_what_is_missing_is_added_later(bare: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sql.every_migration()[:1]
    monkeypatch.setattr(sql, "every_migration", lambda: first)
    assert migrate(bare) == NAMES[:1]
    monkeypatch.undo()
    assert migrate(bare) == NAMES[1:]


def test_a_text_that_changed_since_it_was_applied_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [(number, name, text + "\n-- more") for number, name, text in sql.every_migration()]
    monkeypatch.setattr(sql, "every_migration", lambda: changed)
    with pytest.raises(MigrationError, match=f"{NAMES[0]} was changed"):
        migrate(url)


def test_a_database_that_is_ahead_is_refused(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO migration (number, name, hash) VALUES (9999, 'future', '')")
    with pytest.raises(MigrationError, match="ahead of this program: it has migration 9999"):
        migrate(url)


def test_a_migration_that_fails_leaves_nothing(bare: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [*sql.every_migration(), (9998, "9998_broken", "CREATE TABLE half (a integer); SELECT 1 / 0")]
    monkeypatch.setattr(sql, "every_migration", lambda: broken)
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(bare)
    assert applied(bare) == NAMES
    with psycopg.connect(bare) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)


def test_numbers_are_consecutive_and_names_are_unique() -> None:
    assert [number for number, _, _ in sql.every_migration()] == list(range(1, len(NAMES) + 1))
    assert len(set(NAMES)) == len(NAMES)
