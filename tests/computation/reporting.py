"""A disagreement as somebody reads it: the seed that makes the world again, what differs, and what was said of it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.oracle.generate.texts import Node
from tests.oracle.strategies import World

MOST = 8


def report(seed: int, world: World, period: str, wrong: list[str]) -> str:
    """The disagreements of one period, and the items, tiers and outcomes of the rulebook that they name."""
    more = [f"  … and {len(wrong) - MOST} more"] if len(wrong) > MOST else []
    words = {word.strip("'(),[];") for line in wrong for part in line.split() for word in part.split("=")}
    said = [f"    {json.dumps(node, ensure_ascii=False, default=str)}" for node in _named(world.rulebook, words)]
    return "\n".join([f"seed {seed}, {period}:", *(f"  {line}" for line in wrong[:MOST]), *more, "  of:", *said])


def _named(node: Any, words: set[str]) -> Iterator[Node]:
    """Every node of the rulebook whose id is one of the words."""
    inner: Any = ()
    if isinstance(node, dict):
        if node.get("id") in words:
            yield node
        inner = node.values()
    elif isinstance(node, list):
        inner = node
    for one in inner:
        yield from _named(one, words)
