"""Senders that make trouble: answers that get lost, everything sent many times at once, quarrels over identities.

JIFEN_FAULT_DROPS, _REPEATED, _ROUNDS and _TRIES say how much; README.md has the figures.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults import checker, standings
from tests.faults.freshness import PERIOD, RULES, read_what_was_told
from tests.faults.settlement import Settlement, settle
from tests.faults.sizes import DROPS, REPEATED, ROUNDS, SEED, TRIES, tell
from tests.faults.stack import Stack
from tests.faults.standin import StandIn
from tests.faults.trouble import RIVALS, Known, lose_answers, quarrel, repeat_everything


@dataclass(frozen=True)
class Ground:
    """A running service and a tenant of its own for a test."""

    stack: Stack
    county: Settlement

    @property
    def target(self) -> tuple[int, str]:
        """The port, and the token of who sends."""
        return self.stack.port, self.county.sender

    def stored(self) -> list[checker.Stored]:
        """The tenant's events."""
        return checker.stored(self.stack.url, self.county.tenant_id)

    def broken_journal(self) -> list[str]:
        """What is broken in the tenant's journal, once everything is sealed."""
        standings.read(self.stack.port, self.county.reader, PERIOD)
        return checker.broken_journal(self.stack.url, self.county.tenant_id)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


@pytest.fixture
def ground(stack: Stack) -> Ground:
    return Ground(stack, settle(stack, RULES))


def test_an_event_whose_answer_got_lost_is_a_duplicate_when_it_is_sent_again(
    ground: Ground, pytestconfig: pytest.Config
) -> None:
    """Invariant 2: one event once; what is in doubt can be sent again with the same id."""
    known = lose_answers(*ground.target, DROPS, SEED)
    tell(pytestconfig, f"{known.dropped} answers dropped, {_figures(known)}")
    assert known.dropped >= DROPS
    assert _found(known, ground.stored()) == []
    assert ground.broken_journal() == []


def test_what_everybody_sends_at_once_is_created_once_and_nobody_meets_a_failure(
    ground: Ground, pytestconfig: pytest.Config
) -> None:
    """Invariant 2: rows = unique events; over all answers each is created once; no deadlock is ever answered."""
    known = repeat_everything(*ground.target, REPEATED, SEED)
    tell(pytestconfig, _figures(known))
    assert len(known.ledger.entries) == REPEATED
    assert sum(entry.created + entry.duplicate for entry in known.ledger.entries) >= 2 * REPEATED
    assert _found(known, ground.stored()) == []
    assert ground.broken_journal() == []


def test_of_two_contents_under_one_identity_one_is_created_and_stays(
    ground: Ground, pytestconfig: pytest.Config
) -> None:
    """Invariant 2: same content is a duplicate, other content a conflict, the first stays, whoever is quicker."""
    quarrels, odd = quarrel(*ground.target, ROUNDS, SEED)
    outcomes = Counter(outcome for one in quarrels for _, outcome in one.answers)
    tell(pytestconfig, f"{ROUNDS} quarrels of {RIVALS}, seed {SEED}: {dict(outcomes)}")
    assert [len(one.answers) for one in quarrels] == [RIVALS] * ROUNDS
    assert odd + [wrong for one in quarrels for wrong in one.wrong()] == []
    assert checker.compare([one.entry() for one in quarrels], ground.stored()).all() == {}
    assert ground.broken_journal() == []


def test_a_ranking_holds_every_event_that_was_acknowledged_before_it_was_asked_for(
    ground: Ground, pytestconfig: pytest.Config
) -> None:
    """Invariant 9: a standing is brought up to date when it is read, so it never lags."""
    wrong = read_what_was_told(ground.stack.port, ground.county.sender, ground.county.reader, TRIES, SEED)
    tell(pytestconfig, f"{TRIES} rankings read right after an answer, seed {SEED}: {len(wrong)} wrong")
    assert wrong == []


# What each of the four finds in a stand-in with that flaw, and must not find in a sound one.
_SMALL = {"drops": 30, "events": 300, "rounds": 5, "tries": 64}


@pytest.mark.parametrize("flaw", [None, "forgets", "loses"])
def test_who_loses_answers_finds_what_is_doubled_or_lost(flaw: str | None) -> None:
    with StandIn(flaw) as service:
        known = lose_answers(service.port, "", _SMALL["drops"], 1)
    assert bool(_found(known, service.rows)) is (flaw is not None)


@pytest.mark.parametrize("flaw", [None, "forgets", "hurries", "loses", "deadlocks"])
def test_who_sends_everything_at_once_finds_what_is_doubled_lost_or_failed(flaw: str | None) -> None:
    with StandIn(flaw) as service:
        known = repeat_everything(service.port, "", _SMALL["events"], 1)
    assert bool(_found(known, service.rows)) is (flaw is not None)


@pytest.mark.parametrize("flaw", [None, "forgets", "hurries", "yields", "overwrites"])
def test_who_quarrels_finds_a_second_content(flaw: str | None) -> None:
    with StandIn(flaw) as service:
        quarrels, odd = quarrel(service.port, "", _SMALL["rounds"], 1)
    wrong = odd + [wrong for one in quarrels for wrong in one.wrong()]
    stored = checker.compare([one.entry() for one in quarrels], service.rows).all()
    assert bool(wrong or stored) is (flaw is not None)


@pytest.mark.parametrize("flaw", [None, "lags", "loses", "deadlocks"])
def test_who_reads_at_once_finds_a_ranking_that_lags(flaw: str | None) -> None:
    with StandIn(flaw) as service:
        wrong = read_what_was_told(service.port, "", "", _SMALL["tries"], 1)
    assert bool(wrong) is (flaw is not None)


def _found(known: Known, rows: list[checker.Stored]) -> list[str]:
    """Everything that is wrong with what the senders know and what is stored."""
    findings = checker.compare(known.ledger.entries, rows).all()
    failures = [f"{known.failures} failures"] if known.failures else []
    return known.odd[:5] + failures + [f"{kind}: {found[:3]}" for kind, found in findings.items()]


def _figures(known: Known) -> str:
    """How much was sent, and how it was answered."""
    entries = known.ledger.entries
    counts = {word: sum(getattr(entry, word) for entry in entries) for word in ("created", "duplicate", "doubt")}
    return f"{len(entries)} events, seed {SEED}: {counts}, {known.failures} failures"
