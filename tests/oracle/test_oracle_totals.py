"""Hand-computed cases of the way from lines to the total: categories, weights, bonus, restrictions, multipliers."""

from fractions import Fraction
from typing import Any

import pytest

from oracle.result import Line
from tests.oracle.cases import event, line, on, points, results, roster, rulebook, worked

YEARLY = "periods: {base: month, rollups: [year], timezone: Asia/Shanghai}\n"


def fixed(identifier: str, category: str, number: str, most: str = "100") -> str:
    """An indicator that always has so many points."""
    return (
        f"  - {{id: {identifier}, title: t, category: {category}, take: {{fixed: {number}}}, give: as_is, "
        f"max: {most}, no_data: zero}}\n"
    )


def adding(categories: str, indicators: str, also: str = "") -> Any:
    """The result of worker `a` in a month without events."""
    return results(rulebook(f"categories: [{categories}]\nindicators:\n{indicators}{also}"), [], roster("a"))["a"]


@pytest.mark.parametrize(
    ("counts", "cap", "total"),
    [
        # 70, 20 and 15 are 105 in all, a mean of 35, a best of 70 and a worst of 15.
        ("sum", -5, 100),
        ("mean", -70, 35),
        ("best", -35, 70),
        ("worst", -90, 15),
    ],
)
def test_what_counts_in_a_category_is_a_line(counts: str, cap: int, total: int) -> None:
    indicators = fixed("x", "duty", "70") + fixed("y", "duty", "20") + fixed("z", "duty", "15")
    result = adding(f"{{id: duty, title: d, max: 100, counts: {counts}}}", indicators)
    assert (line(result, "duty").kind, line(result, "duty").points, result.total) == ("category_cap", cap, total)


def test_a_mean_is_rounded_to_the_step_and_takes_what_is_left_after_caps() -> None:
    indicators = fixed("x", "duty", "70", "50") + fixed("y", "duty", "20") + fixed("z", "duty", "30.01")
    result = adding("{id: duty, title: d, max: 100, counts: mean}", indicators)
    # (50 + 20 + 30.01) ÷ 3 = 33.336…
    assert points(result)[:2] == [("indicator", "x", 70), ("cap", "x", -20)]
    assert (line(result, "duty").points, result.total) == (Fraction("-66.67"), Fraction("33.34"))


def test_categories_inside_others_are_added_after_their_own_words() -> None:
    categories = (
        "{id: whole, title: w, max: 60, weight: 50%}, {id: one, title: o, max: 40, in: whole}, "
        "{id: two, title: t, max: 50, weight: 40%, in: whole}, {id: rest, title: r, max: 70}"
    )
    indicators = fixed("x", "one", "45") + fixed("y", "two", "50.03") + fixed("z", "rest", "7")
    result = adding(categories, indicators)
    # one: 45, held to 40. two: held to 50, × 0.4 = 20. whole: 60, × 0.5 = 30.
    assert points(result) == [
        ("indicator", "x", 45),
        ("indicator", "y", Fraction("50.03")),
        ("indicator", "z", 7),
        ("weight", "whole", -30),
        ("category_cap", "one", -5),
        ("category_cap", "two", Fraction("-0.03")),
        ("weight", "two", -30),
    ]
    assert result.total == 37


def test_a_weight_is_rounded_once_to_the_step() -> None:
    result = adding("{id: duty, title: d, max: 100, weight: 33%}", fixed("x", "duty", "70.05"))
    # 23.1165
    assert (line(result, "duty").kind, result.total) == ("weight", Fraction("23.12"))


BONUS = """
bonus:
  max: {most}
  {into}
  items:
    - {{id: b, title: b, take: {{count: {{event: visit.done}}}}, give: {{each: 4}}, max: 10}}
    - {{id: c, title: c, take: {{count: {{event: task.assigned}}}}, give: {{each: 4}}}}
"""


def with_bonus(order: str, most: str, visits: int, into: str = "", also: str = "") -> Any:
    """Ninety points of a category weighted 50 %, held to 80 before; and so many visits for a bonus of 4 each."""
    book = rulebook(
        "categories: [{id: duty, title: d, max: 80, weight: 50%}, {id: rest, title: r, max: 60}]\n"
        + "indicators:\n"
        + fixed("x", "duty", "70")
        + fixed("y", "rest", "58")
        + f"orders: {{bonus: {order}, quota: after_ceilings}}\n"
        + "total: {full: 100, min: 0, max: 100}\n"
        + BONUS.format(most=most, into=into)
        + also
    )
    return results(book, [event("visit.done") for _ in range(visits)], roster("a"))["a"]


@pytest.mark.parametrize(
    ("order", "into", "total", "limit"),
    [
        # 70 ÷ 2 + 58 = 93, and 9 of bonus are 102, held to 100.
        ("before_limit", "", 100, -2),
        ("after_limit", "", 102, None),
        # (70 + 9) ÷ 2 + 58 = 97.5.
        ("before_weights", "into: duty", Fraction("97.5"), None),
    ],
)
def test_where_the_bonus_comes_in(order: str, into: str, total: Fraction, limit: int | None) -> None:
    result = with_bonus(order, "9", 3, into)
    lines = points(result)
    assert ("bonus", "b", 12) in lines
    assert ("cap", "b", -2) in lines
    assert ("bonus", "c", 0) in lines
    assert ("bonus_cap", "bonus", -1) in lines
    assert [one for one in lines if one[0] == "limit"] == ([("limit", "total", limit)] if limit else [])
    assert result.total == total == sum(one.points for one in result.lines)


def test_a_bonus_before_the_weights_is_held_by_the_maximum_of_its_category() -> None:
    result = with_bonus(
        "before_weights",
        "none",
        3,
        "into: duty",
        "categories: [{id: duty, title: d, max: 75}, {id: rest, title: r, max: 25}]\n",
    )
    # 70 + 10 are held to 75, 58 to 25.
    assert line(result, "duty").points == -5
    assert (line(result, "rest").points, result.total) == (-33, 100)


def test_a_bonus_has_no_data_that_is_zero() -> None:
    assert line(with_bonus("before_limit", "9", 0), "b") == Line("bonus", "b", Fraction(0), None, None, 0, "zero")


RESTRICTIONS = """
restrictions:
  - {id: few, title: f, when: {indicator: x, below: 60}, deduct: 5}
  - {id: both, title: b, when: [{category: duty, at_least: 10}, {posts: [head]}], deduct: 7}
  - {id: part, title: p, when: {indicator: nowhere, below: 60}, deduct: 9}
  - {id: year, title: y, when: {posts: [staff]}, deduct: 11, in: [year]}
"""


def test_restrictions_deduct_where_their_condition_holds() -> None:
    result = adding("{id: duty, title: d, max: 100}", fixed("x", "duty", "59.99"), RESTRICTIONS)
    assert points(result) == [("indicator", "x", Fraction("59.99")), ("restriction", "few", -5)]
    assert result.total == Fraction("54.99")
    unrestricted = adding("{id: duty, title: d, max: 100}", fixed("x", "duty", "60"), RESTRICTIONS)
    assert unrestricted.total == 60


def factor(words: str) -> str:
    take = "take: {count: {event: task.assigned}}"
    return f"multipliers: [{{id: f, title: f, {take}, no_data: {{points: 1}}, {words}}}]\n"


@pytest.mark.parametrize(
    ("words", "tasks", "total", "of"),
    [
        ("of: total, give: {each: 0.2}", 4, "40.01", "total"),
        ("of: total, give: {each: 0.2}, min: 0.9", 4, "45.01", "total"),
        ("of: total, give: {each: 0.2}, max: 0.5", 4, "25.01", "total"),
        ("of: total, give: {each: 0.2}, min: 0.9", 0, "50.01", "total"),
        # 20.01 × 0.8 = 16.008, and the 30 of the other category.
        ("of: duty, give: {each: 0.2}", 4, "46.01", "duty"),
        # A factor is a measure: 4 × 0.33333 = 1.3333, of 50.01 66.678….
        ("of: total, give: {each: 0.33333}", 4, "66.68", "total"),
        ("of: total, give: {each: 0.2}, in: [year]", 4, "50.01", "total"),
    ],
)
def test_a_multiplier_of_the_total_or_of_a_category(words: str, tasks: int, total: str, of: str) -> None:
    book = rulebook(
        "categories: [{id: duty, title: d, max: 50}, {id: rest, title: r, max: 50}]\nindicators:\n"
        + fixed("x", "duty", "20.01")
        + fixed("y", "rest", "30")
        + factor(words)
    )
    result = results(book, [event("task.assigned") for _ in range(tasks)], roster("a"))["a"]
    assert result.total == Fraction(total)
    changed = [one for one in result.lines if one.kind == "multiplier"]
    assert [(one.id, one.points) for one in changed] == (
        [("f", Fraction(total) - Fraction("50.01"))] if result.total != Fraction("50.01") else []
    )
    assert of in words


def test_deductions_and_restrictions_come_before_the_multiplier_and_the_limit() -> None:
    book = rulebook(
        "categories: [{id: duty, title: d, max: 100}]\nindicators:\n"
        + fixed("x", "duty", "10")
        + "negative_list: [{id: n, title: n, severity: minor, event: task.assigned, deduct: 8}]\n"
        + "restrictions: [{id: r, title: r, when: {negative: n}, deduct: 4}]\n"
        + factor("of: total, give: {each: 2}")
    )
    result = results(book, [event("task.assigned")], roster("a"))["a"]
    # (10 − 8 − 4) × 2 = −4, held to 0.
    assert points(result)[1:] == [
        ("deduction", "n", -8),
        ("restriction", "r", -4),
        ("multiplier", "f", -2),
        ("limit", "total", 4),
    ]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("deduct: {table: {warning: 1, demerit: 3}}", [("deduction", "n", -7)]),
        ("deduct: {table: {warning: 1, demerit: 3}}, max: 5", [("deduction", "n", -7), ("cap", "n", 2)]),
        ("deduct: {table: {warning: 1, demerit: 3}}, min: 9", [("deduction", "n", -7), ("cap", "n", -2)]),
        ("deduct: 2, once: {per: kind, keep: latest}", [("deduction", "n", -4)]),
        (
            "deduct: {table: {warning: 1, demerit: 3}}, caps: [{per: [day], max: 3}]",
            # 1 of the first day, 3 of the 6 of the second.
            [("deduction", "n", -7), ("cap", "n", 3)],
        ),
        ("deduct: 2, repeated: {within: period, times: [1, 2, 3]}", [("deduction", "n", -12)]),
        ("", [("deduction", "n", 0)]),
    ],
)
def test_what_an_item_of_the_negative_list_costs(words: str, lines: list[Any]) -> None:
    book = rulebook(
        "negative_list: [{id: n, title: n, severity: minor, event: sanction.given, field: kind, " + words + "}]\n"
        "total: {full: 100, min: -50, max: 105}"
    )
    events = [
        event("sanction.given", time=on("03-01"), kind="warning"),
        event("sanction.given", time=on("03-02"), kind="demerit"),
        event("sanction.given", time=on("03-02", "11:00:00"), kind="demerit"),
    ]
    result = results(book, events, roster("a"))["a"]
    assert points(result)[1:] == lines
    staying = 2 if "once" in words else 3
    assert (line(result, "n").measure, line(result, "n").count) == (staying, staying)
    untouched = results(book, [], roster("a"))["a"]
    assert untouched.lines[1:] == (Line("deduction", "n", Fraction(0), Fraction(0), None, 0, None),)


ROLLUP = """
rollup:
  year:
    min_periods: 0
    parts:
      - {id: months, title: m, take: {mean: {results: month}}, weight: 70%, no_data: zero}
      - {id: rest, title: r, take: {fixed: 50}, weight: 30%, no_data: zero}
    bonus:
      max: 4
      into: months
      items:
        - {id: b, title: b, take: {count: {event: visit.done}}, give: {each: 3.33}, max: 5}
        - {id: c, title: c, take: {count: {event: task.assigned}}, give: {each: 3}, no_data: {points: 1}}
"""


@pytest.mark.parametrize(
    ("order", "lines", "total"),
    [
        # 80 × 0.7 and 50 × 0.3; a bonus of 6.66 and 1, or × 0.7 of 4.66 and 1, bounds and stand-ins as they are.
        (
            "before_limit",
            [("bonus", "b", "6.66"), ("cap", "b", "-1.66"), ("bonus", "c", 1), ("bonus_cap", "bonus", -2)],
            75,
        ),
        ("before_weights", [("bonus", "b", "4.66"), ("bonus", "c", 1), ("bonus_cap", "bonus", "-1.66")], 75),
    ],
)
def test_a_roll_up_has_a_bonus_of_its_own(order: str, lines: list[Any], total: int) -> None:
    book = rulebook(
        YEARLY
        + ROLLUP
        + f"orders: {{bonus: {order}, quota: after_ceilings}}\n"
        + "indicators:\n"
        + "  - {id: work, title: w, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100, "
        + "no_data: missing}\n"
        + "multipliers: [{id: f, title: f, of: total, take: {fixed: 2}, no_data: {points: 1}, in: [year]}]\n"
    )
    events = [*worked({"a": "80"}), event("visit.done", minutes=1), event("visit.done", minutes=1)]
    result = results(book, events, period="2025")["a"]
    assert points(result) == [
        ("part", "months", 56),
        ("part", "rest", 15),
        *[(kind, identifier, Fraction(number)) for kind, identifier, number in lines],
        ("multiplier", "f", total),
        ("limit", "total", 105 - 2 * total),
    ]
    assert result.total == 105
