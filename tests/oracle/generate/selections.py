"""Which events count, and what is read of them: the words of §5.2, on any type that fits the subject.

Every function adds its words to a node that already has an `event`.
"""

from decimal import Decimal
from typing import Any

from tests.oracle.generate.event_types import CODES, KINDS, NUMBERS, TEXTS, VALUES, EventType, codes_of
from tests.oracle.generate.setting import ORGANISATIONS, POSTS, Setting
from tests.oracle.generate.texts import BOUNDS, Chance, Node, text

DAYS = ("2025-03-31", "2025-01-01", "2024-12-31", "2024-02-29")
MONTHS_BACK = ("1", "2", "3", "6", "12", "13")


def selection(s: Setting, lasting: bool = False) -> Node:
    """A type, and perhaps the words about whose, which, when, and what became of it."""
    chance = s.chance
    node = _whose(s, lasting)
    declared = s.types[node["event"]]
    if chance.rarely():
        node["where"] = where(chance, declared)
    if declared["dated_by"] == "time":
        if lasting or chance.random() < 0.13:
            node["lasts"] = _lasts(chance, declared)
        elif chance.random() < 0.18:
            node["window"] = chance.choice(["year", {"last": chance.choice(MONTHS_BACK)}])
    if chance.random() < 0.15:
        node |= _state(s, node["event"])
    return node


def _whose(s: Setting, timed: bool) -> Node:
    """An event type and, where it isn't about the subject itself, the word for whom it is about."""
    organisations, workers = s.types_of("organisation", timed=True), s.types_of("worker", timed=True)
    said: dict[str, Any] = {"subject": None}
    if organisations:
        said["organisation"] = "organisation"
        said["nearest"] = {"organisation": s.chance.choice(ORGANISATIONS)}
    if workers:
        said["members"] = {"members": s.chance.some(POSTS, 1, 2)}
    others = [word for word in said if word != "subject"]
    word = s.chance.choice(others) if others and s.chance.random() < 0.25 else "subject"
    if word == "subject":
        name = s.chance.choice(s.types_of(s.subject, timed))
        return {"event": name, **({"about": "subject"} if s.chance.random() < 0.05 else {})}
    return {"event": s.chance.choice(workers if word == "members" else organisations), "about": said[word]}


def where(chance: Chance, declared: EventType) -> dict[str, Any]:
    """Some fields, and the values that they must have."""
    fields = [field for field in KINDS if field != "ends_on"] if chance.often() else list(KINDS)
    return {field: _wanted(chance, declared, field) for field in chance.some(fields, 1, 2)}


def _wanted(chance: Chance, declared: EventType, field: str) -> str | list[str]:
    values = values_of(declared, field)
    return chance.some(values, 2, 4) if chance.often() else chance.choice(values)


def values_of(declared: EventType, field: str) -> tuple[str, ...]:
    """The texts from which the values of a field are drawn."""
    if field == "ends_on":
        return DAYS
    return tuple(codes_of(declared, field)) if field in CODES else VALUES[field]


def _lasts(chance: Chance, declared: EventType) -> Any:
    word = chance.choice(["months", "field", "until"])
    if word == "until":
        return {"until": "ends_on"}
    if word == "months":
        return chance.choice(MONTHS_BACK)
    field = chance.choice(["kind", "grade"])
    return {"field": field, "months": {code: chance.choice(MONTHS_BACK) for code in codes_of(declared, field)}}


def _state(s: Setting, name: str) -> Node:
    """What became of the event, where another type of the same subjects can tell it."""
    chance = s.chance
    follow_ups = [other for other in s.types_of(s.types[name]["subject"], timed=True) if other != name]
    if not follow_ups:
        return {}
    # The reviews are the likelier to follow, and so get more events.
    follow_up = max(follow_ups, key=lambda other: (other.endswith("reviewed"), other))
    state = {
        "event": follow_up if chance.often() else chance.choice(follow_ups),
        "same": "case" if chance.often() else chance.choice(["household", "kind"]),
        "field": "decision",
        "without": chance.choice(["counts", "waits"]),
        "as_of": chance.choice(["latest", "period_end"]),
    }
    return {"state": state | {"counts": chance.some(codes_of(s.types[state["event"]], "decision"), 0, 2)}}


def read_number(s: Setting, node: Node, written: bool = False) -> None:
    """The number that is read: the quantity of the type, a field, or a code's value."""
    chance, declared = s.chance, s.types[node["event"]]
    if chance.rarely():
        node["field"] = chance.choice(list(CODES))
        node["value"] = _values(chance, codes_of(declared, node["field"]))
        return
    if written or "quantity" not in declared or chance.sometimes():
        node["field"] = chance.choice(NUMBERS)
    if chance.rarely():
        node["between"] = [text(end) for end in sorted(chance.choices((Decimal(-1), *BOUNDS), k=2))]


def _values(chance: Chance, codes: list[str]) -> dict[str, str]:
    """Numbers for codes; one of several may be out."""
    numbers = {code: chance.choice(["0", "1", "2", "3", "4.5", "0.75", "-1"]) for code in codes}
    if len(codes) > 1 and chance.sometimes():
        numbers[chance.choice(codes)] = "out"
    return numbers


def read_code(s: Setting, node: Node) -> list[str]:
    """The code that is read, and what it may be."""
    node["field"] = s.chance.choice(list(CODES))
    return codes_of(s.types[node["event"]], node["field"])


def once(s: Setting, keeps: tuple[str, ...], across: tuple[str, ...] = ()) -> Node:
    """One row of those with the same value; items that choose together go by the act, and keep the same."""
    if across and s.keep in keeps and s.chance.random() < (0.9 if s.together else 0.4):
        return {"once": {"per": "case", "keep": s.keep, "across": s.chance.choice(across)}}
    per = "case" if s.chance.often() else s.chance.choice([*TEXTS, "kind", "stars", "ends_on"])
    return {"once": {"per": per, "keep": s.chance.choice(keeps)}}
