"""Tokens over HTTP: given with no more than one has, read without the token, rotated, taken back. Invariant 15."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from service.access import Tokens
from service.app import create_app
from service.settings import Settings
from tests.county import ALL_SCOPES, Client, County
from tests.http.asking import assert_problem, nothing_written, user, written

READER = {"actor": "payroll", "scopes": ["results:read"]}


def given(county: County, **said: Any) -> dict[str, Any]:
    """A token that HR gives."""
    answer = county.hr.post("/v1/tokens", {**READER, **said})
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"] == f"/v1/tokens/{answer.json['id']}"
    return dict(answer.json)


def as_(county: County, token: dict[str, Any]) -> Client:
    """Whoever has this token, seen by a process that has never seen it."""
    return Client(create_app(Settings(), county.database).test_client(), token["token"])


def test_a_token_is_given_and_good_at_once(fresh: County) -> None:
    """Invariant 15: giving is in the journal, without the token."""
    before = written(fresh)[1]
    made = given(fresh, sources=["payroll-app"], under="east")
    assert made["token"].startswith(made["begins"])
    assert made["begins"].startswith(f"jifen_{fresh.tenant}_")
    assert (made["actor"], made["scopes"], made["sources"], made["under"], made["state"]) == (
        "payroll",
        ["results:read"],
        ["payroll-app"],
        "east",
        "usable",
    )
    assert as_(fresh, made).get("/v1/calendar/2025").status_code != 401
    assert written(fresh)[1] == before + 1
    with psycopg.connect(fresh.url) as owner:
        rows = owner.execute("SELECT action, detail::text FROM audit_entry ORDER BY entry_id DESC LIMIT 1").fetchall()
    [[action, detail]] = rows
    assert action == "token.create"
    assert made["token"] not in detail


def test_tokens_are_listed_without_the_token(fresh: County) -> None:
    made = [given(fresh, actor=actor) for actor in ("a", "b", "a")]
    stored = [{key: value for key, value in one.items() if key != "token"} for one in made]
    first = fresh.hr.get("/v1/tokens?actor=a&limit=1").json
    second = fresh.hr.get(f"/v1/tokens?actor=a&limit=1&after={first['next']}").json
    assert [*first["items"], *second["items"], second["next"]] == [stored[0], stored[2], None]
    assert fresh.hr.get(f"/v1/tokens/{made[1]['id']}").json == stored[1]
    assert made[1]["token"] not in fresh.hr.get("/v1/tokens?limit=5000").text


def test_nobody_gives_a_scope_that_he_has_not(fresh: County) -> None:
    admin = user(fresh, ["tenant:admin", "results:read"])
    with nothing_written(fresh):
        refused = admin.post("/v1/tokens", {"actor": "x", "scopes": ["results:read", "events:write"]})
    assert_problem(refused, 403, "access.scope")
    assert "events:write" in refused.json["title"]
    assert "results:read" not in refused.json["title"]
    powerful = given(fresh, scopes=["events:write"])
    with nothing_written(fresh):
        assert_problem(admin.post(f"/v1/tokens/{powerful['id']}/rotate"), 403, "access.scope")


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"scopes": ["results:read", "results:burn"]}, [("/scopes/1", "code.unknown")]),
        ({"under": "nowhere"}, [("/under", "organisation.unknown")]),
        ({"expires_at": "2020-01-01T00:00:00Z"}, [("/expires_at", "time.over")]),
        ({"expires_at": "tomorrow"}, [("/expires_at", "time.malformed")]),
        ({"actor": None}, [("/actor", "field.null")]),
        ({"scope": ["results:read"]}, [("/scope", "field.unknown")]),
    ],
)
def test_what_cannot_be_given_is_refused(shared: County, said: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    with nothing_written(shared):
        answer = shared.hr.post("/v1/tokens", {**READER, **said})
    assert assert_problem(answer, 422, "request.invalid") == errors


def test_a_token_ends_by_itself(fresh: County) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    made = given(fresh, expires_at=ends.isoformat())
    assert datetime.fromisoformat(made["expires_at"]) == ends
    assert as_(fresh, made).get("/v1/periods").status_code == 200
    with psycopg.connect(fresh.url) as owner:
        owner.execute("UPDATE token SET expires_at = now() WHERE token_id = %s", [made["id"]])
    assert_problem(as_(fresh, made).get("/v1/periods"), 401, "access.unknown_token")
    assert fresh.hr.get("/v1/tokens?state=expired").json["items"][0]["id"] == made["id"]


def test_a_token_is_taken_back_once(fresh: County) -> None:
    made = given(fresh)
    assert fresh.hr._send("DELETE", f"/v1/tokens/{made['id']}", {}).status_code == 204
    assert_problem(as_(fresh, made).get("/v1/periods"), 401, "access.unknown_token")
    with nothing_written(fresh):
        assert fresh.hr._send("DELETE", f"/v1/tokens/{made['id']}", {}).status_code == 204
    assert fresh.hr.get(f"/v1/tokens/{made['id']}").json["state"] == "revoked"


def test_a_rotated_token_is_good_beside_the_new_one_for_a_stated_time(fresh: County) -> None:
    ends = datetime.now(UTC) + timedelta(days=90)
    old = given(fresh, under="east", sources=["x"], expires_at=ends.isoformat())
    answer = fresh.hr.post(f"/v1/tokens/{old['id']}/rotate", {"hours": 2})
    assert answer.status_code == 201
    new = answer.json
    same = ("actor", "scopes", "sources", "under")
    assert {key: new[key] for key in same} == {key: old[key] for key in same}
    assert new["token"] != old["token"]
    assert abs(datetime.fromisoformat(new["expires_at"]) - ends) < timedelta(minutes=1)
    left = datetime.fromisoformat(fresh.hr.get(f"/v1/tokens/{old['id']}").json["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=118) < left <= timedelta(hours=2)
    assert [as_(fresh, one).get("/v1/rulebooks").status_code for one in (old, new)] == [403, 403]
    fresh.hr.post(f"/v1/tokens/{new['id']}/rotate", {"hours": 0})
    assert_problem(as_(fresh, new).get("/v1/rulebooks"), 401, "access.unknown_token")


def test_rotation_never_lengthens_the_life_of_the_token_before(fresh: County) -> None:
    old = given(fresh, expires_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    fresh.hr.post(f"/v1/tokens/{old['id']}/rotate", {"hours": 48})
    assert fresh.hr.get(f"/v1/tokens/{old['id']}").json["expires_at"] == old["expires_at"]


def test_what_is_taken_back_is_not_rotated(fresh: County) -> None:
    made = given(fresh)
    fresh.hr._send("DELETE", f"/v1/tokens/{made['id']}", {})
    with nothing_written(fresh):
        assert_problem(fresh.hr.post(f"/v1/tokens/{made['id']}/rotate"), 409, "token.state")


@pytest.mark.parametrize("number", [999_999, 10**30])
@pytest.mark.parametrize(("method", "more"), [("GET", ""), ("DELETE", ""), ("POST", "/rotate")])
def test_a_token_that_there_is_not(shared: County, number: int, method: str, more: str) -> None:
    with nothing_written(shared):
        assert_problem(shared.hr._send(method, f"/v1/tokens/{number}{more}", {}), 404, "resource.unknown")


@pytest.mark.parametrize("rotated", [False, True])
def test_a_repeat_under_a_key_gives_no_second_token_and_finds_none_kept(fresh: County, rotated: bool) -> None:
    """Invariant 1: it was carried out once, and what can be read only once is kept nowhere."""
    path = f"/v1/tokens/{given(fresh)['id']}/rotate" if rotated else "/v1/tokens"

    def send() -> TestResponse:
        return fresh.hr.post(path, None if rotated else READER, Idempotency_Key="k1")

    first = send()
    assert first.status_code == 201
    with nothing_written(fresh):
        assert_problem(send(), 409, "idempotency.unanswered")
    with psycopg.connect(fresh.url) as owner:
        [[kept]] = owner.execute("SELECT count(answer) FROM command").fetchall()
    assert kept == 0


def test_when_a_token_was_used_last_is_written_beside_the_request(fresh: County) -> None:
    made = given(fresh)
    app = create_app(Settings(), fresh.database)
    client = Client(app.test_client(), made["token"])
    assert made["last_used_at"] is None
    client.get("/v1/periods")
    assert fresh.hr.get(f"/v1/tokens/{made['id']}").json["last_used_at"] is None
    app.extensions["jifen.tokens"].write_uses()
    used = datetime.fromisoformat(fresh.hr.get(f"/v1/tokens/{made['id']}").json["last_used_at"])
    assert datetime.now(UTC) - used < timedelta(seconds=30)


def test_uses_that_cannot_be_written_keep_nobody_out(fresh: County) -> None:
    made = given(fresh)
    tokens = Tokens(fresh.database)
    tokens.access(made["token"])
    with psycopg.connect(fresh.url) as owner:
        owner.execute("LOCK token")
        tokens.write_uses()
        assert tokens.access(made["token"]).actor == "payroll"


def test_every_scope_can_be_given(fresh: County) -> None:
    assert given(fresh, scopes=ALL_SCOPES)["scopes"] == sorted(ALL_SCOPES)
