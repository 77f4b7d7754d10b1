"""What was refused, as a file of the same kind, to be mended and sent again: the rows as they were, and why."""

import csv
import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from service.errors import Language, sentence
from service.files import cells
from service.files.tables import REMARK, Cell
from service.files.taking import Became

_WHY = f"{REMARK} 原因 why"


class Written(Protocol):
    """A file of what was refused."""

    def __init__(self, file: Path, language: Language) -> None:
        """Into this file, why in this language."""

    def add(self, refused: Iterable[Became]) -> None:
        """Add to it."""

    def close(self) -> None:
        """Nothing follows."""


class Csv:
    """Rows below their header."""

    def __init__(self, file: Path, language: Language) -> None:
        """Into this file."""
        self._stream = file.open("w", encoding="utf-8-sig", newline="")
        self._rows, self._language, self._headed = csv.writer(self._stream), language, False

    def add(self, refused: Iterable[Became]) -> None:
        """Add rows."""
        for one in refused:
            header = one.entry.columns.header
            if not self._headed:
                self._rows.writerow([*map(_text, header), _WHY])
                self._headed = True
            if one.entry.row.cells is not header:
                said = [*map(_text, one.entry.row.cells)]
                said += [""] * (len(header) - len(said))
                self._rows.writerow([*said, why(one, self._language)])

    def close(self) -> None:
        """Nothing follows."""
        self._stream.close()


class Xlsx:
    """Rows below the headers of their sheets."""

    def __init__(self, file: Path, language: Language) -> None:
        """Into this file."""
        self._book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._language, self._rows = language, dict[str, int]()

    def add(self, refused: Iterable[Became]) -> None:
        """Add rows."""
        for one in refused:
            header = one.entry.columns.header
            if one.entry.sheet not in self._rows:
                self._book.add_worksheet(one.entry.sheet)
                self._write(one.entry.sheet, header, len(header), _WHY)
            if one.entry.row.cells is not header:
                self._write(one.entry.sheet, one.entry.row.cells, len(header), why(one, self._language))

    def close(self) -> None:
        """Nothing follows."""
        self._book.close()

    def _write(self, name: str, row: list[Cell], width: int, last: str) -> None:
        sheet, number = self._book.get_worksheet_by_name(name), self._rows.setdefault(name, 0)
        for n, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, n, cell, self._moment)
            else:
                sheet.write_string(number, n, _text(cell))
        sheet.write_string(number, max(width, len(row)), last)
        self._rows[name] += 1


class Ndjson:
    """Events, with why as a remark; a line that is none as it stands."""

    def __init__(self, file: Path, language: Language) -> None:
        """Into this file."""
        self._stream = file.open("w", encoding="utf-8")
        self._language = language

    def add(self, refused: Iterable[Became]) -> None:
        """Add events."""
        for one in refused:
            line = one.entry.row.cells[0]
            if one.entry.body is not None:
                said = {**one.entry.body, _WHY: why(one, self._language)}
                line = json.dumps(said, ensure_ascii=False, default=str)
            self._stream.write(f"{line}\n")

    def close(self) -> None:
        """Nothing follows."""
        self._stream.close()


def why(one: Became, language: Language) -> str:
    """Everything that is wrong with a row, as one text."""
    return "; ".join(
        " ".join(part for part in (found.column, sentence(found.code, found.values, language)) if part)
        for found in one.found
    )


def _text(cell: Any) -> str:
    """A cell as it was typed; nothing of one that can't be used as it stands."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    with suppress(cells.Unusable):
        return cells.text(cell)
    return ""
