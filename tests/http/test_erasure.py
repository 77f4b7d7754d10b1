"""Erasure: nothing that names a person is left in any table, and every proof holds as before."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from service import clock, verification, work
from service.audit import Audit
from service.personal import hashes
from tests.county import County, event, visit
from tests.http.asking import assert_problem, nothing_written

NAME, PHONE, ALIAS = "欧阳某某", "13911112222", "EMP-4711"
REASON = {"reason": f"{NAME} asked for it"}
RECORD = {
    "name": NAME,
    "phone": PHONE,
    "aliases": [{"source": "grid-app", "id": ALIAS}],
    "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}],
}


def known(county: County, worker: str = "w1") -> None:
    """Somebody who is named wherever somebody can be."""
    answer = county.hr._send("PUT", f"/v1/workers/{worker}", {"Idempotency-Key": "put"}, json=RECORD)
    assert answer.status_code == 200
    sent = county.send(visit(worker, "h1"), visit(worker, "h2"), visit("w2", "h1"))
    county.hr.post(f"/v1/events/{sent[0]['event']}/reversal", {"reason": f"about {NAME}, in other words"})
    county.hr.post(f"/v1/events/{sent[2]['event']}/reversal", {"reason": f"it was {NAME} ({PHONE}), not she"})
    county.send({**visit(worker, "h3"), "data": {"household": 3, "told by": NAME}})
    county.sender.post_text("/v1/events", json.dumps([NAME])[:-1], "application/json")
    county.send({**event("violation.complaint", "w1"), "subject": f"worker/{ALIAS}", "data": {"no": "field"}})


def found(county: County, *texts: str) -> set[str]:
    """The tables of the tenant in which any of these texts stands, as text or as bytes, escaped or not."""
    forms = {form for text in texts for form in (text, json.dumps(text)[1:-1])}
    looked_for = forms | {form.encode().hex() for form in forms}
    tables = set()
    with psycopg.connect(county.url) as owner:
        rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in rows:
            if table in ("tenant", "migration"):
                continue
            query = sql.SQL("SELECT t::text FROM {} t WHERE tenant_id = %s").format(sql.Identifier(table))
            stored = "\n".join(row[0] for row in owner.execute(query, [county.tenant_id]))
            if any(text in stored for text in looked_for):
                tables.add(table)
    return tables


def proven(county: County) -> list[Any]:
    """What the audit and the verification of every run find."""
    with county.database.transaction(county.tenant_id, frozen=True) as transaction:
        broken = list(Audit(transaction).broken())
    return [*broken, *(one for one in verification.verify(county.database, county.tenant_id) if one.wrong)]


def test_nothing_that_names_the_person_is_left_and_every_proof_holds(fresh: County) -> None:
    """Invariants 3, 5, 12 and 15: what the chain covers is left alone."""
    known(fresh)
    for step in ("close", "publish"):
        assert fresh.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    before = fresh.ranking("2025-03")
    assert found(fresh, NAME, PHONE) == {"person", "remark", "rejection", "command"}
    answer = fresh.hr.post("/v1/workers/w1/erasure", REASON)
    erased = {"names": 1, "aliases": 1, "reasons": 2, "rejections": 3, "answers": 1}
    assert (answer.status_code, answer.json) == (200, {"worker": "w1", "erased": erased})
    assert found(fresh, NAME, PHONE) == set()
    assert fresh.ranking("2025-03") == before
    assert fresh.hr.get("/v1/workers/w1").json["name"] is None
    assert proven(fresh) == []


def test_the_hashes_that_are_left_match_nothing_any_more(fresh: County) -> None:
    fresh.hr.put("/v1/workers/w1", RECORD)
    with psycopg.connect(fresh.url) as owner:
        [(salt,)] = owner.execute("SELECT salt FROM salt WHERE tenant_id = %s", [fresh.tenant_id]).fetchall()
    [change] = fresh.hr.get("/v1/audit?action=roster.state&limit=1").json["items"][0]["changes"]
    assert change["after"]["hashed"]["name"] == hashes.hashed(bytes(salt), "name", NAME)
    fresh.hr.post("/v1/workers/w1/erasure", REASON)
    assert "salt" not in found(fresh, salt.hex())
    fresh.hr.put("/v1/workers/w1", RECORD)
    [again] = fresh.hr.get("/v1/audit?action=roster.state&limit=1").json["items"][0]["changes"]
    assert again["after"]["hashed"]["name"] != change["after"]["hashed"]["name"]


@pytest.mark.parametrize("column", ["name_hash", "phone_hash", "aliases_hash"])
def test_a_hash_is_part_of_what_the_chain_covers(fresh: County, column: str) -> None:
    """Invariant 15: nobody can say afterwards that it was another name."""
    fresh.hr.put("/v1/workers/w1", RECORD)
    assert proven(fresh) == []
    with psycopg.connect(fresh.url) as owner:
        query = sql.SQL("UPDATE worker_record SET {} = sha256('x') WHERE tenant_id = %s AND name_hash IS NOT NULL")
        assert owner.execute(query.format(sql.Identifier(column)), [fresh.tenant_id]).rowcount == 1
    assert [one.what for one in proven(fresh)] == ["the records of the roster aren't those that it made"]


def test_what_others_said_stays_without_the_name(fresh: County) -> None:
    known(fresh)
    fresh.hr.post("/v1/workers/w1/erasure", REASON)
    entries = fresh.hr.get("/v1/audit").json["items"]
    reasons = [entry["reason"] for entry in entries if entry["reason"] is not None]
    assert reasons == ["** asked for it", "it was ** (**), not she", ""]
    assert entries[0]["detail"]["worker"] == "w1"


def test_a_command_whose_answer_is_erased_is_still_done_once(fresh: County) -> None:
    """Invariant 2, for commands: the key stays used."""
    known(fresh)
    fresh.hr.post("/v1/workers/w1/erasure", REASON)
    with nothing_written(fresh):
        again = fresh.hr._send("PUT", "/v1/workers/w1", {"Idempotency-Key": "put"}, json=RECORD)
    assert_problem(again, 409, "idempotency.unanswered")


def test_where_nothing_is_known_nothing_is_written(fresh: County) -> None:
    """Invariant 15: no change, no audit entry."""
    fresh.hr.put("/v1/workers/w1", RECORD)
    fresh.hr.post("/v1/workers/w1/erasure", REASON)
    with nothing_written(fresh):
        again = fresh.hr.post("/v1/workers/w1/erasure", REASON)
    assert set(again.json["erased"].values()) == {0}


def test_others_keep_theirs(fresh: County) -> None:
    other = {**RECORD, "name": "欧阳某", "phone": "13911113333", "aliases": [{"source": "grid-app", "id": "EMP-1"}]}
    fresh.hr.put("/v1/workers/w2", other)
    known(fresh)
    fresh.hr.post("/v1/workers/w1/erasure", REASON)
    told = fresh.hr.get("/v1/workers/w2").json
    assert [told[key] for key in ("name", "phone", "aliases")] == [other[key] for key in ("name", "phone", "aliases")]


def test_only_an_administrator_erases_and_only_whom_there_is(shared: County) -> None:
    """Deny by default."""
    clerk = shared.user("clerk", ["roster:write", "roster:read"], [])
    assert_problem(clerk.post("/v1/workers/w1/erasure", REASON), 403, "access.scope")
    assert_problem(shared.hr.post("/v1/workers/nobody/erasure", REASON), 404, "resource.unknown")
    assert_problem(shared.hr.post("/v1/workers/w1/erasure", {}), 422, "request.invalid")


def test_who_left_long_ago_is_erased_without_being_asked(fresh: County) -> None:
    today = clock.now().date()
    ends = {"w1": today - timedelta(days=400), "w2": today - timedelta(days=300), "w3": None}
    for worker, end in ends.items():
        assignment = {**RECORD["assignments"][0], "to": end and end.isoformat()}
        fresh.hr.put(f"/v1/workers/{worker}", {"name": NAME, "assignments": [assignment]})
    work.erase_all(fresh.database, days=365)
    names = {worker: fresh.hr.get(f"/v1/workers/{worker}").json["name"] for worker in ends}
    assert names == {"w1": None, "w2": NAME, "w3": NAME}
    assert fresh.hr.get("/v1/audit?action=person.erase").json["items"][0]["actor"] == "jifen"
    with nothing_written(fresh):
        work.erase_all(fresh.database, days=365)


@pytest.mark.parametrize("days", [0, 30])
def test_identities_end_by_themselves_only_where_it_is_said(days: int) -> None:
    from service.settings import Settings

    assert ("erase" in {task.name for task in work.tasks(Settings(identity_days=days))}) == bool(days)
