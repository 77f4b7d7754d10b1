"""JSON as a sender might write it, also such as no library would: keys that stand twice, and any bytes for a value."""

import json
from typing import Any, NamedTuple


class Raw(NamedTuple):
    """A value, or a key, that is written as these bytes."""

    text: bytes


class Pairs(NamedTuple):
    """An object whose keys may stand twice."""

    pairs: list[tuple[Any, Any]]


def text(value: Any) -> bytes:
    """The value as JSON."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return text(Pairs(list(value.items())))
    if isinstance(value, Pairs):
        return b"{" + b", ".join(text(key) + b": " + text(inner) for key, inner in value.pairs) + b"}"
    if isinstance(value, list):
        return b"[" + b", ".join(map(text, value)) + b"]"
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
