"""The command line: what it makes, what it prints, and one clear line with an exit code for what can't be."""

import json
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import CASES, NEXT_YEAR, RULEBOOK, TYPES, County

SCOPES = ["--scope", "results:read", "--scope", "events:write"]


@pytest.fixture
def jifen(url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal whose environment names the database of this test."""
    monkeypatch.setenv("DATABASE_URL", url)
    return CliRunner()


def run(jifen: CliRunner, *arguments: str) -> Result:
    return jifen.invoke(main, list(arguments))


def test_a_tenant_and_a_token_are_made_for_use_at_once(jifen: CliRunner, county: County) -> None:
    assert run(jifen, "tenant", "create", "yunhe").exit_code == 0
    made = run(jifen, "token", "create", "--tenant", county.tenant, *SCOPES, "--source", "grid-app", "--json")
    assert made.exit_code == 0
    county.sender.token = json.loads(made.output)["token"]
    assert county.sender.get("/v1/rankings/2025-03").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tenant", "create", "Not A Name"], "lower-case letters"),
        (["token", "create", "--tenant", "nobody", *SCOPES], "there is no tenant nobody"),
        (["token", "create", "--tenant", "known", "--scope", "everything"], "no such scope: everything"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(jifen: CliRunner, arguments: list[str], said: str) -> None:
    assert run(jifen, "tenant", "create", "known").exit_code == 0
    refused = run(jifen, *arguments)
    assert refused.exit_code in (1, 2)
    assert said in refused.output
    assert "Traceback" not in refused.output


def test_a_tenant_is_made_once(jifen: CliRunner) -> None:
    assert [run(jifen, "tenant", "create", "twice").exit_code for _ in range(2)] == [0, 1]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A rulebook among its files."""
    (tmp_path / "event_types.yaml").write_text(json.dumps(TYPES), "utf-8")
    (tmp_path / "cases.yaml").write_text(CASES.replace("2025", "2026"), "utf-8")
    (tmp_path / "rulebook.yaml").write_text(NEXT_YEAR, "utf-8")
    return tmp_path / "rulebook.yaml"


def test_a_rulebook_is_published_by_a_second_person(jifen: CliRunner, county: County, files: Path) -> None:
    publish = ["rulebook", "publish", str(files), "--tenant", county.tenant, "--drafted-by", "hr"]
    alone = run(jifen, *publish, "--published-by", "hr")
    assert (alone.exit_code, "second person" in alone.output) == (1, True)
    assert run(jifen, *publish, "--published-by", "head").exit_code == 0
    assert county.hr.get("/v1/rulebooks/small-county@2026-1/cases").text == CASES.replace("2025", "2026")


@pytest.mark.parametrize("cases", [None, "cases: []"])
def test_a_rulebook_that_its_cases_do_not_cover_is_not_published(
    jifen: CliRunner, county: County, files: Path, cases: str | None
) -> None:
    beside = files.with_name("cases.yaml")
    beside.unlink() if cases is None else beside.write_text(cases, "utf-8")
    who = ["--tenant", county.tenant, "--drafted-by", "hr", "--published-by", "head"]
    refused = run(jifen, "rulebook", "publish", str(files), *who)
    assert refused.exit_code == 1
    assert "/tiers/0 case.uncovered" in refused.output
    assert county.hr.get("/v1/rulebooks/small-county@2026-1").status_code == 404


def test_a_rulebook_is_tested_by_the_cases_beside_it(jifen: CliRunner, files: Path) -> None:
    tested = run(jifen, "rulebook", "test", str(files))
    assert (tested.exit_code, tested.output) == (0, "2 cases, 0 failed; 10 of 10 parts are covered\n")
    said = json.loads(run(jifen, "rulebook", "test", str(files), "--json").output)
    assert (said["rulebook"], said["version"], said["failed"], said["findings"]) == ("small-county", "2026-1", [], [])
    assert (said["cases"], said["parts"], said["covered"]) == (2, 10, 10)


def test_a_case_that_fails_and_a_part_left_out_end_with_1(jifen: CliRunner, files: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    wrong = CASES.replace("2025", "2026").replace("total: 41.00", "total: 41.01")
    other.write_text(wrong.replace(", outcomes: {talk: none}", ""), "utf-8")
    failed = run(jifen, "rulebook", "test", str(files), "--cases", str(other), "--lang", "zh")
    assert failed.exit_code == 1
    assert f"{other}: /cases/1/expected/worker~1g/total case.differs year：worker/g" in failed.output
    assert f"{files}: /outcomes/0 case.uncovered 没有案例" in failed.output
    said = json.loads(run(jifen, "rulebook", "test", str(files), "--cases", str(other), "--json").output)
    assert said["failed"] == ["year"]
    assert {(one["file"], one["code"]) for one in said["findings"]} >= {
        (str(other), "case.differs"),
        (str(other), "case.oracle"),
        (str(files), "case.uncovered"),
    }


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rulebook", NEXT_YEAR.replace("full: 100", "full: 99"), "/total/full sum.categories"),
        ("rulebook", "rulebook: [", "yaml.syntax"),
        ("cases", "cases: {}", "/cases field.list"),
        ("event_types", "visit.done: {title: x}", "/visit.done/subject field.required"),
        ("second", NEXT_YEAR.replace("small-county", "second").replace("full: 100", "full: 9"), "/total/full"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_2(jifen: CliRunner, files: Path, name: str, text: str, said: str) -> None:
    file = files.with_name(f"{name}.yaml")
    file.write_text(text, "utf-8")
    refused = run(jifen, "rulebook", "test", str(files))
    assert refused.exit_code == 2
    assert refused.output.startswith(f"{file}: ")
    assert said in refused.output
    assert "Traceback" not in refused.output


def test_a_file_that_is_not_there_ends_with_2(jifen: CliRunner, files: Path) -> None:
    files.with_name("cases.yaml").unlink()
    refused = run(jifen, "rulebook", "test", str(files))
    assert (refused.exit_code, "cases.yaml" in refused.output) == (2, True)


def test_without_a_database_of_the_users_one_is_started_and_goes(
    jifen: CliRunner, files: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("JIFEN_DATA", str(tmp_path / "untouched"))
    tested = run(jifen, "rulebook", "test", str(files))
    assert (tested.exit_code, tested.output) == (0, "2 cases, 0 failed; 10 of 10 parts are covered\n")
    assert not (tmp_path / "untouched").exists()


def test_the_findings_of_a_rulebook_are_listed_in_the_language_asked_for(
    jifen: CliRunner, county: County, tmp_path: Path
) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_text(RULEBOOK.replace("full: 100", "full: 99"), "utf-8")
    publish = ["rulebook", "publish", str(file), "--tenant", county.tenant, "--drafted-by", "a", "--published-by", "b"]
    refused = run(jifen, *publish, "--lang", "zh")
    assert refused.exit_code == 1
    assert "/total/full sum.categories 须等于" in refused.output
    assert refused.output.count("rulebook.yaml:") == 1


def test_what_was_published_is_verified(jifen: CliRunner, county: County) -> None:
    for step in ("close", "publish"):
        county.hr.post(f"/v1/periods/2025-03/{step}")
    held = run(jifen, "verify", "--tenant", county.tenant)
    assert (held.exit_code, "2025-03 revision 1" in held.output, "1 verified, 0 differ" in held.output) == (
        0,
        True,
        True,
    )
    with psycopg.connect(county.url) as connection:
        connection.execute("UPDATE result SET total = total + 1 WHERE tenant_id = %s", [county.tenant_id])
    found = run(jifen, "verify", "--tenant", county.tenant, "--json")
    assert (found.exit_code, len(json.loads(found.output)[0]["wrong"])) == (1, 6)


def test_migrating_again_applies_nothing(jifen: CliRunner) -> None:
    assert run(jifen, "migrate").output == "nothing to apply\n"


def test_settings_are_shown_without_their_secrets(jifen: CliRunner, url: str) -> None:
    shown = run(jifen, "config", "--json")
    rows = {row["name"]: row for row in json.loads(shown.output)}
    assert rows["DATABASE_URL"]["value"] == "(set)"
    assert url not in shown.output


def test_a_setting_that_cannot_be_stops_every_command(jifen: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIFEN_PORT", "http")
    refused = run(jifen, "config")
    assert (refused.exit_code, "JIFEN_PORT must be a whole number" in refused.output) == (1, True)
