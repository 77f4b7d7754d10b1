"""More than one machine: what Citus would be told, and that no statement asks what it refuses.

Citus itself isn't here. Functions of its names note how they were called, in a database in which a county then lives;
what it refuses was found out once on real clusters and is written down here as words that no statement may have.
"""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import Connection

import sql
from service import verification
from service.cli import main
from service.database.distribution import DistributionError, distribute
from tests.conftest import opened
from tests.county import County, visit

STAND_IN = """
CREATE TABLE apart_called (call_no bigint GENERATED ALWAYS AS IDENTITY, said text, name regclass);
CREATE SCHEMA apart;
ALTER TABLE apart_called SET SCHEMA apart;
CREATE VIEW apart.citus_tables AS SELECT name AS table_name FROM apart.apart_called;
CREATE FUNCTION apart.create_reference_table(name regclass) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO apart.apart_called (said, name) VALUES ('reference', name) $$;
CREATE FUNCTION apart.create_distributed_table(name regclass, by text, colocate_with text DEFAULT 'default')
    RETURNS void LANGUAGE sql AS
    $$ INSERT INTO apart.apart_called (said, name) VALUES (by || ' with ' || colocate_with, name) $$;
"""
_UNTIL_RETURNING = r"(?:(?!RETURNING).)*"
REFUSED = {
    "a function that isn't immutable in DO UPDATE": r"DO UPDATE SET"
    + _UNTIL_RETURNING
    + r"\b(now|clock_timestamp|random|current_setting)\s*\(",
    "a query among VALUES": r"\bVALUES\s*\((?:[^()]|\([^()]*\))*\(\s*SELECT\b",
    "a volatile function in UPDATE": r"\bUPDATE \w+(?: \w+)? SET"
    + _UNTIL_RETURNING
    + r"\b(clock_timestamp|random|gen_random_uuid|nextval)\s*\(",
    "another tenant for a row": r"\bSET tenant_id\b",
    "locks that others skip": r"SKIP LOCKED",
    "several groupings": r"GROUPING SETS|\b(ROLLUP|CUBE)\s*\(",
    "recursion": r"WITH RECURSIVE",
    "a trigger": r"CREATE (CONSTRAINT )?TRIGGER",
    "a query in a policy": r"\bPOLICY\b[^;]*\(\s*SELECT\b",
}
# Allowed where the whole statement is about one tenant, and goes to his machine as it is.
OF_ONE_TENANT = r"FOR UPDATE|\bLATERAL \("


@pytest.fixture
def cluster(url: str) -> Iterator[Connection[Any]]:
    """The owner's connection to a migrated database with what stands in for Citus."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(STAND_IN)
        connection.execute(b"ALTER DATABASE " + connection.info.dbname.encode() + b" SET search_path = public, apart")
        yield connection


def calls(cluster: Connection[Any]) -> list[tuple[str, str]]:
    """What Citus was told, in order."""
    return cluster.execute("SELECT said, name::text FROM apart.apart_called ORDER BY call_no").fetchall()


def test_every_table_is_distributed_by_its_tenant_beside_the_others(url: str, cluster: Connection[Any]) -> None:
    """Invariant 14: a tenant is on one machine, with everything of his."""
    tables = [row[0] for row in cluster.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert sorted(distribute(url)) == sorted(set(tables) - {"migration"})
    said = calls(cluster)
    assert said[:2] == [("reference", "tenant"), ("tenant_id with none", "event")]
    assert {call for call, _ in said[2:]} == {"tenant_id with event"}
    assert distribute(url) == []


def test_a_table_of_a_later_migration_joins_the_others(
    url: str, cluster: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    distribute(url)
    cluster.execute("CREATE TABLE later (tenant_id integer, a integer)")
    monkeypatch.setenv("DATABASE_URL", url)
    said = CliRunner().invoke(main, ["migrate", "--distribute"])
    assert (said.exit_code, said.output) == (0, "nothing to apply\ndistributed: later\n")
    assert calls(cluster)[-1] == ("tenant_id with event", "later")


def test_numbers_are_wide_enough_for_ranges_and_the_service_does_not_mind(url: str, cluster: Connection[Any]) -> None:
    """Invariant 5: the county comes out the same, and is proven."""
    distribute(url)
    narrow = cluster.execute(
        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attidentity <> '' AND atttypid <> 'bigint'::regtype"
    )
    assert narrow.fetchall() == []
    for database in opened(url):
        county = County.small(url, database)
        county.send(visit("w1", "h1"), visit("w2", "h2"))
        for step in ("close", "publish"):
            answer = county.hr.post(f"/v1/periods/2025-03/{step}")
            assert answer.status_code == 200, answer.json
        assert county.ranking("2025-03")[0]["total"] == "40.00"
        assert [run.wrong for run in verification.verify(database, county.tenant_id)] == [[]]


def test_where_there_is_no_citus_it_says_so(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DistributionError, match="has no Citus"):
        distribute(url)
    monkeypatch.setenv("DATABASE_URL", url)
    said = CliRunner().invoke(main, ["migrate", "--distribute"])
    assert (said.exit_code, "Error: this database has no Citus" in said.output) == (1, True), said.output


def without_remarks(text: str) -> str:
    """A statement alone."""
    return re.sub(r"--.*", "", text)


STATEMENTS = {name: without_remarks(text) for name, text in sql.statements().items()}
MIGRATIONS = {name: without_remarks(text) for _, name, text in sql.every_migration()}


@pytest.mark.parametrize("what", REFUSED)
def test_no_statement_has_what_citus_refuses(what: str) -> None:
    found = [n for n, text in (STATEMENTS | MIGRATIONS).items() if re.search(REFUSED[what], text, re.DOTALL)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (
            "a function that isn't immutable in DO UPDATE",
            "INSERT INTO a VALUES (1) ON CONFLICT (a) DO UPDATE SET b = now()",
        ),
        ("a query among VALUES", "INSERT INTO a VALUES (coalesce(1, 2), (SELECT 1))"),
        ("a volatile function in UPDATE", "UPDATE a SET b = clock_timestamp() WHERE c"),
        ("another tenant for a row", "UPDATE a SET tenant_id = 2"),
        ("locks that others skip", "SELECT a FROM b FOR UPDATE SKIP LOCKED"),
        ("several groupings", "SELECT a FROM b GROUP BY ROLLUP (a)"),
        ("recursion", "WITH RECURSIVE a AS (SELECT 1) SELECT 1"),
        ("a trigger", "CREATE TRIGGER a"),
        ("a query in a policy", "ALTER POLICY a ON b WITH CHECK (c = (SELECT 1))"),
    ],
)
def test_what_citus_refuses_is_known_when_it_is_seen(what: str, text: str) -> None:
    assert re.search(REFUSED[what], text, re.DOTALL)


def test_what_goes_to_one_machine_alone_names_its_tenant() -> None:
    asked = {name: text for name, text in STATEMENTS.items() if re.search(OF_ONE_TENANT, text)}
    reads = re.compile(r"\b(?:FROM|JOIN) (?!unnest|jsonb_|generate_)\w+")
    assert len(asked) > 10
    assert [n for n, text in asked.items() if reads.search(text) and "%(tenant)s" not in text] == []


def test_no_table_refers_to_another_without_the_tenant(url: str) -> None:
    """A key from a distributed table to a local one is refused."""
    with psycopg.connect(url) as connection:
        keys = connection.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'").fetchall()
    assert keys == []
