"""Events as they are stored, and what becomes of those that are sent."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.problems import Found, Problem

OUTCOMES = ("created", "duplicate", "conflict", "rejected", "aborted")


class EventSent(Schema):
    """What became of one event; `source` and `id` as they were sent, as far as they could be read."""

    result = keys.word(*OUTCOMES)
    source = keys.text(seldom=True)
    id = keys.text(seldom=True)
    event = keys.event("the id that the service gives it", seldom=True)
    errors = keys.many(Found, "why it is rejected, or in conflict", seldom=True)


class EventsSent(Schema):
    """What became of each event of a batch, in the order of the request."""

    items = keys.many(EventSent)


class Counts(Schema):
    """How many lines of a stream there were, and what became of them."""

    created = keys.whole()
    duplicate = keys.whole()
    conflict = keys.whole()
    rejected = keys.whole()
    lines = keys.whole()


class Line(Schema):
    """A line of the answer to a stream: what became of a line of it; or the last, a summary or why it ended."""

    line = keys.whole("the number of the line, from 1", seldom=True)
    result = keys.word(*OUTCOMES, seldom=True)
    source = keys.text(seldom=True)
    id = keys.text(seldom=True)
    event = keys.event("the id that the service gives it", seldom=True)
    errors = keys.many(Found, seldom=True)
    summary = keys.inside(Counts, "of all lines", seldom=True)
    problem = keys.inside(Problem, "what lines after the last answered one met; they are ambiguous", seldom=True)


class Event(Schema):
    """An event as it is stored."""

    event = keys.event()
    source = keys.text()
    id = keys.text()
    type = keys.text()
    subject = keys.subject()
    sent_subject = keys.text("the subject as the sender calls it, where that is another id", null=True)
    time = keys.moment()
    period = keys.period("of a type that is dated by period", null=True)
    data = keys.free("numbers as decimal text")
    extensions = keys.free("attributes that CloudEvents leaves to the sender")
    actor = keys.text("who sent it")
    recorded_at = keys.moment()
    position = keys.whole("null for a moment, until it is sealed", null=True)
    replaces = keys.event("the event in whose place it stands", null=True)
    replaced_by = keys.event("the event in its place", null=True)
    reversed_by = keys.text("who took it back", null=True)
    reversed_at = keys.moment(null=True)
    reversed_because = keys.text(null=True)


class EventPage(Schema):
    """A page of events."""

    items = keys.many(Event)
    next = keys.following()


class CorrectionDone(Schema):
    """An event that was taken back, and the one in its place."""

    event = keys.event()
    replaced_by = keys.event("the event in its place", null=True)


class CorrectedItem(Schema):
    """What became of one correction; the event as it was named."""

    result = keys.word(*OUTCOMES)
    event = keys.text("the id that the service gave it, or what was sent as such", seldom=True)
    source = keys.text(seldom=True)
    id = keys.text(seldom=True)
    replaced_by = keys.event("the event in its place", null=True, seldom=True)
    errors = keys.many(Found, "why it is rejected, or in conflict", seldom=True)


class Corrected(Schema):
    """What became of each correction of a batch, in the order of the request."""

    items = keys.many(CorrectedItem)


class FieldDeclared(Schema):
    """A field of the data of a kind of events."""

    kind = keys.word("number", "code", "text", "boolean", "date")
    required = keys.flag()
    codes = keys.many(keys.text(), "what a code may be", seldom=True)
    between = keys.many(keys.text(), "the least and the greatest number", seldom=True)
    title = keys.text(seldom=True)


class EventTypeDeclared(Schema):
    """A kind of events, as it is declared."""

    type = keys.text()
    title = keys.text()
    subject = keys.word("worker", "organisation")
    dated_by = keys.word("time", "period")
    quantity = keys.text("the field that is the number of an event", seldom=True)
    act = keys.many(keys.text(), "the fields that tell one act from another", seldom=True)
    evidence = keys.many(keys.text(), "the fields that refer to what proves it", seldom=True)
    state = keys.text("the field in which a follow-up says what became of an act", seldom=True)
    fields_ = keys.named(FieldDeclared, as_="fields")


class EventTypes(Schema):
    """All kinds of events."""

    items = keys.many(EventTypeDeclared)
    next = keys.following()
