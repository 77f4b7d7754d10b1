"""The load: senders that never rest, and a reader that keeps the standings moving while faults strike.

Each writer sends singles and batches, new events, events that others have sent too, unwelcome ones and other content
under identities that are taken; it retries what is in doubt with the same id until it is answered. Everything ends by
itself, after a time and a number of events.
"""

import json
import random
import time
import traceback
from collections.abc import Callable
from itertools import count
from threading import Event, Thread
from typing import Any

from tests.county import SOURCE, TYPES
from tests.faults.ledger import Ledger, Parcel, Word
from tests.faults.line import Answer, Flight, Line, NoAnswer

WRITERS = 32
IN_FLIGHT = 16  # what the invariant is tested with; more writers, because some are just between two requests
MOST_EVENTS = 400_000
MOST_SECONDS = 1200.0
SETTLE_SECONDS = 60.0
LARGEST_BATCH = 25
PAUSE_SECONDS = 0.05  # after a failure
WORKERS = ("w1", "w2", "w3", "w4", "w5", "w6")
MONTHS = ("2025-01", "2025-02", "2025-03")
YEAR = "2025"

_HEADERS = {"Content-Type": "application/json"}


class Load:
    """Writers and a reader on one service, as context: they work inside the block, and settle at its end."""

    def __init__(self, port: int, sender: str, reader: str, seed: int = 0, first: int = 1) -> None:
        """With these tokens; events are numbered from `first`; nothing is sent yet."""
        self.port = port
        self.ledger = Ledger()
        self.flight = Flight()
        self.odd: list[str] = []  # answers that no fault excuses
        self.reads = 0
        self.ends_at = 0.0
        self._stop = Event()
        self._number = count(first)
        self._broken: list[str] = []
        randomness = random.Random(seed)
        writers = [Writer(self, sender, random.Random(randomness.random())) for _ in range(WRITERS)]
        jobs = [*(writer.work for writer in writers), Reader(self, reader).work]
        self._threads = [Thread(target=self._guarded, args=(job,), daemon=True) for job in jobs]

    def __enter__(self) -> "Load":
        self.ends_at = time.monotonic() + MOST_SECONDS
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self.ends_at = min(self.ends_at, time.monotonic() + (0 if failure else SETTLE_SECONDS))
        self._stop.set()
        for thread in self._threads:
            thread.join(SETTLE_SECONDS + 30)
        assert not any(thread.is_alive() for thread in self._threads)
        assert self._broken == []

    @property
    def going(self) -> bool:
        """Whether new events are to be sent."""
        return not self._stop.is_set() and time.monotonic() < self.ends_at

    def new_number(self) -> int:
        """A number for an id that no other event has."""
        return next(self._number)

    def check_failure(self, answer: Answer) -> None:
        """A failure must say so in the one way that clients can rely on."""
        stated = answer.status, answer.content_type, bool(answer.retry_after)
        if stated != (503, "application/problem+json", True):
            self.odd.append(f"{stated}: {answer.body[:200]!r}")

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            self._broken.append(traceback.format_exc())


class Writer:
    """One sending system."""

    def __init__(self, load: Load, token: str, randomness: random.Random) -> None:
        self._load = load
        self._headers = _HEADERS | {"Authorization": f"Bearer {token}"}
        self._random = randomness
        self._doubtful: list[Parcel] = []

    def work(self) -> None:
        """Send until told to stop, then until nothing is in doubt."""
        line = Line(self._load.port, self._load.flight)
        try:
            while self._load.going or (self._doubtful and time.monotonic() < self._load.ends_at):
                self._send(line, self._next())
        finally:
            line.close()

    def _next(self) -> list[Parcel]:
        """What to send now: what is in doubt comes first, and new events may ride along."""
        size = 1 if self._random.random() < 0.5 else self._random.randint(2, LARGEST_BATCH)
        chosen, self._doubtful = self._doubtful[:size], self._doubtful[size:]
        if not self._load.going:
            return chosen
        while len(chosen) < size:
            chosen.append(self._one())
        return chosen

    def _one(self) -> Parcel:
        ledger, dice = self._load.ledger, self._random.random()
        if dice < 0.05 or len(ledger.entries) >= MOST_EVENTS:
            for entry in ledger.some(self._random, 1):
                return Parcel(entry, entry.body)
        if dice < 0.07 and (kept := ledger.kept(self._random)):
            return Parcel(kept, {**kept.body, "time": "2025-02-02T02:02:02.000001+08:00"}, contrary=True)
        number = self._load.new_number()
        body = some_event(self._random, number)
        if dice < 0.1:
            return ledger.plan(unwelcome(self._random, body), welcome=False)
        return ledger.plan(body)

    def _send(self, line: Line, parcels: list[Parcel]) -> None:
        batch = len(parcels) > 1 or self._random.random() < 0.1
        bodies = [parcel.body for parcel in parcels]
        text = json.dumps(bodies if batch else bodies[0]).encode()
        request = ("POST", "/v1/events", self._headers, text)
        try:
            if self._random.random() < 0.02:
                line.hang_up(*request)
                raise NoAnswer
            answer = line.exchange(*request)
            words = self._words(answer, parcels, batch)
        except NoAnswer:
            words = ["doubt"] * len(parcels)
        for parcel, word in zip(parcels, words, strict=True):
            self._load.ledger.answered(parcel, word)
            # Some senders forget what they were about: such an event may be there or not, but once at most.
            if word == "doubt" and not parcel.contrary and self._random.random() > 0.01:
                self._doubtful.append(parcel)
        if "doubt" in words:
            time.sleep(PAUSE_SECONDS)

    def _words(self, answer: Answer, parcels: list[Parcel], batch: bool) -> list[Word]:
        """What the answer says of each event."""
        if answer.status >= 500:
            self._load.check_failure(answer)
            return ["doubt"] * len(parcels)
        said = json.loads(answer.body)
        if answer.status not in (200, 201, 207):
            if batch or answer.status not in (409, 422):
                self._load.odd.append(f"{answer.status}: {answer.body[:200]!r}")
            return ["refused"] * len(parcels)
        items = said["items"] if batch else [said]
        together = zip(items, parcels, strict=False)
        # An event whose attributes can't be read is refused without its id.
        named = [item.get("id") or (item["result"] == "rejected" and parcel.body["id"]) for item, parcel in together]
        if len(items) != len(parcels) or named != [parcel.body["id"] for parcel in parcels]:
            self._load.odd.append(f"not one answer per event, in order: {answer.body[:200]!r}")
        return [_WORDS[item["result"]] for item in items]


class Reader:
    """One who reads rankings all the time, so that sealing and computing are hit by the faults too."""

    def __init__(self, load: Load, token: str) -> None:
        self._load = load
        self._headers = {"Authorization": f"Bearer {token}"}

    def work(self) -> None:
        """Read until told to stop; a standing holds every event that was acknowledged before the request."""
        line, seen, round_ = Line(self._load.port, Flight()), 0, 0
        try:
            while self._load.going:
                round_ += 1
                period = MONTHS[round_ % len(MONTHS)]
                least = max(seen, self._load.ledger.created)
                try:
                    answer = line.exchange("GET", f"/v1/rankings/{period}?limit=5", self._headers)
                except NoAnswer:
                    time.sleep(PAUSE_SECONDS)
                    continue
                seen = self._watermark(answer, least)
                time.sleep(0.3)
        finally:
            line.close()

    def _watermark(self, answer: Answer, least: int) -> int:
        if answer.status != 200:
            self._load.check_failure(answer)
            return least
        self._load.reads += 1
        watermark = int(json.loads(answer.body)["watermark"])
        if watermark < least:
            self._load.odd.append(f"a standing up to {watermark}, when {least} positions had been acknowledged")
        return watermark


_WORDS: dict[str, Word] = {
    "created": "created",
    "duplicate": "duplicate",
    "conflict": "refused",
    "rejected": "refused",
}


def some_event(randomness: random.Random, number: int) -> dict[str, Any]:
    """An event whose content follows from its number and chance, and is like no other's."""
    type_ = randomness.choice(list(TYPES))
    day = f"{randomness.choice(MONTHS)}-{randomness.randint(1, 28):02}"
    clock = f"10:{randomness.randrange(60):02}:{randomness.randrange(60):02}.{number % 10**6:06}"
    body = {
        "specversion": "1.0",
        "id": f"fault-{number}",
        "source": SOURCE,
        "type": type_,
        "subject": f"worker/{randomness.choice(WORKERS)}",
        "time": f"{day}T{clock}+08:00",
        "data": {},
    }
    if type_ == "visit.done":
        body["data"] = {"household": f"h-{number % 97}"}
    if type_ == "rating.resident":
        body["data"] = {"stars": randomness.choice(["1", "2.5", "3", "4.25", "5"])}
    if type_ == "assess.annual":
        body |= {"period": YEAR, "data": {"points": f"{randomness.randint(0, 400) / 4:.2f}"}}
    return body


def unwelcome(randomness: random.Random, body: dict[str, Any]) -> dict[str, Any]:
    """The event with something that must be refused, whatever else there is in its request."""
    wrong: list[dict[str, Any]] = [
        {"subject": "worker/nobody"},
        {"type": "no.such.type"},
        {"data": {"stars": "6", "household": 7}},
        {"period": "x"},
    ]
    return {**body, **randomness.choice(wrong)}
