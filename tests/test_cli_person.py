"""jifen person: a person's identity is erased at a terminal, as over HTTP."""

import json

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.county import County
from tests.http.test_erasure import NAME, RECORD


@pytest.fixture
def jifen(url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal whose environment names the database of this test."""
    monkeypatch.setenv("DATABASE_URL", url)
    return CliRunner()


def test_a_person_is_erased_and_it_says_how_much_there_was(jifen: CliRunner, county: County) -> None:
    county.hr.put("/v1/workers/w1", RECORD)
    arguments = ["person", "erase", "w1", "--tenant", county.tenant, "--reason", f"{NAME} left"]
    said = jifen.invoke(main, arguments)
    assert (said.exit_code, said.output.startswith("w1 erased: ")) == (0, True)
    assert "1 names, 1 aliases" in said.output
    assert county.hr.get("/v1/workers/w1").json["name"] is None
    entry = county.hr.get("/v1/audit?action=person.erase").json["items"][0]
    assert (entry["actor"], entry["reason"]) == ("cli", "** left")
    again = json.loads(jifen.invoke(main, [*arguments, "--json"]).stdout)
    assert set(again["erased"].values()) == {0}


def test_nobody_is_not_erased(jifen: CliRunner, county: County) -> None:
    refused = jifen.invoke(main, ["person", "erase", "nobody", "--tenant", county.tenant, "--reason", "x"])
    assert (refused.exit_code, "nobody" in refused.output) == (1, True)
