"""The JSON Schema of the language says what the shapes say, of text and of scalars that an editor has typed."""

import copy
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from schemas.rulebook import Rulebook
from service.errors import findings_of
from service.rulebooks import json_schema
from service.rulebooks.words import every_word
from tests.http.broken import EXAMPLES
from tests.http.broken.changes import Change
from tests.regulation.documents import documents
from tests.unit.telling import COUNTY
from tests.unit.test_rulebook_extension import EXTENSION

Said = dict[str, Any]

SCHEMA = json_schema.json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
# What a JSON Schema can't say: the order of two numbers, how great a number in quotes is, and of a number without
# quotes how many digits it was written with.
IN_QUOTES = {"range.malformed", "number.whole", "each.per"}
AS_NUMBERS = {"range.malformed", "number.inexact"}


def typed(node: Any) -> Any:
    """As an editor's parser reads it (YAML 1.2): numbers and booleans where they look so."""
    if isinstance(node, dict):
        return {key: typed(said) for key, said in node.items()}
    if isinstance(node, list):
        return [typed(one) for one in node]
    if node in ("true", "false"):
        return node == "true"
    if re.fullmatch(r"[-+]?[0-9]+", node):
        return int(node)
    return float(node) if re.fullmatch(r"[-+]?[0-9]+\.[0-9]+", node) else node


def refused() -> list[Any]:
    """The small county's rulebook broken in all ways that its shape alone shows: document, pointer, code."""
    found = []
    for change, pointer, code in EXAMPLES:
        document = broken(change)
        try:
            Rulebook().load(copy.deepcopy(document))
        except ValidationError as error:
            if (pointer, code) in [(one.pointer, one.code) for one in findings_of(error)]:
                found.append(pytest.param(document, code, id=f"{code} {pointer}"))
    return found


def broken(change: Change) -> Said:
    document = copy.deepcopy(COUNTY)
    change(document)
    return document


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", documents())
def test_what_the_shape_accepts_is_valid(name: str) -> None:
    for said in (documents()[name], typed(documents()[name])):
        assert [error.json_path for error in VALIDATOR.iter_errors(said)] == []


def test_an_extension_is_valid() -> None:
    own = {"title": "x", "take": {"fixed": "1"}, "give": "as_is", "no_data": "zero"}
    said = EXTENSION | {"effective": {"from": "2025-01"}, "indicators": [EXTENSION["indicators"][0] | own]}
    assert not [*VALIDATOR.iter_errors(said)]
    assert not [*VALIDATOR.iter_errors(typed(said))]
    assert [*VALIDATOR.iter_errors(said | {"tiers": []})]


@pytest.mark.parametrize(("document", "code"), refused())
def test_what_the_shape_refuses_is_not_valid(document: Said, code: str) -> None:
    assert code in IN_QUOTES or not VALIDATOR.is_valid(document)
    assert code in AS_NUMBERS or not VALIDATOR.is_valid(typed(document))


def test_only_what_it_cannot_say_passes() -> None:
    said = [(*one.values, typed(one.values[0])) for one in refused()]
    assert {code for document, code, _ in said if VALIDATOR.is_valid(document)} == IN_QUOTES
    assert {code for _, code, document in said if VALIDATOR.is_valid(document)} == AS_NUMBERS
    codes = {code for _, code, _ in said}
    assert {"field.unknown", "field.required", "code.unknown", "node.unknown", "condition.unknown"} <= codes
    assert len(codes) > 20


def test_every_word_of_the_language_is_in_it() -> None:
    """Whatever may be written in a rulebook can be completed."""
    known = set(_words(SCHEMA))
    assert {word.text for word in every_word().values() if word.shape not in ("EventType", "FieldDeclaration")} <= known


def _words(node: Any) -> list[str]:
    if isinstance(node, list):
        return [word for one in node for word in _words(one)]
    if not isinstance(node, dict):
        return []
    own = [*node.get("properties", {}), *(word for word in node.get("enum", []) if isinstance(word, str))]
    return own + [word for one in node.values() for word in _words(one)]
