"""Take (§4): which number, or which values, an indicator reads from the facts of a subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.facts import Fact, Facts, Value


@dataclass(frozen=True)
class Reading:
    """What `take` found: the values for `give`, none of them without data, and how many events were counted.

    All nodes find one value, but for `level` (the values among which the points choose) and `each_event`.
    """

    values: tuple[Value, ...]
    count: int


def take(node: dict[str, Any], facts: Facts, month_totals: Sequence[Fraction]) -> Reading:
    """The reading of a `take` node; `month_totals` are what `mean_of` averages, in a roll-up."""
    [(word, inner)] = node.items()
    match word:
        case "count":
            return _count(inner, facts)
        case "sum" | "mean":
            return _sum_or_mean(word, inner, facts)
        case "ratio":
            return _ratio(inner, facts)
        case "level" | "each_event" | "given":
            counted = facts.counted(inner, facts.field_of(inner))
            return Reading(_chosen(word, inner, counted), len(counted))
        case "mean_of":
            total = sum(month_totals, Fraction(0))
            mean = (total / len(month_totals),) if month_totals else ()
            return Reading(mean, len(month_totals))
    raise ValueError(f"no such node: {word}")


def _count(node: dict[str, Any], facts: Facts) -> Reading:
    counted = facts.counted(node, node.get("distinct"))
    return Reading((_how_many(node, counted),) if counted else (), len(counted))


def _sum_or_mean(word: str, node: dict[str, Any], facts: Facts) -> Reading:
    counted = facts.counted(node, facts.field_of(node))
    if len(counted) < int(node.get("at_least_n", 1)):
        return Reading((), len(counted))
    total = sum(_numbers(counted), Fraction(0))
    return Reading((total if word == "sum" else total / len(counted),), len(counted))


def _ratio(node: dict[str, Any], facts: Facts) -> Reading:
    (num, num_count), (den, den_count) = (_side(node[side], facts) for side in ("num", "den"))
    return Reading((num / den,) if den > 0 else (), num_count + den_count)


def _side(node: dict[str, Any], facts: Facts) -> tuple[Fraction, int]:
    """One side of a ratio, a sum where it names a field and else a count, and its number of events."""
    if "field" in node:
        counted = facts.counted(node, node["field"])
        return sum(_numbers(counted), Fraction(0)), len(counted)
    counted = facts.counted(node, node.get("distinct"))
    return _how_many(node, counted), len(counted)


def _how_many(node: dict[str, Any], counted: list[Fact]) -> Fraction:
    return Fraction(len({fact.value for fact in counted}) if "distinct" in node else len(counted))


def _chosen(word: str, node: dict[str, Any], counted: list[Fact]) -> tuple[Value, ...]:
    if word == "given" or node.get("pick") == "latest":
        counted = _latest(counted)
    return tuple(fact.value for fact in counted if fact.value is not None)


def _latest(counted: list[Fact]) -> list[Fact]:
    """The facts of the last instant: several, when they share it."""
    last = max((fact.instant for fact in counted), default=None)
    return [fact for fact in counted if fact.instant == last]


def _numbers(counted: list[Fact]) -> list[Fraction]:
    return [fact.value for fact in counted if isinstance(fact.value, Fraction)]
