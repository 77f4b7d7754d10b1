"""What the doctor finds at the database's server: its version, its settings, its clock, its connections, the schema."""

import time
from collections.abc import Iterator
from typing import Any

from service.database.migrations import newest
from service.database.transactions import Database, Transaction
from service.doctor.kinds import Found, found
from service.settings import Settings

_OLDEST = 150_000  # PostgreSQL 15, as servers number themselves
_CLOCK_SECONDS = 2.0
_FULL = 0.9


def of_server(database: Database, settings: Settings) -> Iterator[Found]:
    """Of a server that answers."""
    with database.transaction() as transaction:
        before = time.time()
        facts = transaction.one("server_facts")
        yield from of_facts(facts, facts.clock - (before + time.time()) / 2, settings)
        yield from _schema(transaction)


def of_facts(facts: Any, ahead_seconds: float, settings: Settings) -> Iterator[Found]:
    """Of what a server says of itself, and how far its clock is ahead of ours."""
    if facts.version < _OLDEST:
        yield found("database.version", version=facts.version // 10_000)
    if facts.bypasses:
        yield found("database.isolation")
    for setting in ("fsync", "full_page_writes"):
        if getattr(facts, setting) != "on":
            yield found("database.durability", setting=setting)
    if abs(ahead_seconds) > _CLOCK_SECONDS:
        yield found("database.clock", seconds=round(abs(ahead_seconds)))
    yield from _connections(settings, facts.most, facts.used)


def _connections(settings: Settings, most: int, used: int) -> Iterator[Found]:
    needed = (settings.workers + 1) * settings.pool_size  # `jifen work` has a pool too
    if needed > most:
        yield found("connections.few", needed=needed, most=most)
    if used > _FULL * most:
        yield found("connections.used", used=used, most=most)


def _schema(transaction: Transaction) -> Iterator[Found]:
    number = transaction.one("schema_version").number or 0 if transaction.one("schema_known").known else 0
    if number != newest():
        yield found("schema.behind" if number < newest() else "schema.ahead", number=number, needed=newest())
