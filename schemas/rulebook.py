"""The shape of a rulebook: every part of it, typed from text.

Checks here need one place of the document alone; how its parts fit together is checked by service.rulebooks.lint.
"""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, pre_load

from schemas.faults import Fault
from schemas.fields import Code, Exact, Identifier, Inner, Keyed, Listed, PeriodText, Shape, Text
from schemas.rulebook_conditions import SEVERITIES
from schemas.rulebook_giving import GIVE, GIVE_WORDS, Compare
from schemas.rulebook_nodes import PERIOD_KINDS, TAKE, TAKE_WORDS, EachEvent
from schemas.rulebook_placing import Outcome, RankedList, Restriction, TieBreak, Tier
from schemas.rulebook_scalars import Named, OneOf, Percent, Whole

LANGUAGE = "1"
NO_DATA: dict[str, Any] = {"nodes": {"points": Exact()}, "words": ("zero", "full", "missing")}


class _Item(Named):
    take = OneOf(TAKE, TAKE_WORDS, required=True)
    compare = Inner(Compare)
    prorate = Code("service_days")
    give = OneOf(GIVE, GIVE_WORDS, required=True)
    min = Exact()
    max = Exact()


class Indicator(_Item):
    """What is taken, and what is given for it."""

    category = Identifier(required=True)
    max = Exact(required=True)
    no_data = OneOf(**NO_DATA, required=True)


class BonusItem(_Item):
    """An indicator without a category."""

    no_data = OneOf(**NO_DATA, load_default=("zero", None))


class Part(_Item):
    """A part of a roll-up."""

    give = OneOf(GIVE, GIVE_WORDS, load_default=("as_is", None))
    weight = Percent(required=True)
    no_data = OneOf(**NO_DATA, required=True)


class Multiplier(_Item):
    """A factor for the total or for a category."""

    of = Identifier(required=True)
    give = OneOf(GIVE, GIVE_WORDS, load_default=("as_is", None))
    no_data = OneOf({"points": Exact()}, required=True)
    in_ = Listed(Code(*PERIOD_KINDS), data_key="in")


class Measure(Named):
    """A number or code that conditions ask for."""

    take = OneOf(TAKE, TAKE_WORDS, required=True)
    compare = Inner(Compare)
    prorate = Code("service_days")
    give = OneOf(GIVE, GIVE_WORDS, load_default=("as_is", None))
    no_data = OneOf({"number": Exact(), "code": Text()}, ("zero", "unmet"), required=True)
    in_ = Listed(Code(*PERIOD_KINDS), data_key="in")


class NegativeItem(EachEvent):
    """An item of the negative list."""

    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
    severity = Code(*SEVERITIES, required=True)
    deduct = OneOf(GIVE, GIVE_WORDS, bare=("fixed", Exact()), load_default=("fixed", Decimal(0)))
    max = Exact()
    min = Exact()
    ceiling = Identifier()
    veto = Identifier()
    binds = Listed(Code(*PERIOD_KINDS))


class Bonus(Shape):
    """Points beyond the full marks."""

    max = OneOf(words=("none",), bare=("points", Exact()), required=True)
    into = Identifier()
    items = Listed(Inner(BonusItem), required=True)


class Category(Named):
    """Indicators, or other categories, under one maximum."""

    max = Exact(required=True)
    min = Exact()
    in_ = Identifier(data_key="in")
    counts = Code("sum", "mean", "best", "worst", load_default="sum")
    weight = Percent(load_default=Decimal(100))


class Rollup(Shape):
    """How a longer period is made of its parts."""

    min_periods = Whole(required=True)
    parts = Listed(Inner(Part), required=True)
    bonus = Inner(Bonus)


class _AppliesTo(Shape):
    posts = Listed(Identifier())
    kinds = Listed(Identifier())
    under = Identifier(required=True)
    except_ = Listed(Identifier(), load_default=list, data_key="except")


class _Effective(Shape):
    from_ = PeriodText(required=True, data_key="from")


class _Periods(Shape):
    base = Code(*PERIOD_KINDS, required=True)
    rollups = Listed(Code(*PERIOD_KINDS), required=True)
    timezone = Text(required=True)
    late = Code("refuse", "carry")
    late_days = Whole(most=366, load_default=0)


class _Notice(Shape):
    days = Whole(least=1, most=90, required=True)
    objection_days = Whole(least=1, most=90, required=True)
    answer_days = Whole(least=1, most=90, required=True)
    counted = Code("working", "calendar", required=True)


class _Numbers(Shape):
    measure_decimals = Whole(most=6, required=True)
    step = Code("0.01", "0.1", "0.5", "1", required=True)


class _Orders(Shape):
    bonus = Code("before_weights", "before_limit", "after_limit", required=True)
    quota = Code("before_ceilings", "after_ceilings", required=True)


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


class _LocalAdditions(Shape):
    items = Whole(least=1, required=True)
    points = Exact(required=True)
    into = Identifier(required=True)


class _Version(Shape):
    rulebook = Identifier(required=True)
    version = Identifier(required=True)


class _Header(Shape):
    rulebook = Identifier(required=True)
    version = Identifier(required=True)
    language = Code(LANGUAGE, required=True)
    title = Text(required=True)
    authority = Inner(_Authority)
    notes = Listed(Text(most=2000))
    effective = Inner(_Effective, required=True)
    applies_to = Inner(_AppliesTo, required=True)

    @pre_load
    def _language_is_known(self, said: Any, **_: Any) -> Any:
        """A newer language is the only finding: its words would all be called unknown."""
        language = said.get("language") if isinstance(said, dict) else None
        if isinstance(language, str) and re.fullmatch("[1-9][0-9]{0,8}", language) and language != LANGUAGE:
            raise ValidationError({"language": [Fault("language.newer", known=LANGUAGE)]})
        return said


class Extension(_Header):
    """A rulebook that is another one with items of its own."""

    extends = Inner(_Version, required=True)
    indicators = Listed(Inner(Indicator), required=True)


class Rulebook(_Header):
    """A whole rulebook."""

    subject = Code("worker", "organisation", required=True)
    assignment = Code("at_end", "longest", "split_by_days")
    periods = Inner(_Periods, required=True)
    notice = Inner(_Notice)
    numbers = Inner(_Numbers, required=True)
    orders = Inner(_Orders, required=True)
    total = Inner(_Total, required=True)
    categories = Listed(Inner(Category), required=True)
    indicators = Listed(Inner(Indicator), required=True)
    bonus = Inner(Bonus)
    negative_list = Listed(Inner(NegativeItem), load_default=list)
    multipliers = Listed(Inner(Multiplier), load_default=list)
    measures = Listed(Inner(Measure), load_default=list)
    restrictions = Listed(Inner(Restriction), load_default=list)
    participation = Inner(_Participation, required=True)
    peer_groups = Inner(_PeerGroups, required=True)
    lists = Listed(Inner(RankedList), load_default=list)
    tiers = Listed(Inner(Tier), required=True)
    tie_breaks = Listed(Inner(TieBreak), load_default=list)
    rollup = Inner(type("Rollups", (Shape,), {kind: Inner(Rollup) for kind in PERIOD_KINDS}), load_default=dict)
    outcomes = Listed(Inner(Outcome), load_default=list)
    local_additions = Inner(_LocalAdditions)
    extends = Inner(_Version)  # kept in what an extension was composed to
