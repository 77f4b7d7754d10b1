"""Two logins: the owner migrates, the service has one of its own, whose password is kept as a verifier."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from service.database.embedded import Embedded
from service.database.migrations import migrate
from service.database.transactions import Database
from service.settings import Settings


def test_the_services_own_login_is_made_with_its_password(tmp_path: Path) -> None:
    with Embedded(tmp_path) as owner:
        service = make_conninfo(owner, user="jifen_service", password="not-a-secret")
        migrate(owner, service)
        with psycopg.connect(owner) as connection:
            stored = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'jifen_service'").fetchone()
        assert stored is not None
        assert str(stored[0]).startswith("SCRAM-SHA-256$")
        database = Database(service, Settings())
        database.open()
        try:
            with database.transaction() as transaction:
                assert transaction.all("tenants") == []
        finally:
            database.close()
        with psycopg.connect(service) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO tenant (name) VALUES ('mine')")
