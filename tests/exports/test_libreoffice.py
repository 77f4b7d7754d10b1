"""A spreadsheet program opens what is exported: every text as it was, every number as it is, nothing computed."""

import csv
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.county import County
from tests.exports.conftest import NAMES

MARCH = "/v1/rankings/2025-03"
# Comma, quotation mark, UTF-8, from row 1, ..., and formulas evaluated (the last word).
EVALUATING = "CSV:44,34,UTF8,1,,0,false,true,false,false,false,-1,true"
OFFICE = shutil.which("soffice")

pytestmark = pytest.mark.skipif(OFFICE is None, reason="NOT TESTED: there is no soffice, so no export was opened by it")


def converted(file: Path, to: str, *options: str) -> str:
    """What LibreOffice says while it opens a file and saves it as another."""
    out = file.parent / "converted"
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    command = [str(OFFICE), "--headless", profile, *options, "--convert-to", to, "--outdir", str(out), str(file)]
    ran = subprocess.run(command, check=True, timeout=300, capture_output=True, text=True)
    said = [line for line in ran.stderr.splitlines() if "javaldx" not in line]  # there is no Java, and none is needed
    assert said == []
    return ran.stdout


def test_the_workbook_opens_as_it_is(county: County, tmp_path: Path) -> None:
    (tmp_path / "march.xlsx").write_bytes(county.hr.get(f"{MARCH}.xlsx", Accept_Language="zh").data)
    converted(tmp_path / "march.xlsx", "xlsx")
    before = openpyxl.load_workbook(tmp_path / "march.xlsx")
    after = openpyxl.load_workbook(tmp_path / "converted" / "march.xlsx")
    assert after.sheetnames == before.sheetnames
    for ours, theirs in zip(before, after, strict=True):
        for row in ours.iter_rows():
            for cell in row:
                other = theirs.cell(cell.row, cell.column)
                assert (other.data_type, plain(other.value)) == (cell.data_type, plain(cell.value)), cell.coordinate


def test_no_cell_of_csv_is_computed(county: County, tmp_path: Path) -> None:
    """As who opens it by a double click: evaluated where a spreadsheet evaluates."""
    (tmp_path / "march.csv").write_bytes(county.hr.get(f"{MARCH}.csv", Accept_Language="zh").data)
    (tmp_path / "bare.csv").write_text("=1+1\n", "utf-8-sig")
    for name in ("march", "bare"):
        converted(tmp_path / f"{name}.csv", "xlsx", f"--infilter={EVALUATING}")
    [computed] = openpyxl.load_workbook(tmp_path / "converted" / "bare.xlsx")
    assert computed["A1"].data_type == "f", "without a guard it would be"
    [sheet] = openpyxl.load_workbook(tmp_path / "converted" / "march.xlsx")
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    with (tmp_path / "march.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    names = [sheet.cell(n, 1).value for n in range(2, len(rows) + 2)]
    assert [plain(name) for name in names] == [plain(row[0]) for row in rows]
    assert "王小明" in names
    assert len(names) == len(NAMES) - 1
    assert sheet.cell(1, 2).value == header[1]


def test_the_notice_prints(county: County, tmp_path: Path) -> None:
    (tmp_path / "notice.xlsx").write_bytes(county.hr.get(f"{MARCH}/notice.xlsx", Accept_Language="zh").data)
    converted(tmp_path / "notice.xlsx", "pdf")
    assert (tmp_path / "converted" / "notice.pdf").read_bytes().startswith(b"%PDF")


def plain(value: object) -> object:
    """A value, its line ends as a spreadsheet keeps them."""
    return value.replace("_x000D_", "").replace("\r", "").replace("\n", "").strip() if isinstance(value, str) else value
