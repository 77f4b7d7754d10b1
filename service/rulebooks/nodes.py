"""A loaded rulebook as whoever walks it needs it: everything that takes something, every selection of events, and every
condition, each with its JSON pointer in the document.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from schemas.rulebook_conditions import Bare
from service.rulebooks import layout

Role = Literal["indicator", "bonus", "part", "deduction", "multiplier", "measure"]
POINTS: tuple[Role, ...] = ("indicator", "bonus", "part")  # what a condition's `indicator` may name
READING = ("sum", "mean", "best", "worst", "latest", "given", "plurality", "running")


@dataclass(frozen=True)
class Use:
    """Something that takes a number and gives points for it, and the kinds of period that have it."""

    pointer: str
    role: Role
    said: dict[str, Any]
    kinds: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.said["id"])

    @property
    def take(self) -> tuple[str, Any]:
        """The aggregate and what it says; an item of the negative list gives points to each event."""
        return ("each_event", self.said) if self.role == "deduction" else self.said["take"]

    @property
    def source(self) -> str:
        """Where the words of the source stand."""
        return self.pointer if self.role == "deduction" else f"{self.pointer}/take/{self.take[0]}"

    @property
    def give(self) -> tuple[str, Any]:
        """How it becomes points."""
        given: tuple[str, Any] = self.said["deduct" if self.role == "deduction" else "give"]
        return given

    @property
    def giving(self) -> str:
        """Where `give` stands."""
        return f"{self.pointer}/{'deduct' if self.role == 'deduction' else 'give'}"

    @property
    def results(self) -> dict[str, Any] | None:
        """The source, where it is results of periods."""
        source = self.take[1]
        return source if isinstance(source, dict) and "results" in source else None


class Selection(NamedTuple):
    """A selection of events; `reads` where a number or code of the events is asked for."""

    pointer: str
    said: dict[str, Any]
    reads: bool


class Asked(NamedTuple):
    """A simple condition, with its pointer; `kinds` are the kinds of period in which it is asked."""

    pointer: str
    name: str
    said: Any
    kinds: tuple[str, ...]


def uses(rulebook: dict[str, Any]) -> Iterator[Use]:
    """Everything that takes, in the order of the document."""
    base, *_ = kinds = tuple(dict.fromkeys(layout.kinds(rulebook)))
    yield from _listed("/indicators", "indicator", rulebook["indicators"], (base,))
    yield from _listed("/bonus/items", "bonus", rulebook.get("bonus", {}).get("items", []), (base,))
    yield from _listed("/negative_list", "deduction", rulebook["negative_list"], kinds)
    yield from _listed("/multipliers", "multiplier", rulebook["multipliers"], (base,))
    yield from _listed("/measures", "measure", rulebook["measures"], kinds)
    for kind, rollup in rulebook["rollup"].items():
        yield from _listed(f"/rollup/{kind}/parts", "part", rollup["parts"], (kind,))
        yield from _listed(f"/rollup/{kind}/bonus/items", "bonus", rollup.get("bonus", {}).get("items", []), (kind,))


def _listed(pointer: str, role: Role, said: list[dict[str, Any]], kinds: tuple[str, ...]) -> Iterator[Use]:
    for n, item in enumerate(said):
        yield Use(f"{pointer}/{n}", role, item, tuple(item.get("in_", kinds)))


def selections(use: Use) -> list[Selection]:
    """The selections of events of a take: one, two of a ratio, none of other sources."""
    name, said = use.take
    if name == "ratio":
        return [Selection(f"{use.source}/{side}", said[side], "field" in said[side]) for side in ("num", "den")]
    if not isinstance(said, dict) or "event" not in said:
        return []
    reads = name in READING or (name == "each_event" and "field" in said)
    return [Selection(use.source, said, reads)]


def conditions(pointer: str, condition: tuple[str, Any], kinds: tuple[str, ...]) -> Iterator[Asked]:
    """The simple conditions in a condition."""
    name, said = condition
    if name in ("all", "any"):
        below = pointer if isinstance(said, Bare) else f"{pointer}/{name}"
        for n, inner in enumerate(said):
            yield from conditions(f"{below}/{n}", inner, kinds)
    elif name == "not":
        yield from conditions(f"{pointer}/not", said, kinds)
    else:
        yield Asked(pointer, name, said, kinds)
