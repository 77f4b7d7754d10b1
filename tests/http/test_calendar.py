"""/v1/calendar: the library's working days, or the tenant's; what was counted by them stays."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.calendar import Calendar
from tests.county import County
from tests.http.asking import assert_problem, nothing_written
from tests.http.noticed import LAST_DAY, noticed, on, publish, run_of, step
from tests.http.test_notice import LIBRARY

MAY_DAY = {"holidays": ["2025-05-01"], "working_days": []}


def put(county: County, said: Any, year: int = 2025) -> Any:
    return county.hr.put(f"/v1/calendar/{year}", said)


def test_a_year_that_was_announced_is_known(shared: County) -> None:
    said = shared.hr.get("/v1/calendar/2025").json
    assert (said["year"], said["from"]) == (2025, LIBRARY)
    assert {"2025-05-01", "2025-05-05", "2025-10-08"} <= set(said["holidays"])
    assert "2025-05-06" not in said["holidays"]
    assert said["working_days"] == ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]


@pytest.mark.parametrize("year", [1999, 2999])
def test_a_year_that_nobody_knows_is_refused(shared: County, year: int) -> None:
    answer = shared.hr.get(f"/v1/calendar/{year}")
    assert_problem(answer, 409, "calendar.unknown")
    assert f"PUT /v1/calendar/{year}" in answer.json["title"]


@pytest.mark.parametrize("year", [0, 1899, 9999])
def test_what_is_no_year_is_not_there(shared: County, year: int) -> None:
    assert_problem(shared.hr.get(f"/v1/calendar/{year}"), 404, "resource.unknown")
    assert_problem(put(shared, MAY_DAY, year), 404, "resource.unknown")


def test_what_the_tenant_states_goes_before_the_library(fresh: County) -> None:
    county = noticed(fresh)
    stated = put(county, MAY_DAY).json
    assert (stated["holidays"], stated["working_days"]) == (["2025-05-01"], [])
    assert set(stated["from"]) == {"entry"}
    said = publish(county)
    assert said["notice_until"] == "2025-05-05"  # 28, 29, 30 April, 2 and 5 May
    assert run_of(county, said["run"])["calendar"] == {"2025": stated["from"]}


def test_a_holiday_that_is_stated_later_moves_no_date(fresh: County) -> None:
    """Invariant 12: what was announced stays."""
    county = noticed(fresh)
    said = publish(county)
    put(county, MAY_DAY)
    assert run_of(county, said["run"])["notice_until"] == LAST_DAY
    with on("2025-05-05"):
        assert_problem(step(county, "finalise"), 409, "notice.running")


def test_a_year_is_stated_anew_and_only_what_is_new_is_written(fresh: County) -> None:
    """Invariant 15: a statement is an audit entry of its own."""
    first = put(fresh, MAY_DAY).json
    with nothing_written(fresh):
        assert put(fresh, MAY_DAY).json == first
    again = put(fresh, {"holidays": ["2025-05-02", "2025-05-01"], "working_days": ["2025-05-04"]}).json
    assert again["holidays"] == ["2025-05-01", "2025-05-02"]
    assert again["from"]["entry"] > first["from"]["entry"]
    assert fresh.hr.get("/v1/calendar/2025").json == again


def test_a_notice_date_in_a_year_that_nobody_knows_is_refused(fresh: County) -> None:
    county = noticed(fresh)
    with on("2998-12-30"):
        step(county, "close")
        with nothing_written(county):
            answer = step(county, "publish")
        assert_problem(answer, 409, "calendar.unknown")
        assert "PUT /v1/calendar/2998" in answer.json["title"]
        for year in (2998, 2999):
            assert put(county, {"holidays": [], "working_days": []}, year).status_code == 200
        said = step(county, "publish").json
    assert set(run_of(county, said["run"])["calendar"]) == {"2998", "2999"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"holidays": ["2026-01-01"], "working_days": []}, [("/holidays/0", "day.elsewhere")]),
        ({"holidays": [], "working_days": ["2025-05-06"]}, [("/working_days/0", "day.weekday")]),
        ({"holidays": ["2025-05-04"], "working_days": ["2025-05-04"]}, [("/working_days/0", "day.both")]),
        ({"holidays": ["2025-05-01", "2025-05-01"], "working_days": []}, [("/holidays", "list.repeated")]),
        ({"holidays": ["May"], "working_days": []}, [("/holidays/0", "day.malformed")]),
        ({"holidays": []}, [("/working_days", "field.required")]),
    ],
)
def test_what_cannot_be_is_refused(shared: County, said: Any, found: list[tuple[str, str]]) -> None:
    with nothing_written(shared):
        assert assert_problem(put(shared, said), 422, "request.invalid") == found


@given(st.dates(date(2024, 1, 1), date(2025, 9, 30)), st.integers(1, 60))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_many_working_days_lie_in_between(shared: County, day: date, count: int) -> None:
    with shared.database.transaction(shared.tenant_id) as transaction:
        last = Calendar(transaction, 0).after(day, count, "working")
    days = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(chinese_calendar.is_workday(one) for one in days) == count
    assert chinese_calendar.is_workday(last)


def test_tenants_have_calendars_of_their_own(fresh: County, shared: County) -> None:
    """Invariant 14."""
    put(fresh, MAY_DAY)
    assert shared.hr.get("/v1/calendar/2025").json["from"] == LIBRARY
