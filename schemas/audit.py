"""Which entries of the journal are asked for."""

from schemas.events import SubjectText
from schemas.fields import Code, Instant, Shape, Text
from schemas.results import Limit


class SoughtEntries(Shape):
    """Which entries: of an action, an actor, recorded in [from, to), about a subject; with those of intake or not."""

    action = Text(most=100)
    actor = Text()
    subject = SubjectText()
    time_from = Instant(data_key="from")
    time_to = Instant(data_key="to")
    intake = Code("true", "false", load_default="true")
    after = Text(most=500)
    limit = Limit()
