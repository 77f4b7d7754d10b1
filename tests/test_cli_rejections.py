"""jifen rejections list and retry: what intake refused, at a terminal."""

import json

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import SOURCE, County, rating, visit


@pytest.fixture
def jifen(url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal whose environment names the database of this test."""
    monkeypatch.setenv("DATABASE_URL", url)
    return CliRunner()


def rejections(jifen: CliRunner, county: County, command: str, *arguments: str) -> Result:
    return jifen.invoke(main, ["rejections", command, "--tenant", county.tenant, *arguments])


def test_what_was_refused_is_listed(jifen: CliRunner, county: County) -> None:
    bad = [visit("nobody", "h1"), rating("w1", 9)]
    county.send(*bad)
    county.sender.post_text("/v1/events", "{", "application/json")
    told = rejections(jifen, county, "list").output.splitlines()
    assert ["waiting" in line for line in told] == [False, True, True]
    assert "request.malformed" in told[0]
    [waiting] = [line for line in told if bad[1]["id"] in line]
    assert "number.range /data/stars must be from 1 to 5" in waiting
    [said] = json.loads(rejections(jifen, county, "list", "--code", "number.range", "--json", "--lang", "zh").output)
    assert (said["id"], said["errors"][0]["detail"].isascii()) == (bad[1]["id"], False)
    assert len(rejections(jifen, county, "list", "--waiting", "--limit", "1").output.splitlines()) == 1
    assert rejections(jifen, county, "list", "--to", said["first_at"][:10] + "T00:00:00Z").output == ""


def test_what_waits_is_sent_again_and_the_exit_code_says_whether_all_was_taken(
    jifen: CliRunner, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.commands.rejections._PAGE", 2)
    county.send(*(visit("w9", f"h{n}") for n in range(5)), rating("w1", 9))
    county.state([], [{"id": "w9", "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}])
    other = rejections(jifen, county, "retry", "--source", "hotline")
    assert (other.exit_code, other.output) == (0, "0 sent again, 0 refused once more\n")
    done = rejections(jifen, county, "retry", "--source", SOURCE)
    assert done.exit_code == 1
    assert done.output.endswith("6 sent again, 1 refused once more\n")
    assert "number.range /data/stars" in done.output
    made = rejections(jifen, county, "retry", "--source", SOURCE, "--code", "subject.unknown", "--json")
    assert (made.exit_code, json.loads(made.output)) == (0, [])


def test_a_time_that_is_none_is_told(jifen: CliRunner, county: County) -> None:
    told = rejections(jifen, county, "list", "--from", "yesterday")
    assert told.exit_code == 2
    assert "'yesterday' is not a time such as" in told.output
