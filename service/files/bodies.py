"""Rows as the bodies of events, in their order.

An event without an id gets one from its content and from how many equal rows came before it in the file. So a file
may be read as often as one likes, whatever was mended in other rows, and two equal rows are two events.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from schemas.faults import Slip, escape
from service import canonical
from service.errors import Finding, Problem, finding
from service.event_types import EventType
from service.files import cells, columns
from service.files.columns import Columns, Fill, Mapping
from service.files.tables import Cell, FoundInCell, Row, Table, letters
from service.periods import parse as parse_period

TIMEZONE = ZoneInfo("Asia/Shanghai")
_ID_DIGITS = 32


@dataclass
class Filing:
    """How a file is read: as which source its events are sent, and what the file itself needn't say."""

    types: dict[str, EventType]
    source: str
    type: str | None = None
    timezone: ZoneInfo = TIMEZONE
    mapping: Mapping | None = None


@dataclass
class Entry:
    """A row, and its event; or, by column, why none can be made of it. A header that can't be is an entry too."""

    sheet: str
    row: Row
    columns: Columns
    body: dict[str, Any] | None = None
    wrong: list[tuple[int | None, Finding]] = field(default_factory=list)

    def placed(self, found: Iterable[Finding]) -> list[FoundInCell]:
        """What is wrong, and findings of the event, where they stand in the file; of two at one place the first."""
        told: dict[tuple[int | None, str], FoundInCell] = {}
        for column, one in [*self.wrong, *((self.columns.blamed(one.pointer), one) for one in found)]:
            told.setdefault((column, one.pointer), self._in_cell(column, one))
        return [*told.values()]

    def _in_cell(self, column: int | None, one: Finding) -> FoundInCell:
        name = "" if column is None else letters(column)
        place = "".join(f"/{escape(part)}" for part in (self.sheet, str(self.row.number), name) if part)
        pointer = place if name else place + one.pointer
        return FoundInCell(pointer, one.code, one.values, one.slip, sheet=self.sheet, row=self.row.number, column=name)


def entries(tables: Iterable[Table], filing: Filing) -> Iterator[Entry]:
    """The entries of a file, row by row. What tables may raise while they are read."""
    equal: Counter[bytes] = Counter()
    for table in tables:
        if filing.mapping and filing.mapping.sheet not in (None, table.name):
            continue
        for entry in _of_table(table, filing):
            if entry.body is not None and "id" not in entry.body:
                entry.body["id"] = _derived(entry.body, equal)
            yield entry


def _of_table(table: Table, filing: Filing) -> Iterator[Entry]:
    header = _header(table.rows, filing.mapping)
    if header is None:
        return
    known = columns.of_mapping(header.cells, filing.mapping) if filing.mapping else columns.of_header(header.cells)
    named = table.name if table.name in filing.types else filing.type
    wrong: list[tuple[int | None, Finding]] = [*known.wrong, *_strange(known, filing.types.get(named or ""))]
    if named is not None and named not in filing.types:
        wrong.append((0, finding("", "type.unknown", type=named)))
    if named is None and ("type",) not in (fill.path for fill in known.fills):
        wrong.append((0, finding("", "file.type")))
    if wrong:
        yield Entry(table.name, header, known, wrong=wrong)
        return
    for row in table.rows:
        yield _entry(Entry(table.name, row, known), named, filing)


def _header(rows: Iterator[Row], mapping: Mapping | None) -> Row | None:
    at = mapping.header if mapping else None
    if at is None:
        return next(rows, None)
    return next((row for row in rows if row.number >= at), None)


def _strange(known: Columns, type_: EventType | None) -> list[tuple[int, Finding]]:
    """The columns that events of this type don't have."""
    if type_ is None:
        return []
    declared = sorted(type_.declaration["fields"])
    return [
        (fill.column or 0, finding("", "file.column", Slip(fill.path[1], declared), column=fill.path[1]))
        for fill in known.fills
        if fill.path[0] == "data" and fill.path[1] not in declared
    ]


def _entry(entry: Entry, named: str | None, filing: Filing) -> Entry:
    """The entry with its event, where every cell can be read."""
    event: dict[str, Any] = {"specversion": "1.0", "source": filing.source, **({"type": named} if named else {})}
    data: dict[str, Any] = {}
    type_ = filing.types.get(named or "")
    for fill in sorted(entry.columns.fills, key=lambda fill: fill.path != ("type",)):  # it says how others are read
        cell = fill.filled.value if fill.column is None else _cell(entry.row, fill.column)
        if cell is not None:
            value = _value(entry, fill, cell, _reader(fill, type_, filing))
            (data if fill.path[0] == "data" else event)[fill.path[-1]] = value
        if fill.path == ("type",) and event.get("type"):
            type_ = filing.types.get(event["type"])
            if type_ is None:
                entry.wrong.append((fill.column, finding("/type", "type.unknown", type=event["type"])))
    nameless = (n for n, cell in enumerate(entry.row.cells) if cell is not None and n not in entry.columns.known)
    entry.wrong += [(n, finding("", "file.nameless")) for n in nameless]
    if not entry.wrong:
        entry.body = {**_completed(event, type_, filing), "data": data}
    return entry


def _cell(row: Row, column: int) -> Cell:
    return row.cells[column] if column < len(row.cells) else None


def _value(entry: Entry, fill: Fill, cell: Cell, reader: Callable[[Cell], Any]) -> Any:
    try:
        return reader(fill.filled.translated(cell))
    except cells.Unusable as unusable:
        entry.wrong.append((fill.column, replace(unusable.found, pointer=fill.pointer)))
        return None


def _reader(fill: Fill, type_: EventType | None, filing: Filing) -> Callable[[Cell], Any]:
    """How a cell is read, as far as the type is known."""
    form = fill.filled.form
    match fill.path:
        case ("time",):
            return partial(cells.instant, zone=_zone(filing), form=form)
        case ("period",):
            return cells.period
        case ("data", name) if type_ and name in type_.declaration["fields"]:
            kind = type_.declaration["fields"][name]["kind"]
            return partial(cells.day, form=form) if kind == "date" else cells.of_kind(kind)
    return cells.text


def _zone(filing: Filing) -> ZoneInfo:
    return (filing.mapping and filing.mapping.timezone) or filing.timezone


def _completed(event: dict[str, Any], type_: EventType | None, filing: Filing) -> dict[str, Any]:
    """With what goes without saying: the kind of the subject, and of an event dated by period the first moment."""
    if type_ is None:
        return event
    subject, period = event.get("subject"), event.get("period")
    if subject and "/" not in subject:
        event["subject"] = f"{type_.declaration['subject']}/{subject}"
    if period and "time" not in event and type_.declaration["dated_by"] == "period":
        with suppress(Problem):
            first = datetime.combine(parse_period(period).first_day, time.min, _zone(filing))
            event["time"] = first.isoformat()
    return event


def _derived(body: dict[str, Any], equal: Counter[bytes]) -> str:
    content = canonical.digest({name: said for name, said in body.items() if name != "source"})
    equal[content] += 1
    return canonical.digest([content.hex(), equal[content]]).hex()[:_ID_DIGITS]
