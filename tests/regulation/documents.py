"""Rulebooks to print and compare: the examples, those of the golden worlds, random ones; and how each leaf is changed.

JIFEN_LEAVES is how many leaves of each rulebook are tried; 0 tries all of them.
"""

import copy
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from schemas.rulebook import Rulebook
from service.rulebooks.words import every_word
from tests.http.broken.changes import MISSING
from tests.oracle.generate.texts import Chance
from tests.oracle.strategies import world_of

Said = dict[str, Any]
Path_ = tuple[str | int, ...]

ROOT = Path(__file__).parents[2]
LEAVES = int(os.environ.get("JIFEN_LEAVES", "5"))
RANDOM = 50
SHAPE = Rulebook()
_NUMBER, _PERCENT = re.compile(r"-?[0-9.]+"), re.compile(r"([0-9.]+)%")


@cache
def documents() -> dict[str, Said]:
    """Every rulebook by a name."""
    found = {}
    for file in sorted((ROOT / "examples").rglob("*.yaml")):
        said = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
        if "rulebook" in said and "language" in said:
            found[str(file.relative_to(ROOT))] = said
    for file in sorted((ROOT / "tests" / "golden").glob("*.world.json")):
        world = json.loads(file.read_text("utf-8"))
        for n, said in enumerate([world["rulebook"], *world["others"]]):
            found[f"{file.name} {n}"] = said
    return found | {f"seed {seed}": world_of(seed, 1, 1).rulebook for seed in range(RANDOM)}


def loaded(document: Said) -> Said | None:
    """The typed form; None where the shape refuses it."""
    try:
        return dict(SHAPE.load(document))
    except ValidationError:
        return None


def leaves(document: Said, name: str) -> list[Path_]:
    """Paths of leaves: all of them, or so many by chance."""
    every = list(_leaves(document))
    if not LEAVES or len(every) <= LEAVES:
        return every
    return Chance(sum(map(ord, name))).sample(every, LEAVES)


def _leaves(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(node, str):
        yield path
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else ()):
        yield from _leaves(inner, (*path, key))


def at(document: Said, path: Path_) -> Any:
    """What stands there."""
    node: Any = document
    for key in path:
        node = node[key]
    return node


def changed(document: Said, path: Path_) -> Iterator[Said]:
    """Documents that say something else in one leaf, and otherwise the same; first what is likely to be accepted."""
    key = next(str(key) for key in reversed(path) if not isinstance(key, int))
    said = at(document, path)
    yield from (_with(document, path, other) for other in _others(said, key) if other != said)


def otherwise_written(document: Said) -> Said:
    """The same meaning: keys in another order, numbers with zeros behind them, defaults written, short forms long."""
    found: Said = _reversed(document)
    for category in found["categories"]:
        category |= {"weight": "100%", "counts": "sum"} | category
    for item in _objects(found):
        if "take" in item:
            item.setdefault("give", "as_is")
        if "points" in item and _NUMBER.fullmatch(str(item["points"])):
            item["points"] = with_zeros(item["points"])
        if isinstance(item.get("each"), str):
            item["each"] = {"points": with_zeros(item["each"]), "per": "1.0", "units": "exact", "start": "0"}
        if "max" in item and item["max"] != "none":
            item["max"] = with_zeros(item["max"])
    for key in ("measures", "lists", "negative_list", "multipliers", "restrictions", "tie_breaks", "outcomes"):
        found.setdefault(key, [])
    return found


def _reversed(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _reversed(said) for key, said in reversed(node.items())}
    return [_reversed(one) for one in node] if isinstance(node, list) else node


def _objects(node: Any) -> Iterator[Said]:
    if isinstance(node, dict):
        yield node
    for inner in list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(inner)


def with_zeros(number: str) -> str:
    """The same number, written longer where it has room."""
    whole, _, decimals = number.partition(".")
    return f"{whole}.{decimals}0" if len(decimals) < 6 else number


def without(document: Said, path: Path_) -> Said:
    """The document without a leaf."""
    return _with(document, path, MISSING)


def _with(node: Any, path: Path_, said: Any) -> Any:
    """A copy, as far as it is another."""
    key, *below = path
    found = copy.copy(node)
    if below:
        found[key] = _with(node[key], tuple(below), said)
    elif said is MISSING:
        del found[key]
    else:
        found[key] = said
    return found


def _others(said: str, key: str) -> Iterator[Any]:
    """Other things to say in a leaf, the likeliest first; at last a node in place of a word that stands alone."""
    if share := _PERCENT.fullmatch(said):
        yield from (f"{n}%" for n in ("7.25", "8") if n != share[1])
    elif _NUMBER.fullmatch(said):
        yield from ("4.5", "3", "2")
    words = _words()
    if not any(said in listed for listed in words.values()):
        yield f"{said}x"
    yield from words[key]
    yield from ("2024-11", "2024-Q4", "2024-H2", "2024", f"{said}x")
    yield from (word for place in words for word in words[place])
    yield from ({"each": "3"}, {"fixed": "3"}, {"last": "3"})


@cache
def _words() -> dict[str, list[str]]:
    """The words of the language by the key under which they stand; the kinds of period under `in`."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in every_word().values():
        if not word.is_key:
            found[{"period kind": "in"}.get(word.place, word.place)].append(word.text)
    return found
