"""Many copies of a small world side by side in one tenant, none of which moves another.

Each copy lies in a cell of its own: an organisation of the kind `cell`, with the whole tree of the world below it.
Ranks, pools, lists and comparisons stay inside a cell, so that every copy must come out the same, whatever reached it
in which order. One refresh serves all copies, which is what makes thousands of orders affordable.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from service import canonical
from tests.oracle.generate.texts import Node
from tests.oracle.strategies import World

ROOT = "all"
_TEXTS = ("case", "household")


def copied(world: World, count: int) -> World:
    """The world so many times; with a count of one, what each copy must come to."""
    numbers = range(count)
    return replace(
        world,
        rulebook=_confined(world.rulebook, count),
        others=tuple(_confined(book, count) for book in world.others),
        roster={
            "organisations": [
                {"id": ROOT, "kind": ROOT, "parent": None},
                *(one for n in numbers for one in _cell(world, n)),
            ],
            "workers": [_worker(one, n) for n in numbers for one in world.roster["workers"]],
        },
        events=[event for n in numbers for event in events_of(world, n)],
    )


def events_of(world: World, number: int) -> list[Node]:
    """The events of one copy, in the order of the world's; where ids decide, theirs do as the world's own would."""
    names = [(f"e{n}:{number}", "grid-app") for n in range(len(world.events))]
    by_id = sorted(names, key=lambda name: canonical.event_id(name[1], name[0]))
    ranks = sorted(range(len(world.events)), key=lambda n: canonical.event_id("grid-app", world.events[n]["id"]))
    ids = {n: name for n, (name, _) in zip(ranks, by_id, strict=True)}
    return [
        {
            **event,
            "id": ids[n],
            "subject": f"{event['subject']}:{number}",
            "data": {key: f"{v}:{number}" if key in _TEXTS else v for key, v in event["data"].items()},
        }
        for n, event in enumerate(world.events)
    ]


def copy_of(name: str) -> int:
    """Which copy an id belongs to."""
    return int(name.rpartition(":")[2])


def without_copy(value: Any) -> Any:
    """A value with the numbers of copies taken out of its texts."""
    if isinstance(value, list | tuple):
        return [without_copy(inner) for inner in value]
    return re.sub(r":\d+\b", "", value) if isinstance(value, str) else value


def _cell(world: World, number: int) -> Iterator[Node]:
    yield {"id": f"cell:{number}", "kind": "cell", "parent": ROOT}
    for one in world.roster["organisations"]:
        yield {**one, "id": f"{one['id']}:{number}", "parent": f"{one['parent'] or 'cell'}:{number}"}


def _worker(worker: Node, number: int) -> Node:
    assignments = [{**one, "organisation": f"{one['organisation']}:{number}"} for one in worker["assignments"]]
    return {**worker, "id": f"{worker['id']}:{number}", "assignments": assignments}


def _confined(rulebook: Node, count: int) -> Node:
    """The rulebook over all cells, with nothing in it that reaches from one into another."""
    book = deepcopy(rulebook)
    book["applies_to"]["under"] = ROOT
    if "except" in book["applies_to"]:
        book["applies_to"]["except"] = [f"{one}:{n}" for n in range(count) for one in book["applies_to"]["except"]]
    book["peer_groups"]["by"] = ["cell", *book["peer_groups"]["by"]]
    book["peer_groups"]["small_groups"] = "keep_apart"
    for one in book.get("lists", []):
        one["by"] = ["cell", *one["by"]]
    _confine(book)
    return book


def _confine(node: Any) -> None:
    """Compare within the group, share by a text of the copy's own, and ask for no text by name."""
    if isinstance(node, list):
        for inner in node:
            _confine(inner)
    if not isinstance(node, dict):
        return
    if "compare" in node:
        node["compare"]["within"] = "peer_group"
    if "share" in node:
        node["share"]["per"] = "case"
    if "where" in node:
        node["where"] = {key: value for key, value in node["where"].items() if key not in _TEXTS}
        if not node["where"]:
            del node["where"]
    for inner in node.values():
        _confine(inner)
