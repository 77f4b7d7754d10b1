"""Deny by default: every route declares who may call it, and holds to it; a token is worth what is stored of it now."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from cachetools import TTLCache
from flask import Flask
from werkzeug.routing import Rule

from service import access, http
from service.app import create_app
from service.database.transactions import Database
from service.errors import Problem
from service.settings import Settings
from tests.county import ALL_SCOPES, Client, County, visit
from tests.http.asking import assert_problem, nothing_written, user

PUBLIC_ROUTES = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/<asset>"}
VALUES = {"kind": "workers", "form": "xlsx", "id_": "w1", "period": "2025-03", "version": "1", "run": 1}
VALUES |= {"type_": "a.b", "line": "x", "event": "x", "year": 2025, "objection": "x", "rejection": 1}
VALUES |= {"webhook": "x", "delivery": "x", "asset": "swagger-ui.css", "token": 999_999}


def _app() -> Flask:
    """An application that is asked about its routes alone; it reaches no database."""
    return create_app(Settings(), Database("dbname=nowhere", Settings()))


def routes() -> Iterator[tuple[str, str, Rule, tuple[str, ...]]]:
    """Every method of every route: method, an address of it, its rule, the scopes that it declares."""
    app = _app()
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        address = adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, address, rule, http.scopes_of(app, rule.endpoint)


ROUTES = list(routes())
GUARDED = [(method, address, scopes) for method, address, _, scopes in ROUTES if scopes != (http.PUBLIC,)]
every_guarded_route = pytest.mark.parametrize(("method", "address", "scopes"), GUARDED, ids=str)


def ask(client: Client, method: str, address: str) -> Any:
    """Call a route with an empty body."""
    answer = client._send(method, address, {})
    answer.get_data()
    answer.close()  # a file that is sent goes with its answer
    return answer


@pytest.mark.parametrize(("method", "rule", "scopes"), [(m, r.rule, s) for m, _, r, s in ROUTES], ids=str)
def test_every_route_declares_its_scopes_or_is_public(method: str, rule: str, scopes: tuple[str, ...]) -> None:
    assert scopes
    assert set(scopes) <= set(access.SCOPES) or (scopes == (http.PUBLIC,) and rule in PUBLIC_ROUTES)


def test_the_public_routes_are_those_that_operations_and_readers_of_the_api_need() -> None:
    assert {rule.rule for _, _, rule, scopes in ROUTES if scopes == (http.PUBLIC,)} == PUBLIC_ROUTES


@every_guarded_route
def test_without_a_token_nothing_is_answered(
    shared: County, method: str, address: str, scopes: tuple[str, ...]
) -> None:
    with nothing_written(shared):
        answer = ask(shared.anonymous, method, address)
    assert_problem(answer, 401, "access.unknown_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


INSTEAD = {"objections:write": ("objections:decide", "self")}
INSTEAD |= dict.fromkeys(("events:read", "results:read", "roster:read"), ("self",))


@pytest.fixture(scope="module")
def lacking(shared: County) -> dict[str, Client]:
    """For each scope, somebody who has all the others, but for those that would do instead of it."""
    return {
        s: user(shared, [t for t in ALL_SCOPES if t not in (s, *INSTEAD.get(s, ()))], ["grid-app"]) for s in ALL_SCOPES
    }


@every_guarded_route
def test_without_its_scope_a_route_is_closed(
    shared: County, lacking: dict[str, Client], method: str, address: str, scopes: tuple[str, ...]
) -> None:
    for scope in scopes:
        with nothing_written(shared):
            answer = ask(lacking[scope], method, address)
        assert_problem(answer, 403, "access.scope")
        assert scope in answer.json["title"]


@pytest.fixture(scope="module")
def holding(shared: County) -> dict[tuple[str, ...], Client]:
    """For the scopes of each route, somebody who has them and no other."""
    return {scopes: user(shared, list(scopes), ["grid-app"]) for scopes in {scopes for *_, scopes in GUARDED}}


@every_guarded_route
def test_with_its_scopes_a_route_is_open(
    holding: dict[tuple[str, ...], Client], method: str, address: str, scopes: tuple[str, ...]
) -> None:
    assert ask(holding[scopes], method, address).status_code not in (401, 403)


def test_a_view_that_declares_no_scope_is_closed_to_everybody(shared: County) -> None:
    app = create_app(Settings(), shared.database)
    app.add_url_rule("/v1/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    answer = Client(app.test_client(), shared.hr.token).get("/v1/forgotten")
    assert_problem(answer, 403, "access.scope")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer x{token}",
        "Bearer jifen_{tenant}_",
        "Bearer jifen_{tenant}_" + "A" * 43,
        "Bearer jifen_nowhere_" + "A" * 43,
        "Bearer jifen_{tenant}_" + "A" * 42 + "\u00e9",
        "Bearer ' OR 1=1",
    ],
)
def test_a_wrong_token_is_refused(shared: County, header: str) -> None:
    said = header.format(token=shared.hr.token, tenant=shared.tenant)
    answer = shared.anonymous.get("/v1/rulebooks", Authorization=said)
    assert_problem(answer, 401, "access.unknown_token")


@pytest.mark.parametrize("header", ["Bearer {token}", "bearer {token}", "BEARER   {token}"])
def test_the_word_bearer_may_be_written_in_any_case(shared: County, header: str) -> None:
    answer = shared.anonymous.get("/v1/rulebooks", Authorization=header.format(token=shared.hr.token))
    assert answer.status_code == 200


def test_a_token_that_names_another_tenant_is_refused(shared: County, fresh: County) -> None:
    """Invariant 14: the name in a token opens nothing."""
    assert shared.hr.token
    moved = shared.hr.token.replace(shared.tenant, fresh.tenant)
    answer = shared.anonymous.get("/v1/rulebooks", Authorization=f"Bearer {moved}")
    assert_problem(answer, 401, "access.unknown_token")


def test_the_token_of_another_tenant_sees_that_tenant_alone(shared: County, fresh: County) -> None:
    """Invariant 14: tenants can't see each other."""
    made = shared.send(visit("w1", "h1"))[0]
    assert shared.sender.get(f"/v1/events/{made['event']}").status_code == 200
    assert_problem(fresh.sender.get(f"/v1/events/{made['event']}"), 404, "resource.unknown")


def test_only_the_hash_of_a_token_is_stored(shared: County) -> None:
    assert shared.hr.token
    secret = shared.hr.token.removeprefix(f"jifen_{shared.tenant}_")
    assert len(secret) == 43
    with psycopg.connect(shared.url) as connection:
        tables = "SELECT t::text FROM token t UNION ALL SELECT a::text FROM audit_entry a"
        stored = connection.execute(tables).fetchall()
    assert len(stored) > 3
    assert not [row for row in stored if secret in row[0] or secret.encode().hex() in row[0]]


class Clock:
    """A time that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("change", ["revoked_at = now()", "expires_at = now()"])
def test_a_revocation_works_within_five_seconds(fresh: County, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    clock = Clock()
    monkeypatch.setattr(access, "TTLCache", partial(TTLCache, timer=clock))
    client = Client(create_app(Settings(), fresh.database).test_client(), fresh.hr.token)
    assert client.get("/v1/rulebooks").status_code == 200
    with psycopg.connect(fresh.url) as connection:
        connection.execute(f"UPDATE token SET {change} WHERE tenant_id = %s".encode(), [fresh.tenant_id])
    clock.now += 5
    assert_problem(client.get("/v1/rulebooks"), 401, "access.unknown_token")


def test_a_token_is_not_looked_up_for_every_request(fresh: County, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    look_up = access.Tokens._look_up

    def counted(tokens: access.Tokens, token: str, digest: bytes) -> access.Access:
        looked_up.append(token)
        return look_up(tokens, token, digest)

    monkeypatch.setattr(access.Tokens, "_look_up", counted)
    client = Client(create_app(Settings(), fresh.database).test_client(), fresh.hr.token)
    for _ in range(3):
        client.get("/v1/rulebooks")
    assert len(looked_up) == 1


def test_a_scope_that_there_is_not_makes_no_token(shared: County) -> None:
    with nothing_written(shared), pytest.raises(Problem) as refused:
        user(shared, ["events:read", "events:erase"])
    assert [(one.pointer, one.code) for one in refused.value.findings] == [("/scopes/1", "code.unknown")]
