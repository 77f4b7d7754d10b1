"""One stack for all tests of benchmarks: to start it takes longer than most of them."""

from collections.abc import Iterator

import pytest

from bench.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The service and its database, as processes."""
    with Stack() as started:
        yield started
