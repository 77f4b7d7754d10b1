"""What the service uses: processor time of it and of its database, and memory of its server processes."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread

import psutil

from bench.stack import Stack

MIB = 2**20
_LOOK_SECONDS = 0.5
_TICK = 0.01  # what the kernel counts in


@dataclass(frozen=True)
class Used:
    """Seconds of processor time, of all processes together, since each began."""

    service: float
    database: float

    def __sub__(self, before: "Used") -> "Used":
        return Used(max(self.service - before.service, _TICK), max(self.database - before.database, _TICK))


def processor(stack: Stack) -> Used:
    """What the service, all that was started beside it and their database have used so far."""
    seconds = {True: 0.0, False: 0.0}
    for process in (process for first in stack.started for process in _below(first)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()  # with that of connections that have ended
            seconds[_is_database(process)] += times.user + times.system
            if _is_database(process):
                seconds[True] += times.children_user + times.children_system
    return Used(seconds[False], seconds[True])


@contextlib.contextmanager
def watched(stack: Stack) -> Iterator[Callable[[], float]]:
    """Inside, the memory is looked at again and again; answers by how much it grew at most, in MiB."""
    before, ended = memory(stack), Event()
    seen = [before]

    def watch() -> None:
        while not ended.wait(_LOOK_SECONDS):
            seen.append(memory(stack))

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda: max(max(seen) - before, 0.01)
    finally:
        ended.set()
        watcher.join()


def memory(stack: Stack) -> float:
    """Of the largest server process, what it has of its own, in MiB; what all share isn't counted."""
    sizes = [0.0]
    for process in _below(stack.service):
        with contextlib.suppress(psutil.NoSuchProcess):
            if not _is_database(process):
                sizes.append(process.memory_full_info().uss / MIB)
    return max(sizes)


def _below(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def _is_database(process: psutil.Process) -> bool:
    return "postgres" in process.name()
