"""A county of a test's own in the module's database, and the owner's view of it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import namedtuple_row

from service.database.transactions import Database
from tests.conftest import opened
from tests.county import County


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from opened(module_url)


@pytest.fixture
def county(module_url: str, module_database: Database) -> County:
    """A county of a test's own."""
    return County.small(module_url, module_database)


@pytest.fixture
def owner(module_url: str) -> Iterator[Connection[Any]]:
    """The owner's connection; each statement commits."""
    with psycopg.connect(module_url, row_factory=namedtuple_row, autocommit=True) as connection:
        yield connection
