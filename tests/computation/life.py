"""The life of a small county as a state machine: whatever its users do in whatever order, the invariants hold.

The machine keeps its own account of what was sent, taken back, published and let in, and knows from it alone what every
step must answer and what an open month must come to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, ClassVar

import yaml
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from oracle import Result, appraise
from service import results
from service.database.transactions import Database
from service.periods import parse
from service.verification import verify
from tests.computation import worlds
from tests.county import ALL_SCOPES, RULEBOOK, SOURCE, TYPES, Client, County
from tests.http.asking import assert_problem

Node = dict[str, Any]

MONTHS = ("2025-10", "2025-11", "2025-12")
YEAR = "2025"
WORKERS = ("w1", "w2", "w3", "w4", "w5")
COMMUNITIES = ("east", "west")
WORKERS_BOOK, COMMUNITY_BOOK = "small-county", "communities"
PERIODS = [*((WORKERS_BOOK, period) for period in (*MONTHS, YEAR)), (COMMUNITY_BOOK, YEAR)]

_TYPES: dict[str, Node] = {
    **TYPES,
    "unit.inspected": {
        "title": "社区检查",
        "subject": "organisation",
        "dated_by": "time",
        "quantity": "points",
        "fields": {"points": {"kind": "number", "required": True}},
    },
}
_COMMUNITIES = """
rulebook: communities
version: 1
language: 1
title: 社区考核办法
subject: organisation
effective: {from: 2025}
applies_to: {kinds: [community], under: county}
periods: {base: year, rollups: [], timezone: Asia/Shanghai}
numbers: {measure_decimals: 4, step: 0.1}
orders: {bonus: before_limit, quota: after_ceilings}
total: {full: 100, min: 0, max: 100}
categories: [{id: work, title: 工作, max: 100}]
indicators:
  - {id: inspected, title: 检查, category: work, take: {mean: {event: unit.inspected}}, give: as_is, max: 100,
     no_data: missing}
participation: {min_service_days: {}}
peer_groups: {by: [], min_size: 1, small_groups: keep_apart}
tiers:
  - {id: strong, title: 强, total_at_least: 60, quota: {seats: 1, ties: none_of_them}}
  - {id: fair, title: 中, otherwise: true}
"""
_MEASURES = """
  - {id: team, title: 社区, in: [year], no_data: {number: 50},
     take: {latest: {results: year, of: organisation, rulebook: communities, period: same}}}
  - {id: streak, title: 连续称职, in: [month], no_data: unmet,
     take: {running: {results: month, period: {before: 2}, tier: [excellent, competent], no_tier: breaks}}}
"""
_OUTCOMES = """
  - {id: praise, title: 表扬, in: month, when: {measure: streak, at_least: 2}}
  - {id: helped, title: 帮扶, in: year, when: {measure: team, below: 60}}
"""
# What the machine's own account says of an open month; the rest may come from results that are published.
_SAID = ("group", "lines", "total", "rank", "tier", "no_tier", "gates")


def _book() -> Node:
    book: Node = yaml.load(RULEBOOK, yaml.BaseLoader)
    book["effective"]["from"] = MONTHS[0]
    book["measures"] = yaml.load(_MEASURES, yaml.BaseLoader)
    book["outcomes"] += yaml.load(_OUTCOMES, yaml.BaseLoader)
    return book


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


_numbers = st.integers(0, 99)
_workers = st.sampled_from(WORKERS)
_days = st.integers(0, 91)
_periods = st.sampled_from(PERIODS)
_actors = st.sampled_from(["hr", "second"])


class Life(RuleBasedStateMachine):
    """Events, corrections, roster, reads, closings, publications, reopenings: any of them at any time."""

    url: ClassVar[str]
    database: ClassVar[Database]

    @initialize()
    def begin(self) -> None:
        """Five workers in two communities, under a rulebook for each."""
        self.county = County.empty(self.url, self.database)
        self.users: dict[str, Client] = {
            "hr": self.county.hr,
            "second": self.county.user("second", ALL_SCOPES, [SOURCE]),
        }
        self.book = _book()
        self.assignments: dict[str, list[Node]] = {}
        self.sent: list[Sent] = []
        self.kept = {key: Kept() for key in PERIODS}
        self.order = 0
        communities = [{"id": c, "kind": "community", "title": c, "parent": "county"} for c in COMMUNITIES]
        self.county.state([{"id": "county", "kind": "county", "title": "县"}, *communities], [])
        for number, worker in enumerate(WORKERS):
            self._state(worker, [_assignment(COMMUNITIES[number % 2], date(2025, 1, 1), None)])
        self.county.declare(_TYPES)
        self.county.rule(_COMMUNITIES)
        self.county.rule(self.book)

    # What happens.

    @rule(worker=_workers, day=_days, household=st.integers(1, 7))
    def visit(self, worker: str, day: int, household: int) -> None:
        self._send([self._event("visit.done", f"worker/{worker}", day, household=f"h{household}")])

    @rule(worker=_workers, day=_days, stars=st.lists(st.integers(1, 5), min_size=1, max_size=3))
    def rate(self, worker: str, day: int, stars: list[int]) -> None:
        self._send([self._event("rating.resident", f"worker/{worker}", day, n, stars=s) for n, s in enumerate(stars)])

    @rule(worker=_workers, day=_days)
    def complain(self, worker: str, day: int) -> None:
        self._send([self._event("violation.complaint", f"worker/{worker}", day)])

    @rule(worker=_workers, points=st.integers(0, 100))
    def assess(self, worker: str, points: int) -> None:
        """The vote on the year, which names its period."""
        event = self._event("assess.annual", f"worker/{worker}", 91, points=points)
        self._send([event | {"period": YEAR}])

    @rule(community=st.sampled_from(COMMUNITIES), day=_days, points=st.integers(40, 80))
    def inspect(self, community: str, day: int, points: int) -> None:
        self._send([self._event("unit.inspected", f"organisation/{community}", day, points=points)])

    @rule(worker=_workers, month=st.sampled_from(MONTHS))
    def work_hard(self, worker: str, month: str) -> None:
        """Enough for the best tier, if a seat is left."""
        day = (date.fromisoformat(f"{month}-15") - date(2025, 10, 1)).days
        visits = [self._event("visit.done", f"worker/{worker}", day, n, household=f"v{n}") for n in range(6)]
        stars = [self._event("rating.resident", f"worker/{worker}", day, 6 + n, stars=5) for n in range(2)]
        self._send([*visits, *stars])

    @precondition(lambda self: self.sent)
    @rule(which=_numbers, other=st.booleans())
    def send_again(self, which: int, other: bool) -> None:
        """Invariant 2: the same is a duplicate, another content under the same id a conflict."""
        event = self._sent(which).event
        again = {**event, "type": "violation.complaint", "data": {}} if other else event
        conflicts = other and event["type"] != "violation.complaint"
        [answer] = self.county.send(worlds.as_sent(again))
        assert answer["result"] == ("conflict" if conflicts else "duplicate")

    # What is corrected.

    @precondition(lambda self: self.sent)
    @rule(which=_numbers)
    def reverse(self, which: int) -> None:
        """Invariant 3: once, and the same reversal again is no other."""
        sent = self._sent(which)
        answer = self.county.hr.post(f"/v1/events/{sent.name}/reversal", {"reason": "entered in error"})
        if sent.reversed:
            assert answer.status_code in (200, 409), answer.json
        else:
            assert answer.status_code == 201, answer.json
        sent.reversed = True

    @precondition(lambda self: self.sent)
    @rule(which=_numbers, worker=_workers, day=_days, household=st.integers(1, 7))
    def amend(self, which: int, worker: str, day: int, household: int) -> None:
        sent = self._sent(which)
        event = self._event("visit.done", f"worker/{worker}", day, household=f"h{household}")
        body = {"reason": "as the record says", "event": worlds.as_sent(event)}
        answer = self.county.hr.post(f"/v1/events/{sent.name}/amendment", body)
        if sent.reversed:
            assert_problem(answer, 409, "event.reversed")
            return
        assert answer.status_code == 201, answer.json
        sent.reversed = True
        self._next()
        self.sent.append(Sent(event, self.order, sent.root or sent))

    @rule(worker=_workers, community=st.sampled_from(COMMUNITIES), day=_days, ends=st.booleans())
    def move(self, worker: str, community: str, day: int, ends: bool) -> None:
        """Somebody serves elsewhere from a day on, or left on that day; the record says so now for then."""
        first, day_of = date(2025, 1, 1), date(2025, 10, 1) + timedelta(days=day)
        after = [] if ends else [_assignment(community, day_of, None)]
        self._state(worker, [_assignment(COMMUNITIES[0], first, day_of), *after])

    # What is read.

    @rule(key=_periods)
    def read(self, key: tuple[str, str]) -> None:
        """Invariant 9, and 10, 11, 13 of an open month by the oracle."""
        rulebook, period = key
        found = worlds.digest(self.county, period, rulebook)
        assert worlds.digest(self.county, period, rulebook, full=True) == found
        if rulebook == WORKERS_BOOK and period in MONTHS:
            self._compare(period)

    @precondition(lambda self: any(kept.revisions for kept in self.kept.values()))
    @rule(which=_numbers)
    def read_revision(self, which: int) -> None:
        """Invariant 12: a revision says for ever what it said when it was published."""
        every = [(key, n) for key, kept in self.kept.items() for n in range(len(kept.revisions))]
        key, number = every[which % len(every)]
        assert self._revision(key, number + 1) == self.kept[key].revisions[number]

    # What is decided.

    @rule(key=_periods)
    def close(self, key: tuple[str, str]) -> None:
        kept = self.kept[key]
        answer = self._step(key, "close", "hr")
        if kept.state != "open":
            assert_problem(answer, 409, "period.state")
        elif self._open_parts(key):
            assert_problem(answer, 409, "period.parts_open")
        else:
            assert answer.status_code == 200, answer.json
            kept.state = "closing"

    @rule(key=_periods, actor=_actors)
    def publish(self, key: tuple[str, str], actor: str) -> None:
        kept = self.kept[key]
        answer = self._step(key, "publish", actor)
        if kept.state != "closing":
            assert_problem(answer, 409, "period.state")
        elif kept.revisions and kept.asked_by == actor:
            assert_problem(answer, 403, "access.second_person")
        else:
            assert answer.status_code == 200, answer.json
            kept.state = "provisional"
            kept.published = self.order if kept.published is None else kept.published
            said = self._revision(key, len(kept.revisions) + 1)
            assert said["digest"] == answer.json["digest"]
            kept.revisions.append(said)
            self._assert_placed(said["items"])

    @rule(month=st.sampled_from(MONTHS))
    def close_and_publish(self, month: str) -> None:
        """So that longer sequences come to the year."""
        self.close((WORKERS_BOOK, month))
        self.publish((WORKERS_BOOK, month), "second")

    @rule(key=_periods)
    def finalise(self, key: tuple[str, str]) -> None:
        kept = self.kept[key]
        answer = self._step(key, "finalise", "hr")
        if kept.state != "provisional":
            assert_problem(answer, 409, "period.state")
        else:
            assert answer.status_code == 200, answer.json
            kept.state = "final"

    @rule(key=_periods, actor=_actors, admits=st.lists(_numbers, max_size=2))
    def reopen(self, key: tuple[str, str], actor: str, admits: list[int]) -> None:
        """A correction, which may let late events in by name."""
        kept = self.kept[key]
        late = [one for one in self.sent if kept.is_late(one) and self._lies_in(one, key)]
        named = sorted({late[n % len(late)].name for n in admits} - kept.admitted) if late else []
        answer = self._step(key, "reopen", actor, {"reason": "a correction", "admit": named})
        if kept.state not in ("provisional", "final"):
            assert_problem(answer, 409, "period.state")
        else:
            assert answer.status_code == 200, answer.json
            kept.state, kept.asked_by = "closing", actor
            kept.admitted |= set(named)

    def teardown(self) -> None:
        """Invariants 5, 6, 9 and 12 at the end of every life."""
        if not hasattr(self, "county"):
            return
        for key in PERIODS:
            self.read(key)
            for number, said in enumerate(self.kept[key].revisions, 1):
                assert self._revision(key, number) == said
        assert worlds.unsummed(self.county) == []
        wrong = {one: one.wrong for one in verify(self.database, self.county.tenant_id) if one.wrong}
        assert not wrong, wrong

    # How.

    def _event(self, type_: str, subject: str, day: int, place: int = 0, **data: Any) -> Node:
        at = date(2025, 10, 1) + timedelta(days=day)
        said = {"id": f"e{self.order + 1}-{place}", "source": SOURCE, "type": type_, "subject": subject}
        return {**said, "time": f"{at}T09:00:00+08:00", "data": data}

    def _send(self, events: list[Node]) -> None:
        self._next()
        worlds.send(self.county, events)
        self.sent += [Sent(event, self.order) for event in events]

    def _next(self) -> None:
        self.order += 1

    def _sent(self, which: int) -> Sent:
        return self.sent[-1 - which % len(self.sent)]

    def _state(self, worker: str, assignments: list[Node]) -> None:
        self.county.state([], [{"id": worker, "assignments": assignments}])
        self.assignments[worker] = assignments

    def _step(self, key: tuple[str, str], step: str, actor: str, body: Node | None = None) -> Any:
        return self.users[actor].post(f"/v1/periods/{key[1]}/{step}?rulebook={key[0]}", body)

    def _open_parts(self, key: tuple[str, str]) -> bool:
        return key == (WORKERS_BOOK, YEAR) and any(not self.kept[WORKERS_BOOK, month].revisions for month in MONTHS)

    def _lies_in(self, sent: Sent, key: tuple[str, str]) -> bool:
        named = sent.event.get("period")
        return key[1] == named if named else sent.event["time"].startswith(key[1])

    def _compare(self, month: str) -> None:
        """What the standing of a month says is what the oracle says of the events that count there."""
        kept = self.kept[WORKERS_BOOK, month]
        events = [one.event for one in self.sent if kept.counts(one) and not one.event.get("period")]
        roster = {
            "organisations": [
                {"id": "county", "kind": "county", "parent": None},
                *({"id": c, "kind": "community", "parent": "county"} for c in COMMUNITIES),
            ],
            "workers": [{"id": w, "assignments": a} for w, a in self.assignments.items()],
        }
        others = [yaml.load(_COMMUNITIES, yaml.BaseLoader)]
        expected = appraise(self.book, _TYPES, roster, events, month, others)
        found = self._standing(month)
        assert found.keys() == expected.keys()
        for subject, one in expected.items():
            for name in _SAID:
                assert getattr(found[subject], name) == getattr(one, name), (month, subject, name)

    def _standing(self, month: str) -> dict[str, Result]:
        watermark = results.sealed(self.database, self.county.tenant_id)
        with self.database.transaction(self.county.tenant_id) as transaction:
            shown = results.show(transaction, parse(month), WORKERS_BOOK, watermark, live=True)
            page = results.ranking(transaction, shown, None, None, None, 1000)
            subjects = [item["subject"] for item in page["items"]]
            said = {one: results.result(transaction, shown, *one.split("/")) for one in subjects}
        return {subject: worlds.as_result(one, self.book) for subject, one in said.items()}

    def _revision(self, key: tuple[str, str], number: int) -> Node:
        """All that a revision says of everyone, but for the state of its period."""
        rulebook, period = key
        answer = self.county.hr.get(f"/v1/rankings/{period}?rulebook={rulebook}&revision={number}&limit=1000")
        assert answer.status_code == 200, answer.json
        said = answer.json
        asked = f"results/{period}?rulebook={rulebook}&revision={number}"
        for item in said["items"]:
            kind, identifier = item["subject"].split("/")
            item["result"] = self._without_state(self.county.hr.get(f"/v1/{kind}s/{identifier}/{asked}").json)
        [run] = [
            one
            for one in self.county.hr.get(f"/v1/runs?rulebook={rulebook}&period={period}").json["items"]
            if one["revision"] == number
        ]
        return {**self._without_state(said), "digest": run["digest"]}

    def _without_state(self, said: Node) -> Node:
        return {name: value for name, value in said.items() if name != "state"}

    def _assert_placed(self, items: Iterable[Node]) -> None:
        """Invariant 10: one tier or one reason for everyone. Invariant 11: no quota is exceeded."""
        pools: dict[str, list[Node]] = {}
        for item in items:
            assert (item.get("tier") is None) != (item.get("no_tier") is None), item
            pools.setdefault(item["group"], []).append(item)
        for members in pools.values():
            ranked = sum(item.get("rank") is not None for item in members)
            if len(members) >= 2:
                excellent = sum(item.get("tier") == "excellent" for item in members)
                assert excellent <= Fraction(34, 100) * ranked


def _assignment(community: str, first: date, after: date | None) -> Node:
    ends = {} if after is None else {"to": str(after)}
    return {"organisation": community, "post": "staff", "from": str(first), **ends}
