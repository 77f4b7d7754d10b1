"""POST /v1/events with an event that can't be accepted: every fault at its field, and nothing is written.

Invariant 1: a 4xx means no event and no change of state.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.county import County, event, rating, visit
from tests.http.asking import assert_problem, nothing_written

ONE = "application/cloudevents+json"
TYPES = {
    "task.closed": {
        "title": "任务办结",
        "subject": "worker",
        "dated_by": "time",
        "quantity": "minutes",
        "fields": {
            "minutes": {"kind": "number"},
            "grade": {"kind": "code", "codes": ["good", "bad"]},
            "on_time": {"kind": "boolean", "required": True},
            "note": {"kind": "text"},
            "ends_on": {"kind": "date"},
        },
    },
}
MISSING = object()


@pytest.fixture(scope="module", autouse=True)
def _tasks(shared: County) -> None:
    shared.declare(TYPES)


def refused(county: County, body: Any) -> list[tuple[str, str]]:
    """The errors of an event that is rejected as a whole, with nothing written."""
    with nothing_written(county):
        text = body if isinstance(body, str) else json.dumps(body)
        answer = county.sender.post_text("/v1/events", text, ONE)
    return assert_problem(answer, 422, "event.rejected")


def in_hours(hours: float) -> str:
    """A time so far from now."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


ENVELOPES: list[tuple[str, Any, str]] = [
    ("id", MISSING, "field.required"),
    ("id", "", "text.length"),
    ("id", "x" * 256, "text.length"),
    ("id", 5, "text.expected"),
    ("id", None, "field.null"),
    ("id", "a\x00b", "text.character"),
    ("id", "a\ud800b", "text.character"),
    ("source", MISSING, "field.required"),
    ("source", "hotline", "source.forbidden"),
    ("source", ["grid-app"], "text.expected"),
    ("type", MISSING, "field.required"),
    ("type", "visit.imagined", "type.unknown"),
    ("subject", MISSING, "field.required"),
    ("subject", "w1", "subject.malformed"),
    ("subject", "worker/", "subject.malformed"),
    ("subject", "grid/w1", "subject.malformed"),
    ("subject", "worker/nobody", "subject.unknown"),
    ("subject", "organisation/county", "subject.kind"),
    ("subject", "organisation/nowhere", "subject.unknown"),
    ("time", MISSING, "field.required"),
    ("time", "2025-03-10T09:00:00", "time.naive"),
    ("time", "2025-03-10", "time.malformed"),
    ("time", "yesterday", "time.malformed"),
    ("time", "2025-02-30T09:00:00Z", "time.malformed"),
    ("time", "2025-03-10T25:00:00Z", "time.malformed"),
    ("time", "2025-03-10T24:00:00Z", "time.malformed"),
    ("time", "2025-03-10T09:00:00+08:60", "time.malformed"),
    ("time", "2025-03-10T09:00:00+24:00", "time.malformed"),
    ("time", "2025-03-10 09:00:00Z", "time.malformed"),
    ("time", "2025-03-10T09:00:00.1234567Z", "time.malformed"),
    ("time", "2025-03-10T09:00:00.Z", "time.malformed"),
    ("time", "٢025-03-10T09:00:00Z", "time.malformed"),
    ("time", "0001-01-01T00:00:00+14:00", "time.malformed"),
    ("time", 1741568400, "time.malformed"),
    ("period", "2025-03", "period.unwanted"),
    ("period", "2025-13", "period.malformed"),
    ("period", "2025-q1", "period.malformed"),
    ("period", 2025, "period.malformed"),
    ("period", None, "field.null"),
    ("specversion", "0.3", "code.unknown"),
    ("data", [], "field.object"),
    ("data", "text", "field.object"),
    ("data", 5, "field.object"),
    ("data", None, "field.null"),
    ("data_base64", "eA==", "data.binary"),
    ("Extension", "x", "field.unknown"),
    ("extension/with~both", "x", "field.unknown"),
    ("", "x", "field.unknown"),
    ("a\ud800", "x", "field.unknown"),
]


@pytest.mark.parametrize(
    ("name", "value", "code"), ENVELOPES, ids=lambda value: "missing" if value is MISSING else ascii(value)[:40]
)
def test_an_attribute_that_cannot_be_is_refused_at_its_place(shared: County, name: str, value: Any, code: str) -> None:
    body = {**visit("w1", "h1"), name: value}
    if value is MISSING:
        del body[name]
    found = refused(shared, body)
    assert [fault for _, fault in found if fault == code] == [code], found
    pointer = found[[fault for _, fault in found].index(code)][0]
    if "\ud800" not in name:
        assert pointer == "/" + name.replace("~", "~0").replace("/", "~1")


@pytest.mark.parametrize(("hours", "codes"), [(24.1, ["time.future"]), (24 * 365, ["time.future"])])
def test_a_time_more_than_a_day_ahead_is_refused(shared: County, hours: float, codes: list[str]) -> None:
    assert refused(shared, visit("w1", "h1", in_hours(hours))) == [("/time", code) for code in codes]


DATA: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/data/on_time", "field.required"),
    ({"on_time": "true"}, "/data/on_time", "boolean.expected"),
    ({"on_time": 1}, "/data/on_time", "boolean.expected"),
    ({"on_time": None}, "/data/on_time", "field.null"),
    ({"minutes": True}, "/data/minutes", "number.expected"),
    ({"minutes": None}, "/data/minutes", "number.expected"),
    ({"minutes": []}, "/data/minutes", "number.expected"),
    ({"minutes": ""}, "/data/minutes", "number.expected"),
    ({"minutes": "five"}, "/data/minutes", "number.expected"),
    ({"minutes": "NaN"}, "/data/minutes", "number.expected"),
    ({"minutes": "Infinity"}, "/data/minutes", "number.expected"),
    ({"minutes": "1e2"}, "/data/minutes", "number.expected"),
    ({"minutes": "+5"}, "/data/minutes", "number.expected"),
    ({"minutes": " 5"}, "/data/minutes", "number.expected"),
    ({"minutes": "1_000"}, "/data/minutes", "number.expected"),
    ({"minutes": "５"}, "/data/minutes", "number.expected"),
    ({"minutes": "5.1234567"}, "/data/minutes", "number.inexact"),
    ({"minutes": "1234567890123456789"}, "/data/minutes", "number.inexact"),
    ({"minutes": 10**18}, "/data/minutes", "number.inexact"),
    ({"minutes": 10**4000}, "/data/minutes", "number.inexact"),
    ({"grade": "fair"}, "/data/grade", "code.unknown"),
    ({"grade": 1}, "/data/grade", "code.unknown"),
    ({"grade": ["good"]}, "/data/grade", "code.unknown"),
    ({"note": 5}, "/data/note", "text.expected"),
    ({"note": ""}, "/data/note", "text.length"),
    ({"note": "x" * 2001}, "/data/note", "text.length"),
    ({"note": "a\x00b"}, "/data/note", "text.character"),
    ({"note": "a\ud800b"}, "/data/note", "text.character"),
    ({"ends_on": "2025-02-29"}, "/data/ends_on", "day.malformed"),
    ({"ends_on": "20250228"}, "/data/ends_on", "day.malformed"),
    ({"ends_on": "2025-02-28T00:00:00Z"}, "/data/ends_on", "day.malformed"),
    ({"ends_on": 20250228}, "/data/ends_on", "day.malformed"),
    ({"ends_on": None}, "/data/ends_on", "field.null"),
    ({"points": 5}, "/data/points", "field.unknown"),
    ({"a/b~c": 5}, "/data/a~1b~0c", "field.unknown"),
    ({"_schema": 5}, "/data/_schema", "field.unknown"),
]


@pytest.mark.parametrize(
    ("data", "pointer", "code"), DATA, ids=lambda value: "missing" if value is MISSING else ascii(value)[:40]
)
def test_data_that_its_type_does_not_declare_is_refused_at_its_field(
    shared: County, data: dict[str, Any], pointer: str, code: str
) -> None:
    said = {"on_time": True, **data} if data else {}
    assert refused(shared, event("task.closed", "w1", **said)) == [(pointer, code)]


@pytest.mark.parametrize(
    "number", ["1e400", "1e18", "-1e18", "1e-7", "0.1234567", "123456789012345678.0000001", "1E+999999"]
)
def test_a_json_number_that_is_not_exact_is_refused(shared: County, number: str) -> None:
    """Invariant 7: at most 18 digits before and 6 after the point, read from its text."""
    body = json.dumps(event("task.closed", "w1", on_time=True, minutes="@")).replace('"@"', number)
    assert refused(shared, body) == [("/data/minutes", "number.inexact")]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_makes_the_body_malformed(shared: County, number: str) -> None:
    """Invariant 7: NaN and Infinity are refused."""
    body = json.dumps(event("task.closed", "w1", on_time=True, minutes="@")).replace('"@"', number)
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", body, ONE)
    assert_problem(answer, 400, "request.malformed")


@pytest.mark.parametrize("stars", ["0.999999", "5.000001", -1, 6])
def test_a_number_out_of_its_range_is_refused(shared: County, stars: Any) -> None:
    assert refused(shared, rating("w1", stars)) == [("/data/stars", "number.range")]


@pytest.mark.parametrize("stars", ["1", "5", 5, "4.999999"])
def test_a_range_includes_its_ends(shared: County, stars: Any) -> None:
    assert shared.sender.post("/v1/events", rating("w1", stars)).status_code == 201


def test_the_greatest_and_the_smallest_number_are_stored_exactly(shared: County) -> None:
    """Invariant 7: no digit is lost between 18 before and 6 after the point."""
    for number in ("999999999999999999.999999", "-999999999999999999.999999", "0.000001"):
        body = json.dumps(event("task.closed", "w1", on_time=True, minutes="@")).replace('"@"', number)
        made = shared.sender.post_text("/v1/events", body, ONE)
        assert shared.sender.get(made.headers["Location"]).json["data"]["minutes"] == number


def test_an_event_dated_by_period_must_name_it(shared: County) -> None:
    assert refused(shared, event("assess.annual", "w1", points=5)) == [("/period", "period.missing")]


def test_an_event_dated_by_period_is_stored_with_it(shared: County) -> None:
    made = shared.sender.post("/v1/events", {**event("assess.annual", "w1", points=5), "period": "2025"})
    assert shared.sender.get(made.headers["Location"]).json["period"] == "2025"


@pytest.mark.parametrize("period", ["1000", "1899-12", "9999"])
def test_a_period_that_no_result_can_have_is_refused(shared: County, period: str) -> None:
    """One word, one meaning: what intake takes as a period, the calendar of periods knows."""
    body = {**event("assess.annual", "w1", points=5), "period": period}
    assert refused(shared, body) == [("/period", "period.malformed")]


def test_every_fault_is_told_at_once(shared: County) -> None:
    body = {**event("task.closed", "nobody", in_hours(48), minutes="x", grade="y"), "source": "hotline"}
    assert set(refused(shared, body)) == {
        ("/source", "source.forbidden"),
        ("/time", "time.future"),
        ("/subject", "subject.unknown"),
        ("/data/minutes", "number.expected"),
        ("/data/grade", "code.unknown"),
        ("/data/on_time", "field.required"),
    }


@pytest.mark.parametrize("body", [[], 5, None, True, '"text"'])
def test_an_event_is_an_object(shared: County, body: Any) -> None:
    assert refused(shared, body) == [("", "field.object")]
