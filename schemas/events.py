"""An event on the wire: the attributes of CloudEvents 1.0 that decide, whatever the transport mode."""

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from schemas.faults import Fault, invalid
from schemas.fields import MESSAGES, Code, Instant, PeriodText, Shape, Text

_EXTENSION = re.compile(r"[a-z0-9]{1,20}")
_SUBJECT = re.compile(r"(worker|organisation)/(.+)", re.DOTALL)


class SubjectText(Text):
    """`worker/<id>` or `organisation/<id>`, the id being ours or the sender's own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not _SUBJECT.fullmatch(text):
            raise invalid("subject.malformed")
        return text


class Envelope(Shape):
    """The attributes of one event; `data` is checked by its event type, extensions are let through."""

    specversion = Code("1.0")
    id = Text(required=True)
    source = Text(required=True)
    type = Text(required=True)
    subject = SubjectText(required=True)
    time = Instant(required=True)
    period = PeriodText()
    datacontenttype = Text()
    dataschema = Text()
    data = fields.Raw(load_default=dict, error_messages=MESSAGES)

    class Meta:
        """Extensions are let through."""

        unknown = "include"

    @validates_schema(pass_original=True)
    def _extensions_are_named_well(self, loaded: dict[str, Any], sent: dict[str, Any], **_: Any) -> None:
        unknown = [k for k in sent if k not in self.fields and not _EXTENSION.fullmatch(k)]
        if unknown:
            raise ValidationError({key: [_unread(key)] for key in unknown})

    @post_load
    def _without_extensions(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {key: value for key, value in loaded.items() if key in self.fields}


def _unread(key: str) -> Fault:
    # CloudEvents has it for what isn't JSON, and data here is JSON.
    return Fault("data.binary") if key == "data_base64" else Fault("field.unknown")


class StreamQuery(Shape):
    """Which lines of a stream are answered: all, or those that were neither created nor there already."""

    results = Code("all", "problems", load_default="all")


class Reversal(Shape):
    """Why an event is taken back."""

    reason = Text(most=1000, required=True)


class Amendment(Reversal):
    """Why an event is taken back, and the one in its place, which intake reads."""

    event = fields.Raw(required=True, error_messages=MESSAGES)


def split_subject(subject: str) -> tuple[str, str]:
    """kind and id of a well-formed subject."""
    kind, _, identifier = subject.partition("/")
    return kind, identifier
