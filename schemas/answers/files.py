"""What became of the events of a file."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.problems import Found


class RowShown(Schema):
    """A row of a dry run: where it stands, what would become of it, and the event that it makes."""

    sheet = keys.text()
    row = keys.whole()
    result = keys.word("created", "duplicate", "conflict", "rejected")
    event = keys.free(null=True)


class Imported(Schema):
    """How many rows there were, what became of them, and what is wrong with which."""

    rows = keys.whole()
    created = keys.whole()
    duplicate = keys.whole()
    conflict = keys.whole()
    rejected = keys.whole()
    first = keys.many(RowShown, "of a dry run: the first rows", seldom=True)
    errors = keys.many(Found)
