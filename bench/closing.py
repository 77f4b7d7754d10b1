"""Closing a month beside the least that any design must do with the same events.

Ours is what a user commands: publish, which computes the whole cohort, digests it and freezes it as a run. The limit is
one INSERT … SELECT into a logged table with the results' key: grouped by subject and type, an array, a sum, a rank.
"""

import time
from dataclasses import dataclass

from bench import load
from bench.rounds import alternate
from bench.rows import Comparison
from bench.stack import STATEMENT_SECONDS, Stack
from bench.world import PERIOD, World

GROUP = 5000


@dataclass(frozen=True)
class Size:
    """How many workers, with how many events each."""

    workers: int
    each: int = 12
    copies: int = 1


COHORTS = {"small": Size(2000, 150, 4), "full": Size(20_000, 150, 4)}
SIZES = {"small": Size(5000), "full": Size(200_000)}

_TABLE = """
CREATE TABLE IF NOT EXISTS bench_result (
    tenant_id integer NOT NULL, run_no bigint NOT NULL, subject_no integer NOT NULL, organisation_no integer NOT NULL,
    measures numeric[] NOT NULL, total numeric NOT NULL, rank integer NOT NULL,
    PRIMARY KEY (tenant_id, run_no, subject_no))
"""
_LIMIT = """
INSERT INTO bench_result (tenant_id, run_no, subject_no, organisation_no, measures, total, rank)
SELECT %(tenant)s, 1, s.subject_no, a.organisation_no, s.measures, s.total,
    rank() OVER (PARTITION BY a.organisation_no ORDER BY s.total DESC)
FROM (
    SELECT m.subject_no, array_agg(m.measure ORDER BY m.type_no) AS measures, sum(m.measure) AS total
    FROM (
        SELECT e.subject_no, e.type_no, coalesce(sum(e.quantity), count(*)) AS measure
        FROM event e
        WHERE e.tenant_id = %(tenant)s AND e.time >= %(starts)s AND e.time < %(ends)s
        GROUP BY e.subject_no, e.type_no
    ) m
    GROUP BY m.subject_no
) s
JOIN assignment a ON a.tenant_id = %(tenant)s AND a.worker_no = s.subject_no
"""
# There is no reopening yet, so the owner takes the run back: the rounds repeat one close.
_TAKE_BACK = (
    "DELETE FROM result_lines WHERE tenant_id = %(tenant)s",
    "DELETE FROM result WHERE tenant_id = %(tenant)s",
    "DELETE FROM run WHERE tenant_id = %(tenant)s",
    "UPDATE period_state SET state = 'closing' WHERE tenant_id = %(tenant)s",
)


def close_month(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Seconds to publish a month of one tenant, beside one grouped insert of the same events."""
    return [_closing("close_month", stack, size, rounds, 2.0)]


def close_cohort(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """The same with few workers, forty indicators and many events for each."""
    return [_closing("close_cohort", stack, size, rounds, 2.5)]


def _closing(name: str, stack: Stack, size: Size, rounds: int, bar: float) -> Comparison:
    world = World.make(stack, size.workers, streets=max(1, size.workers // GROUP), copies=size.copies)
    world.happen(size.each)
    world.say("POST", f"/v1/periods/{PERIOD}/close")
    world.get(f"/v1/rankings/{PERIOD}?limit=1")  # an open month has been read before it is closed
    with stack.owner() as connection:
        connection.execute(_TABLE)

    values, limits = alternate(name, rounds, lambda _: publish(world), lambda _: _insert(world))
    return Comparison(name, "s", values, limits, "<=", bar)


def publish(world: World) -> float:
    """Seconds to publish the closed month, which may have been published before."""
    _take_back(world)
    world.stack.settle()
    sent = load.request("POST", f"/v1/periods/{PERIOD}/publish", world.admin)
    return load.run(world.stack.port, [[sent]], 200, STATEMENT_SECONDS).seconds


def _take_back(world: World) -> None:
    with world.stack.owner() as connection:
        for text in _TAKE_BACK:
            connection.execute(text, {"tenant": world.tenant_id})
        connection.execute("VACUUM (ANALYZE) result, result_lines, standing_result, standing_lines")


def _insert(world: World) -> float:
    values = {"tenant": world.tenant_id, "starts": f"{PERIOD}-01T00:00:00+08:00", "ends": "2025-04-01T00:00:00+08:00"}
    with world.stack.owner() as connection:
        connection.execute("TRUNCATE bench_result")
        connection.execute("SET work_mem = '256MB'")  # what a computation of the service is given
        connection.execute("SET jit = off")
        world.stack.settle()
        begun = time.perf_counter()
        inserted = connection.execute(_LIMIT, values).rowcount
        seconds = time.perf_counter() - begun
    if inserted != world.workers:
        raise load.LoadError(f"the limit wrote {inserted} rows, not {world.workers}")
    return seconds
