"""One trial: two versions computed on one period as of one position, compared, and undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from service import journal, roster, standings
from service.database.transactions import Database, Rollback, Transaction
from service.errors import Problem
from service.periods import Period
from service.results import Shown
from service.rulebooks import layout, store
from service.rulebooks.store import Ruling
from service.trials import comparing


class Text(NamedTuple):
    """A rulebook that isn't stored, and who wrote it."""

    actor: str
    source: bytes


@dataclass(frozen=True)
class Asked:
    """Which version (its label, or its text) on which period, against which; how many subjects are told one by one.

    `whole_names` is for who may read them; for others they are masked.
    """

    rulebook: str | Text
    period: Period
    against: str | None = None
    limit: int = 100
    whole_names: bool = False


def run(database: Database, tenant_id: int, asked: Asked) -> dict[str, Any]:
    """The two standings side by side. Problem resource.unknown, rulebook.none, period.kind, period.not_begun.

    Where the text of a rulebook is tried, every reason why it couldn't be drafted too.
    """
    watermark = journal.sealed(database, tenant_id)
    with database.transaction(tenant_id) as transaction:
        with _undone(transaction):
            _, against = _versions(transaction, asked)
        if asked.period.kind == layout.kinds(against.document)[0]:
            # What others read anyway is kept, and nobody has to wait for the trial to let it go.
            standings.refresh(transaction, against, asked.period, watermark)
    with database.transaction(tenant_id, frozen=True) as transaction, _undone(transaction):
        tried, against = _versions(transaction, asked)
        before = _shown(transaction, against, asked.period, watermark)
        after = _shown(transaction, tried, asked.period, before.watermark)
        transaction.do("standing_plan", nested_loops="off")
        return _named(transaction, comparing.compared(transaction, before, after, asked.limit), asked.whole_names)


def _named(transaction: Transaction, answer: dict[str, Any], whole: bool) -> dict[str, Any]:
    names = roster.names(transaction, [mover["subject"] for mover in answer["movers"]], whole)
    return {**answer, "movers": [{"name": names.get(mover["subject"]), **mover} for mover in answer["movers"]]}


def _versions(transaction: Transaction, asked: Asked) -> tuple[Ruling, Ruling]:
    """The version that is tried, and the other."""
    label = asked.rulebook
    if isinstance(label, Text):
        header = store.draft(transaction, *label).header
        label = f"{header['rulebook']}@{header['version']}"
    tried = store.version(transaction, label)
    for ruling in (tried, against := _against(transaction, asked, tried)):
        if asked.period.kind not in layout.kinds(ruling.document):
            raise Problem("period.kind", period=asked.period.text)
        if not asked.period.has_begun(ruling.timezone):
            raise Problem("period.not_begun", period=asked.period.text)
    return tried, against


def _against(transaction: Transaction, asked: Asked, tried: Ruling) -> Ruling:
    if asked.against is None:
        return store.ruling(transaction, asked.period, tried.id)
    return store.version(transaction, asked.against)


def _shown(transaction: Transaction, ruling: Ruling, period: Period, watermark: int) -> Shown:
    """What the version makes of the period, as though it ruled all of it."""
    standing = standings.refresh(transaction, ruling, period, watermark, tried=True)
    state = transaction.one("period_state", rulebook_id=ruling.id, period=period.text).state
    return Shown(ruling, ruling.loaded, period, state, None, standing, standing.watermark)


@contextmanager
def _undone(transaction: Transaction) -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.savepoint():
        yield
        raise Rollback
