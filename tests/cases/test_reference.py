"""The examples of docs/rulebook-cases.md hold, under the rulebook and the event types of docs/rulebook-language.md."""

import re
from pathlib import Path

import pytest

from service.cases.folder import judged
from service.cases.second_opinion import second_opinion
from service.database.transactions import Database
from service.rulebooks.files import Folder

DOCS = Path(__file__).parents[2] / "docs"


def blocks(name: str) -> list[str]:
    """The examples of a page."""
    return re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)


EXAMPLES = [block for block in blocks("rulebook-cases.md") if "\ncases:" in f"\n{block}"]


def the(start: str) -> str:
    """The example of the language's reference that begins so."""
    return next(block for block in blocks("rulebook-language.md") if block.startswith(start))


def test_there_is_one_of_each_kind() -> None:
    assert ["totals" in example for example in EXAMPLES] == [False, True]


@pytest.mark.parametrize("example", EXAMPLES, ids=["events", "totals"])
def test_an_example_holds(module_database: Database, tmp_path: Path, example: str) -> None:
    texts = {"rulebook": the("rulebook: yunhe"), "event_types": the("visit.done:"), "cases": example}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    with module_database.transaction() as transaction:
        _, made = judged(transaction, Folder.of(tmp_path / "rulebook.yaml"), second_opinion)
    assert (len(made.cases), [one.body("en") for one in made.differences]) == (1, [])
