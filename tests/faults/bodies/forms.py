"""The forms in which events are sent: one row for each, so that a new one is fuzzed by adding its row."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.faults.bodies import strict
from tests.faults.bodies.writing import text


class Request(NamedTuple):
    """What is sent."""

    headers: dict[str, str]
    body: bytes


class Form(NamedTuple):
    """How events are written, how they are read strictly, and how the answers to them are told apart."""

    name: str
    many: bool
    write: Callable[[list[Any]], Request]
    read: Callable[[Request], list[Any]]
    answers: Callable[[bytes], list[Any]]


def _writing(media_type: str, body: Callable[[list[Any]], bytes]) -> Callable[[list[Any]], Request]:
    return lambda events: Request({"Content-Type": media_type}, body(events))


def _one(events: list[Any]) -> bytes:
    return text(events[0])


def _read_one(request: Request) -> list[Any]:
    return [strict.read(request.body)]


def _read_list(request: Request) -> list[Any]:
    events = strict.read(request.body)
    if not isinstance(events, list):
        raise strict.Doubt("is no list")
    return events


def _read_plain(request: Request) -> list[Any]:
    events = strict.read(request.body)
    return events if isinstance(events, list) else [events]


def _answers(body: bytes) -> list[Any]:
    """One answer, or a list of them."""
    said = json.loads(body)
    items: list[Any] = said.get("items", [said])
    return items


_ONE, _BATCH, _PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
FORMS = (
    Form("one", False, _writing(_ONE, _one), _read_one, _answers),
    Form("batch", True, _writing(_BATCH, text), _read_list, _answers),
    Form("plain", False, _writing(_PLAIN, _one), _read_plain, _answers),
    Form("plain list", True, _writing(_PLAIN, text), _read_plain, _answers),
)
