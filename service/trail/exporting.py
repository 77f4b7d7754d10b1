"""The whole trail as lines of JSON, the oldest first, with all that an auditor needs to compute the chain again.

A line is an `entry`, with its changes and what its digest covers beside it, or a `block` after what it seals. How the
digests are made is in docs/audit.md, beside a program that needs nothing of ours.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from service import intake
from service.database.transactions import Transaction
from service.trail import changes, reading

Said = dict[str, Any]
_ENTRIES = 200  # read at once
_EVENTS = 20_000


def lines(transaction: Transaction, until: int) -> Iterator[Said]:
    """Every entry up to a position, which ends a block, and every block."""
    blocks = _pages(transaction, "blocks", "last_position", {})
    block = next(blocks, None)
    for some in _cut(_pages(transaction, "trail_onward", "position", {"until_position": until})):
        changed, covered = changes.of(transaction, some), _covered(transaction, some)
        for entry in some:
            said = reading.told(entry, changed[entry.entry_id])
            yield {"kind": "entry", **said, "has_reason": entry.has_reason, "covers": covered.get(entry.entry_id, [])}
            last = entry.position + entry.size - 1
            while block and block.last_position <= last:
                yield _block(block)
                block = next(blocks, None)


def _block(row: Any) -> Said:
    said = {"last_position": row.last_position, "sealed_at": row.sealed_at.isoformat(timespec="microseconds")}
    return {"kind": "block", **said, "hash": bytes(row.hash).hex()}


def _covered(transaction: Transaction, entries: Sequence[Any]) -> dict[int, list[str]]:
    """What the digest of each entry covers of its events, in hexadecimal."""
    forms = {entry.entry_id: intake.form_of(entry.detail) for entry in entries if entry.action == "event.create"}
    if not forms:
        return {}
    ids = sorted(forms)
    read = transaction.all("events_of_entries", first_entry=ids[0], last_entry=ids[-1], entries=ids)
    by_entry = groupby(read, lambda row: row.entry_id)
    return {entry: [_of_event(row, forms[entry]) for row in rows] for entry, rows in by_entry}


def _of_event(row: Any, form: int) -> str:
    said = [row.type, row.subject, row.sent_subject, row.period, row.data, row.extensions]
    return intake.covered(row.event_id, bytes(row.content_digest), said, form).hex()


def _pages(transaction: Transaction, name: str, key: str, more: Said) -> Iterator[Any]:
    """All rows of a statement that answers them page by page."""
    after = 0
    while page := transaction.all(name, after=after, limit=_ENTRIES, **more):
        yield from page
        after = getattr(page[-1], key)


def _cut(entries: Iterator[Any]) -> Iterator[list[Any]]:
    """Entries in portions whose changes fit into memory."""
    portion: list[Any] = []
    size = 0
    for entry in entries:
        portion.append(entry)
        size += changes.count(entry) or 1
        if size >= _EVENTS or len(portion) >= _ENTRIES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
