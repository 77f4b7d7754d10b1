"""Every part of the service is killed while it takes events in, and then the books are balanced.

JIFEN_FAULT_KILLS is the number of kills, JIFEN_FAULT_KINDS names those that take turns, and JIFEN_FAULT_EVENTS how many
events must be acknowledged by the end. A kill of a process isn't a loss of power: that what is committed is on disk
rests on PostgreSQL's fsync, whose settings are asked.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from service.database.transactions import Database
from service.settings import Settings
from tests.faults import checker, standings
from tests.faults.checker import Findings
from tests.faults.kills import KINDS, Kill, let_mend
from tests.faults.load import IN_FLIGHT, MONTHS, YEAR, Load
from tests.faults.settlement import Settlement, settle
from tests.faults.sizes import EVENTS, KILLS, SEED, tell
from tests.faults.sizes import KINDS as IN_TURN
from tests.faults.stack import Stack, within

CALM_SECONDS = (0.5, 1.5)  # of undisturbed intake before each kill
ENOUGH_SECONDS = 3600.0  # for the events that are still to be acknowledged after the last kill
MENDED_SECONDS = 30.0  # bar: a success again after any kill, the restart included, on shared cores under full load


@dataclass
class Aftermath:
    """A stack that went through all the kills, and what its senders know."""

    stack: Stack
    county: Settlement
    load: Load
    kills: list[Kill]
    mended: list[float]
    findings: Findings


@pytest.fixture(scope="module")
def aftermath(pytestconfig: pytest.Config) -> Iterator[Aftermath]:
    assert KILLS > 0
    randomness = random.Random(SEED)
    with Stack() as stack:
        county = settle(stack)
        kills, mended = [], []
        with Load(stack.port, county.sender, county.reader, SEED) as load:
            for kill_one, _ in zip(_in_turn(), range(KILLS), strict=False):
                time.sleep(randomness.uniform(*CALM_SECONDS))
                kills.append(kill_one(stack, load, randomness))
                mended.append(let_mend(kills[-1], load))
            time.sleep(CALM_SECONDS[0])
            assert within(ENOUGH_SECONDS, lambda: load.ledger.created >= EVENTS)
        findings = checker.compare(load.ledger.entries, checker.stored(stack.url, county.tenant_id))
        after = Aftermath(stack, county, load, kills, mended, findings)
        tell(pytestconfig, _summary(after))
        yield after


def _in_turn() -> Iterator[Callable[[Stack, Load, random.Random], Kill]]:
    while True:
        yield from (KINDS[kind] for kind in IN_TURN)


def _summary(after: Aftermath) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(kill.kind for kill in after.kills).items())
    fates = ", ".join(f"{count} {fate}" for fate, count in after.load.ledger.count().items())
    slowest: dict[str, float] = defaultdict(float)
    for kill, seconds in zip(after.kills, after.mended, strict=True):
        slowest[kill.kind] = max(slowest[kill.kind], seconds)
    mended = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in slowest.items())
    least = min(kill.in_flight for kill in after.kills)
    return (
        f"{len(after.kills)} kills ({kinds}) with at least {least} requests in flight, seed {SEED}. events: {fates}; "
        f"{after.findings.summary()}. {after.load.reads} standings read. slowest to mend: {mended}"
    )


def test_every_acknowledged_event_is_stored_exactly_once_with_its_content(aftermath: Aftermath) -> None:
    """Invariant 1: 2xx means durable; 4xx means no event; what is in doubt can be sent again with the same id.

    Invariant 2: one event once, whoever sends it how often.
    """
    assert aftermath.findings.all() == {}


def test_enough_was_in_flight_and_in_doubt_for_the_kills_to_mean_something(aftermath: Aftermath) -> None:
    fates = aftermath.load.ledger.count()
    assert len(aftermath.kills) == KILLS
    assert min(kill.in_flight for kill in aftermath.kills) >= IN_FLIGHT
    assert fates["acknowledged"] >= max(100 * KILLS, EVENTS)
    assert fates["retried"] >= KILLS
    assert fates["refused"] > 0


def test_a_failure_says_503_and_when_to_try_again_and_no_answer_contradicts_another(aftermath: Aftermath) -> None:
    """Invariant 1: a 5xx answer is ambiguous, never a 4xx in its place; a standing holds all that was acknowledged."""
    assert aftermath.load.odd == []


def test_the_service_mends_within_its_bar(aftermath: Aftermath) -> None:
    assert max(aftermath.mended) <= MENDED_SECONDS


def test_positions_have_no_gap_and_the_chain_holds(aftermath: Aftermath) -> None:
    """Invariant 15: every write left an audit entry in its own transaction, sealed into the chain by position."""
    standings.read(aftermath.stack.port, aftermath.county.reader, MONTHS[0])  # seals what is left
    assert checker.broken_journal(aftermath.stack.url, aftermath.county.tenant_id) == []


def test_standings_are_what_a_full_recompute_makes(aftermath: Aftermath) -> None:
    """Invariant 9: standing = full recompute, to the byte, after any interleaving, faults included."""
    county = aftermath.county
    periods = [*MONTHS, YEAR]
    found = standings.differing(aftermath.stack.url, county.tenant_id, aftermath.stack.port, county.reader, periods)
    assert found == []


def test_the_database_that_was_killed_was_a_durable_one(aftermath: Aftermath) -> None:
    """Invariant 1: COMMIT with fsync and synchronous_commit=on, in the service's own sessions."""
    durable = ("fsync", "full_page_writes", "synchronous_commit")
    with psycopg.connect(aftermath.stack.url) as connection:
        for name in durable:
            assert connection.execute(f"SHOW {name}".encode()).fetchone() == ("on",), name
        roles = connection.execute("SELECT setconfig FROM pg_db_role_setting").fetchall()
    assert roles == []
    database = Database(aftermath.stack.url, Settings())
    database.open()
    try:
        with database.transaction() as transaction:
            shown = transaction._connection.execute("SHOW synchronous_commit").fetchone()
    finally:
        database.close()
    assert shown == ("on",)
