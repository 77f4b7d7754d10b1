"""Corrections on the wire: which event is taken back, why, and what stands in its place."""

from typing import Any

from marshmallow import fields, validates_schema

from schemas.faults import invalid
from schemas.fields import MESSAGES, Shape, Text


class Correction(Shape):
    """One correction of a batch: an event by the service's id or by the sender's own, the reason, what replaces it.

    A replacement is an event as POST /v1/events takes it, which intake reads; without it the event is taken back.
    """

    event = Text(metadata={"description": "the id that the service gave it"})
    source = Text(metadata={"description": "with id, in place of event"})
    id = Text()
    reason = Text(most=1000, required=True)
    replacement = fields.Raw(error_messages=MESSAGES, metadata={"type": "object"})

    @validates_schema
    def _one_event_is_named(self, loaded: dict[str, Any], **_: Any) -> None:
        if loaded.keys() & {"event", "source", "id"} not in ({"event"}, {"source", "id"}):
            raise invalid("correction.named")
