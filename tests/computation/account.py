"""What the machine of life.py knows by itself: what was sent and taken back, where periods stand, who contests what.

From it alone follows what counts where, and what the service must answer; the service is never asked here.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from oracle import Result, appraise
from tests.computation import worlds
from tests.computation.two_books import (
    BEFORE,
    COMMUNITIES,
    COMMUNITIES_RULES,
    EVENT_TYPES,
    MONTHS,
    PERIODS,
    WORKERS_BOOK,
    YEAR,
    Node,
    workers_rules,
)


@dataclass
class Sent:
    """An event as it was sent: when, in whose place, and whether it was taken back."""

    event: Node
    order: int
    root: "Sent | None" = None
    reversed: bool = False

    @property
    def name(self) -> str:
        """What the service calls it."""
        return worlds.identity(self.event)


@dataclass
class Kept:
    """A period of a rulebook: its state, when it was first published, what was let in, what each revision said."""

    state: str = "open"
    published: int | None = None
    asked_by: str | None = None
    admitted: set[str] = field(default_factory=set)
    completing: list[str] = field(default_factory=list)
    revisions: list[Any] = field(default_factory=list)

    def is_late(self, sent: Sent) -> bool:
        """Whether an event came after the first publication."""
        return self.published is not None and sent.order > self.published

    def counts(self, sent: Sent) -> bool:
        """Whether an event counts where its time lies: there in time, let in, or in the place of one that does."""
        root = sent.root or sent
        here = not self.is_late(sent) or sent.name in self.admitted
        in_place = sent.root is not None and (not self.is_late(root) or root.name in self.admitted)
        return not sent.reversed and (here or in_place)


@dataclass
class Contest:
    """An objection: against whose result, where, and what became of it."""

    name: str
    key: tuple[str, str]
    subject: str
    state: str = "open"
    answered: bool = False


class Account:
    """All that happened so far, and the rules under which it did."""

    def __init__(self, late: str) -> None:
        """Nothing happened."""
        self.book = workers_rules(late)
        self.contests: list[Contest] = []
        self.assignments: dict[str, list[Node]] = {}
        self.sent: list[Sent] = []
        self.kept = {key: Kept() for key in [*PERIODS, (WORKERS_BOOK, BEFORE)]}
        self.order = 0

    def note(self, events: list[Node]) -> None:
        """Note events that were sent at once."""
        self.order += 1
        self.sent += [Sent(event, self.order) for event in events]

    def published_months(self) -> list[str]:
        """The months that have a revision."""
        return [month for month in MONTHS if self.kept[WORKERS_BOOK, month].revisions]

    def nth(self, which: int) -> Sent:
        """One of the events sent, counted from the last."""
        return self.sent[-1 - which % len(self.sent)]

    def has_open_parts(self, key: tuple[str, str]) -> bool:
        """Whether months of the year aren't published."""
        return key == (WORKERS_BOOK, YEAR) and any(not self.kept[WORKERS_BOOK, month].revisions for month in MONTHS)

    def without_tier(self, key: tuple[str, str]) -> list[str]:
        """Who has no tier in the current revision of a period that isn't being corrected."""
        kept = self.kept[key]
        if kept.state not in ("provisional", "final"):
            return []
        return [item["subject"] for item in kept.revisions[-1]["items"] if not item.get("tier")]

    def contestable(self, key: tuple[str, str]) -> list[str]:
        """Whose result in a period may be contested."""
        kept = self.kept[key]
        if key[0] != WORKERS_BOOK or kept.state not in ("provisional", "final"):
            return []
        return [item["subject"] for item in kept.revisions[-1]["items"]]

    def is_settled_elsewhere(self, sent: Sent, key: tuple[str, str]) -> bool:
        """Whether a late event is carried into a period that is published and isn't being corrected."""
        came_at = (sent.root or sent).order
        if self.book["periods"]["late"] == "refuse" or sent.reversed or key[1] not in MONTHS:
            return False
        if not self.kept[key].is_late(sent.root or sent):
            return False
        for month in MONTHS[MONTHS.index(key[1]) + 1 :]:
            kept = self.kept[WORKERS_BOOK, month]
            if kept.published is None or kept.published >= came_at:
                return kept.state in ("provisional", "final")
        return False

    def is_carried_into(self, sent: Sent, month: str) -> bool:
        """Whether a late event lies in the month before, and this one was still open when it came."""
        before = MONTHS[MONTHS.index(month) - 1] if month != MONTHS[0] else ""
        late = before and self.lies_in(sent, (WORKERS_BOOK, before)) and self.kept[WORKERS_BOOK, before].is_late(sent)
        return bool(late) and not self.kept[WORKERS_BOOK, month].is_late(sent)

    def lies_in(self, sent: Sent, key: tuple[str, str]) -> bool:
        """Whether an event lies in a period: the one that it names, or that of its time."""
        named = sent.event.get("period")
        return key[1] == named if named else sent.event["time"].startswith(key[1])

    def position(self, sent: Sent) -> int:
        """Since when an event counts: that of the first in its place, or since ever where it was let in."""
        root = sent.root or sent
        months = [key for key in PERIODS if key[1] in MONTHS and self.lies_in(sent, key)]
        let_in = any({sent.name, root.name} & self.kept[key].admitted for key in months)
        return 0 if let_in else root.order

    def expected(self, month: str) -> dict[str, Result]:
        """What the oracle makes of the events that count in a month."""
        kept = self.kept[WORKERS_BOOK, month]
        if self.book["periods"]["late"] == "refuse":
            published = {}
            # Follow-ups of acts are never late.
            follows = {"case.closed"}
            events = [
                one.event
                for one in self.sent
                if not one.event.get("period")
                and (kept.counts(one) or (one.event["type"] in follows and not one.reversed))
            ]
        else:
            books = {key: one.published for key, one in self.kept.items() if key[0] == WORKERS_BOOK}
            published = {key: at for key, at in books.items() if at is not None}
            events = [one.event | {"position": self.position(one)} for one in self.sent if not one.reversed]
        roster = {
            "organisations": [
                {"id": "county", "kind": "county", "parent": None},
                *({"id": c, "kind": "community", "parent": "county"} for c in COMMUNITIES),
            ],
            "workers": [{"id": w, "assignments": a} for w, a in self.assignments.items()],
        }
        others = [yaml.load(COMMUNITIES_RULES, yaml.BaseLoader)]
        return appraise(self.book, EVENT_TYPES, roster, events, month, others, published=published)
