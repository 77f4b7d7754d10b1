"""POST and GET /v1/events, one event at a time: created once, known for ever, read back as it was sent."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

from tests.county import SOURCE, Client, County, event, rating, visit
from tests.http.asking import assert_not_there, assert_problem, nothing_written, user, written

ONE = "application/cloudevents+json"
CALL = {
    "title": "热线工单",
    "subject": "worker",
    "dated_by": "time",
    "quantity": "minutes",
    "fields": {
        "minutes": {"kind": "number"},
        "street": {"kind": "text"},
        "solved": {"kind": "boolean"},
        "due": {"kind": "date"},
    },
}


@pytest.fixture(scope="module", autouse=True)
def _hotline(shared: County) -> None:
    shared.declare({"hotline.call": CALL})


def test_a_new_event_is_created_and_has_an_address(shared: County) -> None:
    answer = shared.sender.post("/v1/events", visit("w1", "h1"))
    assert answer.status_code == 201
    assert answer.json["result"] == "created"
    assert answer.headers["Location"] == f"/v1/events/{answer.json['event']}"
    assert shared.sender.get(answer.headers["Location"]).json["data"] == {"household": "h1"}


def test_a_day_is_read_back_as_it_was_sent(shared: County) -> None:
    answer = shared.sender.post("/v1/events", event("hotline.call", "w1", due="2024-02-29"))
    assert shared.sender.get(answer.headers["Location"]).json["data"] == {"due": "2024-02-29"}


def test_the_id_of_an_event_is_ours_and_opaque(shared: County) -> None:
    sent = {**visit("w1", "h1"), "id": "facade-0000"}
    identity = shared.sender.post("/v1/events", sent).json["event"]
    assert str(UUID(identity)) == identity
    assert "facade-0000" not in identity


def test_the_same_event_again_is_a_duplicate(shared: County) -> None:
    """Invariant 2: one event once; sending again is a success that writes nothing."""
    sent = visit("w1", "h1")
    first = shared.sender.post("/v1/events", sent)
    with nothing_written(shared):
        again = shared.sender.post("/v1/events", sent)
    assert (again.status_code, again.json) == (200, {**first.json, "result": "duplicate"})
    assert again.headers["Location"] == first.headers["Location"]


def test_other_content_under_a_known_id_is_a_conflict_and_the_first_stays(shared: County) -> None:
    """Invariant 2: other content is refused with 409; the first stays."""
    sent = visit("w1", "first")
    made = shared.sender.post("/v1/events", sent).json
    with nothing_written(shared):
        answer = shared.sender.post("/v1/events", {**sent, "data": {"household": "second"}})
    assert assert_problem(answer, 409, "event.conflict") == []
    assert shared.sender.get(f"/v1/events/{made['event']}").json["data"] == {"household": "first"}


@pytest.mark.parametrize(
    "other",
    [
        {"time": "2025-03-10T09:00:01+08:00"},
        {"subject": "worker/w2"},
        {"type": "visit.done"},
        {"period": "2025-03"},
        {"data": {"minutes": "5", "street": "s", "solved": False}},
        {"data": {"minutes": "5.000001", "street": "s", "solved": True}},
        {"data": {"minutes": "5", "street": "s"}},
    ],
    ids=str,
)
def test_every_part_of_the_content_counts(shared: County, other: dict[str, Any]) -> None:
    """Invariant 2: content is type, subject, time, period and data."""
    sent = event("hotline.call", "w1", minutes=5, street="s", solved=True)
    shared.sender.post("/v1/events", sent)
    assert_problem(shared.sender.post("/v1/events", {**sent, **other}), 409, "event.conflict")


@pytest.mark.parametrize(
    "same",
    [
        '{"data":{"solved":true,"street":"s","minutes":5},"time":"2025-03-10T09:00:00+08:00","subject":"worker/w1",'
        '"type":"hotline.call","source":"grid-app","id":"@","specversion":"1.0"}',
        '{"minutes": 5.0}',
        '{"minutes": 5.000000}',
        '{"minutes": "5"}',
        '{"minutes": "5.0"}',
        '{"minutes": "5.000000"}',
        '{"minutes": 50e-1}',
    ],
)
def test_the_same_content_in_other_words_is_a_duplicate(shared: County, same: str) -> None:
    """Invariant 2: key order, number or text, and trailing zeros are not content."""
    sent = event("hotline.call", "w1", minutes=5, street="s", solved=True)
    shared.sender.post("/v1/events", sent)
    if "@" in same:
        body = same.replace("@", sent["id"])
    else:
        minutes = same.removeprefix("{").removesuffix("}")
        body = json.dumps(sent).replace('"minutes": 5', minutes)
    answer = shared.sender.post_text("/v1/events", body, ONE)
    assert (answer.status_code, answer.json.get("result")) == (200, "duplicate"), answer.text


@pytest.mark.parametrize("text", ["05", "5.0000000", "-05"])
def test_a_text_that_is_taken_as_a_number_is_that_number(shared: County, text: str) -> None:
    """Invariant 2: it may be refused, but once it is taken, the number sent again is a duplicate."""
    sent = event("hotline.call", "w1", minutes=text)
    if shared.sender.post("/v1/events", sent).status_code == 201:
        assert shared.sender.post("/v1/events", {**sent, "data": {"minutes": int(float(text))}}).status_code == 200


def test_zero_with_an_exponent_is_zero(shared: County) -> None:
    """Invariant 2: 0e50 is the number 0, so it is the same content."""
    sent = event("hotline.call", "w1", minutes=0)
    shared.sender.post("/v1/events", sent)
    body = json.dumps(sent).replace('"minutes": 0', '"minutes": 0e50')
    assert shared.sender.post_text("/v1/events", body, ONE).status_code == 200


@pytest.mark.parametrize(
    "time",
    ["2025-03-10T01:00:00Z", "2025-03-10t01:00:00z", "2025-03-09T21:00:00-04:00", "2025-03-10T09:00:00.000000+08:00"],
)
def test_the_same_instant_in_another_offset_is_a_duplicate(shared: County, time: str) -> None:
    """Invariant 2: time counts as an instant."""
    sent = visit("w1", "h1", "2025-03-10T09:00:00+08:00")
    shared.sender.post("/v1/events", sent)
    assert shared.sender.post("/v1/events", {**sent, "time": time}).status_code == 200


def test_transport_is_not_content(shared: County) -> None:
    """Invariant 2: extensions and the mode of transport are outside the content."""
    sent = visit("w1", "h1")
    shared.sender.post("/v1/events", sent)
    again = {**sent, "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    assert shared.sender.post_text("/v1/events", json.dumps(again), ONE).status_code == 200


def test_the_same_id_of_another_source_is_another_event(shared: County) -> None:
    """Invariant 2: identity is source and id."""
    sent = visit("w1", "h1")
    other = user(shared, ["events:write"], [SOURCE, "hotline"])
    assert shared.sender.post("/v1/events", sent).status_code == 201
    assert other.post("/v1/events", {**sent, "source": "hotline"}).status_code == 201


@pytest.mark.parametrize(("content", "status"), [({}, 200), ({"data": {"nonsense": 1}}, 409)], ids=["same", "other"])
def test_a_known_id_is_answered_before_any_other_check(shared: County, content: dict[str, Any], status: int) -> None:
    """Invariant 2: also for a token that may no longer send as that source."""
    sent = visit("w1", "h1")
    shared.sender.post("/v1/events", sent)
    without_source = user(shared, ["events:write"], [])
    with nothing_written(shared):
        answer = without_source.post("/v1/events", {**sent, **content})
    assert answer.status_code == status
    assert_problem(without_source.post("/v1/events", visit("w1", "h1")), 422, "event.rejected")


def test_many_senders_of_one_id_store_one_event(shared: County) -> None:
    """Invariant 2: also when they arrive together."""
    sent = visit("w1", "h1")
    before = written(shared)
    clients = [Client(shared.hr._client.application.test_client(), shared.sender.token) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: client.post("/v1/events", sent).json["result"], clients))
    assert sorted(answers) == ["created"] + ["duplicate"] * 5
    assert written(shared) == (before[0] + 1, before[1] + 1)


def test_an_event_is_read_back_with_who_sent_it_when(shared: County) -> None:
    """Invariant 15: an event says who sent it."""
    sent = event("hotline.call", "w1", "2025-03-10T09:00:00.5+08:00", minutes="5.50", street="东街")
    made = shared.sender.post("/v1/events", sent).json
    said = shared.sender.get(f"/v1/events/{made['event']}").json
    recorded = datetime.fromisoformat(said.pop("recorded_at"))
    assert abs(datetime.now(UTC) - recorded) < timedelta(minutes=1)
    del said["position"]
    assert said == {
        "event": made["event"],
        "id": sent["id"],
        "source": SOURCE,
        "type": "hotline.call",
        "subject": "worker/w1",
        "sent_subject": None,
        "time": "2025-03-10T01:00:00.500000+00:00",
        "period": None,
        "data": {"minutes": "5.5", "street": "东街"},
        "extensions": {},
        "actor": "sender",
        **dict.fromkeys(["replaces", "replaced_by", "reversed_by", "reversed_at", "reversed_because"]),
    }


@pytest.mark.parametrize("identity", ["00000000-0000-0000-0000-000000000000", "e1", "%00", "%F0%9F"])
def test_an_event_that_is_not_there_is_404(shared: County, identity: str) -> None:
    assert_not_there(shared.sender.get(f"/v1/events/{identity}"))


def test_a_senders_own_id_stands_for_the_worker(shared: County) -> None:
    record = {"assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}
    shared.hr.put("/v1/workers/w1", {**record, "aliases": [{"source": SOURCE, "id": "emp/0001"}]})
    made = shared.sender.post("/v1/events", visit("emp/0001", "h1"))
    assert made.status_code == 201
    said = shared.sender.get(made.headers["Location"]).json
    assert (said["subject"], said["sent_subject"]) == ("worker/w1", "worker/emp/0001")


def test_an_alias_of_one_source_says_nothing_to_another(shared: County) -> None:
    record = {"assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}
    shared.hr.put("/v1/workers/w2", {**record, "aliases": [{"source": "hotline", "id": "emp-2"}]})
    answer = shared.sender.post("/v1/events", visit("emp-2", "h1"))
    assert assert_problem(answer, 422, "event.rejected") == [("/subject", "subject.unknown")]


def test_the_official_sdk_sends_structured_events(shared: County) -> None:
    attributes = {"type": "rating.resident", "source": SOURCE, "subject": "worker/w1"}
    message = to_structured_event(CloudEvent({**attributes, "datacontenttype": "application/json"}, {"stars": 4}))
    content_type = next(value for name, value in message.headers.items() if name.lower() == "content-type")
    answer = shared.sender.post_text("/v1/events", message.body, content_type)
    assert answer.status_code == 201, answer.text
    assert shared.sender.get(answer.headers["Location"]).json["data"] == {"stars": "4"}


@pytest.mark.parametrize("content_type", [ONE, f"{ONE}; charset=utf-8", "application/json", "Application/JSON"])
def test_one_event_is_taken_as_cloudevent_or_plain_json(shared: County, content_type: str) -> None:
    answer = shared.sender.post_text("/v1/events", json.dumps(rating("w1", 3)), content_type)
    assert (answer.status_code, answer.json["result"]) == (201, "created")


def test_an_event_up_to_a_day_ahead_is_taken(shared: County) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=23, minutes=59)
    assert shared.sender.post("/v1/events", visit("w1", "h1", ahead.isoformat())).status_code == 201


def test_an_event_is_durable_when_it_is_acknowledged(shared: County) -> None:
    """Invariant 1: the service never turns synchronous commit off."""
    with shared.database.transaction(shared.tenant_id) as transaction:
        values = transaction._connection.execute("SHOW synchronous_commit").fetchone()
    assert values == ("on",)
    with psycopg.connect(shared.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
