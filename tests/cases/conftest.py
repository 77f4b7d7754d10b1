"""A database of the module's own, and the small county's rulebook among its files."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.cases.folder import judged
from service.cases.judging import Judgement
from service.cases.second_opinion import second_opinion
from service.database.transactions import Database
from service.rulebooks.files import Folder
from tests.conftest import opened
from tests.county import CASES, RULEBOOK, TYPES

Judge = Callable[..., Judgement]


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


@pytest.fixture
def judge(module_database: Database, tmp_path: Path) -> Judge:
    """Judges the small county's rulebook by cases, asking the oracle too."""

    def judge(cases: str = CASES, rulebook: str = RULEBOOK, **others: str) -> Judgement:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        texts = {"event_types": json.dumps(TYPES), "cases": cases, "rulebook": rulebook, **others}
        for name, text in texts.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        with module_database.transaction() as transaction:
            return judged(transaction, Folder.of(folder / "rulebook.yaml"), second_opinion)[1]

    return judge
