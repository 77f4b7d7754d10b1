"""Cases judged: exact to the text, beside the oracle, and counted only where an expectation says what was taken."""

from typing import Any

import pytest
import yaml

from service.errors import Finding
from tests.cases.conftest import Judge
from tests.county import CASES, RULEBOOK

ALONE = """
roster: {organisations: [{id: county, kind: county}, {id: east, kind: community, parent: county}]}
cases:
  - id: one
    period: 2025-03
    roster: {workers: [{id: a, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}]}
    events: [{type: visit.done, subject: worker/a, time: 2025-03-10, data: {household: h}}]
    expected: {worker/a: EXPECTED}
"""


def alone(expected: str) -> str:
    """One worker with one visit: 10 of the visits and 30 without ratings."""
    return ALONE.replace("EXPECTED", expected)


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in findings]


def taken(judge: Judge, cases: str, **files: str) -> set[str]:
    """The parts that cases take, of all that there are."""
    everything = set(judge("cases: []", **files).untaken)
    return everything - set(judge(cases, **files).untaken)


def test_cases_that_hold_and_leave_nothing_out(judge: Judge) -> None:
    made = judge()
    assert (made.differences, made.untaken, made.failed, made.holds) == ([], [], [], True)
    assert (made.cases, made.parts) == (["month", "year"], 10)


def test_one_cent_is_a_difference_that_says_what_was_expected_and_found(judge: Judge) -> None:
    made = judge(CASES.replace("total: 41.00", "total: 41.01"))
    said = {one.code: one for one in made.differences}
    assert made.failed == ["year"]
    assert not made.holds
    assert set(said) == {"case.differs", "case.oracle"}
    assert said["case.differs"].pointer == "/cases/1/expected/worker~1g/total"
    assert said["case.differs"].body("en")["detail"] == "year: total of worker/g in 2025: expected 41.01, found 41.00"
    assert said["case.differs"].body("zh")["detail"] == "year：worker/g 在 2025 的 total 应为 41.01，实为 41.00"
    assert said["case.oracle"].body("en")["detail"].endswith("expected 41.01, the oracle finds 41.00")


@pytest.mark.parametrize("total", ["40", "40.0", "40.000"])
def test_a_number_is_compared_as_it_is_displayed(judge: Judge, total: str) -> None:
    assert judge(alone(f"{{total: {total}}}")).failed == ["one"]
    assert judge(alone("{total: 40.00}")).failed == []


@pytest.mark.parametrize(
    ("expected", "places"),
    [
        ("{rank: none}", ["rank"]),
        ("{tier: basic}", ["tier"]),
        ("{no_tier: service_short}", ["no_tier", "no_tier"]),
        ("{lines: {visits: 10.01}}", ["lines/visits"]),
        ("{lines: {nothing: 1}}", ["lines/nothing"]),
        ("{outcomes: {talk: none}}", ["outcomes"]),
        ("{unanswered: [talk]}", ["unanswered"]),
        ("none", [""]),
    ],
)
def test_whatever_is_expected_is_compared(judge: Judge, expected: str, places: list[str]) -> None:
    made = judge(alone(expected))
    differing = [one.pointer for one in made.differences if one.code == "case.differs"]
    assert differing == [f"/cases/0/expected/worker~1a{'/' if place else ''}{place}" for place in places]


def test_a_subject_without_a_result_is_expected_as_none(judge: Judge) -> None:
    cases = alone("{tier: incompetent}").replace("worker/a: {tier", "worker/nobody: none, worker/a: {tier")
    assert judge(cases).differences == []
    assert codes(judge(cases.replace("nobody: none", "nobody: {tier: basic}")).differences)[0] == (
        "/cases/0/expected/worker~1nobody",
        "case.differs",
    )


def test_a_case_that_fails_covers_nothing_of_the_subject_that_differs(judge: Judge) -> None:
    assert taken(judge, alone("{tier: incompetent}")) == {"/tiers/3"}
    assert taken(judge, alone("{tier: incompetent, total: 1.00}")) == set()


@pytest.mark.parametrize(
    ("happened", "pointer"),
    [
        ("{type: rating.resident, subject: worker/a, time: 2025-03-10, data: {stars: 6}}", "/data/stars"),
        ("{type: visit.done, subject: worker/nobody, time: 2025-03-10, data: {household: h}}", "/subject"),
    ],
)
def test_what_the_service_refuses_is_told_with_its_reason(judge: Judge, happened: str, pointer: str) -> None:
    event = "{type: visit.done, subject: worker/a, time: 2025-03-10, data: {household: h}}"
    [refused] = judge(alone("{}").replace(event, happened)).differences
    assert (refused.pointer, refused.code, refused.values["place"]) == ("/cases/0/events/0", "case.refused", pointer)
    assert refused.body("en")["detail"].isascii()
    assert not refused.body("zh")["detail"].isascii()


def test_a_roster_and_a_period_that_cannot_be_are_told_too(judge: Judge) -> None:
    lost = judge(alone("{}").replace("organisation: east", "organisation: west")).differences
    assert [one.values["why"].code for one in lost] == ["organisation.unknown"]
    early = judge(alone("{}").replace("period: 2025-03", "period: 2024-03")).differences
    assert [one.values["why"].code for one in early] == ["rulebook.none"]


def test_a_period_to_come_is_settled_today(judge: Judge) -> None:
    rulebook = RULEBOOK.replace("from: 2025-01", "from: 2999-01")
    assert judge(CASES.replace("2025", "2999"), rulebook).holds


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        ("{lines: {visits: 10.00}}", set()),
        ("{lines: {rating: 30.00}}", {"/indicators/1/no_data"}),
        ("{total: 40.00}", set()),
        ("{tier: incompetent}", {"/tiers/3"}),
        ("{rank: 1}", set()),
    ],
)
def test_a_part_is_taken_where_the_case_says_what_comes_of_it(judge: Judge, expected: str, parts: set[str]) -> None:
    assert taken(judge, alone(expected)) == parts


def test_what_is_said_to_be_impossible_is_no_part(judge: Judge) -> None:
    without = "\n".join(line for line in CASES.splitlines() if "min_periods" not in line)
    assert judge(without).untaken == ["/rollup/year/min_periods"]
    assert codes(judge(without).uncovered) == [("/rollup/year/min_periods", "case.uncovered")]


def test_what_is_said_to_be_impossible_must_not_happen(judge: Judge) -> None:
    said = CASES.replace("roster:", "  - {part: /tiers/1, because: it seemed so}\nroster:", 1)
    made = judge(said)
    assert codes(made.differences) == [("/impossible/3/part", "case.possible")]
    assert not made.holds


def test_what_is_said_to_be_impossible_must_be_a_part(judge: Judge) -> None:
    assert codes(judge(CASES.replace("/tiers/0/gates/0", "/tiers/0/gates/7")).differences) == [
        ("/impossible/0/part", "case.part")
    ]


def test_a_gate_is_taken_where_it_bars_somebody_whose_total_reaches_its_tier(judge: Judge) -> None:
    """With the rating as low as it goes, gate 0 doesn't hold either, but nobody asks it."""
    low = "{type: rating.resident, subject: worker/a, time: 2025-03-10, copies: 2, data: {stars: 1}}"
    cases = alone("{tier: incompetent}").replace("events: [", f"events: [{low}, ")
    assert taken(judge, cases) == {"/tiers/3"}


COUNT, RANKED = "{count: {event: visit.done}}", "{as: rank, within: cohort}"
BANDS = "{bands: [{at_least: 2, points: 5}, {otherwise: true, points: 1}]}"
GIVES: dict[str, tuple[dict[str, str], str, str]] = {
    "bands": ({"take": COUNT, "give": BANDS}, "1.00", "bands/1"),
    "ranks": ({"take": COUNT, "compare": RANKED, "give": "{ranks: [5, 3]}"}, "5.00", "ranks/0"),
    "others": (
        {"take": COUNT, "compare": RANKED, "give": "{ranks: {points: [5], others: 3}}"},
        "5.00",
        "ranks/points/0",
    ),
    "each event": ({"take": "{each_event: {event: visit.done}}", "give": BANDS}, "1.00", "bands/1"),
    "table": ({"take": "{attribute: {name: status}}", "give": "{table: {old: 1, new: 2}}"}, "2.00", "table/new"),
}


@pytest.mark.parametrize("name", GIVES)
def test_the_row_that_a_number_or_code_finds_is_taken(judge: Judge, name: str) -> None:
    said, points, part = GIVES[name]
    own = "take: {count: {event: visit.done, distinct: household}}\n    give: {each: 10}"
    rulebook = RULEBOOK.replace(own, "\n    ".join(f"{key}: {node}" for key, node in said.items()))
    attributes = "{id: a, attributes: [{name: status, value: new, from: 2025-01-01}], "
    cases = alone(f"{{lines: {{visits: {points}}}}}").replace("{id: a, ", attributes)
    assert taken(judge, cases, rulebook=rulebook) == {f"/indicators/0/give/{part}"}


def test_a_measure_a_restriction_and_an_outcome_are_taken_where_the_place_is_expected(judge: Judge) -> None:
    measure = "{id: m, title: m, take: {count: {event: visit.done}}, no_data: zero, give: GIVE}"
    restriction = "{id: r, title: r, when: {measure: m, below: 5}, ceiling: basic}"
    outcome = "{id: pay, title: p, in: month, value: {total: GIVE}}"
    head = f"measures: [{measure}]\nrestrictions: [{restriction}]\nnegative_list:".replace("GIVE", BANDS)
    rulebook = RULEBOOK.replace("negative_list:", head)
    rulebook = rulebook.replace("outcomes:", f"outcomes:\n  - {outcome}".replace("GIVE", BANDS))
    assert taken(judge, alone("{outcomes: {pay: 5}}"), rulebook=rulebook) == {
        "/measures/0/give/bands/1",
        "/restrictions/0",
        "/outcomes/0",
        "/outcomes/0/value/total/bands/0",
    }
    assert taken(judge, alone("{lines: {visits: 10.00}}"), rulebook=rulebook) == set()


def test_what_a_negative_item_binds_is_taken_beside_the_item(judge: Judge) -> None:
    rulebook = RULEBOOK.replace("max: 9, ref: 第八条", "max: 9, veto: incompetent, ref: 第八条")
    cases = alone("{lines: {complaint: -3.00}, tier: incompetent}").replace(
        "events: [", "events: [{type: violation.complaint, subject: worker/a, time: 2025-03-10}, "
    )
    parts = {"/negative_list/0", "/negative_list/0/veto", "/tiers/3"}
    assert taken(judge, cases, rulebook=rulebook) == parts
    assert taken(judge, cases.replace(", tier: incompetent", ""), rulebook=rulebook) == {"/negative_list/0"}


EXTENSION: dict[str, Any] = {
    "rulebook": "east",
    "version": "1",
    "language": "1",
    "title": "东",
    "extends": {"rulebook": "small-county", "version": "2025-1"},
    "effective": {"from": "2025-01"},
    "applies_to": {"posts": ["staff"], "under": "east"},
    "indicators": [
        {
            "id": "crossing",
            "title": "路口值守",
            "category": "duty",
            "take": {"count": {"event": "visit.done"}},
            "give": {"each": "1"},
            "max": "2",
            "no_data": "zero",
        }
    ],
}


def test_an_extension_covers_what_is_its_own(judge: Judge) -> None:
    parent = RULEBOOK + "local_additions: {items: 1, points: 2, into: duty}\n"
    own = yaml.safe_dump(EXTENSION, allow_unicode=True)
    assert judge("cases: []", own, parent=parent).untaken == ["/indicators/0/no_data"]
    assert judge(alone("{lines: {crossing: 1.00}}"), own, parent=parent).untaken == ["/indicators/0/no_data"]
    idle = alone("{lines: {crossing: 0.00}}").replace("2025-03-10", "2025-04-10")
    assert judge(idle, own, parent=parent).holds


def test_results_of_another_rulebook_of_the_folder_are_read(judge: Judge) -> None:
    other = RULEBOOK.replace("rulebook: small-county", "rulebook: other").replace("each: 10", "each: 20")
    measure = "{id: m, title: m, take: {latest: {results: month, rulebook: other, period: same}}, no_data: unmet}"
    restriction = "{id: r, title: r, when: {measure: m, at_least: 50}, tier: basic}"
    head = f"measures: [{measure}]\nrestrictions: [{restriction}]\nnegative_list:"
    rulebook = RULEBOOK.replace("negative_list:", head)
    assert judge(alone("{total: 40.00, tier: basic}"), rulebook, other=other).differences == []
    assert judge(alone("{total: 40.00, tier: incompetent}"), rulebook).differences == []
