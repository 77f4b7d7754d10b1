"""The keys of answers: each is there unless it is `seldom`, and has a value unless it may be `null`."""

from typing import Any, TypedDict, Unpack

from marshmallow import Schema, fields

from schemas.fields import Code, Day, Exact, Flag, Instant, PeriodText

Key = fields.Field[Any]


class How(TypedDict, total=False):
    """Whether a key may be null, or left out, and what it is called where Python can't."""

    null: bool
    seldom: bool
    as_: str


def text(about: str = "", pattern: str = "", **how: Unpack[How]) -> Key:
    """Text."""
    options = _options(about, how)
    options["metadata"] |= {"pattern": pattern} if pattern else {}
    return fields.String(**options)


def word(*words: str, about: str = "", **how: Unpack[How]) -> Key:
    """One of these words."""
    return Code(*words, **_options(about, how))


def whole(about: str = "", **how: Unpack[How]) -> Key:
    """A whole number."""
    return fields.Integer(**_options(about, how))


def decimal(about: str = "", **how: Unpack[How]) -> Key:
    """A decimal as text."""
    return Exact(**_options(about, how))


def flag(about: str = "", **how: Unpack[How]) -> Key:
    """True or false."""
    return Flag(**_options(about, how))


def moment(about: str = "", **how: Unpack[How]) -> Key:
    """A time with its offset."""
    return Instant(**_options(about, how))


def day(about: str = "", **how: Unpack[How]) -> Key:
    """A calendar day."""
    return Day(**_options(about, how))


def period(about: str = "", **how: Unpack[How]) -> Key:
    """A period."""
    return PeriodText(**_options(about, how))


def event(about: str = "the id that the service gave it", **how: Unpack[How]) -> Key:
    """The id of an event, or of an objection."""
    return fields.UUID(**_options(about, how))


def digest(about: str = "SHA-256", **how: Unpack[How]) -> Key:
    """A SHA-256 in hexadecimal."""
    return text(about, "^[0-9a-f]{64}$", **how)


def subject(about: str = "", **how: Unpack[How]) -> Key:
    """Who is appraised, as events name it."""
    return text(about, "^(?:worker|organisation)/", **how)


def many(inner: Key | type[Schema], about: str = "", **how: Unpack[How]) -> Key:
    """A list of a key or of a shape."""
    return fields.List(_key(inner), **_options(about, how))


def inside(shape: type[Schema], about: str = "", **how: Unpack[How]) -> Key:
    """A shape."""
    return fields.Nested(shape, **_options(about, how))


def named(inner: Key | type[Schema], about: str = "", **how: Unpack[How]) -> Key:
    """An object of such values by names that no shape knows."""
    return fields.Dict(keys=fields.String(), values=_key(inner), **_options(about, how))


def free(about: str = "", **how: Unpack[How]) -> Key:
    """An object of any keys."""
    return fields.Dict(**_options(about, how))


def following() -> Key:
    """Where the next page begins."""
    return text("the `after` of the next page; null on the last", null=True)


def _key(inner: Key | type[Schema]) -> Key:
    return inner if isinstance(inner, fields.Field) else fields.Nested(inner)


def _options(about: str, how: How) -> dict[str, Any]:
    options: dict[str, Any] = {"required": not how.get("seldom"), "allow_none": how.get("null", False)}
    options["metadata"] = {"description": about} if about else {}
    return {**options, **({"data_key": how["as_"]} if "as_" in how else {})}
