"""Periods as days and instants of the rulebook's time zone (§2, §5.1, §5.5): 2025-03, 2025-Q1, 2025-H1, 2025."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Period:
    """The days [first, after) in one time zone."""

    name: str
    kind: str
    first: date
    after: date
    zone: ZoneInfo

    @cached_property
    def start(self) -> datetime:
        """The local midnight at which the period begins."""
        return datetime.combine(self.first, time(), self.zone)

    @cached_property
    def end(self) -> datetime:
        """The local midnight at which the period is over."""
        return datetime.combine(self.after, time(), self.zone)

    @property
    def days(self) -> frozenset[int]:
        """Its days, by their ordinal."""
        return frozenset(range(self.first.toordinal(), self.after.toordinal()))

    def holds_instant(self, instant: datetime) -> bool:
        """Whether start ≤ instant < end."""
        return self.start <= instant < self.end

    def holds(self, other: "Period") -> bool:
        """Whether the other period is this one, or lies in it."""
        return self.first <= other.first and other.after <= self.after


def zone_of(rulebook: dict[str, Any]) -> ZoneInfo:
    """The time zone in which a rulebook counts its days."""
    return ZoneInfo(rulebook["periods"]["timezone"])


def period_named(name: str, zone: ZoneInfo) -> Period:
    """The period of that name."""
    year, _, part = name.partition("-")
    if not part:
        return period_of("year", date(int(year), 1, 1), zone)
    if part[0] in "QH":
        kind = "quarter" if part[0] == "Q" else "half_year"
        return period_of(kind, date(int(year), (int(part[1]) - 1) * MONTHS_OF[kind] + 1, 1), zone)
    return period_of("month", date(int(year), int(part), 1), zone)


def period_of(kind: str, day: date, zone: ZoneInfo) -> Period:
    """The period of a kind in which a day lies."""
    months = MONTHS_OF[kind]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    part = {"month": f"-{number + 1:02}", "quarter": f"-Q{number + 1}", "half_year": f"-H{number + 1}", "year": ""}
    return Period(f"{day.year}{part[kind]}", kind, first, months_later(first, months), zone)


def periods_inside(period: Period, kind: str) -> list[Period]:
    """The periods of a kind that lie in this one, itself included; none of a longer kind."""
    found = []
    day = period.first
    while day < period.after:
        found.append(period_of(kind, day, period.zone))
        day = found[-1].after
    return [one for one in found if period.holds(one)]


def periods_before(period: Period, kind: str, count: int) -> list[Period]:
    """The last so many periods of a kind that end at or before the start of this one, in order."""
    found: list[Period] = []
    after = period_of(kind, period.first, period.zone).first
    for _ in range(count):
        found.insert(0, period_of(kind, after - timedelta(days=1), period.zone))
        after = found[0].first
    return found


def period_containing(period: Period, kind: str) -> Period | None:
    """The period of a kind in which this one lies."""
    found = period_of(kind, period.first, period.zone)
    return found if found.holds(period) else None


def ruled_base_periods(period: Period, rulebook: dict[str, Any]) -> list[Period]:
    """The base periods that lie in a period, from the first one that the rulebook rules."""
    first = period_named(rulebook["effective"]["from"], period.zone).first
    return [one for one in periods_inside(period, rulebook["periods"]["base"]) if one.first >= first]


def kinds_of(rulebook: dict[str, Any]) -> list[str]:
    """The kinds of period that a rulebook knows."""
    return [rulebook["periods"]["base"], *rulebook["periods"]["rollups"]]


def window_of(period: Period, node: dict[str, Any]) -> Period:
    """The period as the `window` of a selection widens it (§5.2)."""
    window = node.get("window")
    if window is None:
        return period
    if window == "year":
        return replace(period, first=date(period.first.year, 1, 1))
    return replace(period, first=months_later(period.after, -int(window["last"])))


def months_later(day: date, months: int) -> date:
    """The day of the same number so many months later, or the last of a month that is too short."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
