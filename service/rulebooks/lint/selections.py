"""Findings in a selection of events: its type, whose events, when they count, and the fields that its words name."""

from collections.abc import Mapping
from datetime import date
from math import prod
from typing import Any

from schemas.faults import Slip, escape
from schemas.fields import DECIMAL_TEXT
from service.errors import finding
from service.rulebooks.lint.book import Book, Found, codes, codes_of, each_code, not_empty
from service.rulebooks.nodes import Selection, Use
from service.rulebooks.nodes import selections as selections_of

_MOST_ALTERNATIVES = 100  # combinations of values are written out as parameter rows
_CODES = ("code", "boolean")
_READ = {"given": ("number",), "sum": ("number",), "mean": ("number",), "plurality": _CODES, "running": _CODES}
_READ_ALONE = ("number", *_CODES)


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        for selection in selections_of(use):
            said = selection.said
            declaration = book.types.get(said["event"])
            if declaration is None:
                yield from book.undeclared(f"{selection.pointer}/event", said["event"])
                continue
            yield from _whose(book, selection, declaration)
            yield from _when(selection, declaration)
            yield from where(selection.pointer, said["where"], declaration)
            yield from _read(use, selection, declaration)
            if "state" in said:
                yield from _state(book, selection, declaration)


def named(pointer: str, name: str, type_: str, declaration: Mapping[str, Any], kinds: tuple[str, ...] = ()) -> Found:
    """One finding where a type has no such field, or one of another kind."""
    declared = declaration["fields"].get(name)
    if declared is None:
        yield finding(pointer, "field.undeclared", Slip(name, declaration["fields"]), field=name, type=type_)
    elif kinds and declared["kind"] not in kinds:
        yield finding(pointer, "field.kind", kinds=", ".join(kinds))


def coded(pointer: str, keys: tuple[str, str], said: Mapping[str, Any], declaration: Mapping[str, Any]) -> Found:
    """A field with codes, and under another key one entry for each of its codes."""
    name, entries = keys
    found = list(named(f"{pointer}/{name}", said[name], declaration["title"], declaration, _CODES))
    yield from found
    if not found:
        yield from each_code(f"{pointer}/{entries}", said[entries], codes_of(declaration["fields"][said[name]]))


def _whose(book: Book, selection: Selection, declaration: Mapping[str, Any]) -> Found:
    name, said = selection.said["about"]
    wanted = {"subject": book.said["subject"], "members": "worker"}.get(name, "organisation")
    if declaration["subject"] != wanted:
        yield finding(f"{selection.pointer}/event", "type.subject", kind=wanted)
    if name == "members" and not said:
        yield finding(f"{selection.pointer}/about/members", "list.empty")


def _when(selection: Selection, declaration: Mapping[str, Any]) -> Found:
    said, pointer = selection.said, selection.pointer
    if declaration["dated_by"] != "time":
        timed = [*(word for word in ("window", "lasts") if word in said), *["about"] * (said["about"][0] == "members")]
        yield from (finding(f"{pointer}/{word}", "type.time") for word in timed)
    if "window" in said and "lasts" in said:
        yield finding(f"{pointer}/window", "words.exclusive", word="lasts")
    if "lasts" not in said or said["lasts"][0] != "by":
        return
    by = said["lasts"][1]
    if "until" in by:
        yield from named(f"{pointer}/lasts/until", by["until"], said["event"], declaration, ("date",))
    else:
        yield from coded(f"{pointer}/lasts", ("field", "months"), by, declaration)


def where(pointer: str, said: dict[str, list[str]], declaration: Mapping[str, Any]) -> Found:
    """Fields and values that a filter names."""
    if prod(len(values) for values in said.values()) > _MOST_ALTERNATIVES:
        yield finding(f"{pointer}/where", "where.many", most=_MOST_ALTERNATIVES)
    for name, values in said.items():
        at = f"{pointer}/where/{escape(name)}"
        declared = declaration["fields"].get(name)
        if declared is None:
            slip = Slip(name, declaration["fields"])
            yield finding(at, "field.undeclared", slip, of_key=True, field=name, type=declaration["title"])
        elif declared["kind"] == "number" and not all(DECIMAL_TEXT.fullmatch(value) for value in values):
            yield finding(at, "number.expected")
        elif declared["kind"] == "date" and not all(_is_day(value) for value in values):
            yield finding(at, "day.malformed")
        elif declared["kind"] in _CODES:
            yield from codes(at, values, codes_of(declared))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _read(use: Use, selection: Selection, declaration: Mapping[str, Any]) -> Found:
    said, pointer, type_ = selection.said, selection.pointer, selection.said["event"]
    if "distinct" in said:
        yield from named(f"{pointer}/distinct", said["distinct"], type_, declaration)
    if "value" in said and "between" in said:
        yield finding(f"{pointer}/between", "words.exclusive", word="value")
    if "between" in said and said["between"][0] > said["between"][1]:
        yield finding(f"{pointer}/between", "range.malformed")
    if not selection.reads:
        # Every row of each_event is 1 where no field is written: there is nothing to compare or to look up.
        yield from (finding(f"{pointer}/field", "field.required") for word in ("value", "between") if word in said)
        return
    name = said.get("field") or declaration.get("quantity")
    if name is None:
        yield finding(f"{pointer}/field", "field.required")
        return
    kinds = _kinds(use.take[0], said)
    found = list(named(f"{pointer}/field", name, type_, declaration, kinds))
    yield from found
    if found:
        return
    known = codes_of(declaration["fields"][name])
    if "value" in said:
        yield from each_code(f"{pointer}/value", said["value"], known)
    for key in ("order", "is_"):
        if key in said:
            yield from not_empty(pointer, said, key)
            yield from codes(f"{pointer}/{key.rstrip('_')}", said[key], known)


def _kinds(aggregate: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    if "value" in said:
        return _CODES
    return ("number",) if "between" in said or aggregate == "ratio" else _READ.get(aggregate, _READ_ALONE)


def _state(book: Book, selection: Selection, declaration: Mapping[str, Any]) -> Found:
    """The follow-ups are about the same subject, and name the act in the same field."""
    state, pointer = selection.said["state"], f"{selection.pointer}/state"
    yield from named(f"{pointer}/same", state["same"], selection.said["event"], declaration)
    followed = book.types.get(state["event"])
    if followed is None:
        yield from book.undeclared(f"{pointer}/event", state["event"])
        return
    if followed["subject"] != declaration["subject"]:
        yield finding(f"{pointer}/event", "type.subject", kind=declaration["subject"])
    if state["same"] in declaration["fields"]:
        yield from named(f"{pointer}/same", state["same"], state["event"], followed)
    found = list(named(f"{pointer}/field", state["field"], state["event"], followed, _CODES))
    yield from found
    if not found:
        yield from codes(f"{pointer}/counts", state["counts"], codes_of(followed["fields"][state["field"]]))
