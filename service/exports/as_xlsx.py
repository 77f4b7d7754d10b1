"""A workbook: the ranking, the lines of everyone, the rulebook in words, the outcomes."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from service import regulation, spreadsheets
from service.explanation.words import Words, say
from service.exports.columns import Column
from service.exports.sheets import Forms, Sheet
from service.exports.tables import Table, Tell

_HEADED = 3  # rows above those of the results
MOST = spreadsheets.MOST_ROWS - _HEADED

_RANKING, _LINES = Words("排名", "ranking"), Words("得分明细", "lines")
_RULEBOOK, _OUTCOMES = Words("考核办法", "rulebook"), Words("结果运用", "outcomes")
_OUTCOME = (
    Column("outcome", Words("结果运用编号", "outcome")),
    Column("outcome_titles", _OUTCOMES),
    Column("value", Words("数值", "value"), "number"),
)
_WHO, _PLACE = ("name", "subject"), ("organisation_title", "post", "group")
_STATES = {
    "open": Words("未关闭", "open"),
    "closing": Words("已关闭", "closing"),
    "provisional": Words("公示", "provisional"),
    "final": Words("定案", "final"),
}


def write(table: Table, file: BinaryIO, tell: Tell) -> None:
    """Write the workbook. Problem export.rows where there are more outcomes than a sheet has rows."""
    with spreadsheets.workbook(file) as book:
        forms, said_above = Forms(book, table.shown.rulebook, table.language), head(table)
        who, total, place = (_chosen(table, keys) for keys in (_WHO, ("total",), _PLACE))
        categories, lines = ([line.column for line in some] for some in (table.categories, table.lines))

        def sheet(title: Words, columns: list[Column]) -> Sheet:
            return Sheet(book, forms, title, said_above, columns, len(who))

        ranking = sheet(_RANKING, [*table.fixed, *categories])
        detail = sheet(_LINES, [*who, *total, *lines]) if lines else None
        if not table.shown.is_import:
            _write_rulebook(book, forms, table)
        outcomes = sheet(_OUTCOMES, [*who, *place, *_OUTCOME])
        for row in table.rows(tell):
            said = dict(zip((column.key for column in table.fixed), row, strict=False))
            form = forms.of_tier(said["tier"])
            ranking.add(row[: len(ranking.columns)], {"tier": form, "tier_title": form, "reason": form})
            if detail:
                detail.add([*(said[column.key] for column in (*who, *total)), *row[len(ranking.columns) :]])
            for outcome in _outcomes(table, said):
                outcomes.add([*(said[column.key] for column in (*who, *place)), *outcome])
        for one in (ranking, detail, outcomes):
            if one:
                one.end()


def _chosen(table: Table, keys: tuple[str, ...]) -> list[Column]:
    return [column for column in table.fixed if column.key in keys]


def head(table: Table) -> list[Words]:
    """What stands above results: which they are, and by which rulebook and revision."""
    shown, said = table.shown, table.shown.head()
    rulebook = f"{said['rulebook']['id']}@{said['rulebook']['version']}"
    state = _STATES[said["state"]]
    if "imported" in said:
        document = say("依据“{d}”导入", "imported from {d}", d=said["imported"]["document"])
        where = say("{state}；{document}", "{state}; {document}", state=state, document=document)
    elif "revision" in said:
        zh, en = "{state}；第 {n} 次发布，摘要 {digest}", "{state}; revision {n}, digest {digest}"
        where = say(zh, en, state=state, n=said["revision"], digest=said["digest"])
    else:
        where = say("{state}；实时结果，截至 {n}", "{state}; as of position {n}", state=state, n=said["watermark"])
    title = say("{title} {period}", "{title} {period}", title=shown.rulebook["title"], period=said["period"])
    return [title, say("办法 {rulebook}；{where}", "rulebook {rulebook}; {where}", rulebook=rulebook, where=where)]


def _write_rulebook(book: Any, forms: Forms, table: Table) -> None:
    sheet = book.add_worksheet(forms.said(_RULEBOOK))
    sheet.set_column(0, 0, 120, forms.wrapped)
    said = regulation.regulation(table.shown.rulebook, table.book.types)
    for number, text in enumerate(said.text(table.language).splitlines()):
        if text:
            sheet.write_string(number, 0, text, forms.wrapped if number else forms.title)
    sheet.freeze_panes(1, 0)


def _outcomes(table: Table, said: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """The id, the title and the value of each outcome of a row."""
    titles = {one["id"]: one["title"] for one in table.shown.sheet.outcomes}
    for one in said["outcomes"].split(";") if said["outcomes"] else ():
        identifier, _, value = one.partition("=")
        yield identifier, titles[identifier], value
