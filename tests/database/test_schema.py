"""The schema: the tenant first in every key, row-level security, a role of the service that adds and never rewrites."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, errors, sql

from service.database.transactions import SERVICE_ROLE, Database
from sql import every_migration
from tests.conftest import opened
from tests.county import County, visit

UNTENANTED = {"migration", "tenant"}
UNCHANGEABLE = [
    "audit_entry",
    "category",
    "chain_block",
    "completion",
    "event",
    "finalisation",
    "gate",
    "indicator",
    "measure",
    "organisation_record",
    "outcome",
    "reading",
    "test",
    "clause",
    "restriction",
    "ranked_list",
    "result_lines",
    "publication",
    "result",
    "rulebook",
    "rulebook_cases",
    "run",
    "run_input",
    "seal",
    "sheet",
    "subject",
    "tie_break",
    "tier",
    "verification",
    "worker_record",
    "assignment",
    "attribute",
    "source",
    "calendar_year",
    "notice",
    "forcing",
    "objection",
    "objection_end",
    "run_answer",
]


@pytest.fixture(scope="module")
def filled(module_url: str) -> Iterator[County]:
    """A county with at least one row in every table that nobody may change."""
    for database in opened(module_url):
        county = County.small(module_url, database)
        county.send(visit("w1", "h1"))
        county.keep_cases()
        county.hr.put("/v1/workers/w1", {"attributes": [{"name": "a", "value": "b", "from": "2024-01-01"}]})
        for month in range(1, 13):
            for step in ("close", "publish"):
                county.hr.post(f"/v1/periods/2025-{month:02}/{step}")
        for step in ("close", "publish", "finalise"):
            county.hr.post(f"/v1/periods/2025/{step}")
        yield county


def names(connection: Connection[Any], query: str) -> list[str]:
    """The first column of a query."""
    return [row[0] for row in connection.execute(query.encode())]


TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"


def test_every_table_but_the_tenants_own_has_the_tenant(owner: Connection[Any]) -> None:
    tables = set(names(owner, TABLES))
    tenanted = set(names(owner, "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant_id'"))
    assert tables - tenanted == {"migration"}


def test_the_tenant_is_first_in_every_key(owner: Connection[Any]) -> None:
    keys = names(
        owner,
        "SELECT i.indexrelid::regclass || ' ' || a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND c.relname NOT IN ('migration', 'tenant')",
    )
    assert len(keys) > 30
    assert [key for key in keys if not key.endswith(" tenant_id")] == []


def test_every_table_has_a_primary_key(owner: Connection[Any]) -> None:
    keyed = names(owner, "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p'")
    assert set(names(owner, TABLES)) - set(keyed) == set()


def test_every_table_of_a_tenant_is_closed_by_row_level_security(owner: Connection[Any]) -> None:
    """Invariant 14: by the database itself."""
    closed = names(owner, f"{TABLES} AND relrowsecurity")
    assert set(names(owner, TABLES)) - set(closed) == UNTENANTED


def test_every_policy_is_that_one(owner: Connection[Any]) -> None:
    """Invariant 14: one policy for every command and role, on the tenant that the transaction names."""
    policies = owner.execute(
        "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
    ).fetchall()
    assert {policy[0] for policy in policies} == set(names(owner, TABLES)) - UNTENANTED
    condition = "(tenant_id = (current_setting('jifen.tenant_id'::text))::integer)"
    assert {policy[1:] for policy in policies} == {("tenant_only", "PERMISSIVE", "{public}", "ALL", condition, None)}


def test_the_services_role_cannot_pass_row_level_security(owner: Connection[Any]) -> None:
    """Invariant 14: neither by attribute, nor as owner, nor as member of another role."""
    row = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = %s",
        [SERVICE_ROLE],
    ).fetchone()
    assert row is not None
    assert tuple(row) == (False, False, False, False, False)
    assert names(owner, f"SELECT roleid::text FROM pg_auth_members WHERE member = '{SERVICE_ROLE}'::regrole") == []


def test_the_services_role_owns_nothing(owner: Connection[Any]) -> None:
    assert names(owner, f"SELECT relname FROM pg_class WHERE relowner = '{SERVICE_ROLE}'::regrole") == []


def test_the_services_role_cannot_make_anything(filled: County) -> None:
    for statement in ("CREATE TABLE mine (a integer)", "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql RETURN 1"):
        with pytest.raises(errors.InsufficientPrivilege):
            as_service(filled, statement)


def as_service(county: County, statement: str) -> int:
    """Execute as the service's role with the county's tenant set, and undo it; how many rows it touched."""
    with psycopg.connect(county.url) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(SERVICE_ROLE)))
        connection.execute("SELECT set_config('jifen.tenant_id', %s, true)", [str(county.tenant_id)])
        count = connection.execute(statement.encode()).rowcount
        connection.rollback()
        return count


@pytest.mark.parametrize("table", UNCHANGEABLE)
def test_what_is_recorded_cannot_be_changed_by_the_service(filled: County, table: str) -> None:
    """Invariants 3, 12 and 15: no UPDATE, DELETE or TRUNCATE of events, results, runs, rules and the journal."""
    for statement in (
        f"UPDATE {table} SET tenant_id = tenant_id",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"DROP TABLE {table}",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            as_service(filled, statement)


def test_no_column_of_what_is_recorded_can_be_updated(owner: Connection[Any]) -> None:
    """Invariant 3: not by a grant on single columns either."""
    updatable = names(
        owner,
        "SELECT DISTINCT table_name || '.' || column_name FROM information_schema.column_privileges"
        f" WHERE grantee = '{SERVICE_ROLE}' AND privilege_type = 'UPDATE'"
        " AND table_name NOT IN ('standing', 'standing_lines', 'standing_result') ORDER BY 1",
    )
    assert updatable == [
        "budget.available",
        "budget.counted_at",
        "chain_head.hash",
        "chain_head.position",
        "command.answer",
        "command.location",
        "command.status",
        "delivery.attempts",
        "delivery.ended_at",
        "delivery.next_at",
        "delivery.state",
        "dictionary.entry_id",
        "event_type.declaration",
        "period_state.state",
        "person.name",
        "person.phone",
        "rejection.findings",
        "rejection.last_at",
        "rejection.request_id",
        "rejection.times",
        "remark.reason",
        "token.expires_at",
        "token.last_used_at",
        "token.revoked_at",
        "webhook.failing_since",
        "webhook.ordinal",
        "webhook.position",
        "webhook.state",
        "webhook.types",
        "webhook.url",
        "webhook_secret.ends_at",
    ]


def test_what_can_be_deleted_is_a_cache_a_queue_or_personal(owner: Connection[Any]) -> None:
    """Invariant 3: nothing that a result rests on."""
    deletable = names(
        owner,
        "SELECT table_name FROM information_schema.table_privileges"
        f" WHERE grantee = '{SERVICE_ROLE}' AND privilege_type = 'DELETE' ORDER BY 1",
    )
    assert deletable == [
        "alias",
        "command",
        "delivery",
        "delivery_attempt",
        "person",
        "rejection",
        "salt",
        "standing",
        "standing_lines",
        "standing_result",
        "unsealed",
        "webhook",
        "webhook_secret",
    ]


def test_nobody_else_has_rights(owner: Connection[Any]) -> None:
    """Invariant 3: no grant on any table to anybody but the service's role."""
    others = names(
        owner,
        "SELECT DISTINCT grantee || ' ' || table_name FROM information_schema.table_privileges"
        f" WHERE table_schema = 'public' AND grantee NOT IN ('{SERVICE_ROLE}', current_user)",
    )
    assert others == []


def test_every_constraint_is_named_in_the_migrations(owner: Connection[Any]) -> None:
    said = "\n".join(text for _, _, text in every_migration())
    constraints = names(
        owner,
        "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
        " AND conname <> 'migration_pkey'",
    )
    assert len(constraints) > 40
    assert [name for name in constraints if f"CONSTRAINT {name} " not in said] == []


def test_every_table_says_what_it_is_for(owner: Connection[Any]) -> None:
    silent = names(owner, f"{TABLES} AND obj_description(oid, 'pg_class') IS NULL AND relname <> 'migration'")
    assert silent == []


def test_every_key_of_text_is_compared_byte_by_byte(owner: Connection[Any]) -> None:
    """Invariant 5: the same order on any machine, so ids and words have the collation "C"."""
    free_text = {"person.name", "person.phone", "remark.reason", "organisation_record.title", "migration.name"}
    free_text |= {"publication.reason", "publication.document"}
    columns = names(
        owner,
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.attcollation <> 0 AND a.attcollation <> 'pg_catalog.\"C\"'::regcollation",
    )
    assert set(columns) - free_text == set()


def test_points_are_numeric(owner: Connection[Any]) -> None:
    """Invariant 7: no binary float in any table."""
    floats = names(
        owner,
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND (data_type IN ('real', 'double precision') OR udt_name IN ('_float4', '_float8'))",
    )
    assert floats == []


def test_the_service_connects_as_its_role(module_url: str) -> None:
    """Invariant 14: every transaction of the pool has given the owner's rights away."""
    for database in opened(module_url):
        assert role(database) == SERVICE_ROLE


def role(database: Database) -> str:
    """The role of a transaction of the pool."""
    with database.transaction() as transaction:
        row = transaction._connection.execute("SELECT current_user").fetchone()
    assert row is not None
    return str(row[0])
