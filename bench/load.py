"""Load: keep-alive clients in a closed loop, each sending its next request when its answer is there.

One thread and one selector drive all of them with requests prepared as bytes, so that on a machine shared with the
server the client costs little and no latency is its own. Bounded by the number of requests and by a deadline.
"""

import contextlib
import re
import selectors
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

MOST_SECONDS = 600.0
_SLICE = 1 << 18
_TAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class LoadError(RuntimeError):
    """The server didn't answer as it must; a figure would mean nothing."""


@dataclass(frozen=True)
class Load:
    """What the clients saw: the time of all together, and of each request."""

    seconds: float
    latencies: list[float]
    body: bytes  # of the answer that came last
    tag: str  # likewise

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Seconds within which this share of the requests was answered."""
        if len(self.latencies) < 2:
            return self.latencies[0]
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def request(
    method: str,
    path: str,
    token: str = "",
    body: bytes = b"",
    content_type: str = "application/json",
    headers: Mapping[str, str] = {},
) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: keep-alive"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(port: int, work: Sequence[Sequence[bytes]], status: int, most_seconds: float = MOST_SECONDS) -> Load:
    """Let one client for each list of requests send them; LoadError for another status or a passed deadline."""
    clients = [_Client(port, requests, status) for requests in work if requests]
    deadline = time.monotonic() + most_seconds
    with selectors.DefaultSelector() as selector:
        try:
            begun = time.perf_counter()
            for client in clients:
                client.begin(selector)
            while selector.get_map():
                if time.monotonic() > deadline:
                    raise LoadError(f"not all requests were answered within {most_seconds:.0f} s")
                for key, _ in selector.select(timeout=1):
                    key.data.go_on(selector)
            seconds = time.perf_counter() - begun
        finally:
            for client in clients:
                client.close()
    last = max(clients, key=lambda client: client.ended)
    return Load(seconds, [latency for client in clients for latency in client.latencies], bytes(last.body), last.tag)


class _Client:
    """One connection: what is left to send, what has come in."""

    def __init__(self, port: int, requests: Sequence[bytes], status: int) -> None:
        self.latencies: list[float] = []
        self.body = b""
        self.tag = ""
        self.ended = 0.0
        self._status = status
        self._requests = iter(requests)
        self._out = memoryview(b"")
        self._in = bytearray()
        self._begun = 0.0
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def close(self) -> None:
        self._socket.close()

    def begin(self, selector: selectors.BaseSelector) -> None:
        """Send the first request."""
        selector.register(self._socket, selectors.EVENT_READ, self)
        self._next(selector)

    def go_on(self, selector: selectors.BaseSelector) -> None:
        """Do what the socket is ready for."""
        if self._out:
            self._send(selector)
            return
        try:
            received = self._socket.recv(_SLICE)
        except BlockingIOError:
            return
        if not received:
            raise LoadError("the server hung up")
        self._in += received
        if self._is_whole():
            self.ended = time.perf_counter()
            self.latencies.append(self.ended - self._begun)
            self._next(selector)

    def _next(self, selector: selectors.BaseSelector) -> None:
        following = next(self._requests, None)
        if following is None:
            selector.unregister(self._socket)
            return
        self._in.clear()
        self._out = memoryview(following)
        self._begun = time.perf_counter()
        self._send(selector)

    def _send(self, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(BlockingIOError):
            self._out = self._out[self._socket.send(self._out) :]
        selector.modify(self._socket, selectors.EVENT_WRITE if self._out else selectors.EVENT_READ, self)

    def _is_whole(self) -> bool:
        end = self._in.find(b"\r\n\r\n")
        if end < 0:
            return False
        length = _LENGTH.search(self._in, 0, end + 2)
        if length is None and self._in[9:12] != b"304":
            raise LoadError("an answer doesn't state its length")
        if length is not None and len(self._in) < end + 4 + int(length[1]):
            return False
        self.body = bytes(self._in[end + 4 :])
        tag = _TAG.search(self._in, 0, end + 2)
        self.tag = tag[1].decode() if tag else ""
        if int(self._in[9:12]) != self._status:
            raise LoadError(f"answered {self._in[9:12].decode()}, not {self._status}: {self.body[:300]!r}")
        return True
