"""Hand-computed cases of which events count: value, about, window, lasts and state."""

from fractions import Fraction
from typing import Any

import pytest

from oracle.result import Line
from tests.oracle.cases import (
    alone,
    assignment,
    community_book,
    event,
    measured,
    on,
    results,
    roster,
    rulebook,
)

MONTHS = "periods: {base: month, rollups: [year], timezone: Asia/Shanghai}\n"


def ballots(**votes: int) -> list[dict[str, Any]]:
    return [event("ballot.cast", vote=vote) for vote, number in votes.items() for _ in range(number)]


def test_a_code_is_read_as_a_number_and_an_out_row_is_only_counted() -> None:
    # (2 × 100 + 80) ÷ 3 = 93.3333…; the two who don't know are counted and have no number.
    result = alone(
        "take: {mean: {event: ballot.cast, field: vote, value: {good: 100, fair: 80, poor: 0, unsure: out}, "
        "at_least_n: 5}}, give: {each: 0.1}, max: 10, no_data: zero",
        *ballots(good=2, fair=1, unsure=2),
    )
    assert result.lines == (Line("indicator", "x", Fraction("9.33"), Fraction("93.3333"), None, 5),)


def test_a_mean_of_nothing_but_out_has_no_data() -> None:
    take = "take: {mean: {event: ballot.cast, field: vote, value: {good: 1, fair: 1, poor: 1, unsure: out}}}"
    assert measured(take, *ballots(unsure=3)) is None
    assert measured(take, *ballots(unsure=3, fair=1)) == 1


def test_a_sum_of_nothing_but_out_is_zero() -> None:
    take = "take: {sum: {event: ballot.cast, field: vote, value: {good: 1, fair: 1, poor: 1, unsure: out}}}"
    assert measured(take, *ballots(unsure=3)) == 0
    assert measured(take) is None


def test_what_the_own_organisation_did_counts_while_one_serves_it() -> None:
    people = roster(a=[assignment(to="2025-03-15"), assignment("pine", since="2025-03-15")])
    events = [
        event("task.assigned", "organisation/lotus", on("03-14", "23:59:59")),
        event("task.assigned", "organisation/lotus", on("03-15", "00:00:00")),
        event("task.assigned", "organisation/pine", on("03-15", "00:00:00")),
        event("task.assigned", "organisation/pine", on("03-14")),
        event("task.assigned", "organisation/yh-east", on("03-20")),
        event("task.assigned", "a", on("03-20")),
    ]
    assert measured("take: {count: {event: task.assigned, about: organisation}}", *events, people=people) == 2
    assert measured("take: {count: {event: task.assigned}}", *events, people=people) == 1


def test_what_the_nearest_street_above_did_counts() -> None:
    events = [event("task.assigned", f"organisation/{place}") for place in ("yh-east", "yh-east", "yh-west", "lotus")]
    about = "take: {count: {event: task.assigned, about: {organisation: street}}}"
    assert measured(about, *events) == 2
    assert measured(about, *events, people=roster(a=[assignment("yunhe")])) is None


def test_a_member_of_two_places_counts_once_and_nobody_is_a_member_of_oneself() -> None:
    people = roster(
        a=[assignment("lotus", "head"), assignment("yh-east", "head")],
        b=[assignment("lotus-1", "grid_worker")],
        c=[assignment("pine", "grid_worker", to="2025-03-10")],
        d=[assignment("yh-west", "grid_worker")],
        e=[assignment("lotus", "guard")],
    )
    about = "take: {count: {event: task.assigned, about: {members: [grid_worker, head]}}}"
    # b is below lotus and below yh-east; c held the post up to the day before; d is elsewhere, e has another post.
    happened = [event("task.assigned", who) for who in ("a", "b", "c", "d", "e")]
    assert measured(about, *happened, people=people) == 1
    assert measured(about, event("task.assigned", "c", on("03-09", "23:59:59")), people=people) == 1


def test_an_organisations_members_are_those_of_itself_or_below() -> None:
    members, street = "{members: [staff]}", "{organisation: street}"
    takes = [f"take: {{count: {{event: task.assigned, about: {about}}}}}, no_data: zero" for about in (members, street)]
    book = community_book(f"measures: [{{id: m, title: m, {takes[0]}}}, {{id: n, title: n, {takes[1]}}}]")
    people = roster("a", b=[assignment("lotus-1")], c=[assignment("pine")])
    happened = [event("task.assigned", who) for who in ("a", "b", "c", "organisation/yh-east")]
    found = results(book, happened, people)
    assert {place: [number for _, number, _ in result.measures] for place, result in found.items()} == {
        "lotus": [2, 1],
        "pine": [1, 1],
    }


@pytest.mark.parametrize(
    ("window", "counted"),
    [("", 1), (", window: year", 3), (", window: {last: 2}", 2), (", window: {last: 4}", 4)],
)
def test_a_window_ends_with_the_period_and_begins_before_it(window: str, counted: int) -> None:
    events = [event("task.assigned", time=on(day)) for day in ("03-31", "02-01", "01-01", "2024-12-31", "04-01")]
    assert measured(f"take: {{count: {{event: task.assigned{window}}}}}", *events) == counted


@pytest.mark.parametrize(
    ("given_on", "months"),
    [
        # Twelve months from 10 July: the last day is 9 July of the next year.
        ("2024-07-10", {"2025-07": 1, "2025-08": 0, "2025-06": 1, "2025-01": 1}),
        # A month to the 1st, that day excluded, doesn't touch the month that begins with it.
        ("2024-07-01", {"2025-06": 1, "2025-07": 0}),
        # From 29 February to the last day of a shorter one, excluded.
        ("2024-02-29", {"2025-01": 1, "2025-02": 1, "2025-03": 0}),
    ],
)
def test_a_sanction_of_twelve_months(given_on: str, months: dict[str, int]) -> None:
    sanction = event("sanction.given", time=on(given_on), kind="demerit")
    take = "take: {count: {event: sanction.given, lasts: 12}}"
    found = {month: measured(take, sanction, period=month) or 0 for month in months}
    assert found == months


def test_a_sanction_of_twelve_months_that_starts_in_july_touches_both_years_and_no_third() -> None:
    book = rulebook(
        MONTHS
        + "rollup: {year: {min_periods: 0, parts: [{id: months, title: m, take: {mean: {results: month}}, "
        + "weight: 100%, no_data: zero}]}}\n"
        + "negative_list: [{id: s, title: s, severity: serious, event: sanction.given, lasts: 12, "
        + "ceiling: competent, binds: [month, year]}]\n"
        + "measures: [{id: days, title: d, take: {days: {event: sanction.given, lasts: 12}}, no_data: zero}]\n"
    )
    events = [event("sanction.given", time=on("07-10"), kind="demerit")]
    years = {year: results(book, events, roster("a"), year)["a"].measures[0][1] for year in ("2025", "2026", "2027")}
    # 10 July to 31 December are 22 + 31 + 30 + 31 + 30 + 31 days, 1 January to 9 July 2026 are 181 + 9.
    assert years == {"2025": 175, "2026": 190, "2027": 0}


@pytest.mark.parametrize(("period", "counts"), [("2025-03", 0), ("2025-04", 1), ("2025-09", 1), ("2025-10", 0)])
def test_how_long_depends_on_the_code(period: str, counts: int) -> None:
    events = [event("sanction.given", time=on("04-01"), kind="warning"), event("sanction.given", time=on("02-01"))]
    lasts = "lasts: {field: kind, months: {warning: 6, demerit: 12}}"
    take = f"take: {{count: {{event: sanction.given, {lasts}}}}}"
    assert (measured(take, *events, period=period) or 0) == counts


@pytest.mark.parametrize(
    ("ends_on", "period", "days"),
    [
        ("2025-04-10", "2025-03", 12),
        ("2025-04-10", "2025-04", 10),
        ("2025-04-10", "2025-05", None),
        ("2025-04-10", "2025-02", None),
        ("2025-03-31", "2025-04", None),
        ("2025-04-01", "2025-04", 1),
        ("2025-03-19", "2025-03", None),
    ],
)
def test_a_sanction_until_a_day_has_that_day_in_it(ends_on: str, period: str, days: int | None) -> None:
    sanction = event("sanction.given", time=on("03-20"), ends_on=ends_on)
    assert measured("take: {days: {event: sanction.given, lasts: {until: ends_on}}}", sanction, period=period) == days


def test_days_under_two_sanctions_are_counted_once() -> None:
    sanctions = [
        event("sanction.given", time=on("03-01"), ends_on="2025-03-05"),
        event("sanction.given", time=on("03-04"), ends_on="2025-03-10"),
    ]
    assert measured("take: {days: {event: sanction.given, lasts: {until: ends_on}}}", *sanctions) == 10


def honour(counts: str, without: str, as_of: str = "latest") -> str:
    return (
        "take: {count: {event: honour.awarded, state: {event: honour.reviewed, same: case, field: decision, "
        f"counts: [{counts}], without: {without}, as_of: {as_of}}}}}}}"
    )


def test_the_latest_word_about_an_act_decides() -> None:
    events = [
        event("honour.awarded", case="one"),
        event("honour.reviewed", time=on("03-11"), case="one", decision="accepted"),
        event("honour.reviewed", time=on("03-12"), case="one", decision="rejected"),
        event("honour.awarded", case="two"),
        event("honour.reviewed", time=on("03-11"), case="two", decision="rejected"),
        # Of the same instant, one that lets it count.
        event("honour.reviewed", time=on("04-12"), case="two", decision="accepted"),
        event("honour.reviewed", time="2025-04-12T02:00:00Z", case="two", decision="rejected"),
        event("honour.awarded", case="three"),
        # Somebody else's review is not about this act.
        event("honour.reviewed", "b", case="three", decision="accepted"),
        event("honour.awarded"),
    ]
    assert measured(honour("accepted", "waits"), *events) == 1
    assert measured(honour("accepted", "counts"), *events) == 3
    assert measured(honour("", "counts"), *events) == 2
    # At the end of March the second was rejected.
    assert measured(honour("accepted", "waits", "period_end"), *events) is None
    assert measured(honour("rejected", "waits", "period_end"), *events) == 2


def test_a_word_from_before_the_day_of_the_act_is_about_another_one() -> None:
    review = {"case": "one", "decision": "rejected"}
    same_day = [event("honour.awarded", case="one"), event("honour.reviewed", time=on("03-10", "00:00:00"), **review)]
    before = [same_day[0], event("honour.reviewed", time=on("03-09", "23:59:59"), **review)]
    assert measured(honour("accepted", "counts"), *same_day) is None
    assert measured(honour("accepted", "counts"), *before) == 1


def test_a_mean_leaves_out_what_is_not_between_and_a_count_of_values_what_has_none() -> None:
    ratings = [event("rating.resident", stars=stars) for stars in (1, 2, 4, 5)]
    assert measured("take: {mean: {event: rating.resident, between: [2, 4]}}", *ratings) == 3
    closed = [event("task.closed", hours="2.5"), event("task.closed", hours="2.50"), event("task.closed")]
    assert measured("take: {count: {event: task.closed, distinct: hours}}", *closed) == 1
