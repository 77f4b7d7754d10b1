"""Hand-computed cases of quotas: every kind of them, ceilings before and after seats, tie-breaks by measures."""

from typing import Any

import pytest

from tests.oracle.cases import assignment, attribute, attributed, event, placed, results, roster, rulebook, worked

CEILING = (
    "negative_list: [{id: c, title: c, severity: serious, event: violation.complaint, ceiling: competent}, "
    "{id: v, title: v, severity: grave, event: violation.safety, veto: incompetent}]\n"
)


def tiers(best: str, middle: str = "", last: str = "", order: str = "after_ceilings") -> str:
    """Three tiers from 85, from 70, and below, with these quotas."""
    quotas = [f", quota: {{{words}}}" if words else "" for words in (best, middle, last)]
    return f"""
orders: {{bonus: before_limit, quota: {order}}}
tiers:
  - {{id: excellent, title: 优秀, total_at_least: 85{quotas[0]}}}
  - {{id: competent, title: 称职, total_at_least: 70{quotas[1]}}}
  - {{id: incompetent, title: 不称职, otherwise: true{quotas[2]}}}
"""


def of(found: dict[str, Any], tier: str) -> list[str]:
    return sorted(who for who, one in found.items() if one.tier == tier)


FIVE = {"a": "99", "b": "98", "c": "97", "d": "96", "e": "95"}


def test_so_many_seats() -> None:
    words = "seats: 2, ties: none_of_them"
    assert of(placed(rulebook(tiers(words)), FIVE), "excellent") == ["a", "b"]
    assert of(placed(rulebook(tiers(words)), FIVE | {"b": "97"}), "excellent") == ["a"]


@pytest.mark.parametrize(
    ("order", "excellent", "competent"),
    [
        # a has a ceiling, b a veto: without regard to them the seats are theirs, and stay empty.
        ("before_ceilings", [], ["a", "c", "d", "e"]),
        ("after_ceilings", ["c", "d"], ["a", "e"]),
    ],
)
def test_the_seats_of_the_barred_stay_empty_or_are_given_to_others(
    order: str, excellent: list[str], competent: list[str]
) -> None:
    book = rulebook(tiers("seats: 2, ties: none_of_them", order=order) + CEILING)
    events = [*worked(FIVE), event("violation.complaint", "a"), event("violation.safety", "b")]
    found = results(book, events)
    assert (of(found, "excellent"), of(found, "competent"), found["b"].tier) == (excellent, competent, "incompetent")
    assert [one.rank for one in found.values()] == [1, None, 2, 3, 4]


def test_a_barred_candidate_takes_a_seat_of_the_tier_that_is_open_to_it() -> None:
    words = ("seats: 1, ties: none_of_them", "seats: 2, ties: none_of_them")
    for order, excellent, competent in (("before_ceilings", [], ["a", "b"]), ("after_ceilings", ["b"], ["a", "c"])):
        book = rulebook(tiers(*words, order=order) + CEILING)
        found = results(book, [*worked(FIVE), event("violation.complaint", "a")])
        assert (of(found, "excellent"), of(found, "competent")) == (excellent, competent)


@pytest.mark.parametrize(
    ("share", "rounding", "ties", "last"),
    [
        # Of five, 30 % are 1.5; d and e are equal.
        ("30%", "down", "all_of_them", ["d", "e"]),
        ("30%", "down", "none_of_them", []),
        ("30%", "up", "none_of_them", ["d", "e"]),
        ("30%", "half_up", "none_of_them", ["d", "e"]),
        ("50%", "down", "none_of_them", ["d", "e"]),
        ("50%", "up", "none_of_them", ["c", "d", "e"]),
        ("50%", "up", "all_of_them", ["c", "d", "e"]),
        ("0%", "up", "all_of_them", []),
    ],
)
def test_so_many_of_the_last_are_in_no_better_tier(share: str, rounding: str, ties: str, last: list[str]) -> None:
    words = f"at_least: {share}, of: ranked, rounding: {rounding}, ties: {ties}"
    found = placed(rulebook(tiers("", last=words)), FIVE | {"d": "95"})
    assert of(found, "incompetent") == last
    assert len(of(found, "excellent")) == 5 - len(last)


def test_fifteen_eighty_five() -> None:
    book = rulebook(
        tiers(
            "at_most: 15%, of: due, rounding: half_up, ties: none_of_them",
            "about: 80%, of: due",
            "at_least: 5%, of: due, rounding: up, ties: all_of_them",
        )
    )
    found = placed(book, {f"w{n:02}": str(99 - n / 4) for n in range(22)})
    # 3.3 seats are 3; of 22, 1.1 are 2 who can be in no better tier.
    assert [len(of(found, tier)) for tier in ("excellent", "competent", "incompetent")] == [3, 17, 2]
    assert of(found, "incompetent") == ["w20", "w21"]


def test_a_small_pool_knows_no_quota_of_any_kind() -> None:
    small = "peer_groups: {by: [], min_size: 6, small_groups: pool_in_tenant}\n"
    words = tiers("seats: 0, ties: none_of_them", last="at_least: 50%, of: due, rounding: up, ties: all_of_them")
    assert len(of(placed(rulebook(words + small), FIVE), "excellent")) == 5


@pytest.mark.parametrize(
    ("shares", "seats"),
    # The smallest number of the due members; of five a fifth, two fifths (2), or nobody's.
    [({"a": "40", "b": "20"}, 1), ({"a": "40"}, 2), ({"d": "60", "e": "40"}, 2), ({}, 0), ({"a": "odd"}, 0)],
)
def test_a_quota_by_a_measure(shares: dict[str, str], seats: int) -> None:
    words = tiers("at_most: {measure: part}, of: due, rounding: down, ties: none_of_them")
    measure = "measures: [{id: part, title: p, take: {attribute: {name: part, as: number}}, no_data: unmet%s}]\n"
    people = attributed(roster(*FIVE), **{who: [attribute("part", text)] for who, text in shares.items()})
    found = results(rulebook(words + measure % ""), worked(FIVE), people)
    assert len(of(found, "excellent")) == seats
    # Where the sheet has no such measure, there is no quota.
    assert len(of(results(rulebook(words + measure % ", in: [year]"), worked(FIVE), people), "excellent")) == 5


def test_somebody_without_a_tier_is_still_one_of_the_due_whose_measure_counts() -> None:
    words = tiers("at_most: {measure: part}, of: due, rounding: down, ties: none_of_them")
    measure = "measures: [{id: part, title: p, take: {attribute: {name: part, as: number}}, no_data: unmet}]\n"
    service = "participation: {min_service_days: {month: 15}}\n"
    people = roster("a", "b", "c", "d", e=[assignment(since="2025-03-25")])
    people = attributed(people, a=[attribute("part", "60")], e=[attribute("part", "20")])
    found = results(rulebook(words + measure + service), worked(FIVE), people)
    assert (found["e"].no_tier, of(found, "excellent")) == ("service_short", ["a"])


@pytest.mark.parametrize(
    ("attributes", "seated"),
    [
        # Equal totals: the greater number has the seat, and no number comes last.
        ({"a": "1", "b": "2", "c": "3"}, ["c"]),
        ({"a": "-1"}, ["a"]),
        ({"a": "2", "b": "2"}, []),
    ],
)
@pytest.mark.parametrize("order", ["high_first", "low_first"])
def test_a_measure_breaks_ties_and_who_has_none_comes_last(
    attributes: dict[str, str], seated: list[str], order: str
) -> None:
    sign = "-" if order == "low_first" else ""
    book = rulebook(
        tiers("seats: 1, ties: tie_breaks")
        + "measures: [{id: m, title: m, take: {attribute: {name: m, as: number}}, no_data: unmet}]\n"
        + f"tie_breaks: [{{measure: other, order: high_first}}, {{measure: m, order: {order}}}]\n"
    )
    turned = {who: (sign + text).replace("--", "") for who, text in attributes.items()}
    people = attributed(roster("a", "b", "c"), **{who: [attribute("m", text)] for who, text in turned.items()})
    found = results(book, worked({"a": "90", "b": "90", "c": "90"}), people)
    assert of(found, "excellent") == seated
    assert [one.rank for one in found.values()] == [1, 1, 1]


def test_a_threshold_by_the_size_of_the_village() -> None:
    book = rulebook("""
measures: [{id: threshold, title: t, take: {attribute: {name: households, as: number}},
            give: {bands: [{at_least: 1000, points: 80}, {otherwise: true, points: 90}]}, no_data: unmet}]
tiers:
  - {id: excellent, title: e, total_at_least: {measure: threshold}}
  - {id: incompetent, title: i, otherwise: true}
""")
    sizes = {"a": "1000", "b": "999", "d": "999"}
    people = attributed(
        roster("a", "b", "c", "d"), **{who: [attribute("households", size)] for who, size in sizes.items()}
    )
    found = results(book, worked({"a": "80", "b": "89.99", "c": "100", "d": "90"}), people)
    assert [one.tier for one in found.values()] == ["excellent", "incompetent", "incompetent", "excellent"]


def test_a_threshold_that_the_sheet_lacks_is_passed_over() -> None:
    book = rulebook("""
measures: [{id: threshold, title: t, take: {fixed: 90}, no_data: unmet, in: [year]}]
tiers:
  - {id: excellent, title: e, total_at_least: {measure: threshold}}
  - {id: incompetent, title: i, otherwise: true}
""")
    assert placed(book, {"a": "1"})["a"].tier == "excellent"
