"""What an explanation of a finding is, and how its examples become whole rulebooks that are examined.

An example is a piece of a rulebook. What it doesn't say is as in the small county; items of `indicators`,
`negative_list` and `outcomes` are added to the county's; words of an item (`take` is one of them) make an indicator.
"""

import re
from typing import Any, NamedTuple

from service.errors import Finding, Place
from service.rulebooks import text
from service.rulebooks.examination import examine
from service.rulebooks.explained.county import EVENT_TYPES, RULEBOOK
from service.rulebooks.files import declared
from service.rulebooks.lint import coverage

MARK = "▶"  # stands in a wrong example where the finding must stand
_ADDED = ("indicators", "negative_list", "outcomes")
_ITEM = {
    "title": "示例",
    "category": "duty",
    "give": "{each: 1}",
    "max": "10",
    "no_data": "zero",
    "ref": "第六条",
}


class Explained(NamedTuple):
    """A code that the lint gives: what it is about, why, and a wrong and a right example; English, then Chinese.

    `about` is what the examples are: a rulebook, event types, or a rulebook without its types, parent or cases.
    """

    code: str
    title: tuple[str, str]
    why: tuple[str, str]
    wrong: str
    right: str
    about: str = "rulebook"


class Page(NamedTuple):
    """A family of findings."""

    name: str
    title: tuple[str, str]
    codes: list[Explained]


def shown(example: str) -> str:
    """An example as a reader sees it."""
    plain = example.strip("\n").replace(MARK, "").encode("utf-8", "surrogateescape")
    return plain.decode("utf-8", "replace")


def place(example: str) -> Place:
    """Where an example's mark stands."""
    before = example.strip("\n").partition(MARK)[0]
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def found(explained: Explained, example: str) -> list[Finding]:
    """What is found in an example."""
    source = whole(explained, example).replace(MARK, "").encode("utf-8", "surrogateescape")
    if explained.about == "event types":
        return declared(source)[1]
    types = None if explained.about == "no types" else declared(EVENT_TYPES.encode())[0]
    findings = examine(source, types, None if explained.about == "no parent" else _parent).findings
    return [*coverage.findings(None if explained.about == "no cases" else b""), *findings]


def whole(explained: Explained, example: str) -> str:
    """The text that an example stands for, its mark still in it."""
    said = example.strip("\n") + "\n"
    if explained.about == "event types" or "extends:" in said:
        return said
    pieces = _blocks(said)
    if "take" in {_bare(key) for key in pieces}:
        pieces = {"indicators": _item(pieces)}
    county = _blocks(RULEBOOK)
    present = {_bare(key) for key in pieces}
    added = {
        key: body + county[_bare(key)].partition("\n")[2] if _bare(key) in _ADDED else body
        for key, body in pieces.items()
    }
    return "".join([*added.values(), *(body for key, body in county.items() if key not in present)])


def _item(pieces: dict[str, str]) -> str:
    words = {_bare(key) for key in pieces}
    lines = ["indicators:\n  - id: example\n", *(f"    {k}: {said}\n" for k, said in _ITEM.items() if k not in words)]
    return "".join([*lines, *(re.sub("(?m)^(?=.)", "    ", body) for body in pieces.values())])


def _blocks(said: str) -> dict[str, str]:
    """The text of each key of a document, line breaks included; a key that stands twice is one block."""
    blocks: dict[str, str] = {}
    key = ""
    for line in said.splitlines(keepends=True):
        if begins := re.match(rf"({MARK}?[\w?<*&!][^:\s]*)\s*:?", line):
            key = begins[1]
        blocks[key] = blocks.get(key, "") + line
    return blocks


def _bare(key: str) -> str:
    return key.removeprefix(MARK)


def _parent(identifier: str, version: str) -> dict[str, Any] | None:
    """The county's rulebook: version 2025-1 allows local additions, 2024-1 doesn't."""
    document = text.parse(RULEBOOK.encode()).document or {}
    if (identifier, version) == ("yunhe", "2025-1"):
        return document
    if (identifier, version) == ("yunhe", "2024-1"):
        return {key: said for key, said in {**document, "version": "2024-1"}.items() if key != "local_additions"}
    return None
