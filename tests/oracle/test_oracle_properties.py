"""What holds of the results in every world."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import HealthCheck, given, settings

from oracle import Result, appraise
from oracle.exact import exact
from tests.oracle.strategies import World, world

quick = settings(max_examples=12, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def appraisals(one: World) -> Iterator[dict[str, Result]]:
    """The results of every period of the world."""
    for period in one.periods:
        yield appraise(one.rulebook, one.event_types, one.roster, one.events, period, one.others)


@quick
@given(world())
def test_lines_add_up_and_everyone_is_placed_once(one: World) -> None:
    step = exact(one.rulebook["numbers"]["step"])
    limits, order = one.rulebook["total"], one.rulebook["orders"]["bonus"]
    for results in appraisals(one):
        for result in results.values():
            assert sum((line.points for line in result.lines), Fraction(0)) == result.total
            assert all((line.points / step).denominator == 1 for line in result.lines)
            bonus = sum((line.points for line in result.lines if _is_bonus(one, line.kind, line.id)), Fraction(0))
            under_limit = result.total - bonus if order == "after_limit" else result.total
            assert exact(limits["min"]) <= under_limit <= exact(limits["max"])
            assert (result.tier is None) != (result.no_tier is None)
            assert result.rank is None or result.no_tier is None
            assert not result.lists or result.rank is not None


@quick
@given(world())
def test_seats_are_never_exceeded_in_a_pool_of_full_size(one: World) -> None:
    min_size = int(one.rulebook["peer_groups"]["min_size"])
    quotas = {tier["id"]: tier["quota"] for tier in one.rulebook["tiers"] if "seats" in tier.get("quota", {})}
    for results in appraisals(one):
        pools: dict[str, list[Result]] = defaultdict(list)
        for result in results.values():
            pools[result.group].append(result)
        for pool in pools.values():
            having = Counter(result.tier for result in pool)
            for tier, quota in quotas.items():
                assert len(pool) < min_size or having[tier] <= int(quota["seats"])


@quick
@given(world())
def test_ranks_follow_totals_within_a_pool(one: World) -> None:
    for results in appraisals(one):
        ranked = [result for result in results.values() if result.rank is not None]
        for result in ranked:
            greater = [other for other in ranked if other.group == result.group and other.total > result.total]
            assert result.rank == 1 + len(greater)


@quick
@given(world())
def test_the_order_of_events_and_people_never_matters(one: World) -> None:
    people = {kind: those[::-1] for kind, those in one.roster.items()}
    for period in one.periods[-1:]:
        there = appraise(one.rulebook, one.event_types, one.roster, one.events, period, one.others)
        back = appraise(one.rulebook, one.event_types, people, one.events[::-1], period, one.others)
        assert there == back


def _is_bonus(one: World, kind: str, identifier: str) -> bool:
    """Whether a line is of the bonus: an item of it, its cap, or what is over all of them."""
    nodes = [one.rulebook, *one.rulebook.get("rollup", {}).values()]
    items = {item["id"] for node in nodes for item in node.get("bonus", {"items": []})["items"]}
    return kind == "bonus_cap" or (kind in ("bonus", "cap") and identifier in items)
