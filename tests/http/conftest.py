"""One county for a module's tests where they don't get in each other's way; who needs another makes one beside it."""

from collections.abc import Iterator

import pytest

from service.database.transactions import Database
from tests.conftest import opened
from tests.county import County


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from opened(module_url)


@pytest.fixture(scope="module")
def shared(module_url: str, module_database: Database) -> County:
    """The county that a module's tests share."""
    return County.small(module_url, module_database)


@pytest.fixture
def fresh(module_url: str, module_database: Database) -> County:
    """A county of a test's own, in the module's database."""
    return County.small(module_url, module_database)
