"""What is decided in the county of life.py: periods from open to final and back, objections, results of before."""

from collections import Counter
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.computation.account import Account, Contest
from tests.computation.revisions import assert_carried, assert_placed, revision
from tests.computation.two_books import BEFORE, COMMUNITY_BOOK, MONTHS, PERIODS, WORKERS, WORKERS_BOOK, YEAR, Node
from tests.county import Client, County
from tests.http.asking import assert_problem

_FORCE = {"force": {"reason": "nobody waits"}}
_numbers = st.integers(0, 99)
_periods = st.sampled_from(PERIODS)
_actors = st.sampled_from(["hr", "second"])


class Deciding(RuleBasedStateMachine):
    """Closings, publications, reopenings, objections, at any time by anybody."""

    happened: ClassVar[Counter[str]]  # in all lives together
    county: County
    users: dict[str, Client]
    account: Account

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
        self.account.kept[key].revisions.append(revision(self.county, key, len(self.account.kept[key].revisions) + 1))

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
        answer = self._step(key, "publish", actor, _FORCE if forced else None)
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
        said = revision(self.county, key, len(kept.revisions) + 1)
        assert said["digest"] == digest
        if kept.completing:
            assert_carried(kept.revisions[-1], said, kept.completing)
        else:
            assert_placed(said["items"])
            for one in self.account.contests:
                one.answered |= one.key == key and one.state == "upheld"
        kept.revisions.append(said)
        kept.completing = []

    def _finalise(self, key: tuple[str, str], forced: bool) -> None:
        kept = self.account.kept[key]
        answer = self._step(key, "finalise", "hr", _FORCE if forced else None)
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

    def _step(self, key: tuple[str, str], step: str, actor: str, body: Node | None = None) -> Any:
        return self.users[actor].post(f"/v1/periods/{key[1]}/{step}?rulebook={key[0]}", body)
