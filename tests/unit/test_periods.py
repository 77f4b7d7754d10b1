"""The calendar of periods: their days, their instants in a zone, and which lies in which."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Problem
from service.periods import parse

SHANGHAI, BERLIN, APIA = "Asia/Shanghai", "Europe/Berlin", "Pacific/Apia"
YEARS = [1900, 2024, 2025, 2100, 9998]
PARTS = {
    "": ("year", 1, 12),
    "Q1": ("quarter", 1, 3),
    "Q2": ("quarter", 4, 6),
    "Q3": ("quarter", 7, 9),
    "Q4": ("quarter", 10, 12),
    "H1": ("half_year", 1, 6),
    "H2": ("half_year", 7, 12),
    **{f"{month:02}": ("month", month, month) for month in range(1, 13)},
}
texts = st.builds(
    lambda year, part: f"{year}-{part}" if part else str(year), st.integers(1900, 9998), st.sampled_from(list(PARTS))
)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("part", PARTS)
def test_a_period_has_its_kind_and_days(year: int, part: str) -> None:
    kind, first, last = PARTS[part]
    period = parse(f"{year}-{part}" if part else str(year))
    assert (period.kind, period.first_day) == (kind, date(year, first, 1))
    last_day = period.end_day - timedelta(days=1)
    assert (last_day.year, last_day.month) == (year, last)
    assert period.end_day.day == 1


@pytest.mark.parametrize(
    ("text", "days"), [("2024-02", 29), ("2025-02", 28), ("2100-02", 28), ("2024", 366), ("2025-H1", 181)]
)
def test_a_period_has_as_many_days_as_the_calendar_says(text: str, days: int) -> None:
    period = parse(text)
    assert (period.end_day - period.first_day).days == days


@given(texts)
def test_the_months_of_a_period_follow_each_other_and_fill_it(text: str) -> None:
    period = parse(text)
    months = period.inside("month")
    assert months[0].first_day == period.first_day
    assert months[-1].end_day == period.end_day
    assert all(a.end_day == b.first_day for a, b in pairwise(months))
    assert {month.kind for month in months} == {"month"}


@given(texts, texts)
def test_a_period_contains_what_lies_within_its_days(text: str, other: str) -> None:
    outer, inner = parse(text), parse(other)
    within = outer.first_day <= inner.first_day and inner.end_day <= outer.end_day
    assert (inner.text in outer.contained()) == within


@pytest.mark.parametrize(("text", "count"), [("2025", 19), ("2025-H1", 9), ("2025-Q1", 4), ("2025-03", 1)])
def test_a_period_contains_itself_and_its_parts_once(text: str, count: int) -> None:
    contained = parse(text).contained()
    assert text in contained
    assert len(contained) == len(set(contained)) == count


@given(texts, st.sampled_from([SHANGHAI, BERLIN, APIA, "UTC", "Asia/Kathmandu"]))
def test_bounds_are_the_first_moments_of_local_days_in_utc(text: str, zone: str) -> None:
    """Midnight, or where a change of the clock passes it over, the first moment after."""
    period = parse(text)
    for instant, day in zip(period.bounds(zone), (period.first_day, period.end_day), strict=True):
        assert instant.tzinfo is UTC
        local = instant.astimezone(ZoneInfo(zone))
        assert local.date() == day
        assert (instant - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


@given(texts, st.sampled_from([SHANGHAI, BERLIN, APIA]))
def test_a_period_ends_where_the_next_begins(text: str, zone: str) -> None:
    """Half-open: no instant lies in two months, none between two."""
    months = parse(text).inside("month")
    bounds = [month.bounds(zone) for month in months]
    assert all(a[1] == b[0] for a, b in pairwise(bounds))
    assert (bounds[0][0], bounds[-1][1]) == parse(text).bounds(zone)


def test_new_years_eve_in_utc_is_new_year_in_shanghai() -> None:
    instant = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
    starts, ends = parse("2026").bounds(SHANGHAI)
    assert starts <= instant < ends
    assert instant >= parse("2025-12").bounds(SHANGHAI)[1]


@pytest.mark.parametrize(
    ("text", "hours"), [("2025-03", 31 * 24 - 1), ("2025-10", 31 * 24 + 1), ("2025-02", 28 * 24), ("2025", 365 * 24)]
)
def test_a_month_with_a_change_of_the_clock_is_shorter_or_longer(text: str, hours: int) -> None:
    starts, ends = parse(text).bounds(BERLIN)
    assert ends - starts == timedelta(hours=hours)


def test_a_day_that_a_zone_left_out_is_no_day() -> None:
    """Apia went over the date line: it had no 30 December 2011."""
    starts, ends = parse("2011-12").bounds(APIA)
    assert ends - starts == timedelta(days=30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-",
        "-2025",
        "2025-0",
        "2025-00",
        "2025-13",
        "2025-1",
        "2025-001",
        "2025-q1",
        "2025-Q0",
        "2025-Q5",
        "2025-H3",
        "2025-03-01",
        "2025 ",
        " 2025",
        "25",
        "02025",
        "1899",
        "9999",
        "٢٠٢٥",
        "2025-٠٣",
        "2025\n",
        "2025-Q1\n",
        "year",
        "2025-03\x00",
    ],
    ids=ascii,
)
def test_another_text_is_no_period(text: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(text)
    assert refused.value.code == "resource.unknown"


@given(texts, st.sampled_from(["month", "quarter", "half_year", "year"]), st.integers(1, 30))
def test_the_periods_before_end_at_the_start_and_follow_each_other(text: str, kind: str, count: int) -> None:
    period = parse(text)
    before = period.before(kind, count)
    assert len(before) <= count
    assert {p.kind for p in before} <= {kind}
    assert all(p.end_day <= period.first_day for p in before)
    assert all(a.end_day == b.first_day for a, b in pairwise(before))
    if before and not period.containing(kind):
        assert before[-1].end_day == period.first_day


def test_what_contains_a_period_what_is_before_it_and_a_part_of_its_year() -> None:
    may = parse("2025-05")
    assert [p.text for p in may.containing("quarter")] == ["2025-Q2"]
    assert parse("2025").containing("month") == []
    assert [p.text for p in may.before("year", 2)] == ["2023", "2024"]
    assert [p.text for p in may.before("quarter", 2)] == ["2024-Q4", "2025-Q1"]
    assert may.part_of_year("H2").text == "2025-H2"
