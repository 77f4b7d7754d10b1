"""Give (§7): how a number or a code becomes points. Exact: the line rounds, nothing here does."""

from fractions import Fraction
from math import ceil, floor
from typing import Any

from oracle.exact import exact

# The one `give` that is a word is `as_is`.
Give = str | dict[str, Any]


def give(node: Give, number: Fraction | None, code: str | None) -> Fraction | None:
    """The exact points of a number or a code; None for a code without points."""
    if code is not None:
        return _row_of(node, code)
    if number is None or isinstance(node, str):
        return number
    [(word, inner)] = node.items()
    match word:
        case "each":
            return _each(inner if isinstance(inner, dict) else {"points": inner}, number)
        case "bands":
            return _bands(inner, number)
        case "linear":
            return _linear(inner, number)
        case "ranks":
            return _ranks(inner if isinstance(inner, dict) else {"points": inner}, number)
    raise ValueError(f"no points for a number: {word}")


def _row_of(node: Give, code: str) -> Fraction | None:
    rows = node.get("table", {}) if isinstance(node, dict) else {}
    return exact(rows[code]) if code in rows else None


def _each(node: dict[str, str], number: Fraction) -> Fraction:
    if "over" in node:
        number = max(number - exact(node["over"]), Fraction(0))
    if "under" in node:
        number = max(exact(node["under"]) - number, Fraction(0))
    units = _units(number / exact(node.get("per", "1")), node.get("units", "exact"))
    return exact(node.get("start", "0")) + exact(node["points"]) * units


def _units(exactly: Fraction, word: str) -> Fraction:
    """So many units: a begun one counts in proportion, not, or in full; below zero as above it."""
    if word == "exact":
        return exactly
    size = floor(abs(exactly)) if word == "whole" else ceil(abs(exactly))
    return Fraction(size if exactly >= 0 else -size)


def _bands(rows: list[dict[str, str]], number: Fraction) -> Fraction:
    reached = (row for row in rows if "otherwise" in row or number >= exact(row["at_least"]))
    return exact(next(reached)["points"])


def _linear(node: dict[str, list[str]], number: Fraction) -> Fraction:
    (a, b), (c, d) = (map(exact, node[side]) for side in ("from", "to"))
    inside = min(max(number, a), b)
    return c + (inside - a) * (d - c) / (b - a)


def _ranks(node: dict[str, Any], rank: Fraction) -> Fraction:
    behind = exact(node.get("others", "0"))
    return exact(node["points"][int(rank) - 1]) if rank <= len(node["points"]) else behind
