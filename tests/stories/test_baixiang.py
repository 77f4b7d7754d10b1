"""The story of Baixiang."""

from collections.abc import Iterator

import pytest

from service.database.transactions import Database
from tests.conftest import opened
from tests.county import County
from tests.stories.baixiang import Baixiang, months


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


@pytest.fixture(scope="module")
def first(module_url: str, database: Database) -> Baixiang:
    """2023."""
    told = Baixiang(County.empty(module_url, database))
    told.found()
    for month in months("2023"):
        told.live(month)
    told.assess("2023")
    told.publish("2023")
    told.finalise("2023")
    return told


def test_a(first: Baixiang) -> None:
    for item in first.shown["2023", 1][0]:
        print(item["subject"], item["group"], item["rank"], item["total"], item["tier"])
    for item in first.shown["2023", 1][2]:
        print(item["subject"], item["id"], item["value"])
    r = first.result("w10", "2023")
    import json
    print(json.dumps(r, ensure_ascii=False, indent=1))
