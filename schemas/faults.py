"""What can be wrong with a field: a stable code and values; the sentences are elsewhere, in two languages."""

from typing import Any

from marshmallow import ValidationError


class Fault(str):
    """A code such as `number.range`, usable wherever marshmallow wants a message, with the values of its sentence."""

    values: dict[str, Any]

    def __new__(cls, code: str, **values: Any) -> "Fault":
        """A fault of this code."""
        fault = super().__new__(cls, code)
        fault.values = values
        return fault


def invalid(code: str, **values: Any) -> ValidationError:
    """The error that marshmallow expects, with one fault."""
    return ValidationError([Fault(code, **values)])  # type: ignore[list-item, unused-ignore]


def pointers(messages: Any, path: str = "") -> list[tuple[str, Fault]]:
    """Every fault of a ValidationError's messages with its JSON pointer (RFC 6901), in document order of the keys."""
    if isinstance(messages, dict):
        return [
            found
            for key, inner in messages.items()
            for found in pointers(inner, path if key == "_schema" else f"{path}/{escape(str(key))}")
        ]
    return [(path, m if isinstance(m, Fault) else Fault("field.invalid")) for m in messages]


def escape(key: str) -> str:
    """A key as a part of a pointer (RFC 6901); what UTF-8 can't carry is replaced."""
    return key.encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1")
