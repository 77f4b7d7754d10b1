"""Hand-computed cases of conditions, measures, and what restrictions do to a tier."""

from fractions import Fraction
from typing import Any

import pytest

from tests.oracle.cases import (
    assignment,
    attribute,
    attributed,
    community_book,
    event,
    results,
    roster,
    rulebook,
    worked,
    written,
)

VISITS = "take: {count: {event: visit.done}}"


def measure_book(no_data: str, when: str, take: str = VISITS) -> dict[str, Any]:
    """A rulebook that says `talk` of everybody for whom a condition on the measure `m` holds."""
    return rulebook(
        f"measures: [{{id: m, title: m, {take}, no_data: {no_data}}}]\n"
        f"outcomes: [{{id: talk, title: t, in: month, when: {when}}}]\n"
    )


def follows(book: dict[str, Any], visits: int) -> bool:
    result = results(book, [event("visit.done", minutes=7) for _ in range(visits)], roster("a"))["a"]
    return bool(result.outcomes == (("talk", None),))


@pytest.mark.parametrize(
    ("no_data", "when", "without", "with_two"),
    [
        ("unmet", "{measure: m, at_least: 2}", False, True),
        ("unmet", "{measure: m, below: 2}", False, False),
        ("unmet", "{not: {measure: m, at_least: 2}}", False, False),
        ("unmet", "{not: {measure: m, below: 2}}", False, True),
        ("unmet", "{not: {not: {measure: m, below: 2}}}", False, False),
        ("zero", "{measure: m, below: 2}", True, False),
        ("zero", "{not: {measure: m, at_least: 2}}", True, False),
        ("{number: 5}", "{measure: m, at_least: 2}", True, True),
        ("unmet", "{any: [{measure: m, below: 2}, {posts: [staff]}]}", True, True),
        ("unmet", "{all: [{measure: m, at_least: 2}, {posts: [staff]}]}", False, True),
        # What is open doesn't decide where another condition does: both is already no, so not both is yes.
        ("unmet", "{not: {all: [{measure: m, at_least: 2}, {posts: [head]}]}}", True, True),
        ("unmet", "{not: {any: [{measure: m, at_least: 2}, {posts: [head]}]}}", False, False),
        ("unmet", "[{measure: m, at_least: 2}, {posts: [staff]}]", False, True),
        ("unmet", "{measure: elsewhere, at_least: 2}", False, False),
        ("unmet", "{not: {measure: elsewhere, at_least: 2}}", False, False),
    ],
)
def test_an_unmet_measure_holds_neither_way(no_data: str, when: str, without: bool, with_two: bool) -> None:
    book = measure_book(no_data, when)
    assert (follows(book, 0), follows(book, 2)) == (without, with_two)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no_data: zero", (0, None)),
        ("no_data: unmet", (None, None)),
        ("no_data: {number: 2.5}", (Fraction("2.5"), None)),
        ("no_data: {code: junior}", (None, "junior")),
    ],
)
def test_what_stands_in_for_a_measure_without_data(words: str, said: Any) -> None:
    book = rulebook(f"measures: [{{id: m, title: m, take: {{attribute: {{name: rank}}}}, {words}}}]")
    assert results(book, [], roster("a"))["a"].measures == (("m", *said),)
    known = results(book, [], attributed(roster("a"), a=[attribute("rank", "senior")]))["a"]
    assert known.measures == (("m", None, "senior"),)


def test_a_measure_is_given_rounded_and_asked_as_it_is_displayed() -> None:
    book = rulebook(
        "measures:\n"
        "  - {id: third, title: t, take: {mean: {event: visit.done}}, give: {each: 0.1}, no_data: unmet}\n"
        "  - {id: code, title: c, take: {attribute: {name: rank}}, give: {table: {senior: 2}}, no_data: {number: 7}}\n"
        "  - {id: year, title: y, take: {fixed: 1}, no_data: unmet, in: [year]}\n"
        "outcomes: [{id: talk, title: t, in: month, when: {measure: third, at_least: 0.1333}}]\n"
    )
    visits = [event("visit.done", minutes=minutes) for minutes in (1, 1, 2)]
    result = results(book, visits, attributed(roster("a"), a=[attribute("rank", "odd")]))["a"]
    # 4 ÷ 3 = 1.3333, a tenth of it 0.13333, as a measure 0.1333.
    assert result.measures == (("third", Fraction("0.1333"), None), ("code", 7, None))
    assert result.outcomes == (("talk", None),)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("{measure: m, is: [senior, expert]}", ["a"]),
        ("{not: {measure: m, is: [senior]}}", ["b"]),
        ("{posts: [head]}", ["b"]),
        ("{negative: n}", ["c"]),
        ("{no_negative: [minor]}", ["a", "b"]),
        ("{no_negative: [grave]}", ["a", "b", "c"]),
        ("{indicator: work, at_least: 80}", ["a"]),
        ("{indicator: work, below: 80}", ["b", "c"]),
        ("{category: duty, at_least: 80}", ["a"]),
    ],
)
def test_what_may_be_asked(when: str, who: list[str]) -> None:
    book = measure_book("unmet", when, "take: {attribute: {name: rank}}")
    book["negative_list"] = written("[{id: n, title: n, severity: minor, event: violation.safety}]")
    people = attributed(
        roster("a", "c", b=[assignment(post="head")]), a=[attribute("rank", "senior")], b=[attribute("rank", "junior")]
    )
    found = results(book, [*worked({"a": "80", "b": "79.99"}), event("violation.safety", "c")], people)
    assert sorted(who for who, one in found.items() if one.outcomes) == who


def test_a_category_is_asked_after_its_weight() -> None:
    book = rulebook(
        "categories: [{id: duty, title: d, max: 100, weight: 50%}]\n"
        "outcomes: [{id: talk, title: t, in: month, when: {category: duty, at_least: 40}}]\n"
    )
    found = results(book, worked({"a": "80", "b": "79"}))
    assert [bool(one.outcomes) for one in found.values()] == [True, False]


def restricted(effect: str, when: str = "{indicator: work, below: 95}", also: str = "") -> dict[str, Any]:
    return rulebook(f"restrictions: [{{id: r, title: r, when: {when}, {effect}}}]\n{also}")


@pytest.mark.parametrize(
    ("effect", "tier", "no_tier", "rank"),
    [
        ("deduct: 10", "competent", None, 1),
        ("ceiling: competent", "competent", None, 1),
        ("tier: incompetent", "incompetent", None, None),
        ("no_tier: probation", None, "probation", None),
    ],
)
def test_what_a_restriction_does(effect: str, tier: str, no_tier: str, rank: int) -> None:
    result = results(restricted(effect), worked({"a": "90"}))["a"]
    assert (result.tier, result.no_tier, result.rank) == (tier, no_tier, rank)
    free = results(restricted(effect), worked({"a": "95"}))["a"]
    assert (free.tier, free.no_tier, free.rank) == ("excellent", None, 1)


def test_the_worst_of_a_restrictions_tier_and_a_veto_holds() -> None:
    negative = "negative_list: [{id: n, title: n, severity: grave, event: violation.safety, veto: competent}]\n"
    for effect, tier in (("tier: incompetent", "incompetent"), ("tier: excellent", "competent")):
        events = [*worked({"a": "90"}), event("violation.safety")]
        assert results(restricted(effect, also=negative), events)["a"].tier == tier


def test_reasons_for_no_tier_come_in_their_order() -> None:
    book = rulebook("""
participation: {min_service_days: {month: 15}}
indicators: [{id: work, title: w, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100,
              no_data: missing}]
restrictions:
  - {id: one, title: o, when: {posts: [head]}, no_tier: long_leave}
  - {id: two, title: t, when: {any: [{posts: [head]}, {negative: n}]}, no_tier: other}
negative_list: [{id: n, title: n, severity: minor, event: violation.safety, veto: incompetent}]
""")
    people = roster("c", "d", a=[assignment(post="head", to="2025-03-10")], b=[assignment(post="head")])
    found = results(book, [event("violation.safety", who) for who in ("b", "c")], people)
    assert {who: one.no_tier for who, one in found.items()} == {
        "a": "service_short",
        "b": "long_leave",
        "c": "other",
        "d": "data_missing",
    }


@pytest.mark.parametrize(
    ("order", "into"), [("before_limit", "title: b"), ("after_limit", "title: b"), ("before_weights", "into: duty")]
)
def test_an_ignored_bonus_lifts_no_tier_and_stays_in_the_total(order: str, into: str) -> None:
    changes = (
        f"orders: {{bonus: {order}, quota: after_ceilings}}\n"
        f"bonus: {{max: 10, {into}, items: [{{id: b, title: b, {VISITS}, give: {{each: 5}}}}]}}\n"
    )
    events = [*worked({"a": "84", "b": "70"}), event("visit.done", minutes=1), event("violation.safety")]
    negative = "negative_list: [{id: n, title: n, severity: minor, event: violation.safety}]\n"
    result = results(restricted("bonus: ignored", "{negative: n}", changes + negative), events)["a"]
    assert (result.total, result.tier, result.rank) == (89, "competent", 1)
    lifted = results(restricted("bonus: ignored", "{not: {negative: n}}", changes + negative), events)["a"]
    assert (lifted.total, lifted.tier) == (89, "excellent")


def test_gates_and_restrictions_that_name_what_the_sheet_lacks_are_passed_over() -> None:
    gates = (
        "gates: [{any: [{indicator: work, at_least: 1}, {measure: year, at_least: 1}]}, {not: {posts: [staff]}}, "
        "{measure: m, at_least: 1}, {negative: n}, {all: [{category: gone, at_least: 1}]}]"
    )
    book = rulebook(
        "measures: [{id: m, title: m, take: {fixed: 1}, no_data: unmet}, "
        "{id: year, title: y, take: {fixed: 0}, no_data: unmet, in: [year]}]\n"
        "negative_list: [{id: n, title: n, severity: minor, event: violation.safety}]\n"
        "tiers: [{id: excellent, title: e, total_at_least: 0, " + gates + "}, {id: last, title: l, otherwise: true}]\n"
        "restrictions: [{id: r, title: r, when: {any: [{measure: year, below: 1}, {posts: [staff]}]}, deduct: 1}]\n"
    )
    result = results(book, worked({"a": "90"}))["a"]
    assert result.gates == (("excellent", 1, False), ("excellent", 2, True), ("excellent", 3, False))
    assert result.total == 90


def test_the_post_of_an_organisation_is_its_kind() -> None:
    book = community_book("outcomes: [{id: talk, title: t, in: month, when: {posts: [community]}}]")
    found = results(book, worked({"organisation/lotus": "90"}), roster("a"))
    assert {place: (one.total, bool(one.outcomes)) for place, one in found.items()} == {
        "lotus": (90, True),
        "pine": (0, True),
    }
