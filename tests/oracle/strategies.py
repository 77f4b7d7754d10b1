"""Whole valid worlds for Hypothesis: a rulebook, what it reads, event types, a roster and events that go together.

A world is made from one seed. It is as rich in words as a real regulation and is not meant to shrink: what it says of
a mistake is its seed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.calendars import KINDS, Period, month_start, period_at
from tests.oracle.generate.event_types import event_types
from tests.oracle.generate.events import Happening, events, instants
from tests.oracle.generate.rosters import organisations, roster
from tests.oracle.generate.rulebooks import kinds_of_period, rulebook, setting
from tests.oracle.generate.texts import Chance, under

ZONES = ("Asia/Shanghai", "Asia/Shanghai", "UTC", "America/New_York")
MOST_PERIODS = 4


@dataclass(frozen=True)
class World:
    """All that an appraisal is a function of, and the periods in which something happens."""

    rulebook: dict[str, Any]
    others: tuple[dict[str, Any], ...]
    event_types: dict[str, dict[str, Any]]
    roster: dict[str, Any]
    events: list[dict[str, Any]]
    bases: list[str]
    longer: list[str]

    @property
    def periods(self) -> list[str]:
        """The periods to appraise: the base periods in play, and the roll-ups of the last of them."""
        return [*self.bases, *self.longer]


@st.composite
def world(draw: st.DrawFn, max_workers: int = 12, max_events: int = 80) -> World:
    """A valid world of a few base periods."""
    return world_of(draw(st.integers(0, 2**64 - 1)), max_workers, max_events)


def world_of(seed: int, max_workers: int = 12, max_events: int = 80) -> World:
    """The world of a seed."""
    chance = Chance(seed)
    kinds = kinds_of_period(chance)
    bases = _bases(chance, kinds)
    subject = "organisation" if chance.random() < 0.15 else "worker"
    has_other = chance.random() < 0.4
    types = event_types(chance, subject, others=has_other or chance.often())
    tree, zone = organisations(chance), chance.choice(ZONES)
    other = _other(chance, types, subject, kinds, bases[0], tree, zone) if has_other else None
    book = rulebook(setting(chance, types, subject, kinds, other), "any-county", tree, bases[0], zone)
    others = (other,) if other and other["rulebook"] in under("rulebook", book) else ()
    months = _months(bases)
    people = roster(chance, tree, [*months, bases[-1].end()], chance.many(1, max_workers))
    longer = [bases[-1].containing(kind) for kind in kinds[1:]]
    happening = Happening(
        chance=chance,
        types=types,
        wanted=[*under("event", book, *others)] or list(types),
        follow_ups={state["event"] for state in under("state", book, *others)},
        subjects=_subjects(people),
        instants=instants(chance, months, zone),
        days=[day.isoformat() for day in (*months, *_around(bases[-1].end()), date(2024, 2, 29))],
        periods=[str(period) for period in (*bases, *longer, bases[-1].containing("year"))],
    )
    happened = events(happening, chance.many(chance.many(0, max_events), max_events))
    return World(book, others, types, people, happened, [str(one) for one in bases], [str(one) for one in longer])


def _bases(chance: Chance, kinds: list[str]) -> list[Period]:
    """Consecutive base periods, at most as many as leave room for the roll-ups."""
    first = period_at(chance.choice([2025, 2024]), chance.choice([1, 2, 3, 5, 10, 11, 12]), kinds[0])
    most = 1 if kinds[0] in ("half_year", "year") else min(3, MOST_PERIODS - len(kinds[1:]))
    bases = [first.later(n) for n in range(chance.randint(1, most))]
    # What hasn't begun has no results, and the oracle knows no clock.
    return [base for base in bases if base.end() <= date(2026, 1, 1)]


def _months(bases: list[Period]) -> list[date]:
    """The first days of the months in play."""
    first, end = (period.start().year * 12 + period.start().month - 1 for period in (bases[0], bases[-1].later(1)))
    return [month_start(number) for number in range(first, end)]


def _other(
    chance: Chance, types: dict[str, Any], subject: str, kinds: list[str], first: Period, tree: list[Any], zone: str
) -> dict[str, Any] | None:
    """A small rulebook to read from, mostly of organisations, in the same or in other periods, perhaps younger.

    About the same kind of subject it has no kind of period in common: nobody is claimed twice for one.
    """
    about = "worker" if subject == "worker" and chance.rarely() else "organisation"
    theirs = kinds if chance.sometimes() else kinds_of_period(chance)
    if about == subject:
        left = [kind for kind in KINDS if kind not in kinds]
        if not left:
            return None
        theirs = sorted(chance.some(left), key=KINDS.index)
    since = period_at(first.start().year, first.start().month, theirs[0]).later(1 if chance.random() < 0.1 else 0)
    elsewhere = chance.choice(ZONES) if chance.random() < 0.1 else zone
    return rulebook(setting(chance, types, about, theirs), f"any-{about}-unit", tree, since, elsewhere, size=1)


def _subjects(people: dict[str, Any]) -> dict[str, list[str]]:
    """Whom events may be about; communities come before what they lie in."""
    return {
        "worker": [f"worker/{one['id']}" for one in people["workers"]],
        "organisation": [f"organisation/{one['id']}" for one in reversed(people["organisations"])],
    }


def _around(day: date) -> tuple[date, date]:
    """The day before, and the day."""
    return day - timedelta(days=1), day
