"""Every word of the rulebook language, found in the shapes: the keys, and the words that stand for themselves.

A word is known by its text and its place: for a key the shape that declares it, for a value the key that it stands
under. So the reference knows of every word, and a test which of them an example says.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from schemas.event_types import EventType
from schemas.fields import Code
from schemas.rulebook import Extension, Rulebook
from schemas.rulebook_conditions import Condition
from schemas.rulebook_giving import GIVE_WORDS
from schemas.rulebook_nodes import PERIOD_KINDS, OfEither
from schemas.rulebook_placing import Gate, _Narrowed
from schemas.rulebook_scalars import OneOf

EVERYTHING: Any = object()


class Word(NamedTuple):
    """A key of a shape, or a word that may stand under a key; `shape` is where it was met first."""

    text: str
    place: str
    shape: str

    @property
    def is_key(self) -> bool:
        """Whether it is a key."""
        return self.place == self.shape


def every_word() -> dict[tuple[str, str], Word]:
    """The language, by text and place."""
    found: dict[tuple[str, str], Word] = {}
    for shape in (Rulebook, Extension, EventType):
        for word in said_in(shape):
            found.setdefault(word[:2], word)
    return found


def said_in(shape: type[Schema], said: Any = EVERYTHING) -> Iterator[Word]:
    """The words of a document as it is written, or all that its shape knows."""
    for name, field in shape._declared_fields.items():
        key = field.data_key or name
        if said is not EVERYTHING and not (isinstance(said, dict) and key in said):
            continue
        owner = next(c.__name__ for c in reversed(shape.__mro__) if name in getattr(c, "_declared_fields", {}))
        yield Word(key, owner, owner)
        yield from _under(field, key, owner, said if said is EVERYTHING else said[key])


def _under(field: fields.Field[Any], key: str, owner: str, said: Any) -> Iterator[Word]:
    """The words of one field."""
    match field:
        case Code():
            place = "period kind" if field.words == PERIOD_KINDS else key
            yield from (Word(word, place, owner) for word in field.words if said in (EVERYTHING, word))
        case OneOf():
            yield from _one_of(field, key, owner, said)
        case Gate():
            yield from said_in(_Narrowed, said)
            yield from _condition(Condition(), said)
        case Condition():
            yield from _condition(field, said)
        case fields.Nested():
            yield from said_in(field.nested, said)  # type: ignore[arg-type]
        case _:
            for inner, one in _inside(field, said):
                yield from _under(inner, key, owner, one)


def _inside(field: fields.Field[Any], said: Any) -> Iterator[tuple[Any, Any]]:
    """The fields in a field that only holds others, each with what is said there."""
    everything = said is EVERYTHING
    match field:
        case OfEither():
            is_results = isinstance(said, dict) and "results" in said
            yield from [(field.events, said)] if everything or not is_results else []
            yield from [(field.results, said)] if everything or is_results else []
        case fields.List():
            yield from ((field.inner, one) for one in ([EVERYTHING] if everything else said))
        case fields.Dict():
            yield from ((field.key_field, one) for one in ([EVERYTHING] if everything else said))
            yield from ((field.value_field, one) for one in ([EVERYTHING] if everything else said.values()))


def _one_of(field: OneOf, key: str, owner: str, said: Any) -> Iterator[Word]:
    key = "give" if field.words == GIVE_WORDS else key  # of an outcome or a negative item too
    yield from (Word(word, key, owner) for word in field.words if said in (EVERYTHING, word))
    is_node = isinstance(said, dict) and len(said) == 1 and said.keys() <= field.nodes.keys()
    for name, inner in field.nodes.items():
        if said is EVERYTHING or (is_node and name in said):
            yield Word(name, key, owner)
            yield from _under(inner, name, owner, said if said is EVERYTHING else said[name])
    for other, kind in ((field.bare, str), (field.shape, dict)):
        if other and (said is EVERYTHING or (isinstance(said, kind) and not is_node)):
            yield from _under(other[1], key, owner, said)


def _condition(field: Condition, said: Any) -> Iterator[Word]:
    """The names of conditions, what stands beside them, and the conditions in `all`, `any`, `not` and lists."""
    if isinstance(said, list):
        for one in said:
            yield from _condition(field, one)
        return
    for name, inner in (field.shapes | field.values).items():
        if said is EVERYTHING or name in said:
            yield Word(name, "condition", "Condition")
            nested = name in field.shapes or said is EVERYTHING
            yield from _under(inner, name, "Condition", said if nested else said[name])
    for name in ("all", "any", "not"):
        if said is EVERYTHING or name in said:
            yield Word(name, "condition", "Condition")
            if said is not EVERYTHING:
                yield from _condition(field, said[name])
