"""The log: one line for each thing that happened, ours, the server's and libraries' alike, on standard error.

JSON for collectors, text for a terminal. What failed is told by its kind and by where in the code, never by its text,
which may quote what was sent: no line holds a body, a token or a name.
"""

import json
import logging
import sys
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

FORMATS = ("auto", "json", "text")
LEVELS = ("debug", "info", "warning", "error")
_MOST_FRAMES = 30
_EVERY_SECONDS = 0.1
_MOST_AT_ONCE = 4096  # bytes that a pipe takes without another process's in between
_chosen: list[FilteringBoundLogger] = []


def begin(form: str = "auto", level: str = "warning") -> None:
    """From now on lines of this level and above are written, in this form; auto is text on a terminal."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    is_terminal = sys.stderr.isatty()
    rendered = _text(is_terminal) if form == "text" or (form == "auto" and is_terminal) else _json()
    processors: list[Processor] = [_with_failure, _headed, rendered]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=_StandardError,
    )
    _chosen.clear()
    _chosen.append(structlog.get_logger().bind())
    _take_over(processors, lowest)


def logger() -> FilteringBoundLogger:
    """Where to say what happened: `logger().warning("what", key=value)`; as `begin` chose last."""
    return _chosen[0]


class _StandardError:
    """Writes a line to standard error, whichever it is by then, with one call, so that processes don't mix theirs."""

    def __init__(self, *_: object) -> None:
        """Whoever says it."""

    def msg(self, line: str) -> None:
        """One line."""
        sys.stderr.write(f"{line}\n")

    debug = info = warning = error = critical = msg


def of_request(**line: Any) -> None:
    """The line of a request that did not fail; there are many, so where they are gathered a thread writes them soon."""
    if not _gathered.is_on:
        logger().info("request", **line)
    elif logger().is_enabled_for(logging.INFO):
        _gathered.lines.append({"time": time.time(), "event": "request", **line})


def gather() -> None:
    """From now on in this process, lines of requests are written ten times a second: together they cost far less."""
    _gathered.is_on = True
    Thread(target=_write_now_and_then, name="log", daemon=True).start()


def settle() -> None:
    """Write what was gathered, as far as possible several lines with one call."""
    with _gathered.writing:
        piece: list[str] = []
        size = 0
        while _gathered.lines:
            line = _rendered("info", _gathered.lines.popleft()) + "\n"
            size += len(line.encode())
            if piece and size > _MOST_AT_ONCE:
                sys.stderr.write("".join(piece))
                piece, size = [], len(line.encode())
            piece.append(line)
        sys.stderr.write("".join(piece))


class _Gathered:
    """Lines of requests that wait to be written."""

    def __init__(self) -> None:
        """None, and nobody writes them."""
        self.is_on = False
        self.lines: deque[EventDict] = deque()
        self.writing = Lock()


_gathered = _Gathered()


def _write_now_and_then() -> None:
    while True:
        time.sleep(_EVERY_SECONDS)
        if _gathered.lines:
            settle()


def _rendered(level: str, line: EventDict) -> str:
    found: Any = line
    for process in structlog.get_config()["processors"]:
        found = process(None, level, found)
    return str(found)


def _take_over(processors: list[Processor], lowest: int) -> None:
    """What libraries say by way of the standard library goes through the same processors."""
    handler = logging.StreamHandler()
    passed_on = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *processors]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[_by], processors=passed_on))
    for former in [h for h in logging.root.handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)]:
        logging.root.removeHandler(former)
    logging.root.addHandler(handler)
    logging.root.setLevel(lowest)


def _by(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Which library says it."""
    line["by"] = line["_record"].name
    return line


def _with_failure(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """What failed, by its kind and by where: the text of an exception may quote a row or a body."""
    failure = line.pop("exc_info", None)
    if not failure:
        return line
    if isinstance(failure, BaseException):
        error: BaseException | None = failure
    else:
        error = sys.exc_info()[1] if failure is True else failure[1]
    if error is not None:
        line["error"] = type(error).__name__
        line["at"] = _places(error)[-_MOST_FRAMES:]
    return line


def _places(error: BaseException) -> list[str]:
    """Where it came by, its cause first: a kind of exception, then file:line function of each call."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return [*(_places(cause) if cause else []), type(error).__name__, *frames]


def _headed(_: WrappedLogger, level: str, line: EventDict) -> EventDict:
    """When, how grave and what come first."""
    said = datetime.fromtimestamp(line.pop("time", None) or time.time(), UTC)
    return {"time": said.isoformat(timespec="milliseconds"), "level": level, "event": line.pop("event", ""), **line}


def _json() -> Processor:
    encode = msgspec.json.Encoder(enc_hook=str).encode
    plainly = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode

    def written(line: EventDict, **_: Any) -> str:
        try:
            return encode(line).decode()
        except UnicodeEncodeError:  # halves of surrogate pairs
            return plainly(line)

    return structlog.processors.JSONRenderer(serializer=written)


def _text(is_terminal: bool) -> Processor:
    return structlog.dev.ConsoleRenderer(colors=is_terminal, timestamp_key="time", sort_keys=False, pad_event_to=12)


begin()  # a command says only what is wrong; `serve` and `work` begin anew with their settings
