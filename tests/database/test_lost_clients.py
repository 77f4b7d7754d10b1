"""A process that is killed leaves nothing behind in the database, not even the statement that it was waiting for."""

import os
import signal
import subprocess
import sys
import time

import psycopg

# Takes a lock, and then waits for a statement that nobody else will ever read.
_CLIENT = """
import sys
from service.database.transactions import Database
from service.settings import Settings
database = Database(sys.argv[1], Settings())
database.open()
with database.transaction() as transaction:
    transaction._connection.execute("SELECT pg_advisory_xact_lock(4711), pg_sleep(120)")
"""
_PATIENCE_SECONDS = 30


def test_a_statement_ends_with_the_process_that_waits_for_it(module_url: str) -> None:
    client = subprocess.Popen([sys.executable, "-c", _CLIENT, module_url])
    with psycopg.connect(module_url, autocommit=True) as owner:
        try:
            assert _comes_true(owner, False), "the client never took its lock"
        finally:
            os.kill(client.pid, signal.SIGKILL)
            client.wait()
        assert _comes_true(owner, True), "the lock outlives its client"


def _comes_true(owner: psycopg.Connection[tuple[bool]], is_free: bool) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        row = owner.execute("SELECT pg_try_advisory_lock(4711), pg_advisory_unlock_all()").fetchone()
        if row is not None and row[0] == is_free:
            return True
        time.sleep(0.2)
    return False
