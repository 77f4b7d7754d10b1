"""The ledger: what the senders know of every event, and nothing that the service or its database says by itself.

An event is acknowledged when an answer that was read to its end says created or duplicate, refused when one says so,
and in doubt after a 5xx answer, a broken connection or a time-out. All writers share one ledger.
"""

import random
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

Word = Literal["created", "duplicate", "refused", "doubt"]


@dataclass(eq=False, slots=True)
class Entry:
    """One event, and how often it was answered how. An unwelcome one is made so that the service must refuse it."""

    body: dict[str, Any]
    welcome: bool = True
    created: int = 0
    duplicate: int = 0
    refused: int = 0
    doubt: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """Its identity within the tenant."""
        return self.body["source"], self.body["id"]

    @property
    def acknowledged(self) -> bool:
        """Whether the service has promised to keep it."""
        return self.created + self.duplicate > 0


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event in a request: its own content, or `contrary` content under an identity that is taken."""

    entry: Entry
    body: dict[str, Any]
    contrary: bool = False


class Ledger:
    """Every event that was ever sent."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.created = 0
        self._kept: list[Entry] = []
        self._lock = Lock()

    def plan(self, body: dict[str, Any], welcome: bool = True) -> Parcel:
        """Enter an event that is about to be sent for the first time."""
        entry = Entry(body, welcome)
        with self._lock:
            self.entries.append(entry)
        return Parcel(entry, body)

    def answered(self, parcel: Parcel, word: Word) -> None:
        """Enter an answer."""
        entry = parcel.entry
        with self._lock:
            if parcel.contrary:
                if word in ("created", "duplicate"):
                    entry.surprises.append(f"other content under its identity was answered {word}")
                return
            first = not entry.acknowledged
            setattr(entry, word, getattr(entry, word) + 1)
            if word == "created":
                self.created += 1
                # Whoever said created or duplicate before had promised that it is stored.
                if entry.created > 1:
                    entry.surprises.append("was answered created twice")
            if entry.acknowledged and first:
                self._kept.append(entry)

    def some(self, randomness: random.Random, count: int) -> list[Entry]:
        """A few of the latest events that anybody sends, acknowledged or still under way."""
        with self._lock:
            latest = [entry for entry in self.entries[-400:] if entry.welcome]
        return randomness.sample(latest, min(count, len(latest)))

    def kept(self, randomness: random.Random) -> Entry | None:
        """One of the acknowledged events."""
        with self._lock:
            return randomness.choice(self._kept) if self._kept else None

    def count(self) -> dict[str, int]:
        """How many events had which fate."""
        with self._lock:
            doubtful = [entry for entry in self.entries if entry.doubt]
            return {
                "acknowledged": sum(entry.acknowledged for entry in self.entries),
                "ambiguous": len(doubtful),
                "retried": sum(entry.acknowledged for entry in doubtful),
                "given up": sum(entry.welcome and not entry.acknowledged for entry in doubtful),
                "refused": sum(entry.refused > 0 for entry in self.entries),
            }
