"""Reading the feed from a place on. What lies before a position that is sealed never changes, so pages don't either."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from service import journal
from service.database.transactions import Transaction
from service.errors import Problem
from service.feed import entries, follow_up
from service.feed.items import Item
from service.feed.places import Life, Place, cursor

TYPES = frozenset({kind.type for kind in entries.KINDS.values()} | {follow_up.REVISED, follow_up.PROPOSED})
_MARKED_ENTRIES = 5000  # looked at by one statement


class Page(NamedTuple):
    """Items, and the place from which to go on: behind the last item, or at the end behind all that is sealed."""

    items: Sequence[Item]
    place: Place


def head(transaction: Transaction) -> Place:
    """The place behind everything acknowledged so far."""
    return Place(journal.seal(transaction) + 1, 0)


def after(
    transaction: Transaction,
    place: Place,
    limit: int,
    sealed: int | None = None,
    types: Collection[str] = TYPES,
) -> Page:
    """At most so many items of these types from a place on, and where to go on.

    `sealed` is a position that was sealed before, up to which is read; without it, this transaction seals first, and
    holds up other sealers until it ends.
    """
    sealed = journal.seal(transaction) if sealed is None else sealed
    items: list[Item] = []
    while place.position <= sealed:
        found, further = _entries(transaction, place, sealed, types, limit)
        for item in _told(transaction, found, place, types, limit):
            items.append(item)
            if len(items) == limit:
                return Page(items, item.place.following())
        place = Place(further, 0)
    return Page(items, place)


def oldest(transaction: Transaction, days: int) -> Place:
    """The first place that is still read, if what is older than so many days isn't."""
    since = datetime.now(UTC) - timedelta(days=days)
    return Place(transaction.one("feed_oldest", sealed_since=since).position, 0)


def refuse_forgotten(transaction: Transaction, place: Place, days: int, now: Life) -> None:
    """Problem feed.expired where something between a place and the oldest one is read no longer."""
    first = oldest(transaction, days)
    if place < first and transaction.one("feed_missed", position=place.position, oldest=first.position).missed:
        raise Problem("feed.expired", oldest=cursor(now.epoch, first), days=days)


def _entries(
    transaction: Transaction, place: Place, sealed: int, types: Collection[str], limit: int
) -> tuple[Sequence[Any], int]:
    """The next entries, at most so many, and the position from which to go on."""
    at = {"position": place.position}
    end = sealed + 1
    if end - place.position > _MARKED_ENTRIES:
        end = transaction.one("feed_marked", **at, sealed=sealed, entries=_MARKED_ENTRIES).position or end
    actions = [action for action, kind in entries.KINDS.items() if kind.type in types or _is_followed_up(action, types)]
    found = transaction.all("feed_entries", **at, end_position=end, actions=actions, limit=limit)
    return found, end if len(found) < limit else found[-1].position + 1


def _told(
    transaction: Transaction, found: Sequence[Any], place: Place, types: Collection[str], limit: int
) -> Iterator[Item]:
    for row in found:
        ordinal = place.ordinal if row.position == place.position else 0
        if ordinal == 0 and entries.KINDS[row.action].type in types:
            yield entries.first(row)
        if _is_followed_up(row.action, types):
            yield from follow_up.items(transaction, row, ordinal, types, limit)


def _is_followed_up(action: str, types: Collection[str]) -> bool:
    return action in entries.PUBLISHING and not {follow_up.REVISED, follow_up.PROPOSED}.isdisjoint(types)
