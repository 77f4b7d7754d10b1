"""What one field of a shape takes, or gives, as JSON Schema.

A decimal is taken as text or as a number, and always given as text; all else is the same in both directions.
"""

from typing import Any

from marshmallow import fields

from schemas.event_types import FieldName
from schemas.events import SubjectText
from schemas.fields import (
    _IDENTIFIER,
    _IDENTITY_NUMBER,
    DECIMAL_TEXT,
    Code,
    Day,
    Exact,
    Flag,
    Identifier,
    Instant,
    Keyed,
    PeriodText,
    Switch,
    Text,
)
from schemas.files import Zone
from schemas.imports import Rank
from schemas.results import Limit, Revision, RunNumber
from schemas.rulebook_scalars import Whole
from schemas.trials import VersionLabel

Said = dict[str, Any]

ANSWERS = "schemas.answers"
DECIMAL = f"^{DECIMAL_TEXT.pattern}$"
_ID: Said = {"type": "string", "pattern": f"^{_IDENTIFIER.pattern}$", "maxLength": 64}
_ID |= {"not": {"pattern": f"^{_IDENTITY_NUMBER.pattern}$"}}
_PERIOD = r"^(?!9999)(?:19|[2-9][0-9])[0-9]{2}(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?$"
_BELOW = 10**18


def described(converter: Any, field: fields.Field[Any], ret: Said, **_: Any) -> Said:
    """What is said of a field of ours; nothing of others, which apispec knows. An attribute function of apispec."""
    said = of_field(field, is_answered(field))
    if not said:
        return {}
    if field.allow_none:
        said = _or_null(said)
    if isinstance(field.load_default, bool | int | str):
        said["default"] = field.load_default
    return said


def is_answered(field: fields.Field[Any]) -> bool:
    """Whether a field belongs to the shape of an answer."""
    shape = field.root or field.parent
    return type(shape).__module__.startswith(ANSWERS)


def of_field(field: fields.Field[Any], answered: bool) -> Said:
    """What a field of ours takes or, where it is `answered`, gives; nothing for a field of another kind."""
    if own := getattr(field, "json_schema", None):  # a field of another kind says itself what it takes
        return dict(own)
    match field:
        case Exact():
            return _decimal(answered)
        case Flag() | Switch():
            return {"type": "boolean"}
        case Instant():
            return {"type": "string", "format": "date-time"}
        case Day():
            return {"type": "string", "format": "date"}
        case PeriodText():
            return {"type": "string", "pattern": _PERIOD}
        case Text():
            return {"type": "string", **_of_text(field)}
        case Keyed():
            return {"type": "object"}
        case _:
            return _of_whole(field)


def _of_text(field: Text) -> Said:
    match field:
        case Code():
            return {"enum": list(field.words)}
        case VersionLabel():
            return {"pattern": "^[A-Za-z0-9._:-]{1,64}@[A-Za-z0-9._:-]{1,64}$"}
        case SubjectText():
            return {"pattern": "^(?:worker|organisation)/[^\\u0000]+$", "maxLength": field.most}
        case FieldName():
            return {"pattern": "^[a-z][a-z0-9_]{0,39}$"}
        case Identifier():
            return dict(_ID)
        case Zone():
            return {"minLength": 1, "maxLength": field.most, "examples": ["Asia/Shanghai"]}
        case _:
            return {"minLength": 1, "maxLength": field.most}


def _of_whole(field: fields.Field[Any]) -> Said:
    match field:
        case Limit():
            bounds = (1, 5000)
        case Revision():
            bounds = (1, 9999)
        case RunNumber():
            bounds = (1, _BELOW - 1)
        case Rank():
            return {"type": ["integer", "string"], "minimum": 1, "maximum": 10**6}
        case Whole():
            bounds = (field.least, field.most)
        case _:
            return {}
    return {"type": "integer", "minimum": bounds[0], "maximum": bounds[1]}


def _decimal(answered: bool) -> Said:
    if answered:
        return {"type": "string", "pattern": DECIMAL}
    bounds = {"exclusiveMinimum": -_BELOW, "exclusiveMaximum": _BELOW}
    return {"type": ["string", "number"], "pattern": DECIMAL, **bounds}


def _or_null(said: Said) -> Said:
    kind = said["type"]
    nullable = {**said, "type": [*(kind if isinstance(kind, list) else [kind]), "null"]}
    return {**nullable, "enum": [*said["enum"], None]} if "enum" in said else nullable
