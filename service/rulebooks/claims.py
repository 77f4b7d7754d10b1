"""Whom rulebooks appraise: no assignment, and no organisation, is claimed by two of them for one period.

What is asked is whether the cohorts could meet, not whether they do: the same kind of subject, a post or kind in
common, and a place in the tree that both cover. That is settled once, when a version is published, and doesn't depend
on who serves there today. Only a move of organisations can undo it, so closing and publishing a period asks again.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from service.database.transactions import Transaction
from service.errors import Problem
from service.periods import Period
from service.periods import parse as parse_period
from service.rulebooks import layout

_MOST_NAMED = 5


class Claim(NamedTuple):
    """Another rulebook that claims the same, from which period on, where, and some of the subjects."""

    other: str
    period: str
    place: str
    subjects: list[str]

    @property
    def values(self) -> dict[str, Any]:
        """What the sentence of a refusal says."""
        return {**self._asdict(), "subjects": ", ".join(self.subjects) or "-"}


def refuse_claimed(transaction: Transaction, row: Any) -> None:
    """A version that would claim what another rulebook claims can't be published. Problem rulebook.claimed."""
    for other in transaction.all("rulebooks_meeting", rulebook=row.rulebook_no):
        if period := _first_common(row, other):
            subjects = _subjects(transaction, row.rulebook_no, other, period.first_day, date.max)
            claim = Claim(f"{other.id}@{other.version}", period.text, other.place, subjects)
            raise Problem("rulebook.claimed", **claim.values)


def of_period(transaction: Transaction, number: int, period: Period) -> Iterator[Claim]:
    """The rulebooks that claim some of the same subjects in a period, which can't be settled then."""
    for other in transaction.all("rulebooks_meeting", rulebook=number):
        if _both_rule(other, period) and period.kind in layout.kinds(other.document):
            subjects = _subjects(transaction, number, other, period.first_day, period.end_day)
            if subjects:
                yield Claim(f"{other.id}@{other.version}", period.text, other.place, subjects)


def _first_common(row: Any, other: Any) -> Period | None:
    later = parse_period(max((row, other), key=lambda one: one.effective_day).effective_from)
    common = [kind for kind in layout.kinds(row.document) if kind in layout.kinds(other.document)]
    found = [period for kind in common for period in later.containing(kind) if _both_rule(other, period)]
    return min(found, key=lambda period: period.end_day, default=None)


def _both_rule(other: Any, period: Period) -> bool:
    return other.since < period.end_day and (other.until is None or period.end_day <= other.until)


def _subjects(transaction: Transaction, number: int, other: Any, first_day: date, end_day: date) -> list[str]:
    """Some of those whom both claim by one assignment within these days."""
    rows = transaction.all(
        "subjects_meeting",
        rulebook=number,
        other=other.rulebook_no,
        first_day=first_day,
        end_day=end_day,
        limit=_MOST_NAMED,
    )
    return [row.subject for row in rows]
