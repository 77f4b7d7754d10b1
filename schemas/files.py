"""A mapping: which column of somebody else's table fills which attribute or field of an event."""

from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validates_schema

from schemas.event_types import FieldName
from schemas.faults import Fault, invalid
from schemas.fields import Inner, Keyed, Shape, Text
from schemas.rulebook_scalars import Whole


class Zone(Text):
    """A time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        text = super()._deserialize(value, attr, data)
        try:
            return ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            raise invalid("timezone.unknown", zone=text) from None


class _Column(Shape):
    """What a column says, and what is put in place of it."""

    column = Text(required=True)
    values = Keyed(keys=Text(), values=Text())
    form = Text(most=40, data_key="format")


class Filled(fields.Field[dict[str, Any]]):
    """A text that is the same for every row, or a column."""

    default_error_messages = {"required": Fault("field.required"), "null": Fault("field.null")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:
        if isinstance(value, str):
            return {"value": Text().deserialize(value)}
        return dict(Inner(_Column).deserialize(value))


class Mapping(Shape):
    """How the rows of a table become events; a sheet and the row of its header, where they aren't the first."""

    sheet = Text()
    header = Whole(least=1, most=1000)
    timezone = Zone()
    id = Filled()
    type = Filled(required=True)
    subject = Filled(required=True)
    time = Filled()
    period = Filled()
    data = Keyed(keys=FieldName(), values=Filled(), load_default=dict)

    @validates_schema
    def _has_a_day(self, loaded: dict[str, Any], **_: Any) -> None:
        if not {"time", "period"} & loaded.keys():
            raise ValidationError({"time": [Fault("field.required")]})
