"""The command line: what it makes, what it prints, and one clear line with an exit code for what can't be."""

import json
import re
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from service.cli import main
from tests.county import CASES, NEXT_YEAR, RULEBOOK, TYPES, County, visit
from tests.database.test_isolation import snapshot

SCOPES = ["--scope", "results:read", "--scope", "events:write"]
BECAUSE = ["--reason", "recorded afterwards", "--document", "No. 1 of 2026"]


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
        (["token", "create", "--tenant", "known", "--scope", "everything"], "/scopes/0 must be one of: events:write"),
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
    publish += BECAUSE
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
    refused = run(jifen, "rulebook", "publish", str(files), *who, *BECAUSE)
    assert refused.exit_code == 1
    assert "case.uncovered /tiers/0" in refused.output
    assert county.hr.get("/v1/rulebooks/small-county@2026-1").status_code == 404


def test_a_rulebook_is_tested_by_the_cases_beside_it(jifen: CliRunner, files: Path) -> None:
    tested = run(jifen, "rulebook", "test", str(files))
    assert (tested.exit_code, tested.output) == (0, "cases: 2, failed: 0; parts covered: 10 of 10\n")
    said = json.loads(run(jifen, "rulebook", "test", str(files), "--json").output)
    assert (said["rulebook"], said["version"], said["failed"], said["findings"]) == ("small-county", "2026-1", [], [])
    assert (said["cases"], said["parts"], said["covered"]) == (2, 10, 10)


def test_a_case_that_fails_and_a_part_left_out_end_with_1(jifen: CliRunner, files: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    wrong = CASES.replace("2025", "2026").replace("total: 41.00", "total: 41.01")
    other.write_text(wrong.replace(", outcomes: {talk: none}", ""), "utf-8")
    failed = run(jifen, "rulebook", "test", str(files), "--cases", str(other), "--lang", "zh")
    assert failed.exit_code == 1
    assert " case.differs /cases/1/expected/worker~1g/total year：worker/g" in failed.output
    assert " case.uncovered /outcomes/0 没有案例" in failed.output
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
        ("rulebook", NEXT_YEAR.replace("full: 100", "full: 99"), "sum.categories /total/full"),
        ("rulebook", "rulebook: [", "yaml.syntax"),
        ("cases", "cases: {}", "field.list /cases"),
        ("cases", "#" * 1_000_001, "request.too_large"),
        ("event_types", "visit.done: {title: x}", "field.required /visit.done/subject"),
        ("second", NEXT_YEAR.replace("small-county", "second").replace("full: 100", "full: 9"), "/total/full"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_2(jifen: CliRunner, files: Path, name: str, text: str, said: str) -> None:
    file = files.with_name(f"{name}.yaml")
    file.write_text(text, "utf-8")
    refused = run(jifen, "rulebook", "test", str(files))
    assert refused.exit_code == 2
    assert refused.output.startswith(f"{file}:")
    assert said in refused.output
    assert "Traceback" not in refused.output


def test_a_file_that_is_not_there_ends_with_2(jifen: CliRunner, files: Path) -> None:
    files.with_name("cases.yaml").unlink()
    refused = run(jifen, "rulebook", "test", str(files))
    assert (refused.exit_code, "cases.yaml" in refused.output) == (2, True)


def test_cases_under_another_name_are_missed_and_taken_for_no_rulebook(jifen: CliRunner, files: Path) -> None:
    other = files.with_name("cases.yaml").rename(files.with_name("cases-2026.yaml"))
    missed = run(jifen, "rulebook", "test", str(files))
    said = f"{files.with_name('cases.yaml')}:1:1 resource.unknown There is no file cases.yaml.\n"
    assert (missed.exit_code, missed.output) == (2, said)
    other.with_name("cases.yaml").write_text(other.read_text("utf-8"), "utf-8")
    assert run(jifen, "rulebook", "test", str(files)).exit_code == 0


def test_what_keeps_a_rulebook_from_being_published_stands_in_the_file_where_it_is(
    jifen: CliRunner, county: County, files: Path
) -> None:
    cases = files.with_name("cases.yaml")
    who = ["--tenant", county.tenant, "--drafted-by", "hr", "--published-by", "head", *BECAUSE]
    right = cases.read_text("utf-8")
    cases.write_text(right.replace("total: 41.00", "total: 41.01").replace(", outcomes: {talk: none}", ""), "utf-8")
    untested = run(jifen, "rulebook", "publish", str(files), *who)
    line = next(number for number, said in enumerate(right.splitlines(), 1) if "total: 41.00" in said)
    assert f"\n{cases}:{line}:25 case.differs /cases/1/expected/worker~1g/total year: total" in untested.output
    assert re.search(rf"\n{re.escape(str(files))}:\d+:\d+ case\.uncovered /outcomes/0 ", untested.output)
    cases.write_text(right.replace("period: 2026-03", "peroid: 2026-03"), "utf-8")
    misspelt = run(jifen, "rulebook", "publish", str(files), *who)
    assert re.search(rf"\n{re.escape(str(cases))}:\d+:5 field\.unknown /cases/0/peroid .+period", misspelt.output)
    cases.write_text(right, "utf-8")
    assert "2026-1 已发布施行" in run(jifen, "rulebook", "publish", str(files), *who, "--lang", "zh").output


def test_without_a_database_of_the_users_one_is_started_and_goes(
    jifen: CliRunner, files: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("JIFEN_DATA", str(tmp_path / "untouched"))
    tested = run(jifen, "rulebook", "test", str(files))
    assert (tested.exit_code, tested.output) == (0, "cases: 2, failed: 0; parts covered: 10 of 10\n")
    assert not (tmp_path / "untouched").exists()


def test_the_findings_of_a_rulebook_are_listed_in_the_language_asked_for(
    jifen: CliRunner, county: County, tmp_path: Path
) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_text(RULEBOOK.replace("full: 100", "full: 99"), "utf-8")
    publish = ["rulebook", "publish", str(file), "--tenant", county.tenant, "--drafted-by", "a", "--published-by", "b"]
    refused = run(jifen, *publish, "--lang", "zh")
    assert refused.exit_code == 1
    assert "sum.categories /total/full 须等于" in refused.output
    assert refused.output.count("sum.categories") == 1


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


def test_grounds_are_a_reason_and_a_document(jifen: CliRunner, county: County, files: Path) -> None:
    publish = ["rulebook", "publish", str(files), "--tenant", county.tenant, "--drafted-by", "a", "--published-by", "b"]
    said = run(jifen, *publish)
    assert (said.exit_code, "which has ended" in said.output) == (1, True)
    assert run(jifen, *publish, "--reason", "x").exit_code == 2
    assert run(jifen, *publish, "--reason", "x", "--document", "y").exit_code == 0


def _trial(county: County, rulebook: str, period: str = "2025-03") -> list[str]:
    return ["trial", rulebook, "--tenant", county.tenant, "--period", period]


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """A rulebook that isn't stored: half the points for a visit."""
    file = tmp_path / "stricter.yaml"
    file.write_text(RULEBOOK.replace("version: 2025-1", "version: 2026-1").replace("each: 10", "each: 5"), "utf-8")
    return file


def test_a_rulebook_is_tried_from_its_file_and_not_stored(jifen: CliRunner, county: County, stricter: Path) -> None:
    county.send(*(visit("w1", f"h{n}") for n in range(5)))
    county.ranking("2025-03")
    before = snapshot(county)
    said = run(jifen, *_trial(county, str(stricter)), "--json")
    assert snapshot(county) == before
    answer = json.loads(said.output)
    assert (answer["rulebook"]["version"], answer["against"]["version"]) == ("2026-1", "2025-1")
    assert [(one["subject"], one["difference"]) for one in answer["movers"]] == [("worker/w1", "-25.00")]


def test_a_stored_version_is_tried_by_its_label(jifen: CliRunner, county: County, stricter: Path) -> None:
    county.send(*(visit("w1", f"h{n}") for n in range(5)))
    assert county.hr.post_text("/v1/rulebooks", stricter.read_text("utf-8"), "application/yaml").status_code == 201
    label = "small-county@2026-1"
    by_label, by_file = (json.loads(run(jifen, *_trial(county, of), "--json").output) for of in (label, str(stricter)))
    assert by_label == by_file
    assert json.loads(run(jifen, *_trial(county, label), "--against", label, "--json").output)["movers"] == []


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "2025-03: small-county@2026-1 beside small-county@2025-1",
                "subjects 6 -> 6 (0 in, 0 out)",
                "changed: tiers 1, totals 1, ranks 0",
                "tier\t-> incompetent",
                "competent\t1",
                "incompetent\t5",
                "totals differ: least -25, quartiles 0 0 0, most 0, mean -4.1667",
                "fell by 10 or more: 1",
                "unchanged: 5",
                "worker/w1: competent 80.00 rank 1 -> incompetent 55.00 rank 1 (-25.00)",
                "  visits -25.00",
            ],
        ),
        (
            "zh",
            [
                "2025-03：small-county@2026-1 对照 small-county@2025-1",
                "对象 6 → 6（新增 0，减少 0）",
                "变动：等次 1，总分 1，名次 0",
                "等次\t→incompetent",
                "competent\t1",
                "incompetent\t5",
                "总分之差：最小 -25，四分位 0、0、0，最大 0，平均 -4.1667",
                "降 10 分及以上：1",
                "不变：5",
                "worker/w1：competent 80.00 第 1 → incompetent 55.00 第 1（-25.00）",
                "  visits -25.00",
            ],
        ),
    ],
)
def test_a_trial_is_told_in_the_language_asked_for(
    jifen: CliRunner, county: County, stricter: Path, lang: str, lines: list[str]
) -> None:
    county.send(*(visit("w1", f"h{n}") for n in range(5)))
    said = run(jifen, *_trial(county, str(stricter)), "--lang", lang)
    *told, before, after = said.output.splitlines()
    assert told == lines
    assert before.startswith("    - " + {"en": "visits", "zh": "入户走访"}[lang])
    assert after.startswith("    + " + {"en": "visits", "zh": "入户走访"}[lang])


@pytest.mark.parametrize(
    ("rulebook", "period", "said"),
    [
        ("small-county@imagined", "2025-03", "没有这个rulebook：small-county@imagined。"),
        ("nowhere.yaml", "2025-03", "没有这个rulebook：nowhere.yaml。"),
        ("small-county@2025-1", "2999-01", "2999-01 尚未开始。"),
        ("small-county@2025-1", "March", "没有这个period：March。"),
    ],
)
def test_what_cannot_be_tried_is_one_line(
    jifen: CliRunner, county: County, rulebook: str, period: str, said: str
) -> None:
    refused = run(jifen, *_trial(county, rulebook, period), "--lang", "zh")
    assert (refused.exit_code, refused.output) == (1, f"Error: {said}\n")


def test_the_findings_of_a_text_that_cannot_be_tried_are_listed(
    jifen: CliRunner, county: County, tmp_path: Path
) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_text(RULEBOOK.replace("full: 100", "full: 99"), "utf-8")
    refused = run(jifen, *_trial(county, str(file)), "--lang", "zh")
    assert refused.exit_code == 1
    assert "sum.categories /total/full 须等于" in refused.output


def test_migrating_again_applies_nothing(jifen: CliRunner) -> None:
    assert run(jifen, "migrate").output == "nothing to apply\n"


def test_settings_are_shown_without_their_secrets(jifen: CliRunner, url: str) -> None:
    shown = run(jifen, "config", "--json")
    rows = {row["name"]: row for row in json.loads(shown.output)}
    assert rows["DATABASE_URL"]["value"] == "(set)"
    assert url not in shown.output


def test_the_keys_of_webhooks_are_not_shown(jifen: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    key = Fernet.generate_key().decode()
    monkeypatch.setenv("JIFEN_WEBHOOK_KEYS", key)
    assert key not in run(jifen, "config").output


@pytest.mark.parametrize("name", ["JIFEN_WEBHOOK_KEYS", "JIFEN_WEBHOOK_PRIVATE"])
def test_what_webhooks_can_not_be_told_stops_every_command(
    jifen: CliRunner, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "nonsense")
    refused = run(jifen, "config")
    assert (refused.exit_code, f"{name} must be" in refused.output) == (1, True)


def test_a_setting_that_cannot_be_stops_every_command(jifen: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIFEN_PORT", "http")
    refused = run(jifen, "config")
    assert (refused.exit_code, "JIFEN_PORT must be a whole number" in refused.output) == (1, True)
