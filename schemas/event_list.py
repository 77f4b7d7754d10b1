"""Which events are asked for."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.events import SubjectText
from schemas.faults import Fault
from schemas.fields import Code, Instant, PeriodText, Shape, Text
from schemas.results import Limit

_MOST_DAYS = 31  # of all subjects' events at once


class SoughtEvents(Shape):
    """Which events: about whom, of which type, period and source, with a time in [from, to), in which order.

    What names neither a subject nor a period is read by its time alone, which must therefore be bounded.
    """

    subject = SubjectText()
    type = Text(most=100)
    period = PeriodText()
    source = Text()
    time_from = Instant(data_key="from")
    time_to = Instant(data_key="to")
    order = Code("newest", "oldest", load_default="newest")
    after = Text(most=500)
    limit = Limit()

    @validates_schema
    def _is_bounded(self, said: dict[str, Any], **_: Any) -> None:
        if "subject" in said or "period" in said:
            return
        absent = {key: [Fault("events.unbounded")] for key in ("from", "to") if f"time_{key}" not in said}
        if absent:
            raise ValidationError(absent)
        if said["time_to"] - said["time_from"] > timedelta(days=_MOST_DAYS):
            raise ValidationError({"from": [Fault("events.wide", days=_MOST_DAYS)]})
