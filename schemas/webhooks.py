"""Webhooks on the wire: who is told of what, and what is sent again."""

from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from schemas.answers.webhooks import DELIVERY_STATES, MESSAGES
from schemas.faults import Fault, invalid
from schemas.fields import MESSAGES as SENTENCES
from schemas.fields import Code, Listed, Shape, Text
from schemas.results import Limit

_MOST_HOURS = 24 * 7


class _Types(Listed):
    """At least one type of message."""

    def __init__(self, **options: Any) -> None:
        """Of those that there are."""
        super().__init__(Code(*sorted(MESSAGES)), validate=Length(min=1), **options)


class _Hours(fields.Field[int]):
    """Whole hours, up to a week."""

    json_schema: ClassVar = {"type": "integer", "minimum": 0, "maximum": _MOST_HOURS}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if type(value) is not int or not 0 <= value <= _MOST_HOURS:
            raise invalid("number.whole", least=0, most=_MOST_HOURS)
        return value


class Subscription(Shape):
    """Where messages are sent, and about what."""

    url = Text(most=2000, required=True)
    types = _Types(required=True)


class WebhookChange(Shape):
    """What of it is stated anew."""

    url = Text(most=2000)
    types = _Types()
    state = Code("active", "disabled")


class Rotation(Shape):
    """For how many hours the secret before signs beside the new one."""

    hours = _Hours(load_default=24)


class Replay(Shape):
    """What is sent again: one message, whatever was given up, or everything after a cursor of the feed."""

    after = Text(most=500)
    delivery = fields.UUID(error_messages={**SENTENCES, "invalid_uuid": Fault("field.invalid")})
    state = Code("failed")

    @validates_schema
    def _one_of_them(self, said: dict[str, Any], **_: Any) -> None:
        if len(said) != 1:
            raise ValidationError([Fault("replay.what", words="after, delivery, state")])


class Sought(Shape):
    """Which messages a list has."""

    state = Code(*DELIVERY_STATES)
    after = Text(most=500)
    limit = Limit()
