"""A strict reader: takes nothing whose meaning two readers might tell differently. It shares nothing with the service.

Doubtful are: another encoding than UTF-8, a mark before the text, a key that stands twice, what JSON has no word for,
text that can't be stored as it is (NUL, half of a surrogate pair), numbers that aren't exact in 18 digits before
and 6 after the point, and whole ones that are too long for many readers.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

CONTENT = ("type", "subject", "time", "period", "data")
FORGOTTEN = ("specversion", "datacontenttype", "dataschema")  # all else of an event is kept
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|([+-])(\d\d):(\d\d))", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]{1,20}", re.ASCII)
_MOST_DIGITS = 4300  # that Python makes a whole number of
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?", re.ASCII)


class Doubt(Exception):
    """What was sent can be read in more ways than one, or in none."""


def read(body: bytes) -> Any:
    """The value; every number a Decimal. Doubt where that isn't clear."""
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=_no_number,
            object_pairs_hook=_unique,
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Doubt(str(error)) from None


def doubts(value: Any) -> Iterator[str]:
    """What is doubtful in a value that could be read."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from doubts(key)
            yield from doubts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from doubts(inner)
    elif isinstance(value, str):
        if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in value):
            yield f"the text {value[:40]!a}"
    elif isinstance(value, Decimal) and not _is_exact(value):
        yield f"the number {str(value)[:40]}"


def key(event: Any) -> tuple[str, str] | None:
    """The identity of an event, where it has one."""
    if isinstance(event, dict) and isinstance(event.get("source"), str) and isinstance(event.get("id"), str):
        return event["source"], event["id"]
    return None


def meaning(event: dict[str, Any]) -> tuple[Any, ...]:
    """The content of an event, equal where two events say the same. Doubt where there is none."""
    period = event.get("period")
    if not isinstance(event.get("time"), str) or ("period" in event and not isinstance(period, str)):
        raise Doubt("its time or period")
    return event.get("type"), event.get("subject"), instant(event["time"]), period, plain(event.get("data", {}))


def extensions(event: dict[str, Any]) -> dict[str, Any]:
    """What the sender added, each value with its kind. Doubt where CloudEvents has no such attribute."""
    named = {name: said for name, said in event.items() if name not in ("source", "id", *CONTENT, *FORGOTTEN)}
    for name, said in named.items():
        whole = isinstance(said, Decimal) and said == said.to_integral_value() and -(2**31) <= said < 2**31
        text = isinstance(said, str) and 1 <= len(said) <= 2000
        if not _EXTENSION.fullmatch(name) or not (whole or text or isinstance(said, bool)):
            raise Doubt(f"the extension {name!a}")
    return {name: (type(said), said) for name, said in named.items()}


def instant(text: str) -> datetime:
    """A time with an offset, in UTC."""
    found = _TIME.fullmatch(text.upper())
    if not found:
        raise Doubt(f"the time {text!a}")
    try:
        year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
        local = datetime(year, month, day, hour, minute, second, int((found[7] or "0").ljust(6, "0")), UTC)
        offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
        if offset >= timedelta(hours=24) or int(found[11] or 0) > 59:
            raise Doubt(f"the offset of {text!a}")
        return local - offset if found[9] != "-" else local + offset
    except (ValueError, OverflowError) as error:
        raise Doubt(str(error)) from None


def plain(value: Any) -> Any:
    """A value in which a number and its decimal text are equal; true is no number."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return ("word", value)
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        return value
    return Decimal(value)


def _is_exact(number: Decimal) -> bool:
    if not number:
        return True
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    behind = len("".join(map(str, digits)).rstrip("0")) - len(digits) - exponent
    return number.adjusted() < 18 and behind <= 6


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _whole(digits: str) -> Decimal:
    if len(digits) > _MOST_DIGITS:
        raise ValueError("a number without end")
    return Decimal(digits)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
