"""A line to the service: one keep-alive connection of one sender, and the count of what is on its way over all lines.

A request is in flight from when it was sent whole until its answer was read; what already has an answer waiting in the
socket doesn't count when a fault strikes.
"""

import http.client
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

TIMEOUT_SECONDS = 8.0
PATIENCE_SECONDS = 90.0  # where nobody is killed, and no answer is a failure


class NoAnswer(Exception):
    """The connection broke or nothing came in time: what was sent may have happened or not."""


class Answer(NamedTuple):
    """An answer that was read to its end."""

    status: int
    content_type: str
    retry_after: str
    body: bytes


@dataclass(frozen=True)
class Trip:
    """One request's way: when it was sent, when it ended, and whether the answer was a success."""

    begun: float
    ended: float
    good: bool


class Flight:
    """All requests that are on their way."""

    def __init__(self) -> None:
        self.trips: list[Trip] = []
        self._open: set[int] = set()
        self._lock = Lock()

    def add(self, descriptor: int) -> None:
        """A request was sent on this socket."""
        with self._lock:
            self._open.add(descriptor)

    def discard(self, descriptor: int) -> None:
        """Its answer was read, or will never be."""
        with self._lock:
            self._open.discard(descriptor)

    def strike(self, least: int, seconds: float, blow: Callable[[], None]) -> tuple[int, float]:
        """Do the blow at a moment when at least so many requests are unanswered; how many they were, and when."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._lock:  # nobody can take an answer while we count and strike
                unanswered = len(self._open) - self._answered()
                if unanswered >= least:
                    blow()
                    return unanswered, time.monotonic()
            time.sleep(0.002)
        raise AssertionError(f"there were never {least} requests in flight within {seconds:.0f} s")

    def _answered(self) -> int:
        poll = select.poll()
        for descriptor in self._open:
            poll.register(descriptor, select.POLLIN)
        return len(poll.poll(0))


class Line:
    """One sender's connection, opened again after every failure."""

    def __init__(self, port: int, flight: Flight, patience_seconds: float = TIMEOUT_SECONDS) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience_seconds)
        self._flight = flight

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def exchange(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
        """Send and read to the end; NoAnswer where that can't be."""
        begun, good = time.monotonic(), False
        try:
            answer = self._exchange(method, path, headers, body)
            good = answer.status < 500
            return answer
        finally:
            self._flight.trips.append(Trip(begun, time.monotonic(), good))

    def hang_up(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        """Send and go away without waiting for the answer."""
        try:
            self._connection.request(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            self.close()

    def _exchange(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
        descriptor = -1
        try:
            self._connection.request(method, path, body, headers)
            descriptor = self._connection.sock.fileno()
            self._flight.add(descriptor)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._flight.discard(descriptor)  # before the number can be another socket's
            self.close()
            raise NoAnswer from error
        self._flight.discard(descriptor)
        if response.will_close:
            self.close()
        kind = response.headers.get("Content-Type", "")
        return Answer(response.status, kind, response.headers.get("Retry-After", ""), content)
