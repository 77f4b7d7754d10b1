"""Regulations as they are published, as rulebooks: every case that was computed by hand comes out, to the digit.

The cases lie beside the rulebooks, in `examples/<scheme>/cases.yaml`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.database.transactions import Database
from tests.conftest import opened
from tests.examples import cases, scheme
from tests.examples.scheme import Case, Scheme

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(file.parent for file in EXAMPLES.glob("*/cases.yaml"))
SCHEMES = [scheme.read(folder) for folder in FOLDERS]
CASES = [pytest.param(one, case, id=f"{one.name}-{case.id}") for one in SCHEMES for case in one.cases]
BOOKS = [pytest.param(one, stem, id=f"{one.name}-{stem}") for one in SCHEMES for stem in one.rulebooks]


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


def expected_of(one: Scheme, stem: str) -> list[dict[str, Any]]:
    """All that cases expect of subjects under a rulebook."""
    checks = [check for case in one.cases for check in case.checks if check.rulebook == stem]
    return [expected for check in checks for expected in check.expected.values() if expected is not None]


def test_there_are_eight() -> None:
    assert len(SCHEMES) == 8


@pytest.mark.parametrize("one", SCHEMES, ids=lambda one: one.name)
def test_nothing_is_found_in_its_rulebooks(module_url: str, database: Database, one: Scheme) -> None:
    assert cases.findings(module_url, database, one) == []


@pytest.mark.parametrize(("one", "case"), CASES)
def test_service_and_oracle_say_what_was_computed_by_hand(
    module_url: str, database: Database, one: Scheme, case: Case
) -> None:
    county = cases.settle(module_url, database, one, case)
    assert cases.differences(county, one, case) == []


@pytest.mark.parametrize(("one", "stem"), BOOKS)
def test_every_tier_occurs(one: Scheme, stem: str) -> None:
    tiers = {tier["id"] for tier in one.rulebooks[stem]["tiers"]}
    assert tiers == {expected["tier"] for expected in expected_of(one, stem) if "tier" in expected}


@pytest.mark.parametrize(("one", "stem"), BOOKS)
def test_every_outcome_occurs(one: Scheme, stem: str) -> None:
    outcomes = {outcome["id"] for outcome in one.rulebooks[stem].get("outcomes", [])}
    assert outcomes == {name for expected in expected_of(one, stem) for name in expected.get("outcomes", {})}
