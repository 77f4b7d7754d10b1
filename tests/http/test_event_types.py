"""/v1/event-types: declared as data; a declaration grows and never takes back what it promised."""

import copy
from itertools import count
from typing import Any

import pytest

from tests.county import County, event
from tests.http.asking import assert_not_there, assert_problem, nothing_written

TYPE: dict[str, Any] = {
    "title": "任务办结",
    "subject": "worker",
    "dated_by": "time",
    "quantity": "minutes",
    "fields": {
        "minutes": {"kind": "number", "required": True, "between": ["0", "600"], "title": "用时"},
        "spare": {"kind": "number", "required": False},
        "grade": {"kind": "code", "required": False, "codes": ["good", "bad"]},
        "note": {"kind": "text", "required": False},
        "task": {"kind": "text", "required": True},
        "document": {"kind": "text", "required": True},
    },
}
TOLD: dict[str, Any] = {**TYPE, "act": ["task"], "evidence": ["document"], "state": "grade"}

_names = count(1)


def changed(path: str, value: Any = None, of: dict[str, Any] = TYPE) -> dict[str, Any]:
    """The declaration with the value at a path stated anew, or left out."""
    declaration = copy.deepcopy(of)
    *way, last = path.split("/")
    at = declaration
    for key in way:
        at = at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return declaration


def test_a_type_is_declared_and_read_back(shared: County) -> None:
    answer = shared.hr.put("/v1/event-types/task.read", TYPE)
    assert (answer.status_code, answer.json) == (201, {"type": "task.read", **TYPE})
    assert shared.hr.get("/v1/event-types/task.read").json == answer.json
    assert answer.json in shared.hr.get("/v1/event-types").json["items"]


def test_what_is_said_of_acts_evidence_and_state_is_read_back(shared: County) -> None:
    answer = shared.hr.put("/v1/event-types/task.told", TOLD)
    assert (answer.status_code, answer.json) == (201, {"type": "task.told", **TOLD})
    assert shared.hr.get("/v1/event-types/task.told").json == answer.json
    assert answer.json in shared.hr.get("/v1/event-types").json["items"]


def test_an_event_of_a_type_without_its_evidence_is_rejected(shared: County) -> None:
    shared.hr.put("/v1/event-types/task.proved", TOLD)
    data = {"minutes": 5, "task": "t1"}
    [lacking, proved] = shared.send(
        event("task.proved", "w1", **data), event("task.proved", "w1", document="No. 7", **data)
    )
    assert [(one["pointer"], one["code"]) for one in lacking["errors"]] == [("/data/document", "field.required")]
    assert proved["result"] == "created"


def test_the_same_declaration_again_changes_nothing(shared: County) -> None:
    """Invariant 15: no change, no audit entry."""
    shared.hr.put("/v1/event-types/task.same", TYPE)
    with nothing_written(shared):
        assert shared.hr.put("/v1/event-types/task.same", TYPE).status_code == 200


@pytest.mark.parametrize(
    "grown",
    [
        changed("title", "任务"),
        changed("fields/more", {"kind": "boolean", "required": False}),
        changed("fields/grade/codes", ["fair", "bad", "good"]),
        changed("fields/note/required", True),
        changed("fields/minutes/title", "时长"),
        changed("act", ["task", "note"]),
        changed("evidence", ["document", "task"]),
        changed("state", "grade"),
    ],
    ids=["title", "field", "codes", "required", "field title", "act", "evidence", "state"],
)
def test_a_declaration_may_grow(shared: County, grown: dict[str, Any]) -> None:
    name = f"task.grows{next(_names)}"
    shared.hr.put(f"/v1/event-types/{name}", TYPE)
    answer = shared.hr.put(f"/v1/event-types/{name}", grown)
    assert (answer.status_code, answer.json) == (200, {"type": name, **grown})


@pytest.mark.parametrize(
    "narrowed",
    [
        changed("subject", "organisation"),
        changed("dated_by", "period"),
        changed("quantity"),
        changed("quantity", "spare"),
        changed("fields/note"),
        changed("fields/note/kind", "boolean"),
        changed("fields/minutes/between", ["0", "500"]),
        changed("fields/minutes/between"),
        changed("fields/grade/codes", ["good"]),
    ],
    ids=["subject", "dated_by", "no quantity", "quantity", "field", "kind", "range", "no range", "codes"],
)
def test_a_declaration_never_takes_back_what_it_promised(shared: County, narrowed: dict[str, Any]) -> None:
    shared.hr.put("/v1/event-types/task.narrow", TYPE)
    with nothing_written(shared):
        answer = shared.hr.put("/v1/event-types/task.narrow", narrowed)
    assert_problem(answer, 409, "event_type.narrowed")
    assert shared.hr.get("/v1/event-types/task.narrow").json == {"type": "task.narrow", **TYPE}


def test_evidence_may_grow(shared: County) -> None:
    shared.hr.put("/v1/event-types/task.evidence", TOLD)
    answer = shared.hr.put("/v1/event-types/task.evidence", {**TOLD, "evidence": ["task", "document"]})
    assert (answer.status_code, answer.json["evidence"]) == (200, ["task", "document"])


@pytest.mark.parametrize(
    "narrowed",
    [
        changed("act", of=TOLD),
        changed("act", ["task", "note"], of=TOLD),
        changed("evidence", of=TOLD),
        changed("evidence", ["task"], of=TOLD),
        changed("state", of=TOLD),
        changed("state", "kind", of=TOLD),
    ],
    ids=["no act", "act", "no evidence", "evidence", "no state", "state"],
)
def test_what_was_said_of_acts_evidence_and_state_stays(shared: County, narrowed: dict[str, Any]) -> None:
    """Rulebooks were examined by it."""
    narrowed["fields"]["kind"] = {"kind": "code", "required": False, "codes": ["a"]}
    shared.hr.put("/v1/event-types/task.stays", TOLD)
    with nothing_written(shared):
        answer = shared.hr.put("/v1/event-types/task.stays", narrowed)
    assert_problem(answer, 409, "event_type.narrowed")


@pytest.mark.parametrize(
    ("declaration", "pointer", "code"),
    [
        (changed("title"), "/title", "field.required"),
        (changed("subject", "street"), "/subject", "code.unknown"),
        (changed("dated_by", "day"), "/dated_by", "code.unknown"),
        (changed("quantity", "Minutes"), "/quantity", "field.name"),
        (changed("quantity", "imagined"), "/quantity", "declaration.quantity"),
        (changed("quantity", "note"), "/quantity", "declaration.quantity"),
        (changed("unit", "minutes"), "/unit", "field.unknown"),
        (changed("fields", ["minutes"]), "/fields", "field.object"),
        (changed("fields/Bad Name", {"kind": "text"}), "/fields/Bad Name", "field.name"),
        (changed("fields/note", "text"), "/fields/note", "field.object"),
        (changed("fields/note/kind", "day"), "/fields/note/kind", "code.unknown"),
        (changed("fields/note/kind"), "/fields/note/kind", "field.required"),
        (changed("fields/note/required", "yes"), "/fields/note/required", "boolean.expected"),
        (changed("fields/note/codes", ["a"]), "/fields/note/codes", "declaration.codes"),
        (changed("fields/grade/codes"), "/fields/grade/codes", "declaration.codes"),
        (changed("fields/grade/codes", ["a", "a"]), "/fields/grade/codes", "declaration.codes"),
        (changed("fields/grade/codes", ["a", ""]), "/fields/grade/codes/1", "text.length"),
        (changed("fields/note/between", ["0", "1"]), "/fields/note/between", "declaration.between"),
        (changed("fields/minutes/between", ["1"]), "/fields/minutes/between", "declaration.between"),
        (changed("fields/minutes/between", ["2", "1"]), "/fields/minutes/between", "declaration.between"),
        (changed("fields/minutes/between", ["0", "x"]), "/fields/minutes/between/1", "number.expected"),
        (changed("act", "task"), "/act", "field.list"),
        (changed("act", []), "/act", "declaration.act"),
        (changed("act", ["task", "task"]), "/act", "declaration.act"),
        (changed("act", ["imagined"]), "/act", "declaration.act"),
        (changed("act", ["Task"]), "/act/0", "field.name"),
        (changed("evidence", []), "/evidence", "declaration.evidence"),
        (changed("evidence", ["imagined"]), "/evidence", "declaration.evidence"),
        (changed("evidence", ["note"]), "/evidence", "declaration.evidence"),
        (changed("evidence", ["minutes"]), "/evidence", "declaration.evidence"),
        (changed("evidence", ["task", "task"]), "/evidence", "declaration.evidence"),
        (changed("state", "imagined"), "/state", "declaration.state"),
        (changed("state", "note"), "/state", "declaration.state"),
        (changed("state", ["grade"]), "/state", "text.expected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_declaration_that_cannot_be_is_refused_at_its_field(
    shared: County, declaration: dict[str, Any], pointer: str, code: str
) -> None:
    with nothing_written(shared):
        answer = shared.hr.put("/v1/event-types/task.broken", declaration)
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]


@pytest.mark.parametrize("name", ["Visit.Done", "visit..done", ".visit", "visit.", "访问", "a b", "x" * 101])
def test_the_name_of_a_type_is_lower_case_words_with_dots(shared: County, name: str) -> None:
    with nothing_written(shared):
        answer = shared.hr.put(f"/v1/event-types/{name}", TYPE)
    assert assert_problem(answer, 422, "request.invalid") == [("/type", "type.name")]


@pytest.mark.parametrize("name", ["visit.imagined", "%00"])
def test_a_type_that_is_not_declared_is_404(shared: County, name: str) -> None:
    assert_not_there(shared.hr.get(f"/v1/event-types/{name}"))


def test_types_are_listed_by_name(shared: County) -> None:
    listed = [item["type"] for item in shared.hr.get("/v1/event-types").json["items"]]
    assert listed == sorted(listed)
    assert {"visit.done", "assess.annual"} <= set(listed)
