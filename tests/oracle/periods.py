"""Periods as days and instants of the rulebook's time zone (§5): months, and the years that roll them up."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """The days [first, after) of a month or a year in one time zone."""

    name: str
    kind: str
    first: date
    after: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The local midnight at which the period begins."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The local midnight at which the period is over."""
        return datetime.combine(self.after, time(), self.zone)

    def holds_instant(self, instant: datetime) -> bool:
        """Whether start ≤ instant < end."""
        return self.start <= instant < self.end

    def holds_period(self, name: str) -> bool:
        """Whether the named period is this one, or one that this one contains."""
        return name == self.name or name.startswith(f"{self.name}-")


def period_named(name: str, rulebook: dict[str, Any]) -> Period:
    """The period `2025-03` or `2025` as the rulebook's time zone bounds it."""
    zone = ZoneInfo(rulebook["periods"]["timezone"])
    year, _, month = name.partition("-")
    if not month:
        return Period(name, "year", date(int(year), 1, 1), date(int(year) + 1, 1, 1), zone)
    first = date(int(year), int(month), 1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Period(name, "month", first, after, zone)


def ruled_months(year: str, rulebook: dict[str, Any]) -> list[str]:
    """The base periods of the year from the first one that the rulebook rules."""
    names = [f"{year}-{month:02}" for month in range(1, 13)]
    return [name for name in names if name >= rulebook["effective"]["from"]]


def is_ruled(name: str, rulebook: dict[str, Any]) -> bool:
    """Whether the rulebook was in force in the period, or in some month of it."""
    return bool(ruled_months(name, rulebook)) if len(name) == 4 else name >= rulebook["effective"]["from"]
