"""Invariants 5, 6 and 9 to 13: they hold after any interleaving of what the users of a county can do.

JIFEN_LIVES says how many lives are lived, of 50 steps each.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from service.database.transactions import Database
from tests.computation.life import Life

LIVES = int(os.environ.get("JIFEN_LIVES", "6"))
STEPS = 50


def test_the_invariants_hold_after_whatever_happened(module_url: str, module_database: Database) -> None:
    class Lived(Life):
        url, database = module_url, module_database

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
