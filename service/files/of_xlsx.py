"""XLSX: the visible sheets of a workbook, a row at a time. A formula is read as the value that was saved with it.

A number is what a spreadsheet keeps of it, 15 digits. Macros and links to other files are never looked at.
What a workbook unpacks to is bounded before it is read, and a part with a document type, of which entities would need
one, is refused: the format has none.
"""

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, BinaryIO
from xml.parsers import expat
from zipfile import ZipFile

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
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "


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
        held = sum(part.file_size for part in parts if not part.filename.startswith(_STREAMED))
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES or held > _MOST_BYTES_HELD:
            raise Problem("file.unpacked", most=_MOST_BYTES)
        for part in parts:
            with packed.open(part) as stream:
                _refuse_document_type(stream)


class _Begun(Exception):
    """The first element is there, which no document type can follow."""


def _refuse_document_type(part: IO[bytes]) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _begin
    with suppress(_Begun, expat.ExpatError):  # what is no XML is nothing that openpyxl reads as such
        parser.ParseFile(part)


def _refuse(*_: Any) -> None:
    raise Problem("file.damaged")


def _begin(*_: Any) -> None:
    raise _Begun


def _rows(source: BinaryIO, sheet: Any) -> Iterator[list[Cell]]:
    try:
        with ZipFile(source) as packed, packed.open(sheet._worksheet_path) as part:
            look = _Look(part)
        for number, row in enumerate(sheet.iter_rows(max_col=look.columns), 1):
            yield [look.unusable.get((number, n)) or _cell(cell) for n, cell in enumerate(row, 1)]
    except Problem:
        raise
    except Exception:  # as above
        raise Problem("file.damaged") from None


class _Look:
    """One look through a sheet before it is read: how wide it is, and what a reader of values alone wouldn't see.

    `unusable` says by row and column why a cell can't be used. Problem file.rows, file.columns, file.merges.
    """

    def __init__(self, part: IO[bytes]) -> None:
        self.columns = 1
        self.unusable: dict[tuple[int, int], Finding] = {}
        self._row = self._column = 0
        self._is_formula = self._in_value = self._has_value = False
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._read
        parser.ParseFile(part)

    def _begin(self, name: str, said: dict[str, str]) -> None:
        match name.removeprefix(_MAIN):
            case "row":
                self._row, self._column = int(said.get("r", self._row + 1)), 0
                if self._row > MOST_ROWS:
                    raise Problem("file.rows", most=MOST_ROWS)
            case "c":
                place = said.get("r")
                self._column = column_index_from_string(coordinate_from_string(place)[0]) if place else self._column + 1
                self._is_formula, self._has_value = False, said.get("t") == "str"
            case "v" | "is" | "f" as part:
                if self._column > MOST_COLUMNS:
                    raise Problem("file.columns", most=MOST_COLUMNS)
                self.columns = max(self.columns, self._column)
                self._is_formula |= part == "f"
                self._in_value = part == "v"
            case "mergeCell":
                self._merge(*range_boundaries(said["ref"]))

    def _read(self, _: str) -> None:
        self._has_value |= self._in_value

    def _end(self, name: str) -> None:
        self._in_value = False
        if name == f"{_MAIN}c" and self._is_formula and not self._has_value:
            self.unusable[self._row, self._column] = finding("", "file.formula")

    def _merge(self, left: int, top: int, right: int, bottom: int) -> None:
        """Of merged cells only the first holds something; whether it is meant for all, nobody knows."""
        right = min(right, MOST_COLUMNS)
        if (bottom - top + 1) * (right - left + 1) + len(self.unusable) > _MOST_MERGED:
            raise Problem("file.merges", most=_MOST_MERGED)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    self.unusable[row, column] = finding("", "file.merged")


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
