"""POST /v1/events with a body that can't be read at all: refused as a whole, before anybody looks at an event."""

import json

import pytest

from service.settings import Settings
from tests.county import Client, County, visit
from tests.http.asking import assert_problem, nothing_written

ONE, BATCH, PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 01}',
        b'{"a": .5}',
        b'{"a": "\n"}',
        b"[1, 2",
        b'{"a": 1} {"b": 2}',
        b"\xff\xfe\xff",
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        '[{"a": 1}]'.encode("utf-16-be"),
        b"\x00",
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": 1e99999999999999999999}',
    ],
    ids=lambda body: ascii(body[:20]),
)
@pytest.mark.parametrize("content_type", [ONE, BATCH, PLAIN])
def test_what_is_not_json_is_malformed(shared: County, body: bytes, content_type: str) -> None:
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", body, content_type)
    assert_problem(answer, 400, "request.malformed")


@pytest.mark.parametrize("place", ["id", "household"])
def test_a_key_that_stands_twice_makes_the_body_malformed(shared: County, place: str) -> None:
    body = json.dumps(visit("w1", "h1")).replace(f'"{place}":', f'"{place}": "x", "{place}":')
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", body, ONE)
    assert_problem(answer, 400, "request.malformed")


@pytest.mark.parametrize("depth", [17, 500, 200_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deep_is_refused(shared: County, depth: int, begin: str, end: str) -> None:
    body = begin * depth + "1" + end * depth
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", body, ONE)
    assert_problem(answer, 400, "request.too_deep")


def test_what_is_nested_as_deep_as_allowed_is_read(shared: County) -> None:
    body = '{"a":' * 16 + "1" + "}" * 16
    assert_problem(shared.sender.post_text("/v1/events", body, ONE), 422, "event.rejected")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "application/cloudevents+avro", "x"])
def test_another_content_type_is_refused(shared: County, content_type: str) -> None:
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", json.dumps(visit("w1", "h1")), content_type)
    assert_problem(answer, 415, "request.media_type")


def test_a_batch_is_a_list(shared: County) -> None:
    answer = shared.sender.post_text("/v1/events", json.dumps(visit("w1", "h1")), BATCH)
    assert_problem(answer, 400, "request.malformed")


def test_a_list_is_no_single_cloudevent(shared: County) -> None:
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", json.dumps([visit("w1", "h1")]), ONE)
    assert assert_problem(answer, 422, "event.rejected") == [("", "field.object")]


def test_white_space_before_a_plain_list_does_not_matter(shared: County) -> None:
    answer = shared.sender.post_text("/v1/events", " " * 100 + json.dumps([visit("w1", "h1")]), PLAIN)
    assert (answer.status_code, [item["result"] for item in answer.json.get("items", [])]) == (200, ["created"])


@pytest.fixture(scope="module")
def narrow(shared: County) -> Client:
    """The sender of a county whose service takes little at once."""
    limits = Settings(max_body_bytes=2048, max_batch_events=3)
    return County.empty(shared.url, shared.database, limits).sender


@pytest.mark.parametrize("content_type", [ONE, BATCH, PLAIN])
def test_a_body_that_is_too_large_is_refused(narrow: Client, content_type: str) -> None:
    answer = narrow.post_text("/v1/events", "[" + " " * 2048 + "]", content_type)
    assert_problem(answer, 413, "request.too_large")


def test_a_body_as_large_as_allowed_is_read(narrow: Client) -> None:
    assert narrow.post_text("/v1/events", "[" + " " * 2046 + "]", BATCH).status_code == 200


@pytest.mark.parametrize(("events", "status"), [(3, 207), (4, 413)])
def test_a_batch_holds_so_many_events(narrow: Client, events: int, status: int) -> None:
    assert narrow.post("/v1/events", [{}] * events).status_code == status


def test_a_batch_of_more_than_five_thousand_is_refused(shared: County) -> None:
    with nothing_written(shared):
        answer = shared.sender.post("/v1/events", [{}] * 5001)
    assert_problem(answer, 413, "request.too_many")


class Stalled:
    """A body of which nothing comes."""

    def read(self, _: int = -1) -> bytes:
        raise TimeoutError


@pytest.mark.parametrize("content_type", [ONE, BATCH, PLAIN, "application/x-ndjson"])
def test_a_body_that_does_not_come_is_said_to_be_incomplete(shared: County, content_type: str) -> None:
    with nothing_written(shared):
        answer = shared.client.post(
            "/v1/events",
            environ_overrides={"wsgi.input": Stalled(), "wsgi.input_terminated": True},
            content_type=content_type,
            headers={"Authorization": f"Bearer {shared.sender.token}"},
        )
    assert_problem(answer, 408, "request.incomplete")


def test_the_openapi_document_says_how_events_are_sent(shared: County) -> None:
    said = shared.anonymous.get("/openapi.json").json
    asked = said["paths"]["/v1/events"]["post"]
    content = asked["requestBody"]["content"]
    assert set(content) == {ONE, BATCH, PLAIN, "application/x-ndjson"}
    name = content[ONE]["schema"]["$ref"].rsplit("/", 1)[1]
    assert {"id", "source", "type", "subject", "time", "data"} <= set(said["components"]["schemas"][name]["properties"])
    assert {one["name"] for one in asked["parameters"] if one.get("in") == "query"} == {"atomic", "dry_run", "results"}
    assert {"200", "201", "207"} <= set(asked["responses"])
