"""A rulebook that extends another is that one, with a head and items of its own, as far as it allows them."""

import copy
from typing import Any

import pytest

from service.errors import Finding
from service.rulebooks.extension import at_home, compose, findings

PARENT: dict[str, Any] = {
    "rulebook": "yunhe",
    "version": "2025-1",
    "language": "1",
    "title": "县",
    "authority": {"title": "办法"},
    "subject": "worker",
    "applies_to": {"posts": ["staff"], "under": "yunhe", "except": ["west"]},
    "indicators": [{"id": "visits", "category": "duty", "max": "60"}],
    "local_additions": {"items": "1", "points": "2", "into": "duty"},
}
EXTENSION: dict[str, Any] = {
    "rulebook": "west",
    "version": "2025-1",
    "language": "1",
    "title": "西街道",
    "applies_to": {"posts": ["staff"], "under": "west"},
    "extends": {"rulebook": "yunhe", "version": "2025-1"},
    "indicators": [{"id": "patrols", "category": "duty", "max": "2"}],
}
REFUSED = [
    ({"local_additions": None}, {}, "/extends", "extension.none"),
    ({}, {"rulebook": "yunhe"}, "/rulebook", "extension.itself"),
    ({}, {"indicators": EXTENSION["indicators"] * 2}, "/indicators", "extension.items"),
    ({}, {"indicators": [{"category": "growth", "max": "2"}]}, "/indicators/0/category", "extension.into"),
    ({}, {"indicators": [{"category": "duty", "max": "2.01"}]}, "/indicators/0/max", "extension.points"),
]


def test_the_parent_with_a_head_and_items_of_its_own() -> None:
    before = copy.deepcopy((EXTENSION, PARENT))
    composed = compose(EXTENSION, PARENT)
    assert composed == {
        **{key: PARENT[key] for key in ("language", "authority", "subject")},
        **{key: EXTENSION[key] for key in ("rulebook", "version", "title", "applies_to", "extends")},
        "indicators": [PARENT["indicators"][0], EXTENSION["indicators"][0]],
    }
    assert before == (EXTENSION, PARENT)
    assert findings(EXTENSION, PARENT) == []
    assert [one.code for one in findings(EXTENSION, composed)] == ["extension.none"]


@pytest.mark.parametrize(("parent", "extension", "pointer", "code"), REFUSED)
def test_what_the_parent_does_not_allow_is_found(
    parent: dict[str, Any], extension: dict[str, Any], pointer: str, code: str
) -> None:
    allowing = {key: said for key, said in {**PARENT, **parent}.items() if said is not None}
    found = [(one.pointer, one.code) for one in findings({**EXTENSION, **extension}, allowing)]
    assert found == [(pointer, code)]


def test_findings_of_the_whole_stand_where_the_extension_says_it() -> None:
    pointers = ["/title", "/applies_to/posts", "/indicators/1/id", "/indicators/0/id", "/tiers/0/id", ""]
    found = at_home([Finding(pointer, "field.invalid") for pointer in pointers], PARENT)
    assert [one.pointer for one in found] == [
        "/title",
        "/applies_to/posts",
        "/indicators/0/id",
        "/extends/indicators/0/id",
        "/extends/tiers/0/id",
        "/extends",
    ]
