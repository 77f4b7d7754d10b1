"""The list that is put up for public notice (公示): of a published revision, with masked names.

It says by which rulebook and revision, until when it is up, and until when it may be contested. Which fields it shows
is for who puts it up to decide; the names of workers are masked always.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader

from service import roster, spreadsheets
from service.database.transactions import Transaction
from service.errors import Language, Problem
from service.explanation.words import Words, say
from service.exports import columns, tables
from service.exports.columns import Column
from service.exports.nameless import nameless
from service.exports.sheets import Forms, Sheet
from service.exports.tables import Table, Tell
from service.results import Filter, Shown

NOTICES = {"xlsx": spreadsheets.XLSX, "html": "text/html; charset=utf-8"}

# What each field shows: the first of these columns that says something.
_SHOWS = {
    "name": ("name",),
    "organisation": ("organisation_title", "organisation"),
    "tier": ("tier_title", "reason"),
    "outcomes": ("outcome_titles",),
}
_TITLE = Words("公示名单", "public notice")
_HEADINGS = {column.key: column for column in (columns.NAME, *columns.FIXED)}
_SHEETS_BEGIN = 8  # rows, at most, above those of a list


@dataclass(frozen=True)
class Notice:
    """A list for public notice: what stands above it, its columns, and whose results."""

    table: Table
    head: list[Words]
    fields: list[str]

    @property
    def columns(self) -> list[Column]:
        """The columns that were chosen."""
        return [_HEADINGS[_SHOWS.get(field, (field,))[0]] for field in self.fields]

    def rows(self, tell: Tell) -> Iterator[list[str]]:
        """The cells of every row."""
        keys = [column.key for column in self.table.fixed]
        for row in self.table.rows(tell):
            said = dict(zip(keys, row, strict=False))
            if self.table.shown.rulebook["subject"] == "worker":
                said["name"] = roster.masked(said["name"])
            yield [self._cell(said, field) for field in self.fields]

    def _cell(self, said: dict[str, str], field: str) -> str:
        return next((said[key] for key in _SHOWS.get(field, (field,)) if said[key]), "")


def take_notice(
    transaction: Transaction,
    shown: Shown,
    sought: Filter,
    language: Language,
    fields: list[str],
    tell: Tell = lambda _: None,
) -> Notice:
    """The list of a published revision. Problem request.invalid, export.rows, period.state."""
    if shown.run is None:
        raise Problem("period.state", period=shown.period.text, state=shown.state, needed="provisional")
    most = spreadsheets.MOST_ROWS - _SHEETS_BEGIN
    table = tables.take(transaction, shown, sought, language, with_names=True, most=most, tell=tell)
    run = transaction.one("runs", run=shown.run.run_no, rulebook_id=None, period=None)
    return Notice(table, list(_head(shown, run)), fields)


def written_notice(notice: Notice, form: str, tell: Tell = lambda _: None) -> BinaryIO:
    """The list as a file without a name, from its beginning."""
    with closing(notice.table), nameless() as file:
        (_write_xlsx if form == "xlsx" else _write_page)(notice, file, tell)
    return file


def _head(shown: Shown, run: Any) -> Iterator[Words]:
    rulebook = shown.rulebook
    yield say("{title} {period} 公示", "Public notice: {title}, {period}", title=rulebook["title"], period=run.period)
    label = f"{shown.ruling.id}@{shown.ruling.version}"
    authority = rulebook.get("authority", {})
    by = "、".join(authority[key] for key in ("title", "number") if key in authority)
    yield say("依据：{by}（{label}）", "By: {by} ({label})", by=by or rulebook["title"], label=label)
    day = run.published_at.astimezone(ZoneInfo(shown.ruling.timezone)).date().isoformat()
    zh, en = "第 {n} 次发布，{day}；摘要 {digest}", "Revision {n}, published on {day}; digest {digest}"
    yield say(zh, en, n=run.revision, day=day, digest=bytes(run.digest).hex())
    if run.notice_until:
        zh = "公示期至 {until}（含当日）。如有异议，请于 {objections}（含当日）前提出。"
        en = "On notice until {until}; objections are accepted until {objections}; both days included."
        until, objections = run.notice_until.isoformat(), run.objections_until.isoformat()
        yield say(zh, en, until=until, objections=objections)


def _write_xlsx(notice: Notice, file: BinaryIO, tell: Tell) -> None:
    table = notice.table
    with spreadsheets.workbook(file) as book:
        forms = Forms(book, table.shown.rulebook, table.language)
        sheet = Sheet(book, forms, _TITLE, notice.head, notice.columns, 0)
        for row in notice.rows(tell):
            sheet.add(row)
        sheet.end()


def _write_page(notice: Notice, file: BinaryIO, tell: Tell) -> None:
    """A page by itself: no script, nothing from elsewhere."""
    language = notice.table.language
    templates = Environment(loader=PackageLoader("service.exports"), autoescape=True, trim_blocks=True)
    page = templates.get_template("notice.html").stream(
        language={"zh": "zh-CN", "en": "en"}[language],
        head=[getattr(words, language) for words in notice.head],
        headings=[(getattr(column.heading, language), column.kind) for column in notice.columns],
        rows=notice.rows(tell),
    )
    page.enable_buffering(100)
    page.dump(file, "utf-8")
