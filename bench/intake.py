"""Intake beside its limits: batches beside COPY, single events beside the bare peer, repeats beside first times,
streams beside batches.

Everything that is sent is prepared before the clock runs, and every answer's status is checked.
"""

import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import islice

from bench import copying, load, usage
from bench.load import Load
from bench.rounds import alternate
from bench.rows import Comparison
from bench.stack import Stack
from bench.world import World, new_events

BATCH = "application/cloudevents-batch+json"
NDJSON = "application/x-ndjson"
ONE = "application/cloudevents+json"


@dataclass(frozen=True)
class Size:
    """How much is sent in one round."""

    workers: int
    clients: int
    requests: int  # of each client
    events: int = 1  # of each request


@dataclass(frozen=True)
class Present(Size):
    """The same with many events there already."""

    each: int = 0  # of each worker, in the first of two worlds; ten times as many in the second


@dataclass(frozen=True)
class Stream:
    """One request, as many lines."""

    workers: int
    lines: int


BATCHES = {"small": Size(5000, 8, 5, 1000), "full": Size(5000, 8, 36, 1000)}
SINGLES = {"small": Size(5000, 16, 100), "full": Size(5000, 16, 500)}
PRESENTS = {"small": Present(5000, 8, 5, 1000, 4), "full": Present(5000, 8, 12, 1000, 400)}
STREAMS = {"small": Stream(5000, 40_000), "full": Stream(5000, 1_000_000)}
MEMORY_MIB = 50
PERCENTS = (50, 95, 99)


def intake_batch(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Events a second in batches, how long each waits, and what they use, beside COPY of the same rows."""
    return _beside_copy(stack, World.make(stack, size.workers), "intake_batch", size, rounds, 0.4)


def intake_present(stack: Stack, size: Present, rounds: int) -> list[Comparison]:
    """The same where there are many events already, and what ten times as many cost each new one."""
    few, many = World.make(stack, size.workers), World.make(stack, size.workers)
    few.happen(size.each, scattered=True)
    many.happen(10 * size.each, scattered=True)

    def among(world: World) -> float:
        # Nothing is settled in between: the first touch of a page after a checkpoint costs most, and the more so the
        # more pages there are. A server makes one every some minutes, not before every second of work.
        return load.run(stack.port, _batches(world, size), 200).seconds / _total(size) * 1e6

    values, limits = alternate("intake_growth", rounds, lambda _: among(many), lambda _: among(few))
    grown = Comparison("intake_growth", "us/event", values, limits, "<=", 1.3)
    copying.accompany(stack, many.tenant_id)
    return [*_beside_copy(stack, many, "intake_present", size, rounds, 0.3), grown]


def intake_stream(stack: Stack, size: Stream, rounds: int) -> list[Comparison]:
    """Events a second in one stream, and what a server process grows by, beside one client that sends batches."""
    world = World.make(stack, size.workers)
    batches = Size(size.workers, 1, size.lines // 1000, 1000)
    memories: list[float] = []

    def stream(_: int) -> float:
        body = b"".join(json.dumps(event).encode() + b"\n" for event in islice(new_events(size.workers), size.lines))
        stack.settle()
        with usage.watched(stack) as grown:
            begun = time.perf_counter()
            answer = _streamed(stack, world, body)
            seconds = time.perf_counter() - begun
        memories.append(grown())
        summary = json.loads(answer.splitlines()[-1])["summary"]
        if summary["created"] != size.lines:
            raise load.LoadError(f"of {size.lines} lines became {summary}")
        return size.lines / seconds

    values, limits = alternate(
        "intake_stream", rounds, stream, lambda _: _events_per_second(stack, _batches(world, batches), batches)
    )
    return [
        Comparison("intake_stream", "events/s", values, limits, ">=", 0.9),
        Comparison("intake_stream_memory", "MiB", [max(memories)], [MEMORY_MIB], "<=", 1.0),
    ]


def _streamed(stack: Stack, world: World, body: bytes) -> bytes:
    """The answer to a stream, whose length nobody knows beforehand."""
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=load.MOST_SECONDS)
    headers = {"Authorization": f"Bearer {world.admin}", "Content-Type": NDJSON}
    try:
        connection.request("POST", "/v1/events?results=problems", body, headers)
        return connection.getresponse().read()
    finally:
        connection.close()


def _beside_copy(stack: Stack, world: World, name: str, size: Size, rounds: int, bar: float) -> list[Comparison]:
    marks: dict[int, int] = {}
    used: list[float] = []
    used_by_copy: list[float] = []
    bodies: list[float] = []

    def send(number: int) -> Load:
        marks[number] = copying.last_entry(stack)
        work = _batches(world, size)
        bodies.append(sum(len(request) for client in work for request in client) / _total(size))
        stack.settle()
        before = usage.processor(stack)
        measured = load.run(stack.port, work, 200)
        both = usage.processor(stack) - before
        used.append((both.service + both.database) / _total(size) * 1e6)
        return measured

    def copy(number: int) -> Load:
        portions = copying.prepared(stack, world.tenant_id, marks[number])
        if sum(portion.count(b"\n") for portion in portions) != _total(size):
            raise load.LoadError("not everything that was acknowledged is stored")
        stack.settle()
        before = usage.processor(stack)
        measured = copying.copy(stack, portions)
        used_by_copy.append((usage.processor(stack) - before).database / _total(size) * 1e6)
        return measured

    ours, copies = alternate(name, rounds, send, copy)
    speeds, limits = ([_total(size) / measured.seconds for measured in loads] for loads in (ours, copies))
    return [
        Comparison(name, "events/s", speeds, limits, ">=", bar),
        *_percentiles(name, ours, copies),
        Comparison(f"{name}_processor", "us/event", used[1:], used_by_copy[1:]),
        Comparison(f"{name}_stored", "bytes/event", [_stored_bytes(stack)], bodies),
    ]


def _percentiles(
    name: str, ours: list[Load], others: list[Load], bars: dict[int, float] | None = None
) -> list[Comparison]:
    found = []
    for percent in PERCENTS:
        waits, others_waits = ([measured.percentile(percent) * 1000 for measured in loads] for loads in (ours, others))
        bar = (bars or {}).get(percent)
        found.append(Comparison(f"{name}_p{percent}", "ms", waits, others_waits, "<=" if bar else None, bar))
    return found


def _stored_bytes(stack: Stack) -> float:
    """What one event takes in its table and the indexes of that."""
    with stack.owner() as connection:
        row = connection.execute("SELECT pg_total_relation_size('event')::float8 / count(*) FROM event").fetchone()
    assert row is not None
    return float(row[0])


def intake_duplicate(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Events a second when all are sent a second time, beside the first time."""
    world = World.make(stack, size.workers)
    sent: list[list[bytes]] = []

    def first(_: int) -> float:
        sent[:] = _batches(world, size)
        return _events_per_second(stack, sent, size)

    def again(_: int) -> float:
        return _events_per_second(stack, sent, size)

    firsts, repeats = alternate("intake_duplicate", rounds, first, again)
    return [Comparison("intake_duplicate", "events/s", repeats, firsts, ">=", 1.0)]


def intake_single(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Events a second one by one, and how long each waits, beside a bare application that inserts one row."""
    world = World.make(stack, size.workers)

    def service(_: int) -> Load:
        return _load(stack, stack.port, _singles(world, size, "/v1/events"))

    def peer(_: int) -> Load:
        return _load(stack, stack.peer_port, _singles(world, size, "/events"))

    ours, peers = alternate("intake_single", rounds, service, peer)
    rates, peers_rates = ([measured.per_second for measured in loads] for loads in (ours, peers))
    compared = [Comparison("intake_single", "events/s", rates, peers_rates, ">=", 0.7)]
    return compared + _percentiles("intake_single", ours, peers, {99: 2.0})


def _load(stack: Stack, port: int, work: list[list[bytes]]) -> Load:
    stack.settle()
    return load.run(port, work, 201)


def _events_per_second(stack: Stack, work: list[list[bytes]], size: Size) -> float:
    stack.settle()
    return _total(size) / load.run(stack.port, work, 200).seconds


def _total(size: Size) -> int:
    return size.clients * size.requests * size.events


def requests(world: World, size: Size) -> list[list[bytes]]:
    """What each client sends: batches where a request has several events."""
    return _batches(world, size) if size.events > 1 else _singles(world, size, "/v1/events")


def _batches(world: World, size: Size) -> list[list[bytes]]:
    events = new_events(size.workers)

    def one() -> bytes:
        body = json.dumps(list(islice(events, size.events))).encode()
        return load.request("POST", "/v1/events", world.admin, body, BATCH)

    return [[one() for _ in range(size.requests)] for _ in range(size.clients)]


def _singles(world: World, size: Size, path: str) -> list[list[bytes]]:
    bodies = (json.dumps(event).encode() for event in islice(new_events(size.workers), _total(size)))
    sent = [load.request("POST", path, world.admin, body, ONE) for body in bodies]
    return [sent[n :: size.clients] for n in range(size.clients)]
