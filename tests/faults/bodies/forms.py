"""The forms in which events are sent: one row for each media type, so that a new one is fuzzed by adding its row."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.faults.bodies import strict


class Form(NamedTuple):
    """How events are written, how they are read strictly, and whether each has an answer of its own in a list."""

    name: str
    media_type: str
    many: bool
    write: Callable[[list[bytes]], bytes]
    read: Callable[[bytes], list[Any]]


def _one(events: list[bytes]) -> bytes:
    return events[0]


def _list(events: list[bytes]) -> bytes:
    return b"[" + b",\n".join(events) + b"]"


def _read_one(body: bytes) -> list[Any]:
    return [strict.read(body)]


def _read_plain(body: bytes) -> list[Any]:
    events = strict.read(body)
    return events if isinstance(events, list) else [events]


def _read_list(body: bytes) -> list[Any]:
    events = strict.read(body)
    if not isinstance(events, list):
        raise strict.Doubt("is no list")
    return events


FORMS = (
    Form("one", "application/cloudevents+json", False, _one, _read_one),
    Form("batch", "application/cloudevents-batch+json", True, _list, _read_list),
    Form("plain", "application/json", False, _one, _read_plain),
    Form("plain list", "application/json", True, _list, _read_plain),
)
