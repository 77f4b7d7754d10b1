"""/v1/imports: a template for a rulebook, and events from files on the same road as any others."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.county import SOURCE, TYPES, County
from tests.files.filling import HEADER, XLSX, at, filled, send, sheet
from tests.http.asking import assert_problem, errors_of, nothing_written, rulebook

CSV = "type,subject,time,household\nvisit.done,w1,2025-03-10 09:00,东街 5 号\nvisit.done,w2,2025/3/11,西街\n"
GOOD, BAD = (None, "w1", "2025-03-10", "h1"), (None, "w1", "some day", "h2")


def counts(**said: int) -> dict[str, int]:
    """What an answer counts."""
    return {"rows": sum(said.values()), "created": 0, "duplicate": 0, "conflict": 0, "rejected": 0, **said}


def counted(answer: Any) -> dict[str, int]:
    return {name: number for name, number in answer.json.items() if isinstance(number, int)}


def template(county: County, **query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in {"rulebook": "small-county", **query}.items())
    return county.hr.get(f"/v1/imports/template?{asked}")


def test_a_template_that_is_filled_in_is_imported_once(fresh: County) -> None:
    """Invariant 2: the same file again is the same events; two equal rows are two."""
    rows = {
        "visit.done": [{"subject": "w1", "time": "2025-03-10", "household": "东街 5 号"}] * 2,
        "rating.resident": [{"subject": "w2", "time": "2025/3/11 9:30", "stars": 4.5}],
        "assess.annual": [{"subject": "worker/w3", "period": "2025", "points": 88}],
    }
    file = filled(template(fresh).data, rows)
    answer = send(fresh.hr, file)
    assert (answer.status_code, counted(answer), answer.json["errors"]) == (200, counts(created=4), [])
    assert counted(send(fresh.hr, file)) == counts(duplicate=4)
    rows["visit.done"].append({"subject": "w4", "time": "2025-03-10", "household": "南街"})
    assert counted(send(fresh.hr, filled(template(fresh).data, rows))) == counts(duplicate=4, created=1)
    assert {i["subject"]: i["total"] for i in fresh.ranking("2025-03")}["worker/w4"] == "40.00"


def test_a_template_has_a_sheet_for_each_type_that_the_rulebook_reads(shared: County) -> None:
    book = load_workbook(io.BytesIO(template(shared).data))
    assert sorted(book.sheetnames[1:-1]) == sorted(TYPES)
    assert [(s.title, s.sheet_state) for s in book.worksheets if s.sheet_state != "visible"] == [("_codes", "hidden")]
    stars = book["rating.resident"]
    assert [cell.value for cell in stars[3]] == ["id", "subject", "time", "stars"]
    assert stars.freeze_panes == "A4"
    assert [(c.type, c.formula1, c.formula2) for c in stars.data_validations.dataValidation] == [("decimal", "1", "5")]


def test_nothing_of_a_template_is_an_event(shared: County) -> None:
    """Neither its example nor its instructions."""
    assert_problem(send(shared.hr, template(shared).data), 422, "file.empty")
    csv = template(shared, format="csv", type="visit.done")
    assert csv.data.startswith(b"\xef\xbb\xbf")
    assert_problem(send(shared.hr, csv.data, "text/csv"), 422, "file.empty")
    with nothing_written(shared):
        row = b",visit.done,w1,2025-03-10,h1\n"
        assert counted(send(shared.hr, csv.data + row, "text/csv", dry_run="true")) == counts(created=1)


def test_a_template_is_of_a_rulebook_that_there_is(shared: County) -> None:
    assert template(shared, rulebook="small-county@2025-1").status_code == 200
    for label in ("nobody", "small-county@1999"):
        assert_problem(template(shared, rulebook=label), 404, "resource.unknown")
    answer = template(shared, format="csv")
    assert assert_problem(answer, 422, "request.invalid") == [("/type", "code.unknown")]


def test_codes_are_chosen_from_a_list_and_long_names_have_a_column(fresh: County) -> None:
    name = "a_type_with_a_name.that_no_sheet.can_have"
    fields = {
        "level": {"kind": "code", "required": True, "codes": ["=1+1", "县级"], "title": "=HYPERLINK()"},
        "ok": {"kind": "boolean", "title": "是否"},
        "id": {"kind": "text"},
        "day": {"kind": "date"},
    }
    fresh.declare({name: {"title": "表彰", "subject": "worker", "dated_by": "time", "fields": fields}})
    second = rulebook()
    item = {"id": "honour", "take": {"count": {"event": name}}, "give": {"each": "1"}, "ref": "第九条", "title": "表彰"}
    second |= {"rulebook": "second", "bonus": {"max": "5", "items": [{**item, "no_data": "zero"}]}}
    second["applies_to"]["posts"] = ["deputy"]
    fresh.rule(second)
    content = template(fresh, rulebook="second").data
    [long] = [title for title in load_workbook(io.BytesIO(content)).sheetnames if "~" in title]
    row = {
        "type": name,
        "subject": "w1",
        "time": "2025-03-10",
        "level": "县级",
        "ok": "是",
        "data.id": "x",
        "day": "2025.3.1",
    }
    book = load_workbook(io.BytesIO(content))
    assert {cell.value for cell in book[long][3]} == row.keys() | {"id"}
    assert all(cell.data_type != "f" for cell in book[long][2])
    shown = send(fresh.hr, filled(content, {long: [row]}), dry_run="true").json
    assert shown["first"][0]["event"]["data"] == {"level": "县级", "ok": True, "id": "x", "day": "2025-03-01"}
    assert shown["created"] == 1


def test_one_bad_row_refuses_the_file(shared: County) -> None:
    """Invariant 1: 422 means that nothing was written; what is wrong is told with its cell."""
    with nothing_written(shared):
        answer = send(shared.hr, sheet(HEADER, GOOD, BAD, (None, "nobody", "2025-03-10", None)))
    assert assert_problem(answer, 422, "file.refused") == [
        ("/visit.done/3/C", "file.time"),
        ("/visit.done/4/B", "subject.unknown"),
        ("/visit.done/4/D", "field.required"),
    ]
    assert answer.json["title"] == "2 of 3 rows can't be accepted; nothing was written."
    first = answer.json["errors"][0]
    assert (first["sheet"], first["row"], first["column"]) == ("visit.done", 3, "C")


def test_what_can_be_is_stored_where_that_is_asked_for(fresh: County) -> None:
    answer = send(fresh.hr, sheet(HEADER, GOOD, BAD), atomic="false")
    assert (answer.status_code, counted(answer)) == (207, counts(created=1, rejected=1))
    assert errors_of(answer.json) == [("/visit.done/3/C", "file.time")]
    mended = send(fresh.hr, sheet(HEADER, GOOD, (None, "w1", "2025-03-11", "h2")))
    assert (mended.status_code, counted(mended)) == (200, counts(duplicate=1, created=1))


def test_a_dry_run_says_what_each_row_would_become_and_writes_nothing(shared: County) -> None:
    with nothing_written(shared):
        answer = send(shared.hr, sheet(HEADER, ("v1", *GOOD[1:]), ("v1", *GOOD[1:3], "h2"), BAD), dry_run="true")
    assert (answer.status_code, counted(answer)) == (200, counts(created=1, conflict=1, rejected=1))
    assert [(row["row"], row["result"]) for row in answer.json["first"]] == [
        (2, "created"),
        (3, "conflict"),
        (4, "rejected"),
    ]
    assert answer.json["first"][0]["event"] == {
        "specversion": "1.0",
        "source": SOURCE,
        "type": "visit.done",
        "id": "v1",
        "subject": "worker/w1",
        "time": "2025-03-10T00:00:00+08:00",
        "data": {"household": "h1"},
    }
    assert errors_of(answer.json) == [("/visit.done/3/A", "event.conflict"), ("/visit.done/4/C", "file.time")]


def test_errors_speak_the_callers_language(shared: County) -> None:
    said = {
        tag: shared.hr._send(
            "POST",
            f"/v1/imports?source={SOURCE}",
            {"Content-Type": XLSX, "Accept-Language": tag},
            data=sheet(HEADER, BAD),
        )
        for tag in ("en", "zh")
    }
    assert [errors_of(answer.json) for answer in said.values()] == [[("/visit.done/2/C", "file.time")]] * 2
    assert said["en"].json["errors"][0]["detail"].isascii()
    assert "须为形如" in said["zh"].json["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (CSV.encode(), "text/csv"),
        (CSV.encode("utf-8-sig"), "text/csv"),
        (CSV.encode("gb18030"), "text/csv"),
        (CSV.encode("gb18030"), "text/csv; charset=GBK"),
        (CSV.encode("utf-16"), "text/csv"),
        (CSV.replace(",", ";").encode(), "text/csv"),
        (CSV.replace(",", "\t").encode("utf-16"), "text/csv"),
        (("# 备注, 一; 二; 三\n\n" + CSV).encode("gb18030"), "text/csv"),
        (CSV.replace("\n", "\r\n").encode(), "text/csv"),
    ],
)
def test_chinese_is_intact_however_it_was_saved(shared: County, content: bytes, type_: str) -> None:
    shown = send(shared.hr, content, type_, dry_run="true").json
    assert [row["event"]["data"]["household"] for row in shown["first"]] == ["东街 5 号", "西街"]
    assert shown["first"][0]["event"]["time"] == "2025-03-10T09:00:00+08:00"


def test_a_form_holds_one_file(shared: County) -> None:
    def post(**parts: tuple[io.BytesIO, str]) -> Any:
        return shared.hr._send("POST", f"/v1/imports?source={SOURCE}&dry_run=true", {}, data=parts)

    assert counted(post(file=(io.BytesIO(CSV.encode()), "a.csv"))) == counts(created=2)
    assert_problem(post(a=(io.BytesIO(b""), "a.csv"), b=(io.BytesIO(b""), "b.csv")), 422, "file.one")
    assert_problem(
        shared.hr._send("POST", f"/v1/imports?source={SOURCE}", {}, data={"a": "text"}), 415, "request.media_type"
    )
    assert_problem(send(shared.hr, b"{}", "application/json"), 415, "request.media_type")


def test_a_token_sends_as_its_sources_alone(shared: County) -> None:
    assert_problem(send(shared.hr, CSV, "text/csv", source="hotline"), 403, "access.source")
    assert_problem(shared.hr.post("/v1/imports"), 422, "request.invalid")


def test_the_type_is_named_by_the_sheet_a_column_or_the_request(shared: County) -> None:
    visit = sheet(HEADER, GOOD, name="三月")
    answer = send(shared.hr, visit)
    assert assert_problem(answer, 422, "file.refused") == [("/三月/1/A", "file.type")]
    assert counted(send(shared.hr, visit, dry_run="true", type="visit.done")) == counts(created=1)
    typed = sheet(("type", *HEADER), ("visit.done", *GOOD), ("visit.gone", *GOOD), name="三月")
    answer = send(shared.hr, typed)
    assert assert_problem(answer, 422, "file.refused") == [("/三月/3/A", "type.unknown")]
    answer = send(shared.hr, visit, type="visit.gone")
    assert assert_problem(answer, 422, "file.refused") == [("/三月/1/A", "type.unknown")]


def test_a_header_that_can_not_be_is_told_once(shared: County) -> None:
    header = ("id", "subject", "time", "hausehold", "time", "# 备注")
    answer = send(shared.hr, sheet(header, *[(*GOOD, None, "note")] * 3))
    assert assert_problem(answer, 422, "file.refused") == [
        ("/visit.done/1/E", "file.column_twice"),
        ("/visit.done/1/D", "file.column"),
    ]
    answer = send(shared.hr, sheet((*HEADER, "# 备注"), (*GOOD, "note"), (*GOOD, "note", "lost")))
    assert assert_problem(answer, 422, "file.refused") == [("/visit.done/3/F", "file.nameless")]


def test_a_file_has_so_many_rows_at_most(shared: County, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "visit.done,w1,2025-03-10,h\n" * 20_001
    with nothing_written(shared):
        answer = send(shared.hr, "type,subject,time,household\n" + rows, "text/csv")
    assert_problem(answer, 413, "file.rows")


FIRST_DAYS = {"2024": "2024-01-01", "2025-Q2": "2025-04-01", "2025-03": "2025-03-01"}
subjects = st.sampled_from(["w1", "worker/w2", "w6"])
# What a spreadsheet leaves as it is: no blanks around it, and nothing that XML can't hold.
texts = st.text(st.characters(max_codepoint=0x9FFF, exclude_categories=("C", "Z")), min_size=1, max_size=20)
moments = st.integers(0, 800_000_000).map(lambda seconds: at(2000, 1, 1) + timedelta(seconds=seconds))
visits = st.fixed_dictionaries({"subject": subjects, "time": moments, "household": texts})
ratings = st.fixed_dictionaries(
    {
        "subject": subjects,
        "time": moments,
        "stars": st.integers(1_000_000, 5_000_000).map(lambda n: Decimal(n).scaleb(-6)),
    }
)
annual = st.fixed_dictionaries(
    {"subject": subjects, "period": st.sampled_from(sorted(FIRST_DAYS)), "points": st.integers(0, 100)}
)
filled_in = st.fixed_dictionaries(
    {"visit.done": st.lists(visits), "rating.resident": st.lists(ratings), "assess.annual": st.lists(annual)}
).filter(lambda rows: any(rows.values()))


def as_sent(type_: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as a sending system would put it."""
    said = dict(row)
    subject = said.pop("subject")
    event = {"id": said.pop("id"), "type": type_, "subject": subject if "/" in subject else f"worker/{subject}"}
    if "period" in said:
        event["period"] = said.pop("period")
        event["time"] = f"{FIRST_DAYS[event['period']]}T00:00:00+08:00"
    else:
        event["time"] = f"{said.pop('time').isoformat()}+08:00"
    data = {name: str(value) if isinstance(value, Decimal) else value for name, value in said.items()}
    return {"specversion": "1.0", "source": SOURCE, **event, "data": data}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=filled_in)
def test_a_file_and_the_same_sent_as_json_are_the_same_events(shared: County, rows: dict[str, list[Any]]) -> None:
    """Invariant 2: content is pinned, whatever the road; so the second is a duplicate."""
    rows = {type_: [{**row, "id": uuid4().hex} for row in said] for type_, said in rows.items()}
    events = [as_sent(type_, row) for type_, said in rows.items() for row in said]
    imported = send(shared.hr, filled(template(shared).data, rows))
    assert counted(imported) == counts(created=len(events)), imported.json
    assert {item["result"] for item in shared.send(*events)} == {"duplicate"}


nonsense = st.binary(max_size=200) | st.binary(max_size=100).map(lambda rest: b"PK\x03\x04" + rest)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=nonsense, type_=st.sampled_from(["text/csv", XLSX, "text/csv; charset=utf-16", "text/csv; charset=x"]))
def test_nonsense_is_refused_and_nothing_else(shared: County, content: bytes, type_: str) -> None:
    """Invariant 1: 4xx means no event and no change of state."""
    with nothing_written(shared):
        answer = send(shared.hr, content, type_)
    assert_problem(answer, answer.status_code, answer.json["code"])
    assert 400 <= answer.status_code < 500
