"""Cases of totals: the place alone, by quotas, ties, tiers and what events bind; service and oracle agree on each."""

import pytest

from tests.cases.conftest import Judge
from tests.county import RULEBOOK

TOTALS = "cases: [{id: t, period: PERIOD, totals: {TOTALS}, EVENTSexpected: {EXPECTED}}]"
BROKEN_TIES = (
    RULEBOOK.replace("ties: none_of_them}", "ties: tie_breaks}") + "tie_breaks: [{measure: m, order: high_first}]"
)


def case(totals: str, expected: str, period: str = "2025-03", events: str = "") -> str:
    """A case of totals."""
    text = TOTALS.replace("PERIOD", period).replace("TOTALS", totals).replace("EXPECTED", expected)
    return text.replace("EVENTS", f"events: [{events}], " if events else "")


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        # 34 % of six are two seats.
        (
            "worker/a: 90, worker/b: 89, worker/c: 88, worker/d: 72, worker/e: 61, worker/f: 10",
            "worker/a: {rank: 1, tier: excellent, outcomes: {}}, worker/b: {tier: excellent},"
            " worker/c: {rank: 3, tier: competent}, worker/d: {tier: competent}, worker/e: {tier: basic},"
            " worker/f: {rank: 6, tier: incompetent, outcomes: {talk: none}}",
        ),
        # Who tie for the second seat miss it.
        (
            "worker/a: 90, worker/b: 89, worker/c: 89, worker/d: 72, worker/e: 61, worker/f: 10",
            "worker/a: {tier: excellent}, worker/b: {rank: 2, tier: competent}, worker/c: {rank: 2, tier: competent}",
        ),
        # A total just below, and more than the rulebook's limit, which isn't asked here.
        (
            "worker/a: 84.99, worker/b: 999.5",
            "worker/a: {total: 84.99, tier: competent}, worker/b: {total: 999.50, rank: 1}",
        ),
        ("worker/a: -3", "worker/a: {total: -3.00, tier: incompetent}"),
    ],
)
def test_totals_are_placed(judge: Judge, totals: str, expected: str) -> None:
    assert judge(case(totals, expected)).differences == []


def test_a_wrong_place_is_told(judge: Judge) -> None:
    made = judge(case("worker/a: 90", "worker/a: {tier: basic}"))
    assert [one.code for one in made.differences] == ["case.differs", "case.oracle"]


def test_a_roll_up_is_placed_by_its_own_outcomes(judge: Judge) -> None:
    rulebook = RULEBOOK + "  - {id: step, title: 晋升, in: year, when: {tier: [competent]}}\n"
    expected = "worker/a: {tier: competent, outcomes: {step: none}}, worker/b: {tier: incompetent, outcomes: {}}"
    assert judge(case("worker/a: 75, worker/b: 20", expected, "2025"), rulebook).differences == []


def test_events_still_bind_but_deduct_nothing(judge: Judge) -> None:
    rulebook = RULEBOOK.replace("max: 9, ref: 第八条", "max: 9, ceiling: basic, ref: 第八条")
    complaint = "{type: violation.complaint, subject: worker/a, time: 2025-03-10}"
    assert (
        judge(case("worker/a: 90", "worker/a: {total: 90.00, tier: basic}", events=complaint), rulebook).differences
        == []
    )
    # In the year it doesn't bind, but the gate against serious events asks for it.
    yearly = case("worker/a: 90", "worker/a: {tier: competent}", "2025", complaint)
    assert judge(yearly, rulebook).differences == []


def test_a_tie_is_broken_by_a_measure(judge: Judge) -> None:
    measure = (
        "measures: [{id: m, title: m, take: {attribute: {name: size, as: number}}, no_data: zero}]\nnegative_list:"
    )
    rulebook = BROKEN_TIES.replace("negative_list:", measure, 1)
    people = "{id: w, assignments: [PLACE], attributes: [{name: size, value: 'N', from: 2025-01-01}]}"
    people = people.replace("PLACE", "{organisation: county, post: staff, from: 2025-01-01}")
    workers = ", ".join(
        people.replace("id: w", f"id: {name}").replace("N", size) for name, size in (("a", "1"), ("b", "2"))
    )
    roster = f"roster: {{organisations: [{{id: county, kind: county}}], workers: [{workers}]}}\n"
    totals = "worker/a: 90, worker/b: 90, worker/c: 50"
    expected = "worker/a: {rank: 1, tier: competent}, worker/b: {rank: 1, tier: excellent}"  # 34 % of three is one seat
    assert judge(roster + case(totals, expected), rulebook).differences == []


def test_organisations_are_placed_too(judge: Judge) -> None:
    rulebook = """
rulebook: communities
version: 1
language: 1
title: 社区
subject: organisation
effective: {from: 2025}
applies_to: {kinds: [community], under: county}
periods: {base: year, rollups: [], timezone: Asia/Shanghai}
numbers: {measure_decimals: 2, step: 1}
orders: {bonus: before_limit, quota: after_ceilings}
total: {full: 100, min: 0, max: 100}
categories: [{id: work, title: 工作, max: 100}]
indicators: [{id: base, title: 基础, category: work, take: {fixed: 100}, give: as_is, max: 100, no_data: zero}]
participation: {min_service_days: {}}
peer_groups: {by: [], min_size: 1, small_groups: keep_apart}
tiers:
  - {id: strong, title: 先进, total_at_least: 90, quota: {seats: 1, ties: none_of_them}}
  - {id: fair, title: 一般, otherwise: true}
"""
    totals, expected = (
        "organisation/a: 95, organisation/b: 94",
        "organisation/a: {tier: strong}, organisation/b: {tier: fair}",
    )
    assert judge(case(totals, expected, "2025"), rulebook).holds


def test_a_place_covers_tiers_and_outcomes_alone(judge: Judge) -> None:
    everything = set(judge("cases: []").untaken)
    placed = judge(case("worker/a: 90, worker/b: 10", "worker/b: {tier: incompetent, outcomes: {talk: none}}"))
    assert everything - set(placed.untaken) == {"/tiers/3", "/outcomes/0"}
