"""A workbook for people to read: sheets of rows below a header, written row by row in bounded memory.

Every cell is text, so that no spreadsheet rounds a number or takes a text for a formula.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO

from service import spreadsheets

_MOST_CHARACTERS = 32_767  # of a cell
_CUT = "…（全文见 JSON，in full in the JSON）"


class Workbook:
    """A workbook under way; its sheets may be written in turns."""

    def __init__(self, file: BinaryIO) -> None:
        """Into this file, at `close`."""
        self._book = spreadsheets.workbook(file)
        self._bold = self._book.add_format({"bold": True})
        self._rows: dict[str, int] = {}

    def sheet(self, name: str, header: Iterable[str]) -> None:
        """A new sheet with this header."""
        sheet = self._book.add_worksheet(name)
        self._rows[name] = 0
        titles = list(header)
        for column, title in enumerate(titles):
            sheet.set_column(column, column, min(max(len(title) + 4, 12), 40))
        sheet.freeze_panes(1, 0)
        self._write(name, titles, self._bold)

    def add(self, name: str, cells: Iterable[str | None]) -> None:
        """One more row of a sheet."""
        self._write(name, cells, None)

    def close(self) -> None:
        """Nothing follows: the file is written."""
        self._book.close()

    def _write(self, name: str, cells: Iterable[str | None], form: Any) -> None:
        row, sheet = self._rows[name], self._book.get_worksheet_by_name(name)
        for column, text in enumerate(cells):
            if text:
                kept = text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - len(_CUT)] + _CUT
                sheet.write_string(row, column, kept, form)
        self._rows[name] = row + 1
