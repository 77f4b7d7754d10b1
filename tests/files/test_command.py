"""`jifen import events` and `jifen import template`: files over the database, refusals with their places."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import SOURCE, County, visit
from tests.files.filling import HEADER, sheet
from tests.http.asking import nothing_written, written

CSV = "id,subject,time,household\n,w1,2025-03-10,东 1\n,w1,2025-03-10,东 1\nv3,w2,2025/3/11 9:05,h2\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, county: County, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Run `jifen import events` on a file of this name and content."""
    monkeypatch.setenv("DATABASE_URL", county.url)

    def run(name: str, content: str | bytes, *options: str) -> Result:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return CliRunner().invoke(
            main, ["import", "events", str(file), "--tenant", county.tenant, "--source", SOURCE, *options]
        )

    return run


def test_x(run, county: County, tmp_path: Path) -> None:
    for name, content in (("visit.done.csv", CSV), ("a.xlsx", sheet(HEADER, (None, "w1", "2025-03-10", "x"), (None, "w1", "soon", "x")))):
        for options in (["--dry-run"], [], ["--json"], ["--from-row", "3"]):
            done = run(name, content, *options, "--refused", str(tmp_path / f"refused.{name}"))
            print(done.output, done.exit_code, done.exception)
    lines = "\n".join(json.dumps(e) for e in [visit("w1", "1"), {**visit("w9", "1"), "source": "other"}]) + "\nnonsense\n"
    done = run("a.ndjson", lines, "--refused", str(tmp_path / "r.ndjson"))
    print(done.output, (tmp_path / "r.ndjson").read_text())
    assert 0
