"""Numbers (§3): exact fractions, and the few ways in which they are rounded and held."""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

HALF = Fraction(1, 2)
DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")


def exact(value: str | int | Decimal | Fraction) -> Fraction:
    """The number that a decimal, or its text, denotes."""
    return Fraction(str(value))


def is_decimal(text: str) -> bool:
    """Whether a text is a decimal of the language."""
    return DECIMAL.fullmatch(text) is not None


def share(text: str) -> Fraction:
    """The fraction that a percentage denotes: `20%` is one fifth."""
    return exact(text.removesuffix("%")) / 100


def rounded(value: Fraction, step: Fraction) -> Fraction:
    """The multiple of `step` nearest to the value; a half goes away from zero."""
    steps = floor(abs(value) / step + HALF) * step
    return steps if value >= 0 else -steps


def decimals(places: str) -> Fraction:
    """The step of a number with so many decimals."""
    return Fraction(1, 10 ** int(places))


def held(value: Fraction, bounds: dict[str, str]) -> Fraction:
    """The value inside the `max` and the `min` of a node, where it has them."""
    value = min(value, exact(bounds["max"])) if "max" in bounds else value
    return max(value, exact(bounds["min"])) if "min" in bounds else value


def whole(value: Fraction, rounding: str) -> int:
    """A number of seats or of people: `down`, `up` or `half_up`."""
    return {"down": floor(value), "up": ceil(value), "half_up": floor(value + HALF)}[rounding]


def total(numbers: list[Fraction]) -> Fraction:
    """The sum, of none zero."""
    return sum(numbers, Fraction(0))
