"""Hand-computed cases of lists and outcomes: further ranks, the first and the last, and numbers that go with them."""

from fractions import Fraction
from typing import Any

import pytest

from tests.oracle.cases import assignment, community_book, event, placed, results, roster, rulebook, worked

FOUR = {"a": "90", "b": "80", "c": "80", "d": "70"}


def outcome(when: str, also: str = "") -> dict[str, Any]:
    return rulebook(f"outcomes: [{{id: talk, title: t, in: month, when: {when}}}]\n{also}")


def talked_to(found: dict[str, Any]) -> list[str]:
    return sorted(who for who, one in found.items() if one.outcomes == (("talk", None),))


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("bottom: 1, of: peer_group, ties: all_of_them", "d"),
        ("bottom: 2, of: peer_group, ties: all_of_them", "bcd"),
        ("bottom: 2, of: peer_group, ties: none_of_them", "d"),
        ("bottom: 3, of: peer_group, ties: none_of_them", "bcd"),
        ("top: 1, of: peer_group, ties: all_of_them", "a"),
        ("top: 2, of: peer_group, ties: all_of_them", "abc"),
        ("top: 2, of: peer_group, ties: none_of_them", "a"),
        ("top: 9, of: peer_group, ties: none_of_them", "abcd"),
        # Of four, 30 % are 1.2.
        ("bottom: 30%, of: peer_group, rounding: down, ties: all_of_them", "d"),
        ("bottom: 30%, of: peer_group, rounding: up, ties: all_of_them", "bcd"),
        ("bottom: 10%, of: peer_group, rounding: down, ties: all_of_them", ""),
    ],
)
def test_the_first_and_the_last_of_a_pool(words: str, who: str) -> None:
    assert "".join(talked_to(placed(outcome(f"{{{words}}}"), FOUR))) == who


def test_a_peer_group_of_one_has_no_bottom_and_no_top() -> None:
    for end in ("bottom", "top"):
        book = outcome(f"{{{end}: 1, of: peer_group, ties: all_of_them}}")
        assert placed(book, {"a": "3"})["a"].outcomes == ()


def test_a_pool_below_min_size_has_no_bottom() -> None:
    small = "peer_groups: {by: [], min_size: 5, small_groups: keep_apart}\n"
    assert talked_to(placed(outcome("{bottom: 1, of: peer_group, ties: all_of_them}", small), FOUR)) == []


def test_who_is_not_ranked_is_neither_first_nor_last() -> None:
    book = outcome(
        "{not: {bottom: 3, of: peer_group, ties: all_of_them}}",
        "negative_list: [{id: v, title: v, severity: grave, event: violation.safety, veto: incompetent}]\n",
    )
    found = results(book, [*worked(FOUR), event("violation.safety", "d")])
    assert talked_to(found) == ["d"]


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("{tier: [competent]}", "bcd"),
        ("{tier: [excellent, incompetent]}", "a"),
        ("{total_at_least: 80}", "abc"),
        ("{total_below: 80}", "de"),
        ("{not: {tier: [competent]}}", "ae"),
        ("[{tier: [competent]}, {indicator: work, below: 80}]", "d"),
        ("{posts: [staff]}", "abcde"),
        ("{measure: gone, at_least: 1}", ""),
    ],
)
def test_an_outcome_follows_for_every_member_for_whom_it_holds(when: str, who: str) -> None:
    book = outcome(when, "participation: {min_service_days: {month: 9}}\n")
    people = roster(*FOUR, e=[assignment(since="2025-03-25")])
    found = results(book, worked(FOUR), people)
    assert (found["e"].tier, "".join(talked_to(found))) == (None, who)


def test_numbers_go_with_outcomes() -> None:
    book = rulebook("""
numbers: {measure_decimals: 2, step: 0.01}
participation: {min_service_days: {month: 9}}
outcomes:
  - {id: pay, title: p, in: month, value: {tier: {excellent: 1.2, competent: 1, incompetent: 0}}}
  - {id: reward, title: r, in: month, when: {total_at_least: 0}, value: {total: {each: {points: 1.235, over: 80}}}}
  - {id: known, title: k, in: month, when: {posts: [staff]},
     value: {tier: {excellent: 3, competent: 2, incompetent: 1}}}
  - {id: never, title: n, in: year, value: {tier: {excellent: 1, competent: 1, incompetent: 1}}}
""")
    people = roster("a", "b", c=[assignment(since="2025-03-25")])
    found = results(book, worked({"a": "91", "b": "1"}), people)
    # 11 × 1.235 = 13.585, half away from zero.
    assert found["a"].outcomes == (("pay", Fraction("1.2")), ("reward", Fraction("13.59")), ("known", 3))
    assert found["b"].outcomes == (("pay", 0), ("reward", 0), ("known", 1))
    assert found["c"].outcomes == (("reward", 0), ("known", None))


LISTS = """
peer_groups: {by: [organisation], min_size: 1, small_groups: keep_apart}
negative_list: [{id: v, title: v, severity: grave, event: violation.safety, veto: incompetent}]
lists:
  - {id: all, title: a, by: [], method: competition}
  - {id: dense, title: d, by: [], method: dense}
  - {id: streets, title: s, by: [street, post], posts: [staff], method: competition}
"""
PEOPLE = roster(
    "a",
    b=[assignment("pine")],
    c=[assignment("yh-west")],
    d=[assignment("yh-east", "head")],
    e=[assignment("lotus-1")],
    f=[assignment()],
)
TOTALS = {"a": "90", "b": "80", "c": "80", "d": "70", "e": "60", "f": "99"}


def test_further_lists_of_the_ranked() -> None:
    found = results(rulebook(LISTS), [*worked(TOTALS), event("violation.safety", "f")], PEOPLE)
    assert {who: one.lists for who, one in found.items()} == {
        "a": (("all", "*", 1), ("dense", "*", 1), ("streets", "yh-east/staff", 1)),
        "b": (("all", "*", 2), ("dense", "*", 2), ("streets", "yh-east/staff", 2)),
        "c": (("all", "*", 2), ("dense", "*", 2), ("streets", "yh-west/staff", 1)),
        "d": (("all", "*", 4), ("dense", "*", 3)),
        "e": (("all", "*", 5), ("dense", "*", 4), ("streets", "yh-east/staff", 3)),
        "f": (),
    }


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("bottom: 1, of: all, ties: all_of_them", "e"),
        ("top: 2, of: all, ties: none_of_them", "a"),
        # yh-west has one, who is alone; of yh-east the last, and d is in no such list.
        ("bottom: 1, of: streets, ties: all_of_them", "e"),
        ("top: 1, of: streets, ties: all_of_them", "a"),
        # Two thirds of the three in yh-east.
        ("top: 67%, of: streets, rounding: down, ties: all_of_them", "ab"),
    ],
)
def test_the_first_and_the_last_of_a_list(words: str, who: str) -> None:
    book = outcome(f"{{{words}}}", LISTS)
    found = results(book, [*worked(TOTALS), event("violation.safety", "f")], PEOPLE)
    assert "".join(talked_to(found)) == who


def test_a_list_of_some_kinds_of_organisation() -> None:
    book = community_book(
        "applies_to: {kinds: [community, street], under: yunhe, except: [yh-west]}\n"
        "peer_groups: {by: [kind, street], min_size: 1, small_groups: keep_apart}\n"
        "lists: [{id: c, title: c, by: [street], kinds: [community], method: dense}]\n"
    )
    found = results(book, worked({"organisation/lotus": "80", "organisation/pine": "90"}), roster("a"))
    assert {place: (one.group, one.rank, one.lists) for place, one in found.items()} == {
        "yh-east": ("street/yh-east", 1, ()),
        "lotus": ("community/yh-east", 2, (("c", "yh-east", 2),)),
        "pine": ("community/yh-east", 1, (("c", "yh-east", 1),)),
    }


def test_an_organisation_serves_every_day_and_is_its_own_place() -> None:
    book = community_book(
        "peer_groups: {by: [organisation], min_size: 1, small_groups: keep_apart}\n"
        "measures: [{id: m, title: m, take: service_days, no_data: unmet}]\n"
        "participation: {min_service_days: {month: 31}}\n"
    )
    found = results(book, [], roster("a"))
    assert [(one.group, one.measures[0][1], one.no_tier) for one in found.values()] == [
        ("lotus", 31, None),
        ("pine", 31, None),
    ]


def test_those_at_or_below_an_exception_are_not_in_the_cohort() -> None:
    book = rulebook("applies_to: {posts: [staff, head], under: yunhe, except: [lotus, yh-west]}")
    people = roster("a", b=[assignment("lotus-1")], c=[assignment("pine")], d=[assignment("yh-west")])
    moved = roster("a", e=[assignment(to="2025-03-20"), assignment("pine", since="2025-03-20", to="2025-03-25")])
    assert list(results(book, [], people)) == ["c"]
    assert list(results(book, [], moved)) == ["e"]
