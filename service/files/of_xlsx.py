"""XLSX: the visible sheets of a workbook, a row at a time. A formula is read as the value that was saved with it.

A number is what a spreadsheet keeps of it, 15 digits. Macros and links to other files are never looked at.
What a workbook unpacks to is bounded before it is read, and its XML is read by defusedxml, which refuses entities.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from service.errors import Finding, Problem, finding
from service.files.tables import MOST_COLUMNS, MOST_ROWS, Cell, Table, numbered

BEGINS = b"PK\x03\x04"
OTHERS_BEGIN = b"\xd0\xcf\x11\xe0"  # .xls, and whatever has a password
_MOST_BYTES = 64 << 20
_MOST_BYTES_HELD = 8 << 20  # of a part that is held whole as objects; texts and rows are read piece by piece
_MOST_PARTS = 1000
_MOST_MERGED = 50_000
_STREAMED = ("xl/worksheets/", "xl/sharedStrings")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def tables(source: BinaryIO) -> Iterator[Table]:
    """The visible sheets. Problem file.damaged, file.unpacked, file.rows, file.columns."""
    try:
        _refuse_bombs(source)
        book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Problem:
        raise
    except Exception:  # there is no end to what a file can do wrong, nor to what the library then raises
        raise Problem("file.damaged") from None
    with closing(book):
        for sheet in sheets:
            yield Table(sheet.title, numbered(_rows(source, sheet)))


def _refuse_bombs(source: BinaryIO) -> None:
    """What the directory says is what can be unpacked: zipfile reads no further than that."""
    with ZipFile(source) as packed:
        parts = packed.infolist()
    held = [part.file_size for part in parts if not part.filename.startswith(_STREAMED)]
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES or sum(held) > _MOST_BYTES_HELD:
        raise Problem("file.unpacked", most=_MOST_BYTES)


def _rows(source: BinaryIO, sheet: Any) -> Iterator[list[Cell]]:
    try:
        odd = _looked_through(source, sheet._worksheet_path)
        for number, row in enumerate(sheet.iter_rows(max_col=odd.columns), 1):
            yield [odd.cells.get((number, n)) or _cell(cell) for n, cell in enumerate(row, 1)]
    except Problem:
        raise
    except Exception:  # as above
        raise Problem("file.damaged") from None


@dataclass
class _Odd:
    """How wide a sheet is, and by row and column why a cell can't be used, where its value doesn't show that."""

    columns: int = 1
    cells: dict[tuple[int, int], Finding] = field(default_factory=dict)


def _looked_through(source: BinaryIO, path: str) -> _Odd:
    """Problem file.rows, file.columns, file.merges."""
    odd, row, column = _Odd(), 0, 0
    with ZipFile(source) as packed, packed.open(path) as part:
        for event, element in iterparse(part, ("start", "end")):
            match event, element.tag.removeprefix(_MAIN):
                case "start", "row":
                    row, column = int(element.get("r", row + 1)), 0
                    if row > MOST_ROWS:
                        raise Problem("file.rows", most=MOST_ROWS)
                case "end", "c":
                    place = element.get("r")
                    column = column_index_from_string(coordinate_from_string(place)[0]) if place else column + 1
                    if len(element):
                        _look_at(odd, element, row, column)
                case "end", "row":
                    element.clear()
                case "end", "mergeCell":
                    _refuse_merged(odd, element.attrib["ref"])
    return odd


def _look_at(odd: _Odd, element: Any, row: int, column: int) -> None:
    if column > MOST_COLUMNS:
        raise Problem("file.columns", most=MOST_COLUMNS)
    odd.columns = max(odd.columns, column)
    lacks_value = element.get("t") != "str" and not element.findtext(f"{_MAIN}v")
    if lacks_value and element.find(f"{_MAIN}f") is not None:
        odd.cells[row, column] = finding("", "file.formula")


def _refuse_merged(odd: _Odd, reference: str) -> None:
    """Of merged cells only the first holds something; whether it is meant for all, nobody knows."""
    left, top, right, bottom = range_boundaries(reference)
    right = min(right, MOST_COLUMNS)
    if (bottom - top + 1) * (right - left + 1) + len(odd.cells) > _MOST_MERGED:
        raise Problem("file.merges", most=_MOST_MERGED)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                odd.cells[row, column] = finding("", "file.merged")


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "e":
        return finding("", "file.error_value")
    match value:
        case bool() | datetime() | None:
            return value
        case int() | float():
            return _number(value)
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell has no zone
        case str():
            return value.strip() or None
    return str(value)  # a time of day, or a duration


def _number(value: float) -> Cell:
    """As a spreadsheet keeps it: 0.1 + 0.2 is 0.3 there."""
    text = str(value) if isinstance(value, int) else f"{value:.15g}"
    number = Decimal(text)
    return number if number.is_finite() else finding("", "file.error_value")
