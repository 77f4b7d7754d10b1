"""Which column holds what: as the header of a template says, or as a mapping says for somebody else's table.

What a column is for is named by its path in an event: (subject,), (time,), (data, household).
"""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from schemas.faults import Slip, escape
from schemas.files import Mapping as Shape
from service.errors import Finding, Problem, finding, findings_of
from service.files import cells
from service.files.tables import MOST_COLUMNS, Cell, is_remark

Path = tuple[str, ...]
ATTRIBUTES = ("id", "type", "subject", "time", "period")
_SHAPE = Shape()


@dataclass(frozen=True)
class Filled:
    """What fills one attribute or field: a column, or the same for every row; `values` are put in place of others."""

    column: str | None = None
    value: str | None = None
    values: dict[str, str] | None = None
    form: str | None = None

    def translated(self, cell: Cell) -> Cell:
        """The cell, or what stands for it. Unusable where nothing does."""
        if self.values is None or isinstance(cell, Finding):
            return cell
        said = cells.text(cell)
        if said not in self.values:
            raise cells.Unusable(finding("", "code.unknown", Slip(said, self.values), codes=", ".join(self.values)))
        return self.values[said]


@dataclass(frozen=True)
class Mapping:
    """How a table that isn't made from a template is read: what fills what, by path."""

    filled: dict[Path, Filled] = field(default_factory=dict)
    sheet: str | None = None
    header: int | None = None
    timezone: ZoneInfo | None = None

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Mapping":
        """As a document says it. Problem request.invalid."""
        try:
            said = _SHAPE.load(document)
        except ValidationError as error:
            raise Problem("request.invalid", findings_of(error)) from None
        filled: dict[Path, Filled] = {(name,): Filled(**said[name]) for name in ATTRIBUTES if name in said}
        filled |= {("data", name): Filled(**one) for name, one in said["data"].items()}
        return cls(filled, said.get("sheet"), said.get("header"), said.get("timezone"))


class Fill(NamedTuple):
    """What fills an attribute or field of a table's events: the column from 0, None where it is the same for all."""

    path: Path
    filled: Filled
    column: int | None = None

    @property
    def pointer(self) -> str:
        """Where it stands in the event."""
        return "".join(f"/{escape(name)}" for name in self.path)


class Columns(NamedTuple):
    """The columns of one table; what is wrong with its header, by column; which columns may hold
    anything; and the header as it stands."""

    fills: list[Fill]
    wrong: list[tuple[int, Finding]]
    known: Container[int]
    header: list[Cell]

    def blamed(self, pointer: str) -> int | None:
        """The column to blame for what is wrong at a pointer of the event; None where there is none."""
        return next((fill.column for fill in self.fills if fill.pointer == pointer), None)


def of_header(header: list[Cell]) -> Columns:
    """The columns of a table like a template's: attributes by name, all others fields of data, remarks aside."""
    named = [(n, f"{cell or ''}") for n, cell in enumerate(header) if not is_remark(cell)]
    wrong = [(n, cell) for n, cell in enumerate(header) if isinstance(cell, Finding)]
    fills: dict[Path, Fill] = {}
    for n, name in named:
        path = (name,) if name in ATTRIBUTES else ("data", name.removeprefix("data."))
        if path in fills:
            wrong.append((n, finding("", "file.column_twice", column=name)))
        elif name:
            fills[path] = Fill(path, Filled(name), n)
    return Columns([*fills.values()], wrong, {n for n, cell in enumerate(header) if cell is not None}, header)


def of_mapping(header: list[Cell], mapping: Mapping) -> Columns:
    """The columns that a mapping names; the others aren't read."""
    places: dict[str, int] = {}
    for n, cell in enumerate(header):
        places.setdefault(f"{cell or ''}", n)
    asked = [filled.column for filled in mapping.filled.values() if filled.column is not None]
    wrong = [
        (0, finding("", "file.column_lacking", Slip(column, places), column=column))
        for column in asked
        if column not in places
    ]
    fills = [Fill(path, one, places.get(one.column or "")) for path, one in mapping.filled.items()]
    return Columns(fills, wrong, range(MOST_COLUMNS), header)
