"""GET /v1/workers/{id}/file: everything that is kept about a worker, nothing about anybody else, as JSON and XLSX."""

from io import BytesIO
from typing import Any

import openpyxl
import psycopg
import pytest

from schemas.answers.personal_file import PersonalFile
from tests.county import RULEBOOK, SOURCE, Client, County, event, rating, visit
from tests.http.asking import assert_problem, user
from tests.http.noticed import another, noticed, on, publish, step
from tests.http.test_completions import CASE_TYPES, CLEARED, INVESTIGATED

MARCH, REASON = "2025-03", "核实后更正 okay-1"


@pytest.fixture(scope="module")
def kept(shared: County) -> dict[str, Any]:
    """A county in which w1 has everything that can be kept about a worker, and w2 something of each kind, marked."""
    county = noticed(shared)
    for name in ("w1", "w2"):
        answer = county.hr.put(
            f"/v1/workers/{name}",
            {
                "name": f"姓名 {name}-name",
                "phone": f"{name}-phone",
                "aliases": [{"source": SOURCE, "id": f"{name}-alias"}],
                "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}],
                "attributes": [{"name": "certificate", "value": f"{name}-value", "from": "2024-01-01"}],
            },
        )
        assert answer.status_code == 200, answer.json
    events = county.send(
        *(visit(name, f"{name}-household") for name in ("w1", "w2")),
        *(visit(name, f"{name}-reversed") for name in ("w1", "w2")),
        *(visit(name, f"{name}-amended") for name in ("w1", "w2")),
        rating("w1", 4),
        rating("w1", 5),
    )
    publish(county)
    late = county.send(*(visit(name, f"{name}-late") for name in ("w1", "w2")), event("violation.complaint", "w2"))
    for number, name in enumerate(("w1", "w2")):
        reason = {"reason": f"{name}-because"}
        assert county.hr.post(f"/v1/events/{events[2 + number]['event']}/reversal", reason).status_code == 201
        body = {**reason, "event": visit(name, f"{name}-replacement")}
        assert county.hr.post(f"/v1/events/{events[4 + number]['event']}/amendment", body).status_code == 201
        with on("2025-04-28"):
            said = {"period": MARCH, "subject": f"worker/{name}", "objector": f"worker/{name}", "text": f"{name}-text"}
            answer = county.hr.post("/v1/objections", said)
            assert answer.status_code == 201, answer.json
            by = user(county, ["objections:decide"], actor="committee")
            decided = {"decision": "rejected", "reason": f"{name}-decided"}
            assert by.post(f"/v1/objections/{answer.json['objection']}/decision", decided).status_code == 200
    said = {"reason": REASON, "admit": [one["event"] for one in late[:2]]}
    with on("2025-04-29"):
        assert step(county, "reopen", said).status_code == 200
        assert step(county, "publish", by=another(county)).status_code == 200
    return {"county": county, "events": events}


def file_of(county: County, name: str, by: Client | None = None) -> dict[str, Any]:
    answer = (by or county.hr).get(f"/v1/workers/{name}/file")
    assert answer.status_code == 200, answer.json
    assert PersonalFile().validate(answer.json) == {}
    return dict(answer.json)


MARKS = (
    "name",
    "phone",
    "alias",
    "value",
    "household",
    "reversed",
    "amended",
    "replacement",
    "late",
    "because",
    "text",
    "decided",
)


def test_everything_is_there_and_nothing_of_anybody_else(kept: dict[str, Any]) -> None:
    answer = kept["county"].hr.get("/v1/workers/w1/file")
    for mark in MARKS:
        assert f"w1-{mark}" in answer.text, mark
    assert "w2" not in answer.text


def test_the_results_of_every_revision_are_there_with_their_lines(kept: dict[str, Any]) -> None:
    said = file_of(kept["county"], "w1")
    assert [(one["period"], one["revision"]) for one in said["results"]] == [(MARCH, 1), (MARCH, 2)]
    for one in said["results"]:
        answer = kept["county"].hr.get(f"/v1/workers/w1/results/{MARCH}?revision={one['revision']}").json
        assert {key: value for key, value in one.items() if key != "run"} == answer
    [decision] = said["decisions"]
    assert (decision["decision"], decision["reason"]) == ("admission", REASON)
    assert [len(said[name]) for name in ("records", "events", "objections")] == [2, 7, 1]


def test_every_event_of_the_worker_is_there_as_it_is_answered_alone(kept: dict[str, Any]) -> None:
    for one in file_of(kept["county"], "w1")["events"]:
        assert one == kept["county"].hr.get(f"/v1/events/{one['event']}").json


def worker(county: County, name: str) -> Client:
    return user(county, ["self"], actor=f"worker/{name}")


def test_a_worker_reads_his_own_without_who_decided_and_why(kept: dict[str, Any]) -> None:
    county, own = kept["county"], worker(kept["county"], "w1")
    said, whole = file_of(county, "w1", own), file_of(county, "w1")
    assert said["results"] == whole["results"]
    left_out = {"actor", "reversed_by", "reversed_because", "reason"}
    for name in ("records", "events", "decisions"):
        assert said[name] == [{k: v for k, v in one.items() if k not in left_out} for one in whole[name]]
    assert_problem(worker(county, "w2").get("/v1/workers/w1/file"), 404, "resource.unknown")
    assert_problem(worker(county, "w2").get("/v1/workers/w1/file.xlsx"), 404, "resource.unknown")
    assert_problem(user(county, ["results:read"]).get("/v1/workers/w1/file"), 403, "access.scope")
    assert_problem(county.hr.get("/v1/workers/nobody/file"), 404, "resource.unknown")


def test_a_worker_reads_his_own_results_alone(kept: dict[str, Any]) -> None:
    county, own = kept["county"], worker(kept["county"], "w1")
    mine = f"/v1/workers/w1/results/{MARCH}"
    assert own.get(mine).json == county.hr.get(mine).json
    assert "w2" not in own.get(mine).text
    for other in (f"/v1/workers/w2/results/{MARCH}", f"/v1/organisations/east/results/{MARCH}"):
        assert_problem(own.get(other), 404, "resource.unknown")
    assert_problem(own.get(f"/v1/rankings/{MARCH}"), 403, "access.scope")
    line = f"/results/{MARCH}/lines/visits/events"
    assert own.get(f"/v1/workers/w1{line}").json == county.hr.get(f"/v1/workers/w1{line}").json
    assert_problem(own.get(f"/v1/workers/w2{line}"), 404, "resource.unknown")


def test_the_workbook_says_what_the_document_says(kept: dict[str, Any]) -> None:
    answer = kept["county"].hr.get("/v1/workers/w1/file.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=w1.xlsx"
    book = openpyxl.load_workbook(BytesIO(answer.data), read_only=True)
    sheets = {sheet.title.split()[1]: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    said = file_of(kept["county"], "w1")
    for name in ("events", "results", "decisions", "objections"):
        assert len(sheets[name]) == 1 + len(said[name]), name
    cells = {str(cell) for rows in sheets.values() for row in rows for cell in row}
    text = "\n".join(cells)
    for mark in MARKS:
        assert f"w1-{mark}" in text, mark
    assert "w2" not in text
    for result in said["results"]:
        lines = [(line["id"], line["points"], line["sentence"]["zh"]) for line in result["lines"]]
        told = [
            (r[5], r[9], r[10])
            for r in sheets["explanation"][1:]
            if r[3] == "lines" and r[2] == str(result["revision"])
        ]
        assert told == lines


# Tables that know a worker by number, an event or an objection: the section that holds what they say, or why none does.
HELD = {
    "subject": "worker",
    "person": "worker",
    "alias": "worker",
    "worker_record": "records",
    "assignment": "records",
    "attribute": "records",
    "event": "events",
    "reversal": "events",
    "result": "results",
    "result_lines": "results",
    "admission": "decisions",
    "completion": "decisions",
    "objection": "objections",
    "objection_end": "objections",
    "run_answer": "objections",
}
NOT_HELD = {
    "organisation_record": "about an organisation",
    "standing_result": "a cache of what can be computed again, and what the period answers",
    "standing_lines": "as standing_result",
    "standing_ranked": "as standing_result",
    "rejection": "a refused body, which isn't known by whom it is about, and ends by itself",
}
KEYS = ("subject_no", "worker_no", "objector_no", "organisation_no", "event_id", "objection_id")


def test_no_table_that_knows_a_worker_is_left_out(kept: dict[str, Any]) -> None:
    """Article 45: a table that is added must be in the file, or have a reason here."""
    with psycopg.connect(kept["county"].url) as connection:
        rows = connection.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = ANY (%s)",
            [list(KEYS)],
        ).fetchall()
    assert {name for (name,) in rows} == HELD.keys() | NOT_HELD.keys()
    said = file_of(kept["county"], "w1")
    assert set(HELD.values()) == said.keys() - {"subject", "taken_at", "watermark"}
    assert all(said[section] for section in HELD.values())


def test_a_tier_that_was_to_be_filled_in_is_a_decision(county: County) -> None:
    """And a case that is open, a result without a tier, and the one that was filled in are all there."""
    county.declare(CASE_TYPES)
    county.rule(RULEBOOK.replace("2025-1", "2025-2").replace("2025-01", "2025-02") + INVESTIGATED)
    county.send(visit("w1", "h1"), event("case.opened", "w1", case="c1"))
    done(county, "close", "publish")
    county.send(CLEARED)
    said = {"reason": "调查结束", "complete": ["worker/w1"]}
    assert step(county, "reopen", said).status_code == 200
    assert step(county, "publish", by=another(county)).status_code == 200
    told = file_of(county, "w1")
    [decision] = told["decisions"]
    assert (decision["decision"], decision["event"], decision["reason"]) == ("completion", None, "调查结束")
    assert [(one["no_tier"], one["tier"]) for one in told["results"]] == [
        ("under_investigation", None),
        (None, "incompetent"),
    ]
    assert told["results"][0]["next_tier"] is None
    assert told["results"][1]["next_tier"]["tier"] == "basic"


def test_a_result_of_years_before_is_there_as_it_was_imported(county: County) -> None:
    row = {"subject": "worker/w1", "tier": "competent"}
    said = {"rulebook": "small-county@2025-1", "period": "2023", "reason": "纸质档案", "document": "2024 年第 1 号"}
    assert county.hr.post("/v1/results/import", {**said, "results": [row]}).status_code == 200
    [result] = file_of(county, "w1")["results"]
    assert (result["period"], result["tier"], result["total"], result["lines"]) == ("2023", "competent", None, [])
    assert result["imported"] == {"document": "2024 年第 1 号"}
    assert county.hr.get("/v1/workers/w1/file.xlsx").status_code == 200
    [told] = county.hr.get("/v1/workers/w1/trend?kind=year").json["items"]
    assert (told["tier"], told["total"], told["mean"], told["rank"]) == ("competent", None, None, None)


def done(county: County, *steps: str) -> None:
    for name in steps:
        assert step(county, name).status_code == 200, name
