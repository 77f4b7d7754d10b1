"""POST /v1/periods/{period}/reopen with `complete`: who may be completed, who publishes it, and how it is told."""

from typing import Any

import psycopg
import pytest

from tests.county import ALL_SCOPES, RULEBOOK, SOURCE, Client, County, event, visit
from tests.http.asking import assert_problem, nothing_written

REASON = {"reason": "调查结束"}
CASE = {"case": {"kind": "text", "required": True}}
DECISION = {"decision": {"kind": "code", "codes": ["cleared", "guilty"], "required": True}}
TITLED = {"subject": "worker", "dated_by": "time"}
CASE_TYPES: dict[str, Any] = {
    "case.opened": {"title": "立案", **TITLED, "fields": CASE},
    "case.decided": {"title": "结案", **TITLED, "fields": {**CASE, **DECISION}},
}
INVESTIGATED = """
measures:
  - id: open_cases
    title: 在查案件
    take:
      count:
        event: case.opened
        state: {event: case.decided, same: case, field: decision, counts: [], without: counts, as_of: latest}
    no_data: zero
restrictions:
  - id: investigated
    title: 接受调查
    in: [month]
    when: {measure: open_cases, at_least: 1}
    no_tier: under_investigation
    ref: 第九条
"""
CLEARED = event("case.decided", "w1", "2026-03-20T09:00:00+08:00", case="c1", decision="cleared")


@pytest.fixture
def county(county: County) -> County:
    """March is published while w1 is investigated, who has more than w2, the one in the only seat."""
    county.declare(CASE_TYPES)
    county.rule(RULEBOOK.replace("2025-1", "2025-2").replace("2025-01", "2025-02") + INVESTIGATED)
    visits = [visit(worker, f"h{n}") for worker in ("w1", "w2") for n in range(6)]
    ratings = [event("rating.resident", "w1", stars=5) for _ in range(2)]
    county.send(*visits, *ratings, visit("w3", "h9"), event("case.opened", "w1", case="c1"))
    for step in ("close", "publish"):
        assert county.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    return county


@pytest.fixture
def second(county: County) -> Client:
    """Another person of the county."""
    return county.user("second", ALL_SCOPES, [SOURCE])


def reopen(county: County, *complete: str, **said: Any) -> Any:
    return county.hr.post("/v1/periods/2025-03/reopen", {**REASON, "complete": list(complete), **said})


def completed(county: County, second: Client) -> None:
    county.send(CLEARED)
    assert reopen(county, "worker/w1").status_code == 200
    answer = second.post("/v1/periods/2025-03/publish")
    assert answer.status_code == 200, answer.json


def stored(county: County) -> list[dict[str, Any]]:
    """Of each revision, everyone's rows as they are stored."""
    with psycopg.connect(county.url) as owner:
        rows = owner.execute(
            "SELECT r.run_no, u.id, to_jsonb(r) - 'run_no', to_jsonb(l) - 'run_no' FROM result r"
            " JOIN result_lines l USING (tenant_id, run_no, subject_no) JOIN subject u USING (tenant_id, subject_no)"
            " WHERE tenant_id = %s",
            [county.tenant_id],
        ).fetchall()
    return [{row[1]: row[2:] for row in rows if row[0] == run} for run in sorted({row[0] for row in rows})]


def test_a_completion_is_a_revision_that_moves_one_alone(county: County, second: Client) -> None:
    """Invariant 12: what is stored of the others is the same, to the byte."""
    assert county.result("w1", "2025-03")["no_tier"] == "under_investigation"
    before = county.result("w2", "2025-03")
    completed(county, second)
    first, second_revision = stored(county)
    assert {name for name in first if first[name] != second_revision[name]} == {"w1"}
    assert set(first) == set(second_revision) == {f"w{n}" for n in range(1, 7)}
    after = county.result("w2", "2025-03")
    # What is said of a carried result names the revision, and is otherwise what was said when it was computed.
    assert {key for key in before if before[key] != after[key]} == {"revision", "digest", "watermark"}
    said = county.result("w1", "2025-03")
    assert (said["tier"], said["no_tier"], said["rank"], said["total"]) == ("competent", None, 1, "100.00")
    assert said["completion"]["revision"] == 2
    assert said["completion"]["no_seat_in"] == ["excellent"]
    assert "no seat was left in excellent" in said["completion"]["sentence"]["en"]
    assert "“优秀”已无剩余名额" in said["completion"]["sentence"]["zh"]


def test_a_run_says_whom_it_completed(county: County, second: Client) -> None:
    completed(county, second)
    runs = county.hr.get("/v1/runs?period=2025-03").json["items"]
    assert [(r["kind"], r["completed"], r["corrected_by"], r["reason"]) for r in runs] == [
        ("computation", [], None, None),
        ("completion", ["worker/w1"], "hr", REASON["reason"]),
    ]
    assert runs[1]["carries"] == {"run": runs[0]["run"], "digest": runs[0]["digest"]}


def test_the_difference_shows_who_was_completed_and_nobody_else(county: County, second: Client) -> None:
    completed(county, second)
    run = county.hr.get("/v1/runs?period=2025-03").json["items"][-1]["run"]
    said = county.hr.get(f"/v1/runs/{run}/diff").json
    assert said["counts"]["moved"] == said["counts"]["ranks_changed"] == 1
    [mover] = said["items"]
    assert (mover["subject"], mover["moved"]) == ("worker/w1", True)
    assert [(one["code"], one["revision"]) for one in mover["because"]] == [("completed", 2)]


def test_it_is_published_by_a_second_person(county: County) -> None:
    county.send(CLEARED)
    reopen(county, "worker/w1")
    with nothing_written(county):
        assert_problem(county.hr.post("/v1/periods/2025-03/publish"), 403, "access.second_person")


def test_who_can_not_be_completed_is_named_at_its_place(county: County) -> None:
    county.send(CLEARED)
    with nothing_written(county):
        answer = reopen(county, "worker/w1", "worker/w2", "worker/nobody", "organisation/east", "worker/w1")
    assert assert_problem(answer, 422, "request.invalid") == [
        ("/complete/1", "completion.placed"),
        ("/complete/2", "completion.unknown"),
        ("/complete/3", "completion.unknown"),
        ("/complete/4", "id.repeated"),
    ]
    answer = reopen(county, "w1")
    assert assert_problem(answer, 422, "request.invalid") == [("/complete/0", "subject.malformed")]


def test_a_completion_lets_no_late_events_in(county: County) -> None:
    late = county.send(CLEARED, visit("w3", "h7"))[1]["event"]
    with nothing_written(county):
        answer = reopen(county, "worker/w1", admit=[late])
    assert assert_problem(answer, 422, "request.invalid") == [("/complete", "words.exclusive")]


def test_who_would_still_have_no_tier_is_not_completed(county: County, second: Client) -> None:
    """Neither when it is asked for, nor when what had cleared somebody is taken back before it is published."""
    with nothing_written(county):
        answer = reopen(county, "worker/w1")
    assert assert_problem(answer, 409, "completion.still_none") == []
    assert "worker/w1 (under_investigation)" in answer.json["title"]
    [cleared] = county.send(CLEARED)
    assert reopen(county, "worker/w1").status_code == 200
    county.hr.post(f"/v1/events/{cleared['event']}/reversal", REASON)
    with nothing_written(county):
        assert_problem(second.post("/v1/periods/2025-03/publish"), 409, "completion.still_none")
    county.send({**CLEARED, "id": "again"})
    assert second.post("/v1/periods/2025-03/publish").status_code == 200


def test_the_events_behind_a_carried_line_are_those_that_it_was_made_from(county: County, second: Client) -> None:
    """And what is taken back since is told as what changed by the correction that computes it again."""
    events = "/v1/workers/w3/results/2025-03/lines/visits/events"
    [counted] = county.hr.get(events).json["items"]
    county.hr.post(f"/v1/events/{counted['event']}/reversal", REASON)
    completed(county, second)
    assert county.hr.get(events).json["items"] == [counted]
    county.hr.post("/v1/periods/2025-03/reopen", REASON)
    assert second.post("/v1/periods/2025-03/publish").status_code == 200
    assert county.hr.get(events).json["items"] == []
    run = county.hr.get("/v1/runs?period=2025-03").json["items"][-1]["run"]
    because = {one["subject"]: one["because"] for one in county.hr.get(f"/v1/runs/{run}/diff").json["items"]}
    assert [one["code"] for one in because["worker/w3"]] == ["reversed"]


def test_a_longer_period_reads_the_completed_revision(county: County, second: Client) -> None:
    completed(county, second)
    rest = [f"2025-{month:02}" for month in range(1, 13) if month != 3]
    for period in [*rest, "2025"]:
        for step in ("close", "publish"):
            assert county.hr.post(f"/v1/periods/{period}/{step}").status_code == 200
    said = county.hr.get("/v1/runs?period=2025").json["items"][0]["run"]
    inputs = county.hr.get(f"/v1/runs/{said}").json
    assert {one["revision"] for one in inputs["inputs"] if one["period"] == "2025-03"} == {2}
    assert inputs["inputs_revised"] == []
