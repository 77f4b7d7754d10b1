"""An event type is data: the shape of its declaration, and the shape of `data` that a declaration asks for."""

import re
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.faults import Fault, escape, invalid, pointers
from schemas.fields import Code, Day, Exact, Flag, Inner, Keyed, Listed, Shape, Text, decimal_text, exact

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
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


class DataChecker:
    """Checks `data` against a stored declaration and gives it its canonical types: numbers as decimal text."""

    def __init__(self, declaration: dict[str, Any]) -> None:
        """A checker for one declaration."""
        self._fields = declaration["fields"]
        self._limits = {
            name: (exact(f["between"][0]), exact(f["between"][1])) for name, f in self._fields.items() if "between" in f
        }

    def check(self, data: Any) -> tuple[dict[str, Any], list[tuple[str, Fault]]]:
        """The canonical data, and every fault with its pointer."""
        if not isinstance(data, dict):
            return {}, [("", Fault("field.object"))]
        faults = [(f"/{escape(name)}", Fault("field.unknown")) for name in data if name not in self._fields]
        canonical = {}
        for name, declared in self._fields.items():
            try:
                if name in data:
                    canonical[name] = self._value(name, declared, data[name])
                elif declared["required"]:
                    raise invalid("field.required")
            except ValidationError as error:
                faults += pointers(error.messages, f"/{name}")
        return canonical, faults

    def _value(self, name: str, declared: dict[str, Any], value: Any) -> Any:
        match declared["kind"]:
            case "number":
                number = exact(value)
                low, high = self._limits.get(name, (number, number))
                if not low <= number <= high:
                    raise invalid("number.range", least=decimal_text(low), most=decimal_text(high))
                return decimal_text(number)
            case "code":
                if value not in declared["codes"] or not isinstance(value, str):
                    raise invalid("code.unknown", codes=", ".join(declared["codes"]))
                return value
            case "boolean":
                return Flag().deserialize(value)
            case "date":
                return Day().deserialize(value).isoformat()
            case _:
                return Text(most=2000).deserialize(value)
