"""POST /v1/events with a line for each event: read, stored and answered chunk by chunk, however long it is."""

import json
import math
import select
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from flask import Response, request, stream_with_context

from schemas.events import Streaming
from service import http, streams, waiting
from service.errors import Problem
from service.routes import event_answers, taking
from service.routes.event_bodies import STREAM
from service.streams import Limits, Line

_STREAMING = Streaming()
_OUTCOMES = ("created", "duplicate", "conflict", "rejected")
_PIECE = 4096  # a socket that can be written to at all takes so much without waiting


def answer() -> Response:
    """A line for each line of the request after its chunk is committed, and a summary.

    What prevents the first chunk is the answer's status; what comes between later is its last line.
    """
    asked = http.query(_STREAMING)
    settings = http.settings()
    limits = Limits(settings.max_line_bytes, settings.stream_chunk_lines, settings.max_body_bytes, settings.max_depth)
    request.max_content_length = sys.maxsize
    chunks = streams.taken(_read, limits, partial(taking.take, dry_run=asked["dry_run"]))
    first = next(chunks, [])
    parts = _parts(chain([first], chunks), asked["results"] == "problems", asked["dry_run"])
    return Response(stream_with_context(streams.unhurried(parts, _is_reading(), _PIECE)), mimetype=STREAM)


def _read(size: int) -> bytes:
    with http.reading(), waiting.at_most.get()(math.inf):
        piece: bytes = request.stream.read(size)
    # It ends early where the server stops: then what came of it may not be all.
    if http.stopping().hurries:
        raise Problem("service.stopping")
    return piece


def _parts(chunks: Iterable[list[Line]], only_problems: bool, is_dry_run: bool) -> Iterator[bytes]:
    counts: Counter[str] = Counter()
    try:
        for chunk in chunks:
            counts.update(line.item.outcome for line in chunk)
            if not is_dry_run:
                taking.tell([line.item for line in chunk if not line.taken])
            told = [line for line in chunk if not only_problems or line.item.outcome not in event_answers.STORED]
            yield "".join([f'{{"line":{line.number},{event_answers.one(line.item)[1:]}\n' for line in told]).encode()
    except Exception as error:
        yield _text({"problem": http.told(error)})
    else:
        yield _text({"summary": {**{outcome: counts[outcome] for outcome in _OUTCOMES}, "lines": counts.total()}})


def _text(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _is_reading() -> Callable[[], bool]:
    """Whether the client would take something now; a server that doesn't show its socket has to look to it itself."""
    socket = request.environ.get("gunicorn.socket")
    if socket is None:
        return lambda: True
    poll = select.poll()
    poll.register(socket, select.POLLOUT)
    return lambda: bool(poll.poll(0))
