"""POST /v1/events with many at once: one answer per event, in the order of the request, each by itself."""

import json
from typing import Any

import pytest

from tests.county import County, event, rating, visit
from tests.http.asking import assert_problem, errors_of, nothing_written, written

BATCH = "application/cloudevents-batch+json"


def said(county: County, events: list[Any], status: int) -> list[str]:
    """What became of each event of a batch."""
    answer = county.sender.post_text("/v1/events", json.dumps(events), BATCH)
    assert answer.status_code == status, answer.text
    return [item["result"] for item in answer.json["items"]]


def test_a_batch_of_new_events_is_200(shared: County) -> None:
    assert said(shared, [visit("w1", "h1"), rating("w2", 5)], 200) == ["created", "created"]


def test_a_batch_sent_again_is_200(shared: County) -> None:
    """Invariant 2: a retry after a time-out is a success, and counts nothing twice."""
    events = [visit("w1", "h1"), rating("w2", 5)]
    said(shared, events, 200)
    with nothing_written(shared):
        assert said(shared, events, 200) == ["duplicate", "duplicate"]


def test_results_stand_in_the_order_of_the_request(shared: County) -> None:
    old, changed = visit("w1", "h1"), visit("w1", "h1")
    said(shared, [old, changed], 200)
    new, bad = visit("w1", "h2"), visit("nobody", "h1")
    events = [bad, new, {**changed, "data": {"household": "h9"}}, 5, old, {}]
    outcomes = ["rejected", "created", "conflict", "rejected", "duplicate", "rejected"]
    before = written(shared)
    assert said(shared, events, 207) == outcomes
    assert written(shared) == (before[0] + 1, before[1] + 1)


def test_every_answer_says_which_event_it_is_about(shared: County) -> None:
    events = [visit("w1", "h1"), visit("nobody", "h1")]
    items = shared.send(*events)
    assert [(i["source"], i["id"]) for i in items] == [(e["source"], e["id"]) for e in events]
    assert shared.sender.get(f"/v1/events/{items[0]['event']}").status_code == 200


def test_a_refused_event_of_a_batch_names_its_own_fields(shared: County) -> None:
    bad = event("rating.resident", "w1", stars=9)
    items = shared.send(visit("w1", "h1"), bad, {**visit("w1", "h1"), "subject": "w1"})
    assert errors_of(items[1]) == [("/data/stars", "number.range")]
    assert errors_of(items[2]) == [("/subject", "subject.malformed")]


def test_a_conflict_in_a_batch_says_so_in_the_callers_language(shared: County) -> None:
    first = visit("w1", "h1")
    shared.send(first)
    other = [{**first, "data": {"household": "h2"}}]
    details = [
        shared.sender.post("/v1/events", other, Accept_Language=language).json["items"][0]["errors"][0]
        for language in ("en", "zh-CN")
    ]
    assert {error["code"] for error in details} == {"event.conflict"}
    assert details[0]["detail"].isascii()
    assert not details[1]["detail"].isascii()


def test_the_same_event_twice_in_one_batch_is_stored_once(shared: County) -> None:
    """Invariant 2: also within one request."""
    sent = visit("w1", "h1")
    before = written(shared)
    assert said(shared, [sent, sent, sent], 200) == ["created", "duplicate", "duplicate"]
    assert written(shared) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("other", [{"data": {"household": "other"}}, {"data": {"nonsense": 1}}, {"type": "imagined"}])
def test_other_content_under_an_id_of_the_same_batch_is_a_conflict(shared: County, other: dict[str, Any]) -> None:
    """Invariant 2: as if it had been sent in a second request; an identity is answered before any other check."""
    sent = visit("w1", "h1")
    before = written(shared)
    assert said(shared, [sent, {**sent, **other}], 207) == ["created", "conflict"]
    assert written(shared) == (before[0] + 1, before[1] + 1)


def test_the_second_of_an_id_is_taken_when_the_first_is_refused(shared: County) -> None:
    """Invariant 1: what was refused left nothing, so its id is still free."""
    good = visit("w1", "h1")
    assert said(shared, [{**good, "data": {}}, good], 207) == ["rejected", "created"]


def test_a_batch_of_nothing_writes_nothing(shared: County) -> None:
    with nothing_written(shared):
        assert said(shared, [], 200) == []


def test_plain_json_may_be_a_batch(shared: County) -> None:
    answer = shared.sender.post("/v1/events", [visit("w1", "h1"), visit("w2", "h1")])
    assert [item["result"] for item in answer.json["items"]] == ["created", "created"]


def test_a_batch_of_five_thousand_is_taken(shared: County) -> None:
    before = written(shared)
    events = [visit(f"w{n % 6 + 1}", f"h{n}") for n in range(5000)]
    assert set(said(shared, events, 200)) == {"created"}
    assert written(shared) == (before[0] + 5000, before[1] + 1)


def test_all_or_nothing_stores_all(shared: County) -> None:
    events = [visit("w1", "h1"), rating("w2", 5)]
    for outcome in ("created", "duplicate"):
        answer = shared.sender.post("/v1/events?atomic=true", events)
        assert answer.status_code == 200
        assert [item["result"] for item in answer.json["items"]] == [outcome, outcome]


def test_all_or_nothing_stores_nothing_for_the_sake_of_one(shared: County) -> None:
    """Invariant 1: the innocent are told apart from those for whose sake nothing was stored."""
    old, taken = visit("w1", "h1"), visit("w1", "h1")
    shared.send(old, taken)
    contrary, new, bad = {**taken, "data": {"household": "h9"}}, visit("w1", "h2"), visit("nobody", "h1")
    for events, outcomes in (
        ([new, bad, old], ["aborted", "rejected", "aborted"]),
        ([old, new, contrary], ["aborted", "aborted", "conflict"]),
        ([new, new, {**new, "data": {"household": "h9"}}], ["aborted", "aborted", "conflict"]),
    ):
        with nothing_written(shared):
            answer = shared.sender.post("/v1/events?atomic=true", events)
            assert_problem(answer, 422, "event.aborted")
        assert [item["result"] for item in answer.json["items"]] == outcomes
    assert said(shared, [new], 200) == ["created"]


def test_all_or_nothing_is_refused_also_where_nobody_is_innocent(shared: County) -> None:
    """Invariant 1: whoever asks for all or nothing needs to look at the status alone."""
    bad = [visit("nobody", "h1"), visit("nobody", "h2")]
    for events in (bad, bad[:1]):
        with nothing_written(shared):
            answer = shared.sender.post("/v1/events?atomic=true", events)
            assert_problem(answer, 422, "event.aborted")
        assert {item["result"] for item in answer.json["items"]} == {"rejected"}


def test_a_dry_run_answers_the_same_and_writes_nothing(shared: County) -> None:
    old = visit("w1", "h1")
    shared.send(old)
    events = [visit("nobody", "h1"), visit("w1", "h2"), {**old, "data": {"household": "h9"}}, old]
    with nothing_written(shared):
        tried = shared.sender.post("/v1/events?dry_run=true", events)
        aborted = shared.sender.post("/v1/events?dry_run=true&atomic=true", events)
        single = shared.sender.post("/v1/events?dry_run=true", events[1])
        assert_problem(shared.sender.post("/v1/events?dry_run=true", events[0]), 422, "event.rejected")
    taken = shared.sender.post("/v1/events", events)
    assert (tried.status_code, tried.json) == (taken.status_code, taken.json)
    assert [item["result"] for item in taken.json["items"]] == ["rejected", "created", "conflict", "duplicate"]
    assert [item["result"] for item in aborted.json["items"]] == ["rejected", "aborted", "conflict", "aborted"]
    assert (single.status_code, single.json["result"]) == (200, "created")
    assert "Location" not in single.headers


@pytest.mark.parametrize("name", ["atomic", "dry_run"])
@pytest.mark.parametrize("said", ["1", "yes", "True", ""])
def test_how_a_batch_is_taken_is_true_or_false(shared: County, name: str, said: str) -> None:
    """As of every command: what would only be tried there isn't stored here."""
    with nothing_written(shared):
        answer = shared.sender.post(f"/v1/events?{name}={said}", [visit("w1", "h1")])
    assert assert_problem(answer, 422, "request.invalid") == [(f"/{name}", "boolean.expected")]


def test_extensions_are_kept_and_are_no_content(shared: County) -> None:
    first = visit("w1", "h1")
    traced = {**first, "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "attempt": 2}
    made = shared.sender.post("/v1/events", traced)
    assert made.status_code == 201
    assert shared.sender.post("/v1/events", first).json["result"] == "duplicate"
    kept = shared.sender.get(made.headers["Location"]).json["extensions"]
    assert kept == {"traceparent": traced["traceparent"], "attempt": 2}


@pytest.mark.parametrize("value", [None, 1.5, 2**31, "", "x" * 2001, "\x00", [], {}])
def test_an_extension_is_of_a_type_that_cloudevents_has(shared: County, value: Any) -> None:
    """CloudEvents 1.0 §3.1: booleans, 32-bit integers, and text."""
    answer = shared.sender.post("/v1/events", {**visit("w1", "h1"), "attempt": value})
    assert assert_problem(answer, 422, "event.rejected") == [("/attempt", "extension.invalid")]
