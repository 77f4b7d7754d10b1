"""gunicorn's worker with threads, as we need it: fair, patient with slow clients for so long, stopped in order.

It knows sockets and gunicorn, and of the application only what it is told to end.
"""

import json
import math
import socket
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from threading import Timer
from typing import Any
from uuid import uuid4

from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from service import logs, waiting
from service.errors import Problem
from service.settings import Settings

# Before a process takes a connection, in seconds: for each that it has, and at most.
_EACH_WAITS = 0.0002
_MOST_WAITS = 0.002
_TOO_LARGE = (errors.LimitRequestLine, errors.LimitRequestHeaders)


class Log(Logger):  # type: ignore[misc]
    """What gunicorn says, through our pipeline. Of an answered request the application says it, who knows more."""

    def setup(self, cfg: Any) -> None:
        """Hand everything on."""
        self.cfg = cfg
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def access(self, *_: Any) -> None:
        """Nothing."""


def worker(settings: Settings) -> type[ThreadWorker]:
    """The class of workers with these settings."""

    class Worker(_Worker):
        """As all of them are."""

        stated = settings

    return Worker


class _Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's own, but one whose parent was killed really stops: the next start needs its port.

    And a request knows how long it waited for a thread, a client doesn't keep one for ever, and connections don't
    gather in one process, whose threads have one interpreter, while another has none.
    """

    stated: Settings
    alive: bool
    nr_conns: int

    def __init__(self, *args: Any, **options: Any) -> None:
        """As gunicorn makes it, before the fork."""
        super().__init__(*args, **options)
        self._until: dict[Any, float] = {}  # when what a connection sends must have come
        self._late: set[Any] = set()

    def accept(self, listener: Any) -> None:
        """Take a connection, unless a process that has fewer was quicker: it waits less."""
        time.sleep(min(self.nr_conns * _EACH_WAITS, _MOST_WAITS))
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Let a thread handle what came on a connection."""
        conn.enqueued = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """In a thread."""
        waiting.seconds.set(time.monotonic() - conn.enqueued)
        waiting.at_most.set(partial(self._at_most, conn))
        with self._at_most(conn, self.stated.client_timeout_seconds):
            found = super().handle(conn)
        if conn in self._late:
            self._late.discard(conn)
            seconds = self.stated.client_timeout_seconds
            _refuse(conn.sock, Problem("request.incomplete", seconds=seconds, most=seconds))
            return False
        return found

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Once the headers are read."""
        self._until.pop(conn, None)
        conn.sock.settimeout(self.stated.client_timeout_seconds)
        try:
            return super().handle_request(req, conn)
        finally:
            self._late.discard(conn)  # the application has answered it

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse what is no request that the application could answer; what was sent is not repeated in the log."""
        if not isinstance(exc, errors.ParseException):
            _refuse(client, Problem("service.failed"), exc_info=exc)
        elif isinstance(exc, _TOO_LARGE):
            _refuse(
                client, Problem("request.head_too_large", most=self.stated.max_header_bytes), why=type(exc).__name__
            )
        else:
            _refuse(client, Problem("request.not_http"), why=type(exc).__name__)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """When told to stop: say so to those who ask, and stop when they have had the time to hear it."""
        stopping = self._extension("jifen.stopping")
        if stopping is not None and stopping.has_begun:
            return
        if stopping is not None:
            stopping.begin()
        if stopping is None or not self.stated.drain_seconds:
            self._stop(sig, frame)
            return
        timer = Timer(self.stated.drain_seconds, self._stop, (sig, frame))
        timer.daemon = True
        timer.start()

    def murder_pending(self) -> None:
        """About once a second: let go who has taken too long to send, and in a stop at last whoever still sends."""
        super().murder_pending()
        stopping = self._extension("jifen.stopping")
        now = math.inf if stopping and stopping.hurries else time.monotonic()
        for conn, until in list(self._until.items()):
            if until <= now and self._until.pop(conn, 0):
                self._late.add(conn)
                with suppress(OSError):  # it is gone by itself
                    conn.sock.shutdown(socket.SHUT_RD)  # who reads from it meets the end

    def is_parent_alive(self) -> bool:
        """Whether to go on."""
        self.alive = self.alive and super().is_parent_alive()
        return self.alive

    def _stop(self, sig: int, frame: Any) -> None:
        # Who waits in the feed for something to happen needn't be waited for.
        if (feed := self._extension("jifen.feed")) is not None:
            feed.end()
        super().handle_exit(sig, frame)

    def _extension(self, name: str) -> Any:
        application = getattr(self, "wsgi", None)
        return application.extensions.get(name) if application is not None else None

    def _at_most(self, conn: Any, seconds: float) -> "_Until":
        return _Until(self._until, conn, seconds)


class _Until:
    """Inside, what a connection sends must come within so many seconds."""

    __slots__ = ("_conn", "_seconds", "_until")

    def __init__(self, until: dict[Any, float], conn: Any, seconds: float) -> None:
        """Told to whoever looks at the times."""
        self._until, self._conn, self._seconds = until, conn, seconds

    def __enter__(self) -> None:
        """From now on."""
        self._until[self._conn] = time.monotonic() + self._seconds

    def __exit__(self, *_: object) -> None:
        """It has come, or need not."""
        self._until.pop(self._conn, None)


def _refuse(client: Any, problem: Problem, **told: Any) -> None:
    """A problem document to whoever sent no request; the application never hears of it, and the log's line says why."""
    request_id = uuid4().hex
    say = logs.logger().error if problem.status == 500 else logs.logger().info
    say("request", request_id=request_id, status=problem.status, code=problem.code, **told)
    body = json.dumps(problem.body("en", request_id)).encode()
    head = [
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        f"X-Request-Id: {request_id}",
    ]
    with suppress(OSError):
        client.settimeout(1.0)
        client.sendall("\r\n".join([*head, "", ""]).encode() + body)
