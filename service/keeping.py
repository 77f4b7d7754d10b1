"""Keeps a process beside this one: begun again when it fails, gone when this one is gone, however it ends.

It knows processes and signals, and not what is done in them.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from service import logs

_LOOK_SECONDS = 0.5
_AGAIN_SECONDS = 2.0
_END_SECONDS = 15.0

Target = Callable[[Event], None]


@contextmanager
def beside(target: Target, forget: Callable[[int], None] = lambda _: None) -> Iterator[None]:
    """As long as the block lasts, `target` runs in a process of its own; it returns when the event is set.

    `forget` is told the number of every such process that has ended.
    """
    starter = os.getpid()
    keeper = _forked(lambda: _keep(starter, target, forget))
    try:
        yield
    finally:
        if os.getpid() == starter:  # a fork of this process leaves the block too
            _end(keeper)


def told_to_stop() -> Event:
    """An event that a signal to stop sets."""
    stop = Event()

    def note(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return stop


def _keep(starter: int, target: Target, forget: Callable[[int], None]) -> None:
    stop = told_to_stop()
    while not stop.is_set() and os.getppid() == starter:
        kept = _forked(lambda: target(told_to_stop()))
        while not _is_over(kept):
            if stop.wait(_LOOK_SECONDS) or os.getppid() != starter:
                _end(kept)
                forget(kept)
                return
        forget(kept)
        stop.wait(_AGAIN_SECONDS)


def _forked(act: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        act()
        status = 0
    except BaseException:
        logs.logger().exception("a process beside this one failed")
    finally:
        sys.stderr.flush()
        os._exit(status)  # nothing of the process that this was forked from may go on here


def _is_over(process: int) -> bool:
    """Whether it ended; also where somebody else has taken note of that."""
    try:
        return os.waitpid(process, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True


def _end(process: int) -> None:
    for word, seconds in ((signal.SIGTERM, _END_SECONDS), (signal.SIGKILL, 1.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, word)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if _is_over(process):
                return
            time.sleep(0.02)
