"""Results of a period before the service was used, as they are imported."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.events import SubjectText
from schemas.faults import Fault, invalid
from schemas.fields import Code, Exact, Identifier, Inner, Listed, PeriodText, Shape, Text, exact
from schemas.results import NO_TIER
from schemas.trials import VersionLabel

_MOST_RANK = 10**6


class Rank(fields.Field[int]):
    """A rank, as a number or as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        number = exact(value)
        if number != int(number) or not 1 <= number <= _MOST_RANK:
            raise invalid("number.whole", least=1, most=_MOST_RANK)
        return int(number)


class ImportedResult(Shape):
    """What is known of one subject: a tier or why there was none, and perhaps more."""

    subject = SubjectText(required=True)
    tier = Text()
    no_tier = Code(*NO_TIER)
    total = Exact()
    rank = Rank()
    organisation = Identifier()
    post = Identifier()

    @validates_schema
    def _placed_once(self, said: dict[str, Any], **_: Any) -> None:
        if ("tier" in said) == ("no_tier" in said):
            raise ValidationError({"tier": [Fault("import.placed")]})
        if "rank" in said and "no_tier" in said:
            raise ValidationError({"rank": [Fault("words.exclusive", word="no_tier")]})


class Import(Shape):
    """Results of a period in the words of a version, why they are imported, and the document that says them."""

    rulebook = VersionLabel(required=True)
    period = PeriodText(required=True)
    reason = Text(most=1000, required=True)
    document = Text(required=True)
    results = Listed(Inner(ImportedResult), required=True)
