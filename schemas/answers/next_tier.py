"""The distance to the next tier."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.heads import Sentence


class BoundMissed(Schema):
    """A lower bound that a gate names and that isn't reached."""

    kind = keys.word("indicator", "category", "measure")
    id = keys.text()
    at_least = keys.decimal()
    has = keys.decimal("null: there are no data", null=True)
    missing = keys.decimal(null=True)


class GateMissed(Schema):
    """A gate that doesn't hold."""

    index = keys.whole("which of the tier's gates, from 0")
    missing = keys.many(BoundMissed)
    any = keys.flag("whether one of them is enough")
    sentence = keys.inside(Sentence)


class SeatsHeld(Schema):
    """Who has the seats of a tier, by rank."""

    rank = keys.whole("the subject's own")
    held = keys.whole("how many of the group have one")
    last_rank = keys.whole("the last rank among them", null=True)


class LineChange(Schema):
    """Another number of a line, or one of several codes, and what comes of it."""

    number = keys.decimal(null=True)
    more = keys.decimal("than there is; null where there are no data yet", null=True)
    codes = keys.many(keys.text(), "of a line that is given by table")
    points = keys.decimal("that the line then has")
    brings = keys.decimal("by how much the total grows")


class LineOpen(Schema):
    """What a line could still bring, if nothing else changed."""

    kind = keys.word("indicator", "part", "bonus")
    id = keys.text()
    title = keys.text()
    ref = keys.text(null=True)
    number = keys.decimal("that it has; null: no data", null=True)
    points = keys.decimal("that it has, after its own bounds")
    room = keys.decimal("the most by which it could still raise the total")
    next = keys.inside(LineChange, "the next band or unit that gives more", null=True)
    needed = keys.decimal(
        "the points by which it reaches the tier; null: it can't by itself, or no points are missing", null=True
    )
    reaches = keys.inside(LineChange, "the least change by which it does", null=True)
    open = keys.word(
        "relative",
        "by_row",
        "fewer",
        about="why no number can be said: others decide, rows have points of their own, less is more",
        null=True,
    )
    sentence = keys.inside(Sentence)


class NextTier(Schema):
    """What is missing to the tier above."""

    tier = keys.text()
    title = keys.text()
    threshold = keys.decimal("null: it can't be said", null=True)
    missing = keys.decimal("to the threshold; 0 where it is reached", null=True)
    gates = keys.many(GateMissed, "those that don't hold")
    barred = keys.word("ceiling", "veto", "quota", "at_least", about="why no points help", null=True)
    seat = keys.inside(SeatsHeld, "where seats are limited", null=True)
    lines = keys.many(LineOpen)
    nearest = keys.text("the line that needs the smallest part of what it can still bring", null=True)
    sentence = keys.inside(Sentence)
