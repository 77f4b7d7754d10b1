"""Invariant 15, for whoever trusts nobody: the journal taken away, and computed again by the program in the docs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.county import County, visit

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("audit.md", "audit.zh-CN.md")


@pytest.fixture
def exported(url: str, monkeypatch: pytest.MonkeyPatch, county: County, tmp_path: Path) -> tuple[Path, str]:
    """A journal with entries of every kind, and its head."""
    monkeypatch.setenv("DATABASE_URL", url)
    sent = county.send(visit("w1", "h1"), visit("w2", "第二户"), visit("w3", "h3"))
    county.hr.post(f"/v1/events/{sent[0]['event']}/reversal", {"reason": "entered twice"})
    head = json.loads(CliRunner().invoke(main, ["audit", "head", "--tenant", county.tenant]).stdout)
    county.hr.put("/v1/workers/w1", {"name": "李某某"})
    for step in ("close", "publish"):
        county.hr.post(f"/v1/periods/2025-03/{step}")
    head = json.loads(CliRunner().invoke(main, ["audit", "head", "--tenant", county.tenant]).stdout)
    file = tmp_path / "audit.ndjson"
    arguments = ["audit", "export", "--tenant", county.tenant, "--out", str(file), "--json"]
    said = json.loads(CliRunner().invoke(main, arguments).stdout)
    assert (said["file"], said["position"], said["blocks"] >= 2) == (str(file), head["position"], True)
    return file, f"{head['position']} {head['hash']}\n"


def recomputed(page: str, file: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the program of a page says of a file."""
    [program] = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    script = folder / "recompute.py"
    script.write_text(program, "utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(script), str(file)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_program_of_the_docs_comes_to_the_head(exported: tuple[Path, str], page: str, tmp_path: Path) -> None:
    file, head = exported
    done = recomputed(page, file, tmp_path)
    assert (done.returncode, done.stdout) == (0, head), done.stderr


@pytest.mark.parametrize(
    ("of", "to"),
    [
        ('"actor": "sender"', '"actor": "another"'),
        ('"size": 3', '"size": 4'),
        ('"covers": ["', '"covers": ["00'),
        ('"has_reason": true', '"has_reason": false'),
        ('"action": "period.close"', '"action": "period.open"'),
    ],
)
def test_a_change_of_what_was_taken_away_is_found(exported: tuple[Path, str], tmp_path: Path, of: str, to: str) -> None:
    file, _ = exported
    text = file.read_text("utf-8")
    assert of in text
    file.write_text(text.replace(of, to, 1), "utf-8")
    done = recomputed(PAGES[0], file, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not as it was written" in done.stderr


def test_a_line_that_is_left_out_is_found(exported: tuple[Path, str], tmp_path: Path) -> None:
    file, _ = exported
    lines = file.read_text("utf-8").splitlines()
    for n in (0, len(lines) // 2, next(n for n, line in enumerate(lines) if '"kind": "block"' in line)):
        file.write_text("\n".join(lines[:n] + lines[n + 1 :]), "utf-8")
        assert recomputed(PAGES[0], file, tmp_path).returncode == 1, n


def test_every_entry_says_before_and_after_and_nothing_personal(exported: tuple[Path, str]) -> None:
    file, _ = exported
    entries = [said for line in file.read_text("utf-8").splitlines() if (said := json.loads(line))["kind"] == "entry"]
    assert [entry["changed"] for entry in entries] == [len(entry["changes"]) for entry in entries]
    assert all(entry["changes"] for entry in entries)
    assert "李某某" not in file.read_text("utf-8")
