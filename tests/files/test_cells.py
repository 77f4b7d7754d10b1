"""What people type into cells, and what an event then holds."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.files import cells
from service.files.tables import letters
from tests.files.filling import at

SHANGHAI = ZoneInfo("Asia/Shanghai")


def instant(cell: Any, form: str | None = None) -> str:
    return cells.instant(cell, SHANGHAI, form)


@pytest.mark.parametrize(
    ("read", "typed", "said"),
    [
        (cells.text, "东街 5 号", "东街 5 号"),
        (cells.text, Decimal("101"), "101"),
        (cells.text, Decimal("1.50"), "1.5"),
        (cells.text, Decimal("1E+3"), "1000"),
        (cells.text, True, "true"),
        (cells.number, Decimal("3.5"), Decimal("3.5")),
        (cells.number, "3.50", "3.50"),
        (cells.flag, "是", True),
        (cells.flag, "否", False),
        (cells.flag, "TRUE", True),
        (cells.flag, False, False),
        (cells.day, at(2025, 3, 1), "2025-03-01"),
        (cells.day, "2025-3-1", "2025-03-01"),
        (cells.day, "2025/03/01", "2025-03-01"),
        (cells.day, "2025.3.1", "2025-03-01"),
        (cells.day, "2025年3月1日", "2025-03-01"),
        (instant, at(2025, 3, 1, 17, 30), "2025-03-01T17:30:00+08:00"),
        (instant, "2025-03-01", "2025-03-01T00:00:00+08:00"),
        (instant, "2025/3/1 9:05", "2025-03-01T09:05:00+08:00"),
        (instant, "2025年3月1日 9：05", "2025-03-01T09:05:00+08:00"),
        (instant, "2025-03-01T09:05:06", "2025-03-01T09:05:06+08:00"),
        (instant, "2025-03-01T09:05:06.123456Z", "2025-03-01T09:05:06.123456Z"),
        (cells.period, "2025-Q1", "2025-Q1"),
        (cells.period, Decimal("2025"), "2025"),
        (cells.period, at(2025, 3, 1), "2025-03"),
    ],
)
def test_what_is_typed_is_what_is_meant(read: Callable[[Any], Any], typed: Any, said: Any) -> None:
    assert read(typed) == said


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        (cells.text, Decimal("1234567890123456"), "file.digits"),
        (cells.text, Decimal("1E+15"), "file.digits"),
        (cells.text, at(2025, 3, 2), "file.dated"),
        (cells.number, at(2025, 3, 2), "file.dated"),
        (cells.flag, "也许", "file.flag"),
        (cells.flag, Decimal(1), "file.flag"),
        (cells.day, at(2025, 3, 1, 9), "file.day"),
        (cells.day, "2025-02-30", "file.time"),
        (cells.day, "3/1/2025", "file.time"),
        (instant, Decimal("45717.5"), "file.time"),
        (instant, "2025-03-01 25:00", "file.time"),
        (instant, "昨天", "file.time"),
        (cells.period, at(2025, 3, 2), "file.dated"),
    ],
)
def test_what_can_not_be_told_apart_is_refused(read: Callable[[Any], Any], typed: Any, code: str) -> None:
    with pytest.raises(cells.Unusable) as refused:
        read(typed)
    assert refused.value.found.code == code


def test_a_stated_form_reads_nothing_else() -> None:
    assert instant("01/03/2025 09.05", "%d/%m/%Y %H.%M") == "2025-03-01T09:05:00+08:00"
    with pytest.raises(cells.Unusable):
        instant("2025-03-01", "%d/%m/%Y")
    assert instant(datetime.fromisoformat("2025-03-01"), "%d/%m/%Y") == "2025-03-01T00:00:00+08:00"


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
