"""jifen verify: what was published is found again, and whatever an owner of the database changes is noticed."""

from random import Random
from typing import Any

import psycopg
import pytest

from service.database.transactions import json
from service.verification import Verified, verify
from tests.county import ALL_SCOPES, SOURCE, County, rating, visit

# A change of one value, of each column that says something of a result.
CHANGES = {
    "result": {
        "organisation_no": "organisation_no + 1",
        "post": "post || 'x'",
        "peer_group": "peer_group || 'x'",
        "pool": "pool || 'x'",
        "service_days": "service_days + 1",
        "category_points": "category_points || 1",
        "total": "total + 0.01",
        "tie_values": "tie_values || 1",
        "ceiling_no": "coalesce(ceiling_no, 0) + 1",
        "veto_no": "coalesce(veto_no, 0) + 1",
        "eligible": "eligible || 1::smallint",
        "no_tier": "coalesce(no_tier, '') || 'x'",
        "rank": "coalesce(rank, 0) + 1",
        "list_groups": "array_append(list_groups, 'x')",
        "list_ranks": "coalesce(list_ranks, '{}') || 1",
        "seat_no": "coalesce(seat_no, 0) + 1",
        "tier_no": "coalesce(5 - tier_no, 1)",
        "outcomes": "outcomes || 1::smallint",
        "outcome_values": "outcome_values || 1",
    },
    "result_lines": {
        "lines": "lines || 0",
        "measures": "measures || 1",
        "codes": "array_append(codes, 'x')",
        "counts": "counts || 1",
        "no_data": "no_data || 1::smallint",
        "negatives": "negatives || 1::smallint",
        "met": "met || 1::smallint",
    },
}
OF_RUN = {
    "digest": "sha256(digest)",
    "group_digests": 'group_digests || \'{"x": "x"}\'',
    "rulebook_hash": "sha256(rulebook_hash)",
    "starts_at": "starts_at + interval '1 hour'",
    "ends_at": "ends_at - interval '1 hour'",
}


@pytest.fixture(scope="module")
def county(module_url: str, module_database: Any) -> County:
    """March with two revisions, with events that are late, taken back and let in between."""
    county = County.small(module_url, module_database)
    first, *_ = county.send(visit("w1", "h1"), visit("w2", "h2"), rating("w1", 5), rating("w1", 4), rating("w3", 2))
    county.hr.post("/v1/periods/2025-03/close")
    county.hr.post("/v1/periods/2025-03/publish")
    late, _ = county.send(visit("w4", "h4"), visit("w4", "h5"))
    county.hr.post(f"/v1/events/{first['event']}/reversal", {"reason": "entered in error"})
    county.hr.post("/v1/periods/2025-03/reopen", {"reason": "an objection", "admit": [late["event"]]})
    second = county.user("second", ALL_SCOPES, [SOURCE])
    assert second.post("/v1/periods/2025-03/publish").status_code == 200
    county.send(visit("w5", "h6"))
    county.state([], [{"id": "w6", "assignments": [{"organisation": "east", "post": "staff", "from": "2025-03-20"}]}])
    return county


def verified(county: County) -> list[Verified]:
    return list(verify(county.database, county.tenant_id))


def test_what_was_published_is_found_again(county: County) -> None:
    """Invariant 5: whatever came since."""
    assert [(one.period, one.revision, one.wrong) for one in verified(county)] == [
        ("2025-03", 1, []),
        ("2025-03", 2, []),
    ]


def test_verifying_leaves_nothing_behind(county: County) -> None:
    with psycopg.connect(county.url) as connection:
        before = connection.execute("SELECT count(*) FROM standing WHERE again <> 0").fetchone()
        verified(county)
        assert connection.execute("SELECT count(*) FROM standing WHERE again <> 0").fetchone() == before == (0,)


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in CHANGES.items() for c in columns])
def test_every_change_of_a_stored_result_is_noticed(county: County, table: str, column: str) -> None:
    chance = Random(column)
    with psycopg.connect(county.url) as connection:
        rows = connection.execute(
            f"SELECT run_no, subject_no, {column} FROM {table} WHERE tenant_id = %s".encode(), [county.tenant_id]
        ).fetchall()
        run, subject, before = chance.choice(rows)
        keys = [county.tenant_id, run, subject]
        where = "tenant_id = %s AND run_no = %s AND subject_no = %s"
        connection.execute(f"UPDATE {table} SET {column} = {CHANGES[table][column]} WHERE {where}".encode(), keys)
        connection.commit()
        try:
            assert [one.run for one in verified(county) if one.wrong] == [run]
        finally:
            connection.execute(f"UPDATE {table} SET {column} = %s WHERE {where}".encode(), [before, *keys])


@pytest.mark.parametrize("table", list(CHANGES))
def test_a_row_that_is_gone_is_noticed(county: County, table: str) -> None:
    with psycopg.connect(county.url) as connection:
        found = connection.execute(
            f"DELETE FROM {table} WHERE ctid = (SELECT ctid FROM {table} WHERE tenant_id = %s LIMIT 1)"
            f" RETURNING row_to_json({table})::jsonb - 'list_rank'".encode(),
            [county.tenant_id],
        ).fetchone()
        assert found is not None
        connection.commit()
        try:
            assert any(one.wrong for one in verified(county))
        finally:
            columns = ", ".join(found[0])
            record = f"jsonb_populate_record(NULL::{table}, %s)"
            again = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {record}"
            connection.execute(again.encode(), [json(found[0])])


@pytest.mark.parametrize("column", list(OF_RUN))
def test_every_change_of_a_run_is_noticed(county: County, column: str) -> None:
    with psycopg.connect(county.url) as connection:
        [run, before] = connection.execute(
            f"SELECT run_no, {column} FROM run WHERE tenant_id = %s ORDER BY run_no LIMIT 1".encode(),
            [county.tenant_id],
        ).fetchall()[0]
        connection.execute(f"UPDATE run SET {column} = {OF_RUN[column]} WHERE run_no = %s".encode(), [run])
        connection.commit()
        try:
            assert any(one.wrong for one in verified(county) if one.run == run)
        finally:
            kept = json(before) if isinstance(before, dict) else before
            connection.execute(f"UPDATE run SET {column} = %s WHERE run_no = %s".encode(), [kept, run])
