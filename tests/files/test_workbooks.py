"""XLSX as spreadsheet programs write it, and as nobody should: every workbook is read or refused, in bounded memory."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook

from service.errors import Finding, Problem
from service.files import of_xlsx
from tests.files.filling import at, saved

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows(content: bytes) -> dict[str, list[Any]]:
    """The rows by sheet; of a cell that can't be used the code."""
    return {
        table.name: [[cell.code if isinstance(cell, Finding) else cell for cell in row.cells] for row in table.rows]
        for table in of_xlsx.tables(io.BytesIO(content))
    }


def only(*cells: Any) -> list[Any]:
    """The only row of a sheet with these cells."""
    book = Workbook()
    book.active.append(cells)
    [row] = rows(saved(book))["Sheet"]
    return list(row)


def tampered(change: Callable[[str], str], name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of one cell, one of its parts changed."""
    whole, content = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        book.add_worksheet().write_string(0, 0, "x")
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            text = before.read(part).decode()
            after.writestr(part.filename, change(text) if part.filename == name else text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (3, Decimal(3)),
        (3.5, Decimal("3.5")),
        (0.1 + 0.2, Decimal("0.3")),
        (2.675, Decimal("2.675")),
        (100000.1, Decimal("100000.1")),
        (1 / 3, Decimal("0.333333333333333")),
        (True, True),
        ("是 ", "是"),
        (at(2025, 3, 1, 17, 30), at(2025, 3, 1, 17, 30)),
        (at(2025, 3, 1).date(), at(2025, 3, 1)),
        (at(2025, 3, 1, 9, 5).time(), "09:05:00"),
    ],
)
def test_a_cell_is_what_a_spreadsheet_shows(typed: Any, kept: Any) -> None:
    """No binary float: what Excel keeps of a number are 15 digits."""
    assert only(typed) == [kept]


def test_dates_of_either_epoch_are_the_same_days() -> None:
    for options in ({}, {"date_1904": True}):
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, options) as book:
            book.add_worksheet("a").write_datetime(0, 0, at(2025, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        assert rows(content.getvalue()) == {"a": [[at(2025, 3, 1)]]}


def test_a_formula_is_its_saved_value_or_a_finding() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("a")
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, '="a"&"b"', None, "ab")
        sheet.write_formula(0, 2, "=1/0", None, "#DIV/0!")
    assert rows(content.getvalue()) == {"a": [[Decimal(2), "ab", "file.error_value"]]}
    assert only("=1+1") == ["file.formula"]


def test_merged_cells_hold_nothing_that_can_be_used() -> None:
    book = Workbook()
    book.active.append(["w1", "2025-03-01"])
    book.active.append([None, "2025-03-02"])
    book.active.merge_cells("A1:A2")
    assert rows(saved(book)) == {"Sheet": [["w1", "2025-03-01"], ["file.merged", "2025-03-02"]]}


def test_hidden_sheets_empty_rows_and_remarks_are_passed_over() -> None:
    book = Workbook()
    for row in (["# note", "x"], [], ["", " "], ["a"], [" #", "b"]):
        book.active.append(row)
    book.create_sheet("hidden").append(["lost"])
    book["hidden"].sheet_state = "hidden"
    assert rows(saved(book)) == {"Sheet": [["a"]]}


def test_cells_without_references_stand_side_by_side() -> None:
    """Which the format allows."""
    data = '<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c r="C2"><v>3</v></c></row></sheetData>'
    content = tampered(lambda _: f'<worksheet xmlns="{MAIN}">{data}</worksheet>')
    assert rows(content) == {"Sheet1": [[Decimal(1), Decimal(2)], [None, None, Decimal(3)]]}


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'?><!DOCTYPE worksheet [<!ENTITY l0 "ha">{LAUGHS}]>'
MERGED = '</sheetData><mergeCells count="1"><mergeCell ref="A1:CV1048576"/></mergeCells>'


def mined(text: str) -> str:
    """The text with entities that grow beyond all bounds, the last of them in the place of what it said."""
    return text.replace("?>", BOMB, 1).replace("<t>x</t>", "<t>&l9;</t>").replace("<v>0</v>", "<v>&l9;</v>")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04", "file.damaged"),
        (tampered(lambda text: text[:-20]), "file.damaged"),
        (tampered(mined), "file.damaged"),
        (tampered(mined, "xl/workbook.xml"), "file.damaged"),
        (tampered(mined, "xl/sharedStrings.xml"), "file.damaged"),
        (tampered(lambda text: "", "[Content_Types].xml"), "file.damaged"),
        (tampered(lambda text: text.replace('r="A1"', 'r="ZZZZZZ1"')), "file.damaged"),
        (tampered(lambda text: text.replace('r="A1"', 'r="XFD1"')), "file.columns"),
        (tampered(lambda text: text.replace('r="1"', 'r="99999999999"')), "file.rows"),
        (tampered(lambda text: text + " " * (65 << 20)), "file.unpacked"),
        (tampered(lambda text: text + " " * (9 << 20), "xl/styles.xml"), "file.unpacked"),
        (tampered(lambda text: text.replace("</sheetData>", MERGED)), "file.merges"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_would_fill_the_memory_is_refused_before(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        rows(content)
    assert refused.value.code == code


def test_a_workbook_of_libreoffice_is_read(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("NOT TESTED: there is no soffice, so no workbook of LibreOffice was read")
    (tmp_path / "a.csv").write_text("subject,time\n王工,2025-03-01\n", "utf-8")
    command = [office, "--headless", "--infilter=CSV:44,34,UTF8", "--convert-to", "xlsx"]
    command += ["--outdir", str(tmp_path), str(tmp_path / "a.csv")]
    subprocess.run(command, check=True, timeout=120)
    assert rows((tmp_path / "a.xlsx").read_bytes()) == {"a": [["subject", "time"], ["王工", at(2025, 3, 1)]]}
