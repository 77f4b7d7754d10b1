"""An event on the wire: the attributes of CloudEvents 1.0 that decide, whatever the transport mode."""

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from schemas.faults import Fault, invalid
from schemas.fields import MESSAGES, Code, Instant, PeriodText, Shape, Switch, Text, is_text

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
    """The attributes of one event; `data` is checked by its event type, extensions come apart."""

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
        """Extensions are kept apart."""

        unknown = "include"

    @validates_schema(pass_original=True)
    def _extensions_are_right(self, loaded: dict[str, Any], sent: dict[str, Any], **_: Any) -> None:
        if faults := faults_of_extensions({key: sent[key] for key in sent if key not in ATTRIBUTES}):
            raise ValidationError({key: [fault] for key, fault in faults.items()})

    @post_load
    def _with_extensions_apart(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        said = {key: loaded.pop(key) for key in loaded.keys() & ATTRIBUTES}
        return {**said, "extensions": loaded}


ATTRIBUTES = frozenset(Envelope().fields)


def faults_of_extensions(extensions: dict[str, Any]) -> dict[str, Fault]:
    """What is wrong with the name or the value of attributes that CloudEvents leaves to the sender (§3.1)."""
    faults = {}
    for name, value in extensions.items():
        if name == "data_base64":  # CloudEvents has it for what isn't JSON, and data here is JSON
            faults[name] = Fault("data.binary")
        elif not _EXTENSION.fullmatch(name):
            faults[name] = Fault("field.unknown")
        elif not (is_text(value, 2000) or (isinstance(value, int) and -(2**31) <= value < 2**31)):
            faults[name] = Fault("extension.invalid")
    return faults


class Taking(Shape):
    """How events are taken: one, a batch or a stream. What is meant anyway may be said of each."""

    atomic: fields.Field[Any] = Switch(load_default=False, metadata={"description": "of a batch: all of them or none"})
    dry_run = Switch(load_default=False, metadata={"description": "only say what would become of each"})
    results = Code(
        "all",
        "problems",
        load_default="all",
        metadata={"description": "of a stream: answer all lines, or those that aren't stored"},
    )


class Sending(Taking):
    """How an event or a batch is taken; each is answered."""

    results = Code("all")

    @post_load
    def _as_it_is_taken(self, said: dict[str, Any], **_: Any) -> dict[str, Any]:
        said.pop("results", None)
        return said


class Streaming(Taking):
    """How a stream is taken, never all or nothing."""

    atomic = Code("false")


class BinaryMode(Shape):
    """The headers of binary mode, in which the body is `data`; others that begin with ce- are extensions."""

    specversion = Code("1.0", data_key="ce-specversion")
    id = Text(data_key="ce-id")
    source = Text(data_key="ce-source")
    type = Text(data_key="ce-type")
    subject = SubjectText(data_key="ce-subject")
    time = Text(data_key="ce-time", metadata={"example": "2025-03-10T09:00:00+08:00"})
    period = Text(data_key="ce-period", metadata={"example": "2025-03"})


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
