"""An event type is data: the shape of its declaration, and the shape of `data` that a declaration asks for."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.faults import Fault, escape, invalid, pointers
from schemas.fields import (
    DECIMAL_TEXT,
    Code,
    Day,
    Exact,
    Flag,
    Inner,
    Keyed,
    Listed,
    Shape,
    Text,
    decimal_text,
    exact,
    is_text,
)

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_CHARACTERS = 2000  # of a text in data
TYPE_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")


class FieldName(Text):
    """The name of a field of data: lower-case letters, digits, underscores."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not _FIELD_NAME.fullmatch(text):
            raise invalid("field.name")
        return text


class FieldDeclaration(Shape):
    """One field of data: its kind, and what it may hold."""

    kind = Code("number", "code", "text", "boolean", "date", required=True)
    required = Flag(load_default=False)
    codes = Listed(Text(most=64))
    between = Listed(Exact())
    title = Text()

    @validates_schema
    def _limits_fit_the_kind(self, loaded: dict[str, Any], **_: Any) -> None:
        kind, codes, between = loaded.get("kind"), loaded.get("codes"), loaded.get("between")
        if (kind == "code") != bool(codes) or (codes and len(set(codes)) != len(codes)):
            raise ValidationError({"codes": [Fault("declaration.codes")]})
        if between is not None and (kind != "number" or len(between) != 2 or between[0] > between[1]):
            raise ValidationError({"between": [Fault("declaration.between")]})


class EventType(Shape):
    """The declaration of an event type.

    `act` names the fields that together tell one act from another, `evidence` those that refer to what proves it,
    `state` the code in which a follow-up says what became of an act.
    """

    title = Text(required=True)
    subject = Code("worker", "organisation", required=True)
    dated_by = Code("time", "period", required=True)
    quantity = FieldName()
    act = Listed(FieldName())
    evidence = Listed(FieldName())
    state = FieldName()
    declared = Keyed(data_key="fields", keys=FieldName(), values=Inner(FieldDeclaration), load_default=dict)

    @validates_schema
    def _quantity_is_a_number(self, loaded: dict[str, Any], **_: Any) -> None:
        name = loaded.get("quantity")
        if name is not None and loaded.get("declared", {}).get(name, {}).get("kind") != "number":
            raise ValidationError({"quantity": [Fault("declaration.quantity")]})

    @validates_schema
    def _an_act_is_told_by_fields(self, loaded: dict[str, Any], **_: Any) -> None:
        if not _names_each_once(loaded, "act"):
            raise ValidationError({"act": [Fault("declaration.act")]})

    @validates_schema
    def _evidence_is_always_there(self, loaded: dict[str, Any], **_: Any) -> None:
        named = [loaded.get("declared", {}).get(name, {}) for name in loaded.get("evidence", [])]
        is_text = all(field.get("kind") == "text" and field.get("required") for field in named)
        if not (is_text and _names_each_once(loaded, "evidence")):
            raise ValidationError({"evidence": [Fault("declaration.evidence")]})

    @validates_schema
    def _a_state_is_a_code(self, loaded: dict[str, Any], **_: Any) -> None:
        name = loaded.get("state")
        if name is not None and loaded.get("declared", {}).get(name, {}).get("kind") != "code":
            raise ValidationError({"state": [Fault("declaration.state")]})


def _names_each_once(loaded: dict[str, Any], key: str) -> bool:
    """Whether a key that is there names declared fields, at least one, none of them twice."""
    if key not in loaded:
        return True
    names, fields = loaded[key], loaded.get("declared", {})
    return bool(names) and len(set(names)) == len(names) and set(names) <= set(fields)


def stored(declaration: dict[str, Any]) -> dict[str, Any]:
    """The loaded declaration as plain JSON values, decimals as text."""
    kept = {
        name: {**field, "between": [decimal_text(bound) for bound in field["between"]]} if "between" in field else field
        for name, field in declaration["declared"].items()
    }
    return {**{key: value for key, value in declaration.items() if key != "declared"}, "fields": kept}


json_text = encode_basestring  # the text as JSON writes it


# Checked data as canonical JSON, keys sorted and numbers as decimal text: as it is stored, and as its digest reads it,
# to which a text that is a decimal is that number; and the quantity.
Data = tuple[str, str, str | None]


class DataChecker:
    """Checks `data` against a stored declaration and writes it down in its canonical types."""

    def __init__(self, declaration: dict[str, Any]) -> None:
        """A checker for one declaration."""
        self._quantity = declaration.get("quantity")
        self._names = declaration["fields"].keys()
        self._fields = [
            (name, f"{json_text(name)}:", declared["required"], _reader(declared))
            for name, declared in sorted(declaration["fields"].items())
        ]

    def check(self, data: Any) -> tuple[Data, list[tuple[str, Fault]]]:
        """The canonical data, and every fault with its pointer."""
        if not isinstance(data, dict):
            return ("{}", "{}", None), [("", Fault("field.object"))]
        faults: list[tuple[str, Fault]] = []
        texts, contents, quantity = [], [], None
        unknown = len(data)
        for name, key, required, read in self._fields:
            if name not in data:
                if required:
                    faults.append((f"/{name}", Fault("field.required")))
                continue
            unknown -= 1
            try:
                text, content = read(data[name])
            except ValidationError as error:
                faults += pointers(error.messages, f"/{name}")
                continue
            texts.append(member := key + text)
            contents.append(member if content is text else key + content)
            if name == self._quantity:
                quantity = text[1:-1]
        if unknown:
            faults += [(f"/{escape(name)}", Fault("field.unknown")) for name in data if name not in self._names]
        said = f"{{{','.join(texts)}}}"
        return (said, said if contents == texts else f"{{{','.join(contents)}}}", quantity), faults


Reader = Callable[[Any], tuple[str, str]]
_NUMBERS = frozenset((str, int, Decimal))


def _reader(declared: dict[str, Any]) -> Reader:
    """How to read a value of a field: its JSON as stored, and as the digest reads it. ValidationError."""
    match declared["kind"]:
        case "number":
            return _number_within([exact(bound) for bound in declared.get("between", [])])
        case "code":
            return _code_of(declared["codes"])
        case "boolean":
            return _boolean
        case "date":
            return _date
        case _:
            return _text


def _number_within(bounds: list[Decimal]) -> Reader:
    @lru_cache(maxsize=1000)  # the same few numbers come again and again, and what is equal has one text
    def known(value: str | int | Decimal) -> tuple[str, str]:
        number = exact(value)
        if bounds and not bounds[0] <= number <= bounds[1]:
            raise invalid("number.range", least=decimal_text(bounds[0]), most=decimal_text(bounds[1]))
        text = f'"{decimal_text(number)}"'
        return text, text

    def read(value: Any) -> tuple[str, str]:
        if type(value) not in _NUMBERS:  # what may not even be remembered
            raise invalid("number.expected")
        return known(value)

    return read


def _code_of(codes: list[str]) -> Reader:
    known = {code: (json_text(code), json_text(_as_content(code))) for code in codes}

    def read(value: Any) -> tuple[str, str]:
        found = known.get(value) if isinstance(value, str) else None
        if found is None:
            raise invalid("code.unknown", codes=", ".join(codes))
        return found

    return read


def _boolean(value: Any) -> tuple[str, str]:
    # A glance first: of a field's own road, nearly all is about what is wrong.
    text = "true" if (value if isinstance(value, bool) else _FLAG.deserialize(value)) else "false"
    return text, text


def _date(value: Any) -> tuple[str, str]:
    text = f'"{_DAY.deserialize(value).isoformat()}"'
    return text, text


def _text(value: Any) -> tuple[str, str]:
    said = value if is_text(value, _MOST_CHARACTERS) else _FREE_TEXT.deserialize(value)
    text = json_text(said)
    content = _as_content(said)
    return text, text if content is said else json_text(content)


def _as_content(text: str) -> str:
    return decimal_text(Decimal(text)) if text and text[0] in "-0123456789" and DECIMAL_TEXT.fullmatch(text) else text


_FLAG, _DAY, _FREE_TEXT = Flag(), Day(), Text(most=_MOST_CHARACTERS)
