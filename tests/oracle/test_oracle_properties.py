"""What holds in every world: of the results, and of the worlds themselves."""

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import HealthCheck, given, settings

from tests.oracle import Result, appraise
from tests.oracle.exact import exact, share
from tests.oracle.strategies import World, world

quick = settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def appraisals(any_world: World) -> list[dict[str, Result]]:
    """The results of every period of the world."""
    return [
        appraise(any_world.rulebook, any_world.event_types, any_world.roster, any_world.events, period)
        for period in any_world.periods
    ]


@quick
@given(world())
def test_lines_add_up_and_everyone_is_placed_once(any_world: World) -> None:
    step = exact(any_world.rulebook["numbers"]["step"])
    limits = any_world.rulebook["total"]
    for results in appraisals(any_world):
        for result in results.values():
            assert sum((line.points for line in result.lines), Fraction(0)) == result.total
            assert all((line.points / step).denominator == 1 for line in result.lines)
            assert exact(limits["min"]) <= result.total <= exact(limits["max"])
            assert (result.tier is None) != (result.no_tier is None)
            assert result.no_tier is None or (result.rank is None and not result.outcomes)


@quick
@given(world())
def test_a_quota_is_never_exceeded_in_a_pool_of_full_size(any_world: World) -> None:
    min_size = int(any_world.rulebook["peer_groups"]["min_size"])
    quotas = {tier["id"]: tier["quota"] for tier in any_world.rulebook["tiers"] if "quota" in tier}
    for results in appraisals(any_world):
        pools: dict[str, list[Result]] = defaultdict(list)
        for result in results.values():
            pools[result.group].append(result)
        for pool in pools.values():
            ranked_in = Counter(result.tier for result in pool if result.rank is not None)
            for tier, quota in quotas.items():
                # However the seats are rounded, and whatever they are counted on, there are no more.
                assert len(pool) < min_size or ranked_in[tier] <= ceil(len(pool) * share(quota["at_most"]))


@quick
@given(world())
def test_ranks_follow_totals_within_a_pool(any_world: World) -> None:
    for results in appraisals(any_world):
        ranked = [result for result in results.values() if result.rank is not None]
        for one in ranked:
            greater = [other for other in ranked if other.group == one.group and other.total > one.total]
            assert one.rank == 1 + len(greater)


@quick
@given(world())
def test_the_order_of_events_never_matters(any_world: World) -> None:
    period = any_world.periods[-1]
    inputs = (any_world.rulebook, any_world.event_types, any_world.roster)
    assert appraise(*inputs, any_world.events, period) == appraise(*inputs, any_world.events[::-1], period)


@quick
@given(world())
def test_worlds_are_valid(any_world: World) -> None:
    book = any_world.rulebook
    sheets = [book["indicators"], book.get("bonus", {}).get("items", []), book.get("negative_list", [])]
    parts = book.get("rollup", {}).get("year", {}).get("parts", [])
    ids = [item["id"] for items in [*sheets, parts] for item in items]
    assert len(ids) == len(set(ids))
    assert sum(Decimal(category["max"]) for category in book["categories"]) == Decimal(book["total"]["full"])
    low, full, high = (Decimal(book["total"][word]) for word in ("min", "full", "max"))
    assert low <= 0 <= full <= high
    assert not parts or sum(share(part["weight"]) for part in parts) == 1
    *thresholds, last = book["tiers"]
    bounds = [Decimal(tier["total_at_least"]) for tier in thresholds]
    assert "otherwise" in last
    assert bounds == sorted(set(bounds), reverse=True)
    assert all(low <= bound <= high for bound in bounds)
    _check_events(any_world)


def _check_events(any_world: World) -> None:
    """Every event has the fields that its type requires, and a period where its type is dated by one."""
    for event in any_world.events:
        event_type = any_world.event_types[event["type"]]
        required = {field for field, shape in event_type["fields"].items() if shape["required"]}
        assert required <= set(event["data"]) <= set(event_type["fields"])
        assert ("period" in event) == (event_type["dated_by"] == "period")
