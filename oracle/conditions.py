"""Conditions (§11, §15): what may be asked of a subject.

An answer is yes, no, or None where a measure that is unmet leaves it open: what is open doesn't hold, and
neither does its opposite.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oracle.exact import exact
from oracle.setting import Node

Answer = bool | None
Value = tuple[Fraction | None, str | None]
# What only the placement can answer; the conditions before it never ask.
Placement = Callable[[Node], bool]


@dataclass(frozen=True)
class Figures:
    """What conditions ask of a subject: the points of items after caps, of categories, and its measures.

    `negatives` are the items of the negative list of which an event counts in the period, by id with their severity.
    """

    points: dict[str, Fraction]
    categories: dict[str, Fraction]
    measures: dict[str, Value]
    post: str
    negatives: dict[str, str]
    without_data: frozenset[str]

    def number(self, reference: Node) -> Fraction | None:
        """The number of the indicator, category or measure that is named."""
        if "indicator" in reference:
            return self.points[reference["indicator"]]
        if "category" in reference:
            return self.categories[reference["category"]]
        return self.measures[reference["measure"]][0]


def holds(condition: Any, figures: Figures, placement: Placement | None = None) -> bool:
    """Whether a condition holds, or each one of a list."""
    return answer(condition, figures, placement) is True


def answer(condition: Any, figures: Figures, placement: Placement | None = None) -> Answer:
    """Yes, no, or open."""
    if isinstance(condition, list):
        return _all([answer(one, figures, placement) for one in condition])
    if "all" in condition or "any" in condition:
        inner = [answer(one, figures, placement) for one in condition.get("all") or condition["any"]]
        return _all(inner) if "all" in condition else _any(inner)
    if "not" in condition:
        return _not(answer(condition["not"], figures, placement))
    if "posts" in condition:
        return figures.post in condition["posts"]
    if "negative" in condition:
        return condition["negative"] in figures.negatives
    if "no_negative" in condition:
        return not set(condition["no_negative"]) & set(figures.negatives.values())
    if "no_data" in condition:
        return condition["no_data"] in figures.without_data
    if "is" in condition:
        code = figures.measures[condition["measure"]][1]
        return None if code is None else code in condition["is"]
    if "at_least" in condition or "below" in condition:
        return _compares(condition, figures.number(condition))
    return _asked_of(placement, condition)


def settled(
    condition: Any, figures: Figures, placement: Placement, lacking: frozenset[str], is_turned: bool = False
) -> Answer:
    """Yes, no, or open: whatever asks for one of the lacking measures is open, what is unmet otherwise doesn't hold.

    Turned, it is the opposite that is asked.
    """
    if isinstance(condition, list):
        condition = {"all": condition}
    if "not" in condition:
        return settled(condition["not"], figures, placement, lacking, not is_turned)
    if "all" in condition or "any" in condition:
        parts = condition.get("all") or condition["any"]
        inner = [settled(one, figures, placement, lacking, is_turned) for one in parts]
        return _all(inner) if ("all" in condition) != is_turned else _any(inner)
    if condition.get("measure") in lacking:
        return None
    said = answer(condition, figures, placement)
    return said is not None and said != is_turned


def measures_in(condition: Any) -> list[str]:
    """The measures whose number or code a condition asks for, each once, as they are named."""
    if isinstance(condition, list):
        return list(dict.fromkeys(name for one in condition for name in measures_in(one)))
    inner = [part for word in ("all", "any", "not") if (part := condition.get(word))]
    return measures_in(inner) if inner else [condition["measure"]] if "measure" in condition else []


def _asked_of(placement: Placement | None, condition: Node) -> Answer:
    if placement is None:
        raise ValueError(f"no such condition before the placement: {condition}")
    return placement(condition)


def _compares(condition: Node, number: Fraction | None) -> Answer:
    if number is None:
        return None
    return ("at_least" not in condition or number >= exact(condition["at_least"])) and (
        "below" not in condition or number < exact(condition["below"])
    )


def _all(answers: list[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def _any(answers: list[Answer]) -> Answer:
    return True if True in answers else None if None in answers else False


def _not(one: Answer) -> Answer:
    return None if one is None else not one
