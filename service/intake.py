"""Intake: from bodies to events. One answer per event, in the order of the request; nothing is lost or half-written.

A known identity is answered before any other check: the same content is a duplicate (a success), other content a
conflict. What can't be accepted is rejected with a pointer at the field. Events that are new are stored in one
transaction with one audit entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from schemas.events import Envelope, split_subject
from service import canonical, clock, event_types, journal
from service.access import Access
from service.database.transactions import Rollback, Transaction, json
from service.errors import Finding, finding, findings_of
from service.event_types import EventType

_AHEAD = timedelta(hours=24)
_ENVELOPE = Envelope()


@dataclass
class Item:
    """One event of a request on its way in, and what became of it."""

    sent: Any
    outcome: str = ""  # created, duplicate, conflict, rejected
    findings: list[Finding] = field(default_factory=list)
    malformed: list[Finding] = field(default_factory=list)
    envelope: dict[str, Any] = field(default_factory=dict)
    event_id: UUID | None = None
    digest: bytes = b""
    row: dict[str, Any] = field(default_factory=dict)
    known_type: str = "-"  # a declared type, so that a metric's label is bounded

    @property
    def covered(self) -> bytes:
        """What the hash chain covers of this event once it is stored."""
        row = self.row
        return covered(
            UUID(row["event_id"]),
            self.digest,
            [self.envelope["type"], row["subject"], row["sent_subject"], row["period"], row["data"]],
        )

    def reject(self, *findings: Finding) -> None:
        """Refuse this event, where something was found."""
        if findings:
            self.outcome = "rejected"
            self.findings += findings


def covered(event_id: UUID, content_digest: bytes, said: list[Any]) -> bytes:
    """What the hash chain covers of a stored event: its identity, the digest of its content, and as they are stored
    `said`: its type, whom it is about, the subject as sent where that is another, its period and data.

    The digest takes 5 and 5.0 for one number; to the computation they may be two codes.
    """
    return event_id.bytes + content_digest + canonical.exact(said) + b"\0"


def take(transaction: Transaction, access: Access, bodies: Sequence[Any]) -> list[Item]:
    """Store the events that are new; one item for each body, in order."""
    items = [_opened(body) for body in bodies]
    _answer_known(transaction, items)
    for item in items:
        if not item.outcome:
            item.reject(*item.malformed)
    if unknown := [item for item in items if not item.outcome]:
        _check(transaction, access, unknown)
    _answer_repeated(items)
    _store(transaction, access, [item for item in items if not item.outcome])
    return items


def _opened(body: Any) -> Item:
    """The event with its identity, where it has one: a known identity is answered even when the rest can't be read."""
    item = Item(body)
    if not isinstance(body, dict):
        item.malformed.append(finding("", "field.object"))
        return item
    try:
        item.envelope = event = _ENVELOPE.load(body)
    except ValidationError as error:
        item.malformed += findings_of(error)
        if not {"source", "id"} & error.messages_dict.keys():
            item.event_id = canonical.event_id(body["source"], body["id"])
        return item
    item.event_id = canonical.event_id(event["source"], event["id"])
    item.digest = canonical.content_digest(
        event["type"], event["subject"], event["time"], event.get("period"), event["data"]
    )
    return item


def _answer_known(transaction: Transaction, items: list[Item]) -> None:
    asked = [item for item in items if item.event_id and not item.outcome]
    if not asked:
        return
    known = {row.event_id: row for row in transaction.all("events_known", events=[i.event_id for i in asked])}
    for item in asked:
        if row := known.get(item.event_id):
            same_id = (row.source, row.id) == (item.sent["source"], item.sent["id"])
            item.outcome = "duplicate" if same_id and bytes(row.content_digest) == item.digest else "conflict"


def _answer_repeated(items: list[Item]) -> None:
    """The same id again in one request: once the first is to be stored, the others are measured against it alone."""
    first: dict[UUID, bytes] = {}
    for item in items:
        if item.event_id in first:
            item.outcome = "duplicate" if first[item.event_id] == item.digest else "conflict"
            item.findings.clear()
        elif item.event_id and not item.outcome:
            first[item.event_id] = item.digest


def _check(transaction: Transaction, access: Access, items: list[Item]) -> None:
    types = event_types.all_types(transaction)
    subjects = _subjects(transaction, items)
    sources = sorted({item.envelope["source"] for item in items})
    numbers = {row.source: row.source_no for row in transaction.all("sources", sources=sources)}
    latest = clock.now() + _AHEAD
    for item in items:
        event = item.envelope
        if event["source"] not in access.sources or event["source"] not in numbers:
            item.reject(finding("/source", "source.forbidden", source=event["source"]))
        if event["time"] > latest:
            item.reject(finding("/time", "time.future"))
        subject = subjects.get((event["source"], event["subject"]))
        if subject is None:
            item.reject(finding("/subject", "subject.unknown", subject=event["subject"]))
        type_ = types.get(event["type"])
        if type_ is None:
            item.reject(finding("/type", "type.unknown", type=event["type"]))
        else:
            item.known_type = type_.type
            _check_against_type(item, type_)
        if not item.outcome and subject and type_:
            item.row = _row(item, type_, numbers[event["source"]], subject)


def _check_against_type(item: Item, type_: EventType) -> None:
    event, declaration = item.envelope, type_.declaration
    if split_subject(event["subject"])[0] != declaration["subject"]:
        item.reject(finding("/subject", "subject.kind", kind=declaration["subject"]))
    if declaration["dated_by"] == "period" and "period" not in event:
        item.reject(finding("/period", "period.missing"))
    if declaration["dated_by"] == "time" and "period" in event:
        item.reject(finding("/period", "period.unwanted"))
    event["data"], faults = type_.checker.check(event["data"])
    item.reject(*(Finding(f"/data{pointer}", str(fault), fault.values) for pointer, fault in faults))


def _subjects(transaction: Transaction, items: list[Item]) -> dict[tuple[str, str], Any]:
    named = {(item.envelope["source"], item.envelope["subject"]) for item in items}
    wanted = [(source, *split_subject(subject)) for source, subject in sorted(named)]
    asked = [{"source": source, "kind": kind, "id": identifier} for source, kind, identifier in wanted]
    return {(row.source, f"{row.kind}/{row.id}"): row for row in transaction.all("senders_subjects", named=json(asked))}


def _row(item: Item, type_: EventType, source_no: int, subject: Any) -> dict[str, Any]:
    event = item.envelope
    return {
        "subject": f"{subject.kind}/{subject.subject_id}",
        "subject_no": subject.subject_no,
        "type_no": type_.number,
        "source_no": source_no,
        "event_id": str(item.event_id),
        "time": event["time"].isoformat(timespec="microseconds"),
        "quantity": event["data"].get(type_.declaration.get("quantity")),
        "period": event.get("period"),
        "id": event["id"],
        "sent_subject": event["subject"] if subject.by_alias else None,
        "content_digest": item.digest.hex(),
        "data": event["data"],
    }


def _store(transaction: Transaction, access: Access, items: list[Item]) -> None:
    """Store what is new. Where another writer was quicker with an id, that one is answered, the rest tried again."""
    while items:
        with transaction.savepoint():
            if _added(transaction, access, items) == len(items):
                for item in items:
                    item.outcome = "created"
                return
            raise Rollback
        _answer_known(transaction, items)
        items = [item for item in items if not item.outcome]


def _added(transaction: Transaction, access: Access, items: list[Item]) -> int:
    """Add an audit entry and its events, which take one position each."""
    for ordinal, item in enumerate(items):
        item.row["ordinal"] = ordinal
    content = b"".join(item.covered for item in items)
    entry = journal.record(
        transaction, "event.create", access.actor, {"events": len(items)}, size=len(items), content=content
    )
    return len(transaction.all("events_add", entry=entry, events=json([item.row for item in items])))
