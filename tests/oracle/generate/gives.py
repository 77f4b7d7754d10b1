"""Points for a number, a code or a rank (§7), with bounds that numbers of a small world meet exactly."""

from decimal import Decimal
from typing import Any

from tests.oracle.generate.texts import BOUNDS, Chance, Node, text


def give_number(chance: Chance, low: int = -2, high: int = 6) -> Any:
    """Any node for a number."""
    word = chance.weighted({"as_is": 2, "each": 5, "bands": 3, "linear": 2})
    if word == "as_is":
        return "as_is"
    if word == "each":
        return {"each": _each(chance, low, high)}
    if word == "linear":
        start, end = (text(bound) for bound in sorted(chance.sample(BOUNDS, 2)))
        return {"linear": {"from": [start, end], "to": [chance.rough(low, high), chance.rough(low, high)]}}
    bounds = chance.falling(BOUNDS, chance.randint(1, 3))
    rows: list[Node] = [{"at_least": text(bound), "points": chance.rough(low, high)} for bound in bounds]
    return {"bands": [*rows, {"otherwise": "true", "points": chance.rough(low, high)}]}


def _each(chance: Chance, low: int, high: int) -> Any:
    points = chance.rough(low, high // 2)
    if chance.rarely():
        return points
    said: Node = {"points": points}
    if chance.sometimes():
        said["per"] = chance.choice(["0.5", "1", "2", "3", "0.01", "100"])
    if chance.sometimes():
        said["units"] = chance.choice(["exact", "whole", "started"])
    if chance.sometimes():
        said[chance.choice(["over", "under"])] = text(chance.choice(BOUNDS))
    if chance.sometimes():
        said["start"] = chance.rough(low, high)
    return said


def give_code(chance: Chance, codes: list[str], low: int = -2, high: int = 6) -> Node:
    """A row for every code."""
    return {"table": {code: chance.rough(low, high) for code in codes}}


def give_rank(chance: Chance) -> Any:
    """The points of the first few; a rank is a number, too."""
    if chance.rarely():
        return give_number(chance)
    points = [text(Decimal(n)) for n in chance.falling([Decimal(n) for n in range(9)], chance.randint(1, 4))]
    if chance.sometimes():
        return {"ranks": points}
    return {"ranks": {"points": points, **({"others": chance.rough(-1, 3)} if chance.often() else {})}}
