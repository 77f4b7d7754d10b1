"""The roster (§4, §5.6): the tree of organisations, who holds which post where and when, and attributes.

Subjects are written `worker/<id>` and `organisation/<id>` here, as in events.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

NOWHERE = "-"


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
        return next((above["id"] for above in self.upwards(organisation) if above["kind"] == kind), NOWHERE)

    def is_at_or_below(self, organisation: str, places: list[str]) -> bool:
        """Whether the organisation is one of these, or lies below one."""
        return any(above["id"] in places for above in self.upwards(organisation))


@dataclass(frozen=True)
class Assignment:
    """A post in an organisation on the days [began, after); without `after` it goes on."""

    organisation: str
    post: str
    began: date
    after: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is valid that day."""
        return self.began <= day and (self.after is None or day < self.after)


@dataclass(frozen=True)
class Roster:
    """Organisations, the assignments of each worker, and the attributes of each subject."""

    tree: Tree
    workers: dict[str, tuple[Assignment, ...]]
    attributes: dict[str, list[dict[str, Any]]]

    def attribute(self, subject: str, name: str, day: date) -> str | None:
        """The value of an attribute on a day: the one valid since last, of those the smaller."""
        valid = [
            one
            for one in self.attributes.get(subject, [])
            if one["name"] == name and date.fromisoformat(one["from"]) <= day
            if not one.get("to") or day < date.fromisoformat(one["to"])
        ]
        since = max((one["from"] for one in valid), default=None)
        return min((str(one["value"]) for one in valid if one["from"] == since), default=None)

    def tenure(self, worker: str, posts: list[str], until: date) -> list[int]:
        """The whole months of each unbroken stretch in these posts, anywhere, up to a day that is excluded."""
        stretches: list[tuple[date, date]] = []
        held = [one for one in self.workers[worker] if one.post in posts and one.began < until]
        for one in sorted(held, key=lambda one: one.began):
            began, after = one.began, min(one.after or until, until)
            if stretches and began <= stretches[-1][1]:
                began, after = stretches[-1][0], max(after, stretches.pop()[1])
            stretches.append((began, after))
        return [whole_months(began, after) for began, after in stretches]


def roster_of(written: dict[str, Any]) -> Roster:
    """The roster as it is written."""
    organisations, workers = written["organisations"], written["workers"]
    attributes = {f"organisation/{one['id']}": one.get("attributes") or [] for one in organisations}
    attributes |= {f"worker/{one['id']}": one.get("attributes") or [] for one in workers}
    return Roster(
        Tree({one["id"]: one for one in organisations}),
        {f"worker/{one['id']}": tuple(_assignment(a) for a in one["assignments"]) for one in workers},
        attributes,
    )


def whole_months(began: date, after: date) -> int:
    """The months from one day to another, one less where the day of the month isn't reached."""
    months = (after.year - began.year) * 12 + after.month - began.month
    return months - 1 if after.day < began.day else months


def _assignment(written: dict[str, Any]) -> Assignment:
    to = written.get("to")
    return Assignment(
        written["organisation"],
        written["post"],
        date.fromisoformat(written["from"]),
        date.fromisoformat(to) if to else None,
    )
