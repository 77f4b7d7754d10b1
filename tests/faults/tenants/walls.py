"""The service with one of the two walls between tenants taken out, or both.

One is row-level security. The other is the statements' own: what they say of tenants in their conditions. Only the
table of tenants has no first wall, as whoever comes is found in it; it tells what they are called.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import sql
from service.database.transactions import Database, Transaction
from service.settings import Settings

_OF_TENANT = re.compile(r"(?:\w+\.)?tenant_id = %\(tenant\)s")
_OF_TENANTS = "tenant_name"
_BEFORE = ("token_by_hash", "tenant_by_name")  # by which it is found out who asks


class Unsecured(Database):
    """Connections of the owner, whom no row-level security holds back."""

    def _configure(self, connection: Any) -> None:
        super()._configure(connection)
        connection.execute("RESET ROLE")


@contextmanager
def opened(url: str, secured: bool) -> Iterator[Database]:
    """A pool with row-level security, or without."""
    database = (Database if secured else Unsecured)(url, Settings())
    database.open()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def without_conditions() -> Iterator[None]:
    """Inside, no statement says in a condition which tenant it is about."""
    said = sql.statements()
    bare = {name: _OF_TENANT.sub("true", text) for name, text in said.items()}
    bare[_OF_TENANTS] = said[_OF_TENANTS]
    with patch.object(sql, "statements", lambda: bare), _texts_forgotten():
        yield


@contextmanager
def naming(wrong: dict[int, int]) -> Iterator[None]:
    """Inside, each statement of a tenant names the tenant that stands for it here, also in what it writes."""
    execute = Transaction._execute

    def execute_wrong(self: Transaction, name: str, values: dict[str, Any]) -> Any:
        if self.tenant_id in wrong and name not in (*_BEFORE, _OF_TENANTS):
            values = {"tenant": wrong[self.tenant_id], **values}
        return execute(self, name, values)

    with patch.object(Transaction, "_execute", execute_wrong):
        yield


@contextmanager
def _texts_forgotten() -> Iterator[None]:
    sql.statement_of_some.cache_clear()
    yield
    sql.statement_of_some.cache_clear()
