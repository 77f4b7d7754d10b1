"""A stand-in for the service, sound or with one flaw, so that whoever looks for the flaw can be seen to find it.

It keeps what it was sent in a list and answers as the service would, over HTTP by the standard library. The flaws:

    forgets    stores and acknowledges everything as though it were new, as an INSERT without a key does
    hurries    looks whether an event is new and stores it a moment later, so that two may both find it new
    yields     answers duplicate whatever the content
    overwrites lets the latest content stand
    loses      acknowledges some events and keeps none of them
    deadlocks  fails now and then
    lags       shows in a ranking what was there when one was last asked for
"""

import json
import time
from collections import Counter
from threading import Lock
from typing import Any

from schemas.events import Envelope
from service import canonical
from tests.faults import checker
from tests.faults.checker import Stored
from tests.faults.freshness import EACH, WITHOUT, WORKERS
from tests.faults.server import Handler, Server

_MOMENT_SECONDS = 0.02  # between a look and what follows from it
_SOMETIMES = 10  # one in so many
_STATUS = {"created": 201, "duplicate": 200, "conflict": 409}
_ENVELOPE = Envelope()


class _Handler(Handler):
    """One connection."""

    server: "StandIn"

    def do_POST(self) -> None:  # noqa: N802 - the standard library's name
        sent = json.loads(self.body())
        if self.server.fails():
            self.answer(503, "application/problem+json", b'{"code": "service.unavailable"}')
            return
        bodies = sent if isinstance(sent, list) else [sent]
        items = [{"result": self.server.take(body), "id": body["id"]} for body in bodies]
        results = {item["result"] for item in items}
        if isinstance(sent, list):
            self._say(207 if "conflict" in results else 200, {"items": items})
        else:
            self._say(_STATUS[items[0]["result"]], items[0])

    def do_GET(self) -> None:  # noqa: N802
        self._say(200, self.server.ranking())

    def _say(self, status: int, said: Any) -> None:
        self.answer(status, "application/json", json.dumps(said).encode())


class StandIn(Server):
    """The stand-in with a flaw, or with none."""

    def __init__(self, flaw: str | None) -> None:
        """On a port of its own."""
        super().__init__(_Handler)
        self.flaw = flaw
        self.rows: list[Stored] = []
        self._shown = 0  # rows, when a ranking was last asked for
        self._known: dict[tuple[str, str], Stored] = {}
        self._requests = 0
        self._lock = Lock()

    def fails(self) -> bool:
        """Whether this request is one that it fails."""
        with self._lock:
            self._requests += 1
            return self.flaw == "deadlocks" and self._requests % _SOMETIMES == 0

    def take(self, body: dict[str, Any]) -> str:
        """What becomes of an event."""
        row = _row(body)
        key = row.source, row.id
        if self.flaw == "hurries":
            known = self._known.get(key)
            time.sleep(_MOMENT_SECONDS)
            return self._answer(known, row) if known else self._add(key, row)
        with self._lock:
            known = None if self.flaw == "forgets" else self._known.get(key)
            return self._answer(known, row) if known else self._add(key, row)

    def ranking(self) -> dict[str, Any]:
        """Everybody's total."""
        with self._lock:
            before, self._shown = self._shown, len(self.rows)
            visits = Counter(row.subject for row in self.rows[: before if self.flaw == "lags" else None])
        totals = {f"worker/{worker}": str(WITHOUT + EACH * visits[f"worker/{worker}"]) for worker in WORKERS}
        return {"items": [{"subject": subject, "total": total} for subject, total in totals.items()]}

    def _answer(self, known: Stored, row: Stored) -> str:
        if self.flaw == "overwrites":
            self.rows[self.rows.index(known)] = self._known[row.source, row.id] = row
        same = known.content_digest == row.content_digest or self.flaw == "yields"
        return "duplicate" if same else "conflict"

    def _add(self, key: tuple[str, str], row: Stored) -> str:
        self._known[key] = row
        if self.flaw != "loses" or len(self._known) % _SOMETIMES:
            self.rows.append(row)
        return "created"


def _row(body: dict[str, Any]) -> Stored:
    said = _ENVELOPE.load(body)
    return Stored(
        said["source"],
        said["id"],
        canonical.event_id(said["source"], said["id"]),
        said["type"],
        said["subject"],
        said["time"],
        said.get("period"),
        json.dumps(said["data"]),
        checker.digest_of(body),
    )
