"""What a version would make of a period."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.heads import STATES, Version
from schemas.answers.periods import MoveCounts, Mover


class VersionAgainst(Version):
    """The version that it is compared with, and where the period stands."""

    state = keys.word(*STATES)


class Place(Schema):
    """A tier, or why there is none."""

    tier = keys.text(seldom=True)
    no_tier = keys.text(seldom=True)


class TierMove(Schema):
    """From where to where, and how many; null: not appraised under that version."""

    before = keys.inside(Place, null=True)
    after = keys.inside(Place, null=True)
    subjects = keys.whole()


class Band(Schema):
    """How many totals fell or rose by so much."""

    change = keys.word("fell", "none", "rose")
    at_least = keys.decimal(null=True)
    below = keys.decimal(null=True)
    subjects = keys.whole()


class Differences(Schema):
    """How the totals of those who are in both differ."""

    subjects = keys.whole()
    least = keys.decimal(null=True)
    first_quartile = keys.decimal(null=True)
    median = keys.decimal(null=True)
    third_quartile = keys.decimal(null=True)
    most = keys.decimal(null=True)
    mean = keys.decimal(null=True)
    bands = keys.many(Band)


class SeatsMoved(Schema):
    """The seats of a tier in a group."""

    group = keys.text()
    tier = keys.text()
    before = keys.whole(null=True)
    after = keys.whole(null=True)


class MoverNamed(Mover):
    """A subject that moves, and what it is called: masked for who may not read the roster."""

    name = keys.text(null=True)


class TrialDone(Schema):
    """Two versions on one period side by side."""

    period = keys.period()
    watermark = keys.whole()
    rulebook = keys.inside(Version)
    against = keys.inside(VersionAgainst)
    counts = keys.inside(MoveCounts)
    tiers = keys.many(TierMove)
    differences = keys.inside(Differences)
    seats = keys.many(SeatsMoved)
    movers = keys.many(MoverNamed)
