"""jifen audit: a head to keep elsewhere, and an answer that scripts can trust."""

import json
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import County, visit
from tests.http.test_operations import samples, value


@pytest.fixture
def jifen(url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A terminal whose environment names the database of this test."""
    monkeypatch.setenv("DATABASE_URL", url)
    return CliRunner()


def run(jifen: CliRunner, *arguments: str) -> Result:
    return jifen.invoke(main, list(arguments))


def test_heads_are_appended_and_each_is_still_in_the_chain(jifen: CliRunner, county: County, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    for n in range(3):
        county.send(visit("w1", f"h{n}"))
        said = run(jifen, "audit", "head", "--tenant", county.tenant)
        with file.open("a") as heads:
            heads.write(said.stdout)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [set(line) for line in lines] == [{"tenant", "position", "hash", "epoch", "at"}] * 3
    assert lines[2]["position"] == lines[0]["position"] + 2
    verified = run(jifen, "audit", "verify", "--tenant", county.tenant, "--head", str(file), "--json")
    answer = json.loads(verified.stdout)
    assert (verified.exit_code, answer["heads"], answer["position"]) == (0, 3, lines[2]["position"])
    assert (answer["broken"], answer["more"], answer["events"]) == ([], 0, 3)


def test_what_is_broken_is_a_line_each_and_the_rest_is_counted(jifen: CliRunner, county: County) -> None:
    county.send(*(visit("w1", f"h{n}") for n in range(30)))
    run(jifen, "audit", "head", "--tenant", county.tenant)
    assert run(jifen, "audit", "verify", "--tenant", county.tenant).output.endswith("; heads kept outside: 0; holds\n")
    with psycopg.connect(county.url) as owner:
        owner.execute("UPDATE event SET time = time + interval '1 second'")
    verified = run(jifen, "audit", "verify", "--tenant", county.tenant)
    assert verified.exit_code == 1
    *told, more, last = verified.output.splitlines()
    assert len(told) == 20
    assert all(line.startswith("event ") and line.endswith(": it isn't as it was written") for line in told)
    assert (more, last.endswith("; broken")) == ("and 10 more", True)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{}", "line 1 is not a head"), ("", "there is no head of"), ('{"tenant": "another"}', "there is no head of")],
)
def test_a_file_that_holds_no_head_is_refused(
    jifen: CliRunner, county: County, tmp_path: Path, text: str, said: str
) -> None:
    """Rather than that everything holds against nothing."""
    (tmp_path / "heads").write_text(text)
    refused = run(jifen, "audit", "verify", "--tenant", county.tenant, "--head", str(tmp_path / "heads"))
    assert refused.exit_code == 2
    assert said in refused.output


def test_a_chain_that_was_written_anew_from_a_point_is_found_by_the_head(
    jifen: CliRunner, county: County, tmp_path: Path
) -> None:
    """Invariant 15: whoever owns everything can make another whole chain, but not this one."""
    (tmp_path / "heads").write_text(run(jifen, "audit", "head", "--tenant", county.tenant).stdout)
    with psycopg.connect(county.url) as owner:
        owner.execute("DELETE FROM chain_block")
        owner.execute("INSERT INTO unsealed SELECT tenant_id, entry_id FROM seal")
        owner.execute("DELETE FROM seal")
        owner.execute("UPDATE chain_head SET position = 0, hash = ''")
    run(jifen, "audit", "head", "--tenant", county.tenant)
    assert run(jifen, "audit", "verify", "--tenant", county.tenant).exit_code == 0
    verified = run(jifen, "audit", "verify", "--tenant", county.tenant, "--head", str(tmp_path / "heads"))
    assert (verified.exit_code, "the head that was kept outside is another" in verified.output) == (1, True)


def test_a_sample_is_drawn_from_the_runs(jifen: CliRunner, county: County) -> None:
    for month in ("2025-01", "2025-02", "2025-03"):
        for step in ("close", "publish"):
            assert county.hr.post(f"/v1/periods/{month}/{step}").status_code == 200
    sampled = run(jifen, "verify", "--tenant", county.tenant, "--sample", "2", "--json")
    assert (sampled.exit_code, len(json.loads(sampled.stdout))) == (0, 2)
    more = run(jifen, "verify", "--tenant", county.tenant, "--sample", "9")
    assert more.output.endswith("3 verified, 0 differ\n")


def test_what_came_of_a_proof_is_a_metric(jifen: CliRunner, county: County) -> None:
    labels = {"tenant": county.tenant, "of": "journal", "outcome": "holds"}
    assert value(county.anonymous, "jifen_unsealed_age_seconds") > 0
    run(jifen, "audit", "verify", "--tenant", county.tenant)
    assert value(county.anonymous, "jifen_position", tenant=county.tenant) == 0
    run(jifen, "audit", "head", "--tenant", county.tenant)
    assert value(county.anonymous, "jifen_unsealed_age_seconds") == 0
    assert value(county.anonymous, "jifen_position", tenant=county.tenant) > 0
    assert labels in [said for said, _ in samples(county.anonymous, "jifen_verification_age_seconds")]
    with psycopg.connect(county.url) as owner:
        owner.execute("UPDATE audit_entry SET actor = 'x' WHERE action = 'rulebook.draft'")
    run(jifen, "audit", "verify", "--tenant", county.tenant)
    differs = {**labels, "outcome": "differs"}
    assert value(county.anonymous, "jifen_verification_wrong", **differs) > 0
    assert value(county.anonymous, "jifen_verification_seconds", **differs) > 0
    assert value(county.anonymous, "jifen_verification_wrong", **labels) == 0
