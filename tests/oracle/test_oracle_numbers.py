"""Hand-computed cases of the number among others, and of points for a number."""

from fractions import Fraction
from typing import Any

import pytest

from oracle.giving import give
from tests.oracle.cases import alone, assignment, event, measured, on, results, roster, rulebook, worked

SPLIT = "peer_groups: {by: [organisation], min_size: 3, small_groups: pool_in_tenant}\n"


def comparing(words: str, give: str = "as_is", also: str = "") -> dict[str, Any]:
    """A rulebook with one indicator that compares what was given."""
    return rulebook(
        "indicators: [{id: x, title: x, category: duty, take: {given: {event: assess.work}}, "
        f"compare: {{{words}}}, give: {give}, max: 100, no_data: {{points: 7}}}}]\n{also}"
    )


PEOPLE = roster("a", "b", "c", d=[assignment("pine")], e=[assignment("pine")])


@pytest.mark.parametrize(
    ("words", "ranks"),
    [
        # The groups are those before pooling: lotus has a to c, pine d and e, of whom e has no number.
        ("as: rank, order: high_first, within: peer_group", {"a": 1, "b": 1, "c": 3, "d": 1}),
        ("as: rank, order: low_first, within: peer_group", {"a": 2, "b": 2, "c": 1, "d": 1}),
        ("as: rank, order: high_first, within: cohort", {"a": 2, "b": 2, "c": 4, "d": 1}),
    ],
)
def test_a_number_becomes_its_rank_among_the_members(words: str, ranks: dict[str, int]) -> None:
    events = worked({"a": "80", "b": "80", "c": "70", "d": "90"})
    found = results(comparing(words, also=SPLIT), events, PEOPLE)
    assert {who: one.lines[0].measure for who, one in found.items()} == ranks | {"e": None}
    assert (found["e"].total, found["e"].lines[0].no_data) == (7, "points")


def test_ranks_become_points() -> None:
    words = "as: rank, order: high_first, within: cohort"
    events = worked({"a": "80", "b": "80", "c": "70", "d": "90"})
    found = results(comparing(words, "{ranks: [60, 57, 54]}"), events, PEOPLE)
    assert {who: one.total for who, one in found.items()} == {"a": 57, "b": 57, "c": 0, "d": 60, "e": 7}
    found = results(comparing(words, "{ranks: {points: [60, 57, 54], others: 50}}"), events, PEOPLE)
    assert found["c"].total == 50


def test_the_share_of_the_first_is_a_measure() -> None:
    words = "as: share_of_first, within: peer_group"
    events = worked({"a": "90", "b": "70", "c": "0", "d": "0"})
    found = results(comparing(words, "{each: 10}"), events, PEOPLE)
    # 70 ÷ 90 = 0.7778; where nobody has more than nothing there is no first.
    assert {who: one.total for who, one in found.items()} == {
        "a": 10,
        "b": Fraction("7.78"),
        "c": 0,
        "d": 0,
        "e": 7,
    }
    pine = results(comparing(words, "{each: 10}", SPLIT), events, PEOPLE)["d"]
    assert (pine.total, pine.lines[0].measure, pine.lines[0].count) == (7, None, 1)


def test_numbers_are_compared_as_they_are_displayed() -> None:
    book = rulebook("""
numbers: {measure_decimals: 0, step: 0.01}
measures: [{id: m, title: m, take: {given: {event: assess.work}}, compare: {as: rank, within: cohort}, no_data: unmet}]
""")
    found = results(book, worked({"a": "80.4", "b": "80.3", "c": "80.5"}))
    assert [one.measures[0][1] for one in found.values()] == [2, 2, 1]


def test_a_count_of_part_of_a_month_becomes_that_of_a_whole_one() -> None:
    people = roster(a=[assignment(since="2025-03-22")])
    visits = [event("task.assigned", time=on("03-25")) for _ in range(3)]
    # 3 × 31 ÷ 10 days
    take = "take: {count: {event: task.assigned}}, prorate: service_days"
    assert measured(take, *visits, people=people) == Fraction("9.3")
    line = alone(f"{take}, give: {{each: 1}}, max: 100, no_data: zero", *visits, people=people).lines[0]
    assert (line.points, line.measure, line.count) == (Fraction("9.3"), Fraction("9.3"), 3)


def test_prorating_comes_before_comparing() -> None:
    people = roster("b", a=[assignment(since="2025-03-22")])
    book = rulebook("""
measures: [{id: m, title: m, take: {count: {event: task.assigned}}, prorate: service_days,
            compare: {as: rank, within: cohort}, no_data: unmet}]
""")
    tasks = [event("task.assigned", who, on("03-25")) for who in ("a", "b", "b")]
    # One in ten days is 3.1 in a month, more than two.
    assert {who: one.measures[0][1] for who, one in results(book, tasks, people).items()} == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("node", "number", "points"),
    [
        ("as_is", "3.5", "3.5"),
        ({"each": "-2"}, "3.5", "-7"),
        ({"each": {"points": "0.1", "per": "10"}}, "25", "0.25"),
        ({"each": {"points": "0.1", "per": "10", "units": "whole"}}, "29.9", "0.2"),
        ({"each": {"points": "0.1", "per": "10", "units": "started"}}, "20.1", "0.3"),
        ({"each": {"points": "0.1", "per": "10", "units": "started"}}, "20", "0.2"),
        ({"each": {"points": "1", "per": "100", "units": "whole", "over": "500"}}, "750", "2"),
        ({"each": {"points": "1", "per": "100", "units": "whole", "over": "500"}}, "400", "0"),
        # Full at 95 %, half a point less for each hundredth short.
        ({"each": {"points": "-0.5", "per": "0.01", "under": "0.95", "start": "10"}}, "0.925", "8.75"),
        ({"each": {"points": "-0.5", "per": "0.01", "under": "0.95", "start": "10"}}, "0.99", "10"),
        ({"each": {"points": "-2", "under": "4"}}, "1", "-6"),
        ({"each": {"points": "1", "per": "10", "units": "whole"}}, "-15", "-1"),
        ({"each": {"points": "1", "per": "10", "units": "started"}}, "-15", "-2"),
        ({"linear": {"from": ["0", "3"], "to": ["10", "0"]}}, "1", "20/3"),
        ({"linear": {"from": ["0", "3"], "to": ["10", "0"]}}, "4", "0"),
        ({"ranks": ["60", "57"]}, "2", "57"),
        ({"ranks": ["60", "57"]}, "3", "0"),
        ({"ranks": {"points": ["60"], "others": "-1"}}, "9", "-1"),
    ],
)
def test_points_for_a_number(node: Any, number: str, points: str) -> None:
    assert give(node, Fraction(number), None) == Fraction(points)
