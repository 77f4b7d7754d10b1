"""The digest of results: SHA-256 over one line per subject with all that is said of it, in the order of their ids.

Lines are read as they come, so that a cohort of any size takes no memory, and the database writes while this reads.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from service.database.transactions import Transaction
from service.rulebooks.store import Ruling


class Digests(NamedTuple):
    """Of everybody, and of each peer group by itself, in hexadecimal."""

    digest: bytes
    groups: dict[str, str]


def of(transaction: Transaction, standing: int, ruling: Ruling) -> Digests:
    """The digests of a standing, by its number."""
    everybody, groups = _Lines(), dict[str, _Lines]()
    for row in transaction.flow("standing_said", standing=standing, rulebook=ruling.number):
        line = row.said.encode()
        everybody.add(line)
        groups.setdefault(row.pool, _Lines()).add(line)
    return Digests(everybody.hash.digest(), {pool: lines.hash.hexdigest() for pool, lines in groups.items()})


class _Lines:
    """A text that is hashed line by line."""

    def __init__(self) -> None:
        self.hash: Any = sha256()
        self._between = b""

    def add(self, line: bytes) -> None:
        """One more line."""
        self.hash.update(self._between + line)
        self._between = b"\n"
