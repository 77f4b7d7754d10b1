"""Three years in Baixiang, as HR, the sender, the approver, a second person, a committee and a worker lived them.

Each year is lived by a fixture, the next after it. What was published is asked for by its revision, so that every test
sees what was shown at the time, whatever came later. What a month is worth stands in `tests/stories/baixiang.py`.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main
from service.database.transactions import Database
from tests.conftest import opened
from tests.county import County, event
from tests.http.asking import assert_problem
from tests.http.noticed import on
from tests.stories.baixiang import DEPUTIES, HEADS, STAFF, Baixiang, assessment, assignment, done, months

BECAUSE = {"reason": "核实后更正"}
PAY = "/v1/outcomes/2024?outcome=pay_coefficient&state=final&limit=1000"


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


@pytest.fixture(scope="module")
def first(module_url: str, database: Database) -> Baixiang:
    """2023: nothing is put right afterwards."""
    county = Baixiang(County.empty(module_url, database))
    county.found()
    with on("2023-02-03"):
        done(county.step("2023-01", "close"))
        county.said["January, too early"] = county.step("2023-01", "publish")
    county.live("2023")
    county.close("2023")
    county.finalise("2023")
    return county


@pytest.fixture(scope="module")
def second(first: Baixiang) -> Baixiang:
    """2024: w10 has gone, w40 comes in July. An honour comes late, a complaint is taken back, two are last together."""
    county = first
    county.record("w10", assignments=[assignment("w10", "2021-07-01", to="2024-01-01")])
    county.serving.remove("w10")
    for month in months("2024"):
        if month == "2024-07":
            county.record("w40", assignments=[assignment("w40", "2024-07-10")])
            county.serving.append("w40")
        county.live_month(month)
        if month == "2024-03":
            with on("2024-04-12"):
                county.send(event("honour.awarded", "w19", "2024-03-20T12:00:00+08:00", level="county"))
        if month == "2024-05":
            take_the_complaint_back(county)
    county.close("2024")
    contest(county)
    county.finalise("2024")
    with on("2025-03-01"):
        county.said["payroll, final"] = county.payroll.get(PAY)
    return county


@pytest.fixture(scope="module")
def third(second: Baixiang) -> Baixiang:
    """2025: under the version of 2025. And in March after it, what was wrong in w40's record of the year before."""
    county = second
    for month in months("2025"):
        if month == "2025-06":
            certificate = {"name": "certificate", "value": "assistant", "from": "2025-06-01"}
            county.record("w15", assignments=[assignment("w15", "2020-01-01")], attributes=[certificate])
        county.live_month(month)
    county.close("2025")
    county.finalise("2025")
    county.record("w40", assignments=[assignment("w40", "2024-07-01")])
    with on("2026-03-10"):
        done(county.step("2024", "reopen", {"reason": "劳动合同自七月一日起", "complete": ["worker/w40"]}))
    county.publish("2024", "2026-03-11", county.second)
    county.finalise("2024", "2026-03-30")
    return county


def take_the_complaint_back(county: Baixiang) -> None:
    """The complaint of May was about somebody else; May is final by then."""
    with on("2024-07-02"):
        complaint = county.sent["violation.complaint", "worker/w20", "2024-05"]
        done(county.hr.post(f"/v1/events/{complaint}/reversal", BECAUSE), 201)
        county.said["drift of May"] = county.hr.get("/v1/periods/2024-05/drift")
        done(county.step("2024-05", "reopen", BECAUSE))
        county.said["own correction"] = county.step("2024-05", "publish")
    run = county.publish("2024-05", "2024-07-03", county.second)
    county.finalise("2024-05", "2024-07-20")
    county.said["diff of May"] = county.hr.get(f"/v1/runs/{run}/diff")


def contest(county: Baixiang) -> None:
    """w21 says that 60 was written for 82.1; the committee looks, the sheet says 82.1. w20 asks when it is too late."""
    own = {worker: county.county.user(f"worker/{worker}", ["self"], []) for worker in ("w20", "w21")}
    asked = {
        worker: {"period": "2024", "subject": f"worker/{worker}", "objector": f"worker/{worker}", "line": "annual"}
        for worker in own
    }
    with on("2025-02-13"):
        county.said["payroll, too early"] = county.payroll.get(PAY)
        entered = own["w21"].post("/v1/objections", {**asked["w21"], "text": "测评表为82.1分"})
        objection = done(entered, 201)["objection"]
        county.said["for another"] = own["w20"].post("/v1/objections", {**asked["w21"], "text": "代为申诉"})
        county.said["final, contested"] = county.step("2024", "finalise")
    with on("2025-02-14"):
        decision = {"decision": "upheld", "reason": "核对了测评表"}
        done(county.committee.post(f"/v1/objections/{objection}/decision", decision))
        given = county.sent["assess.annual", "worker/w21", "2024"]
        right = {"event": assessment("w21", "2024", "82.1"), **BECAUSE}
        done(county.hr.post(f"/v1/events/{given}/amendment", right), 201)
    run = county.publish("2024", "2025-02-17", county.second)
    county.said["diff of 2024"] = county.hr.get(f"/v1/runs/{run}/diff")
    county.said["run of 2024"] = county.hr.get(f"/v1/runs/{run}")
    county.said["objection"] = county.hr.get(f"/v1/objections/{objection}")
    with on("2025-02-19"):
        county.said["final, shown"] = county.step("2024", "finalise")
    with on("2025-02-27"):
        county.said["too late"] = own["w20"].post("/v1/objections", {**asked["w20"], "text": "测评偏低"})


def placed(county: Baixiang, period: str, *workers: str, revision: int = 1) -> list[tuple[str, int | None, str]]:
    """Total, rank in the group, and tier or why there is none."""
    said = [county.result(worker, period, revision) for worker in workers]
    return [(one["total"], one["rank"], one["tier"] or one["no_tier"]) for one in said]


def outcomes(county: Baixiang, worker: str, period: str, revision: int = 1) -> dict[str, Any]:
    """What follows for a worker, with the value where there is one."""
    return {one["id"]: one["value"] for one in county.result(worker, period, revision)["outcomes"]}


def test_rules_and_months_wait_for_a_second_person_and_for_what_still_comes_in(first: Baixiang) -> None:
    """Who drafts a rulebook doesn't publish it; a month is published when five days have passed."""
    for version in ("2023-1", "2025-1"):
        assert_problem(first.said[f"own {version}"], 403, "access.second_person")
    assert_problem(first.said["January, too early"], 409, "period.late_days")


def test_a_month_reminds_the_last_of_each_group(first: Baixiang) -> None:
    """Among staff the idle one, behind 73 - 5 for who had no drill. Four secretaries tie for the last, and all are."""
    assert first.result("w24", "2023-01")["total"] == "68.00"
    assert first.follows("reminder", "2023-01") == ["w03", "w04", "w05", "w06", "w10"]
    assert first.result("w10", "2023-01")["total"] == "43.00"
    # Deputies are three: a small group has no last one.
    assert not {*DEPUTIES} & {*first.follows("reminder", "2023-01")}


def test_the_last_of_the_year_is_called_in_and_a_small_group_has_none(first: Baixiang) -> None:
    """A4. 43 * 70 % + 40 * 30 % = 42.1, and w03 is the lowest of the secretaries with 51.1 + 80.3 * 30 % = 75.19."""
    assert placed(first, "2023", "w10", "w03") == [("42.10", 30, "incompetent"), ("75.19", 6, "competent")]
    assert first.follows("talk", "2023") == ["w03", "w10"]
    # Three deputies know no quota either: two of three are excellent. 93 * 70 % + 95 * 30 % = 93.6.
    assert placed(first, "2023", *DEPUTIES) == [
        ("93.60", 1, "excellent"),
        ("93.60", 1, "excellent"),
        ("75.37", 3, "competent"),  # 51.1 + 80.9 * 30 % = 24.27
    ]
    assert {first.result(worker, "2023")["group"] for worker in DEPUTIES} == {"(small)"}


def test_a_second_failed_year_proposes_the_exit_with_its_reason_and_rows(first: Baixiang) -> None:
    """A5. 2022 was imported: w10 and w11 failed it, and only w10 fails again."""
    assert first.follows("exit_proposed", "2023") == ["w10"]
    asked = "outcome=exit_proposed&revision=1"
    [proposed] = done(first.hr.get(f"/v1/outcomes/2023?{asked}"))["items"]
    assert proposed["sentence"]["zh"] == (
        "建议解聘（第十九条（二））：等次为“不称职”（实为“不称职”），且“上一年度不称职”不低于 1（实为 1）。"
    )
    [before] = proposed["measures"]
    assert (before["id"], before["number"]) == ("failed_before", "1")
    assert "2022 为导入结果" in before["sentence"]["zh"]
    assert done(first.hr.get("/v1/rankings/2022?state=final"))["imported"] == {"document": "2023年第1号"}
    # What the points of the year were made of.
    [given] = done(first.hr.get("/v1/workers/w10/results/2023/lines/annual/events?revision=1"))["items"]
    assert (given["event"], given["number"]) == (first.sent["assess.annual", "worker/w10", "2023"], "40")
    assert "w10" in first.follows("post_lowered", "2023")


def test_a_complaint_costs_points_and_bars_the_best_tier(first: Baixiang) -> None:
    """A5. 93 - 3 = 90 would be excellent in May. (11 * 93 + 90) / 12 = 92.75, * 70 % = 64.93; + 95 * 30 % = 93.43."""
    may = first.result("w12", "2023-05")
    assert (may["total"], may["tier"], may["ceiling"]) == ("90.00", "competent", "competent")
    assert [line["points"] for line in may["lines"] if line["id"] == "complaint"] == ["-3.00"]
    assert placed(first, "2023", "w12", "w14") == [("93.43", 2, "competent"), ("93.60", 1, "excellent")]


def test_grade_step_and_pay_follow_the_tier_by_the_version_of_the_year(third: Baixiang) -> None:
    """A7, A8. Who is excellent has 1.1 by the version of 2023, and 1.2 by that of 2025."""
    assert [outcomes(third, "w14", year)["pay_coefficient"] for year in ("2023", "2025")] == ["1.1", "1.2"]
    versions = [third.result("w14", year)["rulebook"]["version"] for year in ("2023", "2024", "2025")]
    assert versions == ["2023-1", "2023-1", "2025-1"]
    # Everybody but the one who failed.
    assert third.follows("grade_step", "2023") == sorted({*HEADS, *DEPUTIES, *STAFF} - {"w10", "w40"})


def test_one_goes_up_and_down_again(third: Baixiang) -> None:
    """A12. Failed in 2022, competent, excellent (65.1 + 28.5), and basic for a false record, last of all.

    2025: February has 73 - 5 = 68: (11 * 73 + 68) / 12 = 72.5833, * 70 % = 50.81; + 81.1 * 30 % = 24.33. The record
    binds the year, too: competent by its points, held at basic.
    """
    assert [placed(third, year, "w11")[0] for year in ("2023", "2024", "2025")] == [
        ("75.43", 29, "competent"),  # 51.1 + 24.33; only w10 is behind
        ("93.60", 1, "excellent"),
        ("75.14", 29, "basic"),
    ]
    assert [outcomes(third, "w11", year)["pay_coefficient"] for year in ("2023", "2024", "2025")] == ["1", "1.1", "0.8"]
    assert third.result("w11", "2025")["ceiling"] == "basic"
    assert [one for one in third.follows("talk", "2025") if one in STAFF] == ["w11"]
    assert "exit_proposed" not in outcomes(third, "w11", "2025")


def test_a_veto_fails_a_year_whatever_its_total_and_two_end_it(third: Baixiang) -> None:
    """A5. One month has 63: (11 * 73 + 63) / 12 = 72.1667, * 70 % = 50.52; + 81.3 * 30 % = 24.39.

    Who is vetoed has no rank, and so is never the last.
    """
    assert placed(third, "2024", "w13") == placed(third, "2025", "w13") == [("74.91", None, "incompetent")]
    assert third.result("w13", "2024-08")["veto"] == "incompetent"
    assert "exit_proposed" not in outcomes(third, "w13", "2024")
    assert third.follows("exit_proposed", "2025") == ["w13"]
    [accident] = done(third.hr.get("/v1/workers/w13/results/2025-06/lines/safety/events"))["items"]
    assert accident["event"] == third.sent["violation.safety", "worker/w13", "2025-06"]


def test_a_secretary_is_a_candidate_for_the_establishment_after_three_years(third: Baixiang) -> None:
    """A9. One seat of six. 2023: 65.1 + 28.8 before 65.1 + 28.2, 48 months. 2024: w02, in the 34th month; 2025: 46."""
    assert placed(third, "2023", "w01", "w02") == [("93.90", 1, "excellent"), ("93.30", 2, "competent")]
    assert [third.follows("establishment_candidate", year) for year in ("2023", "2024", "2025")] == [
        ["w01"],
        [],
        ["w02"],
    ]
    assert placed(third, "2024", "w01", "w02") == [("75.13", 6, "competent"), ("93.60", 1, "excellent")]
    assert [one["number"] for one in third.result("w02", "2024")["measures"] if one["id"] == "months_as_head"] == ["34"]
    # The candidate of 2023 is the last of 2024.
    assert "w01" in third.follows("talk", "2024")


def test_a_certificate_is_asked_for_then_overdue_then_there(third: Baixiang) -> None:
    """A10. w15 serves since 2020: 48, 60 and 72 months. w16 would be reminded in 2024, and passes in October.

    Overdue, w15 isn't excellent with the points of w11, who is: 65.1 + 28.5.
    """
    assert placed(third, "2024", "w11", "w15") == [("93.60", 1, "excellent"), ("93.60", 1, "competent")]
    [barred] = [gate for gate in third.result("w15", "2024")["gates"] if not gate["holds"]]
    assert "“从事社区工作月数”低于 60（实为 60）" in barred["sentence"]["zh"]
    assert [third.follows("certificate_reminder", year) for year in ("2023", "2024", "2025")] == [["w15"], [], []]
    assert [third.follows("certificate_overdue", year) for year in ("2023", "2024", "2025")] == [[], ["w15"], []]
    assert third.result("w16", "2024-10")["total"] == "75.00"  # 73 + 2


def test_who_missed_hours_makes_them_up_and_is_not_excellent(second: Baixiang) -> None:
    """A11. Nine months of five hours are 45 of 60. (9 * 93 + 3 * 83) / 12 = 90.5, * 70 % = 63.35; + 28.5."""
    assert placed(second, "2024", "w17") == [("91.85", 3, "competent")]
    assert second.follows("training_makeup", "2024") == ["w17"]


def test_what_comes_late_counts_in_the_next_month_and_is_listed(second: Baixiang) -> None:
    """The honour is of March, and came when March was shown: April has the point."""
    assert [second.result("w19", month)["total"] for month in ("2024-03", "2024-04")] == ["73.00", "74.00"]
    [late] = done(second.hr.get("/v1/periods/2024-03/late"))["items"]
    assert (late["event"], late["counts_in"], late["because"]["code"]) == (
        second.sent["honour.awarded", "worker/w19", "2024-03"],
        "2024-04",
        "carried",
    )
    # (11 * 73 + 74) / 12 = 73.0833, * 70 % = 51.16; + 81.9 * 30 % = 24.57.
    assert second.result("w19", "2024")["total"] == "75.73"


def test_a_reversal_moves_what_was_final_by_a_correction_alone(second: Baixiang) -> None:
    """Invariants 3 and 12. 73 - 3 = 70 is basic, 73 is competent; nobody else moves."""
    assert placed(second, "2024-05", "w20") == [("70.00", 28, "basic")]
    assert placed(second, "2024-05", "w20", revision=2) == [("73.00", 4, "competent")]
    assert_problem(second.said["own correction"], 403, "access.second_person")
    for told in ("drift of May", "diff of May"):
        [mover] = done(second.said[told])["items"]
        assert (mover["subject"], mover["difference"], mover["moved"]) == ("worker/w20", "3.00", True)
        [cause] = mover["because"]
        assert (cause["code"], cause["event"]) == (
            "reversed",
            second.sent["violation.complaint", "worker/w20", "2024-05"],
        )


def test_two_who_tie_for_the_last_are_both_called_in(second: Baixiang) -> None:
    """A4. 51.1 + 60 * 30 % = 69.1 for both."""
    assert placed(second, "2024", "w20", "w21") == [("69.10", 27, "basic")] * 2
    assert [one for one in second.follows("talk", "2024") if one in STAFF] == ["w20", "w21"]


def test_an_objection_is_upheld_by_somebody_else_and_answered_by_a_correction(second: Baixiang) -> None:
    """Invariant 12. 51.1 + 82.1 * 30 % = 75.73: one grade, full pay, and only w20 is last."""
    assert_problem(second.said["for another"], 403, "objection.not_yours")
    assert_problem(second.said["final, contested"], 409, "objection.open")
    told, run = done(second.said["objection"]), done(second.said["run of 2024"])
    assert (told["state"], told["entered_by"], told["decision"]["by"]) == ("upheld", "worker/w21", "committee")
    assert (told["answered_by"], run["answers"], run["revision"]) == (run["run"], [told["objection"]], 2)
    moved = {one["subject"]: one for one in done(second.said["diff of 2024"])["items"]}
    assert {subject for subject, one in moved.items() if one["moved"]} == {"worker/w21"}
    assert (moved["worker/w21"]["difference"], moved["worker/w21"]["because"][0]["code"]) == ("6.63", "amended")
    assert [one["code"] for one in moved["worker/w20"]["because"]] == ["others"]
    assert placed(second, "2024", "w21", revision=2)[0][2] == "competent"
    assert {"grade_step": None, "pay_coefficient": "1"}.items() <= outcomes(second, "w21", "2024", 2).items()
    assert [one for one in second.follows("talk", "2024", 2) if one in STAFF] == ["w20"]


def test_a_correction_is_shown_too_and_after_that_nobody_objects(second: Baixiang) -> None:
    """Five working days after 17 February are over on the 24th."""
    assert_problem(second.said["final, shown"], 409, "notice.running")
    assert_problem(second.said["too late"], 409, "objection.closed_window")


def test_payroll_reads_what_is_final_and_nothing_else(second: Baixiang) -> None:
    """A8. 39 people, and w40 without a tier has no coefficient."""
    assert_problem(second.said["payroll, too early"], 409, "period.state")
    said = done(second.said["payroll, final"])
    coefficients = {one["subject"]: one["value"] for one in said["items"]}
    assert (said["state"], said["revision"], len(coefficients)) == ("final", 2, 38)
    assert {w: coefficients[f"worker/{w}"] for w in ("w02", "w13", "w20", "w21")} == {
        "w02": "1.1",
        "w13": "0",
        "w20": "0.8",
        "w21": "1",
    }


def test_a_tier_is_filled_in_a_year_later_and_moves_nobody(third: Baixiang) -> None:
    """Invariant 12. From 10 July on there are 175 days, five too few; by the contract of 1 July there are 184.

    51.1 + 84 * 30 % = 76.3, behind w11, w15 and w17 alone. The 30 hours are 30 * 366 / 184 = 59.67 of 60 now, so there
    is something to make up.
    """
    assert placed(third, "2024", "w40", revision=2) == [("76.30", None, "service_short")]
    assert placed(third, "2024", "w40", revision=3) == [("76.30", 4, "competent")]
    assert outcomes(third, "w40", "2024", 3) == {"grade_step": None, "pay_coefficient": "1", "training_makeup": None}
    before, after = ({one["subject"]: one for one in third.shown["2024", revision][0]} for revision in (2, 3))
    moved = {subject for subject in before if before[subject] != after[subject]}
    assert moved == {"worker/w39", "worker/w40"}
    assert after["worker/w39"] == {**before["worker/w39"], "tied_with": 1}  # w40, who has as many points


def test_a_year_says_that_one_before_it_was_revised_and_moves_nobody(third: Baixiang) -> None:
    """2025 asked who had failed in 2024; w40 had no tier then and is competent now, which is the same answer."""
    [revised] = third.result("w40", "2025")["inputs_revised"]
    assert (revised["period"], revised["revision"], revised["newest"], revised["state"]) == ("2024", 2, 3, "final")
    drift = done(third.hr.get("/v1/periods/2025/drift"))
    assert (drift["counts"]["moved"], drift["counts"]["totals_changed"], drift["items"]) == (0, 0, [])
    assert placed(third, "2025", "w40") == [("76.30", 2, "competent")]


def test_everything_that_was_shown_is_there_as_it_was(third: Baixiang) -> None:
    """Invariant 12. 36 months and three years, with what replaced them."""
    assert len(third.shown) == 36 + 3 + 3
    for (period, revision), shown in third.shown.items():
        assert third.shows(period, revision) == shown, (period, revision)
    periods = done(third.hr.get("/v1/periods"))["items"]
    assert {one["state"] for one in periods} == {"final"}


def test_what_was_computed_and_what_was_written_is_proven(
    third: Baixiang, module_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariants 5 and 15."""
    monkeypatch.setenv("DATABASE_URL", module_url)
    tenant = ["--tenant", third.county.tenant]
    verified, audited = (CliRunner().invoke(main, [*words, *tenant]) for words in (["verify"], ["audit", "verify"]))
    assert verified.exit_code == audited.exit_code == 0
    assert re.search(r"\b43 verified, 0 differ", verified.output)
    assert audited.output.endswith("holds\n")
