"""The cohort (§3) and its peer groups (§9): who is appraised in a period, where, and among whom."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.periods import Period

SMALL_POOL = "(small)"


@dataclass(frozen=True)
class Tree:
    """The organisations: what lies above each of them."""

    organisations: dict[str, dict[str, Any]]

    def upwards(self, organisation: str) -> list[dict[str, Any]]:
        """The organisation and everything above it, nearest first."""
        here = self.organisations[organisation]
        parent = here.get("parent")
        return [here, *(self.upwards(parent) if parent else [])]

    def nearest(self, organisation: str, kind: str) -> str:
        """The nearest organisation of the kind at or above this one; `-` where there is none."""
        return next((above["id"] for above in self.upwards(organisation) if above["kind"] == kind), "-")


@dataclass(frozen=True)
class Assignment:
    """A matching assignment, as far as it lies in the period."""

    organisation: str
    post: str
    began: date
    days: frozenset[int]


@dataclass(frozen=True)
class Member:
    """One of the cohort: the key of its peer group, and its days of service in the period."""

    group: str
    service_days: int


@dataclass(frozen=True)
class Pool:
    """Who is ranked together: all due members, and whether they are enough for quotas and a bottom."""

    key: str
    members: tuple[str, ...]
    is_full_size: bool


def cohort(rulebook: dict[str, Any], roster: dict[str, Any], period: Period) -> dict[str, Member]:
    """Everyone with at least one day of matching assignment in the period, by subject."""
    tree = Tree({organisation["id"]: organisation for organisation in roster["organisations"]})
    members = {}
    for worker in roster["workers"]:
        matching = _matching(worker["assignments"], rulebook["applies_to"], tree, period)
        if matching:
            decisive = _decisive(matching, rulebook["assignment"])
            group = _group(decisive, rulebook["peer_groups"]["by"], tree)
            days = frozenset[int]().union(*(assignment.days for assignment in matching))
            members[f"worker/{worker['id']}"] = Member(group, len(days))
    return members


def pools(members: dict[str, Member], words: dict[str, Any]) -> list[Pool]:
    """The pools of a cohort: its groups, the small ones thrown together where the rulebook says so."""
    min_size = int(words["min_size"])
    sizes = Counter(member.group for member in members.values())
    by_key: dict[str, list[str]] = {}
    for subject, member in members.items():
        is_pooled = sizes[member.group] < min_size and words["small_groups"] == "pool_in_tenant"
        by_key.setdefault(SMALL_POOL if is_pooled else member.group, []).append(subject)
    return [Pool(key, tuple(subjects), len(subjects) >= min_size) for key, subjects in by_key.items()]


def _matching(
    assignments: list[dict[str, Any]], applies_to: dict[str, Any], tree: Tree, period: Period
) -> list[Assignment]:
    found = []
    for assignment in assignments:
        above = [organisation["id"] for organisation in tree.upwards(assignment["organisation"])]
        if assignment["post"] in applies_to["posts"] and applies_to["under"] in above:
            began = date.fromisoformat(assignment["from"])
            days = _days(began, assignment.get("to"), period)
            found.append(Assignment(assignment["organisation"], assignment["post"], began, days))
    return [assignment for assignment in found if assignment.days]


def _days(began: date, to: str | None, period: Period) -> frozenset[int]:
    """The days of [began, to) in the period, by their ordinal."""
    after = min(date.fromisoformat(to), period.after) if to else period.after
    return frozenset(range(max(began, period.first).toordinal(), after.toordinal()))


def _decisive(matching: list[Assignment], word: str) -> Assignment:
    # Python orders text by code point, which is the byte order of its UTF-8.
    by_name = sorted(matching, key=lambda assignment: (assignment.organisation, assignment.post))
    # `max` keeps the first of equals, so the names decide only where nothing else does.
    if word == "longest":
        return max(by_name, key=lambda one: (len(one.days), max(one.days), one.began))
    return max(by_name, key=lambda one: (max(one.days), one.began))


def _group(assignment: Assignment, by: list[str], tree: Tree) -> str:
    parts = {"post": assignment.post, "organisation": assignment.organisation}
    keys = [parts.get(word) or tree.nearest(assignment.organisation, word) for word in by]
    return "/".join(keys) if keys else "*"
