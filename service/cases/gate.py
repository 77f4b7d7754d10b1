"""The gate before a version rules: its cases are kept with it, must come out, and must leave no part of it out."""

from hashlib import sha256
from typing import Any

from service import event_types, journal
from service.cases import settling, written
from service.cases.judging import Judgement, judge
from service.database.transactions import Transaction
from service.errors import Problem, unknown
from service.rulebooks import nodes, store

Node = dict[str, Any]


def keep(transaction: Transaction, actor: str, identifier: str, version: str, source: bytes) -> Node:
    """Keep the cases of a draft, in place of those before. Problem request.invalid, rulebook.published."""
    row = store.draft_of(transaction, identifier, version)
    cases = written.read(source, identifier, row.timezone, _declared(transaction)).cases
    text = source.decode("utf-8-sig")
    hashed = sha256(text.encode())
    header = {"rulebook": identifier, "version": version, "cases": hashed.hexdigest()}
    entry = journal.record(transaction, "rulebook.cases", actor, header)
    transaction.do("cases_add", rulebook=row.rulebook_no, entry=entry, text=text, hash=hashed.digest())
    return {**header, "count": len(cases)}


def kept(transaction: Transaction, identifier: str, version: str) -> str:
    """The cases of a version as they were written. Problem resource.unknown."""
    row = transaction.maybe("rulebook_version", id=identifier, version=version)
    found = row and transaction.maybe("cases_of", rulebook=row.rulebook_no)
    if not found:
        raise unknown("cases", f"{identifier}@{version}")
    text: str = found.text
    return text


def publish(
    transaction: Transaction, actor: str, identifier: str, version: str, grounds: store.Grounds | None = None
) -> None:
    """Let a version rule from its first period, when its cases hold. Problem rulebook.untested, and those of the store.

    The findings are of two documents: `case.uncovered` is in the rulebook, every other in its cases.
    """
    row = store.publishable(transaction, actor, identifier, version, grounds)
    cases = transaction.maybe("cases_of", rulebook=row.rulebook_no)
    made = _judged(transaction, row, cases.text.encode() if cases else b"cases: []")
    if not made.holds:
        raise Problem("rulebook.untested", [*made.differences, *made.uncovered])
    store.let_rule(transaction, actor, row, grounds, cases=bytes(cases.hash).hex() if cases else "")


def _judged(transaction: Transaction, row: Any, source: bytes) -> Judgement:
    """What comes of the cases beside the rulebooks that the version reads or extends."""
    declared = _declared(transaction)
    cases = written.read(source, row.id, row.timezone, declared)
    extends = row.document.get("extends")
    parent = extends and transaction.one("rulebook_version", id=extends["rulebook"], version=extends["version"])
    others = _read(transaction, row, {row.id})
    with settling.ground(transaction, declared) as apart:
        for other in others:
            settling.rule(apart, other)
        if parent:
            store.add(apart, settling.AUTHOR, parent.document)
        store.add(apart, settling.AUTHOR, row.document)
        return judge(apart, apart.one("rulebook_version", id=row.id, version=row.version), cases)


def _declared(transaction: Transaction) -> dict[str, Node]:
    return {name: known.declaration for name, known in event_types.all_types(transaction).items()}


def _read(transaction: Transaction, row: Any, known: set[str]) -> list[Node]:
    """The published versions of the rulebooks whose results are read, and of those that they read."""
    found = []
    uses = nodes.uses(store.load(row.document))
    for name in sorted({use.results["rulebook"] for use in uses if use.results and "rulebook" in use.results} - known):
        known.add(name)
        for version in transaction.all("rulebooks_published", id=name):
            found += [version.document, *_read(transaction, version, known)]
    return found
