"""What is written for spreadsheet programs, whoever writes it: their media types, and that no cell is ever computed.

Templates, refused rows and exports share it; it knows nothing of what is written.
"""

from typing import Any, BinaryIO

import xlsxwriter

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576

# What a cell of CSV begins with that a spreadsheet takes for a formula; some take the full-width forms too.
FORMULA = "=+-@\t\r\n＝＋－＠"


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(tuple(FORMULA)) else text


def workbook(file: BinaryIO) -> Any:
    """A workbook that holds one row of each sheet in memory, so that rows are written in their order.

    A text in it stays a text, whatever it looks like.
    """
    return xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
