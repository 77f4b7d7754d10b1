"""Event types, and the texts by which a rulebook filters on their fields.

All types have the same five fields, so that every node fits every type; which of them an event must have,
whether there is a quantity, and what the type is dated by differ.
"""

from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.texts import Draw, sometimes

NAMES = ("visit.done", "rating.resident", "assess.annual")
NUMBERS = ("stars", "minutes")
CODES = ("gold", "silver", "none")
KINDS = {"household": "text", "minutes": "number", "stars": "number", "grade": "code", "on_time": "boolean"}
VALUES: dict[str, tuple[str, ...]] = {
    "household": ("h1", "h2", "H1"),
    "minutes": ("0", "1", "2.5", "2.50", "-1", "0.333333", "7"),
    "stars": ("1", "3", "4", "4.5", "5"),
    "on_time": ("true", "false"),
}

EventType = dict[str, Any]


@st.composite
def event_types(draw: Draw) -> dict[str, EventType]:
    """One to three types, the first always dated by time."""
    count = draw(st.integers(1, 3))
    return {name: draw(_event_type(name, is_first=index == 0)) for index, name in enumerate(NAMES[:count])}


@st.composite
def _event_type(draw: Draw, name: str, is_first: bool) -> EventType:
    codes = list(CODES[: draw(st.integers(1, 3))])
    event_type: EventType = {
        "title": name,
        "subject": "worker",
        "dated_by": "time" if is_first else draw(st.sampled_from(["time", "period"])),
        "fields": {field: {"kind": kind, "required": draw(st.booleans())} for field, kind in KINDS.items()},
    }
    event_type["fields"]["grade"]["codes"] = codes
    event_type["fields"]["stars"]["between"] = ["1", "5"]
    if sometimes(draw):
        event_type["quantity"] = draw(st.sampled_from(NUMBERS))
    return event_type


def values_of(field: str, event_type: EventType) -> tuple[str, ...]:
    """The texts from which the values of a field are drawn."""
    return tuple(event_type["fields"]["grade"]["codes"]) if field == "grade" else VALUES[field]


@st.composite
def filters(draw: Draw, event_type: EventType) -> dict[str, Any]:
    """A `where`, on no field more often than not."""
    if draw(st.integers(0, 2)) < 2:
        return {}
    fields = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=2, unique=True))
    return {"where": {field: draw(_wanted(values_of(field, event_type))) for field in fields}}


def _wanted(values: tuple[str, ...]) -> st.SearchStrategy[str | list[str]]:
    several = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return st.one_of(st.sampled_from(values), several)
