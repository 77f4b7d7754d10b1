"""The checker: holds what the senders know against what is stored, and reports every difference by its kind.

It reads as the database's owner, past the service. `compare` is a pure function of the ledger and the rows, so that
the checker itself can be tested with rows that no database would hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row

from schemas.events import Envelope
from service import canonical
from tests.faults.ledger import Entry

_ENVELOPE = Envelope()
_ROWS = """
SELECT s.source, e.id, e.event_id, y.type, u.kind || '/' || u.id AS subject, e.time, e.period, e.data::text AS data,
    e.content_digest, e.extensions::text AS extensions
FROM event e
LEFT JOIN source s ON s.tenant_id = e.tenant_id AND s.source_no = e.source_no
LEFT JOIN event_type y ON y.tenant_id = e.tenant_id AND y.type_no = e.type_no
LEFT JOIN subject u ON u.tenant_id = e.tenant_id AND u.subject_no = e.subject_no
WHERE e.tenant_id = %s
"""


class Stored(NamedTuple):
    """An event as the database holds it, `data` and `extensions` as JSON text."""

    source: str
    id: str
    event_id: Any
    type: str
    subject: str
    time: datetime
    period: str | None
    data: str
    content_digest: bytes
    extensions: str | None = None


@dataclass
class Findings:
    """What doesn't hold, by kind; all empty when everything does."""

    lost: list[str] = field(default_factory=list)  # acknowledged and not there
    doubled: list[str] = field(default_factory=list)  # there more than once
    changed: list[str] = field(default_factory=list)  # there with other content
    unwelcome: list[str] = field(default_factory=list)  # refused and there
    strangers: list[str] = field(default_factory=list)  # there and never sent
    surprises: list[str] = field(default_factory=list)  # answers that contradict each other

    def all(self) -> dict[str, list[str]]:
        """The kinds that were found."""
        return {kind: found for kind, found in vars(self).items() if found}

    def summary(self) -> str:
        """How many of each kind."""
        return ", ".join(f"{len(found)} {kind}" for kind, found in vars(self).items())


def stored(url: str, tenant_id: int) -> list[Stored]:
    """Every event of the tenant."""
    with psycopg.connect(url) as connection:
        return [Stored(*row) for row in connection.execute(_ROWS, [tenant_id])]


def compare(entries: Iterable[Entry], rows: Sequence[Stored]) -> Findings:
    """The ledger against the rows."""
    findings = Findings()
    by_key: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for row in rows:
        by_key[row.source, row.id].append(row)
    for entry in entries:
        _compare_one(entry, by_key.pop(entry.key, []), findings)
    findings.strangers += [f"{source} {id_}" for source, id_ in by_key]
    return findings


def _compare_one(entry: Entry, rows: list[Stored], findings: Findings) -> None:
    name = " ".join(entry.key)
    if entry.acknowledged and not rows:
        findings.lost.append(name)
    if len(rows) > 1:
        findings.doubled.append(f"{name} {len(rows)} times")
    if rows and (entry.refused or not entry.welcome):
        findings.unwelcome.append(name)
    expected = digest_of(entry.body) if rows else b""
    if any(content_of(row) != expected or bytes(row.content_digest) != expected for row in rows):
        findings.changed.append(name)
    if any(row.event_id != canonical.event_id(*entry.key) for row in rows):
        findings.changed.append(f"{name}: its identity")
    surprises = list(entry.surprises)
    if entry.acknowledged and not entry.welcome:
        surprises.append("is unwelcome and was acknowledged")
    if entry.refused and entry.welcome:
        surprises.append("is welcome and was refused")
    if entry.duplicate and not entry.created and not entry.doubt:
        surprises.append("was answered duplicate and never created")
    findings.surprises += [f"{name} {surprise}" for surprise in surprises]


def digest_of(body: dict[str, Any]) -> bytes:
    """The digest of an event's content as it was sent."""
    said = _ENVELOPE.load(body)
    return canonical.content_digest(said["type"], said["subject"], said["time"], said.get("period"), said["data"])


def content_of(row: Stored) -> bytes:
    """The digest of the content that the columns hold, whatever digest stands beside them."""
    data = canonical.parse(row.data.encode(), 16)
    return canonical.content_digest(row.type, row.subject, row.time.astimezone(UTC), row.period, data)


def broken_journal(url: str, tenant_id: int) -> list[str]:
    """Where positions have a gap, entries lack their events, or the chain breaks; everything must be sealed."""
    with psycopg.connect(url, row_factory=namedtuple_row) as connection:

        def ask(question: str) -> list[Any]:
            return connection.execute(question.encode(), {"tenant": tenant_id}).fetchall()

        entries = ask(
            "SELECT a.entry_id, a.action, a.size, a.digest, s.position, e.ordinals"
            " FROM audit_entry a LEFT JOIN seal s USING (tenant_id, entry_id)"
            " LEFT JOIN (SELECT entry_id, array_agg(ordinal ORDER BY ordinal) AS ordinals"
            " FROM event WHERE tenant_id = %(tenant)s GROUP BY entry_id) e USING (entry_id)"
            " WHERE a.tenant_id = %(tenant)s ORDER BY s.position"
        )
        waiting = ask("SELECT entry_id FROM unsealed WHERE tenant_id = %(tenant)s")
        blocks = ask(
            "SELECT last_position, hash, (extract(epoch FROM sealed_at) * 1000000)::bigint AS sealed_at"
            " FROM chain_block WHERE tenant_id = %(tenant)s ORDER BY last_position"
        )
        head = ask("SELECT position, hash FROM chain_head WHERE tenant_id = %(tenant)s")[0]
    broken = [f"entry {row.entry_id} waits for its position" for row in waiting]
    broken += _broken_entries(entries, head.position)
    return broken + _broken_chain(entries, blocks, head)


def _broken_entries(entries: list[Any], last: int) -> list[str]:
    broken, position = [], 1
    for entry in entries:
        if entry.position != position:
            broken.append(f"entry {entry.entry_id} has position {entry.position}, not {position}")
        position = (entry.position or position) + entry.size
        events = list(range(entry.size)) if entry.action == "event.create" else None
        if entry.ordinals != events:
            broken.append(f"entry {entry.entry_id} is said to hold {entry.size} events and doesn't")
    if position != last + 1:
        broken.append(f"the sizes add up to {position - 1}, the last position is {last}")
    return broken


def _broken_chain(entries: list[Any], blocks: list[Any], head: Any) -> list[str]:
    """The hash of each block computed anew: SHA-256 over the hash before, the time, and its entries."""
    sealed = iter([entry for entry in entries if entry.position is not None])
    entry, before = next(sealed, None), b""
    for block in blocks:
        text = bytes(before) + block.sealed_at.to_bytes(8)
        while entry is not None and entry.position <= block.last_position:
            text += entry.position.to_bytes(8) + bytes(entry.digest)
            entry = next(sealed, None)
        before = sha256(text).digest()
        if before != bytes(block.hash):
            return [f"the chain breaks at the block that ends with {block.last_position}"]
    return [] if before == bytes(head.hash) else ["the head is not the last block's"]
