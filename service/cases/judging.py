"""All cases of a rulebook, judged: what differs from what they expect, and which parts of it no case has taken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from service import results
from service.cases import said, settling
from service.cases.coverage import Parts, Taken
from service.cases.said import Difference, Said
from service.cases.settling import World
from service.cases.written import Case, Check, Written
from service.database.transactions import Transaction
from service.errors import Finding, Problem, finding
from service.results import Shown
from service.rulebooks import extension, store

Opinion = Callable[[World, Check], dict[str, Said]]
_PAGE = 5000


@dataclass
class Judgement:
    """What came of the cases of a rulebook."""

    cases: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    differences: list[Finding] = field(default_factory=list)
    parts: int = 0
    untaken: list[str] = field(default_factory=list)

    @property
    def uncovered(self) -> list[Finding]:
        """The parts that no case has taken, as findings in the rulebook."""
        return [finding(pointer, "case.uncovered") for pointer in self.untaken]

    @property
    def holds(self) -> bool:
        """Whether every case came out, and none is missing."""
        return not self.differences and not self.untaken


def judge(apart: Transaction, row: Any, written: Written, opinion: Opinion | None = None) -> Judgement:
    """Settle the cases that are about a draft in a tenant apart; with an opinion, also beside that."""
    rulebook = store.load(row.document)
    parts, made = Parts(rulebook, row.document), Judgement()
    for case in written.cases:
        if case.about(row.id):
            found = list(_judged(apart, row, case, parts, opinion))
            made.cases.append(case.id)
            made.failed += [case.id] if found else []
            made.differences += found
    impossible = {part: pointer for pointer, rulebook, part in written.impossible if rulebook == row.id}
    own, untaken = (_at_home(apart, row, some) for some in (parts.all, parts.untaken))
    made.differences += [finding(at, "case.part", part=part) for part, at in impossible.items() if part not in own]
    made.differences += [
        finding(at, "case.possible") for part, at in impossible.items() if part in own and part not in untaken
    ]
    made.parts = len([part for part in own if part not in impossible])
    made.untaken = [part for part in untaken if part not in impossible]
    return made


def _judged(apart: Transaction, row: Any, case: Case, parts: Parts, opinion: Opinion | None) -> Iterator[Finding]:
    try:
        with settling.settled(apart, row, case) as world:
            for check in case.about(row.id):
                shown = settling.shown(apart, check)
                yield from _checked(apart, shown, case, check, parts)
                if opinion:
                    yield from _seconded(apart, shown, case, check, opinion(world, check))
    except Problem as problem:
        yield _refused(case, problem)


def _checked(apart: Transaction, shown: Shown, case: Case, check: Check, parts: Parts) -> Iterator[Finding]:
    """Where the service says something else than a case expects; what it went through is covered where it doesn't."""
    for subject, expected in check.expected.items():
        answer, row = _found(apart, shown, subject)
        wrong = said.lacking(expected, answer)
        for one in wrong:
            yield finding(_place(check, subject, one), "case.differs", **_values(case, check, subject, one))
        if expected is not None and not wrong:
            taken = Taken(shown.sheet, row, expected, partial(_events, apart, shown, subject))
            (parts.take if case.totals is None else parts.take_place)(taken)


def _seconded(
    apart: Transaction, shown: Shown, case: Case, check: Check, opinions: dict[str, Said]
) -> Iterator[Finding]:
    """Where the other opinion differs from what a case expects, or anywhere from the service."""
    for subject in {**check.expected, **opinions}:
        other = opinions.get(subject)
        if subject in check.expected:
            for one in said.lacking(check.expected[subject], other):
                yield finding(_place(check, subject, one), "case.oracle", **_values(case, check, subject, one))
        for one in said.unlike(other, _found(apart, shown, subject)[0]):
            yield finding(_place(check, subject, one), "case.disagreement", **_values(case, check, subject, one))


def _found(apart: Transaction, shown: Shown, subject: str) -> tuple[Said | None, Any]:
    """What the service says of a subject, and the row that says it; None where there is no result."""
    kind, _, identifier = subject.partition("/")
    row = apart.maybe("result_of", **shown.keys, kind=kind, id=identifier)
    return (None if row is None else said.of_answer(results.result(apart, shown, kind, identifier))), row


def _events(apart: Transaction, shown: Shown, subject: str, item: str) -> list[tuple[Decimal | None, str | None]]:
    kind, _, identifier = subject.partition("/")
    page = results.line_events(apart, shown, kind, identifier, item, None, _PAGE)
    return [(None if e["number"] is None else Decimal(e["number"]), e["code"]) for e in page["items"]]


def _place(check: Check, subject: str, one: Difference) -> str:
    return check.at(subject, *one.place) if subject in check.expected else check.pointer


def _values(case: Case, check: Check, subject: str, one: Difference) -> dict[str, Any]:
    """What the sentence of a difference says."""
    of = {"case": case.id, "subject": subject, "period": check.period}
    return {**of, "what": one.what, "expected": one.expected, "found": one.found}


def _refused(case: Case, problem: Problem) -> Finding:
    """The service doesn't take what a case says; the first of its reasons."""
    first = problem.findings[0] if problem.findings else finding("", problem.code, **problem.values)
    event, _, below = first.pointer.removeprefix("/").partition("/")
    if entry := case.entries.get(event):
        return finding(entry, "case.refused", case=case.id, place=f"/{below}", why=first)
    return finding(case.pointer, "case.refused", case=case.id, place=first.pointer or "/", why=first)


def _at_home(apart: Transaction, row: Any, pointers: list[str]) -> list[str]:
    """The parts that are this rulebook's own: what an extension has of another is for the cases of that."""
    if "extends" not in row.document:
        return pointers
    parent = row.document["extends"]
    document = apart.one("rulebook_version", id=parent["rulebook"], version=parent["version"]).document
    found = extension.at_home([finding(pointer, "case.uncovered") for pointer in pointers], document)
    return [one.pointer for one in found if not one.pointer.startswith("/extends/")]
