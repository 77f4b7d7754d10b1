"""The feed: what happened, told as CloudEvents in the order of positions, to whoever keeps a cursor.

There is no second outbox: the journal's entry, written in the change's own transaction, says that it happened, and what
is immutable beside it says the rest. A reader seals first, so whatever was acknowledged before it asked is told.
"""

from service.feed.items import Item
from service.feed.places import START, Life, Place, cursor, life, place
from service.feed.reading import TYPES, Page, after, head, oldest, refuse_forgotten
from service.feed.telling import NOW, Feed, Wanted

__all__ = [
    "NOW",
    "START",
    "TYPES",
    "Feed",
    "Item",
    "Life",
    "Page",
    "Place",
    "Wanted",
    "after",
    "cursor",
    "head",
    "life",
    "oldest",
    "place",
    "refuse_forgotten",
]
