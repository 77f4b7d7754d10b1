"""Invariant 14: tenants can't see each other, held by the database when a statement forgets to say which tenant."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, errors, sql

from service import clock
from service.database.transactions import SERVICE_ROLE
from service.webhooks import delivering
from service.webhooks.calling import Answer
from tests.conftest import opened
from tests.county import County, event, rating, visit
from tests.http.asking import rulebook
from tests.http.noticed import FORCE, NOTICE, PERIODS, another, on, step

TABLES = [
    "admission",
    "alias",
    "assignment",
    "attribute",
    "audit_entry",
    "budget",
    "calendar_year",
    "category",
    "clause",
    "chain_block",
    "chain_head",
    "command",
    "delivery",
    "delivery_attempt",
    "dictionary",
    "completion",
    "event",
    "event_type",
    "finalisation",
    "forcing",
    "gate",
    "indicator",
    "measure",
    "notice",
    "objection",
    "objection_end",
    "organisation_record",
    "outcome",
    "period_state",
    "person",
    "publication",
    "ranked_list",
    "reading",
    "rejection",
    "remark",
    "reopening",
    "restriction",
    "result",
    "result_lines",
    "reversal",
    "rulebook",
    "rulebook_cases",
    "run",
    "run_answer",
    "run_input",
    "salt",
    "seal",
    "sheet",
    "source",
    "standing",
    "standing_lines",
    "standing_result",
    "subject",
    "test",
    "tie_break",
    "tier",
    "token",
    "unsealed",
    "verification",
    "webhook",
    "webhook_secret",
    "worker_record",
]
# The small county has no rate limits, tie-breaks, further lists or restrictions.
EMPTY = {"budget", "tie_break", "ranked_list", "restriction", "run_input", "admission", "completion", "verification"}
SENT = [visit("w1", "h1"), rating("w1", 5), event("violation.complaint", "w2")]


@pytest.fixture(scope="module")
def counties(module_url: str) -> Iterator[tuple[County, County]]:
    """Two tenants with the same ids everywhere, and rows in every table."""
    for database in opened(module_url):
        both = (County.small(module_url, database), County.small(module_url, database))
        for county in both:
            answers = county.send(*SENT)
            county.send(visit("nobody", "h1"))
            county.hr.post(f"/v1/events/{answers[-1]['event']}/reversal", {"reason": "entered in error"})
            county.hr.put(
                "/v1/workers/w1",
                {
                    "name": f"name of {county.tenant}",
                    "aliases": [{"source": "hotline", "id": "1"}],
                    "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}],
                    "attributes": [{"name": "a", "value": "b", "from": "2024-01-01"}],
                },
            )
            county.hr._send(
                "PUT", "/v1/calendar/2027", {"Idempotency-Key": "k"}, json={"holidays": [], "working_days": []}
            )
            county.keep_cases()
            county.ranking("2025-03")
            for name in ("close", "publish", "finalise"):
                step(county, name)
            contest(county)
            tell(county)
            county.send(visit("w3", "unsealed"))
        yield both


def contest(county: County) -> None:
    """A year of the heads: announced, contested, corrected, and final before its time."""
    county.state([], [{"id": "w7", "assignments": [{"organisation": "east", "post": "head", "from": "2024-01-01"}]}])
    heads = {"rulebook": "heads", "applies_to": {"posts": ["head"], "under": "county"}, "effective": {"from": "2025"}}
    heads |= {"periods": {**PERIODS, "base": "year", "rollups": []}, "rollup": {}, "outcomes": [], "notice": NOTICE}
    county.rule(rulebook(**heads, participation={"min_service_days": {}}))
    county.hr.put("/v1/calendar/2026", {"holidays": [], "working_days": []})
    second, said = another(county), {"period": "2025", "rulebook": "heads", "text": "contested"}
    with on("2026-02-02"):
        for name in ("close", "publish"):
            step(county, f"{name}?rulebook=heads", period="2025")
        made = county.hr.post("/v1/objections", {**said, "subject": "worker/w7", "objector": "worker/w7"}).json
        second.post(f"/v1/objections/{made['objection']}/decision", {"decision": "upheld", "reason": "so it is"})
        step(county, "publish?rulebook=heads", period="2025")
        assert step(county, "finalise?rulebook=heads", FORCE, period="2025").status_code == 200


def tell(county: County) -> None:
    """A webhook with a message that was tried."""
    hook = county.hr.post("/v1/webhooks", {"url": "https://a.example", "types": ["jifen.event.reversed"]}).json
    county.hr.post(f"/v1/webhooks/{hook['webhook']}/test")
    with county.database.transaction(county.tenant_id) as transaction:
        claimed = delivering.claim(transaction, UUID(hook["webhook"]))
        delivering.settle(transaction, UUID(hook["webhook"]), claimed, clock.now(), Answer("timeout"))


def as_service(county: County) -> Iterator[Connection[Any]]:
    """A transaction of the service's role with this tenant; undone."""
    with psycopg.connect(county.url) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(SERVICE_ROLE)))
        connection.execute("SELECT set_config('jifen.tenant_id', %s, true)", [str(county.tenant_id)])
        yield connection
        connection.rollback()


@pytest.fixture
def first(counties: tuple[County, County]) -> Iterator[Connection[Any]]:
    """The service's role as the first tenant."""
    yield from as_service(counties[0])


def tenants_in(connection: Connection[Any], table: str) -> set[int]:
    """Whose rows a statement without any filter sees."""
    rows = connection.execute(sql.SQL("SELECT DISTINCT tenant_id FROM {}").format(sql.Identifier(table)))
    return {row[0] for row in rows}


def test_the_list_of_tables_is_whole(counties: tuple[County, County]) -> None:
    with psycopg.connect(counties[0].url) as owner:
        found = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {row[0] for row in found} - {"tenant", "migration"} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_statement_without_a_filter_sees_one_tenant(
    counties: tuple[County, County], first: Connection[Any], table: str
) -> None:
    """Invariant 14: every table, while the owner sees both."""
    ids = {county.tenant_id for county in counties}
    with psycopg.connect(counties[0].url) as owner:
        assert tenants_in(owner, table) == (set() if table in EMPTY else ids)
    assert tenants_in(first, table) <= {counties[0].tenant_id}


@pytest.mark.parametrize("table", TABLES)
def test_without_a_tenant_nothing_is_seen(counties: tuple[County, County], table: str) -> None:
    """Invariant 14: a transaction that names no tenant fails rather than sees all."""
    with psycopg.connect(counties[0].url) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(SERVICE_ROLE)))
        with pytest.raises(errors.UndefinedObject):
            tenants_in(connection, table)


def test_a_row_of_another_tenant_cannot_be_written(counties: tuple[County, County], first: Connection[Any]) -> None:
    """Invariant 14: the policy holds for what is written too."""
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        first.execute("INSERT INTO source (tenant_id, source) VALUES (%s, 'x')", [counties[1].tenant_id])


@pytest.mark.parametrize(
    "table", ["unsealed", "alias", "person", "standing", "standing_result", "rejection", "command", "webhook"]
)
def test_a_delete_without_a_filter_reaches_one_tenant(
    counties: tuple[County, County], first: Connection[Any], table: str
) -> None:
    """Invariant 14: also where the service may take rows away."""
    with psycopg.connect(counties[0].url) as owner:
        query = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(table))
        mine = owner.execute(query, [counties[0].tenant_id]).fetchone()
    deleted = first.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table))).rowcount
    assert (deleted,) == mine
    assert deleted > 0


def test_the_same_ids_are_two_events(counties: tuple[County, County]) -> None:
    """Invariant 14: the identity of an event is within its tenant."""
    for county in counties:
        again = county.send(*SENT)
        assert [item["result"] for item in again] == ["duplicate"] * 3
        assert county.sender.get(f"/v1/events/{again[0]['event']}").json["subject"] == "worker/w1"


def test_the_same_worker_is_two_people(counties: tuple[County, County]) -> None:
    """Invariant 14: names stay at home."""
    for county in counties:
        assert county.hr.get("/v1/workers/w1").json["name"] == f"name of {county.tenant}"


def test_requests_of_one_tenant_leave_the_other_as_it_was(counties: tuple[County, County]) -> None:
    """Invariant 14: events, roster, types, rules and periods of A never touch B."""
    here, there = counties
    before = snapshot(there)
    here.send(visit("w2", "h7"), visit("w2", "h8"))
    here.hr.put("/v1/workers/w2", {})
    here.hr.put("/v1/event-types/new.type", {"title": "x", "subject": "worker", "dated_by": "time", "fields": {}})
    here.hr.post("/v1/periods/2025-05/close")
    assert here.ranking("2025-03", view="standing") != here.ranking("2025-03")
    assert snapshot(there) == before


def snapshot(county: County) -> dict[str, list[Any]]:
    """Every row of a tenant, as the owner sees it."""
    with psycopg.connect(county.url) as owner:
        return {
            table: owner.execute(
                sql.SQL("SELECT t::text FROM {} t WHERE tenant_id = %s ORDER BY 1").format(sql.Identifier(table)),
                [county.tenant_id],
            ).fetchall()
            for table in TABLES
        }
