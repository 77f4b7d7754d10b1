"""Telling the feed to a reader: from its cursor on, at once, or when something happens within the time it would wait.

Nobody who waits holds a transaction or a connection. Only so many wait in a process at once, as each keeps a thread;
the others are answered at once, with an empty page, and come again.
"""

import time
from collections.abc import Callable, Collection
from threading import Event, Semaphore
from typing import Any, NamedTuple

from service import journal
from service.database.transactions import Database, Transaction
from service.feed.places import Life, Place, cursor, life, place
from service.feed.reading import Page, after, oldest, refuse_forgotten

NOW = "now"  # in place of a cursor: from here on
_LOOKS_EVERY_SECONDS = 0.25


class Wanted(NamedTuple):
    """What a reader asks for: whose feed, which types of items, and how many at most."""

    tenant_id: int
    types: Collection[str]
    limit: int


def _anybody() -> None:
    """Nobody's right to read ends."""


class Feed:
    """The feed of every tenant."""

    def __init__(self, database: Database, days: int, most_waiting: int) -> None:
        """Told for so many days; so many requests of this process may wait at once."""
        self._database, self._days = database, days
        self._free = Semaphore(most_waiting)
        self._ends = Event()

    def end(self) -> None:
        """Answer whoever waits, and let nobody wait any more: the process is about to stop."""
        self._ends.set()

    def page(
        self,
        wanted: Wanted,
        start: str | None,
        wait_seconds: int = 0,
        still_allowed: Callable[[], None] = _anybody,
    ) -> dict[str, Any]:
        """Items from a cursor on, or from the oldest on, and the cursor to go on with.

        Where there are none, the answer may wait for one, as long as the reader is `still_allowed` to, else what that
        raises. Problem page.restored, feed.expired; request.invalid for what is no cursor.
        """
        now, read = self._begin(wanted, start)
        if not read.items and wait_seconds and self._free.acquire(blocking=False):
            try:
                read = self._wait(wanted, read, time.monotonic() + wait_seconds, still_allowed)
            finally:
                self._free.release()
        return {"items": [item.event(now.tenant) for item in read.items], "next": cursor(now.epoch, read.place)}

    def _begin(self, wanted: Wanted, start: str | None) -> tuple[Life, Page]:
        sealed = journal.sealed(self._database, wanted.tenant_id)
        with self._database.transaction(wanted.tenant_id) as transaction:
            now = life(transaction)
            begin = Place(sealed + 1, 0) if start == NOW else self._place(transaction, start, now)
            return now, after(transaction, begin, wanted.limit, sealed, wanted.types)

    def _place(self, transaction: Transaction, start: str | None, now: Life) -> Place:
        if start is None:
            return oldest(transaction, self._days)
        found = place(start, now)
        refuse_forgotten(transaction, found, self._days, now)
        return found

    def _wait(self, wanted: Wanted, read: Page, deadline: float, still_allowed: Callable[[], None]) -> Page:
        while not read.items and (left := deadline - time.monotonic()) > 0:
            if self._ends.wait(min(left, _LOOKS_EVERY_SECONDS)):
                break
            still_allowed()
            read = self._read(wanted, read.place)
        return read

    def _read(self, wanted: Wanted, begin: Place) -> Page:
        sealed = journal.sealed(self._database, wanted.tenant_id)
        if sealed < begin.position:
            return Page((), begin)
        with self._database.transaction(wanted.tenant_id) as transaction:
            return after(transaction, begin, wanted.limit, sealed, wanted.types)
