"""Streams: an event a line, as careful and careless senders write them, read strictly, and their answers."""

import json
import random
from typing import Any

from tests.faults.bodies import strict
from tests.faults.bodies.forms import Request, Said
from tests.faults.bodies.writing import text

MOST_BYTES = 65536  # of a line
MOST_DEPTH = 16  # of its JSON


def write(dice: random.Random, events: list[Any]) -> Request:
    """A line for each event; now and then one is broken, empty or too long, or the last one has no end."""
    lines = [text(event) for event in events]
    if dice.random() < 0.4:
        place = dice.randrange(len(lines))
        match dice.randrange(4):
            case 0:
                middle = dice.randrange(len(lines[place]) + 1)
                lines[place : place + 1] = [lines[place][:middle], lines[place][middle:]]
            case 1:
                lines.insert(place, dice.choice([b"", b"", b"  \t", b"\r"]))
            case 2:
                spaces = MOST_BYTES - len(lines[place]) + dice.choice([-1, 0, 1, 99_999])
                lines[place] += b" " * spaces
            case 3:
                lines[place] = dice.choice([b"null", b"[]", b"{", b'"' + lines[place], b"\xff", b"[" * 20 + b"]" * 20])
    end = dice.choice([b"\n", b"\n", b"\r\n"])
    return Request("application/x-ndjson", end.join(lines) + dice.choice([end, end, b""]))


def read(request: Request) -> list[Any]:
    """The event of each line that has text, a Doubt in place of one that isn't clear."""
    return [_event(line) for _, line in _lines(request.body)]


def answers(request: Request, body: bytes) -> Said:
    """What each line with text was answered, None where nothing had to be said, and what the summary counts."""
    *said, last = map(json.loads, body.decode("utf-8").removesuffix("\n").split("\n"))
    numbers = [line.pop("line") for line in said]
    if numbers != sorted(set(numbers)) or not body.endswith(b"\n"):
        raise ValueError(f"lines are told in disorder: {numbers}")
    counts = last.pop("summary")
    told = dict(zip(numbers, said, strict=True))
    items = [told.pop(number, None) for number, _ in _lines(request.body)]
    if told or last or (None in items and "results=problems" not in request.query):
        raise ValueError("other lines were told than were sent")
    return Said(items, counts)


def _event(line: bytes) -> Any:
    try:
        if len(line) > MOST_BYTES:
            raise strict.Doubt("a long line")
        event = strict.read(line)
        if _depth(event) > MOST_DEPTH:
            raise strict.Doubt("a deep line")
        return event
    except strict.Doubt as doubt:
        return doubt


def _depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)


def _lines(body: bytes) -> list[tuple[int, bytes]]:
    return [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
