"""The shape of a rulebook: every word of the language, typed from text; what the words mean is in computation.sql.

Checks here need one place of the document alone; how its parts fit together is checked by service.rulebooks.lint.
"""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.faults import Fault, invalid
from schemas.fields import Code, Exact, Identifier, Inner, Listed, PeriodText, Shape, Text

PERIOD_KINDS = ("month", "year")
SEVERITIES = ("minor", "serious", "grave")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


class Whole(fields.Field[int]):
    """A whole number from `least` on, from text."""

    default_error_messages: dict[str, Any] = {
        "required": Fault("field.required"),
        "null": Fault("field.null"),
    }

    def __init__(self, least: int = 0, most: int = 999_999_999, **options: Any) -> None:
        """From least to most."""
        super().__init__(**options)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value) or not self.least <= int(value) <= self.most:
            raise invalid("number.whole", least=self.least, most=self.most)
        return int(value)


class Percent(Text):
    """A share such as 20% or 12.5%, as the number of per cents."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        found = _PERCENT.fullmatch(super()._deserialize(value, attr, data))
        if not found or Decimal(found[1]) > 100:
            raise invalid("percent.malformed")
        return Decimal(found[1])


class OneOf(fields.Field[Any]):
    """A node: one key that says its name, under it what the node needs; or a bare word where the node needs nothing."""

    default_error_messages: dict[str, Any] = {
        "required": Fault("field.required"),
        "null": Fault("field.null"),
    }

    def __init__(self, nodes: dict[str, fields.Field[Any]], words: tuple[str, ...] = (), **options: Any) -> None:
        """One of these nodes or words."""
        super().__init__(**options)
        self.nodes, self.words = nodes, words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, Any]:
        if isinstance(value, str) and value in self.words:
            return value, None
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in self.nodes:
            raise invalid("node.unknown", nodes=", ".join((*self.words, *self.nodes)))
        name, inner = next(iter(value.items()))
        try:
            return name, self.nodes[name].deserialize(inner)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None


class Where(fields.Field[dict[str, list[str]]]):
    """field: value, or field: [value, …]; every field must equal one of its values."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, list[str]]:
        if not isinstance(value, dict):
            raise invalid("field.object")
        wanted = {name: one if isinstance(one, list) else [one] for name, one in value.items()}
        if not all(values and all(isinstance(v, str) for v in values) for values in wanted.values()):
            raise invalid("where.values")
        return wanted


class Range(Listed):
    """[low, high], both decimals."""

    def __init__(self, rising: bool = False, **options: Any) -> None:
        """low <= high when rising is asked for."""
        super().__init__(Exact(), **options)
        self.rising = rising

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        loaded: list[Any] = super()._deserialize(value, attr, data, **options)
        if len(loaded) != 2 or (self.rising and loaded[0] >= loaded[1]):
            raise invalid("range.malformed")
        return loaded


class _Events(Shape):
    event = Text(required=True)
    where = Where(load_default=dict)


class _Read(_Events):
    field = Text()


class Count(_Events):
    """How many events, or how many different values of a field."""

    distinct = Text()


class Sum(_Read):
    """The sum of a field."""

    between = Range()


class Mean(Sum):
    """The mean of a field, from so many events on."""

    at_least_n = Whole(least=1, load_default=1)


class Level(_Read):
    """The field of one event."""

    pick = Code("latest", "best", "worst", required=True)


class RatioSide(_Read):
    """A count, or with `field` a sum."""

    distinct = Text()


class Ratio(Shape):
    """num / den."""

    num = Inner(RatioSide, required=True)
    den = Inner(RatioSide, required=True)


class Band(Shape):
    """Points from a bound on; the last row is otherwise."""

    at_least = Exact()
    otherwise = Code("true")
    points = Exact(required=True)

    @validates_schema
    def _bound_or_otherwise(self, loaded: dict[str, Any], **_: Any) -> None:
        if ("at_least" in loaded) == ("otherwise" in loaded):
            raise invalid("bands.bound")


class Linear(Shape):
    """Points in proportion, between two ends."""

    from_ = Range(rising=True, required=True, data_key="from")
    to = Range(required=True)


_TAKE: dict[str, fields.Field[Any]] = {
    "count": Inner(Count),
    "sum": Inner(Sum),
    "mean": Inner(Mean),
    "ratio": Inner(Ratio),
    "level": Inner(Level),
    "each_event": Inner(Sum),
    "given": Inner(Sum),
}
_GIVE: dict[str, fields.Field[Any]] = {
    "each": Exact(),
    "bands": Listed(Inner(Band)),
    "linear": Inner(Linear),
    "table": fields.Dict(keys=Text(), values=Exact()),
}


class _Item(Shape):
    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
    min = Exact()
    max = Exact()


class Indicator(_Item):
    """What is taken, and what is given for it."""

    category = Identifier(required=True)
    take = OneOf(_TAKE, required=True)
    give = OneOf(_GIVE, ("as_is",), required=True)
    max = Exact(required=True)
    no_data = OneOf({"points": Exact()}, ("zero", "full", "missing"), required=True)


class BonusItem(_Item):
    """An indicator without a category."""

    take = OneOf(_TAKE, required=True)
    give = OneOf(_GIVE, ("as_is",), required=True)
    no_data = OneOf({"points": Exact()}, ("zero", "full", "missing"), load_default=("zero", None))


class Part(_Item):
    """A part of a roll-up."""

    take = OneOf({**_TAKE, "mean_of": Code("month")}, required=True)
    give = OneOf(_GIVE, ("as_is",), load_default=("as_is", None))
    weight = Percent(required=True)
    no_data = OneOf({"points": Exact()}, ("zero", "full", "missing"), required=True)


class NegativeItem(Shape):
    """An item of the negative list."""

    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
    severity = Code(*SEVERITIES, required=True)
    event = Text(required=True)
    where = Where(load_default=dict)
    deduct = Exact(load_default=Decimal(0))
    max = Exact()
    ceiling = Identifier()
    veto = Identifier()
    binds = Listed(Code(*PERIOD_KINDS), load_default=lambda: ["month"])


class Bonus(Shape):
    """Points beyond the full marks."""

    max = Exact(required=True)
    items = Listed(Inner(BonusItem), required=True)


class Category(Shape):
    """Indicators under one maximum."""

    id = Identifier(required=True)
    title = Text(required=True)
    max = Exact(required=True)
    ref = Text()


class Gate(Shape):
    """A condition of a tier."""

    indicator = Identifier()
    category = Identifier()
    at_least = Exact()
    no_negative = Listed(Code(*SEVERITIES))
    in_ = Listed(Code(*PERIOD_KINDS), data_key="in")

    @validates_schema
    def _one_condition(self, loaded: dict[str, Any], **_: Any) -> None:
        points = [key for key in ("indicator", "category") if key in loaded]
        if "no_negative" in loaded:
            well = not points and "at_least" not in loaded
        else:
            well = len(points) == 1 and "at_least" in loaded
        if not well:
            raise invalid("gate.condition")


class Quota(Shape):
    """At most this share."""

    at_most = Percent(required=True)
    of = Code("due", "appraised", "ranked", required=True)
    rounding = Code("down", "up", "half_up", required=True)
    ties = Code("none_of_them", "tie_breaks", required=True)


class Tier(Shape):
    """A tier, best first; the last is otherwise."""

    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
    total_at_least = Exact()
    gates = Listed(Inner(Gate), load_default=list)
    quota = Inner(Quota)
    otherwise = Code("true")


class TieBreak(Shape):
    """What orders equal totals for seats."""

    indicator = Identifier()
    category = Identifier()
    order = Code("high_first", "low_first", required=True)

    @validates_schema
    def _one_key(self, loaded: dict[str, Any], **_: Any) -> None:
        if ("indicator" in loaded) == ("category" in loaded):
            raise invalid("tie_break.key")


class Bottom(Shape):
    """The last so many of a peer group."""

    bottom = Whole(least=1, required=True)
    of = Code("peer_group", required=True)
    ties = Code("all_of_them", "none_of_them", required=True)


class Outcome(Shape):
    """A named consequence."""

    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
    in_ = Code(*PERIOD_KINDS, required=True, data_key="in")
    when = Inner(Bottom, required=True)


class Rollup(Shape):
    """How a longer period is made of its parts."""

    min_periods = Whole(required=True)
    parts = Listed(Inner(Part), required=True)


class _AppliesTo(Shape):
    posts = Listed(Identifier(), required=True)
    under = Identifier(required=True)


class _Effective(Shape):
    from_ = PeriodText(required=True, data_key="from")


class _Periods(Shape):
    base = Code("month", required=True)
    rollups = Listed(Code("year"), required=True)
    timezone = Text(required=True)


class _Numbers(Shape):
    measure_decimals = Whole(most=6, required=True)
    step = Code("0.01", "0.1", "0.5", "1", required=True)


class _Total(Shape):
    full = Exact(required=True)
    min = Exact(required=True)
    max = Exact(required=True)


class _Participation(Shape):
    min_service_days = fields.Dict(keys=Code(*PERIOD_KINDS), values=Whole(), required=True)


class _PeerGroups(Shape):
    by = Listed(Identifier(), required=True)
    min_size = Whole(least=1, required=True)
    small_groups = Code("keep_apart", "pool_in_tenant", required=True)


class _Authority(Shape):
    title = Text()
    number = Text()
    issued = Text()


class Rulebook(Shape):
    """A whole rulebook."""

    rulebook = Identifier(required=True)
    version = Identifier(required=True)
    language = Code("1", required=True)
    title = Text(required=True)
    authority = Inner(_Authority)
    notes = Listed(Text(most=2000))
    subject = Code("worker", required=True)
    effective = Inner(_Effective, required=True)
    applies_to = Inner(_AppliesTo, required=True)
    assignment = Code("at_end", "longest", required=True)
    periods = Inner(_Periods, required=True)
    numbers = Inner(_Numbers, required=True)
    total = Inner(_Total, required=True)
    categories = Listed(Inner(Category), required=True)
    indicators = Listed(Inner(Indicator), required=True)
    bonus = Inner(Bonus)
    negative_list = Listed(Inner(NegativeItem), load_default=list)
    participation = Inner(_Participation, required=True)
    peer_groups = Inner(_PeerGroups, required=True)
    tiers = Listed(Inner(Tier), required=True)
    tie_breaks = Listed(Inner(TieBreak), load_default=list)
    rollup = Inner(type("Rollups", (Shape,), {"year": Inner(Rollup)}), load_default=dict)
    outcomes = Listed(Inner(Outcome), load_default=list)
