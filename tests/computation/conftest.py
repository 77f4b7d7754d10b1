"""A pool on the module's database: each test has a tenant of its own in it."""

from collections.abc import Iterator

import pytest

from service.database.transactions import Database
from tests.conftest import opened


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from opened(module_url)
