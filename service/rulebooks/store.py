"""Versions of rulebooks: drafted by one person, published by another, never changed."""

from typing import Any, NamedTuple

from marshmallow import ValidationError

from schemas.rulebook import Rulebook
from service import canonical, event_types, journal
from service.database.transactions import Transaction, json
from service.errors import Problem, findings_of, unknown
from service.event_types import EventType
from service.periods import Period
from service.rulebooks import lint, rows, text

_SHAPE = Rulebook()


class Ruling(NamedTuple):
    """A published version as the computation needs it."""

    number: int
    id: str
    version: str
    hash: bytes
    language: int
    document: dict[str, Any]
    effective_from: str
    timezone: str

    @property
    def loaded(self) -> dict[str, Any]:
        """The document, typed."""
        return load(self.document)


def load(document: dict[str, Any]) -> dict[str, Any]:
    """The typed form of a document. Problem request.invalid with every finding of the shape."""
    try:
        loaded: dict[str, Any] = _SHAPE.load(document)
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    return loaded


def draft(transaction: Transaction, actor: str, source: bytes) -> tuple[dict[str, Any], bool]:
    """Store a version as a draft; its header, and whether it is new. Problem request.invalid, rulebook.exists."""
    document = text.parse(source)
    loaded = load(document)
    types = event_types.all_types(transaction)
    _refuse_findings(loaded, types)
    identity = {"id": loaded["rulebook"], "version": loaded["version"]}
    hashed = canonical.digest(document)
    header = {"rulebook": identity["id"], "version": identity["version"], "hash": hashed.hex()}
    transaction.do("rulebook_lock")
    if before := transaction.maybe("rulebook_version", **identity):
        if bytes(before.hash) != hashed:
            raise Problem("rulebook.exists", **identity)
        return header, False
    journal.record(transaction, "rulebook.draft", actor, header)
    number = transaction.one(
        "rulebook_add",
        **identity,
        hash=hashed,
        language=int(loaded["language"]),
        document=json(document),
        drafted_by=actor,
        **rows.header(loaded),
    ).rulebook_no
    keys = {"tenant_id": transaction.tenant_id, "rulebook_no": number}
    tables = rows.parameter_rows(loaded, types)
    transaction.do(
        "rulebook_rows_add", rows=json({t: [{**keys, **row} for row in added] for t, added in tables.items()})
    )
    return header, True


def publish(transaction: Transaction, actor: str, identifier: str, version: str) -> None:
    """Let a version rule from its first period. Problem access.second_person, rulebook.published, rulebook.overlap."""
    transaction.do("rulebook_lock")
    row = transaction.maybe("rulebook_version", id=identifier, version=version)
    if row is None:
        raise unknown("rulebook", f"{identifier}@{version}")
    if row.published_by is not None:
        raise Problem("rulebook.published")
    if row.drafted_by == actor:
        raise Problem("access.second_person")
    # Event types may have grown since it was drafted.
    _refuse_findings(load(row.document), event_types.all_types(transaction))
    for other in transaction.all("rulebooks_published", id=identifier):
        if other.effective_from == row.effective_from:
            raise Problem("rulebook.overlap", other=f"{other.id}@{other.version}", period=row.effective_from)
        if other.timezone != row.timezone:
            raise Problem("rulebook.timezone", other=f"{other.id}@{other.version}", zone=other.timezone)
    settled = transaction.maybe("period_settled_since", rulebook_id=identifier, base_period=row.effective_from)
    if settled is not None:
        raise Problem("rulebook.retroactive", period=settled.period, state=settled.state)
    header = {"rulebook": identifier, "version": version, "hash": bytes(row.hash).hex()}
    journal.record(transaction, "rulebook.publish", actor, header)
    transaction.do("publication_add", rulebook=row.rulebook_no, published_by=actor)


def _refuse_findings(loaded: dict[str, Any], types: dict[str, EventType]) -> None:
    findings = lint.findings(loaded, {name: t.declaration for name, t in types.items()})
    if findings:
        raise Problem("request.invalid", findings)


def ruling(transaction: Transaction, period: Period, identifier: str | None) -> Ruling:
    """The published version that rules a period. Problem rulebook.none, rulebook.ambiguous, period.kind."""
    last_base_period = period.months()[-1].text
    found = transaction.all("rulebooks_ruling", base_period=last_base_period, id=identifier)
    if not found:
        raise Problem("rulebook.none", period=period.text)
    if len(found) > 1:
        raise Problem("rulebook.ambiguous")
    row = found[0]
    if period.kind not in ("month", *row.document["periods"].get("rollups", [])):
        raise Problem("period.kind", period=period.text)
    return _ruling(row)


def ruling_if_any(transaction: Transaction, period: Period, identifier: str) -> Ruling | None:
    """The published version of a rulebook that rules a period; None before its first."""
    row = transaction.maybe("rulebooks_ruling", base_period=period.months()[-1].text, id=identifier)
    return _ruling(row) if row else None


def by_number(transaction: Transaction, number: int) -> Ruling:
    """The version of that number, such as a run names it."""
    return _ruling(transaction.one("rulebook_by_number", rulebook=number))


def _ruling(row: Any) -> Ruling:
    return Ruling(
        number=row.rulebook_no,
        id=row.id,
        version=row.version,
        hash=bytes(row.hash),
        language=row.language,
        document=row.document,
        effective_from=row.effective_from,
        timezone=row.timezone,
    )
