"""A tier that is filled in later: what is had then, and that nobody else's result changes (invariants 5, 11 and 12)."""

from random import Random
from typing import Any

import psycopg
import pytest

from oracle.result import Result
from tests.computation.town import Opened, Town, people, tiers_of
from tests.oracle.cases import assignment, event, on, rulebook, worked

INVESTIGATED = """
measures:
  - id: open_cases
    title: 正在调查
    take:
      count:
        event: task.closed
        where: {kind: a}
        state: {event: honour.reviewed, same: case, field: decision, counts: [], without: counts, as_of: latest}
    no_data: zero
restrictions:
  - {id: investigated, title: 接受调查, when: {measure: open_cases, at_least: 1}, no_tier: under_investigation}
"""
TIERS = """
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, quota: QUOTA}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
"""
CLEARED = on("2026-03-20")


def book(quota: str = "{seats: 1, ties: none_of_them}", more: str = "") -> dict[str, Any]:
    """The county's rules with an investigation, and this quota for the best tier."""
    return rulebook(INVESTIGATED + TIERS.replace("QUOTA", quota) + more)


def published(opened: Opened, book: dict[str, Any], points: dict[str, str], suspects: str, *events: Any) -> Town:
    """March is published while the suspects were investigated; a year later they are cleared."""
    opening = [event("task.closed", name, case=f"c-{name}", kind="a") for name in suspects.split()]
    town = opened(book, people=people(*points), events=[*worked(points), *opening, *events])
    town.publish("2025-03")
    clear(town, *suspects.split())
    return town


def clear(town: Town, *names: str) -> None:
    """Nothing came of it."""
    town.send(*(event("honour.reviewed", name, CLEARED, case=f"c-{name}", decision="rejected") for name in names))


def complete(town: Town, *names: str) -> dict[str, Result]:
    """Everyone's result once the tiers of these are filled in; the others' are as they were, and all is found again."""
    before = town.results()
    town.complete("2025-03", *(f"worker/{name}" for name in names))
    after = town.results()
    assert {n: r for n, r in after.items() if n not in names} == {n: r for n, r in before.items() if n not in names}
    assert [one.wrong for one in town.verified() if one.wrong] == []
    return after


def test_a_seat_that_was_left_is_had(opened: Opened) -> None:
    town = published(opened, book("{seats: 2, ties: none_of_them}"), {"a": "86", "b": "90", "c": "75"}, "a")
    after = complete(town, "a")
    assert (after["a"].tier, after["a"].rank) == ("excellent", 2)


def test_of_two_for_one_seat_the_greater_total_has_it_however_they_are_named(opened: Opened) -> None:
    points = {"a": "86", "d": "88", "b": "90", "c": "75"}
    for names in (("a", "d"), ("d", "a")):
        town = published(opened, book("{seats: 2, ties: none_of_them}"), points, "a d")
        after = complete(town, *names)
        assert tiers_of(after) == {"a": "competent", "b": "excellent", "c": "competent", "d": "excellent"}
        assert (after["d"].rank, after["a"].rank) == (2, 3)


def test_who_tie_for_the_last_seat_all_miss_it(opened: Opened) -> None:
    points = {"a": "86", "d": "86", "b": "90"}
    town = published(opened, book("{seats: 2, ties: none_of_them}"), points, "a d")
    assert tiers_of(complete(town, "a", "d")) == {"a": "competent", "b": "excellent", "d": "competent"}


@pytest.mark.parametrize(("points", "tier"), [("85", "competent"), ("87", "competent"), ("88", "excellent")])
def test_a_seat_that_stayed_empty_by_a_tie_isnt_had_over_those_who_tied(opened: Opened, points: str, tier: str) -> None:
    town = published(opened, book(), {"a": points, "b": "87", "c": "87"}, "a")
    assert complete(town, "a")["a"].tier == tier


def test_the_share_is_that_of_the_revision_that_computed_everybody(opened: Opened) -> None:
    """Four appraised make two seats of 50 %; with both who are completed there would be three."""
    points = {"a": "91", "b": "90", "c": "89", "d": "75", "e": "71", "f": "95"}
    quota = "{at_most: 50%, of: appraised, rounding: down, ties: none_of_them}"
    town = published(opened, book(quota), points, "a f")
    assert tiers_of(town.results())["c"] == "excellent"
    assert complete(town, "a")["a"].tier == "competent"
    after = complete(town, "f")
    assert (after["f"].tier, after["f"].rank, after["a"].rank) == ("competent", 1, 1)


def test_a_pool_too_small_for_the_quota_has_none_then_either(opened: Opened) -> None:
    more = "peer_groups: {by: [], min_size: 4, small_groups: keep_apart}"
    town = published(opened, book(more=more), {"a": "99", "b": "90", "c": "86"}, "a")
    assert tiers_of(complete(town, "a")) == dict.fromkeys("abc", "excellent")


def test_ceilings_vetoes_and_gates_hold_as_they_do_now(opened: Opened) -> None:
    more = """
negative_list:
  - {id: complaint, title: 投诉, severity: serious, event: violation.complaint, deduct: 1, ceiling: competent}
  - {id: safety, title: 安全, severity: grave, event: violation.safety, deduct: 1, veto: incompetent}
"""
    happened = (event("violation.complaint", "a"), event("violation.safety", "d"))
    points = {"a": "99", "d": "99", "b": "80"}
    town = published(opened, book(more=more), points, "a d", *happened)
    after = complete(town, "a", "d")
    assert [(after[n].tier, after[n].rank) for n in "ad"] == [("competent", 1), ("incompetent", None)]


def test_the_place_is_the_one_that_was_published(opened: Opened) -> None:
    """Who moved to another post since is ranked among its former peers, whose number stays."""
    more = """
peer_groups: {by: [post], min_size: 1, small_groups: keep_apart}
lists:
  - {id: whole, title: 全县, by: [], method: dense}
  - {id: heads, title: 正职, by: [], posts: [head], method: competition}
"""
    town = published(opened, book("{seats: 9, ties: none_of_them}", more), {"a": "80", "b": "90", "c": "75"}, "a")
    town.state({"id": "a", "assignments": [assignment(post="head")]})
    complete(town, "a")
    said = town.result("worker/a")
    assert (said["group"], said["post"], said["rank"], said["due"]) == ("staff", "staff", 2, 3)
    assert [(one["id"], one["rank"]) for one in said["lists"]] == [("whole", 2)]


def test_outcomes_follow_from_the_tier_and_not_from_a_place_that_others_have(opened: Opened) -> None:
    more = """
outcomes:
  - id: award
    title: 奖励
    in: month
    when: {tier: [excellent, competent]}
    value: {tier: {excellent: 2, competent: 1, incompetent: 0}}
  - {id: talk, title: 约谈, in: month, when: {bottom: 1, of: peer_group, ties: all_of_them}}
  - {id: praise, title: 表扬, in: month, when: {top: 1, of: peer_group, ties: all_of_them}}
"""
    town = published(opened, book(more=more), {"a": "99", "d": "10", "b": "90", "c": "75"}, "a d")
    complete(town, "a", "d")
    had = {name: [one["id"] for one in town.result(f"worker/{name}")["outcomes"]] for name in "abcd"}
    assert had == {"a": ["award"], "b": ["award", "praise"], "c": ["award", "talk"], "d": []}


@pytest.mark.parametrize("seed", range(6))
def test_seats_as_they_are_counted_by_hand(opened: Opened, seed: int) -> None:
    """Invariant 11: never more than the share of the first revision, whoever is completed and however they tie."""
    chance = Random(seed)
    points = {f"w{n:02}": str(chance.choice([60, 72, 85, 86, 87, 90])) for n in range(14)}
    suspects = chance.sample(sorted(points), 5)
    share = chance.choice([20, 30, 40])
    quota = f"{{at_most: {share}%, of: appraised, rounding: down, ties: none_of_them}}"
    town = published(opened, book(quota), points, " ".join(suspects))
    before, named = town.results(), chance.sample(suspects, 3)
    seats = 9 * share // 100
    claims = [int(points[name]) for name in points if int(points[name]) >= 85]
    had = [name for name, result in before.items() if result.tier == "excellent"]
    waiting = [n for n in points if int(points[n]) >= 85 and n not in had and (n in named or n not in suspects)]
    after = complete(town, *named)
    assert claims
    for name in named:
        ahead = sum(int(points[other]) >= int(points[name]) for other in waiting)
        seat = int(points[name]) >= 85 and ahead <= seats - len(had)
        tier = "excellent" if seat else "competent" if int(points[name]) >= 70 else "incompetent"
        others = [int(points[other]) for other in points if other not in suspects or other in named]
        assert after[name].tier == tier
        assert after[name].rank == 1 + sum(other > int(points[name]) for other in others)
    assert sum(result.tier == "excellent" for result in after.values()) <= seats


def test_a_correction_afterwards_computes_everybody_again(opened: Opened) -> None:
    """The completion is then nothing special: who has more has the seat."""
    town = published(opened, book(), {"a": "99", "b": "90", "c": "75"}, "a")
    assert complete(town, "a")["a"].tier == "competent"
    town.correct("2025-03")
    assert tiers_of(town.results()) == {"a": "excellent", "b": "competent", "c": "competent"}
    assert {one.revision: one.wrong for one in town.verified()} == {1: [], 2: [], 3: []}


@pytest.mark.parametrize(
    ("revision", "name", "wrong"), [(1, "b", {1, 2}), (2, "b", {2, 3}), (2, "a", {2, 3}), (3, "a", {3}), (3, "d", {3})]
)
def test_whatever_is_changed_of_a_completion_is_noticed(
    opened: Opened, revision: int, name: str, wrong: set[int]
) -> None:
    """Invariant 5: in the revision itself, and in the one that carries it."""
    town = published(opened, book(), {"a": "99", "b": "90", "c": "75", "d": "80"}, "a d")
    complete(town, "a")
    complete(town, "d")
    with psycopg.connect(town.county.url) as owner:
        changed = owner.execute(
            "UPDATE result SET total = total + 0.01 FROM run r, subject s WHERE result.tenant_id = %(tenant)s"
            " AND r.tenant_id = result.tenant_id AND r.run_no = result.run_no AND r.revision = %(revision)s"
            " AND s.tenant_id = result.tenant_id AND s.subject_no = result.subject_no AND s.id = %(name)s",
            {"tenant": town.county.tenant_id, "revision": revision, "name": name},
        )
        assert changed.rowcount == 1
    assert {one.revision for one in town.verified() if one.wrong} == wrong
