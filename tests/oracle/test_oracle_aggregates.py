"""Hand-computed cases of rows to one number: best, worst, latest, plurality, running, and the roster's numbers."""

from hashlib import sha256
from typing import Any

import pytest

from oracle.events import mark
from tests.oracle.cases import (
    alone,
    assignment,
    attribute,
    attributed,
    event,
    measured,
    on,
    roster,
)


def rated(stars: str, day: str = "03-10") -> dict[str, Any]:
    return event("rating.resident", time=on(day), stars=stars)


def ballots(**votes: int) -> list[dict[str, Any]]:
    return [event("ballot.cast", vote=vote) for vote, number in votes.items() for _ in range(number)]


def plurality(tie: str = "better", wins: str = "most", of: str = "ballots", more: str = "") -> str:
    return (
        f"take: {{plurality: {{event: ballot.cast, field: vote, order: [good, fair, poor], of: {of}, "
        f"wins: {wins}, tie: {tie}{more}}}}}"
    )


@pytest.mark.parametrize(("tie", "winner"), [("better", "good"), ("worse", "fair"), ("no_data", None)])
def test_eight_to_eight_among_sixteen_ballots(tie: str, winner: str | None) -> None:
    assert measured(plurality(tie), *ballots(good=8, fair=8)) == winner
    # Half is not more than half, whoever of the two would win.
    assert measured(plurality(tie, "more_than_half"), *ballots(good=8, fair=8)) is None


@pytest.mark.parametrize(
    ("wins", "of", "votes", "winner"),
    [
        ("most", "ballots", {"poor": 2, "good": 1, "unsure": 9}, "poor"),
        ("most", "votes", {"unsure": 9}, None),
        ("more_than_half", "ballots", {"fair": 8, "good": 2, "unsure": 6}, None),
        ("more_than_half", "ballots", {"fair": 9, "good": 1, "unsure": 6}, "fair"),
        ("more_than_half", "votes", {"fair": 6, "good": 4, "unsure": 6}, "fair"),
        ("two_thirds", "votes", {"fair": 6, "good": 3, "unsure": 6}, "fair"),
        ("two_thirds", "ballots", {"fair": 6, "good": 3, "unsure": 6}, None),
        ("two_thirds", "ballots", {"fair": 10, "good": 5}, "fair"),
    ],
)
def test_a_majority_of_the_votes_or_of_all_ballots(wins: str, of: str, votes: dict[str, int], winner: str) -> None:
    assert measured(plurality(wins=wins, of=of), *ballots(**votes)) == winner


def test_too_few_ballots_have_no_winner_and_are_counted() -> None:
    assert measured(plurality(more=", at_least_n: 4"), *ballots(good=2, unsure=1)) is None
    assert measured(plurality(more=", at_least_n: 3"), *ballots(good=2, unsure=1)) == "good"
    item = f"{plurality(more=', at_least_n: 4')}, give: {{table: {{good: 9, fair: 5, poor: 1}}}}, max: 9, no_data: zero"
    result = alone(item, *ballots(good=2, unsure=1))
    assert [(line.points, line.code, line.count, line.no_data) for line in result.lines] == [(0, None, 3, "zero")]
    shown = alone(item, *ballots(good=3, unsure=1)).lines[0]
    assert (shown.points, shown.measure, shown.code, shown.count) == (9, None, "good", 4)


@pytest.mark.parametrize(("word", "number"), [("best", 2), ("worst", 3), ("latest", 3), ("given", 3)])
def test_of_equal_points_the_greatest_number(word: str, number: int) -> None:
    # 1 and 2 give 9, 3 gives 5; the last instant has 3, and 1 before it.
    bands = "give: {bands: [{at_least: 3, points: 5}, {otherwise: true, points: 9}]}"
    rows = [rated("1", "03-01"), rated("2", "03-02"), rated("1", "03-09"), rated("3", "03-10")]
    result = alone(f"take: {{{word}: {{event: rating.resident}}}}, {bands}, max: 9, no_data: zero", *rows)
    assert (result.lines[0].measure, result.lines[0].count) == (number, 4)


def test_of_one_instant_the_latest_gives_more_points_then_is_the_greater() -> None:
    bands = "give: {bands: [{at_least: 3, points: 5}, {otherwise: true, points: 9}]}"
    item = f"take: {{latest: {{event: rating.resident}}}}, {bands}, max: 9, no_data: zero"
    assert alone(item, rated("4"), rated("2"), rated("1")).lines[0].measure == 2


def test_without_points_the_smaller_event_is_the_latest() -> None:
    rows = [event("ballot.cast", vote=vote) for vote in ("good", "fair", "poor")]
    first = min(rows, key=lambda row: mark(row["source"], row["id"]))
    assert measured("take: {latest: {event: ballot.cast, field: vote}}", *rows) == first["data"]["vote"]


def test_the_mark_of_an_event_is_of_its_source_with_its_length_and_its_id() -> None:
    assert mark("app", "e1") == sha256(b"\x00\x00\x00\x03appe1").digest()[:16]


def test_what_is_out_is_never_the_best_or_the_latest() -> None:
    votes = "field: vote, value: {good: 3, fair: 2, poor: out, unsure: out}"
    rows = [
        event("ballot.cast", time=on("03-01"), vote="good"),
        event("ballot.cast", time=on("03-02"), vote="fair"),
        event("ballot.cast", time=on("03-03"), vote="poor"),
    ]
    assert measured(f"take: {{latest: {{event: ballot.cast, {votes}}}}}", *rows) == 2
    assert measured(f"take: {{worst: {{event: ballot.cast, {votes}}}}}", *rows) == 2
    assert measured(f"take: {{best: {{event: ballot.cast, {votes}}}}}", rows[2]) is None


@pytest.mark.parametrize(
    ("results", "length"),
    [("failed passed failed failed", 2), ("failed failed passed", 0), ("failed", 1), ("", None)],
)
def test_failed_running(results: str, length: int | None) -> None:
    exams = [event("exam.taken", time=on(f"03-{10 - n:02}"), result=one) for n, one in enumerate(results.split()[::-1])]
    assert measured("take: {running: {event: exam.taken, field: result, is: [failed]}}", *exams) == length


def test_a_constant_and_the_service_days_are_read_once() -> None:
    people = roster(a=[assignment(since="2025-03-11"), assignment("pine", since="2025-03-21", to="2025-03-25")])
    fixed = alone("take: {fixed: 100}, give: as_is, max: 100, no_data: zero", people=people).lines[0]
    days = alone("take: service_days, give: {each: 1}, max: 31, no_data: zero", people=people).lines[0]
    assert (fixed.points, fixed.measure, fixed.count) == (100, 100, 1)
    assert (days.points, days.measure, days.count) == (21, 21, 1)


@pytest.mark.parametrize(
    ("assignments", "months"),
    [
        # From the 15th of January 2024 to the end of March 2025: 14 months and 17 days.
        ([assignment(since="2024-01-15")], 14),
        # Without a gap one stretch: 14; with a day between, 6 and 7 months and some days.
        ([assignment(since="2024-01-15", to="2024-08-10"), assignment("yh-west", since="2024-08-10")], 14),
        ([assignment(since="2024-01-15", to="2024-08-10"), assignment("yh-west", since="2024-08-11")], 6 + 7),
        # Overlapping ones are not counted twice.
        ([assignment(since="2024-01-01"), assignment("pine", since="2024-03-01", to="2024-05-01")], 15),
        ([assignment(since="2024-01-31", to="2024-02-29"), assignment(since="2025-03-31")], 0),
        ([assignment(since="2025-03-01", to="2025-12-01"), assignment("lotus", "guard", since="2020-01-01")], 1),
    ],
)
def test_whole_months_in_post(assignments: list[dict[str, Any]], months: int) -> None:
    assert measured("take: {tenure_months: {posts: [staff]}}", people=roster(a=assignments)) == months


def test_tenure_is_counted_anywhere_and_in_posts_that_the_rulebook_does_not_appraise() -> None:
    people = roster(a=[assignment(), assignment("yunhe", "guard", since="2024-04-01", to="2024-06-01")])
    assert measured("take: {tenure_months: {posts: [guard]}}", people=people) == 2
    assert measured("take: {tenure_months: {posts: [head]}}", people=people) == 0


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ([attribute("certificate", "senior", "2025-03-31")], "senior"),
        ([attribute("certificate", "senior", "2025-04-01")], None),
        ([attribute("certificate", "senior", to="2025-03-31")], None),
        ([attribute("certificate", "junior"), attribute("certificate", "basic", "2025-01-01")], "basic"),
        ([attribute("certificate", "junior"), attribute("certificate", "basic")], "basic"),
        ([attribute("other", "senior")], None),
    ],
)
def test_the_attribute_on_the_last_day(attributes: list[dict[str, Any]], code: str | None) -> None:
    people = attributed(roster("a"), a=attributes)
    assert measured("take: {attribute: {name: certificate}}", people=people) == code


@pytest.mark.parametrize(
    ("value", "number"), [("1200", 1200), ("12.5", 12.5), ("-3", -3), ("1e3", None), ("many", None)]
)
def test_an_attribute_as_a_number(value: str, number: float | None) -> None:
    people = attributed(roster("a"), a=[attribute("households", value)])
    assert measured("take: {attribute: {name: households, as: number}}", people=people) == number


def test_an_attribute_that_the_table_does_not_list_is_no_data() -> None:
    item = "take: {attribute: {name: certificate}}, give: {table: {senior: 5}}, max: 5, no_data: {points: 1}"
    for value, points in (("senior", 5), ("junior", 1)):
        people = attributed(roster("a"), a=[attribute("certificate", value)])
        [line] = alone(item, people=people).lines
        assert (line.points, line.count, line.no_data is None) == (points, 1, points == 5)
