"""Versions of rulebooks: drafted by one person, published by another, never changed."""

from datetime import date
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError

from schemas.rulebook import Extension, Rulebook
from service import canonical, event_types, journal
from service.database.transactions import Transaction, json
from service.errors import Finding, Problem, finding, findings_of, unknown
from service.event_types import EventType
from service.periods import Period
from service.periods import parse as parse_period
from service.rulebooks import claims, extension, layout, lint, rows, text

_SHAPE = Rulebook()
_EXTENSION_SHAPE = Extension()


class Grounds(NamedTuple):
    """Why a version may rule periods that have ended."""

    reason: str
    document: str


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


def load(document: dict[str, Any], shape: Schema = _SHAPE) -> dict[str, Any]:
    """The typed form of a document. Problem request.invalid with every finding of the shape."""
    try:
        loaded: dict[str, Any] = shape.load(document)
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    return loaded


def draft(transaction: Transaction, actor: str, source: bytes) -> tuple[dict[str, Any], bool]:
    """Store a version as a draft; its header, and whether it is new. Problem request.invalid, rulebook.exists."""
    document = text.parse(source)
    types = event_types.all_types(transaction)
    if "extends" in document:
        document = _composed(transaction, document, types)
    _refuse_findings(load(document), types)
    return add(transaction, actor, document)


def add(transaction: Transaction, actor: str, document: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Store a whole document without findings; its header, and whether it is new. Problem rulebook.exists."""
    loaded = load(document)
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
    tables = rows.parameter_rows(loaded, event_types.all_types(transaction))
    transaction.do(
        "rulebook_rows_add", rows=json({t: [{**keys, **row} for row in added] for t, added in tables.items()})
    )
    return header, True


def _composed(transaction: Transaction, document: dict[str, Any], types: dict[str, EventType]) -> dict[str, Any]:
    """The whole rulebook that an extension makes with its parent, which must be published."""
    load(document, _EXTENSION_SHAPE)
    said = document["extends"]
    row = transaction.maybe("rulebook_version", id=said["rulebook"], version=said["version"])
    if row is None or row.published_by is None:
        raise Problem("request.invalid", [finding("/extends", "extension.parent", **said)])
    if found := extension.findings(document, row.document):
        raise Problem("request.invalid", found)
    composed = extension.compose(document, row.document)
    if found := _findings(load(composed), types):
        raise Problem("request.invalid", extension.at_home(found, row.document))
    return composed


def draft_of(transaction: Transaction, identifier: str, version: str) -> Any:
    """A version that isn't published, held as it is. Problem resource.unknown, rulebook.published."""
    transaction.do("rulebook_lock")
    row = transaction.maybe("rulebook_version", id=identifier, version=version)
    if row is None:
        raise unknown("rulebook", f"{identifier}@{version}")
    if row.published_by is not None:
        raise Problem("rulebook.published")
    return row


def publishable(
    transaction: Transaction, actor: str, identifier: str, version: str, grounds: Grounds | None = None
) -> Any:
    """A draft that may rule from its first period on, as far as its cases aren't asked.

    Problem access.second_person, rulebook.overlap and other reasons why it can't; rulebook.grounds where its first
    period has ended and nothing is said of why.
    """
    row = draft_of(transaction, identifier, version)
    if row.drafted_by == actor:
        raise Problem("access.second_person")
    # Event types may have grown since it was drafted.
    _refuse_findings(load(row.document), event_types.all_types(transaction))
    _refuse_versions(transaction, row)
    _refuse_circles(transaction, identifier, row.rulebook_no)
    claims.refuse_claimed(transaction, row)
    if grounds is None and parse_period(row.effective_from).has_ended(row.timezone):
        raise Problem("rulebook.grounds", period=row.effective_from)
    return row


def let_rule(transaction: Transaction, actor: str, row: Any, grounds: Grounds | None = None, **kept: str) -> None:
    """Let a draft rule until the first period of a later version; `kept` is remembered beside its identity."""
    said = grounds._asdict() if grounds else {}
    header = {"rulebook": row.id, "version": row.version, "hash": bytes(row.hash).hex()}
    journal.record(transaction, "rulebook.publish", actor, {**header, **kept, **said})
    transaction.do(
        "publication_add",
        rulebook=row.rulebook_no,
        published_by=actor,
        reason=said.get("reason"),
        ordered_by=said.get("document"),
    )


def publish(
    transaction: Transaction, actor: str, identifier: str, version: str, grounds: Grounds | None = None
) -> None:
    """Let a version rule whose cases nobody asks for, as service/cases/gate.py does for those who command it."""
    let_rule(transaction, actor, publishable(transaction, actor, identifier, version, grounds), grounds)


def _refuse_versions(transaction: Transaction, row: Any) -> None:
    """Versions of one id follow each other in one zone and one set of periods, and none rules what is settled."""
    published = transaction.all("rulebooks_published", id=row.id)
    for other in published:
        if other.effective_from == row.effective_from:
            raise Problem("rulebook.overlap", other=f"{other.id}@{other.version}", period=row.effective_from)
        if other.timezone != row.timezone:
            raise Problem("rulebook.timezone", other=f"{other.id}@{other.version}", zone=other.timezone)
        if layout.kinds(other.document) != layout.kinds(row.document):
            raise Problem("rulebook.kinds", other=f"{other.id}@{other.version}")
    followed_on = min((o.effective_day for o in published if o.effective_day > row.effective_day), default=date.max)
    for settled in transaction.all("period_states"):
        ruled = row.effective_day < parse_period(settled.period).end_day <= followed_on
        if settled.rulebook == row.id and ruled:
            raise Problem("rulebook.retroactive", period=settled.period, state=settled.state)


def _refuse_findings(loaded: dict[str, Any], types: dict[str, EventType]) -> None:
    if found := _findings(loaded, types):
        raise Problem("request.invalid", found)


def _findings(loaded: dict[str, Any], types: dict[str, EventType]) -> list[Finding]:
    return lint.findings(loaded, {name: t.declaration for name, t in types.items()})


def _refuse_circles(transaction: Transaction, identifier: str, number: int) -> None:
    """A reference to another rulebook must not lead back: neither could be closed before the other."""
    reads: dict[str, set[str]] = {}
    for row in transaction.all("rulebook_references", rulebook=number):
        reads.setdefault(row.id, set()).add(row.reads)
    seen: set[str] = set()
    ahead = set(reads.get(identifier, set()))
    while ahead:
        other = ahead.pop()
        if other == identifier:
            raise Problem("rulebook.circle")
        if other not in seen:
            seen.add(other)
            ahead |= reads.get(other, set())


def ruling(transaction: Transaction, period: Period, identifier: str | None) -> Ruling:
    """The published version that rules a period. Problem rulebook.none, rulebook.ambiguous, period.kind."""
    found = transaction.all("rulebooks_ruling", end_day=period.end_day, id=identifier)
    if not found:
        raise Problem("rulebook.none", period=period.text)
    knowing = [row for row in found if period.kind in layout.kinds(row.document)]
    if not knowing:
        raise Problem("period.kind", period=period.text)
    if len(knowing) > 1:
        raise Problem("rulebook.ambiguous")
    return of_row(knowing[0])


def version(transaction: Transaction, label: str) -> Ruling:
    """The version that `id@version` names, published or a draft that could be. Problem resource.unknown."""
    identifier, _, of = label.partition("@")
    row = transaction.maybe("rulebook_version", id=identifier, version=of)
    if row is None:
        raise unknown("rulebook", label)
    if row.published_by is None:
        _refuse_findings(load(row.document), event_types.all_types(transaction))
    return of_row(row)


def by_number(transaction: Transaction, number: int) -> Ruling:
    """The version of that number, such as a run names it."""
    return of_row(transaction.one("rulebook_by_number", rulebook=number))


def of_row(row: Any) -> Ruling:
    """The version that a row of the database tells of."""
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
