"""A real PostgreSQL for every test: one server a session, one migrated template, a clone for each test that writes."""

import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg.conninfo import make_conninfo

from service.database.embedded import Embedded
from service.database.migrations import migrate
from service.database.transactions import Database
from service.settings import Settings
from tests.contract import CheckedClient
from tests.county import County

Flask.test_client_class = CheckedClient
_MEMORY = Path("/dev/shm")
_ROOM = 6 << 30
_OURS = "jifen-test-"
_clones = count(1)
# Whom tests name, as it stands or escaped, and telephone numbers: none belongs into a log.
_PERSONAL = re.compile(r"欧阳\w*|李某某|王小明|张三|\\+u6b27\\+u9633|(?<![\w.])1[3-9]\d{9}(?![\w.])")


def named_in(log: str) -> list[str]:
    """The names and telephone numbers in a log."""
    return _PERSONAL.findall(log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the service wrote into the log fails the test that made it, where it names somebody."""
    report = yield
    if report.when == "call" and report.passed and (found := named_in(f"{report.capstderr}\n{report.caplog}")):
        report.outcome, report.longrepr = "failed", f"the log names {found[0]}:\n{report.capstderr}\n{report.caplog}"
    return report


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The owner's connection to a server of this session; JIFEN_TEST_BINARIES chooses another PostgreSQL."""
    binaries = os.environ.get("JIFEN_TEST_BINARIES")
    with tempfile.TemporaryDirectory(prefix=f"{_OURS}{os.getpid()}-", dir=_in_memory()) as folder:
        embedded = Embedded(Path(folder), Path(binaries) if binaries else None, {"max_wal_size": "1GB"})
        with embedded as url:
            yield url


def _in_memory() -> Path | None:
    """A folder in memory, where there is room for the databases of two sessions; else None.

    Waiting for the disk was nearly half of the time. Durability across power loss isn't what these tests are about:
    the fault tests run servers of their own, on disk.
    """
    for left in _MEMORY.glob(f"{_OURS}*"):  # by a session that was killed
        if not Path("/proc", left.name.removeprefix(_OURS).partition("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a migrated database to clone."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_jifen")
    migrate(make_conninfo(server, dbname="template_jifen"))
    return "template_jifen"


@pytest.fixture
def url(server: str, template: str) -> Iterator[str]:
    """A fresh, migrated database."""
    yield from clone(server, template)


@pytest.fixture(scope="module")
def module_url(server: str, template: str) -> Iterator[str]:
    """A fresh, migrated database for a whole module."""
    yield from clone(server, template)


def clone(server: str, template: str) -> Iterator[str]:
    """A copy of the template, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_clones)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield make_conninfo(server, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A pool on a fresh database."""
    yield from opened(url)


def opened(url: str) -> Iterator[Database]:
    """A pool on a database, closed afterwards."""
    database = Database(url, Settings())
    database.open()
    yield database
    database.close()


@pytest.fixture
def county(url: str, database: Database) -> County:
    """A tenant with organisations, workers, event types, a published rulebook and a client for each kind of user."""
    return County.small(url, database)
