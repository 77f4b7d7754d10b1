"""Brings the schema up to date: numbered SQL, one lock, one transaction each, checked against drift.

What was applied is kept with the SHA-256 of its text; a migration whose text has changed since is refused, as is a
database that is ahead of this code. The service goes on meanwhile: a migration waits for nobody's lock for long, as
whoever comes after would wait behind it, but lets go and tries again.
"""

import re
import time
from hashlib import sha256
from typing import Any

from psycopg import Connection, errors, sql
from psycopg.conninfo import conninfo_to_dict

import sql as statements
from service.database.transactions import SERVICE_ROLE, Transaction, owner_connection

_LOCK = 0x6A6966656E  # one migration at a time in a database
# Less than PostgreSQL's deadlock_timeout, so that it is the migration that gives way.
_LOCK_MILLISECONDS = 500
_PAUSE_SECONDS = 0.5
_TRIES = 600  # ten minutes
# How a migration begins whose statements are each a transaction by itself: indexes that are built beside the writes.
_OUTSIDE = "-- outside a transaction"
_STATEMENT = re.compile(r".+?;$", re.MULTILINE | re.DOTALL)


class MigrationError(RuntimeError):
    """The schema can't be brought to what this code needs; the text says why."""


def migrate(url: str, service_url: str = "") -> list[str]:
    """Apply what is missing, as the owner; answers the names of what was applied.

    What servers of the release before leave out from then on is filled in the next time.
    Where the service has a login of its own, the role jifen_service in `service_url`, it is made with that password.
    """
    with owner_connection(url) as connection:
        _lock(connection)
        try:
            _ensure_role(connection)
            _ensure_login(connection, conninfo_to_dict(service_url))
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migration (number integer CONSTRAINT migration_pkey PRIMARY KEY,"
                " name text NOT NULL, hash bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            connection.execute(sql.SQL("GRANT SELECT ON migration TO {}").format(sql.Identifier(SERVICE_ROLE)))
            applied = [name for number, name, text in missing(connection) if _apply(connection, number, name, text)]
            _fill_in(connection)
            return applied
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def newest() -> int:
    """The number of the migration that this code needs."""
    return statements.every_migration()[-1][0]


def missing(connection: Connection[Any]) -> list[tuple[int, str, str]]:
    """The migrations that this database lacks; MigrationError where it has others than this code knows."""
    applied = {row[0]: row[1] for row in connection.execute("SELECT number, hash FROM migration").fetchall()}
    known = statements.every_migration()
    for number, name, text in known:
        if number in applied and bytes(applied[number]) != _hash(text):
            raise MigrationError(f"migration {name} was changed after it was applied")
    ahead = sorted(set(applied) - {number for number, _, _ in known})
    if ahead:
        raise MigrationError(f"the database is ahead of this program: it has migration {ahead[-1]}")
    return [m for m in known if m[0] not in applied]


def _lock(connection: Connection[Any]) -> None:
    # Asked again and again: who waits in a statement has a snapshot, and an index that is built waits for its end.
    for _ in range(_TRIES):
        if connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() == (True,):
            return
        time.sleep(_PAUSE_SECONDS)
    raise MigrationError("another migration of this database goes on")


def _apply(connection: Connection[Any], number: int, name: str, text: str) -> bool:
    row = [number, name, _hash(text)]
    if text.startswith(_OUTSIDE):
        for statement in _STATEMENT.findall(text):
            connection.execute(statement.encode())
        _keep(connection, row)
        return True
    for _ in range(_TRIES):
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}".encode())
                _keep(connection, row)
                connection.execute(text.encode())
            return True
        except errors.LockNotAvailable:
            time.sleep(_PAUSE_SECONDS)
    raise MigrationError(f"migration {name} found no moment at which nobody uses its tables: is a run going on?")


def _keep(connection: Connection[Any], row: list[Any]) -> None:
    connection.execute("INSERT INTO migration (number, name, hash) VALUES (%s, %s, %s)", row)


def _fill_in(connection: Connection[Any]) -> None:
    """What servers of the release before left out while they went on over this schema."""
    for tenant in Transaction(connection, None).all("tenants"):
        Transaction(connection, tenant.tenant_id).do("entries_complete")


def _ensure_role(connection: Connection[Any]) -> None:
    role = sql.Identifier(SERVICE_ROLE)
    if not connection.execute("SELECT true FROM pg_roles WHERE rolname = %s", [SERVICE_ROLE]).fetchone():
        try:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
        except (errors.DuplicateObject, errors.UniqueViolation):
            pass  # roles belong to the cluster: another database's migration was quicker
        except errors.InsufficientPrivilege as error:
            raise MigrationError(f"the role {SERVICE_ROLE} is missing and this user may not create it") from error
    if connection.execute("SELECT true WHERE NOT pg_has_role(%s, 'MEMBER')", [SERVICE_ROLE]).fetchone():
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))


def _ensure_login(connection: Connection[Any], service: dict[str, Any]) -> None:
    if service.get("user") != SERVICE_ROLE:
        return
    # Sent as a verifier, so that the password stands in no log of the server's.
    password = str(service.get("password", "")).encode()
    verifier = connection.pgconn.encrypt_password(password, SERVICE_ROLE.encode(), b"scram-sha-256").decode()
    role = sql.Identifier(SERVICE_ROLE)
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(verifier)))


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
