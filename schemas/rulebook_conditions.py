"""Conditions: what gates, restrictions and outcomes ask. Loaded as (name, what it says); a list means all of it.

docs/rulebook-language.md §11 and §15 say what each means.
"""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.faults import Fault, Slip, invalid
from schemas.fields import Code, Exact, Identifier, Inner, Listed, Shape, Text
from schemas.rulebook_scalars import Many

SEVERITIES = ("minor", "serious", "grave")


class Bare(list[Any]):
    """The conditions of a bare list, which have no `all` in their pointers."""


class _Points(Shape):
    """Points that are at least, or below, a bound."""

    at_least = Exact()
    below = Exact()

    @validates_schema
    def _one_test(self, loaded: dict[str, Any], **_: Any) -> None:
        if sum(key in loaded for key in ("at_least", "below", "is_")) != 1:
            raise invalid("condition.test")


class OfIndicator(_Points):
    """The points of an item."""

    indicator = Identifier(required=True)


class OfCategory(_Points):
    """The points of a category."""

    category = Identifier(required=True)


class OfMeasure(_Points):
    """The number or the code of a measure."""

    measure = Identifier(required=True)
    is_ = Listed(Text(), data_key="is")


class _Place(Shape):
    of = Identifier(required=True)
    ties = Code("all_of_them", "none_of_them", required=True)
    rounding = Code("down", "up", "half_up")


class Top(_Place):
    """The first so many."""

    top = Many(required=True)


class Bottom(_Place):
    """The last so many."""

    bottom = Many(required=True)


class Condition(fields.Field[Any]):
    """One condition, or a list of them; `placed` ones may ask for tier, total and place too."""

    default_error_messages: dict[str, Any] = {"required": Fault("field.required"), "null": Fault("field.null")}

    def __init__(self, placed: bool = False, **options: Any) -> None:
        """What may be asked before, or also after, the placement."""
        super().__init__(**options)
        self.placed = placed
        self.shapes = {"indicator": Inner(OfIndicator), "category": Inner(OfCategory), "measure": Inner(OfMeasure)}
        self.values: dict[str, fields.Field[Any]] = {
            "posts": Listed(Identifier()),
            "negative": Identifier(),
            "no_data": Identifier(),
            "no_negative": Listed(Code(*SEVERITIES)),
        }
        if placed:
            self.shapes |= {"top": Inner(Top), "bottom": Inner(Bottom)}
            self.values |= {"tier": Listed(Identifier()), "total_at_least": Exact(), "total_below": Exact()}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, Any]:
        if isinstance(value, list):
            return "all", Bare(self._each(value))
        if isinstance(value, dict):
            for name, shape in self.shapes.items():
                if name in value:
                    return name, shape.deserialize(value)
            if len(value) == 1:
                name, said = next(iter(value.items()))
                return self._single(name, said)
        raise self._unknown(next(iter(value), None) if isinstance(value, dict) else value)

    def _single(self, name: str, said: Any) -> tuple[str, Any]:
        try:
            if name in ("all", "any"):
                return name, self._each(said)
            if name == "not":
                return name, self._deserialize(said, None, None)
            if name in self.values:
                return name, self.values[name].deserialize(said)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None
        raise self._unknown(name)

    def _each(self, conditions: Any) -> list[Any]:
        if not isinstance(conditions, list) or not conditions:
            raise invalid("list.empty")
        loaded, faults = [], {}
        for n, condition in enumerate(conditions):
            try:
                loaded.append(self._deserialize(condition, None, None))
            except ValidationError as error:
                faults[n] = error.messages
        if faults:
            raise ValidationError(faults)
        return loaded

    def _unknown(self, said: Any) -> ValidationError:
        known = [*self.shapes, *self.values, "all", "any", "not"]
        return invalid("condition.unknown", slip=Slip(said, known), conditions=", ".join(known))
