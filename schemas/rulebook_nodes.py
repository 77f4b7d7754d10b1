"""The nodes under `take` in the rulebook language: which number, the words of a selection of events, and of results.

A node is loaded as (name, what it says). What the nodes mean is in sql/queries; docs/rulebook-language.md §5 to §8 says
it in words.
"""

from typing import Any

from marshmallow import fields, validates_schema

from schemas.faults import invalid
from schemas.fields import Code, Exact, Identifier, Inner, Keyed, Listed, Shape, Text
from schemas.rulebook_scalars import OneOf, Percent, Range, Where, Whole

PERIOD_KINDS = ("month", "quarter", "half_year", "year")
PARTS_OF_YEAR = ("H1", "H2", "Q1", "Q2", "Q3", "Q4")


class Lasting(Shape):
    """How long an event counts: by a code, or until a day that it names."""

    field = Text()
    months = Keyed(keys=Text(), values=Whole(least=1, most=600))
    until = Text()

    @validates_schema
    def _by_a_code_or_until(self, loaded: dict[str, Any], **_: Any) -> None:
        if sorted(loaded) not in (["field", "months"], ["until"]):
            raise invalid("lasts.malformed")


class State(Shape):
    """What became of an act: the follow-up events that name it."""

    event = Text(required=True)
    same = Text(required=True)
    field = Text(required=True)
    counts = Listed(Text(), required=True)
    without = Code("counts", "waits", required=True)
    as_of = Code("latest", "period_end", required=True)


class Once(Shape):
    """Of the rows of one act, one stays."""

    per = Text(required=True)
    keep = Code("first", "latest", "best", "worst", required=True)
    across = Code("item", "category", "sheet", load_default="item")


class Repeated(Shape):
    """The n-th time counts × its multiplier."""

    within = OneOf({"months": Whole(least=1, most=600)}, ("period", "year"), required=True)
    per = Text()
    times = Listed(Exact(), required=True)


class Share(Shape):
    """A common act is split."""

    per = Text(required=True)
    by = Text(required=True)


class Cap(Shape):
    """The points of the rows of a day, a month or a value, together, are held."""

    per = Listed(Text(), required=True)
    max = Exact()
    min = Exact()

    @validates_schema
    def _a_bound(self, loaded: dict[str, Any], **_: Any) -> None:
        if "max" not in loaded and "min" not in loaded:
            raise invalid("caps.bound")


class Classes(Shape):
    """Voters by class, each class with its weight."""

    field = Text(required=True)
    weights = Keyed(keys=Text(), values=Percent(), required=True)
    empty = Code("spread", "zero", "no_data", required=True)


class AtLeastShare(Shape):
    """The smallest share of the rows that some codes must have."""

    field = Text(required=True)
    shares = Keyed(keys=Text(), values=Percent(), required=True)


ABOUT: dict[str, fields.Field[Any]] = {"organisation": Identifier(), "members": Listed(Identifier())}


class Events(Shape):
    """Which events."""

    event = Text(required=True)
    where = Where(load_default=dict)
    about = OneOf(ABOUT, ("subject", "organisation"), load_default=("subject", None))
    window = OneOf({"last": Whole(least=1, most=600)}, ("year",))
    lasts = OneOf(bare=("months", Whole(least=1, most=600)), shape=("by", Inner(Lasting)))
    state = Inner(State)


class Read(Events):
    """Which events, and what is read of each."""

    field = Text()
    value = Keyed(keys=Text(), values=OneOf(words=("out",), bare=("number", Exact())))
    between = Range()
    once = Inner(Once)


class Count(Events):
    """How many events, or how many different values of a field."""

    distinct = Text()
    once = Inner(Once)


class RatioSide(Events):
    """A count, or with `field` a sum."""

    field = Text()
    distinct = Text()


class Ratio(Shape):
    """num / den."""

    num = Inner(RatioSide, required=True)
    den = Inner(RatioSide, required=True)


class Mean(Read):
    """The mean, valid from so many rows on."""

    classes = Inner(Classes)
    at_least_n = Whole(least=1, load_default=1)
    at_least_share = Inner(AtLeastShare)


class Plurality(Events):
    """The code that most rows have."""

    field = Text(required=True)
    once = Inner(Once)
    order = Listed(Text(), required=True)
    of = Code("votes", "ballots", required=True)
    wins = Code("most", "more_than_half", "two_thirds", required=True)
    tie = Code("better", "worse", "no_data", required=True)
    at_least_n = Whole(least=1, load_default=1)
    at_least_share = Inner(AtLeastShare)


class Running(Events):
    """How many of the latest rows have one of these codes, without a break."""

    field = Text(required=True)
    once = Inner(Once)
    is_ = Listed(Text(), required=True, data_key="is")


class Days(Events):
    """How many days the events last."""

    once = Inner(Once)


class EachEvent(Read):
    """Every event is given points by itself."""

    repeated = Inner(Repeated)
    share = Inner(Share)
    caps = Listed(Inner(Cap), load_default=list)


class Results(Shape):
    """Which results of periods, and what is read of each."""

    results = Code(*PERIOD_KINDS, required=True)
    of = OneOf({"organisation": Identifier()}, ("own", "organisation"), load_default=("own", None))
    rulebook = Identifier()
    period = OneOf(
        {"before": Whole(least=1, most=100)},
        ("inside", "same", "containing", "last_final", *PARTS_OF_YEAR),
        load_default=("inside", None),
    )
    read = OneOf(
        {"category": Identifier(), "indicator": Identifier()}, ("total", "tier", "rank"), load_default=("total", None)
    )
    tier = Listed(Identifier())
    top = Whole(least=1)


class SomeResults(Results):
    """Results, from so many on."""

    at_least_n = Whole(least=1, load_default=1)


class RunningResults(SomeResults):
    """Results in these tiers or in front, without a break."""

    no_tier = Code("breaks", "skips", "holds", required=True)

    @validates_schema
    def _what_keeps_it_running(self, loaded: dict[str, Any], **_: Any) -> None:
        if "tier" not in loaded and "top" not in loaded:
            raise invalid("running.what")


class Tenure(Shape):
    """Months served in these posts."""

    posts = Listed(Identifier(), required=True)


class Attribute(Shape):
    """A dated attribute of the roster."""

    name = Text(required=True)
    as_ = Code("code", "number", load_default="code", data_key="as")


class OfEither(fields.Field[Any]):
    """A selection of events, or with the key `results` one of results."""

    def __init__(self, events: type[Shape], results: type[Shape], **options: Any) -> None:
        """One of the two shapes."""
        super().__init__(**options)
        self.events, self.results = Inner(events), Inner(results)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        return (self.results if isinstance(value, dict) and "results" in value else self.events).deserialize(value)


TAKE: dict[str, fields.Field[Any]] = {
    "count": OfEither(Count, SomeResults),
    "sum": OfEither(Read, Results),
    "mean": OfEither(Mean, SomeResults),
    "ratio": Inner(Ratio),
    "best": OfEither(Read, Results),
    "worst": OfEither(Read, Results),
    "latest": OfEither(Read, Results),
    "given": Inner(Read),
    "plurality": Inner(Plurality),
    "running": OfEither(Running, RunningResults),
    "days": Inner(Days),
    "each_event": Inner(EachEvent),
    "tenure_months": Inner(Tenure),
    "attribute": Inner(Attribute),
    "fixed": Exact(),
}
TAKE_WORDS = ("service_days",)
