"""`jifen import events` and `jifen import template`: files over the database, refusals with their places."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service import intake
from service.cli import main
from service.commands import common, files
from tests.county import SOURCE, County, visit
from tests.files.filling import HEADER, at, filled, sheet
from tests.http.asking import nothing_written, written

CSV = "id,subject,time,household\n,w1,2025-03-10,东 1\n,w1,2025-03-10,东 1\nv3,w2,2025/3/11 9:05,h2\n"
FOREIGN = """三月走访台账,,,,
工号,姓名,日期,户号,是否按时
w1,某某,10.03.2025,5,√
w2,某某,11.03.2025,6,
w3,某某,12.03.2025,7,×
"""
MAPPING = """
header: 2
timezone: Asia/Urumqi
type: visit.timely
subject: {column: 工号}
time: {column: 日期, format: "%d.%m.%Y"}
data:
  household: {column: 户号}
  on_time: {column: 是否按时, values: {√: 是, ×: 否}}
  level: county
"""

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, county: County, tmp_path: Path) -> Run:
    """Run `jifen import events` on a file of this name and content."""
    monkeypatch.setenv("DATABASE_URL", county.url)

    def run(name: str, content: str | bytes, *options: str, source: str = SOURCE) -> Result:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        asked = ["--tenant", county.tenant, "--source", source, *options]
        return CliRunner().invoke(main, ["import", "events", str(file), *asked])

    return run


def said(done: Result) -> str:
    """The last line of the answer, where it is a good one."""
    assert done.exit_code == 0, done.output
    return done.output.splitlines()[-1]


def test_a_file_is_imported_and_may_be_imported_again(run: Run, county: County) -> None:
    """Invariant 2: the type is that of the file's name; equal rows count each, and a repetition counts nothing."""
    with nothing_written(county):
        assert said(run("visit.done.csv", CSV, "--dry-run")) == (
            "3 rows would be: 3 created, 0 duplicate, 0 conflict, 0 rejected"
        )
    assert said(run("visit.done.csv", CSV)) == "3 rows: 3 created, 0 duplicate, 0 conflict, 0 rejected"
    again = json.loads(said(run("三月.csv", CSV.encode("gb18030"), "--type", "visit.done", "--json")))
    assert again == {"rows": 3, "created": 0, "duplicate": 3, "conflict": 0, "rejected": 0, "errors": []}
    rows = [line.split(",") for line in CSV.splitlines()]
    assert " 3 duplicate" in said(run("a.xlsx", sheet(*[[cell or None for cell in row] for row in rows])))
    assert county.ranking("2025-03")[0]["subject"] in ("worker/w1", "worker/w2")


def test_json_lines_are_sent_as_they_are(run: Run, county: County) -> None:
    lines = [visit("w1", "h1"), {**visit("w2", "h2"), "source": "other"}, {**visit("w9", "h1")}]
    del lines[0]["source"]
    done = run("a.ndjson", "\n".join([*map(json.dumps, lines), "", "nonsense", "[]"]))
    assert done.exit_code == 1
    assert "5 rows: 1 created, 0 duplicate, 0 conflict, 4 rejected" in done.output
    told = [line.split("a.ndjson:")[1].split()[:3] for line in done.output.splitlines() if "a.ndjson:" in line]
    assert told == [
        ["2:1", "source.forbidden", "/source"],
        ["3:1", "subject.unknown", "/subject"],
        ["5:1", "request.malformed", "The"],
        ["6:1", "field.object", "must"],
    ]


def test_an_import_that_broke_off_is_begun_again(run: Run, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant 2: what was stored before counts once, with or without the rows above."""
    calls = []
    take = intake.take

    def breaking(*asked: Any) -> Any:
        calls.append(asked)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return take(*asked)

    monkeypatch.setattr(files, "_EVENTS_IN_ONE_TRANSACTION", 1)
    monkeypatch.setattr(intake, "take", breaking)
    assert run("visit.done.csv", CSV).exit_code == 1
    assert written(county)[0] == 2
    assert " 1 created, 1 duplicate" in said(run("visit.done.csv", CSV, "--from-row", "3"))
    assert " 0 created, 3 duplicate" in said(run("visit.done.csv", CSV))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ndjson"])
def test_what_was_refused_is_mended_and_sent_again(run: Run, county: County, tmp_path: Path, kind: str) -> None:
    rows = [(None, "w1", "2025-03-10", "h1"), (None, "w9", at(2025, 3, 11), "h2"), (None, "w1", "soon", "东 3")]
    lines = [visit("w1", "h1"), visit("w9", "h2")]
    content: str | bytes = {
        "csv": CSV.replace("w2", "w9"),
        "xlsx": sheet(HEADER, *rows),
        "ndjson": "\n".join(map(json.dumps, lines)),
    }[kind]
    refused = tmp_path / f"refused.{kind}"
    done = run(f"visit.done.{kind}", content, "--refused", str(refused))
    assert done.exit_code == 1
    again = run(refused.name, refused.read_bytes(), "--type", "visit.done", "--json")
    assert {one["code"] for one in json.loads(again.output.splitlines()[-1])["errors"]} >= {"subject.unknown"}
    assert json.loads(again.output.splitlines()[-1])["created"] == 0
    county.state([], [{"id": "w9", "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}])
    mended = run(refused.name, refused.read_bytes(), "--type", "visit.done", "--json")
    assert json.loads(mended.output.splitlines()[-1])["created"] == 1
    [stored] = county.sender.get("/v1/events?subject=worker/w9").json["items"]
    assert stored["extensions"] == {}  # why it was refused is no part of the event
    assert not (tmp_path / "none").exists()


def test_nothing_refused_is_no_file(run: Run, tmp_path: Path) -> None:
    said(run("visit.done.csv", CSV, "--refused", str(tmp_path / "none.csv")))
    assert not (tmp_path / "none.csv").exists()


def test_a_table_of_another_make_is_read_by_a_mapping(run: Run, county: County, tmp_path: Path) -> None:
    fields = {
        "household": {"kind": "text", "required": True},
        "on_time": {"kind": "boolean"},
        "level": {"kind": "code", "codes": ["county", "town"]},
    }
    county.declare({"visit.timely": {"title": "走访", "subject": "worker", "dated_by": "time", "fields": fields}})
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, "utf-8")
    for name, content in (("台账.csv", FOREIGN.encode("gb18030")), ("台账.xlsx", as_sheet(FOREIGN))):
        done = json.loads(said(run(name, content, "--mapping", str(mapping), "--json")))
        assert done["created"] + done["duplicate"] == 3
    sent = [
        {**visit(worker, house), "type": "visit.timely", "time": f"2025-03-{day}T00:00:00+06:00", "id": str(day)}
        for worker, house, day in (("w1", "5", 10), ("w2", "6", 11), ("w3", "7", 12))
    ]
    for event, timely in zip(sent, (True, None, False), strict=True):
        event["data"] |= {"level": "county", **({} if timely is None else {"on_time": timely})}
    with_ids = MAPPING + "id: {column: 编号}\n"
    mapping.write_text(with_ids, "utf-8")
    lines = FOREIGN.splitlines()
    numbered = [
        lines[0],
        lines[1] + ",编号",
        *(f"{line},{day}" for line, day in zip(lines[2:], (10, 11, 12), strict=True)),
    ]
    said(run("台账.csv", "\n".join(numbered), "--mapping", str(mapping)))
    assert {item["result"] for item in county.send(*sent)} == {"duplicate"}


def as_sheet(text: str) -> bytes:
    return sheet(*[[cell or None for cell in line.split(",")] for line in text.splitlines()], name="三月")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("header: 2", "header: two"), ["mapping.yaml:2:9 number.whole"]),
        (("format", "farmat"), ["field.unknown", 'did you mean "format"?']),
        (("Asia/Urumqi", "Asia/Nowhere"), ["timezone.unknown"]),
        (("type: visit.timely\n", ""), ["/type is required"]),
        (("{column: 工号}", "{column: 工牌}"), ["file.column_lacking", "工牌"]),
        (("√: 是", "v: 是"), ["code.unknown"]),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told(
    run: Run, county: County, tmp_path: Path, change: tuple[str, str], wrong: list[str]
) -> None:
    county.declare(
        {
            "visit.timely": {
                "title": "x",
                "subject": "worker",
                "dated_by": "time",
                "fields": {"on_time": {"kind": "boolean"}},
            }
        }
    )
    mapping = tmp_path / "mapping.yaml"
    shorter = MAPPING.replace("  household: {column: 户号}\n", "").replace("  level: county\n", "")
    mapping.write_text(shorter.replace(*change), "utf-8")
    with nothing_written(county):
        refused = run("台账.csv", FOREIGN.split("w2")[0], "--mapping", str(mapping))
    assert refused.exit_code in (1, 2)
    assert [one for one in wrong if one not in refused.output] == []


@pytest.mark.parametrize(
    ("name", "content", "options", "code", "told"),
    [
        ("a.xlsx", b"PK\x03\x04", [], 2, "damaged"),
        ("a.csv", b"\xff\xff", [], 2, "none of UTF-8"),
        ("a.csv", CSV, ["--charset", "latin-1"], 2, "none of UTF-8"),
        ("a.csv", b'id,subject\n"a', ["--type", "visit.done"], 2, "line 2"),
        ("a.xls", b"\xd0\xcf\x11\xe0", [], 2, "neither XLSX nor CSV"),
        ("a.xls", b"\xd0\xcf\x11\xe0", ["--lang", "zh"], 2, "既不是"),
        ("a.csv", CSV, [], 1, "a.csv:1:A file.type"),
        ("a.ndjson", "x" * (1 << 21), [], 2, "Line 1 has more"),
        ("a.csv", "# a remark\n\n", [], 2, "holds no event"),
        ("a.csv", CSV, ["--type", "visit.done", "--from-row", "9"], 2, "holds no event"),
    ],
)
def test_a_file_that_can_not_be_read_is_said_so(
    run: Run, county: County, name: str, content: str | bytes, options: list[str], code: int, told: str
) -> None:
    with nothing_written(county):
        done = run(name, content, *options)
    assert (done.exit_code, told in done.output) == (code, True), done.output
    assert "Traceback" not in done.output


def test_a_source_is_registered_before(run: Run) -> None:
    done = run("visit.done.csv", CSV, source="nobody")
    assert (done.exit_code, "there is no source nobody" in done.output) == (1, True)


def test_lines_say_how_far_it_is_where_there_is_no_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_EVENTS_IN_ONE_TRANSACTION", 1)
    monkeypatch.setattr(common, "_ROWS_BETWEEN_LINES", 2)
    assert run("visit.done.csv", CSV).output.splitlines()[0] == "2 rows"


def test_a_template_is_written_and_filled_in(run: Run, county: County, tmp_path: Path) -> None:
    made = tmp_path / "made.xlsx"
    asked = ["import", "template", "small-county", "--tenant", county.tenant, "--out"]
    done = CliRunner().invoke(main, [*asked, str(made)])
    assert (done.exit_code, "4 event types" in done.output) == (0, True), done.output
    rows = {"visit.done": [{"subject": "w1", "time": at(2025, 3, 10, 9), "household": "=1+1"}]}
    assert " 1 created" in said(run("made.xlsx", filled(made.read_bytes(), rows)))
    csv = CliRunner().invoke(main, [*asked, str(tmp_path / "a.csv"), "--type", "visit.done"])
    assert csv.exit_code == 0
    row = b",visit.done,w1,2025-03-10 09:00,=1+1\n"
    assert " 1 duplicate" in said(run("a.csv", (tmp_path / "a.csv").read_bytes() + row))
    assert CliRunner().invoke(main, [*asked, str(tmp_path / "a.csv")]).exit_code == 1
