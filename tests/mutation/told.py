"""Hand-made cases of the oracle as worlds: what a test asks of the oracle is asked of whatever computes, too.

Each is small and about one word, so that every word has some; no position before the last is asked about.
"""

import contextlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest

from oracle import appraise
from service.periods import parse
from tests.computation.town import TYPES
from tests.oracle import cases
from tests.oracle.strategies import World

_TOLD = Path(cases.__file__).parent
_QUIETLY = ("-q", "--import-mode=append", "--assert=plain", "-p", "no:cacheprovider")


def told(seed: int) -> list[World]:
    """Of what each test of the oracle tells one case, drawn by the seed."""
    found: dict[str, list[World]] = {}

    def telling(book: Any, types: Any, people: Any, events: Any, period: str, others: Iterable[Any]) -> Any:
        test = os.environ["PYTEST_CURRENT_TEST"].partition("[")[0].removesuffix(" (call)")
        one = World(book, (*others,), TYPES, people, events, [period], [])
        said = appraise(book, types, people, events, period, one.others)  # or it refuses
        if parse(period).end_day <= datetime.now(UTC).date():  # of what hasn't ended the service reads what has begun
            found.setdefault(test, []).append(one)
        return said

    tests = sorted(str(file) for file in _TOLD.glob("test_oracle_*.py"))
    with (
        mock.patch.object(cases, "appraise", telling),
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        code = pytest.main([*_QUIETLY, f"--rootdir={_TOLD.parents[1]}", *tests])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the oracle's own tests end with {code}")
    chance = Random(seed)
    return [chance.choice(told) for told in found.values()]
