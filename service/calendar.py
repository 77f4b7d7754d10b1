"""Which days are worked: China's holidays and the weekends worked in their place, for the years that are announced.

A library knows them; what the tenant states about a year goes before it, and stays as it was stated. A year that
neither knows is nobody's guess.
"""

from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

import chinese_calendar

from service import journal
from service.database.transactions import Transaction
from service.errors import Finding, Problem, finding

_DAY = timedelta(days=1)
_SATURDAY = 5


class Year(NamedTuple):
    """The working days of a year: days that aren't worked, weekend days that are, and where that comes from."""

    holidays: frozenset[date]
    working_days: frozenset[date]
    origin: dict[str, Any]  # as it is shown and kept: {"library": version} or {"entry": position}

    def is_worked(self, day: date) -> bool:
        """Whether a day of this year is a working day."""
        return day in self.working_days or (day.weekday() < _SATURDAY and day not in self.holidays)

    def json(self) -> dict[str, Any]:
        """As it is answered."""
        return {
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "working_days": [day.isoformat() for day in sorted(self.working_days)],
            "from": self.origin,
        }


class Calendar:
    """Counts days as they were known at a position, and remembers which years it had to ask."""

    def __init__(self, transaction: Transaction, watermark: int) -> None:
        """As of this position."""
        self._transaction, self._watermark = transaction, watermark
        self._years: dict[int, Year] = {}

    @property
    def asked(self) -> dict[str, Any]:
        """Where the working days of each year that was asked come from."""
        return {str(number): year.origin for number, year in sorted(self._years.items())}

    def after(self, day: date, count: int, counted: str) -> date:
        """The last of so many days, `working` or `calendar`, from the day after this one. Problem calendar.unknown."""
        if counted == "calendar":
            return day + count * _DAY
        while count:
            day += _DAY
            count -= self._year(day.year).is_worked(day)
        return day

    def _year(self, number: int) -> Year:
        if number not in self._years:
            self._years[number] = year(self._transaction, number, self._watermark)
        return self._years[number]


def year(transaction: Transaction, number: int, watermark: int) -> Year:
    """The working days of a year as they were known at a position. Problem calendar.unknown."""
    row = transaction.maybe("calendar_year", year=number, watermark=watermark)
    if row:
        return Year(frozenset(row.holidays), frozenset(row.working_days), {"entry": row.position})
    try:
        return _announced(number)
    except NotImplementedError:  # the library's word for a year that isn't announced
        raise Problem("calendar.unknown", year=number) from None


def is_known(transaction: Transaction, number: int) -> bool:
    """Whether anybody knows the working days of a year by now."""
    try:
        return transaction.maybe("calendar_year_stated", year=number) is not None or bool(_announced(number))
    except NotImplementedError:
        return False


def state(transaction: Transaction, actor: str, number: int, holidays: list[date], working_days: list[date]) -> bool:
    """State the working days of a year from now on; whether that is anything new.

    Notices that were published keep their dates. Problem request.invalid with every finding.
    """
    found = [*_misplaced(number, "holidays", holidays), *_misplaced(number, "working_days", working_days)]
    for n, day in enumerate(working_days):
        if day in holidays:
            found.append(finding(f"/working_days/{n}", "day.both"))
        elif day.weekday() < _SATURDAY:
            found.append(finding(f"/working_days/{n}", "day.weekday"))
    if found:
        raise Problem("request.invalid", found)
    transaction.do("calendar_lock")
    before = transaction.maybe("calendar_year_stated", year=number)
    days = {"holidays": sorted(holidays), "working_days": sorted(working_days)}
    if before and (before.holidays, before.working_days) == (days["holidays"], days["working_days"]):
        return False
    said = {key: [day.isoformat() for day in listed] for key, listed in days.items()}
    entry = journal.record(transaction, "calendar.state", actor, {"year": number, **said})
    transaction.do("calendar_year_add", year=number, entry=entry, **days)
    return True


def _misplaced(number: int, key: str, days: list[date]) -> list[Finding]:
    outside = [n for n, day in enumerate(days) if day.year != number]
    repeated = [finding(f"/{key}", "list.repeated")] if len(set(days)) < len(days) else []
    return [finding(f"/{key}/{n}", "day.elsewhere", year=number) for n in outside] + repeated


@cache
def _announced(number: int) -> Year:
    first, last = date(number, 1, 1), date(number, 12, 31)
    holidays = chinese_calendar.get_holidays(first, last, include_weekends=False)
    worked = [day for day in chinese_calendar.get_workdays(first, last) if day.weekday() >= _SATURDAY]
    return Year(frozenset(holidays), frozenset(worked), {"library": version("chinesecalendar")})
