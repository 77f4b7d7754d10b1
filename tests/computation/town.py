"""A small town for cases told one by one: the oracle's hand-made rulebook, put to the service and the oracle at once.

What a test reads of the town is read over HTTP, and was compared with what the oracle says of the same facts.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from oracle import appraise
from oracle.result import Result
from service.database.transactions import Database
from service.verification import Verified, verify
from tests.computation import worlds
from tests.county import ALL_SCOPES, SOURCE, County
from tests.http.asking import as_yaml, assert_problem
from tests.oracle import cases
from tests.oracle.strategies import World

Node = dict[str, Any]

_POINTS: Node = {"quantity": "points", "fields": {"points": {"kind": "number"}, "case": {"kind": "text"}}}
TYPES: dict[str, Node] = {
    **{name: {"title": name, "subject": "worker", **declared} for name, declared in cases.EVENT_TYPES.items()},
    "work.planned": {"title": "计划", "subject": "worker", "dated_by": "period", **_POINTS},
    "unit.assessed": {"title": "单位测评", "subject": "organisation", "dated_by": "time", **_POINTS},
}


class Town:
    """A tenant, and the same facts for the oracle. Every event that is sent is told to both."""

    def __init__(
        self,
        url: str,
        database: Database,
        *books: Node,
        people: Node,
        events: Iterable[Node] = (),
    ) -> None:
        """A town with these rulebooks, each of which may be read by those behind it."""
        self.books = {book["rulebook"]: book for book in books}
        self.world = World(books[-1], books[:-1], TYPES, people, [], [], [])
        self.final: set[tuple[str, str]] = set()
        self.published: dict[tuple[str, str], int] = {}
        self.county = County.empty(url, database)
        worlds.found(self.county, self.world)
        self.send(*events)

    def send(self, *events: Node) -> None:
        """Something happened."""
        worlds.send(self.county, list(events))
        sent = len(self.world.events)
        self.world.events.extend({**event, "position": sent + n} for n, event in enumerate(events, 1))

    def state(self, *workers: Node) -> None:
        """Workers have another record, or are new."""
        self.county.state([], list(workers))
        changed = {worker["id"]: worker for worker in workers}
        kept = [worker for worker in self.world.roster["workers"] if worker["id"] not in changed]
        self.world.roster["workers"] = [*kept, *workers]

    def results(self, period: str = cases.MARCH, rulebook: str = "yunhe", view: str = "current") -> dict[str, Result]:
        """Everyone's result by id, as a reader of the period gets it."""
        said = {
            item["subject"]: self.result(item["subject"], period, rulebook, view)
            for item in self.county.ranking(period, rulebook=rulebook, view=view, limit="1000")
        }
        found = {subject: worlds.as_result(one, self.books[rulebook]) for subject, one in said.items()}
        if not any("revision" in one for one in said.values()):
            wrong = worlds.differences(self._expected(period, rulebook), found)
            assert not wrong, "\n".join(wrong)
        return {subject.partition("/")[2]: result for subject, result in found.items()}

    def totals(self, period: str, rulebook: str = "yunhe") -> dict[str, Fraction]:
        """Everyone's total by id."""
        items = self.county.ranking(period, rulebook=rulebook, limit="1000")
        return {item["subject"].partition("/")[2]: Fraction(item["total"]) for item in items}

    def result(self, subject: str, period: str = cases.MARCH, rulebook: str = "yunhe", view: str = "current") -> Node:
        """One subject's result, as JSON."""
        kind, identifier = subject.split("/")
        answer = self.county.hr.get(f"/v1/{kind}s/{identifier}/results/{period}?rulebook={rulebook}&view={view}")
        assert answer.status_code == 200, answer.json
        said: Node = answer.json or {}
        return said

    def publish(self, *periods: str, rulebook: str = "yunhe") -> None:
        """Close periods and publish them."""
        for period in periods:
            for step in ("close", "publish"):
                answer = self.county.hr.post(f"/v1/periods/{period}/{step}?rulebook={rulebook}")
                assert answer.status_code == 200, answer.json
            self.published[rulebook, period] = len(self.world.events)

    def finalise(self, *periods: str, rulebook: str = "yunhe") -> None:
        """The notice of published periods is over."""
        for period in periods:
            answer = self.county.hr.post(f"/v1/periods/{period}/finalise?rulebook={rulebook}")
            assert answer.status_code == 200, answer.json
            self.final.add((rulebook, period))

    def correct(self, period: str, *admitted: str, rulebook: str = "yunhe") -> None:
        """Take a published period up again, let late events in, and publish it once more."""
        path = f"/v1/periods/{period}"
        answer = self.county.hr.post(f"{path}/reopen?rulebook={rulebook}", {"reason": "late", "admit": list(admitted)})
        assert answer.status_code == 200, answer.json
        second = self.county.user("second", ALL_SCOPES, [SOURCE])
        answer = second.post(f"{path}/publish?rulebook={rulebook}")
        assert answer.status_code == 200, answer.json

    def complete(self, period: str, *subjects: str, rulebook: str = "yunhe") -> None:
        """Fill the tiers of these subjects in, in the next revision."""
        path, second = f"/v1/periods/{period}", self.county.user("second", ALL_SCOPES, [SOURCE])
        asked = {"reason": "cleared", "complete": list(subjects)}
        for by, step, body in ((self.county.hr, "reopen", asked), (second, "publish", None)):
            answer = by.post(f"{path}/{step}?rulebook={rulebook}", body)
            assert answer.status_code == 200, answer.json

    def verified(self) -> list[Verified]:
        """What verifying every revision finds."""
        return list(verify(self.county.database, self.county.tenant_id))

    def findings(self, book: Node) -> set[tuple[str, str]]:
        """Pointer and code of what is found in a rulebook that can't be."""
        answer = self.county.hr.post_text("/v1/rulebooks", as_yaml(book), "application/yaml")
        return set(assert_problem(answer, 422, "request.invalid"))

    def _expected(self, period: str, rulebook: str) -> dict[str, Result]:
        world, others = self.world, [book for name, book in self.books.items() if name != rulebook]
        # What a correction lets in by name, the oracle isn't told.
        carries = self.books[rulebook]["periods"].get("late") == "carry"
        published = self.published if carries else None
        facts = (world.roster, world.events, period, others, self.final, published)
        return appraise(self.books[rulebook], TYPES, *facts)


Opened = Callable[..., Town]


def worker(identifier: str, *assignments: Node, **said: Any) -> Node:
    """A worker's record."""
    return {"id": identifier, "assignments": list(assignments or [cases.assignment()]), **said}


def people(*workers: Node | str) -> Node:
    """The county's organisations, and these workers; an id alone is somebody who serves in `lotus`."""
    said = [one if isinstance(one, dict) else worker(one) for one in workers]
    return {"organisations": cases.ORGANISATIONS, "workers": said}


def tiers_of(results: dict[str, Result]) -> dict[str, str | None]:
    """Everyone's tier."""
    return {name: result.tier for name, result in results.items()}


def who(results: dict[str, Result], tier: str) -> set[str]:
    """Who has a tier."""
    return {name for name, result in results.items() if result.tier == tier}


def months(year: int, first: int = 1, last: int = 12) -> Sequence[str]:
    """The months of a year, or some that follow each other."""
    return [f"{year}-{month:02}" for month in range(first, last + 1)]
