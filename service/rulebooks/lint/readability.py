"""Findings for who reads a rulebook beside the official text: where a rule comes from, and what things are called."""

import re
from collections.abc import Iterator
from typing import Any

from service.errors import finding
from service.rulebooks.lint.book import Book, Found

_PLACEHOLDER = re.compile(
    r"[a-z]?[0-9]*|(?:item|indicator|bonus|part|measure|rule|category|tier|list|test)[_.:-]?[0-9]*"
)
_PART_OF_YEAR = re.compile(r"[hq][1-4]")
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b|待定|待补|待确认")
_READ = ("title", "ref")


def findings(book: Book) -> Found:
    """All of this family."""
    for pointer, said in _ruling(book):
        if "ref" not in said:
            yield finding(f"{pointer}/ref", "ref.missing")
    for named in _lists(book):
        yield from _names(named)
    yield from _unfinished(book)


def _ruling(book: Book) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whatever gives or takes points, or a tier: each must be found in the regulation."""
    yield from ((use.pointer, use.said) for use in book.uses if use.role != "measure")
    yield from ((f"/restrictions/{n}", said) for n, said in enumerate(book.said["restrictions"]))


def _lists(book: Book) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What stands side by side."""
    together: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for use in book.uses:
        together.setdefault(use.pointer.rpartition("/")[0], []).append((use.pointer, use.said))
    yield from together.values()
    for key in ("restrictions", "categories", "tiers", "lists"):
        yield [(f"/{key}/{n}", said) for n, said in enumerate(book.said[key])]
    for kind in book.kinds:
        yield [(f"/outcomes/{n}", said) for n, said in enumerate(book.said["outcomes"]) if said["in_"] == kind]


def _names(named: list[tuple[str, dict[str, Any]]]) -> Found:
    titles: dict[str, str] = {}
    for pointer, said in named:
        identifier, title = said["id"].lower(), "".join(said["title"].split())
        if _PLACEHOLDER.fullmatch(identifier) and not _PART_OF_YEAR.fullmatch(identifier):
            yield finding(f"{pointer}/id", "id.meaningless")
        if title in titles:
            yield finding(f"{pointer}/title", "title.repeated", id=titles[title])
        titles.setdefault(title, said["id"])


def _unfinished(book: Book) -> Found:
    texts = [("/title", book.said["title"])]
    texts += [(f"/notes/{n}", note) for n, note in enumerate(book.said.get("notes", []))]
    texts += [(f"/authority/{key}", said) for key, said in book.said.get("authority", {}).items()]
    for named in _lists(book):
        texts += [(f"{pointer}/{key}", said[key]) for pointer, said in named for key in _READ if key in said]
    for pointer, said in texts:
        if found := _UNFINISHED.search(said):
            yield finding(pointer, "text.unfinished", word=found[0])
