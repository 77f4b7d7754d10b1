"""Each request is a line of the log: who, what, how long, by the request's id; never what was sent."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from service import intake, logs
from service.settings import Settings
from tests.county import County, visit

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

Lines = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """The lines since the last look, where these answers were sent in full."""

    def read(*answers: TestResponse) -> list[dict[str, Any]]:
        for answer in answers:
            answer.close()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    logs.begin("json", "info")
    yield read
    logs.begin()


def test_a_request_is_one_line(shared: County, lines: Lines) -> None:
    event = visit("w1", "h-private")
    answer = shared.sender.post("/v1/events?dry_run=false", event)
    [line] = lines(answer)
    assert list(line)[:3] == ["time", "level", "event"]
    assert (line["level"], line["event"], line["request_id"]) == ("info", "request", answer.headers["X-Request-Id"])
    assert (line["route"], line["method"], line["status"]) == ("/v1/events", "POST", 201)
    assert (line["tenant_id"], line["actor"]) == (shared.tenant_id, "sender")
    assert 0 < line["seconds"] < 60
    assert "trace_id" not in line
    text = json.dumps(line)
    assert not [word for word in (shared.sender.token or "", "h-private", event["id"], "dry_run") if word in text]


def test_the_callers_trace_is_told_and_its_request_id_is_not_taken(shared: County, lines: Lines) -> None:
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-Id": "theirs"}
    answer = shared.anonymous.get("/v1/rulebooks", **headers)
    [line] = lines(answer)
    assert (line["trace_id"], line["status"], line["code"]) == (TRACE, 401, "access.unknown_token")
    assert line["request_id"] == answer.headers["X-Request-Id"] != "theirs"
    assert "actor" not in line


def test_a_refusal_is_told_by_its_code(shared: County, lines: Lines) -> None:
    answer = shared.sender.post("/v1/events", visit("nobody-known", "h1"))
    [line] = lines(answer)
    assert (line["level"], line["status"], line["code"]) == ("info", 422, "event.rejected")
    assert line["request_id"] == answer.json["request_id"]
    assert "nobody-known" not in json.dumps(line)


def test_a_failure_is_the_same_line_with_where_it_happened(
    shared: County, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(intake, "take", fail)
    answer = shared.sender.post("/v1/events", visit("w1", "h1"))
    [line] = lines(answer)
    assert (line["level"], line["status"], line["code"], line["error"]) == (
        "error",
        500,
        "service.failed",
        "RuntimeError",
    )
    assert line["request_id"] == answer.json["request_id"]
    assert any("test_log.py:" in place for place in line["at"])
    assert "secret" not in json.dumps(line)


def test_what_the_database_says_of_being_busy_is_told_without_rows(shared: County, lines: Lines) -> None:
    with psycopg.connect(shared.url) as owner:
        owner.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        answer = shared.sender.post("/v1/events", visit("w1", "h1"))
        owner.rollback()
    [line] = lines(answer)
    assert (line["level"], line["status"], line["code"]) == ("warning", 503, "service.unavailable")
    assert "statement timeout" in line["why"]


def test_a_stream_is_told_when_its_last_line_is_sent(shared: County, lines: Lines) -> None:
    body = "".join(json.dumps(visit("w1", f"s{n}")) + "\n" for n in range(3))
    answer = shared.sender._client.post(
        "/v1/events",
        data=body,
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {shared.sender.token}"},
        buffered=False,
    )
    assert lines() == []
    assert b'"summary"' in b"".join(answer.response)
    [line] = lines(answer)
    assert (line["status"], line["request_id"]) == (200, answer.headers["X-Request-Id"])


def test_what_fails_in_the_middle_of_a_stream_is_told_too(
    shared: County, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = shared.sender._client.application
    take, calls = intake.take, []

    def then_fail(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("secret")
        return take(*arguments)

    monkeypatch.setitem(application.extensions, "jifen.settings", Settings(stream_chunk_lines=1))
    monkeypatch.setattr(intake, "take", then_fail)
    body = "".join(json.dumps(visit("w1", f"m{n}")) + "\n" for n in range(3))
    answer = shared.sender.post_text("/v1/events", body, "application/x-ndjson")
    assert "service.failed" in answer.text
    [line] = lines(answer)
    assert (line["level"], line["status"], line["code"]) == ("error", 200, "service.failed")
    assert line["error"] == "RuntimeError"


def test_what_is_asked_all_the_time_is_no_news(shared: County, lines: Lines) -> None:
    answers = [shared.anonymous.get(path) for path in ("/healthz", "/readyz", "/metrics")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert lines(*answers) == []
    logs.begin("json", "debug")
    said = lines(shared.anonymous.get("/healthz"))
    assert [line["route"] for line in said if line["event"] == "request"] == ["/healthz"]


@pytest.mark.parametrize("page", ["running.md", "running.zh-CN.md"])
def test_every_field_of_a_line_is_explained(shared: County, lines: Lines, page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    first_cells = re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE)
    explained = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    trace = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    said = lines(shared.sender.get("/v1/events?limit=0", **trace), shared.anonymous.get("/nowhere"))
    told = {name for line in said for name in line}
    assert told >= {"trace_id", "actor", "code", "request_id"}
    assert told <= explained
    [example] = re.findall(r"^```json\n(.*)\n```$", text, re.MULTILINE)
    assert list(json.loads(example)) == [name for name in said[0] if name not in ("trace_id", "code")]
