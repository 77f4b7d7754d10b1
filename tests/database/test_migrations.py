"""Migrations: applied once, in order, under one lock; a changed text and a database that is ahead are refused.

They are only added to: FROZEN has the SHA-256 of each, as sha256sum writes it.
"""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import sql
from service.database import migrations
from service.database.migrations import MigrationError, migrate

NAMES = [name for _, name, _ in sql.every_migration()]
FROZEN = (Path(__file__).parent / "migrations.sha256").read_text("utf-8")
# As they stood when servers began to be upgraded while they serve.
BEFORE_UPGRADES = {1, 2, 3, 4, 5, 9, 10}
# What servers of the version before would fail over or wait for.
CONTRACTIONS = (
    r"\bDROP (?!INDEX CONCURRENTLY|EXPRESSION)",
    r"\bRENAME\b",
    r"\bSET NOT NULL\b",
    r"\bALTER COLUMN \w+ (SET DATA )?TYPE\b",
    r"\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b",
    r"\bADD CONSTRAINT (?!.*\bNOT VALID\b)",
    r"\bREVOKE\b",
    r"^UPDATE\b",
    r"^DELETE\b",
    r"^TRUNCATE\b",
)
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


def test_what_was_released_is_never_changed_and_comes_first() -> None:
    """A database that has a migration refuses another text of it: append a new one, and its line to FROZEN."""
    texts = [f"{sha256(text.encode()).hexdigest()}  {name}.sql" for _, name, text in sql.every_migration()]
    assert FROZEN.splitlines() == texts


def test_numbers_rise() -> None:
    numbers = [number for number, _, _ in sql.every_migration()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("name", [name for number, name, _ in sql.every_migration() if number not in BEFORE_UPGRADES])
def test_servers_of_the_version_before_go_on_under_a_migration(name: str) -> None:
    """It expands. One that takes away says in its first line since which number no code uses what goes."""
    [(number, text)] = [(number, text) for number, found, text in sql.every_migration() if found == name]
    statements = re.sub(r"--.*", "", text)
    taken = [word for word in CONTRACTIONS if re.search(word, statements, re.MULTILINE)]
    unused = re.match(r"-- contracts: unused since (\d{4})", text)
    assert not taken or (unused and int(unused[1]) < number), taken
    made = set(re.findall(r"CREATE TABLE (\w+)", statements))
    indexed = re.findall(r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)\w+ ON (\w+)", statements)
    assert set(indexed) <= made, "an index of a table with rows is built CONCURRENTLY, outside a transaction"


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE seal;",
        "ALTER TABLE seal DROP COLUMN in_feed;",
        "ALTER TABLE seal RENAME COLUMN in_feed TO told;",
        "ALTER TABLE seal ADD COLUMN a integer NOT NULL;",
        "ALTER TABLE seal ALTER COLUMN entry_id TYPE text;",
        "ALTER TABLE seal ADD CONSTRAINT seal_check CHECK (position > 0);",
        "UPDATE seal SET in_feed = true;",
    ],
)
def test_a_contraction_is_known_when_it_is_seen(text: str) -> None:
    assert any(re.search(word, text, re.MULTILINE) for word in CONTRACTIONS)


def test_indexes_are_built_outside_a_transaction_and_again_after_a_failure(
    bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "-- outside a transaction\n"
        "DROP INDEX CONCURRENTLY IF EXISTS a;\n"
        "CREATE INDEX CONCURRENTLY a ON tenant (created_at);\n"
    )
    known = [*sql.every_migration(), (9998, "9998_index", text)]
    monkeypatch.setattr(sql, "every_migration", lambda: [*known[:-1], (9998, "9998_index", text + "SELECT 1 / 0;\n")])
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(bare)
    assert applied(bare) == NAMES
    monkeypatch.setattr(sql, "every_migration", lambda: known)
    assert migrate(bare) == ["9998_index"]
    with psycopg.connect(bare) as connection:
        valid = connection.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a'::regclass").fetchone()
    assert valid == (True,)


BUSY = [(9998, "9998_busy", "ALTER TABLE seal ADD COLUMN a integer")]


def test_nobody_waits_long_behind_a_migration_that_waits(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long transaction, as that of a run, would hold up the migration, and it everybody who comes after."""
    known = [*sql.every_migration(), *BUSY]
    monkeypatch.setattr(sql, "every_migration", lambda: known)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as run, psycopg.connect(url, autocommit=True) as other:
        run.execute("SELECT FROM seal")
        migrating = pool.submit(migrate, url)
        other.execute("SET statement_timeout = '5s'")
        until = time.monotonic() + 3
        while time.monotonic() < until:
            other.execute("SELECT FROM seal")
            time.sleep(0.01)
        assert not migrating.done()
        run.commit()
        assert migrating.result(60) == ["9998_busy"]


def test_a_migration_that_never_finds_its_moment_gives_up_and_says_so(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [*sql.every_migration(), *BUSY]
    monkeypatch.setattr(sql, "every_migration", lambda: known)
    monkeypatch.setattr(migrations, "_TRIES", 2)
    with psycopg.connect(url) as run:
        run.execute("SELECT FROM seal")
        with pytest.raises(MigrationError, match="9998_busy found no moment"):
            migrate(url)


def test_an_owner_who_may_make_no_roles_migrates_where_the_role_is(bare: str) -> None:
    with psycopg.connect(bare, autocommit=True) as connection:
        migrate(bare)
        connection.execute("CREATE ROLE mere_owner LOGIN NOSUPERUSER NOCREATEROLE")
        try:
            connection.execute("GRANT jifen_service TO mere_owner")
            connection.execute("ALTER TABLE migration OWNER TO mere_owner")
            connection.execute("ALTER SCHEMA public OWNER TO mere_owner")
            assert migrate(make_conninfo(bare, user="mere_owner")) == []
        finally:
            connection.execute("REASSIGN OWNED BY mere_owner TO CURRENT_USER")
            connection.execute("DROP OWNED BY mere_owner")
            connection.execute("DROP ROLE mere_owner")
