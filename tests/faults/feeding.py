"""A feed that is read while it is written: writers who commit late, readers, and a judge who knows what was committed.

Each entry names its writer and its number there, so that whoever reads it can say which one it is. The careless reader
goes by the numbers of entries, which are handed out before the commit; it shows that the judge would see a gap.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from threading import Event, Lock
from typing import Any, NamedTuple

import psycopg

from service import journal
from service.database.transactions import Database
from service.feed import TYPES, Feed, Wanted
from tests.faults.crew import Crew

Entry = tuple[int, int]  # the writer, and the number there

WRITERS = 16
MOST_SECONDS = 3 * 3600.0
_ACTION = "period.close"  # tells itself, and no reason stands in its way
_LATEST_SECONDS = 0.02  # between what is written and its commit
_MOST_ENTRIES = 250  # of one transaction
_PAGES = (1, 7, 100, 1000, 5000)


class Wrote(NamedTuple):
    """A transaction that was acknowledged: its entries, and how many others had been when it began."""

    entries: list[Entry]
    begun_after: int


@dataclass
class Written:
    """What was acknowledged, in that order."""

    transactions: list[Wrote] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def write(self, commit: Callable[[], list[Entry]]) -> None:
        """Let somebody write, and remember it once it is acknowledged."""
        with self.lock:
            begun_after = len(self.transactions)
        entries = commit()
        with self.lock:
            self.transactions.append(Wrote(entries, begun_after))


class Verdict(NamedTuple):
    """What is wrong with what somebody read."""

    rows: int
    missed: int
    doubled: int
    out_of_order: int

    def __str__(self) -> str:
        return f"{self.rows:,} rows, missed {self.missed}, doubled {self.doubled}, out of order {self.out_of_order}"


def judge(written: Written, read: list[Entry], ascending: bool = True) -> Verdict:
    """Everything once, and whatever was acknowledged before something else began, before that.

    `ascending`: whether the reader found the places of its items in their order.
    """
    places = {entry: n for n, entry in enumerate(read)}
    sent = [entry for transaction in written.transactions for entry in transaction.entries]
    latest, wrong = [-1], 0 if ascending else 1
    for transaction in written.transactions:
        latest.append(max([latest[-1], *(places.get(entry, -1) for entry in transaction.entries)]))
    for transaction in written.transactions:
        found = [places[entry] for entry in transaction.entries if entry in places]
        wrong += bool(found) and min(found) < latest[transaction.begun_after]
        wrong += any(before > after for before, after in pairwise(found))
    return Verdict(len(sent), len(set(sent) - places.keys()), len(read) - len(places), wrong)


def write(database: Database, tenant_id: int, written: Written, writer: int, rows: int, seed: int) -> None:
    """Write so many entries, a few or many in a transaction, and commit each when it pleases."""
    dice, done = random.Random(f"{seed}/{writer}"), 0
    most = max(1, min(_MOST_ENTRIES, rows // 10))
    while done < rows:
        some = min(dice.choice([1, dice.randint(1, most)]), rows - done)
        entries = [(writer, done + n) for n in range(some)]

        def commit(entries: list[Entry] = entries) -> list[Entry]:
            with database.transaction(tenant_id) as transaction:
                said = [{"rulebook": f"writer-{writer}", "period": str(number)} for _, number in entries]
                journal.record_each(transaction, _ACTION, "writer", [(detail, "kept apart") for detail in said])
                time.sleep(dice.random() * _LATEST_SECONDS)
            return entries

        written.write(commit)
        done += some


class Reader:
    """Reads the feed as its users do: a cursor, pages of any size, until everybody has written and a page is empty."""

    def __init__(self, feed: Feed, tenant_id: int, seed: str) -> None:
        """From here on; nothing that was there before."""
        self.read: list[Entry] = []
        self.ascending = True
        self._feed, self._tenant_id, self._dice = feed, tenant_id, random.Random(seed)
        self._cursor = self._page("now")["next"]

    def follow(self, finished: Event) -> None:
        """Read until the end."""
        last = ""
        while True:
            was_finished = finished.is_set()
            page = self._page(self._cursor)
            self._cursor = page["next"]
            for item in page["items"]:
                self.ascending &= item["sequence"] > last
                last = item["sequence"]
                rulebook, period = item["data"]["rulebook"], item["data"]["period"]
                self.read.append((int(rulebook.removeprefix("writer-")), int(period)))
            if not page["items"]:
                if was_finished:
                    return
                time.sleep(self._dice.random() * 0.05)

    def _page(self, cursor: str) -> dict[str, Any]:
        return self._feed.page(Wanted(self._tenant_id, TYPES, self._dice.choice(_PAGES)), cursor)


class CarelessReader:
    """Reads the entries themselves, by number: those that are committed late have been passed by."""

    ascending = True

    def __init__(self, url: str, tenant_id: int) -> None:
        """As the owner, from here on."""
        self.read: list[Entry] = []
        self._url, self._tenant_id = url, tenant_id

    def follow(self, finished: Event) -> None:
        """Read until the end."""
        query = (
            "SELECT entry_id, detail FROM audit_entry WHERE tenant_id = %s AND action = %s AND entry_id > %s"
            " ORDER BY entry_id LIMIT 1000"
        )
        last = 0
        with psycopg.connect(self._url, autocommit=True) as owner:
            while True:
                was_finished = finished.is_set()
                rows = owner.execute(query, [self._tenant_id, _ACTION, last]).fetchall()
                for last, detail in rows:  # noqa: B007 - the cursor
                    self.read.append((int(detail["rulebook"].removeprefix("writer-")), int(detail["period"])))
                if not rows and was_finished:
                    return


class Outcome(NamedTuple):
    """What became of it: what is wrong with what each reader read, and how long it took."""

    careful: list[Verdict]
    careless: Verdict
    seconds: float


def feed_and_read(url: str, database: Database, tenant_id: int, rows: int, readers: int, seed: int) -> Outcome:
    """So many rows by sixteen writers, read meanwhile by so many readers and a careless one."""
    written, finished = Written(), Event()
    feed = Feed(database, days=1, most_waiting=0)
    careful = [Reader(feed, tenant_id, f"{seed}/reader/{n}") for n in range(readers)]
    careless = CarelessReader(url, tenant_id)
    each = -(-rows // WRITERS)
    writing = Crew([partial(write, database, tenant_id, written, n, each, seed) for n in range(WRITERS)])
    reading = Crew([partial(one.follow, finished) for one in (*careful, careless)])
    begun = time.monotonic()
    reading.begin()
    writing.begin()
    try:
        writing.end(MOST_SECONDS)
    finally:
        finished.set()
        reading.end(MOST_SECONDS)
    verdicts = [judge(written, one.read, one.ascending) for one in careful]
    return Outcome(verdicts, judge(written, careless.read), time.monotonic() - begun)
