"""The trouble that senders make: they lose answers, send everything many times at once, and quarrel over identities.

Each is told a port and a token and knows nothing of the service but HTTP; what comes back is what the senders know.
Everything ends by itself, after a count and a time.
"""

import random
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from threading import Barrier
from typing import Any

from tests.county import visit
from tests.faults.crew import work
from tests.faults.dropping import Dropping
from tests.faults.ledger import Entry, Ledger, Parcel
from tests.faults.load import some_event
from tests.faults.sender import WORDS, Outcome, Sender

MOST_SECONDS = 3600.0
LOSING, CROWD, RIVALS = 16, 32, 50  # senders at once


@dataclass
class Known:
    """What the senders know afterwards: every event, and the answers that nothing excuses."""

    ledger: Ledger = field(default_factory=Ledger)
    odd: list[str] = field(default_factory=list)
    failures: int = 0
    dropped: int = 0


def lose_answers(port: int, token: str, drops: int, seed: int) -> Known:
    """Send over a line that drops the answer after the service has committed, and again until there is an answer."""
    known, numbers, senders = Known(), count(1), list[Sender]()
    ends_at = time.monotonic() + MOST_SECONDS
    with Dropping(port, seed) as proxy:

        def lose(number: int) -> None:
            randomness, sender = random.Random(f"{seed}/{number}"), Sender(proxy.port, token, odd=known.odd)
            while proxy.dropped < drops and time.monotonic() < ends_at:
                size = randomness.choice([1, 1, 2, 10])
                parcels = [known.ledger.plan(some_event(randomness, next(numbers))) for _ in range(size)]
                _send_until_answered(sender, parcels, known, ends_at)
            senders.append(sender)
            sender.line.close()

        work([partial(lose, number) for number in range(LOSING)], MOST_SECONDS + 60)
    known.dropped = proxy.dropped
    known.failures = sum(sender.failures for sender in senders)
    if (missed := sum(sender.unanswered for sender in senders)) != proxy.dropped:
        known.odd.append(f"{missed} answers were missed and {proxy.dropped} dropped")
    return known


def _send_until_answered(sender: Sender, parcels: list[Parcel], known: Known, ends_at: float) -> None:
    right = "created"
    while time.monotonic() < ends_at:
        outcomes = sender.send([parcel.body for parcel in parcels])
        _enter(known.ledger, parcels, outcomes)
        if "doubt" not in outcomes:
            known.odd += [f"{outcome}, where {right} is right" for outcome in set(outcomes) - {right}]
            return
        right = "duplicate"


def repeat_everything(port: int, token: str, events: int, seed: int) -> Known:
    """Every event 2 to 10 times, from many senders at once, in batches that overlap, in any order."""
    known, randomness, senders = Known(), random.Random(seed), list[Sender]()
    parcels = [known.ledger.plan(some_event(randomness, number)) for number in range(1, events + 1)]
    shares: list[list[Parcel]] = [[] for _ in range(CROWD)]
    for parcel in parcels:
        for _ in range(randomness.randint(2, 10)):
            randomness.choice(shares).append(parcel)

    def send(number: int) -> None:
        dice, sender, share = random.Random(f"{seed}/{number}"), Sender(port, token, odd=known.odd), shares[number]
        # Whoever begins near the same event meets the others there; within a batch the order is anybody's.
        share.sort(key=lambda parcel: parcel.entry.body["id"] if number % 2 else parcel.entry.body["time"])
        while share:
            size = dice.choice([1, 5, 50, 200])
            batch, share[:] = share[:size], share[size:]
            dice.shuffle(batch)
            _enter(known.ledger, batch, sender.send([parcel.body for parcel in batch]))
        senders.append(sender)
        sender.line.close()

    work([partial(send, number) for number in range(CROWD)], MOST_SECONDS)
    known.failures = sum(sender.failures + sender.unanswered for sender in senders)
    return known


def _enter(ledger: Ledger, parcels: list[Parcel], outcomes: list[Outcome]) -> None:
    for parcel, outcome in zip(parcels, outcomes, strict=True):
        ledger.answered(parcel, WORDS[outcome])


@dataclass
class Quarrel:
    """One identity, the two contents under which it was sent, and who was answered what."""

    contents: tuple[dict[str, Any], dict[str, Any]]
    answers: list[tuple[int, Outcome]] = field(default_factory=list)

    def entry(self) -> Entry:
        """The content that won, as an event that is there; the first, if none did."""
        won = [content for content, outcome in self.answers if outcome == "created"]
        return Entry(self.contents[won[0] if won else 0], created=len(won))

    def wrong(self) -> list[str]:
        """What is wrong: one is created, who sent the same is a duplicate, who sent something else a conflict."""
        won = [content for content, outcome in self.answers if outcome == "created"]
        if len(won) != 1:
            return [f"{self.contents[0]['id']} was created {len(won)} times"]
        right: dict[bool, set[Outcome]] = {True: {"created", "duplicate"}, False: {"conflict"}}
        return [
            f"{self.contents[0]['id']} was answered {outcome}"
            for content, outcome in self.answers
            if outcome not in right[content == won[0]]
        ]


def quarrel(port: int, token: str, rounds: int, seed: int) -> tuple[list[Quarrel], list[str]]:
    """Many senders at once under one identity, half of them with another content, again and again."""
    quarrels = [Quarrel((one := visit("w1", "ours"), {**one, "data": {"household": "theirs"}})) for _ in range(rounds)]
    barrier, odd = Barrier(RIVALS, timeout=MOST_SECONDS), list[str]()

    def send(number: int) -> None:
        dice, sender = random.Random(f"{seed}/{number}"), Sender(port, token, odd=odd)
        try:
            for one in quarrels:
                content = number % 2
                barrier.wait()
                [outcome] = sender.send([one.contents[content]], batch=dice.random() < 0.3)
                one.answers.append((content, outcome))
        except BaseException:
            barrier.abort()  # or the others would wait for who will never come
            raise
        finally:
            sender.line.close()

    work([partial(send, number) for number in range(RIVALS)], MOST_SECONDS)
    return quarrels, odd
