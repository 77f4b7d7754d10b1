"""Cursors of lists: opaque to the reader, and refused when they aren't ours.

A cursor is the key of the last item of a page. It holds nothing secret, so it isn't signed; every value is checked for
its kind.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from schemas.fields import storable
from service.errors import Problem, finding


class Long(int):
    """The kind of a number of eight bytes, such as a position."""


_MOST = {int: 2**31 - 1, Long: 2**63 - 1}
_MOST_DIGITS = 40


def encode(*values: str | int | Decimal | datetime | UUID) -> str:
    """A cursor of these values."""
    plain = [v if isinstance(v, str | int) else str(v) for v in values]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The values of a cursor. Problem request.invalid where it has others than values of these kinds."""
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(values, list) and len(values) == len(kinds):
            return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, InvalidOperation, RecursionError):
        pass
    raise none()


def none() -> Problem:
    """That this is no cursor of the list."""
    return Problem("request.invalid", [finding("/after", "cursor.malformed")])


def refuse_other(of: str, identity: str) -> None:
    """Problem page.expired where a cursor is of another list, or of what this one was; page.restored where it is from
    before a restore. An identity may end with @ and the epoch.
    """
    if of == identity:
        return
    before, now = of.partition("@")[2], identity.partition("@")[2]
    raise Problem("page.restored" if before and now and before != now else "page.expired")


def _value(value: Any, kind: type) -> Any:
    if kind in _MOST:
        if type(value) is int and 0 <= value <= _MOST[kind]:
            return value
    elif isinstance(value, str) and storable(value):
        if kind is UUID:
            return UUID(value)
        if kind is Decimal:
            return _number(value)
        if kind is not datetime:
            return value
        time = datetime.fromisoformat(value)
        if time.tzinfo is not None:
            return time
    raise ValueError("not of this kind")


def _number(text: str) -> Decimal:
    """A number such as the database has, or one beyond all of them."""
    number = Decimal(text)
    if number.is_nan() or (number.is_finite() and len(text) > _MOST_DIGITS) or "e" in text.lower():
        raise ValueError("not a number of ours")
    return number
