"""The cases of a rulebook: who is there, what happens, and what is expected of it. Every scalar is text."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.events import SubjectText
from schemas.faults import Fault, invalid
from schemas.fields import MESSAGES, Exact, Identifier, Inner, Instant, Keyed, Listed, PeriodText, Shape, Text
from schemas.roster import OrganisationWithId, WorkerWithId
from schemas.rulebook_scalars import Whole

NOTHING = "none"
_MOST_COPIES = 1000
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(?:\.\d{1,6})?)?", re.ASCII)
_OFFSET = re.compile(r"[Tt].*(?:[Zz]|[+-]\d\d:\d\d)")


class Moment(Text):
    """A day, a local time of the rulebook's zone, or a time with its offset."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        local = _LOCAL.fullmatch(text)
        if not local and not _OFFSET.search(text):
            raise invalid("time.malformed")
        Instant().deserialize(f"{text}{'' if local and local[1] else 'T00:00:00'}Z" if local else text)
        return text


class Several(fields.Field[Any]):
    """One, or a list of them; loaded as a list."""

    default_error_messages = MESSAGES

    def __init__(self, inner: fields.Field[Any], **options: Any) -> None:
        """One or several of these."""
        super().__init__(**options)
        self.inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> list[Any]:
        if isinstance(value, list):
            many: list[Any] = Listed(self.inner).deserialize(value)
            return many
        return [self.inner.deserialize(value)]


class Happening(Shape):
    """One event, or one of each of several subjects, times, periods and copies."""

    type = Text(required=True)
    subject = Several(SubjectText(), required=True)
    time = Several(Moment())
    period = Several(PeriodText())
    copies = Whole(least=1, most=_MOST_COPIES, load_default=1)
    data = Keyed(keys=Text(), values=Text(most=2000), load_default=dict)

    @validates_schema
    def _happens_some_time(self, loaded: dict[str, Any], **_: Any) -> None:
        if "time" not in loaded and "period" not in loaded:
            raise ValidationError({"time": [Fault("field.required")]})


class Expected(Shape):
    """What is expected of a subject; what isn't said is not compared."""

    total = Text()
    rank = Text()
    tier = Text()
    no_tier = Text()
    lines = Keyed(keys=Text(), values=Text())
    outcomes = Keyed(keys=Text(), values=Text())
    unanswered = Listed(Text())


class ExpectedOrNone(Inner):
    """What is expected, or `none`: no result at all, loaded as None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **options: Any) -> Any:
        return None if value == NOTHING else super()._deserialize(value, attr, data, partial, **options)


class CaseOrganisation(OrganisationWithId):
    """An organisation, which here needs no title."""

    title = Text()


class CaseRoster(Shape):
    """Who is there."""

    organisations = Listed(Inner(CaseOrganisation), load_default=list)
    workers = Listed(Inner(WorkerWithId), load_default=list)


class Also(Shape):
    """The same of another period, or of another rulebook; what isn't said is as in the case."""

    rulebook = Identifier()
    period = PeriodText()
    expected = Keyed(keys=SubjectText(), values=ExpectedOrNone(Expected), required=True)


class Case(Shape):
    """A roster, events, and what is expected of them; or totals, and what place they are expected to give."""

    id = Identifier(required=True)
    title = Text(most=500)
    rulebook = Identifier()
    period = PeriodText(required=True)
    roster = Inner(CaseRoster, load_default=dict)
    events = Listed(Inner(Happening), load_default=list)
    totals = Keyed(keys=SubjectText(), values=Exact())
    expected = Keyed(keys=SubjectText(), values=ExpectedOrNone(Expected), required=True)
    also = Listed(Inner(Also), load_default=list)

    @validates_schema
    def _totals_are_of_one_period(self, loaded: dict[str, Any], **_: Any) -> None:
        if "totals" in loaded and loaded.get("also"):
            raise ValidationError({"also": [Fault("words.exclusive", word="totals")]})


class Impossible(Shape):
    """A part of the rulebook that no case can take, and why."""

    rulebook = Identifier()
    part = Text(required=True)
    because = Text(most=500, required=True)


class Cases(Shape):
    """All cases of a rulebook, with the roster that they share and the rulebook of those that name none."""

    rulebook = Identifier()
    impossible = Listed(Inner(Impossible), load_default=list)
    roster = Inner(CaseRoster, load_default=dict)
    cases = Listed(Inner(Case), required=True)

    @validates_schema
    def _each_has_its_id(self, loaded: dict[str, Any], **_: Any) -> None:
        ids = [case.get("id") for case in loaded.get("cases", []) if isinstance(case, dict)]
        if len(set(ids)) < len(ids):
            raise ValidationError({"cases": [Fault("list.repeated")]})
