"""The load: senders that never rest, and a reader that keeps the standings moving while faults strike.

Each writer sends singles and batches, new events, events that others have sent too, unwelcome ones and other content
under identities that are taken; it retries what is in doubt with the same id until it is answered. Everything ends by
itself, after a time and a number of events.
"""

import json
import random
import time
from itertools import count
from threading import Event
from typing import Any

from tests.county import SOURCE, TYPES
from tests.faults.crew import Crew
from tests.faults.ledger import Ledger, Parcel
from tests.faults.line import TIMEOUT_SECONDS, Answer, Flight, Line, NoAnswer
from tests.faults.sender import WORDS, Sender, odd_failure
from tests.faults.sizes import BATCH

WRITERS = 32
IN_FLIGHT = 16  # what the invariant is tested with; more writers, because some are just between two requests
MOST_EVENTS = 2_000_000
MOST_SECONDS = 7200.0
SETTLE_SECONDS = 60.0
PAUSE_SECONDS = 0.05  # after a failure
WORKERS = ("w1", "w2", "w3", "w4", "w5", "w6")
MONTHS = ("2025-01", "2025-02", "2025-03")
YEAR = "2025"


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
        randomness = random.Random(seed)
        writers = [Writer(self, sender, random.Random(randomness.random())) for _ in range(WRITERS)]
        jobs = [*(writer.work for writer in writers), Reader(self, reader).work]
        self._crew = Crew(jobs)

    def __enter__(self) -> "Load":
        self.ends_at = time.monotonic() + MOST_SECONDS
        self._crew.begin()
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self.ends_at = min(self.ends_at, time.monotonic() + (0 if failure else SETTLE_SECONDS))
        self._stop.set()
        self._crew.end(SETTLE_SECONDS + 30)

    @property
    def going(self) -> bool:
        """Whether new events are to be sent."""
        return not self._stop.is_set() and time.monotonic() < self.ends_at

    def new_number(self) -> int:
        """A number for an id that no other event has."""
        return next(self._number)


class Writer:
    """One sending system."""

    def __init__(self, load: Load, token: str, randomness: random.Random) -> None:
        self._load = load
        self._sender = Sender(load.port, token, load.flight, load.odd, TIMEOUT_SECONDS)
        self._random = randomness
        self._doubtful: list[Parcel] = []

    def work(self) -> None:
        """Send until told to stop, then until nothing is in doubt."""
        try:
            while self._load.going or (self._doubtful and time.monotonic() < self._load.ends_at):
                self._send(self._next())
        finally:
            self._sender.line.close()

    def _next(self) -> list[Parcel]:
        """What to send now: what is in doubt comes first, and new events may ride along."""
        size = 1 if self._random.random() < 0.5 else self._random.randint(2, BATCH)
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

    def _send(self, parcels: list[Parcel]) -> None:
        batch = len(parcels) > 1 or self._random.random() < 0.1
        bodies = [parcel.body for parcel in parcels]
        send = self._sender.hang_up if self._random.random() < 0.02 else self._sender.send
        outcomes = send(bodies, batch)
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            self._load.ledger.answered(parcel, WORDS[outcome])
            # Some senders forget what they were about: such an event may be there or not, but once at most.
            if outcome == "doubt" and not parcel.contrary and self._random.random() > 0.01:
                self._doubtful.append(parcel)
        if "doubt" in outcomes:
            time.sleep(PAUSE_SECONDS)


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
            self._load.odd += odd_failure(answer)
            return least
        self._load.reads += 1
        watermark = int(json.loads(answer.body)["watermark"])
        if watermark < least:
            self._load.odd.append(f"a standing up to {watermark}, when {least} positions had been acknowledged")
        return watermark


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
