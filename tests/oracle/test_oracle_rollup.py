"""Hand-computed cases of the year: means of months, weights, and what binds a whole year."""

from fractions import Fraction
from typing import Any

import pytest

from oracle.result import Line
from tests.oracle.cases import assignment, event, results, roster, rulebook, worked

PERIODS = "periods: {base: month, rollups: [year], timezone: Asia/Shanghai}\n"
ROLLUP = """
rollup:
  year:
    min_periods: 2
    parts:
      - {id: months, title: 月度平均, take: {mean: {results: month}}, weight: 70%, no_data: missing}
      - {id: annual, title: 年度测评, take: {given: {event: assess.annual, between: [0, 100]}}, weight: 30%,
         no_data: {points: 20}}
"""
MISSING = """
indicators:
  - {id: work, title: 工作, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100,
     no_data: missing}
"""


def worked_in(**points: str) -> list[dict[str, Any]]:
    """Totals of worker `a`, by the months `m01` to `m12`."""
    return [
        one
        for month, given in points.items()
        for one in worked({"a": given}, f"2025-{month.removeprefix('m')}-10T10:00:00+08:00")
    ]


def year(changes: str, *events: dict[str, Any], people: dict[str, Any] | None = None) -> Any:
    """The year 2025 of worker `a`."""
    return results(rulebook(PERIODS + changes), events, people or roster("a"), "2025")["a"]


def test_the_year_is_the_weighted_mean_of_appraised_months_and_the_vote() -> None:
    result = year(
        ROLLUP + MISSING,
        *worked_in(m01="80", m02="85", m12="85.01"),
        event("assess.annual", time="2026-01-09T10:00:00+08:00", period="2025", points=90),
        event("assess.annual", time="2026-01-10T10:00:00+08:00", period="2025", points=101),
    )
    # 250.01 ÷ 3 = 83.33666…, so 83.3367 × 0.7 = 58.33569; 90 × 0.3 = 27.
    assert result.lines == (
        Line("part", "months", Fraction("58.34"), Fraction("83.3367"), None, 3),
        Line("part", "annual", Fraction(27), Fraction(90), None, 1),
    )
    assert (result.total, result.tier, result.rank) == (Fraction("85.34"), "excellent", 1)


def test_no_data_max_and_min_are_on_the_weighted_points() -> None:
    parts = "{id: months, title: m, take: {mean: {results: month}}, weight: 100%, no_data: full, max: 60}"
    result = year(f"rollup: {{year: {{min_periods: 0, parts: [{parts}]}}}}", *worked_in(m03="90"))
    # Without `missing`, eleven months of nothing were appraised too: 90 ÷ 12.
    assert result.lines == (Line("part", "months", Fraction("7.5"), Fraction("7.5"), None, 12),)
    capped = year(f"rollup: {{year: {{min_periods: 0, parts: [{parts}]}}}}" + MISSING, *worked_in(m03="90"))
    assert [(line.kind, line.points) for line in capped.lines] == [("part", 90), ("cap", -30)]


def test_a_year_without_months_has_no_data_and_too_few_periods_first() -> None:
    result = year(ROLLUP + MISSING)
    assert result.lines[0] == Line("part", "months", Fraction(0), None, None, 0, "missing")
    assert result.lines[1] == Line("part", "annual", Fraction(20), None, None, 0, "points")
    assert (result.no_tier, result.tier, result.rank) == ("few_periods", None, None)
    enough = year(ROLLUP.replace("min_periods: 2", "min_periods: 0") + MISSING)
    assert enough.no_tier == "data_missing"


def test_months_before_the_rulebook_do_not_enter_the_mean() -> None:
    result = year(ROLLUP + MISSING + "effective: {from: 2025-03}\n", *worked_in(m01="10", m03="80", m04="90"))
    assert (result.lines[0].measure, result.lines[0].count) == (85, 2)


def test_months_of_short_service_do_not_enter_the_mean() -> None:
    people = roster(a=[assignment(since="2025-02-15", to="2025-05-10")])
    result = year(
        ROLLUP + "participation: {min_service_days: {month: 15, year: 80}}\n",
        *worked_in(m02="99", m03="80", m04="90", m05="99"),
        people=people,
    )
    assert (result.lines[0].measure, result.no_tier) == (85, None)


@pytest.mark.parametrize(("binds", "tier"), [("[month]", "excellent"), ("[month, year]", "incompetent")])
def test_a_negative_item_binds_the_year_where_it_says_so(binds: str, tier: str) -> None:
    negative = (
        "negative_list: [{id: s, title: s, severity: grave, event: violation.safety, deduct: 1, "
        f"veto: incompetent, binds: {binds}}}]\n"
    )
    result = year(
        ROLLUP + MISSING + negative,
        *worked_in(m01="91", m03="91"),
        event("violation.safety", time="2025-03-05T00:00:00+08:00"),
        event("assess.annual", period="2025", points=100),
    )
    # The vetoed March was appraised: its 90 enter the mean with January's 91.
    assert result.lines[0] == Line("part", "months", Fraction("63.35"), Fraction("90.5"), None, 2)
    assert (result.total, result.tier) == (Fraction("93.35"), tier)


def test_gates_and_tie_breaks_of_another_sheet_are_passed_over() -> None:
    tiers = """
tiers:
  - {id: excellent, title: e, total_at_least: 50, gates: [
      {indicator: work, at_least: 99}, {category: duty, at_least: 99}, {indicator: annual, at_least: 21},
      {no_negative: [grave]}, {no_negative: [grave], in: [month]}]}
  - {id: incompetent, title: i, otherwise: true}
"""
    negative = "negative_list: [{id: s, title: s, severity: grave, event: violation.safety}]\n"
    result = year(
        ROLLUP + MISSING + tiers + negative,
        *worked_in(m01="91", m03="91"),
        event("assess.annual", period="2025", points=70),
        event("violation.safety", time="2025-12-31T15:59:59Z"),
    )
    assert result.gates == (("excellent", 2, True), ("excellent", 3, False))
    assert result.tier == "incompetent"


def test_the_vote_on_the_year_belongs_to_no_month_and_a_months_vote_to_the_year() -> None:
    votes = "take: {count: {event: assess.annual}}, give: {each: 1}"
    book = f"""
indicators: [{{id: votes, title: v, category: duty, {votes}, max: 100, no_data: missing}}]
rollup: {{year: {{min_periods: 0, parts: [{{id: all, title: a, {votes}, weight: 100%, no_data: zero}}]}}}}
"""
    happened = [event("assess.annual", period=period, points=1) for period in ("2025", "2025-03", "2025-03")]
    assert year(book, *happened).total == 3
    assert results(rulebook(PERIODS + book), happened)["a"].total == 2
