"""What is kept about a worker, section by section."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from service import clock, event_list, objections, results, roster
from service.database.transactions import Transaction

Said = dict[str, Any]

# Who did something, and why in free text, which may be about others: HR gives that out after reading it.
_OF_OTHERS = ("actor", "reversed_by", "reversed_because", "reason")


class Section(NamedTuple):
    """A part of the file."""

    name: str
    items: Iterable[Said]


def gathered(transaction: Transaction, identifier: str, own: bool) -> Iterator[Section]:
    """The sections of a worker's file, each to be read before the next. Problem resource.unknown.

    `worker` has one item: the record as it is now, with personal data. If `own`, the worker asks himself: who decided,
    and why, is left out.
    """
    record = roster.worker(transaction, identifier)
    [found] = transaction.all("subjects", kind="worker", ids=[identifier])
    sections = {
        "worker": [record],
        "records": map(_dated, transaction.all("file_records", worker=found.subject_no)),
        "events": map(event_list.shown, transaction.stream("file_events", worker=found.subject_no)),
        "results": _results(transaction, found.subject_no, identifier),
        "decisions": map(_dated, transaction.all("file_decisions", worker=found.subject_no)),
        "objections": map(
            objections.shown, transaction.all("file_objections", worker=found.subject_no, now=clock.now())
        ),
    }
    for name, items in sections.items():
        is_narrowed = own and name != "objections"  # which are his own, and answered to him
        yield Section(name, map(_without_others, items) if is_narrowed else items)


def _results(transaction: Transaction, worker: int, identifier: str) -> Iterator[Said]:
    """Of every revision, also of those that were followed by another."""
    for row in transaction.all("file_runs", worker=worker):
        shown = results.of_run(transaction, row.run_no)
        yield {"run": row.run_no, **results.result(transaction, shown, "worker", identifier)}


def _dated(row: Any) -> Said:
    return {**row._asdict(), "recorded_at": row.recorded_at.isoformat()}


def _without_others(item: Said) -> Said:
    return {key: value for key, value in item.items() if key not in _OF_OTHERS}
