"""`jifen export`: the files of the API, and what it says of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.commands import common
from tests.county import County

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, county: County, tmp_path: Path) -> Run:
    """Run `jifen export` for March, into a file of this name."""
    monkeypatch.setenv("DATABASE_URL", county.url)

    def run(name: str, *options: str, period: str = "2025-03") -> Result:
        asked = ["export", period, "--tenant", county.tenant, "--out", str(tmp_path / name), *options]
        return CliRunner().invoke(main, asked)

    return run


@pytest.mark.parametrize(
    "options",
    [[], ["--under", "west"], ["--tier", "basic"], ["--no-tier", "service_short"], ["--sort", "-total"]],
)
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_the_file_is_that_of_the_api(county: County, run: Run, tmp_path: Path, form: str, options: list[str]) -> None:
    query = "&".join(f"{a.strip('-').replace('-', '_')}={b}" for a, b in zip(options[::2], options[1::2], strict=True))
    done = run(f"out.{form}", "--names", *options)
    assert done.exit_code == 0, done.output
    answer = county.hr.get(f"/v1/rankings/2025-03.{form}?{query}", Accept_Language="en")
    assert (tmp_path / f"out.{form}").read_bytes() == answer.data
    assert (
        f"out.{form}: {len(county.ranking('2025-03', **dict([query.split('=')] if query else [])))} results"
        in done.output
    )


def test_names_are_written_only_where_they_are_asked_for(run: Run, tmp_path: Path) -> None:
    assert run("a.csv").exit_code == 0
    assert "王小明" not in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_json_and_the_language_and_a_format_that_the_name_does_not_say(run: Run, tmp_path: Path) -> None:
    done = run("march", "--format", "csv", "--lang", "zh", "--json")
    assert json.loads(done.stdout) == {"file": str(tmp_path / "march"), "results": 9}
    assert (tmp_path / "march").read_text("utf-8-sig").startswith("对象,")


def test_a_notice_has_an_order_of_its_own(run: Run, tmp_path: Path) -> None:
    done = run("notice.html", "--notice", "--sort", "subject")
    assert (done.exit_code, "--sort" in done.output) == (2, True)
    assert not (tmp_path / "notice.html").exists()


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_a_notice_is_written_too(run: Run, tmp_path: Path, form: str) -> None:
    done = run(f"notice.{form}", "--notice", "--fields", "name,tier")
    assert done.exit_code == 0, done.output
    assert (tmp_path / f"notice.{form}").stat().st_size > 1000


def test_how_far_it_is_stands_beside_the_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.exports import tables

    monkeypatch.setattr(tables, "_TOLD", 2)
    monkeypatch.setattr(common, "_ROWS_BETWEEN_LINES", 4)
    done = run("a.ndjson", "--json")
    assert json.loads(done.stdout)["results"] == 9
    assert done.stderr.splitlines() == ["4 rows", "8 rows", "12 rows", "16 rows"]


@pytest.mark.parametrize(
    ("options", "period", "code", "said"),
    [
        (["a.pdf"], "2025-03", 2, "--format is one of csv, xlsx, ndjson"),
        (["a.csv", "--notice"], "2025-03", 2, "--format is one of xlsx, html"),
        (["a.csv", "--tier", "platinum"], "2025-03", 1, "--tier must be one of"),
        (["a.csv", "--no-tier", "lazy"], "2025-03", 1, "--no-tier must be one of"),
        (["a.html", "--notice", "--fields", "phone"], "2025-03", 1, "--fields must be one of"),
        (["a.html", "--notice"], "2025-05", 1, "2025-05 is open; this needs provisional"),
        (["a.csv", "--revision", "9"], "2025-03", 1, "There is no revision 9"),
        (["a.csv", "--standing", "--final"], "2025-03", 2, "--standing"),
        (["a.csv"], "2025-13", 1, "There is no period 2025-13"),
    ],
)
def test_what_cannot_be_is_said_and_no_file_is_left(
    run: Run, tmp_path: Path, options: list[str], period: str, code: int, said: str
) -> None:
    done = run(*options, period=period)
    assert (done.exit_code, said in done.output) == (code, True), done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []
