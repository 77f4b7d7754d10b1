"""Faults and their places: every message of a validation at its JSON pointer, keys escaped as RFC 6901 says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.faults import Fault, invalid, pointers

keys = st.text(st.sampled_from("ab~/01_ 中"), min_size=1, max_size=6)
trees = st.recursive(
    st.just([Fault("field.invalid")]), lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3), max_leaves=6
)


def resolved(tree: Any, pointer: str) -> Any:
    """What a JSON pointer points at (RFC 6901, section 4)."""
    for part in pointer.split("/")[1:]:
        tree = tree[part.replace("~1", "/").replace("~0", "~")]
    return tree


def leaves(tree: Any) -> int:
    """How many faults a tree has."""
    return sum(leaves(inner) for inner in tree.values()) if isinstance(tree, dict) else 1


@given(trees)
def test_every_pointer_leads_back_to_its_fault(tree: Any) -> None:
    found = pointers(tree)
    assert len(found) == leaves(tree)
    assert len({pointer for pointer, _ in found}) == len(found)
    assert all(resolved(tree, pointer) == [fault] for pointer, fault in found)


@pytest.mark.parametrize(
    ("key", "pointer"),
    [
        ("a", "/a"),
        ("a/b", "/a~1b"),
        ("a~b", "/a~0b"),
        ("~1", "/~01"),
        ("/", "/~1"),
        ("", "/"),
        ("0", "/0"),
        ("中", "/中"),
    ],
)
def test_a_key_is_escaped(key: str, pointer: str) -> None:
    assert pointers({key: [Fault("field.unknown")]}) == [(pointer, "field.unknown")]


def test_a_pointer_may_begin_below_a_path() -> None:
    assert pointers({"a": [Fault("field.unknown")]}, "/data") == [("/data/a", "field.unknown")]


def test_several_faults_of_a_field_are_all_told() -> None:
    assert [str(fault) for _, fault in pointers({"a": [Fault("x.y"), Fault("x.z")]})] == ["x.y", "x.z"]


def test_a_fault_keeps_the_values_of_its_sentence() -> None:
    ((_, fault),) = pointers(invalid("number.range", least="1", most="5").messages)
    assert (fault, fault.values) == ("number.range", {"least": "1", "most": "5"})


def test_a_message_that_is_no_fault_is_told_as_invalid() -> None:
    assert pointers({"a": ["Not a valid boolean."]}) == [("/a", "field.invalid")]


class _Inner(Schema):
    number = fields.Integer(required=True)

    @validates_schema
    def _never(self, loaded: dict[str, Any], **_: Any) -> None:
        raise ValidationError([Fault("total.order")])


class _Outer(Schema):
    many = fields.List(fields.Nested(_Inner))


def test_a_fault_of_a_whole_object_stands_at_the_object() -> None:
    with pytest.raises(ValidationError) as refused:
        _Outer().load({"many": [{"number": 1}]})
    assert pointers(refused.value.messages) == [("/many/0", "total.order")]
