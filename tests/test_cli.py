"""The command line: what it makes, what it prints, and one clear line with an exit code for what can't be."""

import json
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import RULEBOOK, County

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


def test_a_rulebook_is_published_by_a_second_person(jifen: CliRunner, county: County, tmp_path: Path) -> None:
    text = RULEBOOK.replace("version: 2025-1", "version: 2025-2").replace("from: 2025-01", "from: 2025-06")
    file = tmp_path / "rulebook.yaml"
    file.write_text(text, "utf-8")
    publish = ["rulebook", "publish", str(file), "--tenant", county.tenant, "--drafted-by", "hr"]
    alone = run(jifen, *publish, "--published-by", "hr")
    assert (alone.exit_code, "second person" in alone.output) == (1, True)
    assert run(jifen, *publish, "--published-by", "head").exit_code == 0


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
