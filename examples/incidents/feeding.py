"""Feeding events to the service: batches from several clients at once, and a tally of the answers.

Whoever is not sure that a batch arrived sends it again: the service counts an event once however often it comes.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

Event = dict[str, Any]
Post = Callable[[str, Any], tuple[int, Any]]  # path and body in, status and JSON out

BATCH = 1000
_ATTEMPTS = 6
_PAUSE_SECONDS = 0.5


class FeedError(RuntimeError):
    """The service refused a whole batch, or could not take it in several attempts."""


@dataclass
class Tally:
    """What became of the events: how many had each result, and where those that were refused went wrong."""

    results: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)  # pointer and code

    def add(self, answers: Iterable[dict[str, Any]]) -> None:
        """Count the answers to a batch."""
        for answer in answers:
            self.results[answer["result"]] += 1
            self.faults.update((fault["pointer"], fault["code"]) for fault in answer.get("errors", []))


def feed(events: Iterable[Event], clients: Sequence[Post]) -> Tally:
    """Send everything, each client its share of the batches in a thread of its own. FeedError where it can't."""
    sent = list(events)
    batches = [sent[start : start + BATCH] for start in range(0, len(sent), BATCH)]
    with ThreadPoolExecutor(len(clients)) as threads:
        shares = [threads.submit(_share, post, batches[n :: len(clients)]) for n, post in enumerate(clients)]
        tally = Tally()
        for share in shares:
            tally.add(share.result())
    return tally


def shuffled(events: Iterable[Event], seed: int) -> list[Event]:
    """The events in an order that only the seed decides."""
    mixed = list(events)
    Random(seed).shuffle(mixed)
    return mixed


def _share(post: Post, batches: Sequence[list[Event]]) -> list[dict[str, Any]]:
    return [answer for batch in batches for answer in _answers(post, batch)]


def _answers(post: Post, batch: list[Event]) -> list[dict[str, Any]]:
    for attempt in range(_ATTEMPTS):
        status, said = post("/v1/events", batch)
        if status in (200, 207):
            return list(said["items"])
        if status != 503:
            raise FeedError(f"the service answered {status}: {said}")
        time.sleep(_PAUSE_SECONDS * 2**attempt)
    raise FeedError(f"the service was unavailable in {_ATTEMPTS} attempts")
