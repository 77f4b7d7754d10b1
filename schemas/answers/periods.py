"""Where periods stand, each step of their life, their revisions, and how these differ."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.calendar import CalendarSource
from schemas.answers.heads import STATES, Head, InputRevised, Sentence, Version
from schemas.answers.results import Beside, Placed


class Forced(Schema):
    """A step that was taken before its time."""

    by = keys.text()
    step = keys.word("publish", "finalise")
    reason = keys.text(null=True)
    overridden = keys.many(keys.text(), "the codes of what blocked it")


class Noticed(Schema):
    """The public notice of a revision; null where the rulebook has none."""

    notice_until = keys.day("the last day of the public notice", null=True)
    objections_until = keys.day("the last day for objections", null=True)
    forced = keys.many(Forced)


class PeriodState(Noticed):
    """Where a period stands under a rulebook."""

    rulebook = keys.text()
    period = keys.period()
    state = keys.word(*STATES)
    revision = keys.whole("the current one", null=True)
    inputs_revised = keys.many(InputRevised)


class PeriodStates(Schema):
    """The periods that are not simply open."""

    items = keys.many(PeriodState)
    next = keys.following()


class Odd(Schema):
    """What is odd about what would be published."""

    code = keys.text()
    about = keys.many(keys.text(), "ids of what it is about")
    sentence = keys.inside(Sentence)
    count = keys.whole("how many subjects it concerns")
    subjects = keys.many(keys.text(), "some of them")


class Blocks(Odd):
    """What blocks a step."""

    steps = keys.many(keys.text(), "which steps")
    forceable = keys.flag("whether `force` overrides it")


class Checklist(Head):
    """What blocks a step of a period, and what is odd."""

    blocks = keys.many(Blocks)
    odd = keys.many(Odd)


class PeriodStep(Schema):
    """Where a period stands after a step."""

    rulebook = keys.text()
    period = keys.period()
    state = keys.word(*STATES)
    revision = keys.whole(seldom=True)
    forced = keys.many(keys.text(), "the codes of what was overridden", seldom=True)


class PeriodPublished(PeriodStep):
    """The revision that was published."""

    revision = keys.whole()
    digest = keys.digest("SHA-256 of all its results")
    run = keys.whole()
    watermark = keys.whole()
    notice_until = keys.day(seldom=True)
    objections_until = keys.day(seldom=True)


class Because(Schema):
    """Why an event counts where it does."""

    code = keys.word("admitted", "replacement", "carried", "refused", "reversed")
    sentence = keys.inside(Sentence)


class LateEvent(Schema):
    """An event of a published period that came after its first revision."""

    event = keys.event()
    source = keys.text()
    id = keys.text()
    type = keys.text()
    subject = keys.subject()
    time = keys.moment()
    period = keys.period(null=True)
    position = keys.whole(null=True)
    admitted = keys.flag()
    reversed = keys.flag()
    counts_in = keys.period("null: nowhere", null=True)
    because = keys.inside(Because)


class LateEvents(Schema):
    """A page of late events."""

    items = keys.many(LateEvent)
    next = keys.following()


class Carries(Schema):
    """The run whose results a completion carries."""

    run = keys.whole()
    digest = keys.digest()


class Run(Noticed):
    """A revision, and what it depends on."""

    run = keys.whole()
    rulebook = keys.inside(Version)
    language = keys.whole("of the rulebook language")
    period = keys.period()
    revision = keys.whole()
    starts = keys.moment("the first instant of the period")
    ends = keys.moment("the first instant after it")
    watermark = keys.whole()
    roster_position = keys.whole("the last change of the roster that it read", null=True)
    digest = keys.digest("SHA-256 of all its results")
    published_by = keys.text()
    published_at = keys.moment()
    corrected_by = keys.text("who asked for the correction", null=True)
    reason = keys.text(null=True)
    kind = keys.word("computation", "completion", "import")
    completed = keys.many(keys.subject(), "whose tiers were filled in")
    carries = keys.inside(Carries, null=True)
    document = keys.text("of an import", null=True)
    answers = keys.many(keys.event("the id of an objection"), "the upheld objections that it answers")
    calendar = keys.named(CalendarSource, "by year: whose working days were followed", null=True)


class Runs(Schema):
    """Every revision, oldest first."""

    items = keys.many(Run)
    next = keys.following()


class InputRead(Schema):
    """A result that a run read."""

    run = keys.whole()
    rulebook = keys.text()
    period = keys.period()
    revision = keys.whole()
    digest = keys.digest()


class RunWithInputs(Run):
    """A revision with everything that it depends on."""

    group_digests = keys.named(keys.text(), "by peer group", null=True)
    inputs = keys.many(InputRead)
    inputs_revised = keys.many(InputRevised)


class MoveCounts(Schema):
    """How many there are and how many moved."""

    before = keys.whole()
    after = keys.whole()
    left_out = keys.whole()
    taken_in = keys.whole()
    moved = keys.whole("to another tier or reason")
    totals_changed = keys.whole()
    ranks_changed = keys.whole()


class LineSide(Schema):
    """A line on one of two sides."""

    points = keys.decimal()
    sentence = keys.inside(Sentence)


class LineMoved(Schema):
    """A line that differs, or that only one side has."""

    kind = keys.text()
    id = keys.text()
    title = keys.text()
    ref = keys.text(null=True)
    before = keys.inside(LineSide, null=True)
    after = keys.inside(LineSide, null=True)
    difference = keys.decimal()


class Side(Placed, Beside):
    """Where a subject stands on one of two sides."""


class Mover(Schema):
    """A subject that two sets of results place otherwise; the differences of its lines are that of its total."""

    subject = keys.subject()
    moved = keys.flag("to another tier or reason")
    difference = keys.decimal("of the total; null where only one side has it", null=True)
    before = keys.inside(Side, null=True)
    after = keys.inside(Side, null=True)
    lines = keys.many(LineMoved)


class Cause(Schema):
    """What changed about a subject: an event, a record, a result that was read; or only others."""

    code = keys.text()
    sentence = keys.inside(Sentence)
    about = keys.text("whom it is about: the subject, or an organisation in which it has its place", seldom=True)
    entry = keys.whole("the position of the entry", seldom=True)
    event = keys.event(seldom=True)
    type = keys.text("of the event", seldom=True)
    replaces = keys.event(null=True, seldom=True)
    replaced_by = keys.event(null=True, seldom=True)
    rulebook = keys.text("of the result", seldom=True)
    period = keys.period(seldom=True)
    from_ = keys.whole("the revision that was read", null=True, seldom=True, as_="from")
    to = keys.whole("the revision that is read", null=True, seldom=True)
    revision = keys.whole("of a completion", seldom=True)


class MoverWithCauses(Mover):
    """The same, and why."""

    because = keys.many(Cause)


class Difference(Schema):
    """A page of the difference between two sets of results of a period."""

    from_ = keys.inside(Head, as_="from")
    to = keys.inside(Head)
    counts = keys.inside(MoveCounts)
    items = keys.many(MoverWithCauses)
    next = keys.following()
