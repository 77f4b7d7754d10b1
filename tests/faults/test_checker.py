"""The checker can fail: it finds what is lost, doubled, changed, unwelcome or out of place, once it is put there.

Whoever trusts a harness that never failed trusts nothing.
"""

from typing import Any

import psycopg
import pytest

from schemas.events import Envelope
from service import canonical
from tests.county import SOURCE, County, rating, visit
from tests.faults import checker, standings
from tests.faults.checker import Stored
from tests.faults.ledger import Entry, Ledger


def sent(county: County, ledger: Ledger) -> None:
    """A few events that are acknowledged, entered, and sealed."""
    parcels = [ledger.plan(visit("w1", f"h{n}")) for n in range(5)] + [ledger.plan(rating("w2", "4.50"))]
    for parcel, answer in zip(parcels, county.send(*(parcel.body for parcel in parcels)), strict=True):
        ledger.answered(parcel, answer["result"])
    county.ranking("2025-03")


def row(entry: Entry, **other: Any) -> Stored:
    """A row as it must be for an event, or not quite."""
    body = entry.body
    data = '{"stars": "4.5"}'
    digest = checker.digest_of(body)
    said = Envelope().load(body)
    stored = Stored(*entry.key, identity(entry), body["type"], body["subject"], said["time"], None, data, digest)
    return stored._replace(**other)


def identity(entry: Entry) -> Any:
    return canonical.event_id(*entry.key)


@pytest.fixture
def entry() -> Entry:
    """An acknowledged event."""
    return Entry(rating("w1", "4.50"), created=1)


def test_what_is_stored_as_it_was_sent_is_in_order(entry: Entry) -> None:
    assert checker.compare([entry], [row(entry)]).all() == {}


def test_an_acknowledged_event_that_is_not_there_is_lost(entry: Entry) -> None:
    """Invariant 1: 2xx means durable."""
    entry.created, entry.doubt, entry.duplicate = 0, 1, 1
    assert checker.compare([entry], []).all() == {"lost": [" ".join(entry.key)]}


def test_an_event_in_doubt_may_be_there_or_not(entry: Entry) -> None:
    entry.created, entry.doubt = 0, 3
    assert checker.compare([entry], []).all() == {}
    assert checker.compare([entry], [row(entry)]).all() == {}


@pytest.mark.parametrize("fate", ["created", "doubt"])
def test_an_event_that_is_there_twice_is_doubled(entry: Entry, fate: str) -> None:
    """Invariant 2: one event once, for ever, also where it was never acknowledged."""
    entry.created = 0
    setattr(entry, fate, 1)
    assert list(checker.compare([entry], [row(entry), row(entry)]).all()) == ["doubled"]


@pytest.mark.parametrize(
    "other",
    [
        {"data": '{"stars": "4.6"}'},
        {"subject": "worker/w2"},
        {"type": "visit.done"},
        {"period": "2025"},
        {"content_digest": b"another"},
        {"event_id": None},
    ],
)
def test_an_event_with_other_content_is_changed(entry: Entry, other: dict[str, Any]) -> None:
    """Invariant 2: the first content stays."""
    assert list(checker.compare([entry], [row(entry, **other)]).all()) == ["changed"]


def test_an_event_that_was_refused_and_is_there_is_unwelcome(entry: Entry) -> None:
    """Invariant 1: 4xx means no event."""
    refused = Entry(entry.body, welcome=False, refused=1)
    assert list(checker.compare([refused], [row(refused)]).all()) == ["unwelcome"]
    assert checker.compare([refused], []).all() == {}


def test_a_row_that_nobody_sent_is_a_stranger(entry: Entry) -> None:
    assert checker.compare([entry], [row(entry), row(entry, id="who")]).all() == {"strangers": [f"{SOURCE} who"]}


def test_an_event_that_is_answered_created_twice_is_a_surprise_though_it_is_there() -> None:
    """Invariant 1: it was lost in between, and its sender healed that by sending again."""
    ledger = Ledger()
    parcel = ledger.plan(rating("w1", "4.50"))
    ledger.answered(parcel, "created")
    assert checker.compare(ledger.entries, [row(parcel.entry)]).all() == {}
    ledger.answered(parcel, "created")
    assert list(checker.compare(ledger.entries, [row(parcel.entry)]).all()) == ["surprises"]


def test_an_event_that_nobody_created_is_no_duplicate(entry: Entry) -> None:
    """Invariant 2: of many answers to one event exactly one says created, unless an answer was lost."""
    entry.created, entry.duplicate = 0, 2
    assert list(checker.compare([entry], [row(entry)]).all()) == ["surprises"]
    entry.doubt = 1
    assert checker.compare([entry], [row(entry)]).all() == {}


def test_a_welcome_event_that_is_refused_is_a_surprise(entry: Entry) -> None:
    entry.created, entry.refused = 0, 1
    assert list(checker.compare([entry], []).all()) == ["surprises"]


def test_what_a_service_stored_is_read_back_in_order(county: County) -> None:
    ledger = Ledger()
    sent(county, ledger)
    assert checker.compare(ledger.entries, checker.stored(county.url, county.tenant_id)).all() == {}
    assert checker.broken_journal(county.url, county.tenant_id) == []


def _do(county: County, statement: str) -> None:
    with psycopg.connect(county.url, autocommit=True) as owner:
        owner.execute(statement.encode())


DELETED = "DELETE FROM event WHERE ordinal = 1"
DOUBLED = (
    'INSERT INTO event SELECT (json_populate_record(e, \'{"event_id": "00000000-0000-0000-0000-000000000000"}\')).*'
)
DOUBLED += " FROM event e WHERE ordinal = 2"
MOVED = "UPDATE event SET subject_no = subject_no + 1 WHERE ordinal = 3"
RETIMED = "UPDATE event SET time = time + interval '1 microsecond' WHERE ordinal = 4"
REFILLED = """UPDATE event SET data = '{"household": "h0 "}' WHERE ordinal = 0"""


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (DELETED, {"lost"}),
        (DOUBLED, {"doubled", "changed"}),
        (MOVED, {"changed"}),
        (RETIMED, {"changed"}),
        (REFILLED, {"changed"}),
    ],
)
def test_damage_in_the_database_is_found(county: County, damage: str, found: set[str]) -> None:
    """Invariants 1 and 2, as the checker sees them in real rows."""
    ledger = Ledger()
    sent(county, ledger)
    _do(county, damage)
    findings = checker.compare(ledger.entries, checker.stored(county.url, county.tenant_id))
    assert set(findings.all()) == found


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM event WHERE ordinal = 1", "is said to hold 6 events and doesn't"),
        ("DELETE FROM seal WHERE position = 2", "has position None"),
        ("UPDATE seal SET position = position + 1 WHERE position = (SELECT max(position) FROM seal)", "has position"),
        ("UPDATE chain_head SET position = position + 1", "the sizes add up to"),
        ("UPDATE audit_entry SET digest = 'x' WHERE action = 'event.create'", "the chain breaks"),
        ("UPDATE chain_head SET hash = 'x'", "the head is not the last block's"),
        ("INSERT INTO unsealed SELECT tenant_id, entry_id FROM seal LIMIT 1", "waits for its position"),
    ],
)
def test_damage_in_the_journal_is_found(county: County, damage: str, found: str) -> None:
    """Invariant 15, as the checker sees it."""
    sent(county, Ledger())
    _do(county, damage)
    assert any(found in said for said in checker.broken_journal(county.url, county.tenant_id))


def test_a_standing_that_lags_is_found(county: County) -> None:
    """Invariant 9: standing = full recompute."""
    sent(county, Ledger())
    assert standings.is_as_computed_afresh(county.database, county.tenant_id, "2025-03")
    _do(county, "UPDATE standing_result SET total = total + 1")
    assert not standings.is_as_computed_afresh(county.database, county.tenant_id, "2025-03")
