"""From publication on: finalise, reopen, the correction as a revision of its own, late events, what stays readable."""

from typing import Any

import pytest

from tests.county import ALL_SCOPES, SOURCE, Client, County, visit
from tests.http.asking import assert_problem, nothing_written

REASON = {"reason": "走访记录核实后更正"}


@pytest.fixture
def second(county: County) -> Client:
    """Another person of the county."""
    return county.user("second", ALL_SCOPES, [SOURCE])


@pytest.fixture
def first_event(county: County) -> str:
    """A visit of March, which is published with it; what the service calls the visit."""
    [sent] = county.send(visit("w1", "h1"))
    publish(county)
    return str(sent["event"])


def publish(county: County, by: Client | None = None) -> None:
    if county.hr.get("/v1/rankings/2025-03").json["state"] == "open":
        county.hr.post("/v1/periods/2025-03/close")
    answer = (by or county.hr).post("/v1/periods/2025-03/publish")
    assert answer.status_code == 200, answer.json


def reopen(county: County, **said: Any) -> Any:
    return county.hr.post("/v1/periods/2025-03/reopen", {**REASON, **said})


def total(county: County, **query: Any) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return str(county.hr.get(f"/v1/workers/w1/results/2025-03?{asked}").json["total"])


def test_a_notice_that_is_over_makes_the_results_final(county: County, first_event: str) -> None:
    answer = county.hr.post("/v1/periods/2025-03/finalise")
    assert (answer.status_code, answer.json["state"]) == (200, "final")
    assert county.hr.get("/v1/rankings/2025-03").json["state"] == "final"
    with nothing_written(county):
        assert_problem(county.hr.post("/v1/periods/2025-03/finalise"), 409, "period.state")


@pytest.mark.parametrize("step", ["finalise", "reopen"])
@pytest.mark.parametrize("closed", [False, True])
def test_what_is_not_published_is_neither_finalised_nor_reopened(county: County, step: str, closed: bool) -> None:
    if closed:
        county.hr.post("/v1/periods/2025-03/close")
    with nothing_written(county):
        answer = county.hr.post(f"/v1/periods/2025-03/{step}", REASON if step == "reopen" else None)
    assert_problem(answer, 409, "period.state")


def test_a_correction_is_a_revision_of_its_own(county: County, second: Client, first_event: str) -> None:
    """Invariant 12: the first stays readable as it was."""
    before = total(county)
    county.hr.post(f"/v1/events/{first_event}/reversal", REASON)
    assert total(county) == before
    assert reopen(county).json["state"] == "closing"
    assert total(county) == before
    publish(county, second)
    assert (total(county), total(county, revision=1), total(county, revision=2)) == ("30.00", before, "30.00")
    runs = county.hr.get("/v1/runs?period=2025-03").json["items"]
    assert [(r["revision"], r["published_by"], r["corrected_by"], r["reason"]) for r in runs] == [
        (1, "hr", None, None),
        (2, "second", "hr", REASON["reason"]),
    ]
    assert runs[0]["digest"] != runs[1]["digest"]


def test_a_correction_is_published_by_a_second_person(county: County, first_event: str) -> None:
    reopen(county)
    with nothing_written(county):
        assert_problem(county.hr.post("/v1/periods/2025-03/publish"), 403, "access.second_person")


def test_what_comes_too_late_is_listed_and_counts_nowhere(county: County, second: Client, first_event: str) -> None:
    before = total(county)
    [late] = county.send(visit("w1", "h2"))
    said = county.hr.get("/v1/periods/2025-03/late").json
    assert [(one["event"], one["admitted"], one["reversed"]) for one in said["items"]] == [
        (late["event"], False, False)
    ]
    reopen(county)
    assert total(county, view="standing") == before
    publish(county, second)
    assert total(county) == before


def test_a_correction_lets_late_events_in_by_name(county: County, second: Client, first_event: str) -> None:
    let_in, left_out = county.send(visit("w1", "h2"), visit("w1", "h3"))
    assert reopen(county, admit=[let_in["event"]]).status_code == 200
    publish(county, second)
    assert total(county) == "50.00"
    said = county.hr.get("/v1/periods/2025-03/late").json["items"]
    assert {one["event"]: one["admitted"] for one in said} == {let_in["event"]: True, left_out["event"]: False}
    events = county.hr.get("/v1/workers/w1/results/2025-03/lines/visits/events").json["items"]
    assert {one["event"] for one in events} == {first_event, let_in["event"]}
    assert len(county.hr.get("/v1/workers/w1/results/2025-03/lines/visits/events?revision=1").json["items"]) == 1


def test_an_amendment_counts_where_its_event_did(county: County, second: Client, first_event: str) -> None:
    """It comes late, as every correction does, and is let in because the event in whose place it stands counts."""
    replacement = {**visit("w2", "h1"), "id": "amended", "specversion": "1.0"}
    county.hr.post(f"/v1/events/{first_event}/amendment", {**REASON, "event": replacement})
    reopen(county)
    publish(county, second)
    assert total(county) == "30.00"
    assert county.result("w2", "2025-03")["total"] == "40.00"


def test_an_amendment_of_a_late_event_stays_out(county: County, second: Client, first_event: str) -> None:
    before = total(county)
    [late] = county.send(visit("w1", "h2"))
    replacement = {**visit("w1", "h3"), "id": "amended", "specversion": "1.0"}
    county.hr.post(f"/v1/events/{late['event']}/amendment", {**REASON, "event": replacement})
    reopen(county)
    publish(county, second)
    assert total(county) == before


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"admit": []}])
def test_a_correction_needs_a_reason(county: County, first_event: str, body: dict[str, Any]) -> None:
    with nothing_written(county):
        assert_problem(county.hr.post("/v1/periods/2025-03/reopen", body), 422, "request.invalid")


def test_only_late_events_of_the_period_are_let_in(county: County, first_event: str) -> None:
    [april] = county.send({**visit("w1", "h2"), "time": "2025-04-02T09:00:00+08:00"})
    with nothing_written(county):
        answer = reopen(county, admit=[first_event, april["event"], "00000000-0000-0000-0000-000000000001"])
    assert assert_problem(answer, 422, "request.invalid") == [(f"/admit/{n}", "event.not_late") for n in range(3)]
    assert_problem(reopen(county, admit=["x"]), 422, "request.invalid")


def test_a_revision_that_there_is_not(county: County, first_event: str) -> None:
    assert_problem(county.hr.get("/v1/rankings/2025-03?revision=2"), 404, "resource.unknown")
    assert_problem(county.hr.get("/v1/rankings/2025-03?revision=0"), 422, "request.invalid")
    assert_problem(county.hr.get("/v1/runs/999999"), 404, "resource.unknown")


def test_a_run_says_what_it_depends_on(county: County, first_event: str) -> None:
    [listed] = county.hr.get("/v1/runs").json["items"]
    said = county.hr.get(f"/v1/runs/{listed['run']}").json
    groups = said.pop("group_digests")
    assert (said, set(groups)) == ({**listed, "inputs": [], "inputs_revised": []}, {"staff"})
    head = county.hr.get("/v1/rankings/2025-03").json
    assert (said["digest"], said["watermark"], said["rulebook"]) == (
        head["digest"],
        head["watermark"],
        head["rulebook"],
    )


SHOWN = ("rankings/2025-03", "outcomes/2025-03", "workers/w1/results/2025-03")
SHOWN += ("workers/w1/results/2025-03/lines/visits/events",)


def test_payroll_reads_what_is_final_or_is_refused(county: County, second: Client, first_event: str) -> None:
    """Never an open, a provisional or a reopened period, and after a correction only the new revision."""
    for step, by, status in (
        (None, county.hr, 409),
        ("finalise", county.hr, 200),
        ("reopen", county.hr, 409),
        ("publish", second, 409),
        ("finalise", county.hr, 200),
    ):
        if step:
            assert by.post(f"/v1/periods/2025-03/{step}", REASON if step == "reopen" else None).status_code == 200
        for path in SHOWN:
            answer = county.hr.get(f"/v1/{path}?state=final", Accept_Language="zh")
            assert answer.status_code == status, (step, path)
            if status == 409:
                assert_problem(answer, 409, "period.state")
                assert "final" in answer.json["title"]
    said = county.hr.get("/v1/rankings/2025-03?state=final").json
    assert (said["state"], said["revision"]) == ("final", 2)
    assert_problem(county.hr.get("/v1/rankings/2025-04?state=final"), 409, "period.state")


@pytest.mark.parametrize("path", SHOWN)
def test_what_is_final_is_neither_a_standing_nor_an_older_revision(county: County, first_event: str, path: str) -> None:
    county.hr.post("/v1/periods/2025-03/finalise")
    for other in ("view=standing", "revision=1"):
        answer = county.hr.get(f"/v1/{path}?state=final&{other}")
        assert assert_problem(answer, 422, "request.invalid") == [("/state", "words.exclusive")]
    assert county.hr.get(f"/v1/{path}?state=final&view=revision").status_code == 200
    answer = county.hr.get(f"/v1/{path}?state=provisional")
    assert assert_problem(answer, 422, "request.invalid") == [("/state", "code.unknown")]
