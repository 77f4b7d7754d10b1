"""What can be wrong with a field: a stable code and values; the sentences are elsewhere, in two languages."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any, NamedTuple

from marshmallow import ValidationError

_LONGEST_SLIP = 64  # what is longer is no slip of the pen
_MOST_KNOWN = 1000


class Slip(NamedTuple):
    """What was said where only some words are known; comparing them takes time, so it waits until somebody is told."""

    said: Any
    known: Collection[str]

    def meant(self) -> str | None:
        """Which of the known words may have been meant."""
        if not isinstance(self.said, str) or len(self.said) > _LONGEST_SLIP or len(self.known) > _MOST_KNOWN:
            return None
        close = get_close_matches(self.said, list(self.known), n=1)
        return close[0] if close else None


class Fault(str):
    """A code such as `number.range`, usable wherever marshmallow wants a message, with the values of its sentence.

    `slip` knows what may have been meant; `of_key` says that the key is wrong, not what stands under it.
    """

    __slots__ = ("of_key", "slip", "values")
    values: dict[str, Any]
    slip: Slip | None
    of_key: bool

    def __new__(cls, code: str, slip: Slip | None = None, of_key: bool = False, **values: Any) -> "Fault":
        """A fault of this code."""
        fault = super().__new__(cls, code)
        fault.values, fault.slip, fault.of_key = values, slip, of_key
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
