"""POST /v1/events/{event}/reversal and /amendment: taken back once, linked, with a reason, both or neither."""

from typing import Any
from uuid import UUID

import pytest

from tests.county import SOURCE, County
from tests.http.asking import assert_not_there, assert_problem, nothing_written

REASON = {"reason": "入户记录有误"}


def visit(identifier: str, household: str = "h1", worker: str = "w1") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identifier,
        "source": SOURCE,
        "type": "visit.done",
        "subject": f"worker/{worker}",
        "time": "2025-03-05T09:00:00+08:00",
        "data": {"household": household},
    }


@pytest.fixture
def event(county: County) -> str:
    """A visit that was sent; what the service calls it."""
    answer = county.sender.post("/v1/events", visit("v1"))
    assert answer.status_code == 201, answer.json
    return str(answer.json["event"])


def points(county: County, worker: str = "w1", line: str = "visits") -> str:
    said = county.hr.get(f"/v1/workers/{worker}/results/2025-03").json
    return next(one["points"] for one in said["lines"] if one["id"] == line)


def test_a_reversed_event_counts_no_more(county: County, event: str) -> None:
    assert points(county) == "10.00"
    answer = county.sender.post(f"/v1/events/{event}/reversal", REASON)
    assert (answer.status_code, answer.json) == (201, {"event": event, "replaced_by": None})
    assert points(county) == "0.00"
    assert county.hr.get("/v1/workers/w1/results/2025-03/lines/visits/events").json["items"] == []


def test_the_event_stays_readable_and_says_what_became_of_it(county: County, event: str) -> None:
    county.sender.post(f"/v1/events/{event}/reversal", REASON)
    said = county.hr.get(f"/v1/events/{event}").json
    assert (said["id"], said["data"]) == ("v1", {"household": "h1"})
    assert (said["reversed_by"], said["reversed_because"], said["replaced_by"]) == ("sender", REASON["reason"], None)
    assert said["reversed_at"]


def test_the_same_reversal_again_is_answered_alike(county: County, event: str) -> None:
    """A time-out is ambiguous: who repeats it must be safe."""
    first = county.sender.post(f"/v1/events/{event}/reversal", REASON)
    with nothing_written(county):
        again = county.sender.post(f"/v1/events/{event}/reversal", REASON)
    assert (again.status_code, again.json) == (200, first.json)


@pytest.mark.parametrize("path", ["reversal", "amendment"])
def test_an_event_is_reversed_once(county: County, event: str, path: str) -> None:
    county.sender.post(f"/v1/events/{event}/reversal", REASON)
    with nothing_written(county):
        body = {"reason": "other", "event": visit("v2")}
        answer = county.sender.post(f"/v1/events/{event}/{path}", body if path == "amendment" else {"reason": "other"})
    assert_problem(answer, 409, "event.reversed")


def test_an_amendment_counts_in_the_place_of_its_event(county: County, event: str) -> None:
    body = {**REASON, "event": visit("v2", worker="w2")}
    answer = county.sender.post(f"/v1/events/{event}/amendment", body)
    assert answer.status_code == 201, answer.json
    other = answer.json["replaced_by"]
    assert (points(county, "w1"), points(county, "w2")) == ("0.00", "10.00")
    assert county.hr.get(f"/v1/events/{event}").json["replaced_by"] == other
    assert county.hr.get(f"/v1/events/{other}").json["replaces"] == event
    with nothing_written(county):
        again = county.sender.post(f"/v1/events/{event}/amendment", body)
    assert (again.status_code, again.json) == (200, answer.json)


def test_an_amendment_can_be_amended(county: County, event: str) -> None:
    for number in (2, 3):
        body = {**REASON, "event": visit(f"v{number}", household=f"h{number}", worker=f"w{number}")}
        event = county.sender.post(f"/v1/events/{event}/amendment", body).json["replaced_by"]
    assert [points(county, f"w{number}") for number in (1, 2, 3)] == ["0.00", "0.00", "10.00"]


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"type": "visit.undone"}, "/event/type", "type.unknown"),
        ({"data": {}}, "/event/data/household", "field.required"),
        ({"subject": "worker/nobody"}, "/event/subject", "subject.unknown"),
        ({"id": "v1"}, "/event/id", "event.known"),
        ({"source": "other"}, "/event/source", "source.forbidden"),
    ],
)
def test_a_replacement_that_cannot_be_taken_leaves_the_event(
    county: County, event: str, changed: dict[str, Any], pointer: str, code: str
) -> None:
    with nothing_written(county):
        answer = county.sender.post(f"/v1/events/{event}/amendment", {**REASON, "event": {**visit("v2"), **changed}})
    assert assert_problem(answer, 422, "event.rejected") == [(pointer, code)]
    assert points(county) == "10.00"


def test_a_replacement_of_another_content_under_a_known_id_is_a_conflict(county: County, event: str) -> None:
    county.sender.post("/v1/events", visit("v2", household="h2"))
    with nothing_written(county):
        answer = county.sender.post(f"/v1/events/{event}/amendment", {**REASON, "event": visit("v2", household="h3")})
    assert_problem(answer, 409, "event.conflict")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/reason", "field.required"),
        ({"reason": ""}, "/reason", "text.length"),
        ({"reason": "x" * 1001}, "/reason", "text.length"),
        ({**REASON, "event": 1}, "/event", "field.unknown"),
    ],
)
def test_a_reversal_needs_a_reason(county: County, event: str, body: dict[str, Any], pointer: str, code: str) -> None:
    with nothing_written(county):
        answer = county.sender.post(f"/v1/events/{event}/reversal", body)
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]


@pytest.mark.parametrize("identifier", [str(UUID(int=7)), "v1", "-"])
def test_what_is_not_there_cannot_be_reversed(county: County, identifier: str) -> None:
    assert_not_there(county.sender.post(f"/v1/events/{identifier}/reversal", REASON))


def test_another_source_cannot_be_spoken_for(county: County, event: str) -> None:
    stranger = county.user("stranger", ["events:write"], ["other-app"])
    with nothing_written(county):
        answer = stranger.post(f"/v1/events/{event}/reversal", REASON)
    assert_problem(answer, 403, "access.source")


def test_what_is_published_stays_until_it_is_corrected(county: County, event: str) -> None:
    """Invariant 12."""
    for step in ("close", "publish"):
        assert county.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    before = county.hr.get("/v1/rankings/2025-03").text
    county.sender.post(f"/v1/events/{event}/reversal", REASON)
    assert county.hr.get("/v1/rankings/2025-03").text == before
    assert points(county) == "10.00"
