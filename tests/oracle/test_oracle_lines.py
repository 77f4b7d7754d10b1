"""Hand-computed cases of `take`, `give`, and the lines of a base sheet."""

from decimal import Decimal
from fractions import Fraction

import pytest

from oracle.exact import exact, rounded
from oracle.result import Line
from tests.oracle.cases import alone, assignment, event, placed, points, results, roster, rulebook, worked


@pytest.mark.parametrize(
    ("number", "step", "result"),
    [
        ("84.9949", "0.01", "84.99"),
        ("84.995", "0.01", "85"),
        ("-0.005", "0.01", "-0.01"),
        ("0.25", "0.5", "0.5"),
        ("-2.5", "1", "-3"),
        ("0.0499", "0.1", "0"),
    ],
)
def test_halves_are_rounded_away_from_zero(number: str, step: str, result: str) -> None:
    assert rounded(exact(number), exact(step)) == exact(result)


def test_a_total_of_84_9949_is_84_99_and_not_yet_excellent() -> None:
    result = placed(rulebook(), {"a": "84.9949"})["a"]
    assert (result.total, result.tier) == (Fraction("84.99"), "competent")


def test_a_ratio_is_rounded_before_it_becomes_points() -> None:
    tasks = [event("task.closed", on_time=True)] * 29 + [event("task.assigned")] * 87
    result = alone(
        "take: {ratio: {num: {event: task.closed, where: {on_time: true}}, den: {event: task.assigned}}}, "
        "give: {linear: {from: [0, 1], to: [0, 25]}}, max: 25, no_data: full",
        *tasks,
    )
    # A third is 0.3333, of 25 points 8.3325.
    assert result.lines == (Line("indicator", "x", Fraction("8.33"), Fraction("0.3333"), None, 116),)


def test_a_ratio_without_a_positive_denominator_has_no_data_but_its_count() -> None:
    result = alone(
        "take: {ratio: {num: {event: task.closed}, den: {event: visit.done, field: minutes}}}, "
        "give: as_is, max: 25, no_data: full",
        event("task.closed"),
        event("visit.done", minutes=0),
    )
    assert result.lines == (Line("indicator", "x", Fraction(25), None, None, 2, "full"),)


@pytest.mark.parametrize(
    ("word", "expected", "tier"),
    [
        ("zero", 0, "incompetent"),
        ("full", 20, "incompetent"),
        ("{points: 80}", 80, "competent"),
        ("missing", 0, None),
    ],
)
def test_no_data_is_what_its_word_says(word: str, expected: int, tier: str | None) -> None:
    result = alone(f"take: {{count: {{event: visit.done}}}}, give: {{each: 1}}, max: 20, min: 1, no_data: {word}")
    said = "points" if "points" in word else word
    assert result.lines == (Line("indicator", "x", Fraction(expected), None, None, 0, said),)
    assert (result.tier, result.no_tier) == (tier, None if tier else "data_missing")


def test_too_few_events_for_a_mean_are_no_data_and_are_still_counted() -> None:
    result = alone(
        "take: {mean: {event: rating.resident, between: [2, 5], at_least_n: 3}}, give: {each: 5}, "
        "max: 25, no_data: {points: 18}",
        *[event("rating.resident", stars=stars) for stars in (1, 4, 5)],
    )
    assert result.lines == (Line("indicator", "x", Fraction(18), None, None, 2, "points"),)


@pytest.mark.parametrize(("minutes", "expected"), [("94.9999", 30), ("95", 55), ("95.00004", 55), ("79.99995", 30)])
def test_a_band_is_reached_at_its_very_bound(minutes: str, expected: int) -> None:
    result = alone(
        "take: {sum: {event: visit.done}}, max: 55, no_data: zero, give: {bands: "
        "[{at_least: 95, points: 55}, {at_least: 80, points: 30}, {otherwise: true, points: 0}]}",
        event("visit.done", minutes=minutes),
    )
    assert result.total == expected


def test_distinct_counts_values_and_shows_how_many_events_had_one() -> None:
    visits = [event("visit.done", household=household) for household in ("h1", "h1", "h2")]
    result = alone(
        "take: {count: {event: visit.done, distinct: household}}, give: {each: 0.5}, max: 20, no_data: zero",
        *visits,
        event("visit.done", minutes=3),
    )
    assert result.lines == (Line("indicator", "x", Fraction(1), Fraction(2), None, 3),)


def test_each_event_adds_exact_points_and_rounds_once() -> None:
    result = alone(
        "take: {each_event: {event: visit.done, field: minutes}}, give: {each: 0.004}, max: 20, no_data: zero",
        *[event("visit.done", minutes=1)] * 2,
    )
    assert result.lines == (Line("indicator", "x", Fraction("0.01"), None, None, 2),)


@pytest.mark.parametrize(("pick", "expected"), [("latest", 4), ("best", 9), ("worst", 1)])
def test_level_picks_one_event_by_time_or_by_points(pick: str, expected: int) -> None:
    # The instant of the last two is one; nearer three stars give more.
    ratings = [
        event("rating.resident", time="2025-03-01T08:00:00+08:00", stars=3),
        event("rating.resident", time="2025-03-20T08:00:00+08:00", stars=5),
        event("rating.resident", time="2025-03-20T00:00:00Z", stars=4),
    ]
    bands = "{bands: [{at_least: 5, points: 1}, {at_least: 4, points: 4}, {otherwise: true, points: 9}]}"
    result = alone(
        f"take: {{{pick}: {{event: rating.resident}}}}, give: {bands}, max: 9, no_data: zero",
        *ratings,
    )
    assert (result.total, result.lines[0].count) == (expected, 3)


def test_a_code_has_points_and_no_measure() -> None:
    result = alone(
        "take: {best: {event: honour.awarded, field: level}}, "
        "give: {table: {city: 2, county: 1}}, max: 5, no_data: zero",
        event("honour.awarded", level="county"),
        event("honour.awarded", level="city"),
    )
    assert result.lines == (Line("indicator", "x", Fraction(2), None, "city", 2),)


def test_given_is_the_latest_and_of_one_instant_the_one_with_more_points() -> None:
    late = "2025-03-31T23:59:59.999999+08:00"
    given = [event("assess.work", points=99), *worked({"a": "70.5"}, late), *worked({"a": "71"}, late)]
    assert results(rulebook(), given)["a"].lines == (Line("indicator", "work", Fraction(71), Fraction(71), None, 3),)


def test_where_compares_as_the_field_is_typed() -> None:
    result = alone(
        "take: {count: {event: visit.done, where: {minutes: [2.50, 7], household: h1}}}, "
        "give: {each: 1}, max: 9, no_data: zero",
        event("visit.done", household="h1", minutes=Decimal("2.5")),
        event("visit.done", household="h1", minutes="7.0"),
        event("visit.done", household="H1", minutes=7),
        event("visit.done", minutes=7),
    )
    assert result.total == 2


def test_every_cap_is_a_line_in_the_order_of_the_page() -> None:
    book = rulebook("""
        total: {full: 10, min: 0, max: 11}
        categories: [{id: duty, title: d, max: 10}]
        indicators:
          - {id: v, title: v, category: duty, take: {count: {event: visit.done}}, give: {each: 3}, max: 8,
             no_data: zero}
          - {id: w, title: w, category: duty, take: {count: {event: visit.done}}, give: {each: -1}, min: 4,
             max: 9, no_data: zero}
        bonus:
          max: 6
          items: [{id: b, title: b, take: {count: {event: visit.done}}, give: {each: 5}, max: 7}]
        negative_list:
          - {id: n, title: n, severity: minor, event: visit.done, deduct: 2, max: 3}
          - {id: m, title: m, severity: minor, event: violation.safety, deduct: 2}
    """)
    result = results(book, [event("visit.done")] * 3)["a"]
    assert points(result) == [
        ("indicator", "v", 9),
        ("cap", "v", -1),
        ("indicator", "w", -3),
        ("cap", "w", 7),
        ("category_cap", "duty", -2),
        ("bonus", "b", 15),
        ("cap", "b", -8),
        ("bonus_cap", "bonus", -1),
        ("deduction", "n", -6),
        ("cap", "n", 3),
        ("deduction", "m", 0),
        ("limit", "total", -2),
    ]
    assert result.total == 11
    assert result.lines[8] == Line("deduction", "n", Fraction(-6), Fraction(3), None, 3, None)


def test_the_total_is_held_up_by_a_limit_too() -> None:
    book = rulebook("negative_list: [{id: n, title: n, severity: minor, event: violation.safety, deduct: 2}]")
    result = results(book, [event("violation.safety")])["a"]
    assert points(result)[1:] == [("deduction", "n", -2), ("limit", "total", 2)]


@pytest.mark.parametrize(
    ("time", "period"),
    [
        ("2024-12-31T16:30:00Z", "2025-01"),
        ("2025-01-31T15:59:59.999999Z", "2025-01"),
        ("2025-01-31T16:00:00Z", "2025-02"),
        ("2025-03-01T00:00:00+08:00", "2025-03"),
    ],
)
def test_an_event_belongs_to_the_day_of_the_rulebooks_zone(time: str, period: str) -> None:
    happened = worked({"a": "80"}, time)
    totals = {
        month: results(rulebook(), happened, period=month)["a"].total for month in ("2025-01", "2025-02", "2025-03")
    }
    assert totals == {month: 80 if month == period else 0 for month in totals}


def test_the_bounds_of_a_month_move_with_daylight_saving() -> None:
    book = rulebook("periods: {base: month, rollups: [], timezone: America/New_York}")
    for time, total in [
        ("2025-11-01T03:59:59Z", 0),
        ("2025-11-01T04:00:00Z", 80),
        ("2025-12-01T04:59:59Z", 80),
        ("2025-12-01T05:00:00Z", 0),
    ]:
        assert results(book, worked({"a": "80"}, time), period="2025-11")["a"].total == total


def test_the_period_of_an_event_decides_where_its_type_says_so() -> None:
    vote = "take: {given: {event: assess.annual}}, give: as_is, max: 100, no_data: zero"
    happened = event("assess.annual", time="2026-01-20T10:00:00Z", period="2025-03", points=9)
    assert [alone(vote, happened, period=month).total for month in ("2025-02", "2025-03")] == [0, 9]


def test_a_period_before_the_rulebook_is_refused() -> None:
    with pytest.raises(ValueError, match="before the first period"):
        results(rulebook(), [], roster(a=[assignment()]), period="2024-12")
