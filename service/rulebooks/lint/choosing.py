"""Findings in who is chosen for an outcome: among whom, by what, and what has used up seats."""

from typing import Any

from service.errors import finding
from service.rulebooks.lint.book import Book, Found, unknown
from service.rulebooks.lint.selections import where


def findings(book: Book) -> Found:
    """All of this family."""
    for n, outcome in enumerate(book.said["outcomes"]):
        if "choose" in outcome:
            yield from _choose(book, f"/outcomes/{n}/choose", outcome["choose"])


def _choose(book: Book, at: str, said: dict[str, Any]) -> Found:
    yield from unknown(f"{at}/among", [said["among"]], ["peer_group", "cohort", *book.lists])
    if said["ties"] == "tie_breaks" and not book.said["tie_breaks"]:
        yield finding("/tie_breaks", "list.empty")
    if "used" in said:
        yield from _used(book, at, said)


def _used(book: Book, at: str, said: dict[str, Any]) -> Found:
    """Seats that were used belong to no group, so there must be only one."""
    used = said["used"]
    grouped = [ranked["id"] for ranked in book.said["lists"] if ranked["by"]]
    if said["among"] in ("peer_group", *grouped):
        yield finding(f"{at}/used", "choose.used")
    declaration = book.types.get(used["event"])
    if declaration is None:
        yield from book.undeclared(f"{at}/used/event", used["event"])
        return
    if declaration["dated_by"] != "time":
        yield finding(f"{at}/used/window", "type.time")
    yield from where(f"{at}/used", used["where"], declaration)
