"""The working days of 2025: Monday to Friday without the public holidays.

The six weekend days that were worked in exchange for holidays are left out; nothing here depends on them.
"""

from datetime import date, timedelta

_FIRST = date(2025, 1, 1)
_HOLIDAYS = {  # the first day, and how many
    date(2025, 1, 1): 1,
    date(2025, 1, 28): 8,
    date(2025, 4, 4): 3,
    date(2025, 5, 1): 5,
    date(2025, 5, 31): 3,
    date(2025, 10, 1): 8,
}


def working_days() -> list[date]:
    """All working days of the year, in order."""
    off = {first + timedelta(days=n) for first, length in _HOLIDAYS.items() for n in range(length)}
    year = [_FIRST + timedelta(days=n) for n in range(365)]
    return [day for day in year if day.weekday() < 5 and day not in off]
