"""Intake beside its limits: batches beside COPY, single events beside the bare peer, repeats beside first times.

Everything that is sent is prepared before the clock runs, and every answer's status is checked.
"""

import json
from dataclasses import dataclass
from itertools import islice

from bench import copying, load
from bench.load import Load
from bench.rounds import alternate
from bench.rows import Comparison
from bench.stack import Stack
from bench.world import World, new_events

BATCH = "application/cloudevents-batch+json"
ONE = "application/cloudevents+json"


@dataclass(frozen=True)
class Size:
    """How much is sent in one round."""

    workers: int
    clients: int
    requests: int  # of each client
    events: int = 1  # of each request


BATCHES = {"small": Size(5000, 8, 5, 1000), "full": Size(5000, 8, 12, 1000)}
SINGLES = {"small": Size(5000, 16, 100), "full": Size(5000, 16, 500)}


def intake_batch(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Events a second in batches, beside COPY of the same rows."""
    world = World.make(stack, size.workers)
    marks: dict[int, int] = {}

    def send(number: int) -> float:
        marks[number] = copying.last_entry(stack)
        return _events_per_second(stack, _batches(world, size), size)

    def copy(number: int) -> float:
        portions = copying.prepared(stack, world.tenant_id, marks[number])
        if sum(portion.count(b"\n") for portion in portions) != _total(size):
            raise load.LoadError("not everything that was acknowledged is stored")
        stack.settle()
        return _total(size) / copying.copy(stack, portions)

    values, limits = alternate("intake_batch", rounds, send, copy)
    return [Comparison("intake_batch", "events/s", values, limits, ">=", 0.4)]


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
    for percent in (50, 95, 99):
        waits, peers_waits = ([measured.percentile(percent) * 1000 for measured in loads] for loads in (ours, peers))
        op, bar = ("<=", 2.0) if percent == 99 else (None, None)
        compared.append(Comparison(f"intake_single_p{percent}", "ms", waits, peers_waits, op, bar))
    return compared


def _load(stack: Stack, port: int, work: list[list[bytes]]) -> Load:
    stack.settle()
    return load.run(port, work, 201)


def _events_per_second(stack: Stack, work: list[list[bytes]], size: Size) -> float:
    stack.settle()
    return _total(size) / load.run(stack.port, work, 200).seconds


def _total(size: Size) -> int:
    return size.clients * size.requests * size.events


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
