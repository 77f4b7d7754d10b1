"""The calendar of periods: 2026-03, 2026-Q1, 2026-H1, 2026; their days and, in a time zone, their instants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from service.errors import unknown

_MONTHS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "H1": (1, 6), "H2": (7, 12)}


@dataclass(frozen=True)
class Period:
    """A period: the days [first_day, end_day)."""

    text: str
    kind: str  # month, quarter, half_year, year
    first_day: date
    end_day: date

    def bounds(self, timezone: str) -> tuple[datetime, datetime]:
        """The instants [start, end) of the local midnights, in UTC."""
        zone = ZoneInfo(timezone)
        start, end = (datetime.combine(day, time.min, zone).astimezone(UTC) for day in (self.first_day, self.end_day))
        return start, end

    def has_begun(self, timezone: str) -> bool:
        """Whether its first moment has passed."""
        return self.bounds(timezone)[0] <= datetime.now(UTC)

    def has_ended(self, timezone: str) -> bool:
        """Whether its last moment has passed."""
        return self.bounds(timezone)[1] <= datetime.now(UTC)

    def months(self) -> list["Period"]:
        """The months of this period, in order."""
        year, first = self.first_day.year, self.first_day.month
        last = self.end_day.month - 1 or 12
        return [parse(f"{year}-{month:02}") for month in range(first, last + 1)]

    def contained(self) -> list[str]:
        """The texts of all periods inside this one, itself included."""
        year = self.text[:4]
        candidates = [year, *(f"{year}-{part}" for part in _MONTHS), *(f"{year}-{m:02}" for m in range(1, 13))]
        inner = (parse(text) for text in candidates)
        return [p.text for p in inner if self.first_day <= p.first_day and p.end_day <= self.end_day]


def parse(text: str) -> Period:
    """The period that a text names. Problem resource.unknown for another text."""
    year, _, part = text.partition("-")
    if not (len(year) == 4 and year.isascii() and year.isdigit() and "1900" <= year < "9999"):
        raise unknown("period", text)
    if text == year:
        return _period(text, "year", int(year), 1, 12)
    if part in _MONTHS:
        return _period(text, "quarter" if part[0] == "Q" else "half_year", int(year), *_MONTHS[part])
    if len(part) == 2 and part.isascii() and part.isdigit() and 1 <= int(part) <= 12:
        return _period(text, "month", int(year), int(part), int(part))
    raise unknown("period", text)


def _period(text: str, kind: str, year: int, first: int, last: int) -> Period:
    end = date(year + last // 12, last % 12 + 1, 1)
    return Period(text, kind, date(year, first, 1), end)
