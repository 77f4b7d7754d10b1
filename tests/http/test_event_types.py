"""/v1/event-types: declared as data; a declaration grows and never takes back what it promised."""

import copy
from itertools import count
from typing import Any

import pytest

from tests.county import County
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
    },
}

_names = count(1)


def changed(path: str, value: Any = None) -> dict[str, Any]:
    """The declaration with the value at a path stated anew, or left out."""
    declaration = copy.deepcopy(TYPE)
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
    ],
    ids=["title", "field", "codes", "required", "field title"],
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
