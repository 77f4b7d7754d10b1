"""The life of a small county as a state machine: whatever its users do in whatever order, the invariants hold.

The machine keeps its own account (account.py), and knows from it alone what every step must answer and what an open
month must come to.
"""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from oracle import Result
from service import journal, results
from service.audit import Audit
from service.database.transactions import Database
from service.periods import parse
from service.verification import verify
from tests.computation import worlds
from tests.computation.account import Account
from tests.computation.deciding import Deciding
from tests.computation.happening import FACTS, Happening, assignment, middle
from tests.computation.revisions import revision
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
)
from tests.county import ALL_SCOPES, SOURCE, Client, County

# What the machine's own account says of an open month; the rest may come from results that are published.
_SAID = ("group", "lines", "total", "rank", "tier", "no_tier", "gates")


class Life(Happening, Deciding):
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
            self.state(worker, [assignment(COMMUNITIES[number % 2], date(2025, 1, 1), None)])
        self.county.declare(EVENT_TYPES)
        self.county.rule(COMMUNITIES_RULES)
        self.county.rule(self.account.book)
        next_year = datetime.now(UTC).year + 1
        assert self.county.hr.put(f"/v1/calendar/{next_year}", {"holidays": [], "working_days": []}).status_code == 200
        chance = Random(seed)
        first = [*((WORKERS_BOOK, month) for month in MONTHS), (COMMUNITY_BOOK, YEAR), (WORKERS_BOOK, YEAR)]
        for key in first[:ahead]:
            for what in ("hard work", *chance.choices(FACTS, k=5)):
                day = middle(key[1]) if key[1] in MONTHS else chance.randint(0, 91)
                self.send(self.facts(what, chance.choice(WORKERS), day, chance.randint(1, 7)))
            self.go_on(key)

    @rule(key=st.sampled_from(PERIODS))
    def read(self, key: tuple[str, str]) -> None:
        """Invariant 9, and 10, 11, 13 of a month by the oracle. Invariant 12: a revision says for ever what it said."""
        rulebook, period = key
        found = worlds.digest(self.county, period, rulebook)
        assert worlds.digest(self.county, period, rulebook, full=True) == found
        if rulebook == WORKERS_BOOK and period in MONTHS:
            self._compare(period)
        for number, said in enumerate(self.account.kept[key].revisions, 1):
            assert revision(self.county, key, number) == said

    def teardown(self) -> None:
        """Invariants 5, 6, 9 and 12 at the end of every life."""
        if not hasattr(self, "county"):
            return
        for key in PERIODS:
            self.read(key)
        before = (WORKERS_BOOK, BEFORE)
        for number, said in enumerate(self.account.kept[before].revisions, 1):
            assert revision(self.county, before, number) == said
        assert worlds.unsummed(self.county) == []
        wrong = {one: one.wrong for one in verify(self.database, self.county.tenant_id) if one.wrong}
        assert not wrong, wrong
        with self.database.transaction(self.county.tenant_id) as transaction:
            assert list(Audit(transaction).broken()) == []

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
