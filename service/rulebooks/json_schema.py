"""The shape of a rulebook as JSON Schema (draft 2020-12), for editors that complete and check while one types.

Made from the shapes, so it can't drift. An editor's YAML parser has typed the scalars before it asks: a number stands
for its text. What only the whole document shows is for the lint to find.
"""

import json
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import _IDENTIFIER, _IDENTITY_NUMBER, DECIMAL_TEXT, Code, Exact, Identifier, PeriodText, Text
from schemas.rulebook import LANGUAGE, Extension, Rulebook
from schemas.rulebook_conditions import Condition
from schemas.rulebook_giving import GIVE
from schemas.rulebook_nodes import TAKE, OfEither
from schemas.rulebook_placing import EFFECTS, Gate, _Narrowed
from schemas.rulebook_scalars import Many, OneOf, Percent, Range, Short, Where, Whole
from service.rulebooks.words import Word
from service.word_index import section

Said = dict[str, Any]

_SCALAR = ["string", "number", "boolean"]
_DECIMAL: Said = {"type": ["string", "number"], "pattern": f"^{DECIMAL_TEXT.pattern}$"}
_DECIMAL |= {"exclusiveMinimum": -(10**18), "exclusiveMaximum": 10**18}
_PERCENT: Said = {"type": "string", "pattern": r"^(?:100(?:\.0{1,2})?|0?[0-9]{1,2}(?:\.[0-9]{1,2})?)%$"}
_ID: Said = {"type": _SCALAR, "pattern": f"^{_IDENTIFIER.pattern}$", "minimum": 0}
_ID |= {"not": {"type": "string", "pattern": f"^{_IDENTITY_NUMBER.pattern}$"}}
_PERIOD: Said = {
    "type": ["string", "integer"],
    "pattern": r"^(?!9999)(?:19|[2-9][0-9])[0-9]{2}(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?$",
    "minimum": 1900,
    "maximum": 9998,
}

_SHARED = {"Take": TAKE, "Give": GIVE}


def json_schema() -> Said:
    """The whole of it: a rulebook, or one that extends another."""
    writer = _Writer()
    own, whole = writer.shape(Extension), writer.shape(Rulebook)
    is_extension = {"required": ["extends"], "not": {"required": ["categories"]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:jifen:rulebook:{LANGUAGE}",
        "title": "Rulebook 考核办法",
        "type": "object",
        "if": is_extension,
        "then": own,
        "else": whole,
        "$defs": dict(sorted(writer.shapes.items())),
    }


def page() -> str:
    """As a file, with a line for each definition."""
    said = json_schema()
    shapes = said.pop("$defs")
    head = [f"{_compact(key)}: {_compact(one)}" for key, one in said.items()]
    defined = ",\n".join(f"  {_compact(name)}: {_compact(one)}" for name, one in shapes.items())
    return "{\n" + ",\n".join([*head, f'"$defs": {{\n{defined}\n}}']) + "\n}\n"


def _compact(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False)


def _one_of(*keys: str) -> Said:
    return {"oneOf": [{"required": [key]} for key in keys]}


def _any_of(*keys: str) -> Said:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _kind_of_quota(kind: str, ties: tuple[str, ...], *needed: str) -> Said:
    """A quota of this kind, with the words that it needs and no others."""
    said: Said = {"required": [kind, *needed]}
    unwanted = {"at_most", "seats", "at_least", "about", "of", "rounding", "ties"} - {kind, *needed}
    return said | {
        "properties": {**dict.fromkeys(sorted(unwanted), False), **({"ties": {"enum": [*ties]}} if ties else {})}
    }


# What a shape asks of several of its keys at once, by its name.
_TOGETHER: dict[str, Said] = {
    "OfIndicator": _one_of("at_least", "below"),
    "OfCategory": _one_of("at_least", "below"),
    "OfMeasure": _one_of("at_least", "below", "is"),
    "Each": {"not": {"required": ["over", "under"]}, "properties": {"per": {"exclusiveMinimum": 0}}},
    "Band": _one_of("at_least", "otherwise"),
    "Lasting": {
        "oneOf": [{"required": ["field", "months"], "maxProperties": 2}, {"required": ["until"], "maxProperties": 1}]
    },
    "Cap": _any_of("max", "min"),
    "RunningResults": _any_of("tier", "top"),
    "Restriction": _one_of(*EFFECTS),
    "TieBreak": _one_of("indicator", "category", "measure"),
    "Choose": {
        "oneOf": [
            {"required": ["seats"], "properties": dict.fromkeys(("share", "of", "rounding"), False)},
            {"required": ["share", "of", "rounding"], "properties": {"seats": False}},
        ]
    },
    "Quota": {
        "oneOf": [
            _kind_of_quota("at_most", ("none_of_them", "tie_breaks"), "of", "rounding", "ties"),
            _kind_of_quota("seats", ("none_of_them", "tie_breaks"), "ties"),
            _kind_of_quota("at_least", ("none_of_them", "all_of_them"), "of", "rounding", "ties"),
            _kind_of_quota("about", (), "of"),
        ]
    },
}


class _Writer:
    """Writes fields, and each shape once among the definitions."""

    def __init__(self) -> None:
        self.shapes: dict[str, Said] = {}

    def shape(self, shape: type[Schema]) -> Said:
        """A reference to a shape."""
        name = shape.__name__.lstrip("_")
        if name not in self.shapes:
            self.shapes[name] = {}  # it may be inside itself
            properties = dict(self._properties(shape))
            required = [f.data_key or key for key, f in shape._declared_fields.items() if f.required]
            said: Said = {"type": "object", "properties": properties, "additionalProperties": False}
            if shape.__doc__:
                said = {"description": shape.__doc__.strip(), **said}
            if required:
                said["required"] = required
            together = _TOGETHER.get(shape.__name__)
            self.shapes[name] |= said | ({"allOf": [together]} if together else {})
        return {"$ref": f"#/$defs/{name}"}

    def _defined(self, name: str, said: Said) -> Said:
        """A reference to what is said in many places."""
        self.shapes[name] = said
        return {"$ref": f"#/$defs/{name}"}

    def _properties(self, shape: type[Schema]) -> Iterator[tuple[str, Said]]:
        for name, field in shape._declared_fields.items():
            key = field.data_key or name
            owner = next(c.__name__ for c in reversed(shape.__mro__) if name in getattr(c, "_declared_fields", {}))
            number = section(Word(key, owner, owner))
            place = {"description": f"The rulebook language, section {number}. 规则语言说明第 {number} 节。"}
            yield key, place | self.field(field) | _default(field)

    def field(self, field: Any) -> Said:
        """What one field takes."""
        match field:
            case Code():
                return {"enum": [typed for word in field.words for typed in _typed(word)]}
            case Percent():
                return self._defined("Percent", _PERCENT)
            case Identifier():
                return self._defined("Id", _ID)
            case Text():
                return {"type": _SCALAR, "minLength": 1, "maxLength": field.most}
            case Exact():
                return self._defined("Decimal", _DECIMAL)
            case PeriodText():
                return self._defined("Period", _PERIOD)
            case Whole():
                bounds = {"minimum": field.least, "maximum": field.most}
                return {"type": ["string", "integer"], "pattern": "^[0-9]{1,9}$", **bounds}
            case Many():
                return {"anyOf": [self.field(Whole(least=1)), self.field(Percent())]}
            case _:
                return self._compound(field)

    def _compound(self, field: Any) -> Said:
        match field:
            case OneOf():
                return _any([*self._alternatives(field)])
            case OfEither():
                then, other = self.field(field.results), self.field(field.events)
                return {"type": "object", "if": {"required": ["results"]}, "then": then, "else": other}
            case Gate():
                return self._gate()
            case Condition():
                return self._condition(field)
            case Where():
                value = self.field(Text())
                values = {"type": "array", "minItems": 1, "items": value}
                return {"type": "object", "additionalProperties": {"anyOf": [value, values]}}
            case Short():
                return {"anyOf": [self.field(field.schema.fields[field.key]), self.shape(type(field.schema))]}
            case fields.Nested():
                return self.shape(type(field.schema))
            case fields.List():
                bounds = {"minItems": 2, "maxItems": 2} if isinstance(field, Range) else {}
                return {"type": "array", "items": self.field(field.inner), **bounds}
            case fields.Dict():
                keys, values = self.field(field.key_field), self.field(field.value_field)
                return {"type": "object", "propertyNames": keys, "additionalProperties": values}
        raise TypeError(f"no JSON Schema is known for {field!r}")

    def _alternatives(self, field: OneOf) -> Iterator[Said]:
        if field.words:
            yield {"enum": [*field.words]}
        if field.nodes:
            name = next((name for name, nodes in _SHARED.items() if nodes is field.nodes), None)
            yield self._defined(name, self._single(field.nodes)) if name else self._single(field.nodes)
        for other in (field.bare, field.shape):
            if other:
                yield self.field(other[1])

    def _single(self, nodes: dict[str, Any]) -> Said:
        """An object with one of these keys."""
        properties = {name: self.field(inner) for name, inner in nodes.items()}
        bounds = {"minProperties": 1, "maxProperties": 1}
        return {"type": "object", "properties": properties, "additionalProperties": False, **bounds}

    def _condition(self, field: Condition) -> Said:
        name = "PlacedCondition" if field.placed else "Condition"
        here = {"$ref": f"#/$defs/{name}"}
        if name not in self.shapes:
            self.shapes[name] = {}
            several = {"type": "array", "minItems": 1, "items": here}
            shapes = [self.field(shape) for shape in field.shapes.values()]
            self.shapes[name] |= {"anyOf": [*shapes, self._values(field), several]}
        return here

    def _values(self, field: Condition) -> Said:
        """The conditions that are one key and what it says."""
        here = self._condition(field)
        several = {"type": "array", "minItems": 1, "items": here}
        single = self._single(field.values)
        single["properties"] |= {"all": several, "any": several, "not": here}
        return single

    def _gate(self) -> Said:
        """A condition, or one with `in` beside its words."""
        condition = Condition()
        narrowed = dict(self._properties(_Narrowed))
        variants = [self.shapes[self.field(one)["$ref"].rpartition("/")[2]] for one in condition.shapes.values()]
        beside = [
            {**one, "properties": one["properties"] | narrowed, "required": [*one["required"], "in"]}
            for one in variants
        ]
        values = self._values(condition)
        single = {**values, "properties": values["properties"] | narrowed, "required": ["in"]}
        return {"anyOf": [self._condition(condition), *beside, single | {"minProperties": 2, "maxProperties": 2}]}


def _any(alternatives: list[Said]) -> Said:
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def _default(field: fields.Field[Any]) -> Said:
    """The word that is meant where nothing is said."""
    default = field.load_default
    word = default[0] if isinstance(default, tuple) and default[1] is None else default
    return {"default": word} if isinstance(word, str) else {}


def _typed(word: str) -> Iterator[Any]:
    """A word as it is, and as an editor reads it."""
    yield word
    if word == "true":
        yield True
    elif DECIMAL_TEXT.fullmatch(word):
        yield float(word) if "." in word else int(word)
