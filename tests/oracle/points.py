"""Give (§4): how a number or a code becomes points. Exact: the line rounds, nothing here does."""

from fractions import Fraction
from typing import Any

from tests.oracle.exact import exact
from tests.oracle.facts import Value

# The one `give` that is a word is `as_is`.
Give = str | dict[str, Any]


def give(node: Give, value: Value) -> Fraction:
    """The exact points of one value."""
    if isinstance(node, str):
        return Fraction(value)
    [(word, inner)] = node.items()
    match word:
        case "each":
            return Fraction(value) * exact(inner)
        case "bands":
            return _bands(inner, Fraction(value))
        case "linear":
            return _linear(inner, Fraction(value))
        case "table":
            return exact(inner[_row(value)])
    raise ValueError(f"no such node: {word}")


def _bands(rows: list[dict[str, str]], number: Fraction) -> Fraction:
    reached = (row for row in rows if "otherwise" in row or number >= exact(row["at_least"]))
    return exact(next(reached)["points"])


def _linear(node: dict[str, list[str]], number: Fraction) -> Fraction:
    (a, b), (c, d) = (map(exact, node[side]) for side in ("from", "to"))
    held = min(max(number, a), b)
    return c + (held - a) * (d - c) / (b - a)


def _row(value: Value) -> str:
    """The key of a value in a table: a code as it is, a boolean as the rulebook writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
