"""Tokens on the wire: what one allows, and how it is rotated."""

from typing import Any

from marshmallow import fields

from schemas.faults import invalid
from schemas.fields import Code, Identifier, Instant, Listed, Shape, Text
from schemas.results import Limit

STATES = ("usable", "expired", "revoked")
_MOST_HOURS = 30 * 24


class Token(Shape):
    """Whom a token stands for, what that one may do, send as and see, and until when."""

    actor = Text(required=True)
    scopes = Listed(Text(most=50), required=True)
    sources = Listed(Text(), load_default=list)
    under = Identifier(metadata={"description": "the organisation below which it sees; without it, everything"})
    expires_at = Instant(metadata={"description": "without it, it is good until it is taken back"})


class _Hours(fields.Field[int]):
    """A whole number of hours, up to thirty days."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if type(value) is not int or not 0 <= value <= _MOST_HOURS:
            raise invalid("number.whole", least=0, most=_MOST_HOURS)
        return value


class Rotation(Shape):
    """For how many hours the token before stays good, and until when the new one is, unless as long as that one was."""

    hours = _Hours(load_default=24, metadata={"type": "integer"})
    expires_at = Instant()


class Sought(Shape):
    """Which tokens a list has."""

    actor = Text()
    state = Code(*STATES)
    after = Text(most=500)
    limit = Limit()
