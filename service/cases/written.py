"""A cases.yaml, read: its short forms written out, and findings with pointers where it says what can't be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from schemas import cases as shapes
from schemas.faults import escape
from service.errors import Finding, Problem, finding, findings_of
from service.periods import parse
from service.rulebooks import text

Node = dict[str, Any]
SOURCE = "cases"
MOST_EVENTS = 20_000
_NOON = time(12)
_SHAPE = shapes.Cases()


@dataclass(frozen=True)
class Check:
    """What one rulebook says of some subjects in one period; None of a subject that has no result."""

    pointer: str
    rulebook: str
    period: str
    expected: dict[str, Node | None]

    def at(self, subject: str, *below: str) -> str:
        """Where something that is expected of a subject stands."""
        return "/".join([f"{self.pointer}/expected", *(escape(one) for one in (subject, *below))])


@dataclass(frozen=True)
class Case:
    """A roster, events, and what is expected of them; with `totals` it is about places alone.

    `entries` are the pointers at which the events stand, by their ids.
    """

    pointer: str
    id: str
    roster: Node
    events: list[Node]
    totals: dict[str, Any] | None
    checks: list[Check]
    entries: dict[str, str]

    def about(self, rulebook: str) -> list[Check]:
        """What it asks of a rulebook."""
        return [check for check in self.checks if check.rulebook == rulebook]


@dataclass(frozen=True)
class Written:
    """The cases of a text, and which parts can't be taken: where that stands, of which rulebook, the part."""

    cases: list[Case]
    impossible: list[tuple[str, str, str]]


def read(source: bytes, rulebook: str, timezone: str, event_types: dict[str, Node]) -> Written:
    """The cases in a text; `rulebook` is whom they are about where nothing is said. Problem request.invalid."""
    document = text.read(source)
    try:
        loaded = _SHAPE.load(document)
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    found: list[Finding] = []
    cases = [
        _case(number, loaded, document, rulebook, _Days(ZoneInfo(timezone)), event_types, found)
        for number in range(len(loaded["cases"]))
    ]
    if found:
        raise Problem("request.invalid", found)
    impossible = [
        (f"/impossible/{number}/part", one.get("rulebook", loaded.get("rulebook", rulebook)), one["part"])
        for number, one in enumerate(loaded["impossible"])
    ]
    return Written(cases, impossible)


@dataclass(frozen=True)
class _Days:
    """The instants of days and local times in a zone."""

    zone: ZoneInfo

    def instant(self, moment: str | None, period: str | None) -> str:
        """The instant with its offset; of a day its noon, and without a time that of the period's last day."""
        if moment is None:
            moment = str(parse(str(period)).end_day - timedelta(days=1))
        if len(moment) == len("2025-03-31"):
            return datetime.combine(date.fromisoformat(moment), _NOON, self.zone).isoformat()
        stated = datetime.fromisoformat(moment.upper())
        return moment if stated.tzinfo else stated.replace(tzinfo=self.zone).isoformat()


def _case(
    number: int, loaded: Node, document: Node, rulebook: str, days: _Days, types: dict[str, Node], found: list[Finding]
) -> Case:
    said, written, pointer = loaded["cases"][number], document["cases"][number], f"/cases/{number}"
    first = {"rulebook": loaded.get("rulebook", rulebook), **said}
    asked = [(pointer, first)] + [(f"{pointer}/also/{n}", {**first, **also}) for n, also in enumerate(said["also"])]
    events, entries = [], {}
    for place, (entry, event) in enumerate(_events(said["events"], f"{pointer}/events", days, types, found), 1):
        identifier = f"{said['id']}-{place}"
        events.append({**event, "specversion": "1.0", "id": identifier, "source": SOURCE})
        entries[identifier] = entry
    return Case(
        pointer,
        said["id"],
        _together(document.get("roster", {}), written.get("roster", {})),
        events,
        said.get("totals"),
        [Check(where, one["rulebook"], one["period"], one["expected"]) for where, one in asked],
        entries,
    )


def _together(common: Node, own: Node) -> Node:
    """The roster of the file and that of the case."""
    both = {kind: [*common.get(kind, []), *own.get(kind, [])] for kind in ("organisations", "workers")}
    both["organisations"] = [{"title": one["id"], **one} for one in both["organisations"]]
    return both


def _events(
    said: list[Node], pointer: str, days: _Days, types: dict[str, Node], found: list[Finding]
) -> Iterator[tuple[str, Node]]:
    """The events that the entries stand for, in their order, each with the pointer of its entry."""
    stands_for = [len(one["subject"]) * len(_times(one)) * len(_periods(one)) * one["copies"] for one in said]
    if sum(stands_for) > MOST_EVENTS:
        found.append(finding(pointer, "case.many", most=MOST_EVENTS))
        return
    for number, one in enumerate(said):
        if one["type"] not in types:
            found.append(finding(f"{pointer}/{number}/type", "type.unknown", type=one["type"]))
            continue
        fields = types[one["type"]]["fields"]
        copies = range(1, one["copies"] + 1)
        for subject, moment, period, copy in product(one["subject"], _times(one), _periods(one), copies):
            data = {key: _value(value, fields.get(key, {}), copy) for key, value in one["data"].items()}
            event = {"type": one["type"], "subject": subject, "time": days.instant(moment, period), "data": data}
            yield f"{pointer}/{number}", {**event, "period": period} if period else event


def _times(said: Node) -> list[str | None]:
    times: list[str | None] = said.get("time", [None])
    return times


def _periods(said: Node) -> list[str | None]:
    periods: list[str | None] = said.get("period", [None])
    return periods


def _value(written: str, field: Node, copy: int) -> str | bool:
    """A value as an event carries it: a boolean, or a text, in which {n} is the number of the copy."""
    if field.get("kind") == "boolean" and written in ("true", "false"):
        return written == "true"
    return written.replace("{n}", str(copy))
