"""The faults: kill -9 of a server process, of the first process, of the database, of one of its backends; and the
database's immediate stop.

Each strikes while enough requests are in flight, and each is followed by what an operator or a supervisor would do:
nothing where the service mends itself, a restart on the same folder where it doesn't. It knows nothing of events.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.faults.line import Trip
from tests.faults.load import IN_FLIGHT, Load
from tests.faults.stack import WORKERS, Stack, alive, within

STRIKE_SECONDS = 30.0
MEND_SECONDS = 60.0


@dataclass(frozen=True)
class Kill:
    """A fault that happened: what was hit, how many requests were in flight, when, and when it was made good."""

    kind: str
    in_flight: int
    at: float
    repaired: float = 0.0

    def mended_after(self, trips: list[Trip]) -> float | None:
        """Seconds from the fault to a success of a request that was sent after the repair; None where none is yet."""
        ends = [trip.ended for trip in trips if trip.begun > self.repaired and trip.good]
        return min(ends) - self.at if ends else None


def kill_worker(stack: Stack, load: Load, randomness: random.Random) -> Kill:
    """One of the two server processes; the first process starts another."""
    victim = randomness.choice(stack.workers())
    kill = strike("worker", load, lambda: os.kill(victim, signal.SIGKILL))
    assert within(MEND_SECONDS, lambda: not alive(victim) and len(stack.workers()) == WORKERS), stack.tail()
    return replace(kill, repaired=time.monotonic())


def kill_backend(stack: Stack, load: Load, randomness: random.Random) -> Kill:
    """One connection's process: PostgreSQL ends all others, recovers and goes on; the service connects again."""
    before, postmaster = stack.backends(), stack.postmaster()
    victim = randomness.choice(before)
    kill = strike("backend", load, lambda: os.kill(victim, signal.SIGKILL))
    assert within(MEND_SECONDS, lambda: not any(alive(pid) for pid in before)), stack.tail()
    assert stack.postmaster() == postmaster
    return replace(kill, repaired=time.monotonic())


def kill_database(stack: Stack, load: Load, randomness: random.Random) -> Kill:
    """The database's first process; it lives and dies with the service, so the service is started again."""
    return _end_database("database", signal.SIGKILL, stack, load)


def stop_database(stack: Stack, load: Load, randomness: random.Random) -> Kill:
    """What `pg_ctl stop -m immediate` does: every process of the database ends at once, without a checkpoint."""
    return _end_database("stop", signal.SIGQUIT, stack, load)


def kill_master(stack: Stack, load: Load, randomness: random.Random) -> Kill:
    """The service's first process; the database and the server processes follow it, and all is started again."""
    orphans = [*stack.workers(), stack.postmaster()]
    kill = strike("master", load, stack.kill_master)
    stack.start()
    # Without the port, but not yet without what they were answering.
    assert within(MEND_SECONDS, lambda: not any(alive(pid) for pid in orphans)), stack.tail()
    return replace(kill, repaired=time.monotonic())


KINDS: dict[str, Callable[[Stack, Load, random.Random], Kill]] = {
    "worker": kill_worker,
    "backend": kill_backend,
    "database": kill_database,
    "stop": stop_database,
    "master": kill_master,
}


def _end_database(kind: str, how: signal.Signals, stack: Stack, load: Load) -> Kill:
    victim = stack.postmaster()
    kill = strike(kind, load, lambda: os.kill(victim, how))
    assert within(MEND_SECONDS, lambda: not alive(victim)), stack.tail()
    assert within(MEND_SECONDS, lambda: stack.answers("/readyz", MEND_SECONDS) == 503), stack.tail()
    stack.restart()
    return replace(kill, repaired=time.monotonic())


def strike(kind: str, load: Load, blow: Callable[[], None]) -> Kill:
    """Strike while enough is in flight."""
    in_flight, at = load.flight.strike(IN_FLIGHT, STRIKE_SECONDS, blow)
    return Kill(kind, in_flight, at)


def let_mend(kill: Kill, load: Load) -> float:
    """Wait until a request after the fault has a success, bounded; how long that took."""
    deadline = time.monotonic() + MEND_SECONDS
    while time.monotonic() < deadline:
        if (seconds := kill.mended_after(load.flight.trips)) is not None:
            return seconds
        time.sleep(0.05)
    raise AssertionError(f"no request had a success within {MEND_SECONDS:.0f} s after the kill of the {kill.kind}")
