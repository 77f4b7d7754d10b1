"""Results as a table: a CSV file without a name, taken at once and whole within a transaction.

PostgreSQL writes the rows as CSV; the points of categories and lines come as one last cell, which is opened here, as
every rulebook has its own.
"""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from service import spreadsheets
from service.database.transactions import Transaction
from service.errors import Language, Problem
from service.explanation import Book
from service.explanation.imported import NO_TIER
from service.exports import columns
from service.exports.columns import Column, Line
from service.exports.nameless import nameless
from service.results import Filter, Shown

Tell = Callable[[int], None]
_TOLD = 1000  # rows
_LAST = b',"'  # opens the last cell; the cell itself holds numbers alone


@dataclass(frozen=True)
class Table:
    """Results as CSV in a file, with the columns that it has; `close` it."""

    shown: Shown
    book: Book
    language: Language
    fixed: list[Column]
    categories: list[Line]
    lines: list[Line]
    file: BinaryIO

    @property
    def columns(self) -> list[Column]:
        """Every column."""
        return [*self.fixed, *(line.column for line in (*self.categories, *self.lines))]

    def rows(self, tell: Tell = lambda _: None) -> Iterator[list[str]]:
        """The cells of every row below the header; nothing is ''."""
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, "utf-8-sig", newline="")
        try:
            rows = csv.reader(text)
            next(rows)
            for number, row in enumerate(rows, 1):
                yield row
                if number % _TOLD == 0:
                    tell(_TOLD)
        finally:
            text.detach()

    def close(self) -> None:
        """The file is gone."""
        self.file.close()


def take(
    transaction: Transaction,
    shown: Shown,
    sought: Filter,
    language: Language,
    *,
    with_names: bool,
    is_guarded: bool = False,
    most: int | None = None,
    sort: str = "rank",
    tell: Tell = lambda _: None,
) -> Table:
    """The results that are sought, in an order of rankings; where `is_guarded`, no cell begins like a formula.

    Names of workers are there only `with_names`. `tell` is told of every thousand rows. Problem request.invalid for
    what these results don't know, export.rows for more than `most`.
    """
    book = shown.book(transaction)
    is_named = with_names or shown.rulebook["subject"] == "organisation"
    fixed = [*([columns.NAME] if is_named else []), *columns.FIXED]
    categories, lines = columns.categories(shown), columns.lines(shown, book)
    values = sought.parameters(transaction, shown) | _words(shown, language, is_guarded)
    transaction.one("export_plan")
    rows = transaction.csv(
        "export",
        "points",
        **shown.keys,
        **values,
        watermark=shown.watermark,
        with_names=with_names,
        sort=sort,
        decimals=-int(Decimal(shown.rulebook["numbers"]["step"]).as_tuple().exponent),
        category_nos=[line.place for line in categories],
        line_nos=[line.place for line in lines],
    )
    with nameless() as file, closing(rows):
        table = Table(shown, book, language, fixed, categories, lines, file)
        file.write(_header(table))
        for number, row in enumerate(rows):
            if number == most:
                raise Problem("export.rows", most=most)
            file.write(_opened(row if is_named else row[1:]))
            if (number + 1) % _TOLD == 0:
                tell(_TOLD)
    return table


def _opened(row: bytes) -> bytes:
    """The row with its last cell, numbers in quotation marks, as cells of their own."""
    cells, _, points = row[:-2].rpartition(_LAST)
    return b"%b,%b\r\n" % (cells, points) if points else b"%b\r\n" % cells


def _header(table: Table) -> bytes:
    """The first line, with the mark that tells Excel that it is UTF-8."""
    text = io.StringIO(newline="")
    headings = [getattr(column.heading, table.language) for column in table.columns]
    csv.writer(text).writerow([spreadsheets.guarded(heading) for heading in headings])
    return text.getvalue().encode("utf-8-sig")


def _words(shown: Shown, language: Language, is_guarded: bool) -> dict[str, object]:
    """What the statement words its cells with: titles in Chinese, ids in English."""
    tiers, outcomes = shown.rulebook["tiers"], shown.sheet.outcomes
    guarded = spreadsheets.guarded if is_guarded else str
    title = "title" if language == "zh" else "id"
    return {
        "formula": spreadsheets.FORMULA if is_guarded else "",
        "tier_ids": [guarded(said["id"]) for said in tiers],
        "tier_titles": [guarded(said["title"]) for said in tiers],
        "reason_codes": list(NO_TIER),
        "reason_words": [getattr(words, language) for words in NO_TIER.values()],
        "outcome_ids": [guarded(said["id"]) for said in outcomes],
        "outcome_titles": [guarded(said[title]) for said in outcomes],
    }
