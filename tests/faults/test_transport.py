"""The server as clients meet it: streams of any length to clients that read or don't, slow clients, busy threads.

JIFEN_STREAM_LINES is the length of the stream of events whose memory is measured: 20,000 by default.
"""

import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.county import visit
from tests.faults.settlement import Settlement, settle
from tests.faults.stack import SERVE, THREADS, WORKERS, Stack

LINES = int(os.environ.get("JIFEN_STREAM_LINES", "20000"))
STALL_SECONDS = 3
MOST_GROWTH = 50 * 1024 * 1024
WAIT_SECONDS = 60.0  # for what must come; what waits for ever fails by it
GARBAGE = b"-" * 250 + b"\n"  # a line that is no event: answered without the database, and as long as one


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A server that waits for clients only a little."""
    with Stack(("env", f"JIFEN_CLIENT_TIMEOUT_SECONDS={STALL_SECONDS}", *SERVE)) as running:
        yield running


@pytest.fixture(scope="module")
def county(stack: Stack) -> Settlement:
    return settle(stack)


def head(county: Settlement, length: int) -> bytes:
    """The head of a request that is a stream of so many bytes."""
    lines = [
        "POST /v1/events HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {county.sender}",
        "Content-Type: application/x-ndjson",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def connected(stack: Stack) -> socket.socket:
    return socket.create_connection(("127.0.0.1", stack.port), timeout=WAIT_SECONDS)


def answered(connection: socket.socket) -> tuple[int, list[dict[str, Any]]]:
    """The status, and the lines of the answer."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, [json.loads(line) for line in response.read().splitlines()]


def memory(stack: Stack) -> dict[int, int]:
    """The bytes that each worker process has in memory."""
    pages = {pid: Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in stack.workers()}
    return {pid: int(count) * os.sysconf("SC_PAGESIZE") for pid, count in pages.items()}


def test_a_client_that_reads_only_after_it_has_sent_is_answered_in_full(stack: Stack, county: Settlement) -> None:
    """Far more than fits into any socket's buffer, both ways."""
    lines = 100_000
    with connected(stack) as connection:
        connection.sendall(head(county, lines * len(GARBAGE)))
        for _ in range(lines // 1000):
            connection.sendall(GARBAGE * 1000)
        status, said = answered(connection)
    assert (status, len(said)) == (200, lines + 1)
    assert [line["line"] for line in said[:-1]] == list(range(1, lines + 1))
    assert said[-1]["summary"]["rejected"] == lines


def test_a_client_that_reads_while_it_sends_is_answered_meanwhile(stack: Stack, county: Settlement) -> None:
    lines = 3000
    with connected(stack) as connection:
        connection.sendall(head(county, lines * len(GARBAGE)) + GARBAGE * (lines - 1))
        early = connection.recv(100_000)
        connection.sendall(GARBAGE)
        while b'"summary"' not in early:
            more = connection.recv(100_000)
            assert more
            early += more
    assert early.startswith(b"HTTP/1.1 200 ")


def test_a_stream_needs_no_memory_for_its_length(stack: Stack, county: Settlement) -> None:
    """Nor does it hold what the client hasn't read yet."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=600)

    def body() -> Iterator[bytes]:
        for first in range(0, LINES, 500):
            chunk = [visit(f"w{n % 6 + 1}", f"s{n}") for n in range(first, min(first + 500, LINES))]
            yield b"".join(json.dumps(event).encode() + b"\n" for event in chunk)

    headers = {"Authorization": f"Bearer {county.sender}", "Content-Type": "application/x-ndjson"}
    before = memory(stack)
    connection.request("POST", "/v1/events", body(), headers, encode_chunked=True)
    response = connection.getresponse()
    last = b""
    while piece := response.read(65536):
        last = (last + piece)[-300:]
    after = memory(stack)
    assert json.loads(last.splitlines()[-1])["summary"]["created"] == LINES
    grown = max(after[pid] - before[pid] for pid in before)
    print(f"{LINES} lines: {grown / 2**20:.1f} MiB more")
    assert grown < MOST_GROWTH


def test_a_client_that_stops_sending_is_told_so_and_let_go(stack: Stack, county: Settlement) -> None:
    """Invariant 1: what was committed before is answered."""
    events = [json.dumps(visit("w1", f"stop{n}")).encode() + b"\n" for n in range(1500)]
    with connected(stack) as connection:
        connection.sendall(head(county, 10_000_000) + b"".join(events))
        begun = time.monotonic()
        status, said = answered(connection)
    assert (status, said[-1]["problem"]["code"]) == (200, "request.incomplete")
    assert [line["result"] for line in said[:-1]] == ["created"] * 1000
    assert time.monotonic() - begun < STALL_SECONDS + 10


def test_busy_threads_are_told_of_by_503(stack: Stack, county: Settlement) -> None:
    """Who waited longer for a thread than JIFEN_POOL_TIMEOUT_SECONDS is not made to wait on."""
    stalled = [connected(stack) for _ in range(2 * WORKERS * THREADS)]
    try:
        for connection in stalled:
            connection.sendall(head(county, 1000))
        time.sleep(0.5)

        def ask(_: int) -> tuple[int, str | None, float]:
            connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=WAIT_SECONDS)
            begun = time.monotonic()
            connection.request("GET", "/v1/rulebooks", headers={"Authorization": f"Bearer {county.reader}"})
            response = connection.getresponse()
            response.read()
            return response.status, response.headers["Retry-After"], time.monotonic() - begun

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(ask, range(4)))
    finally:
        for connection in stalled:
            connection.close()
    assert {(status, again) for status, again, _ in answers} == {(503, "1")}
    assert max(seconds for *_, seconds in answers) < 2 * STALL_SECONDS + 5


def test_an_attribute_in_two_headers_is_refused(stack: Stack, county: Settlement) -> None:
    event = visit("w1", "h1")
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=WAIT_SECONDS)
    connection.putrequest("POST", "/v1/events")
    for name in ("specversion", "source", "type", "subject", "time"):
        connection.putheader(f"ce-{name}", event[name])
    for identifier in ("one", "two"):
        connection.putheader("ce-id", identifier)
    connection.putheader("Authorization", f"Bearer {county.sender}")
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    response = connection.getresponse()
    said = json.loads(response.read())
    assert (response.status, said["errors"][0]["pointer"], said["errors"][0]["code"]) == (
        422,
        "/id",
        "attribute.repeated",
    )


@pytest.mark.parametrize("name", ["id", "source"])
def test_an_attribute_of_255_chinese_characters_fits_into_a_header(stack: Stack, county: Settlement, name: str) -> None:
    from urllib.parse import quote

    event = {**visit("w1", "h1"), name: "访" * 255}
    headers = {f"ce-{key}": quote(value) for key, value in event.items() if key != "data"}
    headers |= {"Authorization": f"Bearer {county.sender}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=WAIT_SECONDS)
    connection.request("POST", "/v1/events", json.dumps(event["data"]), headers)
    response = connection.getresponse()
    said = json.loads(response.read())
    assert said.get("result") == "created" if name == "id" else said["errors"][0]["code"] == "source.forbidden"
