"""What an appraisal is made in: the world of all inputs, and the setting of one rulebook in one period."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.cohort import Member, Service
from oracle.events import Event, Ledger
from oracle.exact import decimals, exact
from oracle.periods import Period
from oracle.result import Result
from oracle.roster import Roster

Node = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """A result, and the points of its items and categories that other sheets may read."""

    result: Result
    points: dict[str, Fraction]
    categories: dict[str, Fraction]


@dataclass(frozen=True)
class World:
    """All rulebooks, events and people. `standings` appraises a rulebook in a period that it rules.

    `final` are the rulebooks and periods whose results are final, and as they are appraised here.
    `published` has, by rulebook and period, the position up to which its first revision holds events.
    """

    rulebooks: dict[str, Node]
    event_types: dict[str, Node]
    ledger: Ledger
    roster: Roster
    standings: Callable[[str, str], dict[str, Standing]]
    final: frozenset[tuple[str, str]] = frozenset()
    published: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """One rulebook in one period, with its cohort."""

    world: World
    rulebook: Node
    period: Period
    members: dict[str, Member]

    @property
    def service(self) -> Service:
        """Who serves which organisation when, as the rulebook matches assignments."""
        return Service(self.rulebook["applies_to"], self.world.roster)

    @property
    def measure_step(self) -> Fraction:
        """The step of a measure."""
        return decimals(self.rulebook["numbers"]["measure_decimals"])

    @property
    def point_step(self) -> Fraction:
        """The step of points."""
        return exact(self.rulebook["numbers"]["step"])

    def day(self, event: Event) -> date:
        """The day of an event's time, in the zone of the rulebook."""
        return event.instant.astimezone(self.period.zone).date()
