"""A case, settled: a roster, events and a rulebook in a tenant apart, on the road that every request takes.

Nothing of it stays. The clock stands after everything meanwhile, so a period counts whether or not it has begun.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from schemas.event_types import EventType, stored
from schemas.roster import Roster
from service import clock, event_types, intake, journal, results, roster
from service.access import Access
from service.cases import placing
from service.cases.written import SOURCE, Case, Check
from service.database.transactions import Rollback, Transaction
from service.errors import Finding, Problem, finding
from service.periods import parse
from service.results import Shown
from service.rulebooks import store

Node = dict[str, Any]
AUTHOR, APPROVER = "author", "approver"
_BATCH = 2000


@dataclass(frozen=True)
class World:
    """What a case is computed from, as the oracle takes it too."""

    rulebook: Node
    event_types: dict[str, Node]
    roster: Node
    events: list[Node]


@contextmanager
def ground(transaction: Transaction, declared: dict[str, Node]) -> Iterator[Transaction]:
    """A tenant apart that knows these event types and may send cases."""
    with clock.after_everything(), transaction.apart() as apart:
        apart.do("sources_add", sources=[SOURCE])
        for name, declaration in declared.items():
            event_types.declare(apart, AUTHOR, name, declaration)
        yield apart


def rule(apart: Transaction, document: Node) -> None:
    """Let another rulebook rule there, whose results are read."""
    header, _ = store.add(apart, AUTHOR, document)
    row = apart.one("rulebook_version", id=header["rulebook"], version=header["version"])
    if row.published_by is None:
        store.let_rule(apart, APPROVER, row)


@contextmanager
def settled(apart: Transaction, row: Any, case: Case) -> Iterator[World]:
    """All that a case says, and the version that it is about ruling; undone. Problem where the service refuses it."""
    with apart.savepoint():
        world = _world(apart, row, case)
        if case.totals is not None:
            declaration: Node = EventType().load(world.event_types[placing.GIVEN])
            event_types.declare(apart, AUTHOR, placing.GIVEN, stored(declaration))
            store.add(apart, AUTHOR, world.rulebook)
            row = apart.one("rulebook_version", id=row.id, version=placing.GIVEN)
        store.let_rule(apart, APPROVER, row)
        records: Node = Roster().load(world.roster)
        roster.state(apart, AUTHOR, records["organisations"], records["workers"])
        _send(apart, world.events)
        yield world
        raise Rollback


def shown(apart: Transaction, check: Check) -> Shown:
    """What a reader of the period would see."""
    return results.show(apart, parse(check.period), check.rulebook, journal.seal(apart))


def _world(apart: Transaction, row: Any, case: Case) -> World:
    types = {name: known.declaration for name, known in event_types.all_types(apart).items()}
    if case.totals is None:
        return World(row.document, types, case.roster, case.events)
    period = parse(case.checks[0].period)
    added = placing.newcomers(case, row.document, period)
    return World(
        placing.of_totals(row.document, period),
        {**types, placing.GIVEN: placing.event_type(row.document["subject"])},
        {kind: [*case.roster[kind], *added[kind]] for kind in case.roster},
        [*case.events, *placing.events(case, period)],
    )


def _send(apart: Transaction, events: list[Node]) -> None:
    """Take the events in. Problem request.invalid for those that are refused, with what they were found to be."""
    access = Access(int(apart.tenant_id or 0), AUTHOR, frozenset(), frozenset({SOURCE}))
    coming = iter(events)
    while batch := list(islice(coming, _BATCH)):
        refused = [item for item in intake.take(apart, access, batch) if item.outcome != "created"]
        if refused:
            raise Problem("request.invalid", [found for item in refused for found in _found(item)])


def _found(item: intake.Item) -> list[Finding]:
    """What is wrong with an event, below its id."""
    found = item.findings or [finding("", "id.repeated")]
    return [Finding(f"/{item.sent['id']}{one.pointer}", one.code, one.values) for one in found]
