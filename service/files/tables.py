"""Tables as a file holds them: rows of cells, each row with the number that a spreadsheet program shows.

A row whose first cell begins with # is a remark and nothing else; empty rows are passed over. What a file may be is
bounded here, for whoever reads it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from service.errors import Finding, Language, Problem

MOST_COLUMNS = 200
MOST_ROWS = 1_048_576  # of a sheet, empty ones too: what a spreadsheet program can hold
REMARK = "#"

# A cell that can't be used holds the finding that says why.
Cell = None | str | Decimal | bool | datetime | Finding


class Row(NamedTuple):
    """One row, and its number from 1."""

    number: int
    cells: list[Cell]


@dataclass
class Table:
    """A sheet of a workbook, or a CSV file. `name` is the sheet's, or empty."""

    name: str
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class FoundInCell(Finding):
    """A finding, and where it stands: the sheet, the row, the column's letters (none where it is about the row)."""

    sheet: str = ""
    row: int = 0
    column: str = ""

    def body(self, language: Language) -> dict[str, Any]:
        """As other findings, with the place."""
        place = {"sheet": self.sheet, "row": self.row, "column": self.column}
        return {**Finding.body(self, language), **place}


def numbered(rows: Iterable[list[Cell]]) -> Iterator[Row]:
    """The rows that hold something and are no remarks. Problem file.rows, file.columns."""
    for number, cells in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise Problem("file.rows", most=MOST_ROWS)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise Problem("file.columns", most=MOST_COLUMNS)
        if cells and not is_remark(cells[0]):
            yield Row(number, cells)


def is_remark(cell: Cell) -> bool:
    """Whether a cell makes its row, or below a header its column, a remark."""
    return isinstance(cell, str) and cell.lstrip().startswith(REMARK)


def letters(column: int) -> str:
    """A column, counted from 0, as spreadsheet programs name it: A, Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
