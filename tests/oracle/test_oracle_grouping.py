"""Hand-computed cases of rows that belong together: once, repeated, share, caps, voter classes, quorums."""

from fractions import Fraction
from typing import Any

import pytest

from tests.oracle.cases import alone, event, line, measured, on, points, results, roster, rulebook

TABLE = "give: {table: {city: 5, county: 2}}, max: 20, no_data: zero"


def honour(level: str, case: str | None, day: str = "03-10") -> dict[str, Any]:
    return event("honour.awarded", time=on(day), level=level, **({"case": case} if case else {}))


def closed(hours: str, day: str = "03-10", worker: str = "a", time: str = "10:00:00", **data: Any) -> dict[str, Any]:
    return event("task.closed", worker, on(day, time), hours=hours, **data)


@pytest.mark.parametrize(
    ("keep", "total"), [("first", 2 + 2 + 5), ("latest", 5 + 2 + 5), ("best", 5 + 2 + 5), ("worst", 2 + 2 + 5)]
)
def test_one_act_counts_once(keep: str, total: int) -> None:
    events = [honour("county", "one", "03-01"), honour("city", "one", "03-02"), honour("county", "two")]
    result = alone(
        f"take: {{each_event: {{event: honour.awarded, field: level, once: {{per: case, keep: {keep}}}}}}}, {TABLE}",
        *events,
        honour("city", None),
    )
    assert (result.total, line(result, "x").count) == (total, 3)


@pytest.mark.parametrize(
    ("keep", "mean"),
    # Of one the first is 1, the last 3, the best 4, the worst 1; the other has none, and stays.
    [("first", 3), ("latest", 4), ("best", Fraction("4.5")), ("worst", 3)],
)
def test_without_points_the_number_says_which_is_best(keep: str, mean: Fraction) -> None:
    rows = [closed("1", "03-01", case="one"), closed("4", "03-02", case="one"), closed("3", "03-03", case="one")]
    take = f"take: {{mean: {{event: task.closed, once: {{per: case, keep: {keep}}}}}}}"
    assert measured(take, *rows, closed("5", "03-01")) == mean


def across(first: str, second: str, where: str = "sheet", also: str = "") -> str:
    """Two indicators that give 5 and 3 points for an honour, each with its word for acts."""
    once = "take: {each_event: {event: honour.awarded, field: level, once: "
    return f"""
categories: [{{id: duty, title: d, max: 50}}, {{id: care, title: c, max: 50}}]
indicators:
  - {{id: x, title: x, category: duty, {once} {{per: case, keep: {first}, across: {where}}}}}}},
     give: {{table: {{city: 3, county: 3}}}}, max: 50, no_data: zero}}
  - {{id: y, title: y, category: duty, {once} {{per: case, keep: {second}, across: {where}}}}}}},
     give: {{table: {{city: 5, county: 3}}}}, max: 50, no_data: zero}}
  - {{id: z, title: z, category: care, {once} {{per: case, keep: {second}, across: {where}}}}}}},
     give: {{table: {{city: 9, county: 1}}}}, max: 50, no_data: zero}}
{also}"""


@pytest.mark.parametrize(
    ("where", "keep", "level", "kept"),
    [
        ("item", ("best", "best"), "city", [3, 5, 9]),
        ("category", ("best", "best"), "city", [0, 5, 9]),
        ("sheet", ("best", "best"), "city", [0, 0, 9]),
        ("sheet", ("worst", "worst"), "city", [3, 0, 0]),
        # Of equal points and time the earlier item; of x and y that don't say the same, each its own.
        ("sheet", ("best", "best"), "county", [3, 0, 0]),
        ("sheet", ("latest", "best"), "city", [3, 0, 9]),
        ("sheet", ("latest", "latest"), "city", [3, 0, 0]),
    ],
)
def test_one_act_counts_once_across_items(where: str, keep: tuple[str, str], level: str, kept: list[int]) -> None:
    book = rulebook(across(*keep, where=where))
    result = results(book, [honour(level, "one")])["a"]
    assert [one.points for one in result.lines] == kept


def test_of_two_items_the_later_row_stays_where_the_points_are_equal() -> None:
    # x gives the county's honour of the 1st 3, y that of the 2nd 3 as well: the later stays, in the earlier item
    # that has it.
    book = rulebook(across("best", "best"))
    result = results(book, [honour("county", "one", "03-01"), honour("county", "one", "03-02")])["a"]
    assert [(one.id, one.points, one.count) for one in result.lines] == [("x", 3, 1), ("y", 0, 0), ("z", 0, 0)]


@pytest.mark.parametrize(
    ("words", "total"),
    [
        # Three rows of March with 1, 2 and 4 points, after one of January and one of the year before.
        ("within: period, times: [1, 2, 4]", 1 + 2 * 2 + 4 * 4),
        ("within: year, times: [1, 2, 4]", 2 * 1 + 4 * 2 + 4 * 4),
        ("within: {months: 2}, times: [1, 2, 4]", 2 * 1 + 2 * 2 + 4 * 4),
        ("within: period, times: [0, 1]", 2 + 4),
        ("within: year, per: kind, times: [1, 10]", 10 * 1 + 2 + 10 * 4),
    ],
)
def test_the_nth_time_counts_more(words: str, total: int) -> None:
    # 10 January 10:00 is two months before 10 March 10:00, and no longer before 10 March 11:00.
    rows = [
        closed("8", "01-10", kind="a"),
        closed("8", "2024-12-31", kind="a"),
        closed("1", kind="a"),
        closed("2", time="11:00:00", kind="b"),
        closed("4", time="12:00:00", kind="a"),
    ]
    result = alone(
        f"take: {{each_event: {{event: task.closed, field: hours, repeated: {{{words}}}}}}}, give: as_is, "
        "max: 100, no_data: zero",
        *rows,
    )
    assert result.total == total


def test_the_nth_time_of_a_year_is_counted_through_its_months() -> None:
    item = (
        "take: {each_event: {event: task.assigned, repeated: {within: year, times: [0, 1]}}}, give: {each: 2}, "
        "max: 9, no_data: zero"
    )
    assigned = [event("task.assigned", time=on(day)) for day in ("01-05", "02-05", "02-06")]
    totals = [alone(item, *assigned, period=month).total for month in ("2025-01", "2025-02")]
    assert totals == [0, 4]


@pytest.mark.parametrize(
    ("by", "points_of"),
    [
        # A common act of three rows is worth 10 for each: a third is 3.3333, which the line rounds.
        ("equally", {"a": "6.67", "b": "3.33", "c": "10"}),
        # By hours 1 and 2 of a and 3 of b; c is alone with its own.
        ("hours", {"a": "5", "b": "5", "c": "10"}),
    ],
)
def test_a_common_act_is_split_among_the_cohort(by: str, points_of: dict[str, str]) -> None:
    book = rulebook(f"""
indicators: [{{id: x, title: x, category: duty, max: 100, no_data: zero, give: {{each: 10}},
              take: {{each_event: {{event: task.closed, share: {{per: case, by: {by}}}}}}}}}]
""")
    rows = [closed("1", case="one"), closed("2", case="one"), closed("3", worker="b", case="one")]
    found = results(book, [*rows, closed("4", worker="c")])
    # A sixth and a third of 10 are 1.6667 and 3.3333, together 5.
    assert {worker: result.total for worker, result in found.items()} == {
        worker: Fraction(text) for worker, text in points_of.items()
    }


def test_a_share_of_nothing_is_no_points() -> None:
    book = rulebook("""
indicators: [{id: x, title: x, category: duty, max: 100, no_data: zero, give: {each: 10},
              take: {each_event: {event: task.closed, share: {per: case, by: hours}}}}]
""")
    rows = [closed("0", case="one"), event("task.closed", "b", case="one"), event("task.closed", "c", case="two")]
    rows += [closed("5", case="two")]
    found = results(book, rows)
    assert {worker: result.total for worker, result in found.items()} == {"a": 10, "b": 0, "c": 0}


@pytest.mark.parametrize("by", ["equally", "hours"])
def test_what_is_no_common_act_keeps_its_points(by: str) -> None:
    share = f"take: {{each_event: {{event: task.closed, share: {{per: case, by: {by}}}}}}}"
    item = f"{share}, give: {{each: 2.5}}, max: 100, no_data: zero"
    rows = [event("task.closed"), event("task.closed")]
    # Twice 2.5: not a third each, and not rounded as the measures here are.
    assert alone(item, *rows, also="numbers: {measure_decimals: 0, step: 0.01}").total == 5


def test_a_day_is_held_and_then_its_month() -> None:
    caps = "caps: [{per: [day, kind], max: 2}, {per: [kind], max: 3}]"
    rows = [
        *[closed("1", "03-01", kind="a") for _ in range(3)],
        *[closed("1", "03-02", kind="a") for _ in range(2)],
        closed("1", "03-02", kind="b"),
        # Local midnight divides the days: in UTC both are the 2nd.
        closed("1", "03-03", time="00:00:00", kind="b"),
    ]
    result = alone(
        f"take: {{each_event: {{event: task.closed, {caps}}}}}, give: {{each: 1}}, max: 20, no_data: zero", *rows
    )
    # Of kind a 2 + 2, held to 3; of kind b 1 + 1.
    assert points(result) == [("indicator", "x", 7), ("cap", "x", -2)]


def test_caps_come_before_the_maximum_in_one_line() -> None:
    caps = "caps: [{per: [month], max: 5, min: -1}]"
    take = f"take: {{each_event: {{event: task.closed, field: hours, {caps}}}}}"
    item = f"{take}, give: as_is, max: 4, min: 0, no_data: zero"
    assert points(alone(item, closed("9"))) == [("indicator", "x", 9), ("cap", "x", -5)]
    assert points(alone(item, closed("-9"))) == [("indicator", "x", -9), ("cap", "x", 9)]


def test_rows_without_the_value_are_held_alone() -> None:
    result = alone(
        "take: {each_event: {event: task.closed, caps: [{per: [kind], max: 1}]}}, give: {each: 1}, "
        "max: 9, no_data: zero",
        closed("1", kind="a"),
        closed("1", kind="a"),
        closed("1"),
        closed("1"),
    )
    assert result.total == 3


def rated(stars: int, voter: str) -> dict[str, Any]:
    return event("rating.resident", stars=stars, voter=voter)


@pytest.mark.parametrize(
    ("empty", "number"),
    [
        # Leaders 5, residents (1 + 2) ÷ 2 = 1.5; peers none: 0.4 × 5 + 0.5 × 1.5 = 2.75 of 0.9.
        ("spread", Fraction("3.0556")),
        ("zero", Fraction("2.75")),
        ("no_data", None),
    ],
)
def test_a_voter_class_without_votes(empty: str, number: Fraction | None) -> None:
    weights = "weights: {leader: 40%, resident: 50%, peer: 10%}"
    take = f"take: {{mean: {{event: rating.resident, classes: {{field: voter, {weights}, empty: {empty}}}}}}}"
    votes = [rated(5, "leader"), rated(1, "resident"), rated(2, "resident")]
    assert measured(take, *votes) == number
    assert measured(take) is None
    # 0.4 × 5 + 0.5 × 1.5 + 0.1 × 3
    assert measured(take, *votes, rated(3, "peer")) == Fraction("3.05")


def test_the_mean_of_a_class_is_rounded_before_it_is_weighted() -> None:
    weights = "weights: {leader: 50%, resident: 50%, peer: 0%}"
    take = f"take: {{mean: {{event: rating.resident, classes: {{field: voter, {weights}, empty: spread}}}}}}"
    votes = [rated(stars, voter) for voter in ("leader", "resident") for stars in (1, 1, 2)]
    # 1.333 twice is 1.333; with two decimals the half of 1.33 + 1.33.
    assert measured(take, *votes, also="numbers: {measure_decimals: 2, step: 0.01}") == Fraction("1.33")


@pytest.mark.parametrize(
    ("quorum", "is_enough"),
    [
        ("at_least_n: 5", True),
        ("at_least_n: 6", False),
        ("at_least_share: {field: voter, shares: {resident: 60%}}", True),
        ("at_least_share: {field: voter, shares: {resident: 60.1%}}", False),
        ("at_least_share: {field: voter, shares: {resident: 50%, leader: 50%}}", False),
    ],
)
def test_a_quorum_of_rows_or_of_a_code(quorum: str, is_enough: bool) -> None:
    votes = [rated(4, voter) for voter in ("resident", "resident", "resident", "leader", "leader")]
    assert (measured(f"take: {{mean: {{event: rating.resident, {quorum}}}}}", *votes) == 4) == is_enough


def test_a_common_act_once_for_each_worker_is_shared_by_what_stays() -> None:
    book = rulebook("""
indicators: [{id: x, title: x, category: duty, max: 100, no_data: zero, give: as_is,
              take: {each_event: {event: task.closed, field: hours, once: {per: case, keep: best},
                                  share: {per: case, by: equally}}}}]
""")
    rows = [closed("4", case="one"), closed("6", case="one"), closed("8", worker="b", case="one")]
    found = results(book, rows, roster("a", "b"))
    assert [result.total for result in found.values()] == [3, 4]
