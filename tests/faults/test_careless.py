"""The whole harness can fail: on a service that acknowledges before it commits, a kill makes the checker cry."""

import os
import signal
import sys
import time

from tests.faults import checker
from tests.faults.kills import let_mend, strike
from tests.faults.load import Load
from tests.faults.settlement import Settlement, settle
from tests.faults.stack import Stack

COMMAND = (sys.executable, "-m", "tests.faults.careless")
LOAD_SECONDS = 1.0
QUIET_SECONDS = 1.0
MOST_QUIETS = 30


def test_a_service_that_acknowledges_before_it_commits_is_found_out_by_a_kill_and_only_by_a_kill() -> None:
    """Invariant 1: 2xx means durable; this service says 2xx too early, and the checker must see what a kill costs."""
    with Stack(COMMAND) as stack:
        county = settle(stack)
        with Load(stack.port, county.sender, county.reader) as calm:
            time.sleep(LOAD_SECONDS)
        assert _lost(stack, county, calm) == []
        with Load(stack.port, county.sender, county.reader, first=10**6) as struck:
            time.sleep(LOAD_SECONDS)
            victim = stack.workers()[0]
            let_mend(strike("worker", struck, lambda: os.kill(victim, signal.SIGKILL)), struck)
        assert len(_lost(stack, county, struck)) > 0


def _lost(stack: Stack, county: Settlement, load: Load) -> list[str]:
    """What is lost of the welcome events, once no more of what the service stores late comes in."""
    rows = checker.stored(stack.url, county.tenant_id)
    for _ in range(MOST_QUIETS):
        time.sleep(QUIET_SECONDS)
        before, rows = rows, checker.stored(stack.url, county.tenant_id)
        if len(before) == len(rows):
            break
    return checker.compare([entry for entry in load.ledger.entries if entry.welcome], rows).lost
