"""Whole valid worlds for Hypothesis: a rulebook, event types, a roster and events that go together."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.event_types import event_types
from tests.oracle.generate.events import events
from tests.oracle.generate.rosters import organisations, rosters
from tests.oracle.generate.rulebooks import rulebooks
from tests.oracle.generate.texts import often_many


@dataclass(frozen=True)
class World:
    """All that an appraisal is a function of, and the periods in which something happens."""

    rulebook: dict[str, Any]
    event_types: dict[str, dict[str, Any]]
    roster: dict[str, Any]
    events: list[dict[str, Any]]
    months: list[str]
    year: str

    @property
    def periods(self) -> list[str]:
        """The periods to appraise: the months in play, and the year where the rulebook rolls it up."""
        return [*self.months, *([self.year] if self.rulebook["periods"]["rollups"] else [])]


@st.composite
def world(draw: st.DrawFn, max_workers: int = 12, max_events: int = 60) -> World:
    """A valid world of one year, with up to three months in play."""
    # Sizes come first: Hypothesis varies what comes later, and so keeps most of its worlds populous.
    worker_count = draw(often_many(1, max_workers))
    event_count = draw(often_many(0, max_events))
    year = draw(st.sampled_from(["2025", "2024"]))
    first = draw(st.sampled_from([1, 2, 3, 10, 11, 12]))
    last = min(first + draw(st.integers(0, 2)), 12)
    months = [f"{year}-{month:02}" for month in range(first, last + 1)]
    types = draw(event_types())
    tree = draw(organisations())
    # The county is the likelier place to apply to: below it the cohort is soon empty.
    under = ["county", "county", "county", "county", *(organisation["id"] for organisation in tree[1:])]
    rulebook = draw(rulebooks(types, under, months))
    roster = draw(rosters(tree, months, worker_count))
    subjects = [f"worker/{worker['id']}" for worker in roster["workers"]]
    happened = draw(events(types, subjects, months, rulebook["periods"]["timezone"], event_count))
    return World(rulebook, types, roster, happened, months, year)
