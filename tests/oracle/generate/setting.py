"""What the pieces of one rulebook have to know of each other while it is made.

A `Setting` is what is decided before any item; `Names` grows with the items, and conditions ask for what it knows.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from tests.oracle.generate.calendars import MONTHS
from tests.oracle.generate.event_types import EventType
from tests.oracle.generate.texts import Chance, Node

POSTS = ("staff", "deputy", "head")
ORGANISATIONS = ("county", "street", "community")


@dataclass
class Names:
    """What there is to be named, with the kinds of period whose sheet has it."""

    items: dict[str, tuple[set[str], Decimal | None]] = field(default_factory=dict)
    categories: dict[str, Decimal] = field(default_factory=dict)
    numbers: dict[str, set[str]] = field(default_factory=dict)
    codes: dict[str, tuple[set[str], list[str]]] = field(default_factory=dict)
    negatives: dict[str, str] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)


@dataclass
class Setting:
    """A rulebook in the making: whose, in which periods, with which tiers, and what it may read.

    `together` says that items often choose among the rows of all, and `keep` which they keep; `places` are the posts
    or kinds to which it applies; `missing` is how likely an item without data costs the tier.
    """

    chance: Chance
    types: dict[str, EventType]
    subject: str
    step: str
    kinds: list[str]
    tiers: list[str]
    quotas: dict[str, str]
    bonus: str
    keep: str
    together: bool
    missing: float
    other: Node | None
    places: list[str] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    @property
    def base(self) -> str:
        """The kind of period that is computed from events."""
        return self.kinds[0]

    @property
    def open_tiers(self) -> list[str]:
        """The tiers to which a veto may lead: those without seats."""
        return [tier for tier in self.tiers if self.quotas.get(tier) not in ("at_most", "seats")]

    def types_of(self, subject: str, timed: bool = False) -> list[str]:
        """The event types about such subjects, perhaps only those dated by time."""
        found = [name for name, declared in self.types.items() if declared["subject"] == subject]
        return [name for name in found if not timed or self.types[name]["dated_by"] == "time"]

    def shorter(self, kinds: set[str]) -> list[str]:
        """The kinds of this rulebook that are shorter than each of these."""
        return [kind for kind in self.kinds if all(MONTHS[kind] < MONTHS[one] for one in kinds)]
