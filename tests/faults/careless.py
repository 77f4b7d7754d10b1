"""A service that breaks its word: it acknowledges events at once and stores them a little later.

For testing the checker alone: `python -m tests.faults.careless` serves like `jifen serve`, but a kill between answer
and COMMIT loses what was acknowledged.
"""

import io
import json
import time
from collections.abc import Callable, Iterable
from threading import Timer
from typing import Any

from service import cli, serve

DELAY_SECONDS = 0.4
PACE_SECONDS = 0.15  # an answer may not come sooner, or requests outrun what is stored behind them
STORE_TRIES = 50


class Careless:
    """Stands before the application and answers in its place."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/v1/events"):
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        Timer(DELAY_SECONDS, self._store, [environ, body]).start()
        time.sleep(PACE_SECONDS)
        sent = json.loads(body)
        items = [{"result": "created", "id": event["id"]} for event in (sent if isinstance(sent, list) else [sent])]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"items": items} if isinstance(sent, list) else items[0]).encode()]

    def _store(self, environ: dict[str, Any], body: bytes) -> None:
        """Let the application have the request; only a kill may lose it, not a busy database."""
        statuses = ["500"]
        for _ in range(STORE_TRIES):
            request = {**environ, "wsgi.input": io.BytesIO(body)}
            b"".join(self._application(request, lambda status, *_: statuses.append(status)))
            if not statuses[-1].startswith("5"):
                return
            time.sleep(DELAY_SECONDS)


def _open_pool(worker: Any) -> None:
    worker.wsgi.extensions["jifen.database"].open()
    worker.wsgi.wsgi_app = Careless(worker.wsgi.wsgi_app)


if __name__ == "__main__":
    serve._open_pool = _open_pool
    cli.main(["serve"])
