"""What a rulebook does with acts, states and evidence, beside what their event types declare."""

from typing import Any

import pytest
import yaml

from schemas.event_types import EventType, stored
from schemas.rulebook import Rulebook
from service.rulebooks import lint
from tests import county
from tests.http.broken.changes import (
    FIRST,
    NEGATIVE,
    ONCE,
    TYPES,
    Change,
    both,
    each_event,
    negative,
    state,
    take,
    taken,
)

AT = f"{FIRST}/take"
MINUTES = {"event": "task.closed", "field": "minutes"}
SHARE = {"by": "equally"}
SPLIT = {"num": {"event": "task.closed", "distinct": "note"}, "den": {"event": "task.closed"}}
VETO = negative(event="task.closed", veto="incompetent", once=ONCE)


def told(change: Change, **said: Any) -> list[tuple[str, str]]:
    """What is found of acts, states and evidence where the type of the closed tasks declares this."""
    document = yaml.load(county.RULEBOOK, yaml.BaseLoader)
    change(document)
    types = {**county.TYPES, **TYPES, "task.closed": {**TYPES["task.closed"], **said}}
    if "evidence" in said:
        fields = types["task.closed"]["fields"]
        types["task.closed"]["fields"] = {**fields, "note": {"kind": "text", "required": True}}
    declared = {name: stored(EventType().load(one)) for name, one in types.items()}
    found = lint.findings(Rulebook().load(document), declared)
    return [(one.code, one.pointer) for one in found if one.code.startswith(("act.", "state.", "evidence."))]


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        (taken("count"), [f"{AT}/count/event"]),
        (taken("sum", field="minutes"), [f"{AT}/sum/event"]),
        (taken("mean", field="minutes"), [f"{AT}/mean/event"]),
        (each_event(), [f"{AT}/each_event/event"]),
        (negative(event="task.closed"), [f"{NEGATIVE}/event"]),
        (take({"ratio": SPLIT}), [f"{AT}/ratio/den/event"]),
        (take({"ratio": {"num": MINUTES, "den": MINUTES}}), []),
        (taken("count", once=ONCE), []),
        (taken("count", distinct="grade"), []),
        (taken("latest", field="minutes"), []),
        (each_event(share={**SHARE, "per": "note"}), []),
        (each_event(repeated={"within": "year", "times": ["1"]}), []),
    ],
)
def test_reports_that_are_counted_for_acts_are_odd(change: Change, pointers: list[str]) -> None:
    assert told(change, act=["note"]) == [("act.counted", pointer) for pointer in pointers]
    assert told(change) == []


@pytest.mark.parametrize("act", [["grade"], ["note", "grade"]])
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (taken("count", once=ONCE), f"{AT}/count/once/per"),
        (each_event(share={**SHARE, "per": "note"}), f"{AT}/each_event/share/per"),
        (both(state(), lambda book: book["indicators"][0]["take"]["count"].update(once={**ONCE, "per": "grade"})), ""),
    ],
    ids=["once", "share", "state"],
)
def test_a_word_for_one_act_that_names_another_field_is_odd(change: Change, pointer: str, act: list[str]) -> None:
    """A part of what tells acts apart is another field too."""
    found = told(change, act=act)
    assert {code for code, _ in found} == {"act.other"}
    assert (pointer or f"{AT}/count/state/same") in {at for _, at in found}


def test_of_acts_that_several_fields_tell_apart_the_reports_may_be_counted() -> None:
    """The language has no word that would count them once."""
    assert told(taken("count"), act=["note", "grade"]) == []


@pytest.mark.parametrize(
    ("field", "declared", "found"),
    [
        ("decision", "decision", []),
        ("round", "decision", ["state.other"]),
        ("decision", None, ["state.undeclared"]),
        ("imagined", "decision", []),  # told as field.undeclared
    ],
)
def test_a_state_is_read_from_where_it_is_declared(
    monkeypatch: pytest.MonkeyPatch, field: str, declared: str | None, found: list[str]
) -> None:
    said = {key: value for key, value in TYPES["task.reviewed"].items() if key != "state"}
    monkeypatch.setitem(TYPES, "task.reviewed", {**said, **({"state": declared} if declared else {})})
    assert told(state(field=field)) == [(code, f"{AT}/count/state/field") for code in found]


def test_what_decides_a_tier_has_evidence() -> None:
    assert told(VETO) == [("evidence.undeclared", f"{NEGATIVE}/event")]
    assert told(VETO, evidence=["note"]) == []
    assert told(negative(event="task.closed")) == []
