"""Invariants 5, 12, 15: the owner can change any row, and it shows. JIFEN_TAMPERINGS=1000 is a full run."""

import os
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import Rollback

from service import verification
from service.audit import Audit
from service.database import moments
from service.database.transactions import Transaction
from tests.county import County
from tests.proof.conftest import kept
from tests.proof.tampering import Tamperer

TAMPERINGS = int(os.environ.get("JIFEN_TAMPERINGS", "40"))

# What decides beside the results: whom to complete, what is final, until when it is contested, and what came of it.
DECIDING: dict[str, set[str]] = {
    "completion": set(),
    "finalisation": set(),
    "forcing": set(),
    "notice": set(),
    "objection": set(),
    "objection_end": set(),
    "run_answer": set(),
    "calendar_year": set(),
}
# Columns that are left alone: what a reason says can be erased, and of a mark too many for the feed nothing comes.
JOURNAL: dict[str, set[str]] = {
    "event": set(),
    "audit_entry": set(),
    "seal": {"in_feed"},
    "chain_block": set(),
    "chain_head": set(),
    "reversal": set(),
    "remark": {"reason"},
    "reopening": set(),
    "admission": set(),
    **DECIDING,
    "organisation_record": set(),
    "worker_record": set(),
    "assignment": set(),
    "attribute": set(),
    "subject": set(),
    "event_type": set(),
    "period_state": set(),
    "rulebook": set(),
    "rulebook_cases": set(),
    "publication": set(),
    "indicator": set(),
    "measure": set(),
    "tier": set(),
}
# What is written most stands for most of what could be changed.
OFTEN = {name: JOURNAL[name] for name in ("event", "audit_entry")}
RESULTS: dict[str, set[str]] = {"result": set(), "result_lines": set(), "run": set()}
# Those with columns for days or moments.
WITH_DAYS = ["assignment", "attribute", "audit_entry", "chain_block", "event", "notice", "objection", "rulebook", "run"]


def seen(county: County, owner: psycopg.Connection[Any]) -> Transaction:
    """What a verification reads, in the transaction that was tampered with."""
    moments.read_all(owner)
    owner.execute("SELECT set_config('jifen.tenant_id', %s, true)", [str(county.tenant_id)])
    return Transaction(owner, county.tenant_id)


def test_nothing_is_found_where_nothing_was_changed(past: County) -> None:
    with past.database.transaction(past.tenant_id, frozen=True) as transaction:
        audit = Audit(transaction, [kept(past)])
        assert list(audit.broken()) == []
        assert (audit.entries > 25, audit.events, audit.position) == (True, 12, kept(past).position)


@pytest.mark.parametrize("number", range(4))
def test_every_change_of_what_is_sealed_is_found(past: County, number: int) -> None:
    """Invariant 15: with the head kept outside."""
    outside = [kept(past)]
    for turn in range(TAMPERINGS // 4):
        with psycopg.connect(past.url) as owner, owner.transaction() as undone:
            tamperer = Tamperer(owner, past.tenant_id, Random(f"{number} {turn}"))
            cut = turn % 20 == 19
            done = tamperer.cut_the_tail() if cut else tamperer.change(OFTEN if turn % 3 else JOURNAL)
            assert list(Audit(seen(past, owner), outside).broken()), f"turn {turn}: {done}"
            raise Rollback(undone)


def test_a_mark_that_the_feed_lacks_is_found(past: County) -> None:
    """Invariant 16: a reader would pass over the entry."""
    with psycopg.connect(past.url) as owner, owner.transaction() as undone:
        taken = "UPDATE seal SET in_feed = false WHERE tenant_id = %s AND in_feed RETURNING entry_id"
        entries = owner.execute(taken, [past.tenant_id]).fetchall()
        found = [broken.where for broken in Audit(seen(past, owner), []).broken()]
        assert found == [f"entry {entry}" for (entry,) in sorted(entries)]
        raise Rollback(undone)


@pytest.mark.parametrize("number", range(4))
def test_every_change_of_a_run_is_found(past: County, number: int) -> None:
    """Invariants 5 and 12: of its results, their lines, or of what it depends on."""
    for turn in range(TAMPERINGS // 4):
        with psycopg.connect(past.url) as owner, owner.transaction() as undone:
            done = Tamperer(owner, past.tenant_id, Random(f"{number} {turn}")).change(RESULTS)
            assert unlike(seen(past, owner)), f"turn {turn}: {done}"
            raise Rollback(undone)


@pytest.mark.parametrize("table", DECIDING)
def test_every_column_of_what_decides_is_covered(past: County, table: str) -> None:
    """Invariants 12 and 15: each column is changed alone."""
    outside = [kept(past)]
    columns = columns_of(past, table)
    for column in columns:
        for turn in range(TAMPERINGS // 20):
            with psycopg.connect(past.url) as owner, owner.transaction() as undone:
                tamperer = Tamperer(owner, past.tenant_id, Random(f"{column} {turn}"))
                done = tamperer.change({table: columns.keys() - {column}})
                assert list(Audit(seen(past, owner), outside).broken()), f"turn {turn}: {done}"
                raise Rollback(undone)


@pytest.mark.parametrize("table", WITH_DAYS)
@pytest.mark.parametrize("never", ["infinity", "-infinity", "11111-01-01"])
def test_a_day_that_never_comes_is_found_and_ends_no_proof(past: County, table: str, never: str) -> None:
    """Invariant 15: the owner can write days and moments that no program here can read."""
    kinds, tried = columns_of(past, table), 0
    for column in [name for name, kind in kinds.items() if kind in ("date", "timestamptz")]:
        with psycopg.connect(past.url) as owner, owner.transaction() as undone:
            where = f"ctid = (SELECT min(ctid) FROM {table} WHERE tenant_id = %s)"
            values = [never, past.tenant_id]
            try:
                with owner.transaction():
                    owner.execute(f"UPDATE {table} SET {column} = %s WHERE {where}".encode(), values)
            except psycopg.IntegrityError:
                continue  # such a row can't be
            tried += 1
            transaction = seen(past, owner)
            assert unlike(transaction) if table in RESULTS else list(Audit(transaction).broken()), column
            raise Rollback(undone)
    assert tried


def test_a_result_that_cannot_be_carried_is_told(past: County) -> None:
    """Invariant 5: a computed result without its organisation, which no completion can read."""
    with psycopg.connect(past.url) as owner, owner.transaction() as undone:
        carried = "(SELECT base_run_no FROM run WHERE tenant_id = %s AND kind = 'completion')"
        owner.execute(f"UPDATE result SET organisation_no = NULL WHERE run_no = {carried}".encode(), [past.tenant_id])
        assert "nothing can be computed from what is stored" in unlike(seen(past, owner))
        raise Rollback(undone)


def columns_of(county: County, table: str) -> dict[str, str]:
    """The columns of a table, with their types."""
    question = "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s"
    with psycopg.connect(county.url) as owner:
        return dict(owner.execute(question, [table]).fetchall())


def unlike(transaction: Transaction) -> list[str]:
    """What `jifen verify` says, without its own transactions."""
    rows = transaction.all("runs", run=None, rulebook_id=None, period=None)
    found = [one.wrong[0] for one in verification.astray(transaction, {row.run_no for row in rows})]
    for row in rows:
        with transaction.savepoint():
            found += verification.wrong_of(transaction, row)
            raise Rollback
    return found
