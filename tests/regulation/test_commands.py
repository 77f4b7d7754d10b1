"""jifen rulebook text and diff: what is printed, and exit codes that a script can trust."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import RULEBOOK, TYPES
from tests.unit.telling import COUNTY

TEXTS = Path(__file__).parent
EXTENSION = """
rulebook: street
version: 2025-1
language: 1
title: 街道细则
extends: {rulebook: small-county, version: 2025-1}
effective: {from: 2025-01}
applies_to: {posts: [staff], under: east}
indicators:
  - id: patrols
    title: 巡查
    category: duty
    take: {count: {event: visit.done}}
    give: {each: 1}
    max: 2
    no_data: zero
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The small county's rulebook with its event types beside it."""
    return written(tmp_path / "county", RULEBOOK)


def written(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "event_types.yaml").write_text(yaml.dump(TYPES, allow_unicode=True), "utf-8")
    (folder / "rulebook.yaml").write_text(text, "utf-8")
    return folder / "rulebook.yaml"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["rulebook", *map(str, arguments)])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_is_printed_with_the_titles_of_the_types_beside_it(file: Path, language: str) -> None:
    said = run("text", file, "--lang", language)
    assert (said.exit_code, said.output) == (0, (TEXTS / f"small_county.{language}.txt").read_text("utf-8"))


def test_without_types_events_have_their_names(file: Path) -> None:
    file.with_name("event_types.yaml").unlink()
    assert "“visit.done”的次数" in run("text", file, "--lang", "zh").output


def test_a_mistake_in_the_types_stands_in_their_file(file: Path) -> None:
    types = file.with_name("event_types.yaml")
    types.write_text("visit.done: {title: 走访, subject: worker, dated_by: time, fields: {}, colour: red}\n", "utf-8")
    said = run("text", file)
    assert (said.exit_code, said.output.startswith(f"{types}:1:")) == (2, True)
    assert "field.unknown /visit.done/colour" in said.output


def test_as_json_it_is_one_document(file: Path) -> None:
    said = json.loads(run("text", file, "--json").output)
    assert (said["rulebook"], said["items"][-1]["number"]) == ("small-county", len(said["items"]))


def test_a_difference_is_exit_code_1(file: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", RULEBOOK.replace("each: 10", "each: 5"))
    said = run("diff", file, other, "--lang", "zh")
    assert (said.exit_code, said.output) == (1, "入户走访（visits）：每 1 计 10 分 → 每 1 计 5 分\n")
    asked = run("diff", file, other, "--json")
    assert (asked.exit_code, len(json.loads(asked.output)["items"])) == (1, 1)


def test_no_difference_is_exit_code_0(file: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", yaml.dump(dict(reversed(COUNTY.items())), allow_unicode=True, sort_keys=False))
    said = run("diff", file, other)
    assert (said.exit_code, said.output) == (0, "")
    assert json.loads(run("diff", file, other, "--json").output) == {"items": []}


@pytest.mark.parametrize("text", ["rulebook: [", "rulebook: x", RULEBOOK.replace("full: 100", "full: much")])
def test_what_cannot_be_read_is_exit_code_2(file: Path, tmp_path: Path, text: str) -> None:
    other = written(tmp_path / "other", text)
    for said in (run("diff", file, other), run("diff", other, file), run("text", other, "--lang", "zh")):
        assert said.exit_code == 2
        assert f"{other}:" in said.output
        assert "Traceback" not in said.output
    assert run("diff", file, tmp_path / "nowhere.yaml").exit_code == 2


def test_an_extension_is_printed_with_its_parent(file: Path, tmp_path: Path) -> None:
    street = written(tmp_path / "street", EXTENSION)
    alone = run("text", street)
    assert (alone.exit_code, "extension.file /extends" in alone.output) == (2, True)
    closed = run("text", street, "--parent", file)
    assert (closed.exit_code, "extension.none /extends" in closed.output) == (2, True)
    parent = written(tmp_path / "parent", f"{RULEBOOK}local_additions: {{items: 1, points: 2, into: duty}}\n")
    said = run("text", street, "--parent", parent)
    assert said.exit_code == 0
    assert "visits (入户走访)" in said.output
    assert "patrols (巡查)" in said.output
    found = run("diff", parent, street, "--parent", parent)
    assert (found.exit_code, "new: patrols (巡查)" in found.output) == (1, True)
