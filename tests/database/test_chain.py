"""The hash chain: anyone can recompute it from the tables, and whoever rewrites the past breaks it."""

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from tests.county import County, event, rating, visit
from tests.database.reading import recomputed, seal

SHIFT = {"title": "值班", "subject": "worker", "dated_by": "time", "fields": {"hours": {"kind": "number"}}}


@pytest.fixture
def kept(county: County) -> County:
    """A county with a journal of several blocks."""
    county.hr.put("/v1/workers/w1", {"aliases": [{"source": "grid-app", "id": "emp-1"}]})
    county.send(rating("w1", "4.50"), rating("w2", 5), visit("emp-1", "05"))
    county.send({**event("assess.annual", "w3", "2025-12-31T23:59:59.123456+08:00", points=80), "period": "2025"})
    seal(county)
    county.hr.post("/v1/periods/2025-03/close")
    county.hr.post("/v1/periods/2025-03/publish")
    seal(county)
    return county


def test_the_chain_can_be_recomputed_from_the_tables(kept: County, owner: Connection[Any]) -> None:
    """Invariant 15: events and entries are sealed by position into a hash chain."""
    assert recomputed(owner, kept) == []
    blocks = owner.execute("SELECT count(*) AS n FROM chain_block WHERE tenant_id = %s", [kept.tenant_id]).fetchone()
    assert blocks is not None
    assert blocks.n > 2


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('UPDATE event SET data = \'{"stars": "5"}\' WHERE data = \'{"stars": "4.5"}\'', "event"),
        ("UPDATE event SET time = time + interval '1 microsecond' WHERE period = '2025'", "event"),
        ("UPDATE event SET data = data", None),
        ("UPDATE event SET period = '2024' WHERE period = '2025'", "event"),
        ("DELETE FROM event WHERE period = '2025'", "entry"),
        ("UPDATE audit_entry SET actor = 'somebody' WHERE action = 'period.close'", "entry"),
        ("UPDATE audit_entry SET detail = detail || '{\"period\": \"x\"}' WHERE action = 'period.close'", "entry"),
        ("UPDATE audit_entry SET recorded_at = recorded_at - interval '1 day' WHERE action = 'period.close'", "entry"),
        ("UPDATE audit_entry SET digest = sha256('') WHERE action = 'period.close'", "block"),
        ("DELETE FROM audit_entry WHERE action = 'period.close'", "block"),
        ("UPDATE seal SET position = -position WHERE position = 3", "block"),
        ("UPDATE chain_block SET hash = sha256(hash)", "block"),
        ("UPDATE chain_head SET hash = sha256('')", "head"),
    ],
)
def test_whoever_rewrites_the_past_breaks_the_chain(
    kept: County, owner: Connection[Any], statement: str, found: str | None
) -> None:
    """Invariant 15: the owner can change rows, and it shows."""
    with owner.transaction() as changed:
        owner.execute(statement.encode())
        wrong = recomputed(owner, kept)
        raise psycopg.Rollback(changed)
    assert (found in wrong) if found else wrong == []


@pytest.mark.parametrize("text", ["05", "5.0000000", "-0.0", "-00"])
def test_a_stored_event_has_the_digest_of_what_is_stored(county: County, owner: Connection[Any], text: str) -> None:
    """Invariant 15: also where the sender wrote a number in his own way."""
    county.declare({"shift.worked": SHIFT})
    county.send(event("shift.worked", "w1", hours=text))
    seal(county)
    assert recomputed(owner, county) == []
