"""The golden runs: what was computed in language 1 is computed again to the byte.

A change here means that the meaning of a word changed. That needs a new language number; these files stay.
"""

from collections import Counter

import pytest

from service.database.transactions import Database
from tests import golden
from tests.oracle.generate.census import said, words

MOST_BYTES = 1_500_000


@pytest.mark.parametrize("name", golden.names())
def test_language_1_says_what_it_said(module_url: str, module_database: Database, name: str) -> None:
    kept = golden.results_file(name).read_text("utf-8")
    assert golden.settled(module_url, module_database, golden.read(name)) == kept


def test_the_worlds_say_nearly_every_word() -> None:
    count: Counter[str] = Counter()
    for world in map(golden.read, golden.names()):
        count.update({path for book in (world.rulebook, *world.others) for path in said(book)})
    asked = words()
    assert len(asked - set(count)) <= len(asked) / 20, sorted(asked - set(count))


def test_the_files_are_small() -> None:
    assert sum(file.stat().st_size for file in golden.FOLDER.iterdir() if file.is_file()) < MOST_BYTES
