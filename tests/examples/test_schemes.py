"""Regulations as they are published, as rulebooks: every case that was computed by hand comes out, to the digit.

The cases lie beside the rulebooks, in `examples/<scheme>/cases.yaml`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cases import folder
from service.cases.second_opinion import second_opinion
from service.database.transactions import Database
from service.rulebooks import files
from service.rulebooks.files import Folder
from tests.conftest import opened

EXAMPLES = Path(__file__).parents[2] / "examples"
BOOKS = [
    file
    for cases in sorted(EXAMPLES.glob("*/cases.yaml"))
    for file in sorted(cases.parent.glob("*.yaml"))
    if file.name not in (files.CASES, files.TYPES)
]


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


def test_there_are_eight_and_the_service_desk() -> None:
    assert len({file.parent for file in BOOKS}) == 9


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_service_and_oracle_say_what_was_computed_by_hand_of_every_part(database: Database, file: Path) -> None:
    with database.transaction() as transaction:
        _, made = folder.judged(transaction, Folder.of(file), second_opinion)
    assert [one.body("en") for one in made.differences] == []
    assert made.untaken == []
    assert made.cases
