"""The shape of a rulebook: every part of it, typed from text.

Checks here need one place of the document alone; how its parts fit together is checked by service.rulebooks.lint.
"""

from decimal import Decimal
from typing import Any

from marshmallow import validates_schema

from schemas.faults import invalid
from schemas.fields import Code, Exact, Identifier, Inner, Keyed, Listed, PeriodText, Shape, Text
from schemas.rulebook_nodes import GIVE, NO_DATA, TAKE, OneOf, Percent, Where, Whole

PERIOD_KINDS = ("month", "year")
SEVERITIES = ("minor", "serious", "grave")


class _Item(Shape):
    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
    min = Exact()
    max = Exact()


class Indicator(_Item):
    """What is taken, and what is given for it."""

    category = Identifier(required=True)
    take = OneOf(TAKE, required=True)
    give = OneOf(GIVE, ("as_is",), required=True)
    max = Exact(required=True)
    no_data = OneOf(**NO_DATA, required=True)


class BonusItem(_Item):
    """An indicator without a category."""

    take = OneOf(TAKE, required=True)
    give = OneOf(GIVE, ("as_is",), required=True)
    no_data = OneOf(**NO_DATA, load_default=("zero", None))


class Part(_Item):
    """A part of a roll-up."""

    take = OneOf({**TAKE, "mean_of": Code("month")}, required=True)
    give = OneOf(GIVE, ("as_is",), load_default=("as_is", None))
    weight = Percent(required=True)
    no_data = OneOf(**NO_DATA, required=True)


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
    min_service_days = Keyed(keys=Code(*PERIOD_KINDS), values=Whole(), required=True)


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
