"""The whole appraisal of one period: cohort, lines, placement. The one entry to this package."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from tests.oracle.cohort import Member, Pool, cohort, pools
from tests.oracle.facts import Facts, facts_about
from tests.oracle.periods import is_ruled, period_named, ruled_months
from tests.oracle.placement import Case, Ranking, gates, no_tier_reason, veto_tier
from tests.oracle.result import Result
from tests.oracle.sheets import Sheet

Events = list[dict[str, Any]]
EventTypes = dict[str, dict[str, Any]]


def appraise(
    rulebook: dict[str, Any],
    event_types: EventTypes,
    roster: dict[str, Any],
    events: Events,
    period: str,
) -> dict[str, Result]:
    """The result of everyone in the cohort of `2025-03`, or of the roll-up `2025`, by subject.

    The rulebook's scalars are text, as they were written; events are unique, and valid against their types.
    A roll-up appraises its months itself, those that the rulebook rules. Raises ValueError for a period
    before the rulebook's first.
    """
    if not is_ruled(period, rulebook):
        raise ValueError(f"{period} is before the first period of the rulebook")
    bounds = period_named(period, rulebook)
    sheet = Sheet(rulebook, bounds.kind)
    members = cohort(rulebook, roster, bounds)
    months = {} if sheet.is_base else _month_totals(rulebook, event_types, roster, events, period)
    own_events: dict[str, Events] = defaultdict(list)
    for event in events:
        own_events[event["subject"]].append(event)
    results: dict[str, Result] = {}
    for pool in pools(members, rulebook["peer_groups"]):
        cases = []
        for subject in pool.members:
            facts = facts_about(subject, own_events[subject], event_types, bounds)
            cases.append(_case(subject, members[subject], facts, sheet, months.get(subject, [])))
        results |= _pool_results(pool, cases, sheet)
    return results


def _month_totals(
    rulebook: dict[str, Any], event_types: EventTypes, roster: dict[str, Any], events: Events, year: str
) -> dict[str, list[Fraction]]:
    """The totals of each subject in those months of the year in which it was appraised (§7)."""
    totals: dict[str, list[Fraction]] = defaultdict(list)
    for month in ruled_months(year, rulebook):
        for subject, result in appraise(rulebook, event_types, roster, events, month).items():
            if result.no_tier is None:
                totals[subject].append(result.total)
    return totals


def _case(subject: str, member: Member, facts: Facts, sheet: Sheet, month_totals: list[Fraction]) -> Case:
    negatives = [item["id"] for item in sheet.rulebook.get("negative_list", []) if facts.counted(item)]
    return Case(
        subject,
        member.service_days,
        sheet.lines(facts, month_totals),
        frozenset(negatives),
        None if sheet.is_base else len(month_totals),
    )


def _pool_results(pool: Pool, cases: list[Case], sheet: Sheet) -> dict[str, Result]:
    reasons = {case.subject: no_tier_reason(case, sheet) for case in cases}
    appraised = [case for case in cases if reasons[case.subject] is None]
    vetoes = {case.subject: veto_tier(case, sheet) for case in appraised}
    ranked = {case.subject: case for case in appraised if vetoes[case.subject] is None}
    ranking = Ranking(sheet, len(cases), len(appraised), tuple(ranked.values()), pool.is_full_size)
    tiers = ranking.tiers()
    return {
        case.subject: Result(
            group=pool.key,
            lines=case.lines,
            total=case.total,
            rank=ranking.rank(case) if case.subject in ranked else None,
            tier=tiers.get(case.subject) or vetoes.get(case.subject),
            no_tier=reasons[case.subject],
            gates=gates(case, sheet),
            outcomes=ranking.outcomes(case) if case.subject in ranked else (),
        )
        for case in cases
    }
