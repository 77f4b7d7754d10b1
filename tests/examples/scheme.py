"""A folder of an example scheme: its rulebooks, its event types, and the cases that were computed by hand.

The short forms of `cases.yaml` are explained at the head of each of them; here they are written out.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from service.periods import parse
from tests.county import SOURCE

Node = dict[str, Any]
NOON, OFFSET = "12:00:00", "+08:00"
NOTHING = "none"
_CASE = {"id", "title", "rulebook", "period", "roster", "events", "expected", "also"}
_EVENT = {"type", "subject", "time", "period", "copies", "data"}
_EXPECTED = {"total", "rank", "tier", "no_tier", "lines", "outcomes"}


class Miswritten(ValueError):
    """A cases.yaml says something that isn't of its form."""


@dataclass(frozen=True)
class Check:
    """What one rulebook says of some subjects in one period; None of a subject that has no result."""

    rulebook: str
    period: str
    expected: dict[str, Node | None]


@dataclass(frozen=True)
class Case:
    """A roster, events, and what is expected of them."""

    id: str
    roster: Node
    events: list[Node]
    checks: list[Check]


@dataclass(frozen=True)
class Scheme:
    """A folder: rulebooks by the stem of their file, each after those that it names."""

    name: str
    rulebooks: dict[str, Node]
    texts: dict[str, str]
    event_types: dict[str, Node]
    cases: list[Case]

    def rulebook_id(self, stem: str) -> str:
        """The id of the rulebook in a file."""
        return str(self.rulebooks[stem]["rulebook"])


def read(folder: Path) -> Scheme:
    """The scheme in a folder; it may have no cases yet. Miswritten, and OSError where it has no event types."""
    event_types = _declarations(_yaml((folder / "event_types.yaml").read_text("utf-8")))
    beside = folder / "cases.yaml"
    written = _yaml(beside.read_text("utf-8")) if beside.exists() else {"cases": []}
    files = [file for file in sorted(folder.glob("*.yaml")) if file.stem not in ("event_types", "cases")]
    texts = {file.stem: file.read_text("utf-8") for file in files}
    rulebooks = _ordered({stem: _yaml(text) for stem, text in texts.items()})
    cases = [_case(one, written.get("roster") or {}, event_types) for one in written["cases"]]
    for case in cases:
        if unknown := {check.rulebook for check in case.checks} - rulebooks.keys():
            raise Miswritten(f"case {case.id}: there is no rulebook {', '.join(sorted(unknown))}.yaml")
    return Scheme(folder.resolve().name, rulebooks, texts, event_types, cases)


def _yaml(text: str) -> Any:
    """YAML in which every scalar is text."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def _declarations(written: Node) -> dict[str, Node]:
    """Event types as they are sent: whether a field is required is a boolean."""
    for declared in written.values():
        for field in declared.get("fields", {}).values():
            if "required" in field:
                field["required"] = field["required"] == "true"
    return dict(written)


def _ordered(books: dict[str, Node]) -> dict[str, Node]:
    """The rulebooks, each after those whose id it names."""
    ids = {book.get("rulebook"): stem for stem, book in books.items()}
    found: dict[str, Node] = {}

    def add(stem: str, coming: tuple[str, ...]) -> None:
        for named in sorted(_named(books[stem], top=True) & ids.keys()):
            if ids[named] not in (stem, *coming):
                add(ids[named], (*coming, stem))
        found.setdefault(stem, books[stem])

    for stem in books:
        add(stem, ())
    return found


def _named(node: Any, top: bool = False) -> set[str]:
    """The rulebooks that a node names; at the top the key is the rulebook's own id."""
    if isinstance(node, list):
        return {name for one in node for name in _named(one)}
    if not isinstance(node, dict):
        return set()
    own = {node["rulebook"]} if not top and isinstance(node.get("rulebook"), str) else set()
    return own | {name for one in node.values() for name in _named(one)}


def _case(written: Node, common: Node, types: dict[str, Node]) -> Case:
    """A case written out."""
    name = written.get("id", "?")
    _only(written, _CASE, name)
    roster = {
        kind: [*(common.get(kind) or []), *((written.get("roster") or {}).get(kind) or [])]
        for kind in ("organisations", "workers")
    }
    events = [event for one in written.get("events") or [] for event in _events(one, types, name)]
    for number, event in enumerate(events, 1):
        event |= {"specversion": "1.0", "id": f"{name}-{number}", "source": SOURCE}
    first = {"rulebook": "rulebook", **written}
    asked = [first, *({**first, **one} for one in written.get("also") or [])]
    checks = [Check(one["rulebook"], one["period"], _expected(one["expected"], name)) for one in asked]
    return Case(name, roster, events, checks)


def _expected(written: Node, name: str) -> dict[str, Node | None]:
    for said in written.values():
        if said != NOTHING:
            _only(said, _EXPECTED, name)
    return {subject: None if said == NOTHING else said for subject, said in written.items()}


def _events(written: Node, types: dict[str, Node], name: str) -> list[Node]:
    """The events that one entry stands for."""
    _only(written, _EVENT, name)
    if written["type"] not in types:
        raise Miswritten(f"case {name}: the event type {written['type']} isn't declared")
    fields = types[written["type"]].get("fields", {})
    copies = range(1, int(written.get("copies", "1")) + 1)
    found = []
    for subject, time, period, copy in product(
        _listed(written["subject"]), _listed(written.get("time")), _listed(written.get("period")), copies
    ):
        data = {key: _value(said, fields.get(key, {}), copy) for key, said in (written.get("data") or {}).items()}
        event = {"type": written["type"], "subject": subject, "time": _instant(time, period), "data": data}
        found.append({**event, "period": period} if period else event)
    return found


def _value(written: str, field: Node, copy: int) -> str | bool:
    """A value as an event carries it: a boolean, or a text, in which {n} is the number of the copy."""
    if field.get("kind") == "boolean" and written in ("true", "false"):
        return written == "true"
    return written.replace("{n}", str(copy))


def _instant(time: str | None, period: str | None) -> str:
    """The instant of a day or a local time; without one, noon of the period's last day."""
    if time is None:
        if period is None:
            raise Miswritten("an event has neither a time nor a period")
        time = str(parse(period).end_day - timedelta(days=1))
    day, _, clock = time.partition("T")
    clock = clock or NOON
    return f"{day}T{clock}" if clock[-1] == "Z" or "+" in clock or "-" in clock else f"{day}T{clock}{OFFSET}"


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _only(written: Node, known: set[str], name: str) -> None:
    if unknown := written.keys() - known:
        raise Miswritten(f"case {name}: unknown {', '.join(sorted(unknown))}")
