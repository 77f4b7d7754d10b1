"""jifen event-types put: the types of a file are declared for a tenant, all of them or none."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.county import County
from tests.http.asking import nothing_written

FILE = """\
visit.made: {title: 走访, subject: worker, dated_by: time, act: [visit], fields: {visit: {kind: text, required: true}}}
visit.checked:
  {title: 复核, subject: worker, dated_by: time, state: result, fields: {result: {kind: code, codes: [kept, void]}}}
"""


@pytest.fixture
def file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two event types; the environment names the database of this test."""
    monkeypatch.setenv("DATABASE_URL", url)
    (tmp_path / "event_types.yaml").write_text(FILE, "utf-8")
    return tmp_path / "event_types.yaml"


def put(county: County, file: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["event-types", "put", str(file), "--tenant", county.tenant, *more])


def test_the_types_of_a_file_are_declared(county: County, file: Path) -> None:
    said = put(county, file)
    assert (said.exit_code, said.output) == (0, "visit.made new\nvisit.checked new\n")
    assert county.hr.get("/v1/event-types/visit.made").json["act"] == ["visit"]
    with nothing_written(county):
        again = put(county, file, "--json")
    assert {one["result"] for one in json.loads(again.output)["items"]} == {"unchanged"}


def test_a_type_that_grows_is_told(county: County, file: Path) -> None:
    put(county, file)
    file.write_text(FILE.replace("[kept, void]", "[kept, void, disputed]"), "utf-8")
    assert put(county, file).output == "visit.made unchanged\nvisit.checked grown\n"


def test_where_one_would_be_narrowed_none_is_declared(county: County, file: Path) -> None:
    put(county, file)
    file.write_text(f"visit.more: {FILE.split(': ', 1)[1].replace('[kept, void]', '[kept]')}", "utf-8")
    with nothing_written(county):
        said = put(county, file)
    assert said.exit_code == 1
    assert f"{file}:3:3 event_type.narrowed /visit.checked" in said.output
    assert county.hr.get("/v1/event-types/visit.more").status_code == 404


def test_what_cannot_be_read_is_told_where_it_stands(county: County, file: Path) -> None:
    file.write_text(FILE.replace("act: [visit]", "act: [household]"), "utf-8")
    with nothing_written(county):
        said = put(county, file)
    assert said.exit_code == 2
    assert f"{file}:1:63 declaration.act /visit.made/act" in said.output
