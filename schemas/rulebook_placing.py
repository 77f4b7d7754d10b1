"""The shape of what makes places of totals: restrictions, tiers with gates and quotas, lists, tie-breaks, outcomes."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.faults import invalid
from schemas.fields import MESSAGES, Code, Exact, Identifier, Inner, Keyed, Listed, Shape, Text
from schemas.rulebook_conditions import Condition
from schemas.rulebook_giving import GIVE, GIVE_WORDS
from schemas.rulebook_nodes import PERIOD_KINDS
from schemas.rulebook_scalars import Named, OneOf, Percent, Where, Whole

NO_TIER_REASONS = ("probation", "long_leave", "under_investigation", "under_sanction", "other")
EFFECTS = ("deduct", "ceiling", "tier", "no_tier", "bonus")


class Restriction(Named):
    """What follows for the points or the tier when a condition holds."""

    when = Condition(required=True)
    in_ = Listed(Code(*PERIOD_KINDS), data_key="in")
    deduct = Exact()
    ceiling = Identifier()
    tier = Identifier()
    no_tier = Code(*NO_TIER_REASONS)
    bonus = Code("ignored")

    @validates_schema
    def _one_effect(self, loaded: dict[str, Any], **_: Any) -> None:
        if sum(effect in loaded for effect in EFFECTS) != 1:
            raise invalid("restriction.effect", effects=", ".join(EFFECTS))


class _Narrowed(Shape):
    in_ = Listed(Code(*PERIOD_KINDS), data_key="in")


class Gate(fields.Field[Any]):
    """A condition of a tier, `in` beside its words; loaded as {when, in_}."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:
        narrowed = {"in": value["in"]} if isinstance(value, dict) and "in" in value else {}
        asked = {key: said for key, said in value.items() if key != "in"} if narrowed else value
        loaded: dict[str, Any] = {}
        faults: dict[str, Any] = {}
        try:
            loaded["when"] = Condition().deserialize(asked)
        except ValidationError as error:
            faults |= error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
        try:
            loaded |= _Narrowed().load(narrowed)
        except ValidationError as error:
            faults |= error.messages_dict
        if faults:
            raise ValidationError(faults)
        return loaded


class Quota(Shape):
    """At most, at least or about so many."""

    at_most = OneOf({"measure": Identifier()}, bare=("percent", Percent()))
    seats = Whole()
    at_least = Percent()
    about = Percent()
    of = Code("due", "appraised", "ranked")
    rounding = Code("down", "up", "half_up")
    ties = Code("none_of_them", "tie_breaks", "all_of_them")

    @validates_schema
    def _one_kind(self, loaded: dict[str, Any], **_: Any) -> None:
        kinds = [kind for kind in ("at_most", "seats", "at_least", "about") if kind in loaded]
        if len(kinds) != 1:
            raise invalid("quota.kind")
        ties = {"at_least": ("none_of_them", "all_of_them"), "about": (None,)}.get(
            kinds[0], ("none_of_them", "tie_breaks")
        )
        needed = {"seats": set(), "about": {"of"}}.get(kinds[0], {"of", "rounding"})
        if loaded.get("ties") not in ties or {"of", "rounding"} & set(loaded) != needed:
            raise invalid("quota.words", kind=kinds[0])


class Tier(Named):
    """A tier, best first; the last is otherwise."""

    total_at_least = OneOf({"measure": Identifier()}, bare=("points", Exact()))
    gates = Listed(Gate(), load_default=list)
    quota = Inner(Quota)
    otherwise = Code("true")


class TieBreak(Shape):
    """What orders equal totals for seats."""

    indicator = Identifier()
    category = Identifier()
    measure = Identifier()
    order = Code("high_first", "low_first", required=True)

    @validates_schema
    def _one_key(self, loaded: dict[str, Any], **_: Any) -> None:
        if sum(key in loaded for key in ("indicator", "category", "measure")) != 1:
            raise invalid("tie_break.key")


class RankedList(Named):
    """A further list of the ranked."""

    by = Listed(Identifier(), required=True)
    posts = Listed(Identifier())
    kinds = Listed(Identifier())
    method = Code("competition", "dense", required=True)


class Used(Shape):
    """The events of the tenant that have used up seats, whomever they are about."""

    event = Text(required=True)
    where = Where(load_default=dict)
    window = OneOf({"last": Whole(least=1, most=600)}, ("year",), required=True)


class Choose(Shape):
    """Who of the candidates is chosen: so many, or a share of the members."""

    seats = Whole(least=1)
    share = Percent()
    of = Code("due", "appraised", "ranked")
    rounding = Code("down", "up", "half_up")
    among = Identifier(required=True)
    ties = Code("none_of_them", "all_of_them", "tie_breaks", required=True)
    used = Inner(Used)

    @validates_schema
    def _seats_or_a_share(self, loaded: dict[str, Any], **_: Any) -> None:
        if {"seats", "share", "of", "rounding"} & set(loaded) not in ({"seats"}, {"share", "of", "rounding"}):
            raise invalid("choose.words")


class Outcome(Named):
    """A named consequence."""

    in_ = Code(*PERIOD_KINDS, required=True, data_key="in")
    when = Condition(placed=True)
    choose = Inner(Choose)
    value = OneOf({"tier": Keyed(keys=Identifier(), values=Exact()), "total": OneOf(GIVE, GIVE_WORDS)})
