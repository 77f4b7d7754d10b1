"""The nodes of a loaded rulebook as its readers need them: every item with its pointer, every selection of events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_CODES = ("number", "code", "boolean")


@dataclass(frozen=True)
class Taken:
    """A selection of events, and what is read from them."""

    path: str
    event: str
    where: dict[str, list[str]] = field(default_factory=dict)
    field: str | None = None
    reads: bool = False
    kinds: tuple[str, ...] = ("number",)
    between: list[Decimal] | None = None
    distinct: str | None = None
    per_event: bool = False
    role: str = "value"


def items_of(rulebook: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Indicators, bonus items and parts, each with its pointer, in the order of the document."""
    yield from ((f"/indicators/{n}", item) for n, item in enumerate(rulebook["indicators"]))
    yield from ((f"/bonus/items/{n}", item) for n, item in enumerate(rulebook.get("bonus", {}).get("items", [])))
    for kind, rollup in rulebook["rollup"].items():
        yield from ((f"/rollup/{kind}/parts/{n}", item) for n, item in enumerate(rollup["parts"]))


def taken_of(take: tuple[str, Any]) -> list[Taken]:
    """What a `take` node selects: one selection, two for a ratio, none for a mean of results."""
    name, node = take
    if name == "mean_of":
        return []
    if name == "ratio":
        return [_selection(f"ratio/{side}", node[side], role) for side, role in (("num", "value"), ("den", "divisor"))]
    return [_selection(name, node, "value", name)]


def _selection(path: str, node: dict[str, Any], role: str, name: str = "") -> Taken:
    return Taken(
        path=path,
        event=node["event"],
        where=node["where"],
        field=node.get("field"),
        reads=name in ("sum", "mean", "level", "each_event", "given") or "field" in node,
        kinds=_CODES if name in ("level", "each_event") else ("number",),
        between=node.get("between"),
        distinct=node.get("distinct"),
        per_event=name in ("level", "each_event", "given"),
        role=role,
    )
