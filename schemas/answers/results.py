"""Rankings, outcomes and the result of one subject: what came of it, and why."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.heads import HeadOfResults, Sentence
from schemas.answers.next_tier import NextTier


class Placed(Schema):
    """Where a subject stands."""

    organisation = keys.text(null=True)
    post = keys.text(null=True)
    group = keys.text("the peer group", null=True)
    due = keys.whole("how many of the group are appraised", null=True)
    ranked = keys.whole("how many of the group are ranked", null=True)
    service_days = keys.whole(null=True)
    total = keys.decimal("as it is displayed; null where an import says none", null=True)
    rank = keys.whole(null=True)
    tier = keys.text(null=True)
    no_tier = keys.text("why there is no tier", null=True)
    ceiling = keys.text("no better than this tier", null=True)
    veto = keys.text("this tier whatever the total", null=True)


class Part(Schema):
    """A part of the rulebook, and its sentence."""

    id = keys.text()
    title = keys.text()
    ref = keys.text("the paragraph of the regulation", null=True)
    sentence = keys.inside(Sentence)


class ResultLine(Part):
    """A line: its points, and what they come from. The points of all lines are the total."""

    kind = keys.text("indicator, part, bonus, deduction, or the rule that changes a sum: cap, weight, limit and others")
    category = keys.text(null=True)
    points = keys.decimal()
    measure = keys.decimal("the number that was taken", null=True)
    code = keys.text("the code that was taken", null=True)
    count = keys.whole("how many rows it was taken from", null=True)
    no_data = keys.text("what stood in for data, where there were none", null=True)


class MeasureTaken(Part):
    """A number or a code that conditions ask for."""

    number = keys.decimal(null=True)
    code = keys.text(null=True)
    no_data = keys.text(null=True)
    count = keys.whole(null=True)


class CategoryPoints(Schema):
    """The points of a category after weight and multiplier."""

    id = keys.text()
    title = keys.text()
    points = keys.decimal()


class GateAsked(Schema):
    """A condition of a tier."""

    tier = keys.text()
    index = keys.whole("which of the tier's gates, from 0")
    holds = keys.flag()
    sentence = keys.inside(Sentence)


class RestrictionMet(Part):
    """A restriction whose condition holds."""

    effect = keys.text("the word of the rulebook: deduct, ceiling, tier, no_tier or bonus")


class Listed(Part):
    """A rank in a further list."""

    group = keys.text()
    rank = keys.whole()


class Seats(Schema):
    """Of an outcome with seats: the place among the candidates, and how many seats there are."""

    place = keys.whole(seldom=True)
    seats = keys.whole(seldom=True)
    used = keys.whole(seldom=True)
    left = keys.whole(seldom=True)


class Seat(Part, Seats):
    """An outcome of which there are seats, and where the subject stands among the candidates."""


class Follows(Seat):
    """What follows, and the number that goes with it."""

    value = keys.decimal(null=True)


class Unanswered(Part):
    """An outcome that stays open, and the measures of results that have no data."""

    why = keys.word("insufficient_history")
    measures = keys.many(keys.text())


class Beside(Schema):
    """What is said of a result beside its place and its lines."""

    gates = keys.many(GateAsked)
    restrictions = keys.many(RestrictionMet)
    lists = keys.many(Listed)
    outcomes = keys.many(Follows)
    unanswered = keys.many(Unanswered)
    not_chosen = keys.many(Seat)
    sentence = keys.inside(Sentence, "the whole in one sentence")


class Completion(Schema):
    """That the tier was filled in later."""

    revision = keys.whole()
    no_seat_in = keys.many(keys.text(), "the better tiers in which there was no seat left")
    sentence = keys.inside(Sentence)


class Result(HeadOfResults, Placed, Beside):
    """What a run or a standing says of one subject."""

    subject = keys.subject()
    lines = keys.many(ResultLine)
    category_points = keys.many(CategoryPoints)
    measures = keys.many(MeasureTaken)
    next_tier = keys.inside(NextTier, "what is missing to the tier above", null=True)
    completion = keys.inside(Completion, seldom=True)


class OutcomeItem(Placed, Part, Seats):
    """An outcome, whom it is about, and what its condition asks of lines and measures."""

    value = keys.decimal("of what follows", null=True, seldom=True)
    why = keys.word("insufficient_history", about="of what is left open", seldom=True)
    subject = keys.subject()
    lines = keys.many(ResultLine)
    measures = keys.many(MeasureTaken)


class OutcomePage(HeadOfResults):
    """A page of outcomes, by outcome and subject."""

    items = keys.many(OutcomeItem)
    next = keys.following()


class LineEvent(Schema):
    """An event behind a line, and what it counts as there."""

    event = keys.event()
    source = keys.text()
    id = keys.text()
    type = keys.text()
    time = keys.moment()
    period = keys.period(null=True)
    role = keys.text("what it is to the line: value, numerator, denominator and others")
    number = keys.decimal(null=True)
    code = keys.text(null=True)
    data = keys.free()
    position = keys.whole(null=True)


class LineEvents(Schema):
    """A page of the events behind a line, in the order of time."""

    items = keys.many(LineEvent)
    next = keys.following()


class ImportDone(Schema):
    """A revision of imported results; of a dry run it has no run."""

    rulebook = keys.text()
    period = keys.period()
    revision = keys.whole()
    digest = keys.digest()
    version = keys.text()
    results = keys.whole("how many")
    document = keys.text()
    run = keys.whole(null=True)
    state = keys.word("final")
