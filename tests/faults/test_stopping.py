"""The server's edges as clients meet them: slow heads and bodies, heads that are too large, a stop in the middle.

Every line of its log is JSON, gunicorn's own included.
"""

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.county import visit
from tests.faults.settlement import Settlement, settle
from tests.faults.stack import SERVE, Stack, within

CLIENT_SECONDS, SENDING_SECONDS, STOP_SECONDS, DRAIN_SECONDS = 3, 4, 20, 3
WAIT_SECONDS = 60.0
SETTINGS = {
    "JIFEN_CLIENT_TIMEOUT_SECONDS": str(CLIENT_SECONDS),
    "JIFEN_SENDING_SECONDS": str(SENDING_SECONDS),
    "JIFEN_STOP_SECONDS": str(STOP_SECONDS),
    "JIFEN_DRAIN_SECONDS": str(DRAIN_SECONDS),
    "JIFEN_INTAKE_TIMEOUT_SECONDS": "30",
}
AGAIN_AND_AGAIN = 0.5  # seconds between two bytes: never as long as a client may be silent


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(SERVE, SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def county(stack: Stack) -> Settlement:
    return settle(stack)


def connected(stack: Stack) -> socket.socket:
    return socket.create_connection(("127.0.0.1", stack.port), timeout=WAIT_SECONDS)


def head(county: Settlement, length: int, kind: str = "application/json") -> bytes:
    lines = [
        "POST /v1/events HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {county.sender}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def answered(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    with http.client.HTTPResponse(connection) as response:
        response.begin()
        return response.status, json.loads(response.read())


def byte_by_byte(connection: socket.socket, text: bytes) -> float:
    """Send slowly until the server has had enough; the seconds that it took it."""
    begun = time.monotonic()
    connection.setblocking(False)
    for place in range(len(text)):
        try:
            connection.send(text[place : place + 1])
            if connection.recv(1, socket.MSG_PEEK) is not None:
                break
        except BlockingIOError:
            time.sleep(AGAIN_AND_AGAIN)
    connection.settimeout(WAIT_SECONDS)
    return time.monotonic() - begun


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(stack: Stack) -> None:
    """However many bytes: each of them comes in time."""
    with connected(stack) as connection:
        seconds = byte_by_byte(connection, b"GET /healthz HTTP/1.1\r\nX-Slow: " + b"s" * 1000)
        assert CLIENT_SECONDS - 1 < seconds < CLIENT_SECONDS + 10
        status, said = answered(connection)
    assert (status, said["code"]) == (408, "request.incomplete")


def test_a_body_that_comes_byte_by_byte_is_not_waited_for(stack: Stack, county: Settlement) -> None:
    with connected(stack) as connection:
        connection.sendall(head(county, 10_000))
        seconds = byte_by_byte(connection, b"{" + b" " * 9_999)
        assert SENDING_SECONDS - 1 < seconds < SENDING_SECONDS + 10
        status, said = answered(connection)
    assert (status, said["code"]) == (408, "request.incomplete")


def test_a_file_that_breaks_off_is_not_taken_for_all_of_it(stack: Stack, county: Settlement) -> None:
    """Invariant 1: a part of a file is no file, though each of its lines is one."""
    with connected(stack) as connection:
        path = b"POST /v1/imports?source=grid-app HTTP/1.1"
        sent = head(county, 10_000, "text/csv").replace(b"POST /v1/events HTTP/1.1", path)
        connection.sendall(sent + b"id,type,subject,time\n")
        connection.shutdown(socket.SHUT_WR)
        status, said = answered(connection)
    assert (status, said["code"]) == (408, "request.incomplete")


def test_a_stream_may_come_slowly(stack: Stack, county: Settlement) -> None:
    """It is longer under way than a body may be, and every line is answered."""
    lines = [json.dumps(visit("w1", f"slow{n}")).encode() + b"\n" for n in range(SENDING_SECONDS + 2)]
    with connected(stack) as connection:
        connection.sendall(head(county, sum(map(len, lines)), "application/x-ndjson"))
        for line in lines:
            connection.sendall(line)
            time.sleep(1)
        with http.client.HTTPResponse(connection) as response:
            response.begin()
            said = [json.loads(line) for line in response.read().splitlines()]
    assert said[-1]["summary"]["created"] == len(lines)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /healthz HTTP/1.1\r\nX-Long: " + b"l" * 9000 + b"\r\n\r\n", 431, "request.head_too_large"),
        (b"GET /" + b"l" * 9000 + b" HTTP/1.1\r\n\r\n", 431, "request.head_too_large"),
        (b"GET /healthz HTTP/1.1\r\n" + b"X-Many: m\r\n" * 101 + b"\r\n", 431, "request.head_too_large"),
        (b"GET secret-path\r\n\r\n", 400, "request.not_http"),
        (b"GET / HTTP/1.1\r\nsecret header: 1\r\n\r\n", 400, "request.not_http"),
    ],
)
def test_what_is_no_request_is_refused_like_any_other(stack: Stack, sent: bytes, status: int, code: str) -> None:
    with connected(stack) as connection:
        connection.sendall(sent)
        found, said = answered(connection)
    assert (found, said["status"], said["code"]) == (status, status, code)
    [line] = [line for line in logged(stack) if line.get("request_id") == said["request_id"]]
    assert (line["event"], line["status"], line["code"]) == ("request", status, code)
    assert "secret" not in stack.log.read_text()


def logged(stack: Stack) -> list[dict[str, Any]]:
    """Every line of the log, all of which are JSON."""
    return [json.loads(line) for line in stack.log.read_text("utf-8").splitlines()]


def test_who_is_under_way_at_a_stop_is_answered_and_a_balancer_hears_of_it(stack: Stack, county: Settlement) -> None:
    """Invariant 1: what is answered is stored; and a stream is told where it ended."""
    port = stack.port

    def send(n: int) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)) as connection:
            body = json.dumps(visit("w1", f"stop{n}"))
            headers = {"Authorization": f"Bearer {county.sender}", "Content-Type": "application/json"}
            connection.request("POST", "/v1/events", body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def stream(connection: socket.socket) -> bytes:
        """Send on and on, until told to stop; what was answered."""
        connection.sendall(head(county, 10_000_000, "application/x-ndjson"))
        connection.sendall(json.dumps(visit("w1", "streamed")).encode() + b"\n")
        connection.settimeout(AGAIN_AND_AGAIN)
        told, deadline = b"", time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and b'"service.stopping"' not in told:
            try:
                told += connection.recv(100_000)
            except TimeoutError:
                connection.sendall(b"\n")
        return told

    with (
        ThreadPoolExecutor(5) as threads,
        connected(stack) as streaming,
        psycopg.connect(stack.url, autocommit=True) as owner,
    ):
        streamed = threads.submit(stream, streaming)
        with owner.transaction():
            owner.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
            under_way = [threads.submit(send, n) for n in range(4)]
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            assert within(WAIT_SECONDS, lambda: owner.execute(waits).fetchone() == (4,))
            os.kill(stack.master, signal.SIGTERM)
            assert within(DRAIN_SECONDS, lambda: stack.answers("/readyz") == 503)
            assert stack.answers("/healthz") == 200  # it still takes connections
            assert within(WAIT_SECONDS, lambda: stack.answers("/healthz", 1.0) is None)
        assert [future.result(WAIT_SECONDS)[0] for future in under_way] == [201] * 4
        assert b'"service.stopping"' in streamed.result(WAIT_SECONDS)
    stack.stop()
    assert [line for line in logged(stack) if line["level"] in ("error", "critical")] == []
    assert {line["by"] for line in logged(stack) if "by" in line} == {"gunicorn.error"}
