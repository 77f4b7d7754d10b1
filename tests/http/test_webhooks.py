"""/v1/webhooks: who is told of what; what can't be told is refused; secrets are told once and never kept in clear."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from marshmallow import Schema
from werkzeug.test import TestResponse

from schemas.answers import webhooks as answers
from service import feed
from service.database.transactions import Database
from service.settings import Settings
from service.webhooks import store
from tests.county import Client, County
from tests.http.asking import assert_not_there, assert_problem, nothing_written, user

URL = "https://receiver.example/jifen"
TYPES = ["jifen.period.closed", "jifen.revision.published"]
KEYED = replace(Settings(), webhook_keys=Fernet.generate_key().decode())


@pytest.fixture
def keyed(module_url: str, module_database: Database) -> County:
    """A county of its own, whose secrets are encrypted."""
    return County.empty(module_url, module_database, KEYED)


def patch(client: Client, path: str, body: Any) -> TestResponse:
    return client._send("PATCH", path, {}, json=body)


def made(county: County, **said: Any) -> dict[str, Any]:
    answer = county.hr.post("/v1/webhooks", {"url": URL, "types": TYPES, **said})
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"] == f"/v1/webhooks/{answer.json['webhook']}"
    return dict(answer.json)


def fits(shape: type[Schema], said: Any) -> None:
    """The answer is what its shape says: every key, and no other."""
    assert shape().validate(said) == {}


def test_a_webhook_is_made_read_listed_changed_and_taken_away(keyed: County) -> None:
    hook = made(keyed)
    fits(answers.WebhookWithSecret, hook)
    path = f"/v1/webhooks/{hook['webhook']}"
    read = keyed.hr.get(path).json
    fits(answers.Webhook, read)
    assert {**read, "secret": hook["secret"]} == hook
    assert (read["url"], read["types"], read["state"]) == (URL, TYPES, "active")
    page = keyed.hr.get("/v1/webhooks").json
    fits(answers.WebhookPage, page)
    assert page == {"items": [read], "next": None}
    for change in ({"types": TYPES[:1]}, {"url": f"{URL}/2"}, {"state": "disabled"}, {}):
        read = {**read, **change}
        assert patch(keyed.hr, path, change).json == read
    assert keyed.hr._send("DELETE", path, {}).status_code == 204
    for answer in (keyed.hr.get(path), patch(keyed.hr, path, {}), keyed.hr._send("DELETE", path, {})):
        assert_not_there(answer)
    assert keyed.hr.get("/v1/webhooks").json["items"] == []


def test_every_change_is_in_the_journal_without_secrets_and_paths(keyed: County) -> None:
    """Invariant 15."""
    hook = made(keyed, url="https://receiver.example/a-path-that-is-a-secret")
    path = f"/v1/webhooks/{hook['webhook']}"
    rotated = keyed.hr.post(f"{path}/secrets", {}).json
    keyed.hr.post(f"{path}/test")
    patch(keyed.hr, path, {"state": "active"})
    keyed.hr.post(f"{path}/replay", {"state": "failed"})
    keyed.hr._send("DELETE", path, {})
    with psycopg.connect(keyed.url) as owner:
        query = "SELECT action, actor, detail::text FROM audit_entry WHERE tenant_id = %s AND action ^@ 'webhook.'"
        rows = sorted(owner.execute(query, [keyed.tenant_id]).fetchall())
    words = ["change", "create", "delete", "replay", "rotate", "test"]
    assert [row[0] for row in rows] == [f"webhook.{word}" for word in words]
    assert {row[1] for row in rows} == {"hr"}
    for secret in (hook["secret"], rotated["secret"], "a-path-that-is-a-secret"):
        assert secret not in str(rows)


def test_a_secret_is_told_once_and_stored_encrypted(keyed: County) -> None:
    hook = made(keyed)
    path = f"/v1/webhooks/{hook['webhook']}"
    keyed.hr.post(f"{path}/test")
    for read in (path, "/v1/webhooks", f"{path}/deliveries"):
        assert hook["secret"] not in keyed.hr.get(read).text
    with psycopg.connect(keyed.url) as owner:
        rows = owner.execute("SELECT kept FROM webhook_secret WHERE tenant_id = %s", [keyed.tenant_id]).fetchall()
    assert hook["secret"].removeprefix("whsec_") not in str(rows)
    assert len(rows) == 1


def test_under_a_key_it_is_made_once_and_its_secret_is_not_kept(keyed: County) -> None:
    """Invariant 1: whoever lost the answer changes the secret."""
    body = {"url": URL, "types": TYPES}
    first, second = (keyed.hr.post("/v1/webhooks", body, Idempotency_Key="k1") for _ in range(2))
    assert first.status_code == 201
    assert_problem(second, 409, "idempotency.unanswered")
    [hook] = keyed.hr.get("/v1/webhooks").json["items"]
    rotated = keyed.hr.post(f"/v1/webhooks/{hook['webhook']}/secrets", {}, Idempotency_Key="k2")
    with psycopg.connect(keyed.url) as owner:
        kept = owner.execute("SELECT * FROM command WHERE tenant_id = %s", [keyed.tenant_id]).fetchall()
    assert len(kept) == 2
    for secret in (first.json["secret"], rotated.json["secret"]):
        assert secret not in str(kept)


def test_a_try_makes_nothing(keyed: County) -> None:
    with nothing_written(keyed):
        assert keyed.hr.post("/v1/webhooks?dry_run=true", {"url": URL, "types": TYPES}).status_code == 200
    assert keyed.hr.get("/v1/webhooks").json["items"] == []


def test_of_secrets_there_are_two_at_most(keyed: County) -> None:
    hook = made(keyed)
    path = f"/v1/webhooks/{hook['webhook']}/secrets"
    told = {hook["secret"]}
    for _ in range(3):
        answer = keyed.hr.post(path, {"hours": 2})
        assert answer.status_code == 201
        fits(answers.WebhookWithSecret, answer.json)
        told.add(answer.json["secret"])
        assert [one["ends_at"] is None for one in answer.json["secrets"]] == [True, False]
    assert len(told) == 4


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({}, "/url", "field.required"),
        ({"url": "receiver.example"}, "/url", "url.malformed"),
        ({"url": "https://user:password@receiver.example/"}, "/url", "url.malformed"),
        ({"url": "http://receiver.example/"}, "/url", "url.plain"),
        ({"url": "https://127.0.0.1/"}, "/url", "url.private"),
        ({"url": "https://169.254.169.254/latest"}, "/url", "url.private"),
        ({"url": "https://[::1]:8443/"}, "/url", "url.private"),
        ({"url": URL, "types": []}, "/types", "field.invalid"),
        ({"url": URL, "types": ["jifen.revision.publisht"]}, "/types/0", "code.unknown"),
        ({"url": URL, "types": TYPES, "secret": "mine"}, "/secret", "field.unknown"),
    ],
    ids=str,
)
def test_what_can_not_be_told_is_refused(shared: County, said: dict[str, Any], pointer: str, code: str) -> None:
    body = {"types": TYPES, **said} if "url" in said else said
    with nothing_written(shared):
        found = assert_problem(shared.hr.post("/v1/webhooks", body), 422, "request.invalid")
    assert (pointer, code) in found


@pytest.mark.parametrize("change", [{"url": "http://receiver.example/"}, {"types": []}, {"state": "gone"}], ids=str)
def test_a_change_is_looked_at_like_the_whole(fresh: County, change: dict[str, Any]) -> None:
    hook = made(fresh)
    with nothing_written(fresh):
        assert_problem(patch(fresh.hr, f"/v1/webhooks/{hook['webhook']}", change), 422, "request.invalid")


@pytest.mark.parametrize("said", [{}, {"state": "failed", "after": "x"}, {"state": "pending"}, {"delivery": "x"}])
def test_a_replay_says_what(fresh: County, said: dict[str, Any]) -> None:
    hook = made(fresh)
    with nothing_written(fresh):
        assert_problem(fresh.hr.post(f"/v1/webhooks/{hook['webhook']}/replay", said), 422, "request.invalid")


def test_a_replay_needs_a_cursor_of_the_feed_and_a_message_that_there_is(fresh: County) -> None:
    path = f"/v1/webhooks/{made(fresh)['webhook']}/replay"
    assert_problem(fresh.hr.post(path, {"after": "nonsense"}), 422, "request.invalid")
    assert_not_there(fresh.hr.post(path, {"delivery": str(uuid4())}))
    cursor = fresh.hr.get("/v1/feed?after=now").json["next"]
    answer = fresh.hr.post(path, {"after": cursor})
    assert answer.status_code == 202
    fits(answers.Replayed, answer.json)


def test_who_is_disabled_is_told_nothing(fresh: County) -> None:
    path = f"/v1/webhooks/{made(fresh)['webhook']}"
    patch(fresh.hr, path, {"state": "disabled"})
    for answer in (fresh.hr.post(f"{path}/test"), fresh.hr.post(f"{path}/replay", {"state": "failed"})):
        assert_problem(answer, 409, "webhook.inactive")


def test_there_are_so_many_at_most(fresh: County) -> None:
    for _ in range(store.MOST):
        made(fresh)
    with nothing_written(fresh):
        assert_problem(fresh.hr.post("/v1/webhooks", {"url": URL, "types": TYPES}), 409, "webhook.too_many")


def test_the_log_is_paged_and_asked_by_state(fresh: County) -> None:
    path = f"/v1/webhooks/{made(fresh)['webhook']}"
    sent = [fresh.hr.post(f"{path}/test").json for _ in range(5)]
    fits(answers.DeliveryWhole, sent[0])
    read: list[str] = []
    after = ""
    for _ in range(5):
        page = fresh.hr.get(f"{path}/deliveries?limit=2{after}").json
        fits(answers.DeliveryPage, page)
        read += [one["delivery"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert read == [one["delivery"] for one in reversed(sent)]
    assert len(fresh.hr.get(f"{path}/deliveries?state=pending").json["items"]) == 5
    assert fresh.hr.get(f"{path}/deliveries?state=failed").json["items"] == []
    assert_problem(fresh.hr.get(f"{path}/deliveries?state=lost"), 422, "request.invalid")
    assert_not_there(fresh.hr.get(f"{path}/deliveries/{uuid4()}"))
    assert_not_there(fresh.hr.get(f"/v1/webhooks/{made(fresh)['webhook']}/deliveries/{read[0]}"))


def test_another_tenant_sees_none_of_it(fresh: County, module_url: str, module_database: Database) -> None:
    """Invariant 14."""
    path = f"/v1/webhooks/{made(fresh)['webhook']}"
    other = County.empty(module_url, module_database)
    assert_not_there(other.hr.get(path))
    assert_not_there(other.hr.post(f"{path}/test"))
    assert_not_there(other.hr._send("DELETE", path, {}))
    assert other.hr.get("/v1/webhooks").json["items"] == []


def test_it_needs_its_scope(shared: County) -> None:
    assert_problem(user(shared, ["results:read"]).get("/v1/webhooks"), 403, "access.scope")


def test_whatever_the_feed_tells_may_be_subscribed_to() -> None:
    assert set(answers.MESSAGES) == set(feed.TYPES)
