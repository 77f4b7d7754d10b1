"""A worker's file."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.events import Event
from schemas.answers.objections import ObjectionMade
from schemas.answers.results import Result
from schemas.answers.roster import AssignmentRecorded, AttributeRecorded, WorkerRecorded


class RecordStated(Schema):
    """A record of the roster as it was stated once."""

    recorded_at = keys.moment()
    actor = keys.text("left out where the worker asks", seldom=True)
    assignments = keys.many(AssignmentRecorded)
    attributes = keys.many(AttributeRecorded)


class EventKept(Event):
    """An event; who reversed it and why is left out where the worker asks."""

    actor = keys.text(seldom=True)
    reversed_by = keys.text(null=True, seldom=True)
    reversed_because = keys.text(null=True, seldom=True)


class ResultKept(Result):
    """What one revision says."""

    run = keys.whole()


class DecisionKept(Schema):
    """A late event that was let in, or a tier that was to be filled in."""

    decision = keys.word("admission", "completion")
    rulebook = keys.text()
    period = keys.period()
    event = keys.event(null=True)
    recorded_at = keys.moment()
    actor = keys.text("left out where the worker asks", seldom=True)
    reason = keys.text("left out where the worker asks", null=True, seldom=True)


class PersonalFile(Schema):
    """Everything that is kept about a worker."""

    subject = keys.subject()
    taken_at = keys.moment()
    watermark = keys.whole("the last position that it holds")
    worker = keys.inside(WorkerRecorded)
    records = keys.many(RecordStated, "oldest first")
    events = keys.many(EventKept, "by time")
    results = keys.many(ResultKept, "of every revision, oldest first")
    decisions = keys.many(DecisionKept)
    objections = keys.many(ObjectionMade)
