"""POST /v1/events with a line for each event: each answered after its chunk is committed, in the order of the lines."""

import json
from typing import Any

import pytest

from service import intake
from service.errors import Problem
from service.settings import Settings
from tests.county import Client, County, visit
from tests.http.asking import assert_problem, errors_of, nothing_written, written

STREAM = "application/x-ndjson"


def text_of(events: list[Any]) -> bytes:
    """A line for each event."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def streamed(client: Client, body: bytes, query: str = "") -> list[dict[str, Any]]:
    """The lines that a stream is answered with."""
    answer = client.post_text(f"/v1/events{query}", body, STREAM)
    assert (answer.status_code, answer.mimetype) == (200, STREAM), answer.text
    assert answer.text.endswith("\n")
    return [json.loads(line) for line in answer.text.splitlines()]


def summary(**counts: int) -> dict[str, Any]:
    """The last line, where the counts are these."""
    outcomes = {name: counts.get(name, 0) for name in ("created", "duplicate", "conflict", "rejected")}
    return {"summary": {**outcomes, "lines": sum(counts.values())}}


@pytest.fixture(scope="module")
def narrow(shared: County) -> County:
    """A county whose service takes little at once."""
    limits = Settings(stream_chunk_lines=3, max_body_bytes=2048, max_line_bytes=1024)
    return County.small(shared.url, shared.database, limits)


def test_every_line_is_answered_in_order_and_counted(shared: County) -> None:
    old = visit("w1", "h1")
    shared.send(old)
    new, bad = visit("w1", "h2"), visit("nobody", "h1")
    said = streamed(shared.sender, text_of([new, old, {**old, "data": {"household": "x"}}, bad, new]))
    assert [line.get("line") for line in said] == [1, 2, 3, 4, 5, None]
    assert [line.get("result") for line in said[:-1]] == ["created", "duplicate", "conflict", "rejected", "duplicate"]
    assert said[-1] == summary(created=1, duplicate=2, conflict=1, rejected=1)
    assert errors_of(said[3]) == [("/subject", "subject.unknown")]
    assert shared.sender.get(f"/v1/events/{said[0]['event']}").json["id"] == new["id"]


def test_each_chunk_is_a_transaction_of_its_own(narrow: County) -> None:
    before = written(narrow)
    assert streamed(narrow.sender, text_of([visit("w1", f"c{n}") for n in range(7)]))[-1] == summary(created=7)
    assert written(narrow) == (before[0] + 7, before[1] + 3)


def test_a_chunk_has_an_end_in_bytes_too(narrow: County) -> None:
    before = written(narrow)
    lines = text_of([{**visit("w1", f"b{n}"), "note": "x" * 700} for n in range(5)])
    assert streamed(narrow.sender, lines)[-1] == summary(created=5)
    assert written(narrow) == (before[0] + 5, before[1] + 2)


def test_a_stream_may_be_longer_than_a_body(narrow: County) -> None:
    assert streamed(narrow.sender, text_of([visit("w1", f"l{n}") for n in range(50)]))[-1] == summary(created=50)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"id": ', "line.malformed"),
        (b"\xff", "line.malformed"),
        (b'{"a": 1, "a": 2}', "line.malformed"),
        (b"[" * 17 + b"]" * 17, "line.too_deep"),
        (b'"' + b"x" * 1023 + b'"', "line.length"),
        (b'"' + b"x" * 200_000 + b'"', "line.length"),
        (b"5", "field.object"),
        (b"[]", "field.object"),
    ],
    ids=lambda value: ascii(value[:12]),
)
def test_a_line_that_is_no_event_is_rejected_and_the_stream_goes_on(narrow: County, line: bytes, code: str) -> None:
    first, last = text_of([visit("w1", "h1")]), text_of([visit("w1", "h2")])
    said = streamed(narrow.sender, first + line + b"\n" + last)
    assert [said_of.get("result") for said_of in said] == ["created", "rejected", "created", None]
    assert errors_of(said[1]) == [("", code)]
    assert said[-1] == summary(created=2, rejected=1)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_without_text_are_passed_over_and_numbered(shared: County, end: bytes) -> None:
    events = [json.dumps(visit("w1", household)).encode() for household in ("h1", "h2")]
    said = streamed(shared.sender, end.join([b"", events[0], b"  ", events[1]]))
    assert [line.get("line") for line in said] == [2, 4, None]
    assert said[-1] == summary(created=2)


def test_of_nothing_there_is_a_summary(shared: County) -> None:
    with nothing_written(shared):
        assert streamed(shared.sender, b"") == [summary()]


def test_who_asks_for_problems_is_told_no_more(shared: County) -> None:
    good, bad = visit("w1", "h1"), visit("nobody", "h1")
    said = streamed(shared.sender, text_of([good, bad, good]), "?results=problems")
    assert [line.get("line") for line in said] == [2, None]
    assert said[-1] == summary(created=1, duplicate=1, rejected=1)


def test_another_query_is_refused(shared: County) -> None:
    with nothing_written(shared):
        answer = shared.sender.post_text("/v1/events?results=none", text_of([visit("w1", "h1")]), STREAM)
    assert assert_problem(answer, 422, "request.invalid") == [("/results", "code.unknown")]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The database goes away after so many chunks: the numbers of those that are still taken."""
    chunks = []
    take = intake.take

    def fragile(*arguments: Any) -> list[intake.Item]:
        if not chunks:
            raise Problem("service.unavailable")
        chunks.pop()
        return take(*arguments)

    monkeypatch.setattr(intake, "take", fragile)
    return chunks


def test_what_breaks_a_stream_off_is_its_last_line(narrow: County, lost: list[int]) -> None:
    """Invariant 1: what has a line is durable; what has none is ambiguous, and sending it again is safe."""
    lost += [1, 2]
    events = [visit("w1", f"x{n}") for n in range(10)]
    before = written(narrow)
    said = streamed(narrow.sender, text_of(events))
    assert [line.get("result") for line in said] == ["created"] * 6 + [None]
    assert (said[-1]["problem"]["code"], said[-1]["problem"]["status"]) == ("service.unavailable", 503)
    assert written(narrow)[0] == before[0] + 6
    lost += range(10)
    assert streamed(narrow.sender, text_of(events))[-1] == summary(duplicate=6, created=4)


def test_a_stream_that_nothing_was_taken_of_is_refused_by_its_status(narrow: County, lost: list[int]) -> None:
    with nothing_written(narrow):
        answer = narrow.sender.post_text("/v1/events", text_of([visit("w1", "h1")]), STREAM)
    assert_problem(answer, 503, "service.unavailable")
    assert answer.headers["Retry-After"]


class Broken:
    """A body that breaks off after four lines."""

    def __init__(self) -> None:
        self._parts = [text_of([visit("w1", f"s{n}") for n in range(4)])]

    def read(self, _: int = -1) -> bytes:
        if self._parts:
            return self._parts.pop()
        raise TimeoutError


def test_a_client_that_stops_sending_is_told_what_was_stored(narrow: County) -> None:
    answer = narrow.client.post(
        "/v1/events",
        environ_overrides={"wsgi.input": Broken(), "wsgi.input_terminated": True},
        content_type=STREAM,
        headers={"Authorization": f"Bearer {narrow.sender.token}"},
    )
    *lines, last = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["result"] for line in lines] == ["created"] * 3
    assert last["problem"]["code"] == "request.incomplete"
