"""Indicators: a `take` node of every kind, and a `give` that fits what it takes."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.event_types import NUMBERS, EventType, filters, values_of
from tests.oracle.generate.texts import Draw, falling, on_step, rarely, rough_points, sometimes, text

EVENT_NODES = ("count", "sum", "mean", "ratio", "level", "each_event", "given")
BOUNDS = tuple(map(Decimal, ("0", "0.3333", "0.5", "0.75", "1", "2", "2.5", "3", "4.5", "5")))

Node = dict[str, Any]


@st.composite
def indicator(draw: Draw, types: dict[str, EventType], step: str, *, is_bonus: bool = False) -> Node:
    """The `take` and `give` of an indicator; that of a bonus never gives points below zero."""
    name = draw(st.sampled_from(sorted(types)))
    word = draw(st.sampled_from(EVENT_NODES))
    lowest = 0 if is_bonus else -3
    if word in ("level", "each_event") and sometimes(draw):
        field = draw(st.sampled_from(["grade", "on_time"]))
        inner = {"event": name, "field": field, **draw(filters(types[name]))}
        rows = {value: draw(rough_points(lowest, 6)) for value in values_of(field, types[name])}
        give: Any = {"table": rows}
    else:
        inner = draw(_numeric_node(word, name, types, is_bonus))
        give = draw(give_of_a_number(lowest, step))
    if word == "level":
        inner["pick"] = draw(st.sampled_from(["latest", "best", "worst"]))
    return {"take": {word: inner}, "give": give}


@st.composite
def bounds_and_no_data(draw: Draw, step: str, *, max_required: bool) -> Node:
    """`max`, `min` and `no_data` of an indicator; `full` only beside a maximum."""
    said: Node = {}
    if max_required or sometimes(draw):
        said["max"] = text(draw(on_step(step, 1, 8)))
    if rarely(draw):
        said["min"] = text(draw(on_step(step, -2, 1)))
    words = ["zero", "points"] + (["full"] if "max" in said else [])
    word = "missing" if draw(st.integers(0, 9)) == 9 else draw(st.sampled_from(words))
    said["no_data"] = {"points": text(draw(on_step(step, 0, 5)))} if word == "points" else word
    return said


@st.composite
def _numeric_node(draw: Draw, word: str, name: str, types: dict[str, EventType], is_bonus: bool) -> Node:
    if word == "ratio":
        return {side: draw(_side(types, is_bonus)) for side in ("num", "den")}
    node = {"event": name, **draw(filters(types[name]))}
    if word == "count":
        return node | draw(_distinct(types[name]))
    # Minutes may be negative, and a bonus may not.
    if is_bonus:
        node["field"] = "stars"
    elif "quantity" not in types[name] or sometimes(draw):
        node["field"] = draw(st.sampled_from(NUMBERS))
    if word != "level" and rarely(draw):
        ends = draw(st.lists(st.sampled_from(BOUNDS), min_size=2, max_size=2))
        node["between"] = [text(end) for end in sorted(ends)]
    if word == "mean" and sometimes(draw):
        node["at_least_n"] = str(draw(st.integers(1, 3)))
    return node


@st.composite
def _side(draw: Draw, types: dict[str, EventType], is_bonus: bool) -> Node:
    """One side of a ratio: a count, a count of different values, or a sum."""
    name = draw(st.sampled_from(sorted(types)))
    node = {"event": name, **draw(filters(types[name]))}
    if sometimes(draw):
        return node | draw(_distinct(types[name]))
    return node | {"field": "stars" if is_bonus else draw(st.sampled_from(NUMBERS))}


@st.composite
def _distinct(draw: Draw, event_type: EventType) -> Node:
    return {"distinct": draw(st.sampled_from(sorted(event_type["fields"])))} if sometimes(draw) else {}


@st.composite
def give_of_a_number(draw: Draw, lowest: int, step: str) -> Any:
    """A `give` for numbers, none of whose points is below `lowest` unless the number is."""
    word = draw(st.sampled_from(["each", "as_is", "bands", "linear"]))
    if word == "as_is":
        return word
    if word == "each":
        return {"each": draw(rough_points(lowest, 4))}
    if word == "bands":
        bounds = draw(falling(BOUNDS, 1, 3))
        rows = [{"at_least": text(bound), "points": draw(rough_points(lowest, 6))} for bound in bounds]
        return {"bands": [*rows, {"otherwise": "true", "points": draw(rough_points(lowest, 2))}]}
    high, low = draw(falling(BOUNDS, 2, 2))
    ends = [text(draw(on_step(step, lowest, 6))) for _ in range(2)]
    return {"linear": {"from": [text(low), text(high)], "to": ends}}
