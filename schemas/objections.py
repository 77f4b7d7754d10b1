"""Objections on the wire: what is contested by whom, and how it is decided."""

from marshmallow import fields

from schemas.events import SubjectText
from schemas.faults import Fault
from schemas.fields import MESSAGES, Code, Identifier, Listed, PeriodText, Shape, Text
from schemas.results import Limit

STATES = ("open", "withdrawn", "upheld", "rejected")


class Objection(Shape):
    """Who contests which result, or which line of it, and why; events that show it."""

    rulebook = Identifier()
    period = PeriodText(required=True)
    subject = SubjectText(required=True)
    line = Identifier()
    objector = SubjectText(required=True)
    text = Text(most=2000, required=True)
    evidence = Listed(
        fields.UUID(error_messages={**MESSAGES, "invalid_uuid": Fault("field.invalid")}), load_default=list
    )


class Decision(Shape):
    """What becomes of an objection, and why."""

    decision = Code("upheld", "rejected", required=True)
    reason = Text(most=2000, required=True)


class Sought(Shape):
    """Which objections a list has."""

    rulebook = Identifier()
    period = PeriodText()
    subject = SubjectText()
    state = Code(*STATES)
    overdue = Code("true")
    after = Text(most=500)
    limit = Limit()
