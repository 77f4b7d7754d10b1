"""Public notice (公示): what waits for days is refused until they are over, or is forced with a reason that is kept."""

import contextvars
from importlib.metadata import version
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest

from tests.county import County, visit
from tests.http.asking import assert_problem, nothing_written
from tests.http.noticed import (
    AFTER,
    FORCE,
    LAST_DAY,
    MARCH,
    NOTICE,
    PUBLISHED,
    another,
    noticed,
    on,
    publish,
    run_of,
    step,
)

LIBRARY = {"library": version("chinesecalendar")}


@pytest.fixture
def county(fresh: County) -> County:
    """A county with a notice."""
    return noticed(fresh)


def blocks(county: County) -> list[tuple[Any, ...]]:
    """Code, steps, and whether force overrides it, of what blocks March."""
    said = county.hr.get(f"/v1/periods/{MARCH}/checklist").json
    return [(one["code"], one["steps"], one["forceable"]) for one in said["blocks"]]


def test_a_period_is_closed_but_not_published_while_late_events_are_taken_in(county: County) -> None:
    with on("2025-04-05"):
        assert step(county, "close").status_code == 200
        with nothing_written(county):
            assert_problem(step(county, "publish"), 409, "period.late_days")
        assert blocks(county) == [("period.late_days", ["publish"], True)]
        county.send(visit("w1", "h1"))
    with on("2025-04-06"):
        assert blocks(county) == []
        assert step(county, "publish").status_code == 200
    assert county.result("w1", MARCH)["total"] == "40.00"


@pytest.mark.parametrize(("time", "status"), [("23:59", 409), ("00:00", 200)])
def test_the_late_days_end_at_midnight_in_the_countys_zone(county: County, time: str, status: int) -> None:
    with on("2025-04-05" if status == 409 else "2025-04-06", time):
        step(county, "close")
        assert step(county, "publish").status_code == status


def test_late_days_are_no_matter_of_a_correction(county: County) -> None:
    with on("2025-04-02"):
        step(county, "close")
        step(county, "publish", FORCE)
        step(county, "reopen", {"reason": "核实"})
        assert blocks(county) == []
        assert step(county, "publish", by=another(county)).status_code == 200


def test_a_notice_is_counted_in_working_days(county: County) -> None:
    """Invariant 5: the run records whose calendar it followed."""
    said = publish(county)
    assert (said["notice_until"], said["objections_until"]) == (LAST_DAY, LAST_DAY)
    run = run_of(county, said["run"])
    assert (run["notice_until"], run["objections_until"], run["calendar"]) == (LAST_DAY, LAST_DAY, {"2025": LIBRARY})
    [period] = county.hr.get("/v1/periods").json["items"]
    assert (period["notice_until"], period["objections_until"]) == (LAST_DAY, LAST_DAY)


def test_objections_may_outlast_the_notice_and_calendar_days_need_no_calendar(fresh: County) -> None:
    county = noticed(fresh, notice={**NOTICE, "objection_days": "30", "counted": "calendar"})
    said = publish(county)
    assert (said["notice_until"], said["objections_until"]) == ("2025-04-30", "2025-05-25")
    assert run_of(county, said["run"])["calendar"] == {}


def test_nothing_is_final_before_its_notice_is_over(county: County) -> None:
    publish(county)
    with on(LAST_DAY, "23:59"):
        with nothing_written(county):
            answer = step(county, "finalise")
        assert_problem(answer, 409, "notice.running")
        assert LAST_DAY in answer.json["title"]
        assert blocks(county) == [("notice.running", ["finalise"], True)]
    with on(AFTER, "00:00"):
        assert blocks(county) == []
        assert step(county, "finalise").json["state"] == "final"


def test_a_correction_has_a_notice_of_its_own(county: County) -> None:
    publish(county)
    with on(AFTER):
        step(county, "reopen", {"reason": "核实"})
        said = step(county, "publish", by=another(county)).json
        assert said["notice_until"] == "2025-05-14"
        assert_problem(step(county, "finalise"), 409, "notice.running")


def test_force_overrides_the_days_and_its_reason_is_kept(county: County) -> None:
    with on("2025-04-02"):
        step(county, "close")
        said = step(county, "publish", FORCE).json
        step(county, "finalise", {"force": {"reason": "上级督办"}})
    forced = [
        {"step": "publish", "overridden": ["period.late_days"], "by": "hr", "reason": FORCE["force"]["reason"]},
        {"step": "finalise", "overridden": ["notice.running"], "by": "hr", "reason": "上级督办"},
    ]
    assert run_of(county, said["run"])["forced"] == forced
    assert county.hr.get("/v1/periods").json["items"][0]["forced"] == forced
    with psycopg.connect(county.url) as owner:
        told = owner.execute("SELECT string_agg(detail::text, '') FROM audit_entry").fetchone()
    assert told is not None
    assert "period.late_days" in told[0]
    assert "上级督办" not in told[0]


def test_what_needs_no_force_is_not_forced(county: County) -> None:
    with on(PUBLISHED):
        step(county, "close")
        assert run_of(county, step(county, "publish", FORCE).json["run"])["forced"] == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"force": {}}, "/force/reason"),
        ({"force": {"reason": ""}}, "/force/reason"),
        ({"force": True}, "/force"),
        ({"reason": "x"}, "/reason"),
    ],
)
@pytest.mark.parametrize("name", ["publish", "finalise"])
def test_force_needs_a_reason(county: County, name: str, said: Any, pointer: str) -> None:
    if name == "finalise":
        publish(county)
    with on("2025-04-26"), nothing_written(county):
        answer = step(county, name, said)
    assert [place for place, _ in assert_problem(answer, 422, "request.invalid")] == [pointer]


def test_force_opens_nothing_but_the_days(county: County) -> None:
    """What isn't over, or isn't made of published parts, can't be forced; nor is a step taken twice."""
    with on("2025-03-20"), nothing_written(county):
        assert_problem(step(county, "close", FORCE), 409, "period.not_ended")
    publish(county)
    with on(PUBLISHED), nothing_written(county):
        assert_problem(step(county, "publish", FORCE), 409, "period.state")
        assert_problem(step(county, "close", FORCE), 409, "period.state")
    with on("2026-02-01"), nothing_written(county):
        assert_problem(step(county, "close", period="2025"), 409, "period.parts_open")
        assert_problem(step(county, "publish", FORCE, period="2025-06"), 409, "period.state")


def test_of_two_who_publish_at_once_one_does(county: County) -> None:
    """Invariant 12: one run, and one clear refusal."""
    second, answers = another(county), []
    together = Barrier(2)

    def racing(by: Any) -> None:
        together.wait(timeout=10)
        answers.append(step(county, "publish", by=by))

    with on(PUBLISHED):
        step(county, "close")
        threads = [Thread(target=contextvars.copy_context().run, args=(racing, by)) for by in (county.hr, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    first, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert first.status_code == 200
    assert_problem(refused, 409, "period.state")
    assert [run["revision"] for run in county.hr.get("/v1/runs").json["items"]] == [1]
