"""Events (§5.1): what each says, typed as its event type declares, and the ledger that holds them all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

from oracle.exact import exact

Value = Fraction | bool | str


def typed(written: Any, kind: str) -> Value:
    """The value that a text of the rulebook, or a datum of an event, denotes for a field of that kind."""
    if kind == "number":
        return exact(written)
    if kind == "boolean":
        return written if isinstance(written, bool) else written == "true"
    return str(written)


def as_code(value: Value) -> str:
    """A value as the rulebook writes a code: a boolean is `true` or `false`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, eq=False)
class Event:
    """One event; `mark` is the opaque number by which the last ties are broken, smaller first.

    `position` says when it came, among the others and the publications.
    """

    type: str
    declared: dict[str, Any]
    subject: str
    instant: datetime
    period: str | None
    data: dict[str, Any]
    mark: bytes
    position: int = 0

    def value(self, field: str) -> Value | None:
        """What the event says in a field, typed; None where it says nothing."""
        written = self.data.get(field)
        return None if written is None else typed(written, self.kind(field))

    def kind(self, field: str) -> str:
        """The declared kind of a field."""
        return str(self.declared["fields"][field]["kind"])


@dataclass(frozen=True)
class Ledger:
    """All events, by type and by subject, in the order of time and then of their marks."""

    by_type: dict[str, list[Event]]
    by_subject: dict[tuple[str, str], list[Event]]

    def of_type(self, event_type: str) -> list[Event]:
        """The events of a type about anyone."""
        return self.by_type.get(event_type, [])

    def about(self, event_type: str, subject: str) -> list[Event]:
        """The events of a type about one subject."""
        return self.by_subject.get((event_type, subject), [])


def ledger(written: Iterable[dict[str, Any]], event_types: dict[str, dict[str, Any]]) -> Ledger:
    """The ledger of the events whose types are declared."""
    events = [_event(one, event_types[one["type"]]) for one in written if one["type"] in event_types]
    by_type: dict[str, list[Event]] = defaultdict(list)
    by_subject: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event.instant, event.mark)):
        by_type[event.type].append(event)
        by_subject[event.type, event.subject].append(event)
    return Ledger(dict(by_type), dict(by_subject))


def mark(source: str, identifier: str) -> bytes:
    """The first half of the SHA-256 of an event's identity."""
    encoded = source.encode()
    return sha256(len(encoded).to_bytes(4, "big") + encoded + identifier.encode()).digest()[:16]


def _event(written: dict[str, Any], declared: dict[str, Any]) -> Event:
    return Event(
        written["type"],
        declared,
        written["subject"],
        datetime.fromisoformat(written["time"]),
        written.get("period"),
        written["data"],
        mark(written["source"], written["id"]),
        written.get("position", 0),
    )
