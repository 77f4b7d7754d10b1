"""Hand-computed cases of the cohort, peer groups, ranks, gates, tiers, quotas and outcomes."""

from typing import Any

import pytest

from tests.oracle.cases import assignment, event, placed, results, roster, rulebook, worked

MARCH_FIRST = "2025-03-01"


def quota(rounding: str = "down", ties: str = "none_of_them", of: str = "ranked", more: str = "") -> str:
    """Tiers of which the best has a fifth of the seats."""
    return f"""
tiers:
  - {{id: excellent, title: 优秀, total_at_least: 85, {more}
     quota: {{at_most: 20%, of: {of}, rounding: {rounding}, ties: {ties}}}}}
  - {{id: competent, title: 称职, total_at_least: 70}}
  - {{id: incompetent, title: 不称职, otherwise: true}}
"""


def holders(found: dict[str, Any], tier: str = "excellent") -> list[str]:
    return [worker for worker, result in found.items() if result.tier == tier]


def falling(people: int) -> dict[str, str]:
    """So many workers, the first with 99 points and each next one with a quarter less."""
    return {f"w{n}": str(99 - n / 4) for n in range(people)}


@pytest.mark.parametrize(
    ("people", "rounding", "seats"),
    [
        (11, "down", 2),
        (11, "up", 3),
        (11, "half_up", 2),
        (3, "down", 0),
        (3, "up", 1),
        (3, "half_up", 1),
        (39, "down", 7),
        (39, "up", 8),
        (39, "half_up", 8),
    ],
)
def test_a_fifth_of_the_people_in_whole_seats(people: int, rounding: str, seats: int) -> None:
    found = placed(rulebook(quota(rounding)), falling(people))
    assert holders(found) == [f"w{n}" for n in range(seats)]


def test_who_tie_for_the_last_seat_all_miss_it() -> None:
    totals = falling(10) | {"w1": "98.5", "w2": "98.5"}
    found = placed(rulebook(quota()), totals)
    assert holders(found) == ["w0"]
    assert [found[worker].rank for worker in ("w0", "w1", "w2", "w3")] == [1, 2, 2, 4]


@pytest.mark.parametrize(("order", "seated"), [("high_first", ["w0", "w2"]), ("low_first", ["w0", "w1"])])
def test_tie_breaks_order_candidates_and_leave_ranks_alone(order: str, seated: list[str]) -> None:
    visits = "take: {count: {event: visit.done}}, give: {each: 1}, max: 5, no_data: zero"
    book = rulebook(
        quota(ties="tie_breaks")
        + f"tie_breaks: [{{indicator: annual, order: high_first}}, {{indicator: visits, order: {order}}}]\n"
        + "categories: [{id: duty, title: d, max: 95}, {id: care, title: c, max: 5}]\n"
        + "indicators:\n"
        + "  - {id: work, title: w, category: duty, take: {given: {event: assess.work}}, give: as_is, "
        + "max: 95, no_data: zero}\n"
        + f"  - {{id: visits, title: v, category: care, {visits}}}\n"
    )
    totals = {f"w{n}": str(95 - n) for n in range(10)} | {"w1": "93", "w2": "92"}
    found = results(book, [*worked(totals), event("visit.done", "w2")])
    assert (found["w1"].total, found["w2"].total) == (93, 93)
    assert (found["w1"].rank, found["w2"].rank) == (2, 2)
    assert holders(found) == seated


def test_a_pool_below_min_size_knows_no_quota_and_no_bottom() -> None:
    book = rulebook(
        quota()
        + "peer_groups: {by: [], min_size: 4, small_groups: keep_apart}\n"
        + "outcomes: [{id: talk, title: t, in: month, "
        + "when: {bottom: 1, of: peer_group, ties: all_of_them}}]\n"
    )
    three, four = placed(book, falling(3)), placed(book, falling(4))
    assert holders(three) == ["w0", "w1", "w2"]
    assert holders(four) == []
    assert [worker for worker, result in three.items() if result.outcomes] == []
    assert [worker for worker, result in four.items() if result.outcomes] == ["w3"]
    assert [result.rank for result in three.values()] == [1, 2, 3]


def test_small_groups_are_pooled_and_the_others_are_not() -> None:
    book = rulebook("peer_groups: {by: [street, post], min_size: 2, small_groups: pool_in_tenant}")
    people = roster("a", "b", c=[assignment("yh-west")], d=[assignment("yunhe", "head")])
    found = results(book, worked({"a": "70", "b": "80", "c": "90", "d": "95"}), people)
    assert {worker: result.group for worker, result in found.items()} == {
        "a": "yh-east/staff",
        "b": "yh-east/staff",
        "c": "(small)",
        "d": "(small)",
    }
    assert {worker: result.rank for worker, result in found.items()} == {"a": 2, "b": 1, "c": 2, "d": 1}


def test_a_group_where_the_kind_is_missing_is_a_dash() -> None:
    book = rulebook("peer_groups: {by: [street, organisation], min_size: 1, small_groups: keep_apart}")
    assert results(book, [], roster(d=[assignment("yunhe", "head")]))["d"].group == "-/yunhe"


@pytest.mark.parametrize(("of", "seated"), [("due", ["w1"]), ("appraised", ["w1"]), ("ranked", [])])
def test_a_veto_takes_the_rank_away_and_everybody_else_moves_up(of: str, seated: list[str]) -> None:
    book = rulebook(
        quota(of=of)
        + "negative_list: [{id: s, title: s, severity: grave, event: violation.safety, veto: incompetent}]\n"
    )
    totals = {f"w{n}": str(99 - n) for n in range(5)}
    found = results(book, [*worked(totals), event("violation.safety", "w0")])
    assert [result.rank for result in found.values()] == [None, 1, 2, 3, 4]
    assert (found["w0"].tier, found["w0"].no_tier, found["w0"].total) == ("incompetent", None, 99)
    # A fifth of five is a seat, of the four who are left none.
    assert holders(found) == seated


def test_a_reason_for_no_tier_comes_before_a_veto() -> None:
    book = rulebook(
        "participation: {min_service_days: {month: 15}}\n"
        "negative_list: [{id: s, title: s, severity: grave, event: violation.safety, veto: incompetent}]\n"
    )
    result = results(book, [event("violation.safety")], roster(a=[assignment(to="2025-03-15")]))["a"]
    assert (result.tier, result.no_tier, result.rank) == (None, "service_short", None)


def test_of_several_vetoes_the_worst_holds() -> None:
    item = "title: n, severity: grave, event: violation.safety"
    book = rulebook(f"negative_list: [{{id: p, {item}, veto: incompetent}}, {{id: q, {item}, veto: competent}}]")
    assert results(book, [*worked({"a": "99"}), event("violation.safety")])["a"].tier == "incompetent"


def test_a_ceiling_bars_the_better_tiers_and_keeps_the_rank() -> None:
    item = "{id: c, title: c, severity: serious, event: violation.complaint, ceiling: competent}"
    book = rulebook(f"negative_list: [{item}]")
    result = results(book, [*worked({"a": "99"}), event("violation.complaint")])["a"]
    assert (result.tier, result.rank) == ("competent", 1)


def test_gates_compare_points_after_caps_and_only_where_they_apply() -> None:
    gates = (
        "gates: [{indicator: work, at_least: 90}, {category: duty, at_least: 91}, "
        "{no_negative: [serious], in: [year]}, {no_negative: [serious, grave]}],"
    )
    book = rulebook(
        quota("up", more=gates) + "negative_list: [{id: c, title: c, severity: serious, event: violation.complaint}]\n"
    )
    found = results(book, [*worked({"a": "90", "b": "89.99"}), event("violation.complaint", "b")])
    assert found["a"].gates == (("excellent", 0, True), ("excellent", 1, False), ("excellent", 3, True))
    assert found["b"].gates == (("excellent", 0, False), ("excellent", 1, False), ("excellent", 3, False))
    assert holders(found, "competent") == ["a", "b"]


def test_short_service_comes_before_missing_data_and_has_no_rank() -> None:
    missing = "{id: work, title: w, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100"
    book = rulebook(
        "participation: {min_service_days: {month: 15}}\n" + f"indicators: [{missing}, no_data: missing}}]\n"
    )
    people = roster("a", "b", c=[assignment(to="2025-03-15")], d=[assignment(to="2025-03-16")])
    found = results(book, worked({"a": "90", "d": "95"}), people)
    assert {worker: result.no_tier for worker, result in found.items()} == {
        "a": None,
        "b": "data_missing",
        "c": "service_short",
        "d": None,
    }
    assert [result.rank for result in found.values()] == [2, None, None, 1]


def test_the_cohort_has_a_day_of_matching_assignment() -> None:
    people = roster(
        left_before=[assignment(to=MARCH_FIRST)],
        first_day=[assignment(to="2025-03-02")],
        from_april=[assignment(since="2025-04-01")],
        other_post=[assignment(post="guard")],
        nobody=[],
    )
    assert list(results(rulebook(), [], people)) == ["first_day"]
    west = rulebook("applies_to: {posts: [staff], under: yh-west}")
    assert list(results(west, [], roster(w=[assignment("yh-west")], e=[assignment()]))) == ["w"]


@pytest.mark.parametrize(("word", "group"), [("at_end", "yh-west"), ("longest", "lotus")])
def test_the_assignment_that_decides(word: str, group: str) -> None:
    book = rulebook(f"assignment: {word}\npeer_groups: {{by: [organisation], min_size: 1, small_groups: keep_apart}}")
    moved = [assignment(to="2025-03-20"), assignment("yh-west", since="2025-03-20", to="2025-03-28")]
    assert results(book, [], roster(a=moved))["a"].group == group


@pytest.mark.parametrize("word", ["at_end", "longest"])
def test_among_equal_assignments_the_later_then_the_smaller_name(word: str) -> None:
    book = rulebook(
        f"assignment: {word}\npeer_groups: {{by: [organisation, post], min_size: 1, small_groups: keep_apart}}"
    )
    later = [assignment(since="2025-01-01"), assignment("yh-west", since="2025-02-01")]
    names = [assignment("yh-west"), assignment("yh-east", "staff"), assignment("yh-east", "head")]
    found = results(book, [], roster(later=later, names=names))
    assert [result.group for result in found.values()] == ["yh-west/staff", "yh-east/head"]


def test_service_days_of_overlapping_assignments_are_counted_once() -> None:
    book = rulebook("participation: {min_service_days: {month: 15}}")
    overlapping = [assignment(to="2025-03-11"), assignment("yh-west", since="2025-03-05", to="2025-03-15")]
    assert results(book, [], roster(a=overlapping))["a"].no_tier == "service_short"
