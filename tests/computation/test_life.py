"""Invariants 5, 6 and 9 to 13: they hold after any interleaving of what the users of a county can do.

JIFEN_LIVES says how many lives are lived, of 50 steps each.
"""

import os
import sys
from collections import Counter

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from service.database.transactions import Database
from tests.computation.life import Life

LIVES = int(os.environ.get("JIFEN_LIVES", "3"))
STEPS = 50
MANY = 50  # lives; in so many, everything that the users can do has had its consequences
CONSEQUENCES = {
    *(f"first {period}" for period in ("2025-10", "2025-11", "2025-12", "2025")),
    *("correction", "completion", "admission", "carried", "refused what is carried", "upheld", "rejected", "final"),
}


def test_the_invariants_hold_after_whatever_happened(module_url: str, module_database: Database) -> None:
    class Lived(Life):
        url, database, happened = module_url, module_database, Counter[str]()

    run_state_machine_as_test(
        Lived,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            phases=[Phase.generate],  # to make a failing life shorter takes minutes; its steps are printed as they were
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    sys.stdout.write(f"{LIVES} lives of {STEPS} steps: {dict(sorted(Lived.happened.items()))}\n")
    if LIVES >= MANY:
        assert CONSEQUENCES - set(+Lived.happened) == set()
