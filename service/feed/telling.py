"""Telling the feed to a reader: from its cursor on, at once, or when something happens within the time it would wait.

Nobody who waits holds a transaction or a connection. Only so many wait in a process at once, as each keeps a thread;
the others are answered at once, with an empty page, and come again.
"""

import time
from collections.abc import Collection
from threading import Event, Semaphore
from typing import Any

from service import journal
from service.database.transactions import Database
from service.feed.places import Life, Place, cursor, life, place
from service.feed.reading import Page, after, oldest, refuse_forgotten

NOW = "now"  # in place of a cursor: from here on
_LOOKS_EVERY_SECONDS = 0.5


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
        self, tenant_id: int, start: str | None, limit: int, types: Collection[str], wait_seconds: int
    ) -> dict[str, Any]:
        """Items from a cursor on, or from the oldest on, and the cursor to go on with.

        Where there are none, the answer may wait for one. Problem page.restored, feed.expired; request.invalid for what
        is no cursor.
        """
        now, begin = self._begin(tenant_id, start)
        read = self._read(tenant_id, begin, limit, types)
        if not read.items and wait_seconds and self._free.acquire(blocking=False):
            try:
                read = self._wait(tenant_id, read, limit, types, time.monotonic() + wait_seconds)
            finally:
                self._free.release()
        return {"items": [item.event(now.tenant) for item in read.items], "next": cursor(now.epoch, read.place)}

    def _begin(self, tenant_id: int, start: str | None) -> tuple[Life, Place]:
        sealed = journal.sealed(self._database, tenant_id)
        with self._database.transaction(tenant_id) as transaction:
            now = life(transaction)
            if start is None:
                return now, oldest(transaction, self._days)
            if start == NOW:
                return now, Place(sealed + 1, 0)
            found = place(start, now)
            refuse_forgotten(transaction, found, self._days, now)
            return now, found

    def _wait(self, tenant_id: int, read: Page, limit: int, types: Collection[str], deadline: float) -> Page:
        while not read.items and (left := deadline - time.monotonic()) > 0:
            if self._ends.wait(min(left, _LOOKS_EVERY_SECONDS)):
                break
            read = self._read(tenant_id, read.place, limit, types)
        return read

    def _read(self, tenant_id: int, begin: Place, limit: int, types: Collection[str]) -> Page:
        sealed = journal.sealed(self._database, tenant_id)
        if sealed < begin.position:
            return Page((), begin)
        with self._database.transaction(tenant_id) as transaction:
            return after(transaction, begin, limit, sealed, types)
