"""Hand-computed cases of results as rows: of whom, of which periods, and what is read of them."""

from fractions import Fraction
from typing import Any

import pytest

from oracle import appraiser
from tests.oracle.cases import (
    EVENT_TYPES,
    assignment,
    community_book,
    event,
    on,
    results,
    roster,
    rulebook,
    worked,
)

YEARLY = "periods: {base: month, rollups: [year], timezone: Asia/Shanghai}\n"
ROLLUP = """
rollup:
  year:
    min_periods: 0
    parts: [{id: months, title: 月度平均, take: {mean: {results: month}}, weight: 100%, no_data: zero}]
"""
MISSING = """
indicators:
  - {id: work, title: 工作, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100,
     no_data: missing}
"""
COMMUNITIES = community_book(YEARLY + ROLLUP + MISSING)


def read(take: str, *events: dict[str, Any], period: str = "2025-03", people: Any = None, also: str = "") -> Any:
    """The number or code that worker `a` takes in a period, of a book whose months may be of communities."""
    kinds = {4: "year", 7: "month"}
    book = rulebook(
        YEARLY
        + ROLLUP
        + MISSING
        + f"measures: [{{id: m, title: m, take: {take}, no_data: unmet, in: [{kinds[len(period)]}]}}]\n"
        + also
    )
    result = results(book, events, people or roster("a"), period, [COMMUNITIES])["a"]
    [(_, number, code)] = result.measures
    return number if code is None else code


def monthly(who: str = "a", **points: str) -> list[dict[str, Any]]:
    """Totals by the months `m01` to `m12`, or `y24m01` of the year before."""
    found = []
    for month, given in points.items():
        year = "2024" if month.startswith("y24") else "2025"
        found += worked({who: given}, on(f"{year}-{month[-2:]}-10"))
    return found


def test_a_month_without_an_assignment_is_not_in_the_mean_of_twelve() -> None:
    people = roster(a=[assignment(to="2025-06-01"), assignment(since="2025-07-01")])
    twelve = {f"m{month:02}": "80" for month in range(1, 13)} | {"m06": "2", "m12": "91"}
    # The 2 of June are of no month that is appraised: (10 × 80 + 91) ÷ 11.
    assert read("{mean: {results: month}}", *monthly(**twelve), period="2025", people=people) == 81
    assert read("{count: {results: month}}", *monthly(**twelve), period="2025", people=people) == 11


@pytest.mark.parametrize(
    ("period", "words", "number"),
    [
        ("2025", "", 3),
        ("2025-03", ", period: {before: 2}", 2),
        ("2025-03", ", period: {before: 1}", 1),
        ("2025", ", period: {before: 12}", 2),
        ("2026", ", period: {before: 3}", None),
        ("2026", ", period: {before: 10}", 1),
    ],
)
def test_the_last_periods_before_this_one(period: str, words: str, number: int | None) -> None:
    totals = monthly(y24m01="60", y24m12="60", m01="70", m02="80", m03="90")
    also = "effective: {from: 2024-01}\n"
    assert read(f"{{count: {{results: month{words}}}}}", *totals, period=period, also=also) == number


def test_before_the_rulebook_there_are_no_results() -> None:
    totals = monthly(y24m12="60", m01="70")
    assert read("{count: {results: month, period: {before: 3}}}", *totals) == 1


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("period: same, read: tier", "competent"),
        ("period: same", 75),
        ("period: same, read: rank", 2),
        ("period: same, read: {category: duty}", 75),
        ("period: same, read: {indicator: work}", 75),
        ("period: same, read: {indicator: nothing}", None),
        ("period: inside", 75),
        ("period: {before: 1}", 99),
        ("period: {before: 1}, read: rank", 1),
        ("period: same, top: 1", None),
        ("period: same, top: 2", 75),
        ("period: same, tier: [excellent]", None),
    ],
)
def test_what_the_community_of_the_month_has(words: str, value: Any) -> None:
    events = [
        *worked({"organisation/lotus": "75", "organisation/pine": "80"}),
        *worked({"organisation/lotus": "99"}, on("02-10")),
    ]
    take = f"{{latest: {{results: month, of: organisation, rulebook: communities, {words}}}}}"
    assert read(take, *events) == value


def test_the_year_that_contains_the_month_and_kinds_that_the_other_does_not_know() -> None:
    events = worked({"organisation/lotus": "75"})
    of = "of: organisation, rulebook: communities"
    assert read(f"{{latest: {{results: year, {of}, period: containing}}}}", *events) == 75
    assert read(f"{{latest: {{results: year, {of}, period: same}}}}", *events) is None
    assert read(f"{{latest: {{results: year, {of}}}}}", *events) is None
    assert read(f"{{latest: {{results: quarter, {of}, period: containing}}}}", *events) is None


def test_the_nearest_street_above_and_a_subject_that_is_not_appraised() -> None:
    streets = community_book("applies_to: {kinds: [street], under: yunhe}\nrulebook: communities\n" + MISSING)
    book = rulebook(
        "measures: [{id: m, title: m, take: {latest: {results: month, of: {organisation: street}, "
        "rulebook: communities, period: same}}, no_data: unmet}]"
    )
    people = roster("a", b=[assignment("yh-west")], c=[assignment("yunhe")])
    events = worked({"organisation/yh-east": "60", "organisation/lotus": "10"})
    found = results(book, events, people, others=[streets])
    assert [one.measures[0][1] for one in found.values()] == [60, None, None]


@pytest.mark.parametrize(
    ("no_tier", "length"),
    # From April on: incompetent, no work and so no tier, incompetent, incompetent.
    [("breaks", 2), ("skips", 3)],
)
def test_a_result_without_a_tier_ends_the_run_or_is_passed_over(no_tier: str, length: int) -> None:
    totals = monthly(m03="90", m04="10", m06="10", m07="10")
    words = f"results: month, period: {{before: 5}}, tier: [incompetent], no_tier: {no_tier}"
    assert read(f"{{running: {{{words}}}}}", *totals, period="2025-08") == length
    assert read(f"{{running: {{{words}}}}}", *totals, *monthly(m08="90"), period="2025-09") == 0
    assert read(f"{{running: {{{words}, at_least_n: 5}}}}", *totals, period="2025-08") is None
    assert read(f"{{running: {{{words}, at_least_n: 4}}}}", *totals, period="2025-08") == length


@pytest.mark.parametrize(
    ("keeps", "length"), [("top: 1", 1), ("tier: [excellent]", 2), ("tier: [excellent], top: 1", 1), ("top: 3", 3)]
)
def test_front_ranks_running(keeps: str, length: int) -> None:
    book = rulebook(
        "measures: [{id: m, title: m, take: {running: {results: month, period: {before: 3}, "
        + f"no_tier: breaks, {keeps}}}}}, no_data: unmet, in: [month]}}]\n"
    )
    # The ranks of a are 1, 2, 1, and its tiers competent, excellent, excellent.
    totals = [*monthly(m01="80", m02="90", m03="91"), *monthly("b", m01="70", m02="95", m03="80")]
    assert results(book, totals, period="2025-04")["a"].measures == (("m", length, None),)


def test_an_insufficient_history_is_no_no() -> None:
    totals = monthly(m01="90", m02="90")
    words = "results: month, period: {before: 3}, tier: [incompetent]"
    # Three months: none in the tier, and one of them has no result.
    assert read(f"{{count: {{{words}, at_least_n: 3}}}}", *totals, period="2025-04") is None
    assert read(f"{{count: {{{words}, at_least_n: 2}}}}", *totals, period="2025-04") == 0
    assert read(f"{{count: {{{words}}}}}", *totals, period="2025-04") == 0
    assert read(f"{{count: {{{words}}}}}", *totals, period="2025-01") is None
    assert read(f"{{count: {{{words}}}}}", *totals, *monthly(m03="3"), period="2025-04") == 1
    assert read("{mean: {results: month, period: {before: 3}, at_least_n: 3}}", *totals, period="2025-04") is None


def test_enough_results_are_counted_before_some_are_passed_over() -> None:
    """A mean of one of three months that are there is that month's number."""
    words = "results: month, period: {before: 3}, tier: [incompetent], at_least_n: 3"
    assert read(f"{{mean: {{{words}}}}}", *monthly(m01="90", m02="30", m03="80"), period="2025-04") == 30
    assert read(f"{{mean: {{{words}}}}}", *monthly(m01="90", m02="30"), period="2025-04") is None


@pytest.mark.parametrize(
    ("points", "length"),
    [({"m02": "90"}, None), ({"m03": "90"}, None), ({"m03": "50"}, 0), ({"m02": "50", "m03": "90"}, 1), ({}, None)],
)
def test_what_has_no_tier_holds_a_run_up_that_nothing_ended_before(points: dict[str, str], length: int | None) -> None:
    words = "results: month, period: {before: 3}, tier: [excellent], no_tier: holds"
    assert read(f"{{running: {{{words}}}}}", *monthly(**points), period="2025-04") == length


def test_the_last_final_month_and_never_this_one() -> None:
    book = rulebook(
        "measures: [{id: m, title: m, take: {latest: {results: month, period: last_final}}, no_data: unmet}]"
    )
    totals, final = monthly(m01="90", m02="80", m03="70"), ("2025-01", "2025-03", "2025-04")
    found = appraiser(book, EVENT_TYPES, roster("a"), totals, final=[("yunhe", month) for month in final])
    read_in = {month: found(month)["worker/a"].measures[0][1] for month in ("2025-01", "2025-02", "2025-03", "2025-04")}
    assert read_in == {"2025-01": None, "2025-02": 90, "2025-03": 90, "2025-04": 70}


def test_the_best_month_and_the_worst() -> None:
    totals = monthly(m01="90", m02="70", m03="80")
    take = {word: f"{{{word}: {{results: month}}}}" for word in ("best", "worst", "latest", "sum")}
    found = {word: read(said, *totals, period="2025") for word, said in take.items()}
    assert found == {"best": 90, "worst": 70, "latest": 80, "sum": 240}


@pytest.mark.parametrize(
    ("word", "number"),
    [
        # 20 days in lotus with 90, 11 in pine with 60: (20 × 90 + 11 × 60) ÷ 31 = 79.35483…
        ("split_by_days", Fraction("79.3548")),
        ("longest", 90),
        ("at_end", 60),
    ],
)
def test_a_mean_by_the_days_in_each_community(word: str, number: Fraction) -> None:
    people = roster(
        a=[
            assignment(to="2025-03-21"),
            assignment("pine", since="2025-03-21"),
            # The same day twice, and a community without a result, change nothing.
            assignment(post="head", since="2025-03-05", to="2025-03-11"),
            assignment("yh-west", since="2025-03-01", to="2025-03-10"),
        ]
    )
    take = "{mean: {results: month, of: organisation, rulebook: communities, period: same}}"
    events = worked({"organisation/lotus": "90", "organisation/pine": "60"})
    assert read(take, *events, people=people, also=f"assignment: {word}") == number


def test_quarters_of_months_and_a_year_of_quarters() -> None:
    parts = "parts: [{id: %s, title: t, take: {mean: {results: %s}}, weight: 100%%, no_data: missing}]"
    book = rulebook(
        "periods: {base: month, rollups: [quarter, half_year, year], timezone: Asia/Shanghai}\n"
        + "rollup:\n"
        + f"  quarter: {{min_periods: 0, {parts % ('q', 'month')}}}\n"
        + f"  half_year: {{min_periods: 0, {parts % ('h', 'month')}}}\n"
        + f"  year: {{min_periods: 4, {parts % ('y', 'quarter')}}}\n"
        + "measures:\n"
        + "  - {id: h2, title: h, take: {latest: {results: half_year, period: H2}}, no_data: unmet, in: [year]}\n"
        + "  - {id: q1, title: q, take: {latest: {results: quarter, period: Q1}}, no_data: unmet, in: [year]}\n"
        + MISSING
    )
    totals = monthly(m01="60", m02="70", m03="80", m04="100", m09="50")
    by_period = {name: results(book, totals, period=name)["a"] for name in ("2025-Q1", "2025-Q2", "2025-H1", "2025")}
    # The year is the mean of the quarters with a result: (70 + 100 + 50) ÷ 3; its half years those of months.
    assert {name: one.total for name, one in by_period.items()} == {
        "2025-Q1": 70,
        "2025-Q2": 100,
        "2025-H1": Fraction("77.5"),
        "2025": Fraction("73.33"),
    }
    assert by_period["2025"].measures == (("h2", 50, None), ("q1", 70, None))
    assert (by_period["2025"].tier, results(book, totals[1:], period="2025")["a"].no_tier) == ("competent", None)
    assert results(book, totals[2:], period="2025")["a"].no_tier == "few_periods"


def test_a_book_of_quarters_is_computed_from_events() -> None:
    book = rulebook("periods: {base: quarter, rollups: [], timezone: Asia/Shanghai}\neffective: {from: 2025-Q1}")
    events = [event("assess.work", time=on("04-01", "00:00:00"), points=4), event("assess.work", points=3)]
    assert [results(book, events, period=name)["a"].total for name in ("2025-Q1", "2025-Q2")] == [3, 4]
    with pytest.raises(ValueError, match="before the first period"):
        results(book, events, period="2024-Q4")


def test_a_period_that_reads_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="reads its own results"):
        read("{latest: {results: year, period: containing}}", *monthly(m01="60"))
