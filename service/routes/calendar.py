"""/v1/calendar: which days of a year are worked, by the library or as the tenant states them."""

from typing import Any

from schemas.answers.calendar import CalendarYear
from schemas.calendar import WorkingDays
from service import calendar, journal
from service.database.transactions import Transaction
from service.errors import unknown
from service.http import access, database, requires
from service.routes.blueprint import Blueprint

blueprint = Blueprint("calendar", __name__, description="Working days")
_FIRST, _LAST = 1900, 9998


@blueprint.get("/v1/calendar/<int:year>")
@requires("results:read", narrow=True)
@blueprint.answers(200, CalendarYear)
@blueprint.refuses("resource.unknown", "calendar.unknown")
def get_calendar(year: int) -> dict[str, Any]:
    """The working days of a year, and who says so."""
    with database().transaction(access().tenant_id) as transaction:
        return _said(transaction, _known(year))


@blueprint.put("/v1/calendar/<int:year>")
@requires("results:manage")
@blueprint.answers(200, CalendarYear)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(WorkingDays)
def put_calendar(said: dict[str, Any], year: int) -> dict[str, Any]:
    """State the working days of a year; the notices that were published keep their dates."""
    with database().transaction(access().tenant_id) as transaction:
        calendar.state(transaction, access().actor, _known(year), said["holidays"], said["working_days"])
        return _said(transaction, year)


def _said(transaction: Transaction, year: int) -> dict[str, Any]:
    return {"year": year, **calendar.year(transaction, year, journal.seal(transaction)).json()}


def _known(year: int) -> int:
    if not _FIRST <= year <= _LAST:
        raise unknown("year", str(year))
    return year
