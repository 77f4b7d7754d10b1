"""The nodes under `give` in the rulebook language: how a number, a code or a rank becomes points; and `compare`.

A node is loaded as (name, what it says); docs/rulebook-language.md §6 and §7 say what each means.
"""

from typing import Any

from marshmallow import fields, validates_schema

from schemas.faults import invalid
from schemas.fields import Code, Exact, Inner, Keyed, Listed, Shape, Text
from schemas.rulebook_scalars import Range, Short


class Each(Shape):
    """So many points for each unit."""

    points = Exact(required=True)
    per = Exact()
    units = Code("exact", "whole", "started", load_default="exact")
    over = Exact()
    under = Exact()
    start = Exact()

    @validates_schema
    def _a_unit_and_one_bound(self, loaded: dict[str, Any], **_: Any) -> None:
        if "per" in loaded and loaded["per"] <= 0:
            raise invalid("each.per")
        if "over" in loaded and "under" in loaded:
            raise invalid("each.bound")


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


class Ranks(Shape):
    """Points of the first, the second, …, and of those behind."""

    points = Listed(Exact(), required=True)
    others = Exact()


GIVE: dict[str, fields.Field[Any]] = {
    "each": Short("points", Each),
    "bands": Listed(Inner(Band)),
    "linear": Inner(Linear),
    "table": Keyed(keys=Text(), values=Exact()),
    "ranks": Short("points", Ranks),
}
GIVE_WORDS = ("as_is",)


class Compare(Shape):
    """The number among those of others."""

    as_ = Code("rank", "share_of_first", required=True, data_key="as")
    order = Code("high_first", "low_first", load_default="high_first")
    within = Code("peer_group", "cohort", required=True)
