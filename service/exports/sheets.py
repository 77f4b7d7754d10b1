"""A sheet of a workbook: rows under a head and a row of headings that stays in sight, in print too.

Numbers are written as the decimals that they are; a text stays a text. Only the row at hand is in memory.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from service import spreadsheets
from service.errors import Language, Problem
from service.explanation.words import Words
from service.exports.columns import Column

# From the best tier to the worst; then of who has none.
_COLOURS = ("#C6EFCE", "#DDEBF7", "#FFF2CC", "#FFC7CE")
_NO_TIER = "#EDEDED"
_WIDTHS = {"text": 14, "whole": 8, "number": 10, "points": 10}
_WIDER = {"organisation_title": 26, "reason": 22, "outcomes": 24, "outcome_titles": 28}
_MOST_WIDTH = 40
_A4 = 9  # as the format numbers papers


class Forms:
    """The formats of a workbook."""

    def __init__(self, book: Any, rulebook: dict[str, Any], language: Language) -> None:
        """For the step and the tiers of a rulebook."""
        self.language = language
        plain = book.add_format({"num_format": "General"})
        points = book.add_format({"num_format": format(Decimal(rulebook["numbers"]["step"]) * 0, "f")})
        self.numbers = {"whole": plain, "number": plain, "points": points}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.quiet = book.add_format({"font_color": "#606060"})
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#D9E1F2", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        tiers = [tier["id"] for tier in rulebook["tiers"]]
        last = len(_COLOURS) - 1
        self._tiers = {
            tier: book.add_format({"bg_color": _COLOURS[place * last // max(len(tiers) - 1, 1)]})
            for place, tier in enumerate(tiers)
        }
        self._no_tier = book.add_format({"bg_color": _NO_TIER})

    def said(self, words: Words) -> str:
        """The words in the language of the workbook."""
        return str(getattr(words, self.language))

    def of_tier(self, tier: str) -> Any:
        """The colour of a tier, or of none."""
        return self._tiers.get(tier, self._no_tier)


class Sheet:
    """A sheet of a workbook. `end` it."""

    def __init__(
        self, book: Any, forms: Forms, title: Words, head: list[Words], columns: list[Column], frozen: int
    ) -> None:
        """Empty; the first columns are `frozen` too."""
        self.columns, self._forms, self._headed = columns, forms, len(head) + 1
        self._sheet, self._row = book.add_worksheet(forms.said(title)), self._headed
        for number, words in enumerate(head):
            self._sheet.write_string(number, 0, forms.said(words), forms.quiet if number else forms.title)
        for n, column in enumerate(columns):
            heading = forms.said(column.heading)
            self._sheet.set_column(n, n, _width(column, heading))
            self._sheet.write_string(len(head), n, heading, forms.heading)
        self._sheet.freeze_panes(self._headed, frozen)
        self._sheet.set_paper(_A4)
        self._sheet.set_landscape()
        self._sheet.repeat_rows(len(head))
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&C&P / &N")

    def add(self, cells: Iterable[str], coloured: dict[str, Any] | None = None) -> None:
        """A row; `coloured` are the formats of texts, by the keys of their columns. Problem export.rows."""
        if self._row == spreadsheets.MOST_ROWS:
            raise Problem("export.rows", most=spreadsheets.MOST_ROWS - self._headed)
        sheet, row, coloured = self._sheet, self._row, coloured or {}
        for n, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
            if not cell:
                continue
            if column.kind == "text":
                sheet.write_string(row, n, cell, coloured.get(column.key))
            else:
                sheet.write_number(row, n, Decimal(cell), self._forms.numbers[column.kind])
        self._row += 1

    def end(self) -> None:
        """Nothing follows: the rows can be filtered by their headings."""
        self._sheet.autofilter(self._headed - 1, 0, max(self._row - 1, self._headed), len(self.columns) - 1)


def _width(column: Column, heading: str) -> int:
    """In characters; a Chinese one is two wide."""
    return _WIDER.get(column.key, max(_WIDTHS[column.kind], min(len(heading.encode("gb18030")) + 2, _MOST_WIDTH)))
