"""How many are due, appraised and ranked in each pool: what seats and places are shares of.

A standing keeps it from one refresh to the next, so that nobody counts a whole group because of one of its members.
It knows nothing of who they are, nor of how they are placed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.database.transactions import Transaction

# Many pools are small ones, which are counted sooner than as many are read and written.
_MOST_KEPT = 100


@dataclass(frozen=True)
class Sizes:
    """The sizes of pools; of one that nobody is in, 0."""

    due: Counter[str] = field(default_factory=Counter)
    appraised: Counter[str] = field(default_factory=Counter)
    ranked: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "Sizes":
        """As a statement counts them: one row for each pool."""
        return cls(
            Counter({row.pool: row.due for row in rows}),
            Counter({row.pool: row.appraised for row in rows}),
            Counter({row.pool: row.ranked for row in rows}),
        )

    @classmethod
    def as_kept(cls, kept: dict[str, list[int]] | None) -> "Sizes | None":
        """As a standing kept them; None where it didn't (no `kept`), or never does as it wasn't worth it (empty)."""
        if not kept:
            return None
        return cls(*(Counter({pool: sizes[n] for pool, sizes in kept.items()}) for n in range(3)))

    def __add__(self, other: "Sizes") -> "Sizes":
        """With those who joined."""
        return Sizes(self.due + other.due, self.appraised + other.appraised, self.ranked + other.ranked)

    def __sub__(self, other: "Sizes") -> "Sizes":
        """Without those who left."""
        return Sizes(self.due - other.due, self.appraised - other.appraised, self.ranked - other.ranked)

    def to_keep(self) -> dict[str, list[int]]:
        """What a standing keeps; empty where it isn't worth it."""
        if len(self.due) > _MOST_KEPT:
            return {}
        return {pool: [self.due[pool], self.appraised[pool], self.ranked[pool]] for pool in sorted(self.due)}

    def parameters(self, asked: Iterable[str] | None = None) -> dict[str, list[Any]]:
        """What the statements that place ask to know of these pools (None: of all) that somebody is in."""
        pools = sorted(self.due if asked is None else self.due.keys() & set(asked))
        return {
            "pools": pools,
            "due": [self.due[pool] for pool in pools],
            "appraised": [self.appraised[pool] for pool in pools],
            "ranked": [self.ranked[pool] for pool in pools],
        }


@dataclass(frozen=True)
class Turnover:
    """Who left which pools, who joined which, and the pools that small groups made or unmade, where they are pooled."""

    left: Sizes
    joined: Sizes
    pooled: set[str] | None

    @property
    def pools(self) -> list[str]:
        """The pools that need placing."""
        return sorted(self.left.due.keys() | self.joined.due.keys() | (self.pooled or set()))

    def resized(self, forces: bool) -> list[str]:
        """Those of them in which everyone is settled: all where a tier `forces` somebody down."""
        left, joined, pooled = self.left.due, self.joined.due, self.pooled or set()
        return [pool for pool in self.pools if forces or pool in pooled or left[pool] != joined[pool]]

    def sizes(self, before: Sizes | None) -> Sizes | None:
        """The sizes of all pools now; None where nobody knows them without counting."""
        return None if before is None or self.pooled is not None else before - self.left + self.joined


def counted(transaction: Transaction, standing: int, pools: list[str] | None) -> Sizes:
    """The sizes of these pools (None: of all) of a standing, as its rows say."""
    return Sizes.of(transaction.all("pool_sizes", standing=standing, pools=pools))
