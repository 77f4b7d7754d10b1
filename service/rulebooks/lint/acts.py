"""Findings in what an event type declares of acts: what tells one from another, what became of it, what proves it."""

from collections.abc import Mapping
from typing import Any

from service.errors import finding
from service.rulebooks.lint.book import Book, Found
from service.rulebooks.nodes import Selection, Use, selections

_COUNTING = ("count", "sum", "mean", "plurality", "each_event")  # what two reports of one act make another number


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        for selection in selections(use):
            declaration = book.types.get(selection.said["event"], {})
            if act := declaration.get("act"):
                yield from _others(selection, act, declaration)
                yield from _counted(use, selection, act)
            if "state" in selection.said:
                yield from _state(book, selection)
        yield from _evidence(book, use)


def _others(selection: Selection, act: list[str], declaration: Mapping[str, Any]) -> Found:
    """The words that speak of one act name it as its type does."""
    for word, key in (("once", "per"), ("share", "per"), ("state", "same")):
        name = selection.said.get(word, {}).get(key)
        if name in declaration["fields"] and act != [name]:
            type_ = selection.said["event"]
            yield finding(f"{selection.pointer}/{word}/{key}", "act.other", type=type_, act=", ".join(act))


def _counted(use: Use, selection: Selection, act: list[str]) -> Found:
    """Where one field tells acts apart, a word can count each once; the language has none for several."""
    said = selection.said
    counts = use.take[0] in _COUNTING or (use.take[0] == "ratio" and "field" not in said)
    # With repetitions over months once can't be said; a share splits the act among its reports.
    if counts and len(act) == 1 and not {"once", "distinct", "share", "repeated"} & set(said):
        yield finding(f"{selection.pointer}/event", "act.counted", type=said["event"], act=act[0])


def _state(book: Book, selection: Selection) -> Found:
    """What became of an act is read from the field that its follow-up declares for it."""
    state, at = selection.said["state"], f"{selection.pointer}/state/field"
    followed = book.types.get(state["event"])
    if followed is None or state["field"] not in followed["fields"]:
        return
    if "state" not in followed:
        yield finding(at, "state.undeclared", type=state["event"])
    elif followed["state"] != state["field"]:
        yield finding(at, "state.other", type=state["event"], state=followed["state"])


def _evidence(book: Book, use: Use) -> Found:
    """What bars somebody from a tier must be shown to him."""
    if use.role != "deduction" or not {"ceiling", "veto"} & set(use.said):
        return
    type_ = use.said["event"]
    if "evidence" not in book.types.get(type_, {"evidence": []}):
        yield finding(f"{use.pointer}/event", "evidence.undeclared", type=type_)
