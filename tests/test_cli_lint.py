"""jifen rulebook lint: every finding with its line, for people and programs; exit codes that scripts can trust."""

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import RULEBOOK, TYPES, County

LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+) (?P<code>[a-z_.]+) .+")
FUTURE = RULEBOOK.replace("from: 2025-01", "from: 2999-01").replace("no_data: missing}", "no_data: missing, ref: 一}")
RIGHT = FUTURE.replace("{points: 20}}", "{points: 20}, ref: 二}").replace("max: 105", "max: 100")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rulebook that is right, with its event types and cases."""
    (tmp_path / "rulebook.yaml").write_text(RIGHT, "utf-8")
    (tmp_path / "event_types.yaml").write_text(yaml.safe_dump(TYPES, allow_unicode=True), "utf-8")
    (tmp_path / "cases.yaml").write_text("", "utf-8")
    return tmp_path


def lint(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["rulebook", "lint", str(file), *arguments])


def change(folder: Path, old: str, new: str) -> Path:
    """The rulebook's file, something in it changed."""
    file = folder / "rulebook.yaml"
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
    return file


def test_nothing_to_say_is_nothing_and_zero(folder: Path) -> None:
    told = lint(folder / "rulebook.yaml")
    assert (told.output, told.exit_code) == ("", 0)


def test_a_finding_is_a_line_that_an_editor_understands(folder: Path) -> None:
    file = change(folder, "event: violation.complaint", "event: violation.complain")
    told = lint(file)
    number, text = next((n, t) for n, t in enumerate(file.read_text("utf-8").split("\n"), 1) if "violation" in t)
    assert told.exit_code == 1
    assert told.output == (
        f"{file}:{number}:{text.index('violation') + 1} type.unknown /negative_list/0/event is not a declared event "
        'type: violation.complain – did you mean "violation.complaint"?\n'
    )
    assert "是否指“violation.complaint”？" in lint(file, "--lang", "zh").output


def test_findings_come_in_the_order_of_the_text(folder: Path) -> None:
    change(folder, "full: 100", "full: 99")
    change(folder, "base: month", "base: quarter")
    file = change(folder, "total_at_least: 70", "total_at_least: 90")
    told = [LINE.fullmatch(line) for line in lint(file).output.splitlines()]
    places = [(int(one["line"]), int(one["column"])) for one in told if one]
    assert len(places) == len(told) >= 3
    assert places == sorted(places)


def test_what_is_only_odd_is_said_so_and_is_no_failure(folder: Path) -> None:
    file = change(folder, "max: 9, ref", "max: 2, ref")
    told = lint(file)
    assert told.exit_code == 0
    assert re.fullmatch(r".+:\d+:\d+ max\.cuts .+ \(warning\)\n", told.output)
    change(folder, "no_data: missing, ref: 一", "no_data: missing")
    assert "(will be an error)" in lint(file).output


def test_without_event_types_one_warning_says_so(folder: Path) -> None:
    (folder / "event_types.yaml").unlink()
    file = change(folder, "event: violation.complaint", "event: imagined")
    told = lint(file)
    assert [line.split(" ")[1] for line in told.output.splitlines()] == ["types.missing"]
    assert told.exit_code == 0


def test_event_types_are_those_that_are_named(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("visit.done: {title: 走访, subject: worker, dated_by: time}\n", "utf-8")
    told = lint(folder / "rulebook.yaml", "--types", str(other))
    assert told.exit_code == 1
    assert {"field.undeclared", "type.unknown"} <= {line.split(" ")[1] for line in told.output.splitlines()}


def test_mistakes_in_the_event_types_stand_in_their_file(folder: Path) -> None:
    types = folder / "event_types.yaml"
    types.write_text(types.read_text("utf-8").replace("kind: number", "kind: nubmer", 1), "utf-8")
    told = lint(folder / "rulebook.yaml")
    assert told.exit_code == 1
    assert re.search(r"event_types\.yaml:\d+:\d+ code\.unknown .+ – did you mean \"number\"\?", told.output)


def test_cases_are_missed(folder: Path) -> None:
    (folder / "cases.yaml").unlink()
    told = lint(folder / "rulebook.yaml")
    assert (told.exit_code, "1:1 cases.missing" in told.output) == (0, True)


def test_programs_read_one_document_in_both_languages(folder: Path) -> None:
    file = change(folder, "small_groups: keep_apart", "small_groups: keep_appart")
    told = json.loads(lint(file, "--json").output)
    [finding] = told["findings"]
    assert finding.pop("message")["zh"].startswith("须为下列之一")
    assert (finding.pop("line"), finding.pop("column")) > (1, 1)
    assert finding == {
        "file": str(file),
        "pointer": "/peer_groups/small_groups",
        "level": "error",
        "code": "code.unknown",
        "suggestion": "keep_apart",
    }


def test_what_cannot_be_read_is_two(folder: Path) -> None:
    large = folder / "large.yaml"
    large.write_bytes(b"#" * 1_000_001)
    right = str(folder / "rulebook.yaml")
    for arguments in (
        [str(folder / "nothing.yaml")],
        [str(folder)],
        [str(large)],
        [],
        [right, "--tenant", "x", "--types", right],
    ):
        told = CliRunner().invoke(main, ["rulebook", "lint", *arguments])
        assert (told.exit_code, "Traceback" in told.output) == (2, False), arguments


def test_a_syntax_error_is_a_finding(folder: Path) -> None:
    file = change(folder, "assignment: at_end", "assignment: at_end: x")
    told = lint(file)
    assert told.exit_code == 1
    assert [line.split(" ")[1] for line in told.output.splitlines()] == ["yaml.syntax"]


def test_a_tenant_brings_its_types_and_published_rulebooks(
    folder: Path, county: County, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    (folder / "event_types.yaml").unlink()
    assert lint(folder / "rulebook.yaml", "--tenant", county.tenant).output == ""
    file = change(
        folder, "rulebook: small-county", "extends: {rulebook: small-county, version: 2025-1}\nrulebook: west"
    )
    assert "extension.unchecked" in _extension(file, "x")
    told = _extension(file, county.tenant)
    assert "/extends is a rulebook that allows no local additions: small-county@2025-1" in told
    nobody = lint(file, "--tenant", "nobody")
    assert (nobody.exit_code, "there is no tenant nobody" in nobody.output) == (2, True)


def _extension(file: Path, tenant: str) -> str:
    keys = ("extends", "rulebook", "version", "language", "title", "effective", "applies_to", "indicators")
    said = {key: value for key, value in yaml.load(file.read_text("utf-8"), yaml.BaseLoader).items() if key in keys}
    extension = file.with_name("extension.yaml")
    extension.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    return lint(extension, *(["--tenant", tenant] if tenant != "x" else [])).output


def test_the_api_finds_the_same(folder: Path, county: County) -> None:
    change(folder, "full: 100", "full: 99")
    file = change(folder, "event: visit.done", "event: visits.done")
    answer = county.hr.post_text("/v1/rulebooks?dry_run=true", file.read_bytes(), "application/yaml")
    keys = ("line", "column", "pointer", "level", "code", "suggestion")
    from_api = [tuple(one[key] for key in keys) for one in answer.json["errors"]]
    from_file = [tuple(one[key] for key in keys) for one in json.loads(lint(file, "--json").output)["findings"]]
    assert from_api == from_file
    assert len(from_api) >= 2


def test_event_types_that_several_files_share_are_told_of_once(folder: Path) -> None:
    types = folder / "event_types.yaml"
    types.write_text(types.read_text("utf-8").replace("kind: number", "kind: nubmer", 1), "utf-8")
    other = folder / "other.yaml"
    other.write_text(RIGHT, "utf-8")
    told = lint(folder / "rulebook.yaml", str(other))
    assert sum("code.unknown" in line for line in told.output.splitlines()) == 1
