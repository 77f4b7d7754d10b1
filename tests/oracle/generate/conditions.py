"""Conditions (§11, §15) on what the rulebook has: one, several, nested, and in outcomes on what the placement said."""

from decimal import Decimal
from typing import Any

from tests.oracle.generate.setting import Setting
from tests.oracle.generate.texts import BOUNDS, Node, text

Condition = tuple[Any, set[str]]


def condition(s: Setting, sheets: set[str], depth: int = 2) -> Condition:
    """A condition, and the kinds of period whose sheets have everything that it names; some in any of `sheets`."""
    chance = s.chance
    if depth and chance.random() < 0.35:
        word = chance.choice(["all", "any", "not", "list"])
        inner = [condition(s, sheets, depth - 1) for _ in range(1 if word == "not" else chance.choice([1, 2, 2, 3]))]
        said = [one for one, _ in inner]
        known = set.intersection(*(kinds for _, kinds in inner))
        if word == "list":
            return said, known
        return {word: said[0] if word == "not" else said}, known
    return _leaf(s, sheets)


def _leaf(s: Setting, sheets: set[str]) -> Condition:
    chance, names, everywhere = s.chance, s.names, set(s.kinds)
    words = {"indicator": 4, "posts": 2}
    words |= {"category": 2} if s.base in sheets else {}
    words |= {"number": 5} if _fitting(names.numbers, sheets) else {}
    words |= {"code": 5} if _fitting({name: kinds for name, (kinds, _) in names.codes.items()}, sheets) else {}
    measured = {**names.numbers, **{name: kinds for name, (kinds, _) in names.codes.items()}}
    words |= {"no_data": 1} if _fitting(measured, sheets) else {}
    words |= {"negative": 3, "no_negative": 3} if names.negatives else {}
    match chance.weighted(words):
        case "indicator":
            return _points(s, sheets)
        case "category":
            name, most = chance.choice(list(names.categories.items()))
            return {"category": name, **asked(s, chance.on_step(s.step, 0, max(1, int(most))), most)}, {s.base}
        case "number":
            name = chance.choice(_fitting(names.numbers, sheets))
            return {"measure": name, **asked(s, chance.choice(BOUNDS))}, names.numbers[name]
        case "code":
            name = chance.choice(_fitting({name: kinds for name, (kinds, _) in names.codes.items()}, sheets))
            kinds, codes = names.codes[name]
            return {"measure": name, "is": chance.some(codes, 1, max(1, len(codes) - 1))}, kinds
        case "negative":
            return {"negative": chance.choice(list(names.negatives))}, everywhere
        case "no_data":
            name = chance.choice(_fitting(measured, sheets))
            return {"no_data": name}, measured[name]
        case "no_negative":
            return {"no_negative": chance.some(sorted(set(names.negatives.values())))}, everywhere
    return {"posts": chance.some(s.places, 1, 2)}, everywhere


def _fitting(named: dict[str, set[str]], sheets: set[str]) -> list[str]:
    return [name for name, kinds in named.items() if kinds & sheets]


def _points(s: Setting, sheets: set[str]) -> Condition:
    """The points of an item, asked for something that it can reach."""
    here = {name: item for name, item in s.names.items.items() if item[0] & sheets} or s.names.items
    name = s.chance.choice(list(here))
    kinds, most = here[name]
    bound = s.chance.on_step(s.step, 0, 4 if most is None else max(1, int(most)))
    return {"indicator": name, **asked(s, bound, most)}, kinds


def asked(s: Setting, bound: Decimal, most: Decimal | None = None) -> Node:
    """At least, or below, a bound."""
    return {s.chance.choice(["at_least", "below"]): text(bound if most is None else min(bound, most))}


def narrowed(s: Setting, known: set[str], likely: float) -> Node:
    """`in`, now and then: only kinds of period that have what is asked for."""
    if not known or s.chance.random() > likely:
        return {}
    return {"in": s.chance.some(sorted(known))}


def placed(s: Setting, kind: str, totals: list[Decimal], depth: int = 2) -> Any:
    """A condition of an outcome, most of them on the placement."""
    chance = s.chance
    if depth and chance.random() < 0.25:
        word = chance.choice(["all", "any", "not", "list"])
        inner = [placed(s, kind, totals, depth - 1) for _ in range(1 if word == "not" else 2)]
        return inner if word == "list" else {word: inner[0] if word == "not" else inner}
    if "m-history" in s.names.numbers and chance.sometimes():
        return {"measure": "m-history", **asked(s, chance.choice([Decimal(1), Decimal(2)]))}
    match chance.choice(["tier", "total", "place", "place", "before"]):
        case "tier":
            return {"tier": chance.some(s.tiers, 1, 2)}
        case "total":
            return {chance.choice(["total_at_least", "total_below"]): text(chance.choice(totals))}
        case "place":
            return _place(s)
    return condition(s, {kind}, depth=0)[0]


def _place(s: Setting) -> Node:
    """The first or the last few, of the peer group or of a list."""
    chance = s.chance
    of = chance.choice(s.names.lists) if s.names.lists and chance.sometimes() else "peer_group"
    many = chance.choice(["1", "1", "2", "3", "10%", "30%", "50%", "33.33%"])
    rounding = {"rounding": chance.choice(["down", "up", "half_up"])} if "%" in many else {}
    ties = chance.choice(["all_of_them", "none_of_them"])
    return {chance.choice(["top", "bottom"]): many, "of": of, "ties": ties} | rounding
