"""The dictionary: what the words of senders mean, which are the names of event types, sources and subjects.

A process remembers it from one request to the next, so that most events need nothing read. What is remembered is of
one state of the tables, named by the audit entry that changed them last; events are stored only while that stands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from schemas.event_types import Data, json_text
from schemas.events import split_subject
from schemas.faults import Fault
from service import event_types
from service.database import arrays
from service.database.transactions import Transaction

_MOST_SUBJECTS = 200_000  # of one tenant; some 60 MB

Named = tuple[str, str]  # a source, and a subject as it calls it


@dataclass(frozen=True, slots=True)
class Type:
    """A declared event type as intake needs it: its name, that as JSON, its number in four bytes, what it declares."""

    name: str
    text: str
    number: bytes
    subject: str
    dated_by: str
    check: Callable[[Any], tuple[Data, list[tuple[str, Fault]]]]


@dataclass(frozen=True, slots=True)
class Source:
    """A sending system: its number in four bytes, and SHA-256 begun with its name as identities begin."""

    number: bytes
    begun: Any


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a sender means: the number in four bytes, our own name, and whether the sender has a name of its own."""

    number: bytes
    kind: str
    name: str
    by_alias: bool


@dataclass
class Dictionary:
    """The words of one tenant in one state."""

    entry: int
    types: dict[str, Type]
    sources: dict[str, Source] = field(default_factory=dict)
    subjects: dict[Named, Subject] = field(default_factory=dict)

    def learn(self, transaction: Transaction, named: Iterable[Named]) -> bool:
        """Look up what isn't known yet; whether anything was learnt. What there isn't stays unknown."""
        unknown = sorted(pair for pair in named if pair not in self.subjects)
        if not unknown:
            return False
        if len(self.subjects) + len(unknown) > _MOST_SUBJECTS:
            self.subjects.clear()
        if strange := sorted({source for source, _ in unknown} - self.sources.keys()):
            for row in transaction.all("sources", sources=strange):
                self.sources[row.source] = Source(row.source_no.to_bytes(4), identity_begun(row.source))
        names = [(source, said, *split_subject(said)) for source, said in unknown]
        columns = map(arrays.texts, zip(*names, strict=True))
        rows = transaction.all(
            "senders_subjects", **dict(zip(("sources", "subjects", "kinds", "ids"), columns, strict=True))
        )
        for row in rows:
            found = Subject(row.subject_no.to_bytes(4), row.kind, f"{row.kind}/{row.subject_id}", row.by_alias)
            self.subjects[row.source, row.subject] = found
        return bool(rows)


def remembered(transaction: Transaction) -> Dictionary:
    """The dictionary as this process knows it; it may have changed since."""
    known: Dictionary | None = transaction.memory.get("dictionary")
    return known or current(transaction)


def current(transaction: Transaction) -> Dictionary:
    """The dictionary as it stands now."""
    entry = transaction.one("dictionary").entry_id
    known: Dictionary | None = transaction.memory.get("dictionary")
    if known is None or known.entry != entry:
        known = transaction.memory["dictionary"] = Dictionary(entry, _types(transaction))
    return known


def _types(transaction: Transaction) -> dict[str, Type]:
    return {
        name: Type(
            name,
            json_text(name),
            declared.number.to_bytes(4),
            declared.declaration["subject"],
            declared.declaration["dated_by"],
            declared.checker.check,
        )
        for name, declared in event_types.all_types(transaction).items()
    }


def identity_begun(source: str) -> Any:
    """SHA-256 over what every identity of this source begins with; the id follows."""
    name = source.encode()
    return sha256(len(name).to_bytes(4) + name)
