"""A pool on the module's database: each test has a tenant of its own in it."""

from collections.abc import Iterator

import pytest

from service.database.transactions import Database
from tests.computation.town import Opened, Town
from tests.conftest import opened as connected


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from connected(module_url)


@pytest.fixture
def opened(module_url: str, module_database: Database) -> Opened:
    """Opens a town: `opened(rulebook, people=…, events=…)`."""
    return lambda *books, **facts: Town(module_url, module_database, *books, **facts)
