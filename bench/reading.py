"""Reading: a standing right after an event that moved everybody, and pages of a published ranking.

The standing is read beside a forced computation of everything, by the same request; pages beside the bare peer that
selects the same rows. What comes back is looked at, so that nothing is timed that didn't happen.
"""

import json
import random
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

from bench import load
from bench.rounds import alternate
from bench.rows import Comparison
from bench.stack import Stack
from bench.world import PERIOD, SOURCE, World

_UNRANKED = 2147483647


@dataclass(frozen=True)
class Standings:
    """One peer group: its workers, the events of each, and how often it is read."""

    workers: int = 5000
    each: int = 60
    reads: int = 10  # in one round, after one event each


@dataclass(frozen=True)
class Pages:
    """A published revision, and how its pages are read."""

    workers: int
    clients: int = 4
    requests: int = 100  # of each client
    step: int = 500  # rows between the depths that are visited


STANDINGS = {"small": Standings(), "full": Standings()}
PAGES = {"small": Pages(5000), "full": Pages(100_000, requests=250)}
GROUPS = {"small": Pages(5000), "full": Pages(5000, requests=250)}


def standing_one(stack: Stack, size: Standings, rounds: int) -> list[Comparison]:
    """Milliseconds to read a ranking after an event that moves the whole group, beside computing all of it."""
    world = World.make(stack, size.workers)
    world.happen(size.each)
    path = f"/v1/rankings/{PERIOD}?limit=100"
    first = json.loads(world.get(path)["items"][0]["total"])
    ladder = _Ladder(world, float(first))

    def after_one(_: int) -> float:
        seconds = []
        for _read in range(size.reads):
            risen = ladder.raise_last()
            measured = _read_one(world, path)
            if (top := json.loads(measured.body)["items"][0]["subject"]) != risen:
                raise load.LoadError(f"{risen} should lead after its event, not {top}")
            seconds.append(measured.seconds)
        return median(seconds) * 1000

    def in_full(_: int) -> float:
        with stack.owner() as connection:
            # A standing that holds nothing is computed in full by the next reader.
            connection.execute("UPDATE standing SET watermark = 0 WHERE tenant_id = %s", [world.tenant_id])
        return _read_one(world, path).seconds * 1000

    values, limits = alternate("standing_one", rounds, after_one, in_full)
    return [Comparison("standing_one", "ms", values, limits, "<=", 1 / 50)]


def ranking_page(stack: Stack, size: Pages, rounds: int) -> list[Comparison]:
    """Pages of 100 a second at random depths of a revision, beside the bare peer."""
    world = _published(stack, size, max(1, size.workers // 5000))
    return _pages("ranking_page", world, size, rounds, "", 0.6)


def standing_page(stack: Stack, size: Pages, rounds: int) -> list[Comparison]:
    """The same of an unchanged standing of one group, beside the peer and the same rows published."""
    return _pages("standing_page", _published(stack, size, 1), size, rounds, "&view=standing", 0.5)


def ranking_304(stack: Stack, size: Pages, rounds: int) -> list[Comparison]:
    """Answers a second that nothing changed, beside the peer that looks one row up to say so."""
    world = _published(stack, size, 1)
    path = f"/v1/rankings/{PERIOD}?limit=100"
    tag = load.run(stack.port, [[load.request("GET", path, world.admin)]], 200).tag
    known = [load.request("GET", path, world.admin, headers={"If-None-Match": tag})]
    looked_up = [load.request("GET", "/lookup?" + urlencode({"tenant": world.tenant_id, "run": _run(world)}))]
    return [_beside("ranking_304", "answers/s", stack, known, looked_up, 304, size, rounds, 0.8)]


def _published(stack: Stack, size: Pages, streets: int) -> World:
    world = World.make(stack, size.workers, streets=streets)
    world.happen(10)
    world.say("POST", f"/v1/periods/{PERIOD}/close")
    world.say("POST", f"/v1/periods/{PERIOD}/publish")
    with stack.owner() as connection:
        connection.execute("VACUUM (ANALYZE) result, standing_result")
    return world


def _pages(name: str, world: World, size: Pages, rounds: int, view: str, bar: float) -> list[Comparison]:
    ours, peers = _depths(world, size, view)
    _expect_the_same(world.stack, ours[-1], peers[-1])
    return [_beside(name, "pages/s", world.stack, ours, peers, 200, size, rounds, bar)]


def _beside(
    name: str,
    unit: str,
    stack: Stack,
    ours: list[bytes],
    peers: list[bytes],
    status: int,
    size: Pages,
    rounds: int,
    bar: float,
) -> Comparison:
    """Requests a second of the service and of the peer, each drawn by chance from those prepared."""
    randomness = random.Random(1)

    def service(_: int) -> float:
        return load.run(stack.port, _drawn(randomness, ours, size), status).per_second

    def peer(_: int) -> float:
        return load.run(stack.peer_port, _drawn(randomness, peers, size), status).per_second

    values, limits = alternate(name, rounds, service, peer)
    return Comparison(name, unit, values, limits, ">=", bar)


class _Ladder:
    """Raises whoever is last past everybody, each time by one event."""

    def __init__(self, world: World, highest: float) -> None:
        self._world = world
        self._highest = highest
        self._sent = 0

    def raise_last(self) -> str:
        """Send the event; the subject that leads from now on."""
        with self._world.stack.owner() as connection:
            row = connection.execute(
                "SELECT u.kind || '/' || u.id FROM standing_result s"
                " JOIN subject u ON u.tenant_id = s.tenant_id AND u.subject_no = s.subject_no"
                " WHERE s.tenant_id = %s ORDER BY s.total, s.subject_no LIMIT 1",
                [self._world.tenant_id],
            ).fetchone()
        assert row is not None
        self._sent += 1
        self._highest += 200
        event = {"specversion": "1.0", "id": f"rise-{self._sent}", "source": SOURCE, "type": "merit.earned"}
        event |= {"subject": row[0], "time": "2025-03-15T09:00:00+08:00"}
        self._world.say("POST", "/v1/events", {**event, "data": {"points": round(self._highest)}}, 201)
        return str(row[0])


def _read_one(world: World, path: str) -> load.Load:
    return load.run(world.stack.port, [[load.request("GET", path, world.admin)]], 200)


def _run(world: World) -> int:
    """The number of the run that was published."""
    with world.stack.owner() as connection:
        row = connection.execute("SELECT max(run_no) FROM run WHERE tenant_id = %s", [world.tenant_id]).fetchone()
    assert row is not None
    return int(row[0])


def _depths(world: World, size: Pages, view: str) -> tuple[list[bytes], list[bytes]]:
    """The same places in the ranking as requests to the service and to the peer."""
    people = "SELECT id, subject_no FROM subject WHERE tenant_id = %s AND kind = 'worker'"
    with world.stack.owner() as connection:
        numbers: dict[str, int] = dict(connection.execute(people, [world.tenant_id]).fetchall())
    run = _run(world)
    ours, peers = [], []
    start: dict[str, Any] = {"pool": "", "rank": 0, "subject": 0}
    after: str | None = ""
    while after is not None:
        query = view + (f"&after={after}" if after else "")
        ours.append(load.request("GET", f"/v1/rankings/{PERIOD}?limit=100{query}", world.admin))
        peers.append(load.request("GET", "/page?" + urlencode({"tenant": world.tenant_id, "run": run, **start})))
        page = world.get(f"/v1/rankings/{PERIOD}?limit={size.step}{query}")
        last = page["items"][-1]
        start = {"pool": last["group"], "rank": last["rank"] or _UNRANKED}
        start["subject"] = numbers[last["subject"].removeprefix("worker/")]
        after = page["next"]
    return ours, peers


def _expect_the_same(stack: Stack, ours: bytes, peers: bytes) -> None:
    sent = ((stack.port, ours), (stack.peer_port, peers))
    pages = [json.loads(load.run(port, [[asked]], 200).body) for port, asked in sent]
    subjects = [[item["subject"] for item in page["items"]] for page in pages]
    if not subjects[0] or subjects[0] != subjects[1]:
        raise load.LoadError("the peer's page isn't the service's")


def _drawn(randomness: random.Random, requests: list[bytes], size: Pages) -> list[list[bytes]]:
    return [randomness.choices(requests, k=size.requests) for _ in range(size.clients)]
