"""Exports: a revision as CSV over HTTP beside the owner's COPY of the same columns in the same order, and their memory.

The clock runs until the last byte is there; rows are counted, so that nothing is timed that didn't come.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection

from bench import load, usage
from bench.rounds import alternate
from bench.rows import Comparison
from bench.stack import Stack
from bench.world import PERIOD, World

MEMORY_MIB = 50
_GROUP = 5000
_PIECE = 1 << 20

_RESULT = """organisation_no, post, peer_group, service_days, category_points, total, tie_values, eligible, rank,
    list_groups, tier_no, outcomes, outcome_values, unanswered, candidacies"""
_LINES = "lines, measures, codes, counts, no_data, negatives, met"
# So many more groups, each like the published one.
_MORE = f"""
WITH published AS (
    SELECT r.tenant_id, r.run_no, r.subject_no, substr(u.id, 2)::integer AS number
    FROM result r JOIN subject u ON u.tenant_id = r.tenant_id AND u.subject_no = r.subject_no
    WHERE r.tenant_id = %(tenant)s
),
added AS (
    INSERT INTO subject (tenant_id, kind, id)
    SELECT %(tenant)s, 'worker', 'w' || n FROM generate_series(%(there)s::integer + 1, %(workers)s) n
    RETURNING subject_no, id
),
like_one AS (
    SELECT a.subject_no, p.tenant_id, p.run_no, p.subject_no AS like_no, substr(a.id, 2)::integer / %(there)s AS copy
    FROM added a JOIN published p ON p.number = 1 + substr(a.id, 2)::integer %% %(there)s
),
lined AS (
    INSERT INTO result_lines (tenant_id, run_no, subject_no, {_LINES})
    SELECT n.tenant_id, n.run_no, n.subject_no, {_LINES} FROM like_one n
    JOIN result_lines l ON l.tenant_id = n.tenant_id AND l.run_no = n.run_no AND l.subject_no = n.like_no
)
INSERT INTO result (tenant_id, run_no, subject_no, pool, {_RESULT})
SELECT n.tenant_id, n.run_no, n.subject_no, r.pool || n.copy, {_RESULT} FROM like_one n
JOIN result r ON r.tenant_id = n.tenant_id AND r.run_no = n.run_no AND r.subject_no = n.like_no
"""
_NAMES = """
INSERT INTO person (tenant_id, subject_no, name)
SELECT tenant_id, subject_no, '王小' || subject_no FROM subject WHERE tenant_id = %(tenant)s AND kind = 'worker'
"""

# What the CSV holds, as bare as it can be had: ids in place of words.
_COPY = """
COPY (
    SELECT p.name, u.kind || '/' || u.id, o.id, t.title, r.post, r.pool, r.rank, r.total, r.tier_no, r.no_tier,
        r.outcomes, {points}
    FROM result r
    JOIN result_lines l ON l.tenant_id = r.tenant_id AND l.run_no = r.run_no AND l.subject_no = r.subject_no
    JOIN subject u ON u.tenant_id = r.tenant_id AND u.subject_no = r.subject_no
    LEFT JOIN person p ON p.tenant_id = r.tenant_id AND p.subject_no = r.subject_no
    LEFT JOIN subject o ON o.tenant_id = r.tenant_id AND o.subject_no = r.organisation_no
    LEFT JOIN organisation_record t ON t.tenant_id = r.tenant_id AND t.organisation_no = r.organisation_no
    WHERE r.tenant_id = {tenant}
    ORDER BY r.pool, r.list_rank, r.subject_no
) TO STDOUT (FORMAT csv)
"""


@dataclass(frozen=True)
class Size:
    """How many results."""

    workers: int
    book: int  # those of a workbook


SIZES = {"small": Size(20_000, 20_000), "full": Size(1_000_000, 100_000)}


def export_csv(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Results a second as CSV beside COPY, and by how much a server process grows, for a workbook too."""
    world = _published(stack, size.workers)
    text = _COPY.format(tenant=world.tenant_id, points=_points(world))
    memories: list[float] = []

    def ours(_: int) -> float:
        stack.settle()
        with usage.watched(stack) as grown:
            begun = time.perf_counter()
            rows = _fetched(world, "csv") - 1
            seconds = time.perf_counter() - begun
        memories.append(grown())
        if rows != size.workers:
            raise load.LoadError(f"of {size.workers} results came {rows}")
        return rows / seconds

    def copied(_: int) -> float:
        stack.settle()
        begun = time.perf_counter()
        with stack.owner() as connection, connection.cursor() as cursor, cursor.copy(text.encode()) as rows:
            count = sum(1 for _row in rows)
        if count != size.workers:
            raise load.LoadError(f"of {size.workers} results were copied {count}")
        return count / (time.perf_counter() - begun)

    values, limits = alternate("export_csv", rounds, ours, copied)
    return [
        Comparison("export_csv", "results/s", values, limits, ">=", 0.4),
        Comparison("export_csv_memory", "MiB", [max(memories)], [MEMORY_MIB], "<=", 1.0),
        Comparison("export_xlsx_memory", "MiB", [_of_workbook(stack, size)], [MEMORY_MIB], "<=", 1.0),
    ]


def _of_workbook(stack: Stack, size: Size) -> float:
    """By how much a server process grows while it makes a workbook of so many results, of a world of its own."""
    world = _published(stack, size.book)
    with usage.watched(stack) as grown:
        _fetched(world, "xlsx")
    return grown()


def _published(stack: Stack, workers: int) -> World:
    """A month of so many results with names: one group is published over HTTP, the others are written like it."""
    there = min(workers, _GROUP)
    world = World.make(stack, there)
    world.happen(10)
    world.say("POST", f"/v1/periods/{PERIOD}/close")
    world.say("POST", f"/v1/periods/{PERIOD}/publish")
    with stack.owner() as connection:
        values = {"tenant": world.tenant_id, "there": there, "workers": workers}
        connection.execute(_MORE.encode(), values)
        connection.execute(_NAMES.encode(), values)
        connection.execute("VACUUM (ANALYZE)")
    return world


def _points(world: World) -> str:
    """As many columns of points as the CSV has."""
    pieces: list[bytes] = []
    _fetched(world, "csv", "?group=nobody", pieces.append)
    header = b"".join(pieces).decode("utf-8-sig").strip().split(",")
    categories = sum(heading.endswith("(in all)") for heading in header)
    lines = len(header) - header.index("outcome titles") - 1 - categories
    columns = [f"r.category_points[{n}]" for n in range(1, categories + 1)]
    return ", ".join(columns + [f"l.lines[{n}]" for n in range(1, lines + 1)])


def _fetched(world: World, form: str, query: str = "", keep: Callable[[bytes], None] = lambda _: None) -> int:
    """How many lines come, to the last byte."""
    connection = HTTPConnection("127.0.0.1", world.stack.port, timeout=load.MOST_SECONDS)
    headers = {"Authorization": f"Bearer {world.admin}", "Accept-Language": "en"}
    lines = 0
    try:
        connection.request("GET", f"/v1/rankings/{PERIOD}.{form}{query}", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise load.LoadError(f"{answer.status}: {answer.read()[:500]!r}")
        while piece := answer.read(_PIECE):
            lines += piece.count(b"\n")
            keep(piece)
    finally:
        connection.close()
    return lines
