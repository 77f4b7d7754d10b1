"""What intake refused, as it is answered."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.problems import Found


class Rejection(Schema):
    """What was refused, when, why, from whom."""

    rejection = keys.whole("its number")
    actor = keys.text("who sent it")
    source = keys.text(null=True)
    id = keys.text(null=True)
    errors = keys.many(Found, "the reasons of the last time")
    times = keys.whole("how often it came")
    first_at = keys.moment()
    last_at = keys.moment()
    request_id = keys.text("of the last time")
    bytes = keys.whole("how long the body was")
    truncated = keys.flag("whether only its beginning is kept")
    sha256 = keys.digest("of the whole body")
    waiting = keys.flag("whether it may still become an event")
    event = keys.event("the id that it would have", null=True)


class RejectionWithBody(Rejection):
    """The same with the beginning of the body."""

    body = keys.text("null: another sent it, and only who has roster:read reads it", null=True)


class RejectionPage(Schema):
    """A page of rejections, newest first."""

    items = keys.many(Rejection)
    next = keys.following()


class Retried(Schema):
    """What became of a rejection that was sent again."""

    rejection = keys.whole("its number")
    result = keys.word("created", "duplicate", "conflict", "rejected")
    source = keys.text()
    id = keys.text()
    event = keys.event(seldom=True)
    errors = keys.many(Found, seldom=True)


class RetriedPage(Schema):
    """What became of those that were sent again, and how many of those that were asked for are left."""

    items = keys.many(Retried)
    next = keys.following()
    left = keys.whole()
