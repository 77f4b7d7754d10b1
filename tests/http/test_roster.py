"""/v1/organisations, /v1/workers, /v1/roster: whole records, stated once or many times, with every row's faults."""

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.county import County
from tests.http.asking import assert_not_there, assert_problem, errors_of, nothing_written, written

STAFF = {"organisation": "east", "post": "staff", "from": "2024-01-01"}
ORGANISATION = {"kind": "community", "title": "南社区", "parent": "county"}


def test_an_organisation_is_stated_and_read_back(shared: County) -> None:
    answer = shared.hr.put("/v1/organisations/south", ORGANISATION)
    assert answer.status_code == 200
    assert answer.json == {**ORGANISATION, "id": "south", "path": ["county", "south"], "attributes": []}
    assert shared.hr.get("/v1/organisations/south").json == answer.json


def test_what_stands_already_is_not_written_again(shared: County) -> None:
    """Invariant 15: no change, no audit entry."""
    worker = {"name": "甲", "phone": "1", "assignments": [STAFF], "attributes": [], "aliases": []}
    shared.hr.put("/v1/organisations/north", ORGANISATION)
    shared.hr.put("/v1/workers/same", worker)
    with nothing_written(shared):
        assert shared.hr.put("/v1/organisations/north", ORGANISATION).status_code == 200
        assert shared.hr.put("/v1/workers/same", worker).status_code == 200


def test_an_alias_said_twice_in_one_record_is_one_alias(shared: County) -> None:
    """Invariant 15: the same record again is no change, however it is said."""
    alias = {"source": "hotline", "id": "twice"}
    worker = {"assignments": [STAFF], "aliases": [alias, alias]}
    shared.hr.put("/v1/workers/twice", worker)
    with nothing_written(shared):
        shared.hr.put("/v1/workers/twice", worker)


def test_moving_an_organisation_moves_what_is_below_it(fresh: County) -> None:
    fresh.hr.put("/v1/organisations/grid", {"kind": "grid", "title": "网格", "parent": "east"})
    fresh.hr.put("/v1/organisations/east", {"kind": "community", "title": "east", "parent": "west"})
    assert fresh.hr.get("/v1/organisations/grid").json["path"] == ["county", "west", "east", "grid"]


def test_a_worker_is_stated_and_read_back(shared: County) -> None:
    record = {
        "name": "张三",
        "phone": "13800000000",
        "aliases": [{"source": "grid-app", "id": "emp-7"}, {"source": "hotline", "id": "7"}],
        "assignments": [
            {"organisation": "east", "post": "staff", "from": "2024-01-01", "to": "2024-07-01"},
            {"organisation": "west", "post": "head", "from": "2024-07-01", "to": None},
        ],
        "attributes": [{"name": "certificate", "value": "初级", "from": "2023-06-01", "to": None}],
    }
    answer = shared.hr.put("/v1/workers/w7", record)
    assert (answer.status_code, answer.json) == (200, {"id": "w7", **record})
    assert shared.hr.get("/v1/workers/w7").json == answer.json


def test_put_states_the_whole_record(shared: County) -> None:
    shared.hr.put("/v1/workers/whole", {"name": "甲", "phone": "1", "assignments": [STAFF]})
    said = shared.hr.put("/v1/workers/whole", {"name": "甲"}).json
    assert (said["phone"], said["assignments"]) == (None, [])


def test_an_alias_that_is_left_out_is_free_again(shared: County) -> None:
    alias = {"source": "hotline", "id": "free"}
    shared.hr.put("/v1/workers/one", {"aliases": [alias]})
    shared.hr.put("/v1/workers/one", {"aliases": []})
    assert shared.hr.put("/v1/workers/other", {"aliases": [alias]}).json["aliases"] == [alias]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("organisations/o", {"title": "x"}, "/kind", "field.required"),
    ("organisations/o", {"kind": "grid"}, "/title", "field.required"),
    ("organisations/o", {"kind": "a b", "title": "x"}, "/kind", "id.malformed"),
    ("organisations/o", {"kind": "grid", "title": "x", "parent": "nowhere"}, "/parent", "organisation.unknown"),
    ("organisations/county", {"kind": "county", "title": "x", "parent": "east"}, "/parent", "organisation.cycle"),
    ("organisations/east", {"kind": "grid", "title": "x", "parent": "east"}, "/parent", "organisation.cycle"),
    ("organisations/o", {"kind": "grid", "title": "x", "colour": "red"}, "/colour", "field.unknown"),
    ("organisations/330102199001011234", {"kind": "grid", "title": "x"}, "/id", "id.personal"),
    ("workers/33010219900101123X", {}, "/id", "id.personal"),
    ("workers/a%20b", {}, "/id", "id.malformed"),
    ("workers/" + "x" * 65, {}, "/id", "id.malformed"),
    ("workers/w", {"name": ""}, "/name", "text.length"),
    ("workers/w", {"name": "x" * 101}, "/name", "text.length"),
    ("workers/w", {"name": 5}, "/name", "text.expected"),
    ("workers/w", {"points": 5}, "/points", "field.unknown"),
    ("workers/w", {"assignments": {}}, "/assignments", "field.list"),
    ("workers/w", {"assignments": ["x"]}, "/assignments/0", "field.object"),
    ("workers/w", {"assignments": [{**STAFF, "from": "2024-02-30"}]}, "/assignments/0/from", "day.malformed"),
    ("workers/w", {"assignments": [{**STAFF, "to": "2024-01-01"}]}, "/assignments/0/to", "day.order"),
    ("workers/w", {"assignments": [{**STAFF, "to": "x"}]}, "/assignments/0/to", "day.malformed"),
    (
        "workers/w",
        {"assignments": [STAFF, {**STAFF, "organisation": "nowhere"}]},
        "/assignments/1/organisation",
        "organisation.unknown",
    ),
    ("workers/w", {"attributes": [{"name": "x", "value": "y"}]}, "/attributes/0/from", "field.required"),
    ("workers/w", {"aliases": [{"source": "s"}]}, "/aliases/0/id", "field.required"),
    ("workers/w", {"aliases": [{"source": "s", "id": "330102199001011234"}]}, "/aliases/0/id", "id.personal"),
]


@pytest.mark.parametrize(("path", "record", "pointer", "code"), REFUSED, ids=lambda value: ascii(value)[:50])
def test_a_record_that_cannot_be_is_refused_at_its_field(
    shared: County, path: str, record: dict[str, Any], pointer: str, code: str
) -> None:
    with nothing_written(shared):
        answer = shared.hr.put(f"/v1/{path}", record)
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]


@pytest.mark.parametrize("body", [[], "x", 5, False])
def test_a_record_is_an_object(shared: County, body: Any) -> None:
    with nothing_written(shared):
        answer = shared.hr.put("/v1/workers/w", body)
    assert assert_problem(answer, 422, "request.invalid") == [("", "field.object")]


def test_an_alias_of_somebody_else_is_refused_where_it_stands(shared: County) -> None:
    shared.hr.put("/v1/workers/owner", {"aliases": [{"source": "hotline", "id": "taken"}]})
    wanted = [{"source": "zzz", "id": "1"}, {"source": "hotline", "id": "taken"}]
    with nothing_written(shared):
        answer = shared.hr.put("/v1/workers/thief", {"aliases": wanted})
    assert assert_problem(answer, 422, "request.invalid") == [("/aliases/1", "alias.taken")]


def test_two_workers_of_one_request_cannot_share_an_alias(shared: County) -> None:
    alias = {"source": "hotline", "id": "shared"}
    with nothing_written(shared):
        answer = shared.hr.post("/v1/roster", {"workers": [{"id": i, "aliases": [alias]} for i in ("s1", "s2")]})
    assert assert_problem(answer, 422, "request.invalid") == [("/workers/1/aliases/0", "alias.taken")]


@pytest.mark.parametrize("path", ["organisations/nowhere", "workers/nobody", "workers/county", "organisations/w1"])
def test_a_record_that_is_not_there_is_404(shared: County, path: str) -> None:
    assert_problem(shared.hr.get(f"/v1/{path}"), 404, "resource.unknown")


@pytest.mark.parametrize("path", ["organisations/%00", "workers/%00", "workers/%ED%A0%80", "workers/%FF"])
def test_an_id_that_cannot_be_is_404(shared: County, path: str) -> None:
    assert_not_there(shared.hr.get(f"/v1/{path}"))


def test_many_records_are_stated_in_one_transaction(shared: County) -> None:
    """Invariant 15: one write, one audit entry."""
    before = written(shared)
    body = {
        "organisations": [{"id": "b", "kind": "grid", "title": "b", "parent": "a"}, {"id": "a", **ORGANISATION}],
        "workers": [{"id": "m1", "assignments": [{**STAFF, "organisation": "b"}]}, {"id": "m2"}],
    }
    answer = shared.hr.post("/v1/roster", body)
    assert answer.status_code == 200
    assert sorted(answer.json["changed"]) == ["organisation/a", "organisation/b", "worker/m1", "worker/m2"]
    assert written(shared) == (before[0], before[1] + 1)
    again = shared.hr.post("/v1/roster", body).json
    assert again == {"changed": [], "unchanged": 4, "errors": []}


def test_many_records_are_all_or_nothing_with_the_faults_of_each(shared: County) -> None:
    body = {
        "organisations": [{"id": "x1", "kind": "grid", "title": "x", "parent": "nowhere"}],
        "workers": [{"id": "g"}, {"id": "h", "assignments": [{**STAFF, "organisation": "void"}]}, {"id": "g"}],
    }
    with nothing_written(shared):
        answer = shared.hr.post("/v1/roster", body)
    assert sorted(assert_problem(answer, 422, "request.invalid")) == [
        ("/organisations/0/parent", "organisation.unknown"),
        ("/workers/1/assignments/0/organisation", "organisation.unknown"),
        ("/workers/2/id", "id.repeated"),
    ]


def test_partial_keeps_what_can_be(shared: County) -> None:
    body = {"workers": [{"id": "kept"}, {"id": "lost", "assignments": [{**STAFF, "organisation": "void"}]}]}
    answer = shared.hr.post("/v1/roster?partial=true", body)
    assert answer.json["changed"] == ["worker/kept"]
    assert errors_of(answer.json) == [("/workers/1/assignments/0/organisation", "organisation.unknown")]
    assert_problem(shared.hr.get("/v1/workers/lost"), 404, "resource.unknown")


def test_partial_keeps_the_others_when_an_alias_is_taken(shared: County) -> None:
    alias = {"source": "hotline", "id": "partial"}
    shared.hr.put("/v1/workers/has", {"aliases": [alias]})
    body = {"workers": [{"id": "fine"}, {"id": "greedy", "aliases": [alias]}]}
    answer = shared.hr.post("/v1/roster?partial=true", body)
    assert (answer.status_code, answer.json.get("changed")) == (200, ["worker/fine"]), answer.text
    assert errors_of(answer.json) == [("/workers/1/aliases/0", "alias.taken")]


def test_partial_speaks_the_callers_language(shared: County) -> None:
    body = {"workers": [{"id": "l", "assignments": [{**STAFF, "organisation": "void"}]}]}
    answer = shared.hr.post("/v1/roster?partial=true", body, Accept_Language="zh-CN")
    assert not answer.json["errors"][0]["detail"].isascii()


def test_the_absent_are_not_deleted(shared: County) -> None:
    shared.hr.post("/v1/roster", {"workers": [{"id": "absent"}]})
    shared.hr.post("/v1/roster", {"workers": [{"id": "present"}]})
    assert shared.hr.get("/v1/workers/absent").status_code == 200


def test_names_and_phones_stand_in_one_table_alone(shared: County) -> None:
    shared.hr.put("/v1/workers/private", {"name": "欧阳不泄", "phone": "13912345678", "assignments": [STAFF]})
    with psycopg.connect(shared.url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {
            name
            for (name,) in tables
            if connection.execute(
                sql.SQL("SELECT 1 FROM {} t WHERE t::text ~ '欧阳不泄|13912345678'").format(sql.Identifier(name))
            ).fetchone()
        }
    assert found == {"person"}


def test_partial_stores_nothing_of_what_it_refuses(fresh: County) -> None:
    twice = [
        {"id": "new", "kind": "community", "title": "A", "parent": "county"},
        {"id": "new", "kind": "street", "title": "B", "parent": "east"},
    ]
    said = fresh.hr.post("/v1/roster?partial=true", {"organisations": twice}).json
    assert said is not None
    assert [e["code"] for e in said["errors"]] == ["id.repeated"]
    stored = fresh.hr.get("/v1/organisations/new").json
    assert stored is not None
    assert (stored["kind"], stored["title"], stored["path"]) == ("community", "A", ["county", "new"])


def test_partial_leaves_what_stands_where_its_new_record_is_refused(fresh: County) -> None:
    worker = {"id": "w9", "assignments": [{"organisation": "east", "post": "staff", "from": "2025-01-01"}]}
    adrift = {"id": "east", "kind": "community", "title": "east", "parent": "nowhere"}
    said = fresh.hr.post("/v1/roster?partial=true", {"organisations": [adrift], "workers": [worker]}).json
    assert said is not None
    assert (said["changed"], [e["pointer"] for e in said["errors"]]) == (["worker/w9"], ["/organisations/0/parent"])
