"""Versions of rulebooks: drafted by one person, published by another, never changed."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from json import loads as parse_json
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache, cached
from marshmallow import Schema

from service import canonical, event_types, journal
from service.database.transactions import Transaction, json
from service.errors import Finding, Problem, unknown
from service.periods import Period
from service.periods import parse as parse_period
from service.rulebooks import claims, layout, lint, rows
from service.rulebooks.examination import RULEBOOK, Parents, examine, typed


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


def load(document: dict[str, Any], shape: Schema = RULEBOOK) -> dict[str, Any]:
    """The typed form of a document. Problem request.invalid with every finding of the shape."""
    loaded, found = typed(document, shape)
    if loaded is None:
        raise Problem("request.invalid", found)
    return loaded


def parents(transaction: Transaction) -> Parents:
    """The way to the rulebooks that may be extended: the published ones."""

    def parent(identifier: str, version: str) -> dict[str, Any] | None:
        row = transaction.maybe("rulebook_version", id=identifier, version=version)
        return None if row is None or row.published_by is None else row.document

    return parent


def declarations(transaction: Transaction) -> dict[str, Any]:
    """The tenant's event types as the lint reads them."""
    return {name: one.declaration for name, one in event_types.all_types(transaction).items()}


class Draft(NamedTuple):
    """A version that is stored: its header, what is odd in it, and whether it is new."""

    header: dict[str, Any]
    findings: list[Finding]
    is_new: bool


def draft(transaction: Transaction, actor: str, source: bytes) -> Draft:
    """Store a version as a draft. Problem request.invalid with errors and what is odd beside them, rulebook.exists."""
    read = examine(source, declarations(transaction), parents(transaction))
    if read.document is None or read.errors:
        raise Problem("request.invalid", read.findings)
    header, is_new = add(transaction, actor, read.document)
    return Draft(header, read.findings, is_new)


def add(transaction: Transaction, actor: str, document: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Store a whole document without findings; its header, and whether it is new. Problem rulebook.exists."""
    loaded = load(document)
    transaction.do("rulebook_lock")
    header, new = _placed(transaction, document)
    if not new:
        return header, False
    text = sha256(canonical.exact(document)).hexdigest()
    journal.record(transaction, "rulebook.draft", actor, {**header, "text": text})
    number = transaction.one(
        "rulebook_add",
        id=loaded["rulebook"],
        version=loaded["version"],
        hash=bytes.fromhex(header["hash"]),
        language=int(loaded["language"]),
        document=json(document),
        drafted_by=actor,
        **rows.header(loaded),
    ).rulebook_no
    keys = {"tenant_id": transaction.tenant_id, "rulebook_no": number}
    tables = compiled(transaction, document)
    transaction.do(
        "rulebook_rows_add", rows=json({t: [{**keys, **row} for row in added] for t, added in tables.items()})
    )
    return header, True


def compiled(transaction: Transaction, document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of the parameter tables that a whole document says, the same in whatever order its keys stand."""
    loaded = load(parse_json(canonical.exact(document)))
    return rows.parameter_rows(loaded, event_types.all_types(transaction))


def _placed(transaction: Transaction, document: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The header of a document, and whether no version has it yet."""
    identity = {"id": document["rulebook"], "version": document["version"]}
    hashed = canonical.digest(document)
    before = transaction.maybe("rulebook_version", **identity)
    if before and bytes(before.hash) != hashed:
        raise Problem("rulebook.exists", **identity)
    return {"rulebook": identity["id"], "version": identity["version"], "hash": hashed.hex()}, before is None


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
    _refuse_errors(lint.findings(load(row.document), declarations(transaction)))
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


def _refuse_errors(found: list[Finding]) -> None:
    if errors := [one for one in found if one.level == "error"]:
        raise Problem("request.invalid", errors)


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


def ruling(transaction: Transaction, period: Period, identifier: str | None, imported: bool = False) -> Ruling:
    """The published version that rules a period or, if `imported` ones count, in whose words its results are.

    Problem rulebook.none, rulebook.ambiguous, period.kind.
    """
    of_import = period.text if imported else None
    rows = transaction.all("rulebooks_ruling", end_day=period.end_day, id=identifier, imported=of_import)
    return only(transaction, period, rows)[0]


def only(transaction: Transaction, period: Period, rows: Sequence[Any]) -> tuple[Ruling, Any]:
    """Of rows for versions that rule a period, the only one that knows its kind. Problems are those of `ruling`."""
    if not rows:
        raise Problem("rulebook.none", period=period.text)
    rulings = [(known(transaction, row.rulebook_no, row.hash), row) for row in rows]
    knowing = [(one, row) for one, row in rulings if period.kind in layout.kinds(one.document)]
    if not knowing:
        raise Problem("period.kind", period=period.text)
    if len(knowing) > 1:
        raise Problem("rulebook.ambiguous")
    return knowing[0]


def version(transaction: Transaction, label: str) -> Ruling:
    """The version that `id@version` names, published or a draft that could be. Problem resource.unknown."""
    identifier, _, of = label.partition("@")
    row = transaction.maybe("rulebook_version", id=identifier, version=of)
    if row is None:
        raise unknown("rulebook", label)
    if row.published_by is None:
        _refuse_errors(lint.findings(load(row.document), declarations(transaction)))
    return of_row(row)


@cached(LRUCache(maxsize=100), key=lambda _, ruling, sheet: (ruling.number, ruling.hash, sheet), lock=Lock())
def sheet_needs(transaction: Transaction, ruling: Ruling, sheet: str) -> Any:
    """What the computation of a sheet needs to know of it, asked once, as versions never change."""
    return transaction.one("sheet_needs", rulebook=ruling.number, sheet=sheet)


@cached(LRUCache(maxsize=100), key=lambda _, ruling, sheet: (ruling.number, ruling.hash, sheet), lock=Lock())
def readings(transaction: Transaction, ruling: Ruling, sheet: str) -> Sequence[Any]:
    """The results that a sheet reads, asked once likewise."""
    return transaction.all("readings", rulebook=ruling.number, sheet=sheet)


@cached(LRUCache(maxsize=100), key=lambda _, number, hashed: (number, bytes(hashed)), lock=Lock())
def known(transaction: Transaction, number: int, hashed: bytes) -> Ruling:
    """The version of that number and hash, read once, as versions never change."""
    return by_number(transaction, number)


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
