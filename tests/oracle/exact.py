"""Numbers (§2): exact fractions, and the one way in which they are rounded."""

from decimal import Decimal
from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)


def exact(value: str | int | Decimal | Fraction) -> Fraction:
    """The number that a decimal, or its text, denotes."""
    return Fraction(str(value))


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
