"""The random worlds themselves: all are valid, and together they say every word of the rulebook language."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.oracle.generate.census import said, words
from tests.oracle.generate.fitting import faults
from tests.oracle.strategies import World, world_of

SEEDS = range(400)


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [world_of(seed) for seed in SEEDS]


def test_rulebooks_are_valid(worlds: list[World]) -> None:
    found = {
        (seed, book["rulebook"]): wrong
        for seed, one in enumerate(worlds)
        for book in (one.rulebook, *one.others)
        if (wrong := faults(book, one.event_types))
    }
    assert not found


def test_every_word_of_the_language_is_said(worlds: list[World]) -> None:
    count: Counter[str] = Counter()
    for one in worlds:
        count.update({path for book in (one.rulebook, *one.others) for path in said(book)})
    assert not sorted(words() - set(count))


def test_other_rulebooks_are_read_and_dont_read_back(worlds: list[World]) -> None:
    for one in worlds:
        names = {f"rulebook={book['rulebook']}" for book in one.others}
        assert names == {path for path in said(one.rulebook) if path.startswith("rulebook=any-") and path in names}
        assert all(book["rulebook"] != one.rulebook["rulebook"] for book in one.others)
        assert not [path for book in one.others for path in said(book) if path.endswith("results.rulebook")]
    assert sum(bool(one.others) for one in worlds) > len(worlds) / 5


def test_periods_follow_each_other_and_are_few(worlds: list[World]) -> None:
    for one in worlds:
        assert 1 <= len(one.periods) <= 4
        assert one.rulebook["effective"]["from"] <= one.periods[0]
        assert len(one.longer) == len(one.rulebook["periods"]["rollups"])
    assert any(len(one.bases) == 3 for one in worlds)


def test_events_are_valid(worlds: list[World]) -> None:
    for one in worlds:
        known = {f"worker/{worker['id']}" for worker in one.roster["workers"]}
        known |= {f"organisation/{organisation['id']}" for organisation in one.roster["organisations"]}
        assert len({event["id"] for event in one.events}) == len(one.events)
        for event in one.events:
            declared = one.event_types[event["type"]]
            assert event["subject"] in known
            assert event["subject"].split("/")[0] == declared["subject"]
            assert datetime.fromisoformat(event["time"]).tzinfo
            assert ("period" in event) == (declared["dated_by"] == "period")
            _check_data(event["data"], declared["fields"])


def _check_data(data: dict[str, Any], fields: dict[str, Any]) -> None:
    assert {field for field, shape in fields.items() if shape["required"]} <= set(data) <= set(fields)
    for field, value in data.items():
        match fields[field]["kind"]:
            case "number":
                low, high = map(Decimal, fields[field].get("between", ["-9", "999"]))
                assert isinstance(value, Decimal)
                assert low <= value <= high
            case "code":
                assert value in fields[field]["codes"]
            case "boolean":
                assert isinstance(value, bool)
            case "date":
                assert date.fromisoformat(value).isoformat() == value
            case _:
                assert isinstance(value, str)


def test_rosters_are_valid(worlds: list[World]) -> None:
    for one in worlds:
        tree = {organisation["id"]: organisation["parent"] for organisation in one.roster["organisations"]}
        assert all(parent is None or parent in tree for parent in tree.values())
        for worker in one.roster["workers"]:
            assert all(assignment["organisation"] in tree for assignment in worker["assignments"])
            for dated in [*worker["assignments"], *worker.get("attributes", [])]:
                assert dated.get("to") is None or dated["from"] < dated["to"]


def test_events_are_at_bounds_and_at_once(worlds: list[World]) -> None:
    """Ties of instants, acts with several events, and moments around midnight are what worlds are for."""
    tied = repeated = midnight = 0
    for one in worlds:
        instants = sorted(datetime.fromisoformat(event["time"]) for event in one.events)
        tied += any(a == b for a, b in pairwise(instants))
        acts = Counter((event["type"], event["subject"], event["data"].get("case")) for event in one.events)
        repeated += any(n > 1 for n in acts.values())
        midnight += any(instant.microsecond for instant in instants)
    assert min(tied, repeated, midnight) > len(worlds) / 2
