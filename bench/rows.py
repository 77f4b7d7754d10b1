"""Rows: a value beside its limit, their ratio, the bar, and whether it holds.

A comparison keeps what the rounds measured; its row is what is printed and stored. `holds` is judged by the ratio
as measured, before it is rounded for display; a row without a bar holds neither way.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

_COLUMNS = ("name", "value", "unit", "limit", "ratio", "op", "bar", "holds")
_WORDS = {True: "yes", False: "NO", None: "-"}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    value: float
    unit: str
    limit: float
    ratio: float
    op: str | None  # >= or <=: how the ratio stands to the bar; None where there is no bar
    bar: float | None
    holds: bool | None
    machine: dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """What the rounds measured of us and of the limit, in the same unit."""

    name: str
    unit: str
    values: list[float]
    limits: list[float]
    op: str | None = None
    bar: float | None = None

    @property
    def ratio(self) -> float:
        """That of the medians."""
        return median(self.values) / median(self.limits)

    def row(self, machine: dict[str, Any]) -> Row:
        """The medians and the honest judgement. ValueError for an `op` that there isn't."""
        return Row(
            self.name,
            _significant(median(self.values)),
            self.unit,
            _significant(median(self.limits)),
            _significant(self.ratio),
            self.op,
            self.bar,
            holds(self.ratio, self.op, self.bar),
            machine,
        )


def holds(ratio: float, op: str | None, bar: float | None) -> bool | None:
    """Whether the ratio reaches the bar; None where there is none. ValueError for an `op` that there isn't."""
    if op is None or bar is None:
        return None
    if op not in (">=", "<="):
        raise ValueError(f"op is >= or <=, not {op}")
    return ratio >= bar if op == ">=" else ratio <= bar


def table(rows: list[Row]) -> str:
    """The rows for people, aligned."""
    lines = [list(_COLUMNS)]
    lines += [[_shown(getattr(row, column)) for column in _COLUMNS] for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(_COLUMNS))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def write(folder: Path, name: str, rows: list[Row]) -> Path:
    """Store the rows of one benchmark as <name>.json; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", "utf-8")
    return file


def _shown(cell: Any) -> str:
    if cell is None or isinstance(cell, bool):
        return _WORDS[cell]
    return f"{cell:,.10g}" if isinstance(cell, int | float) else str(cell)


def _significant(number: float) -> float:
    """Four digits: more would pretend to a precision that no round has."""
    return float(f"{number:.4g}")
