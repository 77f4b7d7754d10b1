"""The nodes of the rulebook language: take (which number), give (how it becomes points), no_data, and their scalars.

What the nodes mean is in sql/queries/computation.sql; docs/rulebook-language.md §4 says it in words.
"""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.faults import Fault, invalid
from schemas.fields import Code, Exact, Inner, Keyed, Listed, Shape, Text

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


TAKE: dict[str, fields.Field[Any]] = {
    "count": Inner(Count),
    "sum": Inner(Sum),
    "mean": Inner(Mean),
    "ratio": Inner(Ratio),
    "level": Inner(Level),
    "each_event": Inner(Sum),
    "given": Inner(Sum),
}
GIVE: dict[str, fields.Field[Any]] = {
    "each": Exact(),
    "bands": Listed(Inner(Band)),
    "linear": Inner(Linear),
    "table": Keyed(keys=Text(), values=Exact()),
}
NO_DATA: dict[str, Any] = {"nodes": {"points": Exact()}, "words": ("zero", "full", "missing")}
