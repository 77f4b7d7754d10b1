"""The workbook in which a county fills in the events that its rulebook reads, and the same as CSV for one type.

A sheet is named by its type. Its head is remarks, which are never read; below are the names of the columns.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from service import event_types, spreadsheets
from service.database.transactions import Transaction
from service.errors import Problem, finding, unknown
from service.event_types import EventType
from service.files.cells import NO, YES
from service.files.columns import ATTRIBUTES
from service.files.tables import REMARK, letters

_CHECKED_ROWS = 20_000
_MOST_LETTERS = 31  # of the name of a sheet
_CODES = "_codes"  # no type can be called so
_TEXT, _DAY, _MOMENT = "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_FORMATS = {"number": "General", "date": _DAY, "boolean": "General"}
_EXAMPLES: dict[str, Any] = {"number": "1", "text": "文本 text", "boolean": YES, "date": "2025-03-31"}
_HEAD = {
    "id": "编号（可不填） id (may be empty)",
    "type": "事实类型 event type",
    "worker": "工作者编号 worker's id",
    "organisation": "组织编号 organisation's id",
    "time": "时间 time",
    "period": "周期 period",
    "required": "必填 required",
}
_INSTRUCTIONS = (
    (
        "每个工作表对应一类事实；请从英文列名之下逐行填写，勿改工作表名和列名。",
        "A sheet for each type of event: fill in rows below the names of the columns, and leave the names as they are.",
    ),
    (
        "首格以 # 开头的行是备注，不会导入；示例行也是备注。",
        "A row whose first cell begins with # is a remark and isn't imported; so is the example.",
    ),
    ("对象填写编号，不填姓名。", "Say by id who it is about, not by name."),
    (
        "时间可只写日期；周期形如 2025-03、2025-Q1、2025-H1、2025。",
        "A time may be a date alone; a period is 2025-03, 2025-Q1, 2025-H1 or 2025.",
    ),
    (
        "编号可不填：内容相同的两行算作两条事实；同一文件重复上传不会重复计算。",
        "The id may be empty: two equal rows are two events, and a file that is uploaded again counts once.",
    ),
    (
        "已导入的事实如有错误，请撤销或更正；改动后的行再次上传是另一条事实。",
        "Reverse or amend an event that was imported wrongly; a changed row that is uploaded is another event.",
    ),
)


@dataclass(frozen=True)
class _Column:
    """A column: its name, what stands above it, an example, and how a spreadsheet shows and checks it."""

    name: str
    title: str
    example: str
    kind: str = "text"
    form: str = _TEXT
    between: tuple[str, str] | None = None
    codes: tuple[str, ...] = ()


def types_read(transaction: Transaction, label: str) -> list[EventType]:
    """The event types that a rulebook reads, by name. Problem resource.unknown.

    The rulebook is ID@VERSION, or ID for its version that rules last.
    """
    identifier, _, version = label.partition("@")
    if version:
        row = transaction.maybe("rulebook_version", id=identifier, version=version)
    else:
        row = next(reversed(transaction.all("rulebooks_published", id=identifier)), None)
    if row is None:
        raise unknown("rulebook", label)
    known = event_types.all_types(transaction)
    return [known[name] for name in sorted(set(_named(row.document)) & known.keys())]


def one_of(types: list[EventType], name: str | None) -> EventType:
    """The type of that name, or the only one. Problem request.invalid."""
    found = [one for one in types if name in (None, one.type)]
    if len(found) != 1:
        raise Problem("request.invalid", [finding("/type", "code.unknown", codes=", ".join(one.type for one in types))])
    return found[0]


def csv_of(type_: EventType) -> bytes:
    """The template of one type as CSV, with the mark that tells Excel that it is UTF-8."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    columns = _columns(type_, with_type=True)
    rows.writerow([f"{REMARK} {_name(type_)}"])
    rows.writerow(_remark([column.title for column in columns]))
    rows.writerow([column.name for column in columns])
    rows.writerow(_remark(["例 example", *(column.example for column in columns[1:])]))
    return text.getvalue().encode("utf-8-sig")


def workbook(types: list[EventType]) -> bytes:
    """The template of a rulebook: instructions, and a sheet for each type."""
    content = io.BytesIO()
    with spreadsheets.workbook(content) as book:
        _instruct(book, types)
        coded: list[tuple[str, ...]] = []
        for type_ in types:
            _sheet(book, type_, coded)
        _lists(book, coded)
    return content.getvalue()


def _named(said: Any) -> Iterator[str]:
    """The types that a document names."""
    if isinstance(said, dict):
        if isinstance(said.get("event"), str):
            yield said["event"]
        said = list(said.values())
    if isinstance(said, list):
        for one in said:
            yield from _named(one)


def _name(type_: EventType) -> str:
    return f"{type_.declaration['title']} {type_.type}"


def _columns(type_: EventType, with_type: bool = False) -> list[_Column]:
    declaration = type_.declaration
    dated = declaration["dated_by"]
    first = [_Column("id", _HEAD["id"], "")]
    if with_type or len(type_.type) > _MOST_LETTERS:
        first.append(_Column("type", _HEAD["type"], type_.type))
    first.append(_Column("subject", _HEAD[declaration["subject"]], "w1"))
    if dated == "time":
        first.append(_Column("time", _HEAD["time"], "2025-03-31 17:30", "time", _MOMENT))
    else:
        first.append(_Column("period", _HEAD["period"], "2025-03"))
    return first + [_column(name, field) for name, field in declaration["fields"].items()]


def _column(name: str, field: dict[str, Any]) -> _Column:
    kind, codes = field["kind"], tuple(field.get("codes", ()))
    between = tuple(field["between"]) if "between" in field else None
    title = " ".join([field.get("title", name), *([_HEAD["required"]] if field["required"] else [])])
    example = codes[0] if codes else (between[0] if between else _EXAMPLES[kind])
    plain = f"data.{name}" if name in ATTRIBUTES else name
    if kind == "boolean":
        codes = (YES, NO)
    return _Column(plain, title, example, kind, _FORMATS.get(kind, _TEXT), between, codes)


def _remark(texts: list[str]) -> list[str]:
    first, *others = texts
    # Only remarks hold what somebody else wrote.
    return [f"{REMARK} {first}".strip(), *(spreadsheets.guarded(text) for text in others)]


def _instruct(book: Any, types: list[EventType]) -> None:
    sheet = book.add_worksheet("说明 Instructions")
    sheet.set_column(1, 2, 70, book.add_format({"text_wrap": True, "valign": "top"}))
    lines = [*_INSTRUCTIONS, *((one.type, one.declaration["title"]) for one in types)]
    for row, texts in enumerate(lines):
        sheet.write_row(row, 0, [REMARK, *texts])


def _sheet(book: Any, type_: EventType, coded: list[tuple[str, ...]]) -> None:
    number = len(book.worksheets())
    is_long = len(type_.type) > _MOST_LETTERS
    sheet = book.add_worksheet(f"{type_.type[: _MOST_LETTERS - 4]}~{number}" if is_long else type_.type)
    columns = _columns(type_)
    quiet, bold = book.add_format({"italic": True, "font_color": "#808080"}), book.add_format({"bold": True})
    for n, column in enumerate(columns):
        width = min(max(2 * len(column.title), len(column.example) + 4, 12), 50)
        sheet.set_column(n, n, width, book.add_format({"num_format": column.form}))
    for row, texts, form in (
        (0, [f"{REMARK} {_name(type_)}"], bold),
        (1, _remark([column.title for column in columns]), quiet),
        (2, [column.name for column in columns], bold),
        (3, _remark(["例 example", *(column.example for column in columns[1:])]), quiet),
    ):
        for n, text in enumerate(texts):
            sheet.write_string(row, n, text, form)
    sheet.freeze_panes(3, 0)
    for n, column in enumerate(columns):
        if check := _check(column, coded):
            sheet.data_validation(4, n, 3 + _CHECKED_ROWS, n, check)


def _check(column: _Column, coded: list[tuple[str, ...]]) -> dict[str, Any] | None:
    """How the spreadsheet checks a cell of the column, as far as it can."""
    if column.codes:
        coded.append(column.codes)
        place = letters(len(coded) - 1)
        return {"validate": "list", "source": f"='{_CODES}'!${place}$1:${place}${len(column.codes)}"}
    if column.between:
        low, high = column.between
        return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
    return None


def _lists(book: Any, coded: list[tuple[str, ...]]) -> None:
    """The codes that cells are chosen from, on a sheet that is hidden and so never read."""
    sheet = book.add_worksheet(_CODES)
    sheet.hide()
    for row, codes in enumerate(zip_longest(*coded)):
        for n, code in enumerate(codes):
            if code is not None:
                sheet.write_string(row, n, code)
