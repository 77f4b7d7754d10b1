"""What a publication tells of subjects, after the revision itself: whose result it revises, and what follows for whom.

It is read from the run and the one before it, neither of which ever changes, so nothing is stored for it. A subject's
items stand together. An ordinal is made of the subject's number and the part of it that is told, not of a count, so a
page in the middle is found by a key.
"""

from collections.abc import Collection, Iterator
from typing import Any

from service import periods
from service.database.transactions import Transaction
from service.feed.items import Item, Said, link
from service.feed.places import Place

REVISED = "jifen.result.revised"
PROPOSED = "jifen.outcome.proposed"
_PARTS = 2**16  # of a subject: whether its result is revised, and its outcomes, which have numbers of two bytes
_BEYOND = 2**31 - 1  # the number of no subject
_MOST_RESULTS = 20_000  # looked at by one statement
_GROWTH = 4


def items(transaction: Transaction, row: Any, ordinal: int, types: Collection[str], limit: int) -> Iterator[Item]:
    """The items of an entry that publishes, from an ordinal on; of each statement no more than so many."""
    sheet = periods.parse(row.period).kind
    run = transaction.one("feed_run", run=row.run, sheet=sheet)
    tells_revised = REVISED in types and run.before_run is not None
    tells_proposed = PROPOSED in types and run.proposes
    subject, part = divmod(ordinal, _PARTS)
    results = limit  # where everybody has an item, that is a page; where few have, the next look goes further
    while (tells_revised or tells_proposed) and subject < _BEYOND:
        until = transaction.one("feed_window", run=row.run, from_subject=subject, results=results).subject_no
        found = transaction.all(
            "feed_of_run",
            run=row.run,
            rulebook=row.rulebook_no,
            sheet=sheet,
            before_run=run.before_run,
            before_rulebook=run.before_rulebook,
            from_subject=subject,
            from_part=part,
            until_subject=until or _BEYOND,
            tells_revised=tells_revised,
            tells_proposed=tells_proposed,
            limit=limit,
        )
        yield from (_item(row, one) for one in found)
        subject, part = (until or _BEYOND, 0) if len(found) < limit else (found[-1].subject_no, found[-1].part + 1)
        results = min(results * _GROWTH, _MOST_RESULTS)


def _item(row: Any, one: Any) -> Item:
    kind, _, id_ = one.subject.partition("/")
    of = {"rulebook": row.rulebook, "revision": row.revision}
    said: Said = {"subject": one.subject, "rulebook": row.rulebook, "version": row.version, "period": row.period}
    said |= {"revision": row.revision, "run": row.run}
    said |= {"outcome": one.outcome} if one.part else {"change": one.change}
    read = {**of, "revision": row.revision - 1} if one.change == "left_out" else of
    said["links"] = {"result": link(f"{kind}s", id_, "results", row.period, **read)}
    place = Place(row.position, one.subject_no * _PARTS + one.part)
    return Item(place, bytes(row.digest), PROPOSED if one.part else REVISED, one.subject, row.recorded_at, said)
