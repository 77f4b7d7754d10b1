"""The log: one pipeline for us and for libraries, JSON or text, and never the text of an exception."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from service import logs
from service.trace_context import trace_id

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    logs.begin()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The lines that were written to standard error; nothing is written anywhere else."""

    def read() -> list[dict[str, Any]]:
        captured = capsys.readouterr()
        assert captured.out == ""
        return [json.loads(line) for line in captured.err.splitlines()]

    return read


def test_a_line_is_json_that_begins_with_when_how_grave_and_what(said: Callable[[], list[dict[str, Any]]]) -> None:
    logs.begin("json", "info")
    logs.logger().info("something", subject="工作者", n=3)
    [line] = said()
    assert list(line) == ["time", "level", "event", "subject", "n"]
    assert (line["level"], line["event"], line["subject"], line["n"]) == ("info", "something", "工作者", 3)
    assert datetime.fromisoformat(line["time"]).tzinfo


def test_libraries_go_through_the_same_pipeline(said: Callable[[], list[dict[str, Any]]]) -> None:
    logs.begin("json", "info")
    logging.getLogger("psycopg.pool").warning("lost %s", "it")
    [line] = said()
    assert (line["level"], line["event"], line["by"]) == ("warning", "lost it", "psycopg.pool")


def test_to_begin_again_says_nothing_twice(said: Callable[[], list[dict[str, Any]]]) -> None:
    logs.begin("json", "info")
    logs.begin("json", "info")
    logging.getLogger("x").info("once")
    logs.logger().info("once")
    assert [line["event"] for line in said()] == ["once", "once"]


@pytest.mark.parametrize("level", logs.LEVELS)
def test_what_is_less_grave_is_left_out(level: str, said: Callable[[], list[dict[str, Any]]]) -> None:
    logs.begin("json", level)
    for each in logs.LEVELS:
        getattr(logs.logger(), each)("ours")
        getattr(logging.getLogger("theirs"), each)("theirs")
    expected = [each for each in logs.LEVELS[logs.LEVELS.index(level) :] for _ in "12"]
    assert [line["level"] for line in said()] == expected


@pytest.mark.parametrize("by", ["ours", "theirs"])
def test_what_failed_is_told_by_kind_and_place_alone(by: str, said: Callable[[], list[dict[str, Any]]]) -> None:
    """The text of an exception may quote a row, a body or a token."""
    logs.begin("json", "info")
    try:
        try:
            int("secret")
        except ValueError as error:
            raise KeyError("secret") from error
    except KeyError:
        logs.logger().exception("failed") if by == "ours" else logging.getLogger("x").exception("failed")
    [line] = said()
    assert (line["level"], line["error"]) == ("error", "KeyError")
    kinds = [place for place in line["at"] if ":" not in place]
    assert kinds == ["ValueError", "KeyError"]
    assert any("test_logs.py:" in place for place in line["at"])
    assert "secret" not in json.dumps(line)


def test_lines_of_requests_are_gathered_and_none_is_lost(
    said: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.begin("json", "info")
    monkeypatch.setattr(logs._gathered, "is_on", True)
    before = datetime.now(UTC)
    for n in range(100):
        logs.of_request(n=n)
    asked = datetime.now(UTC)
    assert said() == []
    logs.settle()
    lines = said()
    assert [line["n"] for line in lines] == list(range(100))
    assert {(line["level"], line["event"]) for line in lines} == {("info", "request")}
    moment = datetime.fromisoformat(lines[0]["time"])
    assert before - timedelta(milliseconds=1) <= moment <= asked  # when it was said, not when it was written
    logs.begin("json", "warning")
    logs.of_request(n=0)
    logs.settle()
    assert said() == []


def test_no_write_is_longer_than_a_pipe_takes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or another process's line could stand in the middle of one."""
    logs.begin("json", "info")
    monkeypatch.setattr(logs._gathered, "is_on", True)
    written: list[str] = []
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(write=written.append))
    for n in range(100):
        logs.of_request(n=n, text="工" * 50)
    logs.settle()
    assert max(len(piece.encode()) for piece in written) <= 4096
    assert 1 < len(written) < 20
    assert len("".join(written).splitlines()) == 100


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin("text", "info")
    logs.logger().info("request", route="/v1/events", status=201)
    logging.getLogger("x").info("theirs")
    first, second = capsys.readouterr().err.splitlines()
    assert "request" in first
    assert "route=/v1/events status=201" in first
    assert "theirs" in second


def test_where_nobody_looks_on_it_is_json(said: Callable[[], list[dict[str, Any]]]) -> None:
    logs.begin("auto", "info")
    logs.logger().info("something")
    assert [line["event"] for line in said()] == ["something"]


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        (f"00-{TRACE}-{PARENT}-01", TRACE),
        (f"00-{TRACE}-{PARENT}-00", TRACE),
        (f"cc-{TRACE}-{PARENT}-01-of-a-later-version", TRACE),
        (f"00-{TRACE}-{PARENT}-01-more", None),
        (f"ff-{TRACE}-{PARENT}-01", None),
        (f"00-{'0' * 32}-{PARENT}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{PARENT}-01", None),
        (f"00-{TRACE}-{PARENT}", None),
        (f"00-{TRACE}-{PARENT}-01\n", None),
        ("", None),
        (None, None),
    ],
)
def test_a_trace_is_taken_from_a_sound_traceparent_alone(header: str | None, trace: str | None) -> None:
    assert trace_id(header) == trace
