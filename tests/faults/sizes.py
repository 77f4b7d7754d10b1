"""How much the fault tests do, from the environment: little by default; README.md tells the figures of a full run."""

import os
import random

import pytest


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


SEED = _number("JIFEN_FAULT_SEED", 0) or random.randrange(1, 10**6)
KINDS = (os.environ.get("JIFEN_FAULT_KINDS") or "worker,backend,database,stop,master").split(",")  # of kills, in turn
KILLS = _number("JIFEN_FAULT_KILLS", len(KINDS))
EVENTS = _number("JIFEN_FAULT_EVENTS", 0)  # acknowledged, at least, before the kills may end
BATCH = _number("JIFEN_FAULT_BATCH", 25)  # most events in a request while processes are killed
DROPS = _number("JIFEN_FAULT_DROPS", 200)  # answers that are lost after COMMIT
REPEATED = _number("JIFEN_FAULT_REPEATED", 1500)  # events that everybody sends at once
ROUNDS = _number("JIFEN_FAULT_ROUNDS", 20)  # identities that two contents compete for
TRIES = _number("JIFEN_FAULT_TRIES", 160)  # readings right after an answer
BODIES = _number("JIFEN_FAULT_BODIES", 800)  # broken bodies
REQUESTS = _number("JIFEN_FAULT_REQUESTS", 240)  # of two tenants, to any route
FEED_ROWS = _number("JIFEN_FEED_ROWS", 4000)  # entries that writers add while the feed is read
FEED_SECONDS = _number("JIFEN_FEED_SECONDS", 6)  # of an import while the feed is read


def tell(config: pytest.Config, figures: str) -> None:
    """Print the figures that a test came to, though it holds."""
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        config.get_terminal_writer().line(f"\n{figures}")
