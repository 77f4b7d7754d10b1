"""The life of a small county as a state machine: whatever its users do in whatever order, the invariants hold.

The machine keeps its own account (account.py), and knows from it alone what every step must answer and what an open
month must come to.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from oracle import Result
from service import journal, results
from service.audit import Audit
from service.database.transactions import Database
from service.periods import parse
from service.verification import verify
from tests.computation import worlds
from tests.computation.account import Account, Contest, Sent
from tests.computation.two_books import (
    BEFORE,
    COMMUNITIES,
    COMMUNITIES_RULES,
    COMMUNITY_BOOK,
    EVENT_TYPES,
    MONTHS,
    PERIODS,
    WORKERS,
    WORKERS_BOOK,
    YEAR,
    Node,
)
from tests.county import ALL_SCOPES, SOURCE, Client, County
from tests.http.asking import assert_problem

_OF_THE_RUN = ("revision", "watermark", "digest", "completion")
FORCE = {"force": {"reason": "nobody waits"}}
FACTS = ["visit", "rating", "hard work", "complaint", "vote", "inspection", "investigation", "closed case"]
# What the machine's own account says of an open month; the rest may come from results that are published.
_SAID = ("group", "lines", "total", "rank", "tier", "no_tier", "gates")


_numbers = st.integers(0, 99)
_workers = st.sampled_from(WORKERS)
_facts = st.sampled_from(FACTS)
_days = st.integers(0, 91)
_periods = st.sampled_from(PERIODS)
_actors = st.sampled_from(["hr", "second"])


class Life(RuleBasedStateMachine):
    """Events, corrections, roster, reads, closings, publications, reopenings: any of them at any time."""

    url: ClassVar[str]
    database: ClassVar[Database]
    happened: ClassVar[Counter[str]]  # in all lives together

    @initialize(late=st.sampled_from(["refuse", "carry"]), seed=st.integers(0, 999), ahead=st.integers(0, 5))
    def begin(self, late: str, seed: int, ahead: int) -> None:
        """Five workers in two communities, under a rulebook for each; some of the periods are published already."""
        self.county = County.empty(self.url, self.database)
        self.users: dict[str, Client] = {
            "hr": self.county.hr,
            "second": self.county.user("second", ALL_SCOPES, [SOURCE]),
        }
        self.account = Account(late)
        communities = [{"id": c, "kind": "community", "title": c, "parent": "county"} for c in COMMUNITIES]
        self.county.state([{"id": "county", "kind": "county", "title": "县"}, *communities], [])
        for number, worker in enumerate(WORKERS):
            self._state(worker, [_assignment(COMMUNITIES[number % 2], date(2025, 1, 1), None)])
        self.county.declare(EVENT_TYPES)
        self.county.rule(COMMUNITIES_RULES)
        self.county.rule(self.account.book)
        next_year = datetime.now(UTC).year + 1
        assert self.county.hr.put(f"/v1/calendar/{next_year}", {"holidays": [], "working_days": []}).status_code == 200
        chance = Random(seed)
        first = [*((WORKERS_BOOK, month) for month in MONTHS), (COMMUNITY_BOOK, YEAR), (WORKERS_BOOK, YEAR)]
        for key in first[:ahead]:
            for what in ("hard work", *chance.choices(FACTS, k=5)):
                day = _middle(key[1]) if key[1] in MONTHS else chance.randint(0, 91)
                self._send(self._facts(what, chance.choice(WORKERS), day, chance.randint(1, 7)))
            self.go_on(key)

    # What happens.

    @rule(what=_facts, worker=_workers, day=_days, n=st.integers(1, 7))
    def happen(self, what: str, worker: str, day: int, n: int) -> None:
        """One fact, or a few."""
        self._send(self._facts(what, worker, day, n))

    @precondition(lambda self: self.account.published_months())
    @rule(what=_facts, worker=_workers, which=_numbers, n=st.integers(1, 7))
    def happen_late(self, what: str, worker: str, which: int, n: int) -> None:
        """The same in a month that is published."""
        months = self.account.published_months()
        self._send(self._facts(what, worker, _middle(months[which % len(months)]), n))

    @precondition(lambda self: self.account.sent)
    @rule(which=_numbers, other=st.booleans())
    def send_again(self, which: int, other: bool) -> None:
        """Invariant 2: the same is a duplicate, another content under the same id a conflict."""
        event = self.account.nth(which).event
        again = {**event, "type": "violation.complaint", "data": {}} if other else event
        conflicts = other and event["type"] != "violation.complaint"
        [answer] = self.county.send(worlds.as_sent(again))
        assert answer["result"] == ("conflict" if conflicts else "duplicate")

    @precondition(lambda self: len(self.account.kept[WORKERS_BOOK, BEFORE].revisions) < 2)
    @rule(tiers=st.lists(st.sampled_from(["excellent", "basic", None]), min_size=len(WORKERS), max_size=len(WORKERS)))
    def bring_in(self, tiers: list[str | None]) -> None:
        """Results of the year before the service was used."""
        rows = [{"subject": f"worker/{w}", "tier": t} for w, t in zip(WORKERS, tiers, strict=True) if t]
        rows = rows or [{"subject": f"worker/{WORKERS[0]}", "no_tier": "probation"}]
        said = {"rulebook": f"{WORKERS_BOOK}@2025-1", "period": BEFORE, "reason": "as it was", "document": "No. 1"}
        answer = self.county.hr.post("/v1/results/import", {**said, "results": rows})
        assert answer.status_code in (200, 201), answer.json
        key = (WORKERS_BOOK, BEFORE)
        self.account.order += 1
        self.account.kept[key].revisions.append(self._revision(key, len(self.account.kept[key].revisions) + 1))

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
        after = [] if ends else [_assignment(community, day_of, None)]
        self._state(worker, [_assignment(COMMUNITIES[0], first, day_of), *after])

    # What is read.

    @rule(key=_periods)
    def read(self, key: tuple[str, str]) -> None:
        """Invariant 9, and 10, 11, 13 of a month by the oracle. Invariant 12: a revision says for ever what it said."""
        rulebook, period = key
        found = worlds.digest(self.county, period, rulebook)
        assert worlds.digest(self.county, period, rulebook, full=True) == found
        if rulebook == WORKERS_BOOK and period in MONTHS:
            self._compare(period)
        for number, said in enumerate(self.account.kept[key].revisions, 1):
            assert self._revision(key, number) == said

    # What is decided.

    @rule(key=_periods)
    def go_on(self, key: tuple[str, str]) -> None:
        """The next step of a period, or of a month that it waits for, by whoever may take it."""
        if key == (WORKERS_BOOK, YEAR) and self.account.has_open_parts(key):
            key = next((key[0], month) for month in MONTHS if not self.account.kept[key[0], month].revisions)
        kept = self.account.kept[key]
        if kept.state == "open":
            self._close(key)
        if kept.state == "provisional":
            self._finalise(key, forced=True)
        elif kept.state == "closing":
            self._publish(key, "hr" if kept.asked_by == "second" else "second", forced=True)

    @rule(key=_periods, step=st.sampled_from(["close", "publish", "finalise"]), actor=_actors, forced=st.booleans())
    def attempt(self, key: tuple[str, str], step: str, actor: str, forced: bool) -> None:
        """Any step at any time by anybody."""
        match step:
            case "close":
                self._close(key)
            case "publish":
                self._publish(key, actor, forced)
            case _:
                self._finalise(key, forced)

    def _close(self, key: tuple[str, str]) -> None:
        kept = self.account.kept[key]
        answer = self._step(key, "close", "hr")
        if kept.state != "open":
            assert_problem(answer, 409, "period.state")
        elif self.account.has_open_parts(key):
            assert_problem(answer, 409, "period.parts_open")
        else:
            assert answer.status_code == 200, answer.json
            kept.state = "closing"

    def _publish(self, key: tuple[str, str], actor: str, forced: bool) -> None:
        kept = self.account.kept[key]
        answer = self._step(key, "publish", actor, FORCE if forced else None)
        if kept.state != "closing":
            assert_problem(answer, 409, "period.state")
        elif kept.revisions and kept.asked_by == actor:
            assert_problem(answer, 403, "access.second_person")
        elif not forced and key == (WORKERS_BOOK, YEAR) and not self.account.kept[COMMUNITY_BOOK, YEAR].revisions:
            assert_problem(answer, 409, "results.unpublished")
        elif kept.completing and answer.status_code == 409:
            assert_problem(answer, 409, "completion.still_none")
        else:
            assert answer.status_code == 200, answer.json
            self._published(key, answer.json["digest"])

    def _published(self, key: tuple[str, str], digest: str) -> None:
        kept = self.account.kept[key]
        self.happened["completion" if kept.completing else "correction" if kept.revisions else f"first {key[1]}"] += 1
        kept.state = "provisional"
        kept.published = self.account.order if kept.published is None else kept.published
        said = self._revision(key, len(kept.revisions) + 1)
        assert said["digest"] == digest
        if kept.completing:
            self._assert_carried(kept.revisions[-1], said, kept.completing)
        else:
            self._assert_placed(said["items"])
            for one in self.account.contests:
                one.answered |= one.key == key and one.state == "upheld"
        kept.revisions.append(said)
        kept.completing = []

    def _finalise(self, key: tuple[str, str], forced: bool) -> None:
        kept = self.account.kept[key]
        answer = self._step(key, "finalise", "hr", FORCE if forced else None)
        unsettled = [
            c for c in self.account.contests if c.key == key and not c.answered and c.state in ("open", "upheld")
        ]
        if kept.state != "provisional":
            assert_problem(answer, 409, "period.state")
        elif unsettled:
            assert_problem(answer, 409, "objection.open")
        elif key[0] == WORKERS_BOOK and not forced:
            assert_problem(answer, 409, "notice.running")
        else:
            assert answer.status_code == 200, answer.json
            kept.state = "final"
            self.happened["final"] += 1

    @rule(key=_periods, actor=_actors, admits=st.lists(_numbers, max_size=2))
    def reopen(self, key: tuple[str, str], actor: str, admits: list[int]) -> None:
        """A correction, which may let late events in by name; asked for once more, the last one decides."""
        kept = self.account.kept[key]
        late = {one.name: one for one in self.account.sent if kept.is_late(one) and self.account.lies_in(one, key)}
        names = sorted(late)
        named = sorted({names[n % len(names)] for n in admits} - kept.admitted) if names else []
        answer = self._step(key, "reopen", actor, {"reason": "a correction", "admit": named})
        if not kept.revisions:
            assert_problem(answer, 409, "period.state")
        elif any(self.account.is_settled_elsewhere(late[name], key) for name in named):
            assert {code for _, code in assert_problem(answer, 422, "request.invalid")} == {"event.carried"}
            self.happened["refused what is carried"] += 1
        else:
            assert answer.status_code == 200, answer.json
            kept.state, kept.asked_by, kept.completing = "closing", actor, []
            kept.admitted |= set(named)
            self.happened["admission"] += len(named)

    @precondition(lambda self: any(self.account.without_tier(key) for key in PERIODS))
    @rule(which=_numbers, actor=_actors)
    def complete(self, which: int, actor: str) -> None:
        """A tier that is filled in later, if there is one by now."""
        every = [(key, subject) for key in PERIODS for subject in self.account.without_tier(key)]
        key, subject = every[which % len(every)]
        kept = self.account.kept[key]
        answer = self._step(key, "reopen", actor, {"reason": "cleared", "complete": [subject]})
        if answer.status_code == 409:
            assert_problem(answer, 409, "completion.still_none")
        else:
            assert answer.status_code == 200, answer.json
            kept.state, kept.asked_by, kept.completing = "closing", actor, [subject]

    @precondition(lambda self: any(self.account.contestable(key) for key in PERIODS))
    @rule(which=_numbers)
    def object_to(self, which: int) -> None:
        """Somebody contests the own result; once at a time."""
        every = [(key, subject) for key in PERIODS for subject in self.account.contestable(key)]
        key, subject = every[which % len(every)]
        said = {"rulebook": key[0], "period": key[1], "subject": subject, "objector": subject, "text": "not so"}
        answer = self.county.hr.post("/v1/objections", said)
        if any((c.key, c.subject, c.state) == (key, subject, "open") for c in self.account.contests):
            assert_problem(answer, 409, "objection.exists")
        else:
            assert answer.status_code == 201, answer.json
            self.account.contests.append(Contest(answer.json["objection"], key, subject))

    @precondition(lambda self: self.account.contests)
    @rule(which=_numbers, actor=_actors, upheld=st.booleans())
    def decide(self, which: int, actor: str, upheld: bool) -> None:
        """Who entered an objection doesn't decide it; what is upheld reopens its period."""
        one = self.account.contests[which % len(self.account.contests)]
        kept = self.account.kept[one.key]
        said = {"decision": "upheld" if upheld else "rejected", "reason": "looked into"}
        answer = self.users[actor].post(f"/v1/objections/{one.name}/decision", said)
        if one.state != "open":
            assert_problem(answer, 409, "objection.settled")
        elif actor == "hr":
            assert_problem(answer, 403, "objection.second_person")
        else:
            assert answer.status_code == 200, answer.json
            one.state = said["decision"]
            self.happened[one.state] += 1
            if upheld and kept.state != "closing":
                kept.state, kept.asked_by = "closing", actor

    def teardown(self) -> None:
        """Invariants 5, 6, 9 and 12 at the end of every life."""
        if not hasattr(self, "county"):
            return
        for key in PERIODS:
            self.read(key)
        before = (WORKERS_BOOK, BEFORE)
        for number, said in enumerate(self.account.kept[before].revisions, 1):
            assert self._revision(before, number) == said
        assert worlds.unsummed(self.county) == []
        wrong = {one: one.wrong for one in verify(self.database, self.county.tenant_id) if one.wrong}
        assert not wrong, wrong
        with self.database.transaction(self.county.tenant_id) as transaction:
            assert list(Audit(transaction).broken()) == []

    # How.

    def _facts(self, what: str, worker: str, day: int, n: int) -> list[Node]:
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

    def _send(self, events: list[Node]) -> None:
        self.account.note(events)
        worlds.send(self.county, events)

    def _state(self, worker: str, assignments: list[Node]) -> None:
        self.county.state([], [{"id": worker, "assignments": assignments}])
        self.account.assignments[worker] = assignments

    def _step(self, key: tuple[str, str], step: str, actor: str, body: Node | None = None) -> Any:
        return self.users[actor].post(f"/v1/periods/{key[1]}/{step}?rulebook={key[0]}", body)

    def _compare(self, month: str) -> None:
        """What the standing of a month says is what the oracle says of the events that count there."""
        account = self.account
        if account.book["periods"]["late"] == "carry":
            self.happened["carried"] += sum(account.is_carried_into(one, month) for one in account.sent)
        expected = account.expected(month)
        found = self._standing(month)
        assert found.keys() == expected.keys()
        for subject, one in expected.items():
            for name in _SAID:
                assert getattr(found[subject], name) == getattr(one, name), (month, subject, name)

    def _standing(self, month: str) -> dict[str, Result]:
        watermark = journal.sealed(self.database, self.county.tenant_id)
        with self.database.transaction(self.county.tenant_id) as transaction:
            shown = results.show(transaction, parse(month), WORKERS_BOOK, watermark, live=True)
            page = results.ranking(transaction, shown, results.Asked(limit=1000))
            subjects = [item["subject"] for item in page["items"]]
            said = {one: results.result(transaction, shown, *one.split("/")) for one in subjects}
        return {subject: worlds.as_result(one, self.account.book) for subject, one in said.items()}

    def _revision(self, key: tuple[str, str], number: int) -> Node:
        """All that a revision says of everyone, but for where its period and what it read stand now."""
        rulebook, period = key
        answer = self.county.hr.get(f"/v1/rankings/{period}?rulebook={rulebook}&revision={number}&limit=1000")
        assert answer.status_code == 200, answer.json
        said = answer.json
        asked = f"results/{period}?rulebook={rulebook}&revision={number}"
        for item in said["items"]:
            kind, identifier = item["subject"].split("/")
            del item["tied_with"]  # a completion moves nobody, but somebody may come to share a rank
            item["result"] = self._without_state(self.county.hr.get(f"/v1/{kind}s/{identifier}/{asked}").json)
        [run] = [
            one
            for one in self.county.hr.get(f"/v1/runs?rulebook={rulebook}&period={period}").json["items"]
            if one["revision"] == number
        ]
        return {**self._without_state(said), "digest": run["digest"]}

    def _without_state(self, said: Node) -> Node:
        return {name: value for name, value in said.items() if name not in ("state", "inputs_revised")}

    def _assert_carried(self, before: Node, after: Node, completed: list[str]) -> None:
        """A completion moves nobody else."""
        was, now = _by_subject(before), _by_subject(after)
        assert was.keys() == now.keys()
        for subject in was.keys() - set(completed):
            differing = {n: (was[subject].get(n), v) for n, v in now[subject].items() if was[subject].get(n) != v}
            assert not differing, (subject, differing)
        assert all(now[subject].get("tier") for subject in completed)

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


def _middle(month: str) -> int:
    """The day in the middle of a month, counted from the first of all."""
    return (date.fromisoformat(f"{month}-15") - date(2025, 10, 1)).days


def _by_subject(said: Node) -> dict[str, Node]:
    """What a revision says of each, but for its number."""
    items = {}
    for item in said["items"]:
        listed = {name: value for name, value in item.items() if name != "result"}
        told = {name: value for name, value in item["result"].items() if name not in _OF_THE_RUN}
        items[item["subject"]] = {**listed, **told}
    return items


def _assignment(community: str, first: date, after: date | None) -> Node:
    ends = {} if after is None else {"to": str(after)}
    return {"organisation": community, "post": "staff", "from": str(first), **ends}
