"""A world whose base sheets take nothing but events that pass a filter: the short way from events to numbers.

Every item that needs the longer way counts events instead; conditions on its code ask for its number.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.oracle.generate.texts import Node
from tests.oracle.strategies import World

_SHORT = ("count", "sum", "mean", "ratio", "each_event")
_LONG = ("window", "lasts", "state", "once", "repeated", "share", "caps", "classes", "at_least_share", "value", "about")
_KEPT = ("id", "title", "severity", "ceiling", "veto", "binds", "ref")


def plain(world: World) -> World:
    """The world with plain base sheets, of which only the base periods are looked at."""
    book = deepcopy(world.rulebook)
    event = next(name for name, declared in world.event_types.items() if declared["subject"] == book["subject"])
    for item in [*book["indicators"], *book.get("bonus", {}).get("items", [])]:
        _shorten(item, event)
    for item in [*book.get("measures", []), *book.get("multipliers", [])]:
        _shorten(item, event)
    book["negative_list"] = [
        item if not _is_long(item) else _counted(item, event) for item in book.get("negative_list", [])
    ]
    return replace(world, rulebook=_asking_numbers(book), others=(), longer=[])


def _shorten(item: Node, event: str) -> None:
    take = item["take"]
    ((word, node),) = take.items() if isinstance(take, dict) else ((take, {}),)
    sides = [node["num"], node["den"]] if word == "ratio" else [node]
    if "compare" not in item and word in _SHORT and not any("results" in side or _is_long(side) for side in sides):
        return
    item.pop("compare", None)
    item["take"] = {"count": {"event": event}}
    if item.get("give", "as_is") != "as_is":
        # Counts are never below zero, so that other points might no longer come to what conditions ask.
        item["give"] = {"each": "1"}
    if isinstance(item.get("no_data"), dict) and "code" in item["no_data"]:
        item["no_data"] = "zero"


def _is_long(node: Node) -> bool:
    return any(word in node for word in _LONG)


def _counted(item: Node, event: str) -> Node:
    return {**{key: item[key] for key in _KEPT if key in item}, "event": event, "deduct": "1"}


def _asking_numbers(node: Any) -> Any:
    """No condition asks for a code."""
    if isinstance(node, list):
        return [_asking_numbers(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if "measure" in node and "is" in node:
        return {**{key: said for key, said in node.items() if key != "is"}, "at_least": "1"}
    return {key: _asking_numbers(inner) for key, inner in node.items()}
