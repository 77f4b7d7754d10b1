"""An example of everything that has a JSON Schema: the words of a small county where a name says what stands under it.

It is made from the schema, so it always is as the schema says: what has a default or may be left out is shown too.
"""

import json
import re
from typing import Any

from service.openapi.values import Said

_MOST_DEEP = 6
# By the name of a key or a parameter; taken where the schema allows it, of several the first that it allows.
_NAMED: dict[str, Any] = {
    "period": "2025-03",
    "rulebook": ("small-county", "small-county@2025-1"),
    "version": "2025-1",
    "subject": "worker/w1",
    "source": "grid-app",
    "id": "w1",
    "kind": ("workers", "community"),
    "title": "入户走访",
    "event": "8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d",
    "objection": "8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d",
    "objector": "worker/w1",
    "time": "2025-03-31T17:30:00+08:00",
    "type": "visit.done",
    "specversion": "1.0",
    "datacontenttype": "application/json",
    "dataschema": "urn:example:visit",
    "data": {"household": "h7"},
    "organisation": "east",
    "post": "staff",
    "group": "staff",
    "tier": "excellent",
    "state": ("provisional", "upheld"),
    "line": "visits",
    "reason": "a second inspection found it done",
    "document": "No. 7 of 2025",
    "name": ("certificate", "王某"),
    "phone": "13800000000",
    "zh": "入户走访：6 户，60 分。",
    "en": "visits: 6 households, 60 points.",
    "total": "87.50",
    "points": "60.00",
    "about": "40%",
    "is": "38.5%",
    "ref": "第六条",
    "year": 2025,
    "holidays": ["2025-01-01"],
    "working_days": ["2025-01-26"],
    "parent": "county",
    "text": "Two visits of 12 March are missing.",
    "hash": "3f2a" * 16,
    "digest": "3f2a" * 16,
    "sha256": "3f2a" * 16,
    "timezone": "Asia/Shanghai",
    "codes": ["national", "provincial"],
    "actor": "hr",
    "next": "b3BhcXVl",
    "after": "b3BhcXVl",
    "code": "national",
    "pointer": "/workers/0/id",
    "from": "2025-03-01",
    "lang": "zh",
    "sentence": {"zh": "入户走访：6 户，60 分。", "en": "visits: 6 households, 60 points."},
    "no_data": "zero",
    "value": "1.2",
    "quantity": "stars",
    "between": ["1", "5"],
    "starts": "2025-02-28T16:00:00+00:00",
    "ends": "2025-03-31T16:00:00+00:00",
    "detail": "must be 1 to 64 letters, digits and . _ : -",
}
# By the name of a shape: what its keys allow together.
_SHAPED: dict[str, Any] = {
    "Envelope": {
        "specversion": "1.0",
        "id": "2025-03-10/17",
        "source": "grid-app",
        "type": "visit.done",
        "subject": "worker/w1",
        "time": "2025-03-10T09:00:00+08:00",
        "data": {"household": "h7"},
    },
    "Correction": {"source": "grid-app", "id": "2025-03-10/17", "reason": "the visit was on another day"},
    "ImportedResult": {"subject": "worker/w1", "tier": "competent", "total": "81.5", "rank": 12},
    "Reopening": {"reason": "an objection was upheld", "admit": ["8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d"]},
    "Line": {"line": 1, "result": "created", "source": "grid-app", "id": "2025-03-10/17"},
    "EventType": {
        "title": "居民评价",
        "subject": "worker",
        "dated_by": "time",
        "quantity": "stars",
        "fields": {"stars": {"kind": "number", "required": True, "between": ["1", "5"]}},
    },
}
_FORMATS = {
    "date-time": "2025-03-31T09:30:00+00:00",
    "date": "2025-03-31",
    "uuid": "8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d",
    "uri-reference": "/v1/events/8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d",
    "binary": "...",
}
_TEXTS = ("east", "87.5", "worker/w1", "small-county@2025-1", "2025-03", "3f2a" * 16)  # one of each pattern


class Examples:
    """Makes examples of schemas that refer to these components."""

    def __init__(self, schemas: Said) -> None:
        """Over components/schemas."""
        self._schemas = schemas

    def of(self, schema: Said, name: str = "", deep: int = 0) -> Any:
        """An example of a schema that stands under a name."""
        if (shape := schema.get("$ref", "").rpartition("/")[2]) in _SHAPED:
            return _SHAPED[shape]
        if "x-lines" in schema:
            return json.dumps(self.of(schema["x-lines"]), ensure_ascii=False) + "\n"
        if alternatives := schema.get("anyOf") or schema.get("oneOf"):
            return self.of(alternatives[0], name, deep)
        if shape:
            return self.of(self._schemas[shape], name, deep)
        if "example" in schema:
            return schema["example"]
        if "examples" in schema:
            return schema["examples"][0]
        named = _NAMED.get(name, ())
        for value in named if isinstance(named, tuple) else (named,):
            if _fits(schema, value):
                return value
        return self._made(schema, name, deep)

    def _made(self, schema: Said, name: str, deep: int) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        match _kind(schema):
            case "object":
                return self._object(schema, deep)
            case "array":
                return [self.of(schema.get("items", {}), name.removesuffix("s"), deep + 1)] if deep < _MOST_DEEP else []
            case "integer":
                return max(1, schema.get("minimum", 1))
            case "number":
                return 1
            case "boolean":
                return bool(schema.get("default", True))
            case "null":
                return None
            case _:
                return _text(schema, name)

    def _object(self, schema: Said, deep: int) -> Any:
        required = schema.get("required", [])
        made = {
            key: self.of(inner, key, deep + 1)
            for key, inner in schema.get("properties", {}).items()
            if (deep < _MOST_DEEP or key in required)
        }
        inner = schema.get("additionalProperties")
        if not made and isinstance(inner, dict):
            key = self.of(schema.get("propertyNames", {"type": "string"}), "name")
            made[key] = self.of(inner, "", deep + 1)
        return made


def _kind(schema: Said) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        return str(next(one for one in kind if one != "null"))
    return str(kind)


def _fits(schema: Said, value: Any) -> bool:
    """Whether a named value may stand for a schema; how its inside looks is the table's own business."""
    kinds = schema.get("type", [])
    python = {str: "string", bool: "boolean", int: "integer", dict: "object", list: "array"}[type(value)]
    if kinds and python not in (kinds if isinstance(kinds, list) else [kinds]):
        return False
    if python == "object":
        return "properties" not in schema
    return python != "string" or _fits_text(schema, value)


def _fits_text(schema: Said, value: str) -> bool:
    """The format is told by the length: a day, a time and an id have their own."""
    if "enum" in schema:
        return value in schema["enum"]
    like = _FORMATS.get(schema.get("format", ""), value)
    return len(like) == len(value) and bool(re.search(schema.get("pattern", ""), value))


def _text(schema: Said, name: str) -> str:
    if isinstance(schema.get("default"), str):
        return str(schema["default"])
    if "format" in schema:
        return _FORMATS[schema["format"]]
    pattern = schema.get("pattern", "")
    return next((text for text in (name, *_TEXTS) if text and re.search(pattern, text)), "")
