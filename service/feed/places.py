"""Places in the feed, and the cursors that readers keep of them."""

from typing import NamedTuple

from service import cursors
from service.cursors import Long
from service.database.transactions import Transaction
from service.errors import Problem


class Place(NamedTuple):
    """A point between two items: everything before this position, and this ordinal within it, has been read."""

    position: int
    ordinal: int

    def following(self) -> "Place":
        """The place behind the item that has this one."""
        return Place(self.position, self.ordinal + 1)


START = Place(1, 0)


class Life(NamedTuple):
    """Whose feed it is, and the life of the database in which its positions mean something."""

    tenant: str
    epoch: str
    position: int


def life(transaction: Transaction) -> Life:
    """Of this transaction's tenant, with the last position that was given."""
    row = transaction.one("feed_life")
    return Life(row.tenant, row.epoch, row.position)


def cursor(epoch: str, place: Place) -> str:
    """What a reader keeps of a place."""
    return cursors.encode(f"feed@{epoch}", *place)


def place(cursor: str, now: Life) -> Place:
    """The place of a cursor. Problem page.restored where it is from another life; request.invalid where it is none."""
    of, *numbers = cursors.decode(cursor, str, Long, Long)
    if of.partition("@")[0] != "feed":
        raise cursors.none()
    cursors.refuse_other(of, f"feed@{now.epoch}")
    found = Place(*numbers)
    if found.position > now.position + 1:  # a copy of the whole server came back, which has the same epoch
        raise Problem("page.restored")
    return found
