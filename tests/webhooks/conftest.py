"""A county whose messages may go to loopback, and a receiver that listens there."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from service.database.transactions import Database
from service.settings import Settings
from tests.conftest import opened
from tests.county import County
from tests.webhooks.receiver import LOOPBACK, Receiver, listening

SETTINGS = replace(Settings(), webhook_private=LOOPBACK, webhook_keys=Fernet.generate_key().decode())


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from opened(module_url)


@pytest.fixture
def told(module_url: str, module_database: Database) -> County:
    """A county of a test's own, in the module's database."""
    return County.small(module_url, module_database, SETTINGS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that succeeds unless told otherwise."""
    with listening() as receiver:
        yield receiver
