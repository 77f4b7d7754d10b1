"""Event types, and the texts of the values that their fields have.

All types have the same fields, so that every word fits every type; whom they are about, what they are dated by,
which fields an event must have, which codes there are and whether there is a quantity differ. `kind` and `voter` are
always there, so that classes, caps and repetitions have a value to go by.
"""

from typing import Any

from tests.oracle.generate.texts import Chance

WORKER_TYPES = {
    "visit.done": "time",
    "ballot.cast": "time",
    "case.reviewed": "time",
    "training.attended": "time",
    "assess.annual": "period",
}
ORGANISATION_TYPES = {"unit.honoured": "time", "unit.reviewed": "time", "unit.assessed": "period"}
KINDS = {
    "case": "text",
    "household": "text",
    "kind": "code",
    "grade": "code",
    "voter": "code",
    "decision": "code",
    "minutes": "number",
    "stars": "number",
    "hours": "number",
    "on_time": "boolean",
    "ends_on": "date",
}
CODES = {
    "kind": ("ordinary", "special", "urgent"),
    "grade": ("gold", "silver", "none"),
    "voter": ("leader", "resident", "peer"),
    "decision": ("accepted", "upheld", "repaired"),
}
NUMBERS = ("minutes", "stars", "hours")
TEXTS = {"case": ("c1", "c2", "C1"), "household": ("h1", "h2", "H1")}
BETWEEN = {"stars": ["1", "5"], "hours": ["0", "24"]}
VALUES = {
    "minutes": ("0", "1", "2.5", "2.50", "-1", "0.333333", "7", "12"),
    "stars": ("1", "3", "4", "4.5", "5"),
    "hours": ("0", "0.5", "1", "2", "8"),
    "on_time": ("true", "false"),
    **TEXTS,
}

EventType = dict[str, Any]


def event_types(chance: Chance, subject: str, others: bool) -> dict[str, EventType]:
    """A few types about the subjects of the rulebook, the first dated by time, and perhaps some about others."""
    here, there = (WORKER_TYPES, ORGANISATION_TYPES) if subject == "worker" else (ORGANISATION_TYPES, WORKER_TYPES)
    chosen = {**_some_of(chance, here, 2, 4), **(_some_of(chance, there, 1, 3) if others else {})}
    return {
        name: _event_type(chance, name, "worker" if name in WORKER_TYPES else "organisation", dated_by)
        for name, dated_by in chosen.items()
    }


def _some_of(chance: Chance, types: dict[str, str], least: int, most: int) -> dict[str, str]:
    first, *rest = types
    return {name: types[name] for name in [first, *chance.some(rest, least - 1, most - 1)]}


def _event_type(chance: Chance, name: str, subject: str, dated_by: str) -> EventType:
    event_type: EventType = {
        "title": name,
        "subject": subject,
        "dated_by": dated_by,
        "fields": {field: _field(chance, field) for field in KINDS},
    }
    if chance.sometimes():
        event_type["quantity"] = chance.choice(NUMBERS)
    return event_type


def _field(chance: Chance, field: str) -> dict[str, Any]:
    declared: dict[str, Any] = {"kind": KINDS[field], "required": field in ("kind", "voter") or chance.sometimes()}
    if field in CODES:
        declared["codes"] = list(CODES[field][: chance.choice([2, 3, 3] if field != "grade" else [1, 2, 3])])
    if field in BETWEEN:
        declared["between"] = BETWEEN[field]
    return declared


def codes_of(event_type: EventType, field: str) -> list[str]:
    """The codes that a field may have."""
    codes: list[str] = event_type["fields"][field]["codes"]
    return codes


def always(event_type: EventType, kinds: tuple[str, ...]) -> list[str]:
    """The fields of these kinds that every event of the type has."""
    return [f for f, declared in event_type["fields"].items() if declared["required"] and declared["kind"] in kinds]
