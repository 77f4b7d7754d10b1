"""Objections as they are answered."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.objections import STATES


class ObjectionEnded(Schema):
    """Who ended an objection, when and why."""

    by = keys.text()
    at = keys.moment()
    reason = keys.text("none where it was withdrawn", null=True)


class ObjectionMade(Schema):
    """An objection, its clock, and what became of it."""

    objection = keys.event("its id")
    state = keys.word(*STATES)
    rulebook = keys.text()
    period = keys.period()
    revision = keys.whole("the revision that is contested")
    run = keys.whole()
    subject = keys.subject()
    line = keys.text("the line that is contested; null: the result as a whole", null=True)
    objector = keys.subject()
    text = keys.text()
    evidence = keys.many(keys.event())
    entered_by = keys.text()
    opened_at = keys.moment()
    answer_by = keys.day("the last day on which it is to be decided")
    overdue = keys.flag()
    decision = keys.inside(ObjectionEnded, null=True)
    answered_by = keys.whole("the run that was published after it was upheld", null=True)


class ObjectionPage(Schema):
    """A page of objections, oldest first."""

    items = keys.many(ObjectionMade)
    next = keys.following()
