"""One call of a receiver: a connection to an address that was looked at, a POST, the status, within a time in all.

Redirects aren't followed, and no proxy of the environment is used, as it would connect elsewhere.
"""

import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore

from service import __version__, clock
from service.webhooks.addresses import Reachable, Refused

PATIENCE_SECONDS = 15  # to connect, and for each part of an answer
DEADLINE_SECONDS = 20  # for all of it, however slowly it drips
_ANSWER_BYTES = 256
_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


class Untrusted(Exception):
    """A receiver's certificate is another's or nobody's that is trusted, or it doesn't speak TLS."""


class Malformed(ValueError):
    """A text is no address that can be called."""


@dataclass(frozen=True)
class Answer:
    """What came of a call: an outcome, and of an answer its status, its first characters, when to come again."""

    outcome: str
    status: int | None = None
    text: str | None = None
    retry_after_seconds: int | None = None
    seconds: Decimal = Decimal(0)


@dataclass(frozen=True)
class Url:
    """An URL in its parts, read once: what is checked is what is called."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_plain(self) -> bool:
        """Whether what is sent can be read on the way."""
        return self.scheme == "http"

    @property
    def authority(self) -> str:
        """As the Host header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"http": 80, "https": 443}


def parsed(url: str) -> Url:
    """An URL in its parts. Malformed for what can't be called, or might be read otherwise by somebody else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Malformed(url) from None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise Malformed(url)
    if not url.isascii() or not url.isprintable() or any(c in url for c in ' "<>\\^`{|}'):
        raise Malformed(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Url(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], target)


def post(url: str, body: bytes, headers: dict[str, str], reachable: Reachable) -> Answer:
    """Send a body; whatever goes wrong is an outcome."""
    begun = time.monotonic()
    try:
        answer = _ask(parsed(url), body, headers, reachable, begun + DEADLINE_SECONDS)
    except (Refused, Untrusted, ValueError, OSError, *_FAILURES) as error:
        answer = Answer(_outcome(error))
    return replace(answer, seconds=Decimal(round((time.monotonic() - begun) * 1000)) / 1000)


def _ask(where: Url, body: bytes, headers: dict[str, str], reachable: Reachable, deadline: float) -> Answer:
    said = [*headers.items(), ("Content-Type", "application/json"), ("User-Agent", f"jifen/{__version__}")]
    url = httpcore.URL(scheme=where.scheme, host=where.host, port=where.port, target=where.target)
    options = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE_SECONDS)}
    looking = _Looking(reachable, where.is_plain, deadline)
    with (
        httpcore.ConnectionPool(ssl_context=_trust(), network_backend=looking) as pool,
        pool.stream(
            "POST", url, headers=[("Host", where.authority), *said], content=body, extensions=options
        ) as response,
    ):
        if 200 <= response.status < 300:
            return Answer("delivered", response.status)
        outcome = "gone" if response.status == 410 else "refused"
        text = _beginning(response.iter_stream())
        return Answer(outcome, response.status, text, _retry_after(response.headers))


def _outcome(error: Exception) -> str:
    match error:
        case Refused():
            return "address"
        case httpcore.TimeoutException():
            return "timeout"
        case httpcore.ProtocolError() | ValueError():
            return "protocol"
        case Untrusted():
            return "tls"
        case _:
            return "unreachable"


def _beginning(stream: Iterable[bytes]) -> str:
    """The first characters of an answer, whether or not the rest comes."""
    read = b""
    try:
        for part in stream:
            read += part
            if len(read) >= _ANSWER_BYTES:
                break
    except _FAILURES:
        pass
    return read[:_ANSWER_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """The seconds of a Retry-After header, which may name a time instead (RFC 9110 10.2.3)."""
    text = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), "")
    if text.isascii() and text.isdigit():
        return int(text[:9])
    try:
        return max(0, int((parsedate_to_datetime(text) - clock.now()).total_seconds()))
    except (ValueError, TypeError):
        return None


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that the machine trusts, so that a closed network's own may be among them."""
    return ssl.create_default_context()


class _Looking(httpcore.NetworkBackend):
    """Connects to addresses that were looked at alone; TLS and the Host header keep the name."""

    def __init__(self, reachable: Reachable, is_plain: bool, deadline: float) -> None:
        self._reachable = reachable
        self._is_plain = is_plain
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *more: Any, **options: Any) -> "_Bounded":
        """To the first address that answers. Refused, and what httpcore raises."""
        try:
            addresses = self._reachable.resolve(host, port, self._is_plain)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        failed: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(address, port, _left(self._deadline, timeout), *more, **options)
                return _Bounded(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Bounded(httpcore.NetworkStream):
    """A connection on which nothing waits beyond a deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As in the class above."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As in the class above."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """As in the class above."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Bounded":
        """As in the class above; Untrusted where the two don't come to terms."""
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        except httpcore.ConnectError as error:
            raise Untrusted from error
        return _Bounded(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As in the class above."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """What is left of a time-out. TimeoutException where nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline is over")
    return left if timeout is None else min(timeout, left)
