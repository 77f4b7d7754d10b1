"""CSV: text in UTF-8, UTF-16 or GB18030, cells apart by comma, semicolon or tab. It is read twice and never held."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from service.errors import Problem
from service.files.tables import Cell, Row, Table, is_remark, numbered

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GUESSED = ("utf-8", "gb18030")  # what Excel saves: nearly no text in GB18030 is UTF-8 by chance
_STATED = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
_PIECE = 1 << 16


def table(source: BinaryIO, name: str = "", charset: str | None = None) -> Table:
    """The table of a CSV file that can be read twice. Problem file.encoding, and while it is read file.quotes."""
    return Table(name, _rows(source, _encoding(source, charset)))


def _rows(source: BinaryIO, encoding: str) -> Iterator[Row]:
    source.seek(0)
    with io.TextIOWrapper(source, encoding, newline="") as text:
        rows = csv.reader(text, delimiter=_delimiter(text), strict=True)
        try:
            yield from numbered(_cells(row) for row in rows)
        except csv.Error:
            raise Problem("file.quotes", line=rows.line_num) from None


def _cells(row: list[str]) -> list[Cell]:
    return [cell.strip() or None for cell in row]


def _encoding(source: BinaryIO, stated: str | None) -> str:
    source.seek(0)
    begins = source.read(4)
    marked = [encoding for mark, encoding in _MARKS if begins.startswith(mark)]
    if stated and stated.lower() not in _STATED:
        raise Problem("file.encoding")
    for encoding in marked or ([_STATED[stated.lower()]] if stated else _GUESSED):
        if _decodes(source, encoding):
            return encoding
    raise Problem("file.encoding")


def _decodes(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := source.read(_PIECE):
            if "\x00" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(text: TextIO) -> str:
    """What stands most often in the first line that says something."""
    begins = text.read(_PIECE)
    text.seek(0)
    line = next((line for line in begins.splitlines() if line.strip() and not is_remark(line.lstrip('"'))), "")
    return max(",;\t", key=line.count)
