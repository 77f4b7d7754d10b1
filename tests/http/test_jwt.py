"""A JWT of the user's identity provider in place of a token: who signs, for whom, until when. Invariant 14."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from service.app import create_app
from service.identity_provider import IdentityProvider
from service.jwks import Jwks
from service.settings import SettingError, Settings, read
from tests.county import Client, County
from tests.http.asking import assert_problem, nothing_written, written

ISSUER, AUDIENCE = "https://id.yunhe.example", "jifen"
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
OTHER = RSAKey.generate_key(2048, {"kid": "other"})


class Provider:
    """An identity provider on loopback: its key set, and how often it was asked."""

    def __init__(self) -> None:
        self.keys: list[Any] = [RSA, EC]
        self.asked = 0
        self.status = 200
        provider = self

        class Handler(BaseHTTPRequestHandler):
            """Answers the key set."""

            def do_GET(self) -> None:
                provider.asked += 1
                body = key_set(*provider.keys)
                self.send_response(provider.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/keys"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def key_set(*keys: Any) -> bytes:
    """The public halves."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key set as a file."""
    path = tmp_path_factory.mktemp("jwks") / "jwks.json"
    path.write_bytes(key_set(RSA, EC))
    return path


def settings(place: object) -> Settings:
    return Settings(jwt_jwks=str(place), jwt_issuer=ISSUER, jwt_audience=AUDIENCE)


def signed(county: County, key: Any = RSA, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A JWT for a reader of results."""
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "exp": int(time.time()) + 600, "tenant": county.tenant}
    said |= {"scope": "openid results:read", **claims}
    algorithm = "ES256" if key is EC else "RS256"
    heading = {"alg": algorithm, "kid": key.kid} | (header or {})
    heading = {name: value for name, value in heading.items() if value is not None}
    return jwt.encode(heading, {k: v for k, v in said.items() if v is not None}, key, algorithms=[heading["alg"]])


Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def visit(shared: County, file: Path) -> Visit:
    """Ask with a JWT, of an application that knows the file."""
    app = create_app(settings(file), shared.database)

    def ask(token: str, path: str = "/v1/periods") -> Any:
        return Client(app.test_client(), token).get(path)

    return ask


@pytest.mark.parametrize("key", [RSA, EC], ids=["RS256", "ES256"])
def test_who_is_vouched_for_may_do_what_his_scopes_say(shared: County, visit: Visit, key: Any) -> None:
    token = signed(shared, key)
    assert visit(token).status_code == 200
    assert_problem(visit(token, "/v1/rulebooks"), 403, "access.scope")


def test_the_keys_are_fetched_over_http_once(shared: County, provider: Provider) -> None:
    app = create_app(settings(provider.url), shared.database)
    for n in range(3):
        assert Client(app.test_client(), signed(shared, sub=f"v-{n}")).get("/v1/periods").status_code == 200
    assert provider.asked == 1


WRONG: dict[str, dict[str, Any]] = {
    "of another issuer": {"iss": "https://elsewhere.example"},
    "of no issuer": {"iss": None},
    "for somebody else": {"aud": "payroll"},
    "for nobody": {"aud": None},
    "over": {"exp": int(time.time()) - 120},
    "for ever": {"exp": None},
    "not yet": {"nbf": int(time.time()) + 600},
    "of no tenant": {"tenant": None},
    "of a tenant that there is not": {"tenant": "nowhere"},
    "of nobody": {"sub": None},
    "with a scope that is no text": {"scope": 7},
    "with a subtree that is no text": {"under": ["east"]},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_jwt_that_is_not_for_us_is_refused(shared: County, visit: Visit, claims: dict[str, Any]) -> None:
    with nothing_written(shared):
        assert_problem(visit(signed(shared, **claims)), 401, "access.unknown_token")


def test_clocks_may_differ_by_the_leeway(shared: County, visit: Visit) -> None:
    assert visit(signed(shared, exp=int(time.time()) - 10)).status_code == 200


def test_one_of_several_audiences_is_enough(shared: County, visit: Visit) -> None:
    assert visit(signed(shared, aud=["payroll", AUDIENCE])).status_code == 200


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _text(value: Any) -> str:
    return _base64(json.dumps(value).encode())


def forged(county: County) -> dict[str, str]:
    """JWTs that nobody vouches for."""
    good = signed(county)
    header, claims, signature = good.split(".")
    public = RSA.as_pem(private=False)
    by_public_key = jwt.encode({"alg": "HS256", "kid": "rsa-1"}, {}, OctKey.import_key(b"x" * 32), algorithms=["HS256"])
    hmac_head = _text({"alg": "HS256", "kid": "rsa-1"})
    mac = hmac.new(public, f"{hmac_head}.{claims}".encode(), "sha256").digest()
    return {
        "unsigned": f"{_text({'alg': 'none', 'kid': 'rsa-1'})}.{claims}.",
        "signed by the public key as a secret": f"{hmac_head}.{claims}.{_base64(mac)}",
        "signed by a secret": by_public_key,
        "signed by another key under a known id": jwt.encode(
            {"alg": "RS256", "kid": "rsa-1"}, {"iss": ISSUER}, OTHER, algorithms=["RS256"]
        ),
        "of an unlisted algorithm": signed(county, header={"alg": "PS256"}),
        "changed": f"{header}.{_text({'iss': ISSUER, 'tenant': county.tenant})}.{signature}",
        "without its signature": f"{header}.{claims}.",
        "no JWT": "a.b.c",
        "not even text": "\u00e9.b.c",
        "with a key of its own": signed(county, OTHER, {"jwk": OTHER.as_dict(private=False), "kid": "mine"}),
        "without an id among several keys": signed(county, header={"kid": None}),
    }


@pytest.mark.parametrize("name", ["unsigned", "signed by the public key as a secret", "signed by a secret",
    "signed by another key under a known id", "of an unlisted algorithm", "changed", "without its signature", "no JWT",
    "not even text", "with a key of its own", "without an id among several keys"])  # fmt: skip
def test_a_forged_jwt_is_refused(shared: County, visit: Visit, name: str) -> None:
    made = forged(shared)
    assert visit(signed(shared)).status_code == 200
    with nothing_written(shared):
        assert_problem(visit(made[name]), 401, "access.unknown_token")


def test_a_jwt_of_one_tenant_sees_that_tenant_alone(shared: County, fresh: County, visit: Visit) -> None:
    """Invariant 14: the claim decides, and it is signed."""
    made = shared.send({"specversion": "1.0", "id": "jwt-1", "source": "grid-app", "type": "visit.done",
        "subject": "worker/w1", "time": "2025-03-10T09:00:00+08:00", "data": {"household": "h"}})[0]  # fmt: skip
    path = f"/v1/events/{made['event']}"
    assert visit(signed(shared, scope="events:read"), path).status_code == 200
    assert_problem(visit(signed(fresh, scope="events:read"), path), 404, "resource.unknown")


def test_without_an_identity_provider_no_jwt_is_taken(shared: County) -> None:
    shared.client.get("/healthz")
    assert_problem(Client(shared.client, signed(shared)).get("/v1/periods"), 401, "access.unknown_token")


def test_tokens_stay_good_beside_an_identity_provider_that_does_not_answer(shared: County) -> None:
    app = create_app(settings("http://127.0.0.1:9/keys"), shared.database)
    assert Client(app.test_client(), shared.hr.token).get("/v1/periods").status_code == 200
    assert_problem(Client(app.test_client(), signed(shared)).get("/v1/periods"), 503, "service.unavailable")


def test_who_is_vouched_for_is_known_once_and_can_be_shut_out(fresh: County, file: Path) -> None:
    """Invariant 15: that he was let in for the first time is in the journal, and that he was shut out."""
    before = written(fresh)[1]

    def ask() -> Any:
        app = create_app(settings(file), fresh.database)
        return Client(app.test_client(), signed(fresh, actor="worker/w1")).get("/v1/periods")

    assert [ask().status_code for _ in range(2)] == [200, 200]
    assert written(fresh)[1] == before + 1
    [known] = fresh.hr.get("/v1/tokens?actor=worker/w1").json["items"]
    assert (known["issuer"], known["begins"], known["scopes"], known["state"]) == (ISSUER, None, [], "usable")
    assert_problem(fresh.hr.post(f"/v1/tokens/{known['id']}/rotate"), 409, "token.state")
    assert fresh.hr._send("DELETE", f"/v1/tokens/{known['id']}", {}).status_code == 204
    assert_problem(ask(), 401, "access.unknown_token")


def test_keys_and_budgets_of_two_people_are_their_own(fresh: County, file: Path) -> None:
    """An Idempotency-Key belongs to a person, not to the provider."""
    app = create_app(settings(file), fresh.database)
    for actor, title in (("a", "A"), ("b", "B")):
        client = Client(app.test_client(), signed(fresh, actor=actor, scope="roster:write roster:read"))
        record = {"id": "town", "kind": "town", "title": title, "parent": "county"}
        said = {key: value for key, value in record.items() if key != "id"}
        answer = client._send("PUT", "/v1/organisations/town", {"Idempotency-Key": "k"}, json=said)
        assert (answer.status_code, answer.json["title"]) == (200, title)
    with psycopg.connect(fresh.url) as owner:
        [[tokens]] = owner.execute("SELECT count(DISTINCT token_id) FROM command").fetchall()
    assert tokens == 2


class Clock:
    """A time that stands still until it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_unknown_key_is_asked_for_once_a_minute_at_most(shared: County, provider: Provider) -> None:
    clock = Clock()
    reading = IdentityProvider(settings(provider.url), Jwks(provider.url, clock))
    assert reading.vouched(signed(shared)).actor == "u-1"
    new = signed(shared, OTHER)
    for _ in range(5):
        with pytest.raises(Exception, match=r"access\.unknown_token"):
            reading.vouched(new)
    assert provider.asked == 1
    provider.keys.append(OTHER)
    clock.now += 61
    assert reading.vouched(new).actor == "u-1"
    assert provider.asked == 2


def test_a_provider_that_fails_locks_nobody_out_whose_key_is_known(shared: County, provider: Provider) -> None:
    clock = Clock()
    reading = IdentityProvider(settings(provider.url), Jwks(provider.url, clock))
    reading.vouched(signed(shared))
    provider.status = 500
    for _ in range(3):
        clock.now += 700
        assert reading.vouched(signed(shared)).actor == "u-1"
        with pytest.raises(Exception, match=r"service\.unavailable"):
            reading.vouched(signed(shared, OTHER))
    assert provider.asked == 4


def test_a_key_that_was_taken_away_ends(shared: County, provider: Provider) -> None:
    clock = Clock()
    reading = IdentityProvider(settings(provider.url), Jwks(provider.url, clock))
    reading.vouched(signed(shared))
    provider.keys = [EC]
    clock.now += 700
    with pytest.raises(Exception, match=r"access\.unknown_token"):
        reading.vouched(signed(shared))


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"keys": 7}', '{"keys": [7, {"kty": "oct", "k": "c2VjcmV0"}]}'])
def test_a_file_without_public_keys_lets_nobody_in(shared: County, tmp_path: Path, document: str) -> None:
    place = tmp_path / "jwks.json"
    place.write_text(document)
    with pytest.raises(Exception, match=r"service\.unavailable|access\.unknown_token"):
        IdentityProvider(settings(place)).vouched(signed(shared))


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"JIFEN_JWT_ISSUER": ""}, "JIFEN_JWT_ISSUER is required"),
        ({"JIFEN_JWT_AUDIENCE": ""}, "JIFEN_JWT_AUDIENCE is required"),
        ({"JIFEN_JWT_ALGORITHMS": "RS256,none"}, "not 'none'"),
        ({"JIFEN_JWT_ALGORITHMS": "HS256"}, "not 'HS256'"),
        ({"JIFEN_JWT_ALGORITHMS": ""}, None),
        ({"JIFEN_JWT_ALGORITHMS": "PS256, EdDSA"}, None),
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(stated: dict[str, str], said: str | None) -> None:
    whole = {"JIFEN_JWT_JWKS": "/keys", "JIFEN_JWT_ISSUER": ISSUER, "JIFEN_JWT_AUDIENCE": AUDIENCE, **stated}
    if said is None:
        assert read(whole).jwt_algorithm_list
        return
    with pytest.raises(SettingError, match=said):
        read(whole)


def test_a_key_set_alone_is_nothing() -> None:
    assert replace(Settings(), jwt_issuer=ISSUER).jwt_jwks == ""
