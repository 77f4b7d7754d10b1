"""Findings in dates: a rulebook rules from a period that is still to end, and quotes no text that came later."""

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from service.errors import finding
from service.periods import parse as parse_period
from service.rulebooks.lint.book import Book, Found

_DAY = re.compile(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})", re.ASCII)


def findings(book: Book) -> Found:
    """All of this family."""
    said = book.said["effective"]["from_"]
    first, timezone = parse_period(said), book.said["periods"]["timezone"]
    if _is_zone(timezone) and first.has_ended(timezone):
        yield finding("/effective/from", "effective.past", period=said)
    for pointer, text in _quoted(book):
        if any(day > first.first_day for day in _days(text)):
            yield finding(pointer, "date.later", period=said)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False  # found elsewhere
    return True


def _quoted(book: Book) -> Iterator[tuple[str, str]]:
    """Where a rulebook says which text it follows."""
    yield from ((f"/authority/{key}", text) for key, text in book.said.get("authority", {}).items())
    yield from ((f"{use.pointer}/ref", use.said["ref"]) for use in book.uses if "ref" in use.said)
    for key in ("categories", "restrictions", "tiers", "outcomes"):
        yield from ((f"/{key}/{n}/ref", said["ref"]) for n, said in enumerate(book.said[key]) if "ref" in said)


def _days(text: str) -> Iterator[date]:
    for year, month, day in _DAY.findall(text):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue  # a number that only looks like a day
