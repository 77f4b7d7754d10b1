"""The content of an event and of any JSON value: exact reading, one canonical form, one digest.

Content is type, subject, time, period and data. A number and its decimal text are equal, trailing zeros and the order
of keys don't count. The digest needs no declaration of a type, so a known event can be answered before any other check.
"""

import json
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

import msgspec

from schemas.fields import DECIMAL_TEXT, decimal_text
from service.errors import Problem

_EXACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_QUICK = msgspec.json.Encoder(order="sorted")  # the same characters in a tenth of the time
_READER = msgspec.json.Decoder(float_hook=Decimal)
_WRITER = msgspec.json.Encoder(decimal_format="number")


def parse(body: bytes, max_depth: int) -> Any:
    """The JSON value of a body, every number exact (int or Decimal). Problem request.malformed or request.too_deep."""
    try:
        # Left to guess, the parser reads other encodings too, and halves of surrogate pairs.
        value = _at_a_glance(body) or _DECODER.decode(body.decode("utf-8"))
    except RecursionError:
        raise Problem("request.too_deep", most=max_depth) from None
    except (ValueError, ArithmeticError):
        raise Problem("request.malformed") from None
    if _deeper_than(value, max_depth):
        raise Problem("request.too_deep", most=max_depth)
    return value


def _at_a_glance(body: bytes) -> Any:
    """The value, read in half the time, where a glance tells that no key stands twice; else None, as where it can't be.

    That parser lets the last of two equal keys win. Without escapes a text is the same when it is written again, so
    that as many colons as before mean that no key is gone.
    """
    if b"\\" in body:
        return None
    try:
        value = _READER.decode(body)
        return value if _WRITER.encode(value).count(b":") == body.count(b":") else None
    except (RecursionError, ValueError, ArithmeticError):
        return None


def event_id(source: str, identifier: str) -> UUID:
    """The identity of an event: the first 16 bytes of SHA-256 over source and id, byte by byte."""
    name = source.encode()
    return UUID(bytes=sha256(len(name).to_bytes(4) + name + identifier.encode()).digest()[:16])


def content_digest(type_: str, subject: str, time: datetime, period: str | None, data: Any) -> bytes:
    """SHA-256 of the canonical content; `time` is aware and in UTC."""
    return digest([type_, subject, time.isoformat(timespec="microseconds"), period, data])


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical form of a JSON value."""
    return sha256(content(value)).digest()


def content(value: Any) -> bytes:
    """The canonical form of a JSON value: every number, and every text that is one, as one text."""
    return exact(_canonical(value))


def exact(value: Any) -> bytes:
    """A plain JSON value as it stands, keys sorted: what differs in a character differs here."""
    try:
        return _QUICK.encode(value)
    except UnicodeEncodeError:  # halves of surrogate pairs
        return _EXACT.encode(value).encode("utf-8", "surrogatepass")


def as_sent(value: Any) -> bytes:
    """A JSON value that `parse` read, as JSON again: what was a number is that number, what was text that text."""
    return _as_sent(value).encode("utf-8", "surrogatepass")


def _as_sent(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_as_sent(key)}:{_as_sent(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_as_sent(inner) for inner in value) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return _number(Decimal(value)) if DECIMAL_TEXT.fullmatch(value) else value
    return _number(Decimal(value))


def _number(number: Decimal) -> str:
    # An exponent such as 1e999999 is refused elsewhere; written out here it would fill the memory.
    if not number:
        return "0"
    return decimal_text(number) if abs(number.adjusted()) < 40 else str(number)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key")
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a JSON number")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_unique)


_NESTED = frozenset((dict, list))


def _deeper_than(value: Any, levels: int) -> bool:
    """Level by level, as most of what stands on one holds nothing deeper."""
    nested = [value] if isinstance(value, dict | list) else []
    while nested and levels:
        nested = [v for one in nested for v in (one.values() if type(one) is dict else one) if type(v) in _NESTED]
        levels -= 1
    return bool(nested)
