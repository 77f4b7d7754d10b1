"""What happens in the county of life.py, and what of it is corrected: events that are sent, and where people serve."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.computation import worlds
from tests.computation.account import Account, Sent
from tests.computation.two_books import COMMUNITIES, WORKERS, YEAR, Node
from tests.county import SOURCE, County
from tests.http.asking import assert_problem

FACTS = ["visit", "rating", "hard work", "complaint", "vote", "inspection", "investigation", "closed case"]
_numbers = st.integers(0, 99)
_workers = st.sampled_from(WORKERS)
_facts = st.sampled_from(FACTS)
_days = st.integers(0, 91)


class Happening(RuleBasedStateMachine):
    """Events that are sent, late, again, or taken back; people who move."""

    county: County
    account: Account

    @rule(what=_facts, worker=_workers, day=_days, n=st.integers(1, 7))
    def happen(self, what: str, worker: str, day: int, n: int) -> None:
        """One fact, or a few."""
        self.send(self.facts(what, worker, day, n))

    @precondition(lambda self: self.account.published_months())
    @rule(what=_facts, worker=_workers, which=_numbers, n=st.integers(1, 7))
    def happen_late(self, what: str, worker: str, which: int, n: int) -> None:
        """The same in a month that is published."""
        months = self.account.published_months()
        self.send(self.facts(what, worker, middle(months[which % len(months)]), n))

    @precondition(lambda self: self.account.sent)
    @rule(which=_numbers, other=st.booleans())
    def send_again(self, which: int, other: bool) -> None:
        """Invariant 2: the same is a duplicate, another content under the same id a conflict."""
        event = self.account.nth(which).event
        again = {**event, "type": "violation.complaint", "data": {}} if other else event
        conflicts = other and event["type"] != "violation.complaint"
        [answer] = self.county.send(worlds.as_sent(again))
        assert answer["result"] == ("conflict" if conflicts else "duplicate")

    # What is corrected.

    @precondition(lambda self: self.account.sent)
    @rule(which=_numbers)
    def reverse(self, which: int) -> None:
        """Invariant 3: once, and the same reversal again is no other."""
        sent = self.account.nth(which)
        answer = self.county.hr.post(f"/v1/events/{sent.name}/reversal", {"reason": "entered in error"})
        if sent.reversed:
            assert answer.status_code in (200, 409), answer.json
        else:
            assert answer.status_code == 201, answer.json
        sent.reversed = True

    @precondition(lambda self: self.account.sent)
    @rule(which=_numbers, worker=_workers, day=_days, household=st.integers(1, 7))
    def amend(self, which: int, worker: str, day: int, household: int) -> None:
        sent = self.account.nth(which)
        event = self._event("visit.done", f"worker/{worker}", day, household=f"h{household}")
        body = {"reason": "as the record says", "event": worlds.as_sent(event)}
        answer = self.county.hr.post(f"/v1/events/{sent.name}/amendment", body)
        if sent.reversed:
            assert_problem(answer, 409, "event.reversed")
            return
        assert answer.status_code == 201, answer.json
        sent.reversed = True
        self.account.order += 1
        self.account.sent.append(Sent(event, self.account.order, sent.root or sent))

    @rule(worker=_workers, community=st.sampled_from(COMMUNITIES), day=_days, ends=st.booleans())
    def move(self, worker: str, community: str, day: int, ends: bool) -> None:
        """Somebody serves elsewhere from a day on, or left on that day; the record says so now for then."""
        first, day_of = date(2025, 1, 1), date(2025, 10, 1) + timedelta(days=day)
        after = [] if ends else [assignment(community, day_of, None)]
        self.state(worker, [assignment(COMMUNITIES[0], first, day_of), *after])

    # How.

    def facts(self, what: str, worker: str, day: int, n: int) -> list[Node]:
        """What somebody sends of a day."""
        subject = f"worker/{worker}"
        match what:
            case "visit":
                return [self._event("visit.done", subject, day, household=f"h{n}")]
            case "rating":
                return [
                    self._event("rating.resident", subject, day, m, stars=1 + (n + m) % 5) for m in range(n % 3 + 1)
                ]
            case "hard work":  # enough for the best tier, if a seat is left
                visits = [self._event("visit.done", subject, day, m, household=f"v{m}") for m in range(6)]
                return visits + [self._event("rating.resident", subject, day, 6 + m, stars=5) for m in range(2)]
            case "complaint":
                return [self._event("violation.complaint", subject, day)]
            case "vote":  # on the year, which it names
                return [self._event("assess.annual", subject, 91, points=10 * n) | {"period": YEAR}]
            case "inspection":
                return [self._event("unit.inspected", f"organisation/{COMMUNITIES[n % 2]}", day, points=30 + 10 * n)]
            case "investigation":  # who is under investigation has no tier in that month
                return [self._event("case.opened", subject, day, case=f"c{worker}{day}")]
        opened = [one.event for one in self.account.sent if one.event["type"] == "case.opened"]
        if not opened:
            return [self._event("visit.done", subject, day, household=f"h{n}")]
        case = opened[-1 - n % len(opened)]
        return [self._event("case.closed", case["subject"], 120, case=case["data"]["case"], decision="cleared")]

    def _event(self, type_: str, subject: str, day: int, place: int = 0, **data: Any) -> Node:
        at = date(2025, 10, 1) + timedelta(days=day)
        said = {"id": f"e{self.account.order + 1}-{place}", "source": SOURCE, "type": type_, "subject": subject}
        return {**said, "time": f"{at}T09:00:00+08:00", "data": data}

    def send(self, events: list[Node]) -> None:
        self.account.note(events)
        worlds.send(self.county, events)

    def state(self, worker: str, assignments: list[Node]) -> None:
        self.county.state([], [{"id": worker, "assignments": assignments}])
        self.account.assignments[worker] = assignments


def middle(month: str) -> int:
    """The day in the middle of a month, counted from the first of all."""
    return (date.fromisoformat(f"{month}-15") - date(2025, 10, 1)).days


def assignment(community: str, first: date, after: date | None) -> Node:
    ends = {} if after is None else {"to": str(after)}
    return {"organisation": community, "post": "staff", "from": str(first), **ends}
