"""Following the feed over HTTP while sixteen senders import: how long after its answer a change is told."""

import json
import time
from contextlib import closing
from functools import partial
from threading import Event

from tests.county import visit
from tests.faults.crew import Crew
from tests.faults.line import PATIENCE_SECONDS, Answer, Flight, Line
from tests.faults.sender import Sender

IMPORTERS = 16
_BATCH = 50
_PAUSE_SECONDS = 0.1  # between two changes
_TRIES = 100  # of a request that is answered 503
_MARGIN_SECONDS = 120.0


class Caller:
    """Asks and is answered; a service that is too busy is asked again."""

    def __init__(self, port: int, token: str) -> None:
        self._line = Line(port, Flight(), PATIENCE_SECONDS)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """The answer, which is a success."""
        for _ in range(_TRIES):
            answer = self._line.exchange(
                method, path, self._headers, None if body is None else json.dumps(body).encode()
            )
            if answer.status != 503:
                assert answer.status < 300, answer
                return answer
            time.sleep(0.05)
        raise AssertionError(f"answered 503 {_TRIES} times")


class Followed:
    """When changes were acknowledged, and when a reader was told of them."""

    def __init__(self, port: int, sender: str, reader: str, seconds: float) -> None:
        """While events are imported for so many seconds."""
        self.acknowledged: dict[str, float] = {}
        self.told: dict[str, float] = {}
        self.imported = 0
        self.odd: list[str] = []
        self._port, self._sender, self._reader, self._seconds = port, sender, reader, seconds
        self._over, self._finished = Event(), Event()

    def delays(self) -> list[float]:
        """How long each change took to be told, the shortest first."""
        return sorted(max(0.0, self.told[event] - at) for event, at in self.acknowledged.items())

    def go(self) -> None:
        """Import, change and read at once; then read to the end."""
        with closing(Caller(self._port, self._reader)) as caller:
            cursor = json.loads(caller.ask("GET", "/v1/feed?after=now").body)["next"]
        begun = time.monotonic()
        changing, following = Caller(self._port, self._reader), Caller(self._port, self._reader)
        writing = Crew([*(partial(self._import, n) for n in range(IMPORTERS)), partial(self._change, changing)])
        reading = Crew([partial(self._read, following, cursor)])
        reading.begin()
        writing.begin()
        try:
            time.sleep(self._seconds)
        finally:
            self._over.set()
            writing.end(_MARGIN_SECONDS)
            self._finished.set()
            reading.end(_MARGIN_SECONDS)
            changing.close()
            following.close()
        self.seconds = time.monotonic() - begun

    def _import(self, importer: int) -> None:
        sender, done = Sender(self._port, self._sender, odd=self.odd), 0
        while not self._over.is_set():
            outcomes = sender.send([visit("w1", f"{importer}-{done}-{n}") for n in range(_BATCH)])
            self.imported += outcomes.count("created")
            done += 1
        sender.line.close()

    def _change(self, caller: Caller) -> None:
        """Take back events, one after the other."""
        done = 0
        while not self._over.is_set():
            body = caller.ask("POST", "/v1/events", visit("w2", f"to be taken back {done}")).body
            event = json.loads(body)["event"]
            caller.ask("POST", f"/v1/events/{event}/reversal", {"reason": "entered twice"})
            self.acknowledged[event] = time.monotonic()
            done += 1
            time.sleep(_PAUSE_SECONDS)

    def _read(self, caller: Caller, cursor: str) -> None:
        while True:
            was_finished = self._finished.is_set()
            page = json.loads(caller.ask("GET", f"/v1/feed?wait=1&after={cursor}").body)
            cursor = page["next"]
            for item in page["items"]:
                assert item["data"]["event"] not in self.told
                self.told[item["data"]["event"]] = time.monotonic()
            if was_finished and not page["items"]:
                return
