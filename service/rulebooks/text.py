"""YAML to a plain document in which every scalar is text, and where in the text each part of it stands.

Anchors, aliases, tags, merge keys and duplicate keys are refused: who reads a rulebook must see what it says. They are
told together, with what is wrong in the rest of the document; only what keeps the text from being read stands alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import yaml

from schemas.faults import escape
from schemas.fields import storable
from service.errors import Finding, Place, Problem, finding

_MOST_BYTES = 1_000_000
_MOST_DEPTH = 40
_MOST_SLIPS = 100  # a text with more mistakes was never meant to be a rulebook
_START = Place(1, 1)


class Places(NamedTuple):
    """Where a value stands, and its key; an item of a list has no key and stands for both."""

    key: Place
    value: Place


@dataclass(frozen=True)
class Parsed:
    """What a text says: the document (None where it can't be read), each pointer's places, what YAML is refused."""

    document: dict[str, Any] | None
    places: dict[str, Places] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def placed(self, findings: list[Finding]) -> list[Finding]:
        """The findings with their places in the text, in its order.

        What is about a value stands at it, about a key at the key, about something missing at what lacks it.
        """
        places = [(one.place or self._place(one), one.code, number) for number, one in enumerate(findings)]
        found = ((findings[number], place) for place, _, number in sorted(places))
        return [
            replace(one, place=place, slip=one.slip if count < _MOST_SLIPS else None)
            for count, (one, place) in enumerate(found)
        ]

    def _place(self, found: Finding) -> Place:
        pointer = found.pointer
        if pointer in self.places and found.of_key:
            return self.places[pointer].key
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places[pointer].value if pointer in self.places else _START


def read(source: bytes) -> dict[str, Any]:
    """What a text says that has nothing wrong with it. Problem request.invalid with each place, request.too_large."""
    parsed = parse(source)
    if parsed.document is None or parsed.findings:
        raise Problem("request.invalid", parsed.findings)
    return parsed.document


def parse(source: bytes) -> Parsed:
    """What a rulebook's text says. Problem request.too_large."""
    if len(source) > _MOST_BYTES:
        raise Problem("request.too_large", most=_MOST_BYTES)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unreadable("yaml.encoding", _place_in(source[: error.start].decode("utf-8-sig")))
    try:
        return _Reading(text).parsed()
    except _Unreadable as refused:
        return _unreadable(refused.code, refused.place)
    except yaml.MarkedYAMLError as error:
        return _unreadable("yaml.syntax", _place_of(_mark(error, len(text.rstrip()))))
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode("utf-8", "ignore")
        return _unreadable("yaml.syntax", _place_in(before))
    except yaml.YAMLError:
        return _unreadable("yaml.syntax", _START)


class _Unreadable(Exception):
    """What keeps the rest of a text from being read."""

    def __init__(self, code: str, place: Place) -> None:
        super().__init__(code)
        self.code, self.place = code, place


class _Reading:
    """One text on its way to a document, event by event: what is nested too deep is never built."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CBaseLoader)
        self._places: dict[str, Places] = {}
        self._findings: list[Finding] = []
        self._depth = 0

    def parsed(self) -> Parsed:
        """The whole text, which is one document."""
        next(self._events)  # the start of the stream
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _Unreadable("field.object", _START)
        root = next(self._events)
        place = _place_of(root.start_mark)
        self._places[""] = Places(place, place)
        document = self._node(root, "")
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Unreadable("yaml.syntax", _place_of(after.start_mark))
        if not isinstance(document, dict):
            raise _Unreadable("field.object", place)
        return Parsed(document, self._places, self._findings)

    def _node(self, event: Any, pointer: str) -> Any:
        place = _place_of(event.start_mark)
        self._refuse_hidden_meaning(event, pointer, place)
        if isinstance(event, yaml.CollectionStartEvent):
            self._depth += 1
            if self._depth > _MOST_DEPTH:
                raise _Unreadable("yaml.depth", place)
            is_list = isinstance(event, yaml.SequenceStartEvent)
            collected = self._items(pointer) if is_list else self._mapping(pointer)
            self._depth -= 1
            return collected
        if isinstance(event, yaml.AliasEvent):
            return None
        if not storable(event.value):
            self._findings.append(replace(finding(pointer, "text.character"), place=place))
        return event.value

    def _refuse_hidden_meaning(self, event: Any, pointer: str, place: Place) -> None:
        if event.anchor:
            self._findings.append(replace(finding(pointer, "yaml.anchor"), place=place))
        if getattr(event, "tag", None):
            self._findings.append(replace(finding(pointer, "yaml.tag"), place=place))

    def _items(self, pointer: str) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, f"{pointer}/{len(items)}", _place_of(event.start_mark)))
        return items

    def _mapping(self, pointer: str) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            place = _place_of(event.start_mark)
            key = self._node(event, pointer)
            if not isinstance(key, str):
                self._findings.append(replace(finding(pointer, "yaml.key"), place=place))
                self._node(next(self._events), pointer)
                continue
            inner = f"{pointer}/{escape(key)}"
            value = self._value(next(self._events), inner, place)
            if key in mapping:
                self._findings.append(replace(finding(inner, "yaml.duplicate"), place=place))
            elif storable(key):
                mapping[key] = value
        return mapping

    def _value(self, event: Any, pointer: str, key: Place) -> Any:
        self._places.setdefault(pointer, Places(key, _place_of(event.start_mark)))
        return self._node(event, pointer)


def _mark(error: yaml.MarkedYAMLError, end: int) -> Any:
    """Where a mistake of YAML is best looked for: what is never closed is told where it was opened."""
    at_end = error.problem_mark is None or error.problem_mark.index >= end
    return error.context_mark or error.problem_mark if at_end else error.problem_mark


def _unreadable(code: str, place: Place) -> Parsed:
    return Parsed(None, {}, [replace(finding("", code), place=place)])


def _place_of(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else _START


def _place_in(before: str) -> Place:
    """The place of what stands behind a text."""
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
