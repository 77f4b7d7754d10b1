"""The cohort (§4) and its peer groups (§13): who is appraised in a period, where, and among whom."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from oracle.periods import Period
from oracle.roster import NOWHERE, Assignment, Roster, Tree

SMALL_POOL = "(small)"


@dataclass(frozen=True)
class Member:
    """One of the cohort: its place, and its service.

    `group` is the key of its peer group before small ones are pooled; `post` is the kind of an organisation;
    `days_in` are the days of matching assignments in the period, by organisation.
    """

    subject: str
    group: str
    organisation: str
    post: str
    days_in: dict[str, frozenset[int]]

    @property
    def service_days(self) -> int:
        """How many different days of the period it serves."""
        return len(frozenset[int]().union(*self.days_in.values()))


@dataclass(frozen=True)
class Pool:
    """Who is ranked together: all due members, and whether they are enough for quotas and a bottom."""

    key: str
    members: tuple[str, ...]
    is_full_size: bool


@dataclass(frozen=True)
class Service:
    """Who serves which organisation on which day, by the matching assignments of a rulebook."""

    applies_to: dict[str, Any]
    roster: Roster

    def matching(self, worker: str) -> list[Assignment]:
        """The assignments in one of the posts, under one place and outside the exceptions."""
        return [
            one
            for one in self.roster.workers[worker]
            if one.post in self.applies_to["posts"] and self.covers(one.organisation)
        ]

    def covers(self, organisation: str) -> bool:
        """Whether the rulebook applies to what is in that place of the tree."""
        tree = self.roster.tree
        return tree.is_at_or_below(organisation, [self.applies_to["under"]]) and not tree.is_at_or_below(
            organisation, self.applies_to.get("except", [])
        )

    def served(self, subject: str, day: date) -> list[str]:
        """The organisations that the subject serves that day; an organisation always serves itself."""
        kind, _, identifier = subject.partition("/")
        if kind == "organisation":
            return [identifier]
        return [one.organisation for one in self.matching(subject) if one.holds_on(day)]


def cohort(rulebook: dict[str, Any], roster: Roster, period: Period) -> dict[str, Member]:
    """Everyone whom the rulebook appraises in the period, by subject."""
    service = Service(rulebook["applies_to"], roster)
    if rulebook["subject"] == "organisation":
        kinds = rulebook["applies_to"]["kinds"]
        found = [
            one for one in roster.tree.organisations.values() if one["kind"] in kinds and service.covers(one["id"])
        ]
        members = [_organisation(one, rulebook, roster.tree, period) for one in found]
    else:
        found_workers = [_worker(worker, service, rulebook, period) for worker in roster.workers]
        members = [member for member in found_workers if member]
    return {member.subject: member for member in members}


def pools(members: dict[str, Member], words: dict[str, Any]) -> list[Pool]:
    """The pools of a cohort: its groups, the small ones thrown together where the rulebook says so."""
    min_size = int(words["min_size"])
    sizes = Counter(member.group for member in members.values())
    by_key: dict[str, list[str]] = {}
    for subject, member in members.items():
        is_pooled = sizes[member.group] < min_size and words["small_groups"] == "pool_in_tenant"
        by_key.setdefault(SMALL_POOL if is_pooled else member.group, []).append(subject)
    return [Pool(key, tuple(subjects), len(subjects) >= min_size) for key, subjects in by_key.items()]


def group_key(organisation: str, post: str, by: list[str], tree: Tree) -> str:
    """What the members of a group share, written with `/`; `*` where they need share nothing."""
    own = {"post": post, "kind": post, "organisation": organisation}
    keys = [own[word] if word in own else tree.nearest(organisation, word) for word in by]
    return "/".join(keys) if keys else "*"


def _organisation(written: dict[str, Any], rulebook: dict[str, Any], tree: Tree, period: Period) -> Member:
    organisation, kind = written["id"], written["kind"]
    group = group_key(organisation, kind, rulebook["peer_groups"]["by"], tree)
    return Member(f"organisation/{organisation}", group, organisation, kind, {organisation: period.days})


def _worker(worker: str, service: Service, rulebook: dict[str, Any], period: Period) -> Member | None:
    days = {one: _days(one, period) for one in service.matching(worker)}
    here = {one: its for one, its in days.items() if its}
    if not here:
        return None
    days_in: dict[str, frozenset[int]] = {}
    for one, its in here.items():
        days_in[one.organisation] = days_in.get(one.organisation, frozenset()) | its
    decisive = _decisive(here, rulebook["assignment"])
    group = group_key(decisive.organisation, decisive.post, rulebook["peer_groups"]["by"], service.roster.tree)
    return Member(worker, group, decisive.organisation, decisive.post, days_in)


def _days(assignment: Assignment, period: Period) -> frozenset[int]:
    """The days of the assignment in the period, by their ordinal."""
    after = min(assignment.after, period.after) if assignment.after else period.after
    return frozenset(range(max(assignment.began, period.first).toordinal(), after.toordinal()))


def _decisive(matching: dict[Assignment, frozenset[int]], word: str) -> Assignment:
    # Python orders text by code point, which is the byte order of its UTF-8.
    by_name = sorted(matching, key=lambda one: (one.organisation, one.post))
    # `max` keeps the first of equals, so the names decide only where nothing else does.
    if word == "at_end":
        return max(by_name, key=lambda one: (max(matching[one]), one.began))
    return max(by_name, key=lambda one: (len(matching[one]), max(matching[one]), one.began))


def nearest_subject(organisation: str, kind: str, tree: Tree) -> str | None:
    """The nearest organisation of a kind at or above this one, as a subject."""
    nearest = tree.nearest(organisation, kind)
    return None if nearest == NOWHERE else f"organisation/{nearest}"
