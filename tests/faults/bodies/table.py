"""FORMS, in which events are sent: one row for each, so that a new one is fuzzed by adding its row."""

import random
from collections.abc import Callable
from typing import Any

from tests.faults.bodies import binary, lines, strict
from tests.faults.bodies.forms import Form, Request, answers, read_plain
from tests.faults.bodies.writing import text

_Write = Callable[[random.Random, list[Any]], Request]


def _one(media_type: str) -> _Write:
    return lambda _, events: Request(media_type, text(events[0]))


def _list(media_type: str) -> _Write:
    return lambda _, events: Request(media_type, text(events))


def _read_one(request: Request) -> list[Any]:
    return [strict.read(request.body)]


def _read_list(request: Request) -> list[Any]:
    events = strict.read(request.body)
    if not isinstance(events, list):
        raise strict.Doubt("is no list")
    return events


_ONE, _BATCH, _PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
FORMS = (
    Form("one", False, _one(_ONE), _read_one, answers),
    Form("one tried", False, _one(_ONE), _read_one, answers, "dry_run=true"),
    Form("plain", False, _one(_PLAIN), read_plain, answers),
    Form("binary", False, binary.write, binary.read, answers),
    Form("binary tried", False, binary.write, binary.read, answers, "dry_run=true"),
    Form("batch", True, _list(_BATCH), _read_list, answers),
    Form("batch tried", True, _list(_BATCH), _read_list, answers, "dry_run=true"),
    Form("all or none", True, _list(_BATCH), _read_list, answers, "atomic=true"),
    Form("all or none tried", True, _list(_BATCH), _read_list, answers, "atomic=true&dry_run=true"),
    Form("plain list", True, _list(_PLAIN), read_plain, answers),
    Form("stream", True, lines.write, lines.read, lines.answers),
    Form("stream tried", True, lines.write, lines.read, lines.answers, "dry_run=true"),
    Form("stream of problems", True, lines.write, lines.read, lines.answers, "results=problems"),
)
