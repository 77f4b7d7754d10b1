"""POST /v1/events in binary mode of CloudEvents over HTTP: the attributes in headers, the data in the body."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from werkzeug.test import TestResponse

from tests.county import SOURCE, County, event, visit
from tests.http.asking import assert_problem, nothing_written, user

JSON = "application/json"


@pytest.fixture(scope="module", autouse=True)
def _plain(shared: County) -> None:
    free = {"title": "T", "subject": "worker", "dated_by": "time", "fields": {}}
    period = {**free, "dated_by": "period"}
    shared.declare({"type.free": free, "type.of_period": period})


def send(county: County, sent: dict[str, Any], content_type: str | None = JSON, **changes: Any) -> TestResponse:
    """Send an event in binary mode; a change is what a header says instead, or None where it isn't sent."""
    attributes = {name: quote(str(value), safe="/:+") for name, value in sent.items() if name != "data"}
    headers = {f"ce-{name}": value for name, value in {**attributes, **changes}.items() if value is not None}
    if content_type:
        headers["Content-Type"] = content_type
    body = json.dumps(sent["data"]).encode() if "data" in sent else b""
    return county.client.post(
        "/v1/events", data=body, headers={**headers, "Authorization": f"Bearer {county.sender.token}"}
    )


def test_an_event_in_binary_mode_is_created(shared: County) -> None:
    sent = visit("w1", "h1")
    answer = send(shared, sent)
    assert (answer.status_code, answer.json["result"]) == (201, "created")
    stored = shared.sender.get(answer.headers["Location"]).json
    assert {name: stored[name] for name in ("source", "id", "type", "subject", "data")} == {
        name: sent[name] for name in ("source", "id", "type", "subject", "data")
    }


@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=UTF-8", "application/vnd.grid+json", None])
def test_the_mode_is_no_part_of_the_content(shared: County, content_type: str | None) -> None:
    """Invariant 2: what was sent in one mode is a duplicate in every other."""
    sent = visit("w1", "h1")
    assert send(shared, sent, content_type).status_code == 201
    for other in ("application/cloudevents+json", JSON):
        again = shared.sender.post_text("/v1/events", json.dumps(sent), other)
        assert (again.status_code, again.json["result"]) == (200, "duplicate")
    assert shared.send(sent)[0]["result"] == "duplicate"


def test_an_event_without_a_body_has_no_data(shared: County) -> None:
    sent = event("type.free", "w1")
    del sent["data"]
    assert send(shared, sent, None).status_code == 201
    assert shared.sender.post("/v1/events", sent).status_code == 200


def test_a_period_is_an_extension_like_any(shared: County) -> None:
    sent = {**event("type.of_period", "w1"), "period": "2025-03"}
    assert send(shared, sent).status_code == 201
    assert shared.sender.post("/v1/events", sent).json["result"] == "duplicate"


@pytest.mark.parametrize("identifier", ["入户 1", 'a"b', "100%", "a%20b", "\U0001f600", "a,b", "é"])
def test_values_are_percent_decoded_once(shared: County, identifier: str) -> None:
    sent = {**visit("w1", "h1"), "id": identifier}
    answer = send(shared, sent)
    assert shared.sender.get(answer.headers["Location"]).json["id"] == identifier


@pytest.mark.parametrize(("header", "identifier"), [('"q u-1"', "q u-1"), (r'"q\"2\\"', 'q"2\\'), ("%71%33", "q3")])
def test_quoted_and_needlessly_encoded_values_are_read(shared: County, header: str, identifier: str) -> None:
    answer = send(shared, visit("w1", "h1"), id=header)
    assert shared.sender.get(answer.headers["Location"]).json["id"] == identifier


@pytest.mark.parametrize("header", ["%", "%4", "%zz", "a%", "%C0%A0", "%FF", "%ED%A0%80", "\u00e9"])
def test_a_value_that_is_no_percent_encoded_utf_8_is_refused(shared: County, header: str) -> None:
    with nothing_written(shared):
        answer = send(shared, visit("w1", "h1"), subject=header)
    assert assert_problem(answer, 422, "event.rejected") == [("/subject", "attribute.encoding")]


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time"])
def test_a_missing_attribute_is_named(shared: County, name: str) -> None:
    with nothing_written(shared):
        answer = send(shared, visit("w1", "h1"), **{name: None})
    assert assert_problem(answer, 422, "event.rejected") == [(f"/{name}", "field.required")]


def test_another_version_of_cloudevents_is_refused(shared: County) -> None:
    answer = send(shared, visit("w1", "h1"), specversion="0.3")
    assert assert_problem(answer, 422, "event.rejected") == [("/specversion", "code.unknown")]


@pytest.mark.parametrize("name", ["data", "datacontenttype", "dash-ed"])
def test_a_header_that_is_no_attribute_is_refused(shared: County, name: str) -> None:
    with nothing_written(shared):
        answer = send(shared, visit("w1", "h1"), **{name: "x"})
    assert assert_problem(answer, 422, "event.rejected") == [(f"/{name}", "field.unknown")]


def test_a_repeated_header_is_refused(shared: County) -> None:
    """Our server joins what is repeated by the end of a line, which no header can hold."""
    sent = visit("w1", "h1")
    headers = {f"HTTP_CE_{name.upper()}": value for name, value in sent.items() if name != "data"}
    with nothing_written(shared):
        answer = shared.client.post(
            "/v1/events",
            json=sent["data"],
            headers={"Authorization": f"Bearer {shared.sender.token}"},
            environ_overrides={**headers, "HTTP_CE_ID": "a\nb"},
        )
    assert assert_problem(answer, 422, "event.rejected") == [("/id", "attribute.repeated")]


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/octet-stream"])
def test_data_that_is_not_json_is_refused(shared: County, content_type: str) -> None:
    with nothing_written(shared):
        answer = send(shared, visit("w1", "h1"), content_type)
    assert_problem(answer, 415, "request.media_type")


def test_a_body_that_is_not_json_is_malformed(shared: County) -> None:
    sent = visit("w1", "h1")
    headers = {f"ce-{name}": value for name, value in sent.items() if name != "data"}
    with nothing_written(shared):
        answer = shared.client.post(
            "/v1/events",
            data="{",
            content_type=JSON,
            headers={**headers, "Authorization": f"Bearer {shared.sender.token}"},
        )
    assert_problem(answer, 400, "request.malformed")


def test_the_headers_of_a_structured_event_say_nothing(shared: County) -> None:
    sent = visit("w1", "h1")
    headers = {"ce-id": "other", "Content-Type": "application/cloudevents+json"}
    answer = shared.client.post(
        "/v1/events",
        data=json.dumps(sent),
        headers={**headers, "Authorization": f"Bearer {shared.sender.token}"},
    )
    assert shared.sender.get(answer.headers["Location"]).json["id"] == sent["id"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
@pytest.mark.parametrize("mimetype", ["application/cloudevents+json", "application/cloudevents-batch+json", JSON])
def test_utf_8_may_be_said_in_any_spelling(shared: County, mimetype: str, charset: str) -> None:
    body = [visit("w1", "h1")] if "batch" in mimetype else visit("w1", "h1")
    answer = shared.sender.post_text("/v1/events", json.dumps(body), f"{mimetype}; charset={charset}")
    assert answer.status_code in (200, 201)


@pytest.mark.parametrize("charset", ["gbk", "utf-16", "iso-8859-1", "nonsense"])
@pytest.mark.parametrize("mimetype", ["application/cloudevents+json", JSON, "application/x-ndjson"])
def test_another_charset_is_refused(shared: County, mimetype: str, charset: str) -> None:
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events", json.dumps(visit("w1", "h1")), f"{mimetype}; charset={charset}")
    assert_problem(answer, 415, "request.charset")


def test_data_in_base64_is_refused_by_name(shared: County) -> None:
    sent = visit("w1", "h1")
    del sent["data"]
    answer = shared.sender.post("/v1/events", {**sent, "data_base64": "e30="})
    assert assert_problem(answer, 422, "event.rejected") == [("/data_base64", "data.binary")]


def test_the_official_sdk_is_understood_in_both_modes(shared: County) -> None:
    sent = visit("w1", "h1")
    identifier, subject = "走访 100% 完成", "worker/工号 7"
    shared.state([], [{"id": "w7", "aliases": [{"source": SOURCE, "id": "工号 7"}]}])
    attributes = {name: sent[name] for name in ("source", "type", "specversion")}
    time = datetime.fromisoformat(sent["time"])
    made = CloudEvent(
        {**attributes, "time": time, "id": identifier, "subject": subject, "datacontenttype": JSON}, sent["data"]
    )
    outcomes = []
    for message in (to_binary_event(made), to_structured_event(made)):
        headers = {**message.headers, "Authorization": f"Bearer {shared.sender.token}"}
        answer = shared.client.post("/v1/events", data=message.body, headers=headers)
        outcomes.append(answer.json.get("result", answer.json))
    assert outcomes == ["created", "duplicate"]


def test_a_token_without_the_scope_is_refused_before_the_headers_are_read(shared: County) -> None:
    reader = user(shared, ["events:read"], [SOURCE])
    answer = shared.client.post("/v1/events", headers={"ce-id": "%", "Authorization": f"Bearer {reader.token}"})
    assert_problem(answer, 403, "access.scope")
