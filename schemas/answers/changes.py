"""What changed between two revisions of a period."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.heads import Head


class OutcomeTaken(Schema):
    """An outcome, and the number that goes with it."""

    id = keys.text()
    value = keys.decimal(null=True)


class Taken(Schema):
    """What whoever pays by results takes of one."""

    total = keys.decimal("null where an import says none", null=True)
    tier = keys.text(null=True)
    no_tier = keys.text("why there is no tier", null=True)
    outcomes = keys.many(OutcomeTaken)


class Change(Schema):
    """A subject that has another total, tier or outcome."""

    subject = keys.subject()
    before = keys.inside(Taken, "null: it wasn't there", null=True)
    after = keys.inside(Taken, "null: it isn't there any more", null=True)


class ChangePage(Head):
    """A page of changes, by subject; `revision` is what to say as `since` the next time."""

    since = keys.whole("the revision that was taken last")
    items = keys.many(Change)
    next = keys.following()
