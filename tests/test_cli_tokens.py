"""Tokens in a terminal: made for a time and a part of the tree, listed, rotated, taken back."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import Client, County


@pytest.fixture
def jifen(county: County, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal of somebody who has the database."""
    monkeypatch.setenv("DATABASE_URL", county.url)
    return CliRunner()


def run(jifen: CliRunner, county: County, command: str, *arguments: str) -> Result:
    return jifen.invoke(main, ["token", command, "--tenant", county.tenant, *arguments])


def made(jifen: CliRunner, county: County, *arguments: str) -> dict[str, Any]:
    """A token, with what is stored of it."""
    done = run(jifen, county, "create", "--actor", "street", "--scope", "results:read", "--json", *arguments)
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output))


def listed(jifen: CliRunner, county: County, *arguments: str) -> list[dict[str, Any]]:
    return list(json.loads(run(jifen, county, "list", "--json", *arguments).output))


def test_a_token_for_a_time_and_a_part_of_the_tree(jifen: CliRunner, county: County) -> None:
    token = made(jifen, county, "--expires-in", "90d", "--under", "east")
    life = datetime.fromisoformat(token["expires_at"]) - datetime.fromisoformat(token["created_at"])
    assert abs(life - timedelta(days=90)) < timedelta(minutes=1)
    assert token["under"] == "east"
    assert Client(county.client, token["token"]).get("/v1/periods").status_code == 200
    assert [one["id"] for one in listed(jifen, county, "--actor", "street")] == [token["id"]]


def test_a_list_never_says_the_token(jifen: CliRunner, county: County) -> None:
    token = made(jifen, county)
    for form in ([], ["--json"]):
        printed = run(jifen, county, "list", *form).output
        assert token["begins"] in printed
        assert token["token"] not in printed
        assert "never used" in printed or form


def test_a_token_is_rotated_and_taken_back(jifen: CliRunner, county: County) -> None:
    old = made(jifen, county)
    rotated = run(jifen, county, "rotate", str(old["id"]), "--hours", "1", "--json")
    new = json.loads(rotated.output)
    assert (new["actor"], new["scopes"], new["expires_at"]) == ("street", ["results:read"], None)
    assert run(jifen, county, "revoke", str(new["id"])).output == f"token {new['id']} revoked\n"
    states = {one["id"]: one["state"] for one in listed(jifen, county, "--actor", "street")}
    assert states == {old["id"]: "usable", new["id"]: "revoked"}
    assert [one["id"] for one in listed(jifen, county, "--state", "revoked")] == [new["id"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "--scope", "results:read", "--under", "nowhere"], "/under is not a known organisation: nowhere"),
        (["create", "--scope", "results:read", "--expires-in", "soon"], "'soon' is not a span such as 90d or 12h"),
        (["revoke", "999999"], "There is no token 999999."),
        (["rotate", "999999"], "There is no token 999999."),
        (["rotate", "999999", "--lang", "zh"], "没有这个token：999999。"),
    ],
)
def test_what_cannot_be_is_said(jifen: CliRunner, county: County, arguments: list[str], said: str) -> None:
    refused = run(jifen, county, *arguments)
    assert refused.exit_code in (1, 2)
    assert said in refused.output
