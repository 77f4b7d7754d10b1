"""A trial beside one publication of the same month: what two computations and their comparison may cost.

Ours is what a user commands, with nothing known beforehand: the version that rules and the draft are both computed,
compared, and undone. The limit is publishing the month, which computes once, digests and freezes.
"""

import json

from bench import load
from bench.closing import GROUP, Size, publish
from bench.rounds import alternate
from bench.rows import Comparison
from bench.stack import STATEMENT_SECONDS, Stack
from bench.world import PERIOD, World

SIZES = {"small": Size(5000), "full": Size(20_000)}

_FORGET = (
    "DELETE FROM standing_lines WHERE tenant_id = %(tenant)s",
    "DELETE FROM standing_result WHERE tenant_id = %(tenant)s",
    "DELETE FROM standing WHERE tenant_id = %(tenant)s",
)


def trial(stack: Stack, size: Size, rounds: int) -> list[Comparison]:
    """Seconds to try a draft on a month, beside publishing that month."""
    world = World.make(stack, size.workers, streets=max(1, size.workers // GROUP), copies=size.copies)
    world.happen(size.each)
    world.say("POST", f"/v1/periods/{PERIOD}/close")
    asked = {"rulebook": world.draft(), "period": PERIOD}

    def ours(_: int) -> float:
        _forget(world)
        stack.settle()
        sent = load.request("POST", "/v1/trials", world.admin, json.dumps(asked).encode(), "application/json")
        return load.run(stack.port, [[sent]], 200, STATEMENT_SECONDS).seconds

    values, limits = alternate("trial", rounds, ours, lambda _: publish(world))
    return [Comparison("trial", "s", values, limits, "<=", 2.2)]


def _forget(world: World) -> None:
    """Take the standings away, as a crash of the server does."""
    with world.stack.owner() as connection:
        for text in _FORGET:
            connection.execute(text, {"tenant": world.tenant_id})
        connection.execute("VACUUM (ANALYZE) standing, standing_result, standing_lines")
