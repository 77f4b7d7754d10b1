"""What access, row-level security, audit and metrics cost together, beside the service without them (bench/bare.py).

Both store the same kinds of events in the same table of one database. The positions that the service owes its entries
are given before its clock stops.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

from bench import intake, load, pairs, usage
from bench.intake import Size
from bench.pairs import Paired
from bench.rows import Comparison
from bench.stack import Stack
from bench.world import World
from service import journal
from service.database.transactions import owner_transaction


@dataclass(frozen=True)
class Pairs(Size):
    """How much is sent by each of a pair."""

    pairs: int = 20  # at least

    @property
    def total(self) -> int:
        """The events that each of a pair sends."""
        return self.clients * self.requests * self.events


class _Cost(NamedTuple):
    """Of one event, in microseconds: of the clock, and of the processors."""

    waited: float
    used: float


SINGLES = {"small": Pairs(5000, 16, 100), "full": Pairs(5000, 16, 200)}
BATCHES = {"small": Pairs(5000, 8, 8, 1000), "full": Pairs(5000, 8, 12, 1000)}


def overhead_single(stack: Stack, size: Pairs, rounds: int) -> list[Comparison]:
    """The time of an event that is sent alone."""
    return _overhead(stack, "overhead_single", size, rounds, 201, 1.2)


def overhead_batch(stack: Stack, size: Pairs, rounds: int) -> list[Comparison]:
    """The time of an event that is sent with others."""
    return _overhead(stack, "overhead_batch", size, rounds, 200, 1.1)


def _overhead(stack: Stack, name: str, size: Pairs, rounds: int, status: int, bar: float) -> list[Comparison]:
    world = World.make(stack, size.workers)
    bare = stack.bare(world.tenant_id)

    def cost(port: int) -> _Cost:
        work = intake.requests(world, size)
        stack.settle()
        with owner_transaction(stack.url) as transaction:
            transaction.tenant_id = world.tenant_id
            before, begun = usage.processor(stack), time.perf_counter()
            load.run(port, work, status)
            if port == stack.port:
                journal.seal(transaction)
            seconds, used = time.perf_counter() - begun, usage.processor(stack) - before
        return _Cost(seconds / size.total * 1e6, (used.service + used.database) / size.total * 1e6)

    ours, others = pairs.alternate(name, max(rounds, size.pairs), lambda: cost(stack.port), lambda: cost(bare))
    waited = Paired(name, "us/event", [c.waited for c in ours], [c.waited for c in others], "<=", bar)
    used = Paired(f"{name}_processor", "us/event", [c.used for c in ours], [c.used for c in others])
    return [*waited.with_interval(), *used.with_interval()]
