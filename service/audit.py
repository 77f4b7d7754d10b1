"""The audit: the journal and everything that it covers, recomputed from what is stored, down to each value.

Whoever owns the database can rewrite rows, and with patience the whole chain after them; so heads are kept outside, and
each must still be in the chain. Nothing is changed here, and memory stays flat. What a run says of the people is
recomputed in service/verification.py; personal data and the text of reasons can be erased and are no part of it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from service import canonical, intake, journal, roster
from service.database.transactions import Transaction
from service.database.transactions import json as jsonb
from service.personal import hashes
from service.rulebooks import rows, store

_FIRST = -(2**63)
_ENTRIES = 500  # read at once
_EVENTS = 20_000  # read at once, about
# What is stored beside the entries, and is what they say.
_COMPARED = (
    "roster_unlike",
    "rows_astray",
    "reversals_unlike",
    "reopenings_unlike",
    "finalisations_unlike",
    "forcings_unlike",
    "notices_unlike",
    "objections_unlike",
    "calendar_unlike",
    "states_unlike",
    "rulebooks_unlike",
    "event_types_unlike",
    "feed_unlike",
    "about_unlike",
)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Head(NamedTuple):
    """The end of a chain: whoever keeps it elsewhere can tell whether the chain up to it was rewritten."""

    position: int
    hash: str


class Broken(NamedTuple):
    """Something stored that isn't what the journal says."""

    where: str
    what: str


class HeadsUnreadable(ValueError):
    """A file that holds no heads of this tenant; the text says what is wrong."""


def head(transaction: Transaction, tenant: str) -> dict[str, Any]:
    """The head of a tenant's chain after everything acknowledged so far, to be kept elsewhere."""
    journal.seal(transaction)
    row = transaction.one("chain")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"tenant": tenant, "position": row.position, "hash": bytes(row.hash).hex(), "epoch": row.epoch, "at": now}


def heads(lines: Iterable[str], tenant: str) -> list[Head]:
    """The heads of a tenant that were kept, one JSON document a line. HeadsUnreadable for anything else."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
            if said["tenant"] == tenant:
                found.append(Head(int(said["position"]), bytes.fromhex(said["hash"]).hex()))
        except (ValueError, TypeError, KeyError):
            raise HeadsUnreadable(f"line {number} is not a head as `jifen audit head` prints it") from None
    if not found:
        raise HeadsUnreadable(f"there is no head of {tenant}")
    return found


class Audit:
    """One pass over the journal of a tenant; after it, how much of it there was."""

    def __init__(self, transaction: Transaction, kept: Sequence[Head] = ()) -> None:
        """Of what this transaction sees, against the heads that were kept."""
        self.entries = self.events = self.position = 0
        self._transaction = transaction
        self._kept: dict[int, set[str]] = {}
        for one in kept:
            self._kept.setdefault(one.position, set()).add(one.hash)

    def broken(self) -> Iterator[Broken]:
        """Everything that isn't as it was written; nothing where all holds."""
        yield from self._chain()
        yield from self._unsealed()
        yield from self._roster()
        yield from self._rows()
        yield from self._rulebooks()

    def _chain(self) -> Iterator[Broken]:
        blocks = self._pages("blocks", "last_position", _ENTRIES)
        block, before = next(blocks, None), b""
        running = _block_hash(before, block)
        expected = 1
        for entry, broken in self._checked(self._pages("entries_sealed", "position", _ENTRIES)):
            yield from broken
            if entry.position != expected:
                yield Broken(f"position {expected}", f"the next entry is at {entry.position}")
            running.update(entry.position.to_bytes(8, signed=True) + bytes(entry.digest or b""))
            self.position = entry.position + (entry.size or 1) - 1
            expected = self.position + 1
            while block and block.last_position <= self.position:
                yield from self._block(block, running.digest(), block.last_position == self.position)
                before = bytes(block.hash)
                block = next(blocks, None)
                running = _block_hash(before, block)
        while block:
            yield Broken(f"block {block.last_position}", "it seals nothing that is there")
            block = next(blocks, None)
        yield from self._ends(before)

    def _block(self, block: Any, hashed: bytes, ends_here: bool) -> Iterator[Broken]:
        if not ends_here or bytes(block.hash) != hashed:
            yield Broken(f"block {block.last_position}", "its hash isn't that of what it seals")
        if self._kept.pop(block.last_position, {bytes(block.hash).hex()}) != {bytes(block.hash).hex()}:
            yield Broken(f"position {block.last_position}", "the head that was kept outside is another")

    def _ends(self, last: bytes) -> Iterator[Broken]:
        row = self._transaction.maybe("chain")
        if row is None or (row.position, bytes(row.hash)) != (self.position, last):
            yield Broken("head", "it isn't the end of the chain")
        if self._kept.pop(0, {""}) != {""}:
            yield Broken("position 0", "the head that was kept outside is another")
        for position in sorted(self._kept):
            yield Broken(f"position {position}", "the head that was kept outside is gone")

    def _unsealed(self) -> Iterator[Broken]:
        for entry, broken in self._checked(self._pages("entries_unsealed", "entry_id", _ENTRIES)):
            yield from broken
            if not entry.waits:
                yield Broken(f"entry {entry.entry_id}", "it has no position and waits for none")
        for row in self._transaction.all("unsealed_astray"):
            yield Broken(f"entry {row.entry_id}", "it waits for a position that it has, or isn't there")

    def _pages(self, name: str, key: str, limit: int) -> Iterator[Any]:
        """All rows of a statement that answers them page by page."""
        after = _FIRST
        while page := self._transaction.all(name, after=after, limit=limit):
            yield from page
            after = getattr(page[-1], key)

    def _checked(self, entries: Iterator[Any]) -> Iterator[tuple[Any, list[Broken]]]:
        """Each entry, and what is wrong with it and its events."""
        for some in _cut(entries):
            ids = [entry.entry_id for entry in some]
            read = self._transaction.all(
                "events_of_entries", first_entry=min(ids), last_entry=max(ids), entries=sorted(ids)
            )
            events = {key: list(rows) for key, rows in groupby(read, lambda event: event.entry_id)}
            self.entries += len(some)
            self.events += len(read)
            for entry in some:
                yield entry, list(_wrong(entry, events.get(entry.entry_id, [])))

    def _roster(self) -> Iterator[Broken]:
        for entry, records in groupby(self._transaction.stream("roster_recorded"), lambda row: row.entry_id):
            read = list(records)
            said = [_record_said(row) for row in read]
            whole = all(row.subject and row.kind in (None, (row.path_kinds or [None])[-1]) for row in read)
            if not whole or roster.covered(said).hex() != read[0].records:
                yield Broken(f"entry {entry}", "the records of the roster aren't those that it made")

    def _rows(self) -> Iterator[Broken]:
        for name in _COMPARED:
            yield from map(_unlike, self._transaction.all(name))
        yield from map(_unlike, self._transaction.all("runs_unlike", run=None))

    def _rulebooks(self) -> Iterator[Broken]:
        if self._transaction.all("event_types_unlike"):
            return  # told already; and with other types nobody knows what a text means
        for row in self._transaction.all("rulebook_numbers"):
            where = f"rulebook {row.id}@{row.version}"
            ruling = store.by_number(self._transaction, row.rulebook_no)
            if sha256(canonical.exact(ruling.document)).hexdigest() != row.text:
                yield Broken(where, "its text isn't the one that was drafted")
                continue
            loaded = ruling.loaded
            keys = {"tenant_id": self._transaction.tenant_id, "rulebook_no": row.rulebook_no}
            header = {
                "id": loaded["rulebook"],
                "version": loaded["version"],
                "hash": "\\x" + canonical.digest(ruling.document).hex(),
                "language": int(loaded["language"]),
                **rows.header(loaded),
            }
            said = {**store.compiled(self._transaction, ruling.document), "rulebook": [_plain(header)]}
            keyed = jsonb({table: [{**keys, **one} for one in lines] for table, lines in said.items()})
            for unlike in self._transaction.all("rulebook_rows_unlike", rulebook=row.rulebook_no, rows=keyed):
                yield Broken(where, f"its rows in the table {unlike.name} aren't what its text says")


def _cut(entries: Iterator[Any]) -> Iterator[list[Any]]:
    """Entries in portions whose events fit into memory."""
    portion: list[Any] = []
    size = 0
    for entry in entries:
        portion.append(entry)
        size += entry.size or 1
        if size >= _EVENTS or len(portion) >= _ENTRIES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _wrong(entry: Any, events: list[Any]) -> Iterator[Broken]:
    where = f"entry {entry.entry_id}"
    if entry.action is None:
        yield Broken(where, "it is gone, and its position is there")
        return
    if entry.recorded_at is None:
        yield Broken(where, "its time is none that there can be")
        return
    for place, event in enumerate(events):
        if event.ordinal != place or not _holds(event):
            yield Broken(f"event {event.event_id}", "it isn't as it was written")
    content = b"".join(
        intake.covered(
            event.event_id,
            bytes(event.content_digest),
            [event.type, event.subject, event.sent_subject, event.period, event.data, event.extensions],
            intake.form_of(entry.detail),
        )
        for event in events
    )
    said = (entry.action, entry.actor, entry.request_id, entry.recorded_at, entry.size, entry.detail)
    if journal.digest(*said, content, entry.has_reason) != bytes(entry.digest):
        yield Broken(where, "its digest isn't that of what it says, of its events or of its reason's presence")


def _holds(event: Any) -> bool:
    """Whether the columns of a stored event agree with each other; the entry covers the rest."""
    if None in (event.source, event.type, event.subject, event.time) or not isinstance(event.data, dict):
        return False
    sent = event.sent_subject or event.subject
    content = canonical.content_digest(event.type, sent, event.time.astimezone(UTC), event.period, event.data)
    quantity = None if event.quantity is None else format(event.quantity, "f")
    return (canonical.event_id(event.source, event.id), content, event.data.get(event.quantity_field)) == (
        event.event_id,
        bytes(event.content_digest),
        quantity,
    )


def _block_hash(before: bytes, block: Any) -> Any:
    """The hash of a block as far as it doesn't depend on what it seals."""
    if block is None or block.sealed_at is None:
        return sha256()
    at = (block.sealed_at - _BEGINNING) // timedelta(microseconds=1)
    return sha256(before + at.to_bytes(8, signed=True))


def _record_said(row: Any) -> list[Any]:
    node = None if row.kind is None else (row.title, row.path, row.path_kinds)
    hashed = {field: getattr(row, f"{field}_hash") for field in hashes.FIELDS}
    return roster.record_said(row.subject, row.attributes, row.assignments, node, hashed)


def _unlike(row: Any) -> Broken:
    where = "journal" if row.entry_id is None else f"entry {row.entry_id}"
    return Broken(where, f"{row.what} isn't as it says")


def _plain(header: dict[str, Any]) -> dict[str, Any]:
    """Days and decimals as text, as JSON has neither."""
    return {key: value if isinstance(value, int | str | list | None) else str(value) for key, value in header.items()}
