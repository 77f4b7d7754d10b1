"""The events of a file through intake, some at a time, and what became of each row."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from service import intake
from service.access import Access
from service.database.transactions import Database, Rollback, Transaction
from service.errors import Problem, finding
from service.files.bodies import Entry
from service.files.tables import FoundInCell
from service.intake import Item

TAKEN = ("created", "duplicate")
OUTCOMES = (*TAKEN, "conflict", "rejected")
MOST_TOLD = 1000


class Became(NamedTuple):
    """What became of an entry; one without an event has no item and is rejected."""

    entry: Entry
    outcome: str
    item: Item | None
    found: list[FoundInCell]


Parts = Generator[list[Became], None, None]


def take(transaction: Transaction, access: Access, entries: Iterable[Entry]) -> list[Became]:
    """Store the events that are new, all in one call of intake; what became of each, in order."""
    kept = list(entries)
    items = iter(intake.take(transaction, access, [entry.body for entry in kept if entry.body is not None]))
    return [_became(entry, next(items) if entry.body is not None else None) for entry in kept]


def all_or_none(transaction: Transaction, access: Access, entries: Iterable[Entry], size: int) -> list[Became]:
    """Store them in one transaction. Problem file.refused with what is wrong."""
    became = [one for part in parts(entries, size) for one in take(transaction, access, part)]
    if refused := [one for one in became if one.outcome not in TAKEN]:
        found = [found for one in refused for found in one.found]
        raise Problem("file.refused", found[:MOST_TOLD], refused=len(refused), rows=len(became))
    return became


def tried(
    transaction: Transaction, access: Access, entries: Iterable[Entry], size: int
) -> Generator[list[Became], None, None]:
    """What would become of them, so many at a time; nothing is kept."""
    with transaction.savepoint():
        for part in parts(entries, size):
            yield take(transaction, access, part)
        raise Rollback


def stored(database: Database, access: Access, entries: Iterable[Entry], size: int) -> Parts:
    """Store those that can be, so many in a transaction; what became of each, once that is committed."""
    for part in parts(entries, size):
        with database.transaction(access.tenant_id) as transaction:
            became = take(transaction, access, part)
        yield became


def parts(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    """The entries, so many at a time."""
    rest = iter(entries)
    while part := list(islice(rest, size)):
        yield part


def counted(became: Iterable[Became]) -> dict[str, int]:
    """How many of each outcome."""
    counts = Counter(one.outcome for one in became)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def _became(entry: Entry, item: Item | None) -> Became:
    if item is None:
        return Became(entry, "rejected", None, entry.placed([]))
    found = [finding("/id", "event.conflict")] if item.outcome == "conflict" else list(item.findings)
    return Became(entry, item.outcome, item, entry.placed(found))
