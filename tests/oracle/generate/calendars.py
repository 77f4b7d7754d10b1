"""Periods as their texts, and the days at which they begin: what a world needs to be dated around its bounds."""

from dataclasses import dataclass
from datetime import date

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
KINDS = tuple(MONTHS)


@dataclass(frozen=True)
class Period:
    """The n-th period of its kind, counted from year 0."""

    kind: str
    number: int

    def __str__(self) -> str:
        """The period as it is written: 2025-03, 2025-Q1, 2025-H1, 2025."""
        year, nth = divmod(self.number * MONTHS[self.kind], 12)
        nth = nth // MONTHS[self.kind] + 1
        marks = {"month": f"-{nth:02}", "quarter": f"-Q{nth}", "half_year": f"-H{nth}", "year": ""}
        return f"{year}{marks[self.kind]}"

    def later(self, by: int) -> "Period":
        """The period of the same kind so many later."""
        return Period(self.kind, self.number + by)

    def containing(self, kind: str) -> "Period":
        """The period of a longer kind, or of the same, in which this one lies."""
        return Period(kind, self.number * MONTHS[self.kind] // MONTHS[kind])

    def start(self) -> date:
        """Its first day."""
        return month_start(self.number * MONTHS[self.kind])

    def end(self) -> date:
        """The day after its last."""
        return self.later(1).start()


def month_start(number: int) -> date:
    """The first day of the n-th month, counted from year 0."""
    return date(number // 12, number % 12 + 1, 1)


def period_at(year: int, month: int, kind: str) -> Period:
    """The period of that kind in which a month lies."""
    return Period("month", year * 12 + month - 1).containing(kind)
