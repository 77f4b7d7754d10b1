"""A world in which nobody's total depends on anybody else: every item with a relative word (§6) takes something else.

A code is taken from the roster instead, a number is a count of events; all else of the rulebook stays.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.oracle.generate.texts import Node, under
from tests.oracle.strategies import World

_KEPT = ("id", "title", "severity", "ceiling", "veto", "binds", "ref")


def alone(world: World) -> World:
    """The world without relative words."""
    book = deepcopy(world.rulebook)
    event = next(name for name, declared in world.event_types.items() if declared["subject"] == book["subject"])
    for item in _items(book):
        if is_relative(item):
            _without_others(item, event)
    book["negative_list"] = [_plain(item, event) for item in book.get("negative_list", [])]
    return replace(world, rulebook=book, others=())


def is_relative(node: Any) -> bool:
    """Whether one subject's events may move another's number through a word of the node (quotas aside)."""
    compared = any(True for word in ("compare", "share") for _ in under(word, node))
    return (
        compared or any(about != "subject" for about in under("about", node)) or any(map(_reads_others, _nodes(node)))
    )


def of_events(world: World) -> World:
    """The world whose base sheets take nothing from results: what they say depends on events and the roster alone."""
    book = deepcopy(world.rulebook)
    event = next(name for name, declared in world.event_types.items() if declared["subject"] == book["subject"])
    of_base = [*book["indicators"], *book.get("bonus", {}).get("items", [])]
    for item in [*of_base, *book.get("measures", []), *book.get("multipliers", [])]:
        if any(True for _ in under("results", item)):
            _without_others(item, event)
    return replace(world, rulebook=book)


def without(world: World, worker: str) -> World:
    """The world before somebody came."""
    kept = [one for one in world.roster["workers"] if one["id"] != worker]
    events = [event for event in world.events if event["subject"] != f"worker/{worker}"]
    return replace(world, roster={**world.roster, "workers": kept}, events=events)


def _items(book: Node) -> Iterator[Node]:
    """Everything that takes."""
    for sheet in (book, *book.get("rollup", {}).values()):
        yield from sheet.get("indicators", [])
        yield from sheet.get("parts", [])
        yield from sheet.get("bonus", {}).get("items", [])
    yield from book.get("measures", [])
    yield from book.get("multipliers", [])


def _nodes(node: Any) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for one in inner:
        yield from _nodes(one)


def _reads_others(node: Node) -> bool:
    """Results of others, and of one's own what others have a part in: ranks and tiers."""
    if "results" not in node:
        return False
    said = {"tier", "top", "rulebook"} & set(node) or node.get("of", "own") != "own"
    return bool(said) or node.get("read") in ("rank", "tier")


def _without_others(item: Node, event: str) -> None:
    """Take a code where there was one, else a number."""
    give = item.get("give", "as_is")
    is_code = "table" in give or (give == "as_is" and _takes_code(item["take"]))
    item["take"] = {"attribute": {"name": "certificate"}} if is_code else {"count": {"event": event}}
    if is_code:
        item.pop("prorate", None)
    if "compare" in item:
        del item["compare"]
    if "ranks" in give:
        item["give"] = "as_is"


def _takes_code(take: Any) -> bool:
    """Whether what is taken is a code, of events or of results."""
    if not isinstance(take, dict):
        return False
    ((word, node),) = take.items()
    if not isinstance(node, dict):
        return False
    if node.get("read") == "tier" or word == "plurality":
        return True
    return (
        word in ("latest", "best", "worst")
        and node.get("field") in ("kind", "grade", "voter", "decision")
        and ("value" not in node)
    )


def _plain(item: Node, event: str) -> Node:
    """An item of the negative list that asks for nobody else."""
    if not is_relative(item):
        return item
    return {**{key: item[key] for key in _KEPT if key in item}, "event": event, "deduct": "1"}
