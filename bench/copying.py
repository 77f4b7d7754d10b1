"""The limit of intake: the owner's COPY of the very rows that the service stored, into the same table.

The rows are read back, given to a twin of their tenant, and cut into portions beforehand; two connections
then copy and commit portion by portion. Same columns, same indexes, same durability; no parsing, no checks, no answers.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import psycopg

from bench.load import Load
from bench.stack import Stack

STREAMS = 2
ROWS = 1000

# A tenant that exists nowhere else, one for each: so its part of every index grows as the other's does.
_TWIN = 1_000_000

_COLUMNS = """subject_no, type_no, source_no, event_id, entry_id, time, ordinal, quantity, period, id, sent_subject,
    content_digest, data"""
_READ = """
COPY (
    SELECT {twin}, {columns} FROM event
    WHERE tenant_id = {tenant} AND entry_id > {after} ORDER BY entry_id, event_id
) TO STDOUT
"""
_ACCOMPANY = """
INSERT INTO event (tenant_id, {columns})
SELECT {twin}, {columns} FROM event WHERE tenant_id = {tenant} ORDER BY entry_id, subject_no
"""
_WRITE = f"COPY event (tenant_id, {_COLUMNS}) FROM STDIN"


def last_entry(stack: Stack) -> int:
    """The last audit entry so far, from which on the rows are `prepared`."""
    with stack.owner() as connection:
        row = connection.execute("SELECT coalesce(max(entry_id), 0) FROM audit_entry").fetchone()
        assert row is not None
        return int(row[0])


def accompany(stack: Stack, tenant_id: int) -> None:
    """Give the twin as many events as the tenant has, so that both find the same indexes."""
    with stack.owner() as connection:
        connection.execute(_ACCOMPANY.format(twin=_TWIN + tenant_id, columns=_COLUMNS, tenant=tenant_id).encode())
        connection.execute("VACUUM (ANALYZE) event")


def prepared(stack: Stack, tenant_id: int, after: int) -> list[bytes]:
    """A tenant's rows of the entries after that one, as portions of 1,000 for `copy`."""
    text = _READ.format(twin=_TWIN + tenant_id, columns=_COLUMNS, tenant=tenant_id, after=after)
    with stack.owner() as connection, connection.cursor() as cursor, cursor.copy(text.encode()) as copy:
        rows = [bytes(row) for row in copy]
    return [b"".join(rows[n : n + ROWS]) for n in range(0, len(rows), ROWS)]


def copy(stack: Stack, portions: list[bytes]) -> Load:
    """Copy the portions over two connections, each with its own commit; how long all took, and each."""
    connections = [stack.owner() for _ in range(STREAMS)]
    try:
        with ThreadPoolExecutor(STREAMS) as pool:
            begun = time.perf_counter()
            latencies = list(pool.map(_stream, connections, [portions[n::STREAMS] for n in range(STREAMS)]))
            return Load(time.perf_counter() - begun, [*chain(*latencies)], b"", "")
    finally:
        for connection in connections:
            connection.close()


def _stream(connection: psycopg.Connection[tuple[object, ...]], portions: list[bytes]) -> list[float]:
    latencies = []
    with connection.cursor() as cursor:
        for portion in portions:
            begun = time.perf_counter()
            with cursor.copy(_WRITE) as copy:
                copy.write(portion)
            latencies.append(time.perf_counter() - begun)
    return latencies
