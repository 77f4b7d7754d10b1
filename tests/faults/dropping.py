"""A line that drops answers: a proxy that reads what the service answers, whole, and then hangs up on the sender.

What it drops was a success, so the service has committed; the sender can't know.
"""

import random
from threading import Lock

from tests.faults.line import PATIENCE_SECONDS, Flight, Line, NoAnswer
from tests.faults.server import Handler, Server

_SHARE = 0.5  # of the successes that are dropped


class _Handler(Handler):
    """One sender's connection, and the one behind it."""

    server: "Dropping"

    def setup(self) -> None:
        super().setup()
        self._line = Line(self.server.upstream, Flight(), PATIENCE_SECONDS)

    def finish(self) -> None:
        self._line.close()
        super().finish()

    def do_POST(self) -> None:  # noqa: N802 - the standard library's name
        kept = {name: self.headers[name] for name in ("Content-Type", "Authorization")}
        try:
            answer = self._line.exchange("POST", self.path, kept, self.body())
        except NoAnswer:
            self.close_connection = True
            return
        share = self.server.share(answer.status)
        if share == 0:
            self.close_connection = True
        else:
            self.answer(answer.status, answer.content_type, answer.body, share)


class Dropping(Server):
    """The proxy before the service at `upstream`."""

    def __init__(self, upstream: int, seed: int) -> None:
        """On a port of its own."""
        super().__init__(_Handler)
        self.upstream = upstream
        self.dropped = 0
        self._random = random.Random(seed)
        self._lock = Lock()

    def share(self, status: int) -> float | None:
        """How much of an answer is passed on before hanging up, less than all of it; None: it isn't dropped."""
        with self._lock:
            if status >= 400 or self._random.random() > _SHARE:
                return None
            self.dropped += 1
            return self._random.choice([0.0, self._random.random()])
