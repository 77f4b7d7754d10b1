"""The calendar of periods: 2026-03, 2026-Q1, 2026-H1, 2026; their days and, in a time zone, their instants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from service import clock
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

    def months_before(self, months: int, timezone: str) -> datetime:
        """The instant, in UTC, of the local midnight so many months before the first day; at the earliest of 1900."""
        count = max(self.first_day.year * 12 + self.first_day.month - 1 - months, 1900 * 12)
        day = date(count // 12, count % 12 + 1, 1)
        return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)

    def has_begun(self, timezone: str) -> bool:
        """Whether its first moment has passed."""
        return self.bounds(timezone)[0] <= clock.now()

    def has_ended(self, timezone: str) -> bool:
        """Whether its last moment has passed."""
        return self.bounds(timezone)[1] <= clock.now()

    def inside(self, kind: str) -> list["Period"]:
        """The periods of a kind that lie in this one, in order; itself where it is of that kind."""
        return [
            p
            for p in _of_year(self.first_day.year, kind)
            if self.first_day <= p.first_day and p.end_day <= self.end_day
        ]

    def containing(self, kind: str) -> list["Period"]:
        """The period of a kind that contains this one; none where the kind is shorter."""
        return [
            p
            for p in _of_year(self.first_day.year, kind)
            if p.first_day <= self.first_day and self.end_day <= p.end_day
        ]

    def before(self, kind: str, count: int) -> list["Period"]:
        """The last so many periods of a kind that end at or before the start of this one, in order."""
        years = range(max(self.first_day.year - count, 1900), self.first_day.year + 1)
        ended = [p for year in years for p in _of_year(year, kind) if p.end_day <= self.first_day]
        return ended[-count:]

    def following(self) -> "Period":
        """The period of the same kind that begins where this one ends."""
        return next(p for p in _of_year(self.end_day.year, self.kind) if p.first_day == self.end_day)

    def part_of_year(self, part: str) -> "Period":
        """H1, Q3 and the like, of this period's year."""
        return parse(f"{self.first_day.year}-{part}")

    def contained(self) -> list[str]:
        """The texts of all periods inside this one, itself included."""
        kinds = ("year", "half_year", "quarter", "month")
        return [p.text for kind in kinds for p in self.inside(kind)]


def _of_year(year: int, kind: str) -> list[Period]:
    texts = {
        "month": [f"{year}-{month:02}" for month in range(1, 13)],
        "quarter": [f"{year}-Q{n}" for n in range(1, 5)],
        "half_year": [f"{year}-H1", f"{year}-H2"],
        "year": [str(year)],
    }
    return [parse(text) for text in texts[kind]]


@lru_cache(maxsize=1000)
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
