"""What a person types into a cell, as the value that an attribute or field of an event holds.

What can't be taken is told where it stands. Everything else intake checks, as it does for events of any other road.
"""

import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from schemas.fields import decimal_text
from service.errors import Finding, finding
from service.files.tables import Cell

YES, NO = "是", "否"
_FLAGS = {YES: True, NO: False, "true": True, "false": False}
_KEPT_DIGITS = 15
_DAY = r"(?P<year>\d{4})(?P<between>[-/.年])(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
_TIME = r"(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?"
_TYPED = re.compile(rf"{_DAY}(?:[T ]\s*{_TIME})?", re.ASCII)
_WITH_OFFSET = re.compile(r".+T.+(?:Z|[+-]\d\d:\d\d)", re.ASCII)


class Unusable(Exception):
    """A cell that can't be what it must be; the finding says why."""

    def __init__(self, found: Finding) -> None:
        """For this reason."""
        super().__init__(found.code)
        self.found = found


def text(cell: Cell) -> str:
    """The text of a cell. Unusable where a spreadsheet has made something else of what was typed."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case Decimal():
            if len(cell.as_tuple().digits) > _KEPT_DIGITS or cell.adjusted() >= _KEPT_DIGITS:
                raise Unusable(finding("", "file.digits", most=_KEPT_DIGITS))
            return decimal_text(cell)
        case datetime():
            raise Unusable(finding("", "file.dated"))
        case Finding():
            raise Unusable(cell)
    return cell or ""


def number(cell: Cell) -> Any:
    """A number, or what else stands there, for intake to refuse. Unusable."""
    return cell if isinstance(cell, Decimal | bool) else text(cell)


def flag(cell: Cell) -> bool:
    """是 or 否, true or false. Unusable."""
    said = text(cell)
    if said.lower() not in _FLAGS:
        raise Unusable(finding("", "file.flag", yes=YES, no=NO))
    return _FLAGS[said.lower()]


def day(cell: Cell, form: str | None = None) -> str:
    """A day. Unusable."""
    moment = _moment(cell, form)
    if moment.time() != time.min:
        raise Unusable(finding("", "file.day"))
    return moment.date().isoformat()


def instant(cell: Cell, zone: ZoneInfo, form: str | None = None) -> str:
    """A time with its offset; where it says none, that of the zone. A day is its first moment. Unusable."""
    if form is None and isinstance(cell, str) and _WITH_OFFSET.fullmatch(cell):
        return cell
    moment = _moment(cell, form)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def period(cell: Cell) -> str:
    """A period; 2025-03 is a day to a spreadsheet, the first of its month. Unusable."""
    if isinstance(cell, datetime) and cell.day == 1 and cell.time() == time.min:
        return f"{cell:%Y-%m}"
    return text(cell)


def _moment(cell: Cell, form: str | None) -> datetime:
    if isinstance(cell, datetime):
        return cell
    said = text(cell)
    try:
        if form:
            return datetime.strptime(said, form)  # noqa: DTZ007 - the zone is the caller's
        if found := _TYPED.fullmatch(said):
            parts = (found[name] or 0 for name in ("year", "month", "day", "hour", "minute", "second"))
            return datetime(*map(int, parts))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        pass
    raise Unusable(finding("", "file.time"))


def of_kind(kind: str) -> Callable[[Cell], Any]:
    """How a field of data of this kind is read."""
    readers: dict[str, Callable[[Cell], Any]] = {"number": number, "boolean": flag, "date": day}
    return readers.get(kind, text)
