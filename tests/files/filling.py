"""Files as tests fill them in: templates through openpyxl, and CSV."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from tests.county import SOURCE, Client

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ("id", "subject", "time", "household")


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sheet(*rows: Iterable[Any], name: str = "visit.done") -> bytes:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    only = book.active
    only.title = name
    for row in rows:
        only.append(list(row))
    return saved(book)


def filled(template: bytes, rows: dict[str, list[dict[str, Any]]]) -> bytes:
    """A template with rows below the head of its sheets, each cell by the name of its column."""
    book = load_workbook(io.BytesIO(template))
    for name, said in rows.items():
        only = book[name]
        names = {cell.value: cell.column for cell in only[3]}
        for n, row in enumerate(said, 5):
            for column, value in row.items():
                cell = only.cell(n, names[column], value)
                if isinstance(value, str):
                    cell.data_type = "s"  # else a text with = at its head would be a formula
    return saved(book)


def send(client: Client, content: bytes | str, type_: str = XLSX, **query: str) -> TestResponse:
    """Import a file."""
    asked = "&".join(f"{name}={value}" for name, value in {"source": SOURCE, **query}.items())
    return client.post_text(f"/v1/imports?{asked}", content, type_)


def at(*parts: int) -> datetime:
    """A moment as a cell holds it: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type, misc]  # noqa: DTZ001
