"""Fields that several shapes share: exact decimals, ids, instants, days, periods, text."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from marshmallow import Schema, ValidationError, fields

from schemas.faults import Fault, Slip, invalid

MESSAGES: dict[str, Any] = {
    "required": Fault("field.required"),
    "null": Fault("field.null"),
    "invalid": Fault("field.invalid"),
    "validator_failed": Fault("field.invalid"),
    "type": Fault("field.object"),
    "unknown": Fault("field.unknown"),
}
_IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?")
_IDENTITY_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
# One decimal has one text, but for trailing zeros: whoever compares contents must read it as intake does.
DECIMAL_TEXT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?")
_LONG_DECIMAL_TEXT = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?")
# Hours and minutes are named, because what Python takes for them differs from version to version.
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_MINUTE = re.compile(rf"\d{{4}}-\d\d-\d\d[Tt]{_CLOCK}", re.ASCII)
_PAST_THE_HOUR = frozenset(f":{minute:02}:{second:02}" for minute in range(60) for second in range(60))
_FRACTION = re.compile(r"\.(\d{1,6})", re.ASCII)
_OFFSET = re.compile(rf"[Zz]|[+-]{_CLOCK}", re.ASCII)
_WHOLE_HOURS = frozenset(["Z", "z", *(f"{sign}{hours:02}:00" for sign in "+-" for hours in range(24))])
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PERIOD = re.compile(r"(?:19|[2-9]\d)\d\d(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?", re.ASCII)


class Shape(Schema):
    """A schema whose messages are faults and which refuses unknown keys."""

    error_messages = MESSAGES

    class Meta:
        """Unknown keys are errors."""

        unknown = "raise"

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        """Of an unknown key, say which one may have been meant."""
        if not isinstance(error.messages, dict):
            return
        said = data if isinstance(data, dict) else {}
        unsaid = [key for name, field in self.fields.items() if (key := field.data_key or name) not in said]
        for key, messages in error.messages.items():
            if messages == [MESSAGES["unknown"]]:
                error.messages[key] = [Fault("field.unknown", Slip(key, unsaid), of_key=True)]


class _Field(fields.Field[Any]):
    default_error_messages = MESSAGES


class Text(_Field):
    """Text of 1 to `most` characters that the database can store."""

    def __init__(self, most: int = 255, **options: Any) -> None:
        """At most `most` characters."""
        super().__init__(**options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise invalid("text.expected")
        if not 1 <= len(value) <= self.most:
            raise invalid("text.length", most=self.most)
        if not storable(value):
            raise invalid("text.character")
        return value


def is_text(value: Any, most: int = 255) -> bool:
    """Whether `value` is text of 1 to `most` characters that the database can store."""
    # What can be printed can be stored, and is told in one step.
    return isinstance(value, str) and 1 <= len(value) <= most and (value.isprintable() or storable(value))


def storable(text: str) -> bool:
    """Whether the database can hold the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))


class Identifier(Text):
    """An opaque id of 1 to 64 letters, digits and . _ : -; never an 18-digit identity number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not _IDENTIFIER.fullmatch(text):
            raise invalid("id.malformed")
        return refuse_identity_number(text)


def refuse_identity_number(text: str) -> str:
    """The text, unless it looks like a person's identity number, which has no place in an id."""
    if _IDENTITY_NUMBER.fullmatch(text):
        raise invalid("id.personal")
    return text


class Code(Text):
    """One of a closed list of words."""

    def __init__(self, *words: str, **options: Any) -> None:
        """One of these words."""
        super().__init__(**options)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if text not in self.words:
            raise invalid("code.unknown", slip=Slip(text, self.words), codes=", ".join(self.words))
        return text


class Flag(_Field):
    """A JSON boolean."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise invalid("boolean.expected")
        return value


class Switch(_Field):
    """true or false in a query, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if value not in ("true", "false"):
            raise invalid("boolean.expected")
        return bool(value == "true")


class Exact(_Field):
    """A decimal with at most 18 digits before and 6 after the point, from text or a JSON number read as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        return exact(value)


def exact(value: Any) -> Decimal:
    """The decimal that `value` (int, Decimal or decimal text) is; ValidationError where it isn't exact."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise invalid("number.expected")
    if isinstance(value, str) and not DECIMAL_TEXT.fullmatch(value):
        raise invalid("number.inexact" if _LONG_DECIMAL_TEXT.fullmatch(value) else "number.expected")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise invalid("number.expected") from None
    if not number.is_finite():
        raise invalid("number.expected")
    if number and number.adjusted() >= 18:
        raise invalid("number.inexact")
    _, digits, exponent = number.as_tuple()
    if isinstance(exponent, int) and exponent < -6 and any(digits[max(len(digits) + exponent + 6, 0) :]):
        raise invalid("number.inexact")
    return number if number else Decimal(0)


def decimal_text(number: Decimal | int) -> str:
    """The shortest plain decimal text: 5 for 5.00, never an exponent, and zero without a sign."""
    text = format(number, "f") if number else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Instant(_Field):
    """A time with an offset (RFC 3339) and at most 6 fractional digits, as an aware datetime in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        return instant(value)


def instant(value: Any) -> datetime:
    """The time that `value` says, aware and in UTC; ValidationError where it isn't one with an offset."""
    return datetime.fromisoformat(utc_text(value))


def utc_text(value: Any) -> str:
    """The same as text, always with six digits, so that texts are in the order of their times."""
    if not isinstance(value, str) or (past_the_hour := value[13:19]) not in _PAST_THE_HOUR:
        raise invalid("time.malformed")
    fraction, offset = "000000", value[19:]
    if "." in offset and (found := _FRACTION.match(offset)):
        fraction, offset = f"{found[1]:0<6}", offset[found.end() :]
    if offset in _WHOLE_HOURS:
        return f"{_utc_hour(value[:13], offset)}{past_the_hour}.{fraction}+00:00"
    return f"{_utc_minute(value[:16], offset)}{value[16:19]}.{fraction}+00:00"


@lru_cache(maxsize=10_000)  # a year's; so few that they are near at hand
def _utc_hour(hour: str, offset: str) -> str:
    return _utc_minute(f"{hour}:00", offset)[:13]


def _utc_minute(minute: str, offset: str) -> str:
    if not _MINUTE.fullmatch(minute) or (offset and not _OFFSET.fullmatch(offset)):
        raise invalid("time.malformed")
    if not offset:
        raise invalid("time.naive")
    try:
        return datetime.fromisoformat(f"{minute}{offset}".upper()).astimezone(UTC).isoformat()[:16]
    except (ValueError, OverflowError):
        raise invalid("time.malformed") from None


class Day(_Field):
    """A calendar day, 2025-03-31."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise invalid("day.malformed")


class PeriodText(_Field):
    """A period: 2026-03, 2026-Q1, 2026-H1 or 2026."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not is_period(value):
            raise invalid("period.malformed")
        return str(value)


def is_period(value: Any) -> bool:
    """Whether `value` is the text of a period."""
    return isinstance(value, str) and bool(_PERIOD.fullmatch(value)) and not value.startswith("9999")


class Listed(fields.List[Any]):
    """A list of a field; every item's faults at its index."""

    default_error_messages: dict[str, Any] = {**MESSAGES, "invalid": Fault("field.list")}


class Inner(fields.Nested):
    """A shape inside a shape."""

    default_error_messages: dict[str, Any] = {**MESSAGES, "type": Fault("field.object")}


class Keyed(fields.Dict):
    """An object whose keys and values are fields; every fault at its key."""

    default_error_messages = {**MESSAGES, "invalid": Fault("field.object")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            flat = {key: faults.get("value") or _of_key(faults["key"]) for key, faults in error.messages.items()}
            raise ValidationError(flat) from None


def _of_key(faults: list[Any]) -> list[Any]:
    return [Fault(str(one), one.slip, True, **one.values) if isinstance(one, Fault) else one for one in faults]
