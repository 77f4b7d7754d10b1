"""Trials of random drafts: what they say moved is what an independent computation of both versions says."""

import copy
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from oracle import Result, appraise
from service import trials
from service.database.transactions import Database
from service.periods import parse
from tests.computation import worlds
from tests.county import County
from tests.http.asking import as_yaml
from tests.oracle.generate.texts import under
from tests.oracle.strategies import World

Node = dict[str, Any]

# What an indicator moves beside its own line: what holds and multiplies its category and the total, and what is
# deducted on a condition that asks for it.
_DERIVED = {"category_cap", "weight", "multiplier", "restriction", "limit"}


def _without_a_past(seed: int) -> bool:
    """Whether no earlier results of its own are read: a draft has none, and the oracle would make some."""
    book = worlds.world(seed).rulebook
    nodes = [node for take in under("take", book) if isinstance(take, dict) for node in take.values()]
    own = [node for node in nodes if isinstance(node, dict) and node.get("rulebook") in (None, book["rulebook"])]
    return not any(isinstance(node.get("period"), dict) for node in own)


@pytest.mark.parametrize("seed", [*filter(_without_a_past, worlds.seeds(share=5))])
def test_a_trial_says_what_the_oracle_says_of_both_versions(
    module_url: str, module_database: Database, seed: int
) -> None:
    world = worlds.world(seed)
    county = worlds.settle(module_url, module_database, world)
    draft, changed = _changed(county, Random(seed), world)
    for period in world.periods:
        said = _tried(county, draft, period)
        before, after = _appraised(world, world.rulebook, period), _appraised(world, draft, period)
        where = f"seed {seed}, {period}, {changed}"
        assert _matrix(said) == Counter(_place(before.get(s)) + _place(after.get(s)) for s in {**before, **after}), (
            where
        )
        assert _movers(said) == _expected_movers(before, after), where
        for mover in said["movers"]:
            lines = mover["lines"]
            if mover["before"] and mover["after"]:
                assert sum(Decimal(line["difference"]) for line in lines) == Decimal(mover["difference"]), where
            if period in world.bases:
                moved = {(line["kind"], line["id"]) for line in lines if line["kind"] not in _DERIVED}
                assert moved <= {("indicator", changed), ("cap", changed)}, where
    assert worlds.unsummed(county) == []


@pytest.mark.parametrize("seed", worlds.seeds(share=6))
def test_the_same_rules_under_another_label_change_nothing(
    module_url: str, module_database: Database, seed: int
) -> None:
    """Also where a month was published before half of the events came."""
    world, chance = worlds.world(seed), Random(seed)
    county = County.empty(module_url, module_database)
    worlds.found(county, world)
    half = len(world.events) // 2
    worlds.send(county, world.events[:half])
    worlds.publish(county, chance.choice(world.bases), world.rulebook["rulebook"])
    worlds.send(county, world.events[half:])
    draft = {**world.rulebook, "version": "same"}
    assert _draft(county, draft)
    for period in world.periods:
        said = _tried(county, draft, period)
        assert said["movers"] == [], f"seed {seed}, {period}"
        assert all(one["before"] == one["after"] for one in said["tiers"])
        assert all(one["before"] == one["after"] for one in said["seats"])
        assert said["counts"]["ranks_changed"] == 0


def _changed(county: County, chance: Random, world: World) -> tuple[Node, str]:
    """A draft in which one indicator gives other points, and the indicator."""
    places = range(len(world.rulebook["indicators"]))
    for place in chance.sample(places, len(places)):
        for give in (_doubled, _other_no_data):
            draft = {**copy.deepcopy(world.rulebook), "version": "trial"}
            give(draft["indicators"][place])
            if draft["indicators"] != world.rulebook["indicators"] and _draft(county, draft):
                return draft, draft["indicators"][place]["id"]
    raise AssertionError("no indicator of the world can give anything else")


def _doubled(indicator: Node) -> None:
    if isinstance(indicator["give"], dict):
        indicator["give"] = _twice(indicator["give"])


def _other_no_data(indicator: Node) -> None:
    indicator["no_data"] = {"points": "1"} if indicator["no_data"] != {"points": "1"} else "zero"


def _twice(give: Any) -> Any:
    """The points of a give node, wherever they stand in it, doubled."""
    [(word, said)] = give.items()
    match word:
        case "each":
            found: Any = {**said, "points": _two(said["points"])} if isinstance(said, dict) else _two(said)
        case "bands":
            found = [{**row, "points": _two(row["points"])} for row in said]
        case "table":
            found = {code: _two(points) for code, points in said.items()}
        case "linear":
            found = {**said, "to": [_two(points) for points in said["to"]]}
        case _:
            found = said
    return {word: found}


def _two(points: str) -> str:
    return format(Decimal(points) * 2, "f")


def _draft(county: County, book: Node) -> bool:
    answer = county.hr.post_text("/v1/rulebooks", as_yaml(book), "application/yaml")
    assert answer.status_code in (201, 422), answer.json
    return answer.status_code == 201


def _tried(county: County, book: Node, period: str) -> Node:
    asked = trials.Asked(f"{book['rulebook']}@{book['version']}", parse(period), limit=5000)
    return trials.run(county.database, county.tenant_id, asked)


def _appraised(world: World, book: Node, period: str) -> dict[str, Result]:
    # As though it ruled all of the period.
    first = parse(period).inside(book["periods"]["base"])[0].text
    book = {**book, "effective": {"from": min(book["effective"]["from"], first)}}
    return appraise(book, world.event_types, world.roster, world.events, period, world.others)


def _matrix(said: Node) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for one in said["tiers"]:
        found[_named(one["before"]) + _named(one["after"])] += one["subjects"]
    return found


def _named(place: Node | None) -> tuple[str, ...]:
    return () if place is None else next(iter(place.items()))


def _place(result: Result | None) -> tuple[str, ...]:
    if result is None:
        return ()
    return ("tier", result.tier) if result.tier else ("no_tier", result.no_tier or "-")


def _movers(said: Node) -> dict[str, tuple[bool, Fraction | None]]:
    return {
        one["subject"]: (one["moved"], None if one["difference"] is None else Fraction(one["difference"]))
        for one in said["movers"]
    }


def _expected_movers(before: dict[str, Result], after: dict[str, Result]) -> dict[str, tuple[bool, Fraction | None]]:
    found = {}
    for subject in {**before, **after}:
        old, new = before.get(subject), after.get(subject)
        difference = new.total - old.total if old and new else None
        if (moved := _place(old) != _place(new)) or difference:
            found[subject] = (moved, difference)
    return found
