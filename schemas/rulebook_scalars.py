"""Fields of the rulebook language's shapes: whole numbers, shares, ranges, nodes that are one of several, names."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from schemas.faults import Fault, Slip, invalid
from schemas.fields import Exact, Identifier, Inner, Listed, Shape, Text

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_MESSAGES: dict[str, Any] = {"required": Fault("field.required"), "null": Fault("field.null")}


class Whole(fields.Field[int]):
    """A whole number from `least` to `most`, from text."""

    default_error_messages = _MESSAGES

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


class Many(fields.Field[Any]):
    """How many: a whole number, loaded as ("count", n), or a share, loaded as ("percent", p)."""

    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, Any]:
        if isinstance(value, str) and value.endswith("%"):
            return "percent", Percent().deserialize(value)
        return "count", Whole(least=1).deserialize(value)


class OneOf(fields.Field[Any]):
    """One of several ways to say a thing, loaded as (name, what it says).

    `nodes`: one key that is the name, under it what it says; `words`: a bare word that says all; `bare`: (name, field)
    for any other scalar; `shape`: (name, field) for any other object.
    """

    default_error_messages = _MESSAGES

    def __init__(
        self,
        nodes: dict[str, fields.Field[Any]] | None = None,
        words: tuple[str, ...] = (),
        bare: tuple[str, fields.Field[Any]] | None = None,
        shape: tuple[str, fields.Field[Any]] | None = None,
        **options: Any,
    ) -> None:
        """One of these."""
        super().__init__(**options)
        self.nodes, self.words, self.bare, self.shape = nodes or {}, words, bare, shape

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, Any]:
        if isinstance(value, str):
            if value in self.words:
                return value, None
            if self.bare:
                return self.bare[0], self.bare[1].deserialize(value)
        elif isinstance(value, dict) and len(value) == 1 and next(iter(value)) in self.nodes:
            return self._node(*next(iter(value.items())))
        elif isinstance(value, dict) and self.shape:
            return self.shape[0], self.shape[1].deserialize(value)
        said = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else value
        known = (*self.words, *self.nodes)
        raise invalid("node.unknown", slip=Slip(said, known), nodes=", ".join(known))

    def _node(self, name: str, inner: Any) -> tuple[str, Any]:
        try:
            return name, self.nodes[name].deserialize(inner)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None


class Short(Inner):
    """A shape of which one key may stand alone: `each: 0.5` for `each: {points: 0.5}`."""

    def __init__(self, key: str, shape: type[Shape], **options: Any) -> None:
        """The key that may stand alone."""
        super().__init__(shape, **options)
        self.key = key

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **options: Any) -> Any:
        if isinstance(value, dict):
            return super()._deserialize(value, attr, data, partial, **options)
        try:
            return super()._deserialize({self.key: value}, attr, data, partial, **options)
        except ValidationError as error:
            messages: Any = error.messages
            raise ValidationError(messages.get(self.key, messages)) from None


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


class Named(Shape):
    """What every item, tier and outcome says of itself; `ref` is its place in the regulation."""

    id = Identifier(required=True)
    title = Text(required=True)
    ref = Text()
