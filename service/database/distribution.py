"""Spreads a migrated schema over a cluster of Citus: every table by its tenant, so that a tenant is on one machine.

All tables are co-located: whatever a transaction of one tenant asks is answered by the machine that has it. The table
of tenants is on every machine, the bookkeeping of migrations on the coordinator. Tables that are distributed already
stay as they are, so that new ones of a later migration join them.
"""

from typing import Any

from psycopg import Connection, sql

from service.database.transactions import owner_connection

_EVERYWHERE = "tenant"
_FIRST = "event"  # the others go where it is
_COORDINATORS = "migration"


class DistributionError(RuntimeError):
    """The schema can't be distributed; the text says why."""


def distribute(url: str) -> list[str]:
    """Distribute what isn't yet, as the owner, on the coordinator; answers the names of the tables.

    Best before there are rows: afterwards each table is moved while nobody can write to it.
    """
    with owner_connection(url) as connection:
        if connection.execute("SELECT to_regproc('create_distributed_table')").fetchone() == (None,):
            raise DistributionError(
                "this database has no Citus: CREATE EXTENSION citus, on every machine of the cluster"
            )
        tables = _missing(connection)
        for table in tables:
            _number_widely(connection, table)
            _place(connection, table)
        return tables


def _missing(connection: Connection[Any]) -> list[str]:
    """The tables of the schema that are on the coordinator alone: that of the tenants first, then the first."""
    rows = connection.execute(
        "SELECT relname FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)"
        " AND oid NOT IN (SELECT table_name::oid FROM citus_tables) ORDER BY relname",
        [[_COORDINATORS]],
    ).fetchall()
    found = [row.relname for row in rows]
    return sorted(found, key=lambda name: (name != _EVERYWHERE, name != _FIRST, name))


def _number_widely(connection: Connection[Any], table: str) -> None:
    """Citus gives each machine a range of an identity column's numbers, for which an integer is too narrow."""
    narrow = connection.execute(
        "SELECT attname FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attidentity <> '' AND atttypid <> 'bigint'::regtype",
        [table],
    ).fetchall()
    for (column,) in narrow:
        statement = sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE bigint")
        connection.execute(statement.format(sql.Identifier(table), sql.Identifier(column)))


def _place(connection: Connection[Any], table: str) -> None:
    if table == _EVERYWHERE:
        connection.execute("SELECT create_reference_table(%s::regclass)", [table])
        return
    beside = "none" if table == _FIRST else _FIRST
    connection.execute(
        "SELECT create_distributed_table(%s::regclass, 'tenant_id', colocate_with => %s)", [table, beside]
    )
