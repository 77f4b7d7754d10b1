"""A stream of events, one JSON document a line: cut into chunks, each stored by itself and answered line by line.

Only one chunk is in memory. It knows neither HTTP nor how events are stored.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from service import canonical
from service.errors import Problem, finding
from service.intake import Item

Read = Callable[[int], bytes]
_BLOCK = 64 * 1024
_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much is read at once."""

    line_bytes: int
    chunk_lines: int
    chunk_bytes: int
    depth: int


class Line(NamedTuple):
    """A line of the stream by its number, from 1, and the event in it, unless that couldn't be read and be `taken`."""

    number: int
    item: Item
    taken: bool = True


def taken(read: Read, limits: Limits, take: Callable[[list[Any]], list[Item]]) -> Iterator[list[Line]]:
    """The lines of each chunk, in order, once `take` has stored their events; lines without text are passed over."""
    for chunk in _chunks(read, limits):
        bodies = [line.item.sent for line in chunk if line.taken]
        items = iter(take(bodies) if bodies else [])
        yield [Line(line.number, next(items)) if line.taken else line for line in chunk]


def _chunks(read: Read, limits: Limits) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for number, text in enumerate(_texts(read, limits.line_bytes), 1):
        if text is not None and not text.strip():
            continue
        item = _read(text, limits)
        chunk.append(Line(number, item, not item.outcome))
        size += len(text or b"")
        if len(chunk) == limits.chunk_lines or size >= limits.chunk_bytes:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _texts(read: Read, most: int) -> Iterator[bytes | None]:
    """The lines as they were sent; None in place of one that is longer than `most` bytes."""
    rest, is_long = b"", False
    while block := read(_BLOCK):
        *whole, rest = (rest + block).split(b"\n")
        for text in whole:
            yield None if is_long or len(text) > most else text
            is_long = False
        if len(rest) > most:
            rest, is_long = b"", True
    if rest or is_long:
        yield None if is_long else rest


def _read(text: bytes | None, limits: Limits) -> Item:
    """The event of a line, or why there is none."""
    item = Item(None)
    if text is None:
        item.reject(finding("", "line.length", most=limits.line_bytes))
        return item
    try:
        item.sent = canonical.parse(text, limits.depth)
    except Problem as problem:
        if problem.code == "request.too_deep":
            item.reject(finding("", "line.too_deep", most=limits.depth))
        else:
            item.reject(finding("", "line.malformed"))
        item.sent = text.decode("utf-8", "replace")
    return item


def unhurried(parts: Iterable[bytes], is_reading: Callable[[], bool], most: int) -> Iterator[bytes]:
    """The same bytes, at most so many at once; as long as there are more parts, only while the client `is_reading`.

    Many clients read nothing before they have sent everything. Were they made to wait for each other, both would wait
    for ever; so what a client doesn't read yet lies in a file that has no name.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as kept:
        start = end = 0

        def pieces(wanted: Callable[[], bool]) -> Iterator[bytes]:
            nonlocal start, end
            while start < end and wanted():
                kept.seek(start)
                piece = kept.read(most)
                start += len(piece)
                yield piece
            if start == end:
                kept.truncate(0)
                start = end = 0

        for part in parts:
            kept.seek(end)
            kept.write(part)
            end += len(part)
            yield from pieces(is_reading)
        yield from pieces(lambda: True)
