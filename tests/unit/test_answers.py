"""Invariant 7 on the way out: an answer says in JSON exactly what the view said, in UTF-8."""

import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from service.app import Json

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_SAID = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
)


@given(said=_SAID)
def test_an_answer_says_what_the_view_said_in_its_order(said: object) -> None:
    written = Json(Flask("test")).response(said)
    assert written.mimetype == "application/json"
    assert json.dumps(json.loads(written.get_data())) == json.dumps(said)


def test_texts_are_sent_as_they_are_and_nothing_is_spaced() -> None:
    written = Json(Flask("test")).response({"title": "社区", "points": "87.50", "tied_with": None})
    assert written.get_data(as_text=True) == '{"title":"社区","points":"87.50","tied_with":null}\n'


def test_what_json_has_no_word_for_is_refused_and_not_turned_into_text() -> None:
    with pytest.raises(TypeError):
        Json(Flask("test")).response({"points": object()})
