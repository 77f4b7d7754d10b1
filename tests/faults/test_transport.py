"""The server as clients meet it: streams of any length to clients that read or don't, slow clients, busy threads.

JIFEN_STREAM_LINES is the length of the stream of events whose memory is measured: 20,000 by default.
"""

import http.client
import json
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import pytest

from service.settings import Settings
from tests.county import visit
from tests.faults.settlement import Settlement, settle
from tests.faults.stack import SERVE, THREADS, WORKERS, Stack

LINES = int(os.environ.get("JIFEN_STREAM_LINES", "20000"))
STALL_SECONDS = 3
MOST_GROWTH = 50 * 1024 * 1024
GATHERED = 8  # clients of one process
BUSY = 4  # processes that want each core
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


def clients(stack: Stack) -> list[int]:
    """How many clients each worker process is connected with."""
    held = [psutil.Process(pid).net_connections("tcp") for pid in stack.workers()]
    return [sum(one.status == "ESTABLISHED" and one.laddr.port == stack.port for one in each) for each in held]


def talking(stack: Stack) -> closing[http.client.HTTPConnection]:
    return closing(http.client.HTTPConnection("127.0.0.1", stack.port, timeout=600))


def answered(connection: socket.socket) -> tuple[int, list[dict[str, Any]]]:
    """The status, and the lines of the answer."""
    response = http.client.HTTPResponse(connection)
    with response:
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
    """Nor for what the client hasn't read yet."""

    def body() -> Iterator[bytes]:
        for first in range(0, LINES, 500):
            chunk = [visit(f"w{n % 6 + 1}", f"s{n}") for n in range(first, min(first + 500, LINES))]
            yield b"".join(json.dumps(event).encode() + b"\n" for event in chunk)

    headers = {"Authorization": f"Bearer {county.sender}", "Content-Type": "application/x-ndjson"}
    before, begun = memory(stack), time.monotonic()
    with talking(stack) as connection:
        connection.request("POST", "/v1/events", body(), headers, encode_chunked=True)
        response = connection.getresponse()
        last = b""
        while piece := response.read(65536):
            last = (last + piece)[-300:]
    seconds, after = time.monotonic() - begun, memory(stack)
    grown = max(after[pid] - before[pid] for pid in before)
    assert json.loads(last.splitlines()[-1])["summary"]["created"] == LINES
    assert grown < MOST_GROWTH, f"{grown / 2**20:.1f} MiB in {seconds:.0f} s"


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


def test_the_process_with_fewer_clients_takes_the_next(stack: Stack) -> None:
    """Threads of one process share its interpreter: of who gathers there, all wait while another has nothing to do."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    if busy > BUSY:
        pytest.skip(f"{busy:.0f} want each core: who is to be quicker by a fifth of a millisecond gets none in time")
    # More than once, as a busy machine may let a process sleep for longer than the other waits for it.
    assert any(_taken_by_the_free(stack) == GATHERED for _ in range(6))


def _taken_by_the_free(stack: Stack) -> int:
    """Of as many clients as another process has, how many come to one that has none."""
    free, *_ = stack.workers()
    with ExitStack() as held:
        os.kill(free, signal.SIGSTOP)
        try:
            for _ in range(GATHERED):
                held.enter_context(connected(stack))
            time.sleep(0.3)
        finally:
            os.kill(free, signal.SIGCONT)
        for _ in range(GATHERED):
            time.sleep(0.05)
            held.enter_context(connected(stack))
        time.sleep(0.3)
        return clients(stack)[0]


def test_who_waited_too_long_for_a_thread_is_told_503(stack: Stack, county: Settlement) -> None:
    """As soon as a thread is free: nobody waits for what the threads would then do for all who wait."""

    def ask(_: int) -> tuple[int, str | None]:
        with talking(stack) as connection:
            connection.request("GET", "/v1/rulebooks", headers={"Authorization": f"Bearer {county.reader}"})
            response = connection.getresponse()
            response.read()
            return response.status, response.headers["Retry-After"]

    asking = 3 * WORKERS * THREADS
    with ThreadPoolExecutor(asking) as threads, psycopg.connect(stack.url) as owner:
        owner.execute("LOCK TABLE rulebook IN ACCESS EXCLUSIVE MODE")
        answers = [threads.submit(ask, n) for n in range(asking)]
        time.sleep(Settings().pool_timeout_seconds + 1.5)
        owner.rollback()
        counted = Counter(answer.result(WAIT_SECONDS) for answer in answers)
    assert set(counted) == {(200, None), (503, "1")}
    assert counted[200, None] <= WORKERS * THREADS


def test_intake_waits_for_no_lock_longer_than_two_seconds(stack: Stack, county: Settlement) -> None:
    """Invariant 1: 503, and nothing is stored; sending again is safe."""
    event = visit("w1", "h1")
    body, headers = json.dumps(event), {"Authorization": f"Bearer {county.sender}", "Content-Type": "application/json"}

    def ask(_: int = 0) -> tuple[int, str | None, float]:
        with talking(stack) as connection:
            begun = time.monotonic()
            connection.request("POST", "/v1/events", body, headers)
            response = connection.getresponse()
            response.read()
            return response.status, response.headers["Retry-After"], time.monotonic() - begun

    with psycopg.connect(stack.url) as owner, ThreadPoolExecutor(THREADS) as threads:
        owner.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        answers = list(threads.map(ask, range(THREADS)))
        owner.rollback()
    assert {(status, again) for status, again, _ in answers} == {(503, "1")}
    assert max(seconds for *_, seconds in answers) < Settings().intake_timeout_seconds + 2
    assert ask()[0] == 201


def send_binary(stack: Stack, county: Settlement, event: dict[str, Any], **more: str) -> tuple[int, dict[str, Any]]:
    """Send an event in binary mode; `more` are headers that come a second time."""
    headers = [*((name, quote(value)) for name, value in event.items() if name != "data"), *more.items()]
    with talking(stack) as connection:
        connection.putrequest("POST", "/v1/events")
        for name, value in headers:
            connection.putheader(f"ce-{name}", value)
        body = json.dumps(event["data"]).encode()
        connection.putheader("Authorization", f"Bearer {county.sender}")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def test_an_attribute_in_two_headers_is_refused(stack: Stack, county: Settlement) -> None:
    status, said = send_binary(stack, county, visit("w1", "h1"), id="another")
    assert (status, [(error["pointer"], error["code"]) for error in said["errors"]]) == (
        422,
        [("/id", "attribute.repeated")],
    )


def test_an_attribute_of_255_chinese_characters_fits_into_a_header(stack: Stack, county: Settlement) -> None:
    status, said = send_binary(stack, county, {**visit("w1", "h1"), "id": "访" * 255})
    assert (status, said["id"]) == (201, "访" * 255)
