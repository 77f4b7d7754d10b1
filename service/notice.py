"""Public notice (公示): how long a published result is shown before it can be final, and until when it is contested.

The dates are computed once, at publication, in the rulebook's time zone, and stored beside the run: they never move,
whatever becomes of the calendar. They are days, the last ones included.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from service import clock
from service.calendar import Calendar
from service.database.transactions import Transaction, json
from service.periods import Period
from service.rulebooks.store import Ruling


class Notice(NamedTuple):
    """The last day of a notice, the last day for objections, and whose working days were followed in each year."""

    until: date
    objections_until: date
    calendar: dict[str, Any]

    def json(self) -> dict[str, str]:
        """The dates as they are told."""
        return {"notice_until": self.until.isoformat(), "objections_until": self.objections_until.isoformat()}


def from_today(transaction: Transaction, ruling: Ruling, watermark: int) -> Notice | None:
    """The notice of what is published today, where the rulebook has one. Problem calendar.unknown."""
    said = ruling.loaded.get("notice")
    if said is None:
        return None
    today, calendar = clock.today(ruling.timezone), Calendar(transaction, watermark)
    until, objections_until = (calendar.after(today, said[key], said["counted"]) for key in ("days", "objection_days"))
    return Notice(until, objections_until, calendar.asked)


def keep(transaction: Transaction, run: int, announced: Notice) -> None:
    """Store the notice of a run."""
    transaction.do("notice_add", run=run, **{**announced._asdict(), "calendar": json(announced.calendar)})


def answer_by(transaction: Transaction, ruling: Ruling, watermark: int) -> date:
    """By when an objection that is made today is to be answered. Problem calendar.unknown."""
    said = ruling.loaded["notice"]
    return Calendar(transaction, watermark).after(clock.today(ruling.timezone), said["answer_days"], said["counted"])


def running_until(transaction: Transaction, ruling: Ruling, period: Period) -> date | None:
    """The last day of the current run's notice, unless it is over."""
    row = transaction.maybe("notice", rulebook_id=ruling.id, period=period.text)
    return row.until if row and row.until and clock.today(ruling.timezone) <= row.until else None


def late_until(ruling: Ruling, period: Period) -> date | None:
    """The last of the days after a period's end in which it isn't published yet, unless they are over."""
    last = period.end_day + timedelta(days=ruling.loaded["periods"]["late_days"] - 1)
    return last if period.end_day <= last and clock.today(ruling.timezone) <= last else None
