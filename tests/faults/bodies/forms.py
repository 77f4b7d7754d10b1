"""What the forms of sending have in common: a request, and how it is written and read."""

import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.faults.bodies import strict


class Request(NamedTuple):
    """What is sent; `attributes` are the headers of binary mode."""

    media_type: str
    body: bytes
    attributes: tuple[tuple[str, str], ...] = ()
    query: str = ""


class Said(NamedTuple):
    """The answers to events in their order, None where a success had not to be told; and a stream's summary."""

    items: list[Any]
    counts: dict[str, int] | None = None


class Form(NamedTuple):
    """How events are written, how they are read strictly, and how the answers to them are told apart."""

    name: str
    many: bool
    write: Callable[[random.Random, list[Any]], Request]
    read: Callable[[Request], list[Any]]
    answers: Callable[[Request, bytes], Said]
    query: str = ""

    @property
    def atomic(self) -> bool:
        """All of them or none."""
        return "atomic=true" in self.query

    @property
    def dry_run(self) -> bool:
        """Nothing is stored, whatever is answered."""
        return "dry_run=true" in self.query


def read_plain(request: Request) -> list[Any]:
    """One event, or a list of them."""
    events = strict.read(request.body)
    return events if isinstance(events, list) else [events]


def answers(_: Request, body: bytes) -> Said:
    """One answer, or a list of them."""
    said = json.loads(body)
    return Said(said.get("items", [said]))
