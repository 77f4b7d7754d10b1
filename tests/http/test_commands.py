"""What a person commands: tried with ?dry_run=true, sent again under an Idempotency-Key. Invariants 1 and 15."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from service import idempotency
from service.routes.commands import HEADER, REPLAYED
from tests.county import Client, County, visit
from tests.http.asking import assert_problem, nothing_written, user, written
from tests.http.test_access import ROUTES, _app

WORKER = {"assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}


def keyed(client: Client, key: str, path: str, body: Any, method: str = "PUT") -> TestResponse:
    """Send a command under a key."""
    return client._send(method, path, {HEADER: key}, json=body)


def commands_of(county: County) -> list[tuple[str, str, int | None]]:
    """Every key that a county's commands were carried out under."""
    with psycopg.connect(county.url) as owner:
        return owner.execute(
            "SELECT route, key, status FROM command WHERE tenant_id = %s ORDER BY recorded_at", [county.tenant_id]
        ).fetchall()


def test_every_write_is_a_command_or_safe_to_repeat_by_the_ids_of_its_events() -> None:
    views = _app().view_functions
    writes = [rule for method, _, rule, _ in ROUTES if method != "GET"]
    others = {rule.rule for rule in writes if not hasattr(views[rule.endpoint], "is_command")}
    assert others == {
        "/v1/corrections",
        "/v1/events",
        "/v1/events/<event>/amendment",
        "/v1/events/<event>/reversal",
        "/v1/imports",
        "/v1/rejections/<int:rejection>",
        "/v1/rejections/<int:rejection>/retry",
        "/v1/rejections/retry",
        "/v1/trials",
    }


def test_a_command_is_carried_out_once_and_answered_alike(fresh: County) -> None:
    """Invariant 1: sending it again after a lost answer changes nothing."""
    first = keyed(fresh.hr, "k1", "/v1/workers/new", WORKER)
    assert first.status_code == 200
    assert REPLAYED not in first.headers
    fresh.hr.put("/v1/workers/new", {**WORKER, "aliases": [{"source": "hotline", "id": "7"}]})
    with nothing_written(fresh):
        again = keyed(fresh.hr, "k1", "/v1/workers/new", WORKER)
    assert (again.status_code, again.data, again.headers[REPLAYED]) == (200, first.data, "true")
    assert fresh.hr.get("/v1/workers/new").json["aliases"] == [{"source": "hotline", "id": "7"}]


def test_an_answer_is_given_again_to_the_letter_in_the_language_of_the_first(fresh: County) -> None:
    adrift = {"assignments": [{**WORKER["assignments"][0], "organisation": "nowhere"}]}
    body = {"workers": [{**WORKER, "id": "new"}, {**adrift, "id": "adrift"}]}
    first, again = (
        fresh.hr._send("POST", "/v1/roster?partial=true", {HEADER: "k1", "Accept-Language": language}, json=body)
        for language in ("zh", "en")
    )
    assert [one["code"] for one in first.json["errors"]] == ["organisation.unknown"]
    assert (again.data, again.headers[REPLAYED]) == (first.data, "true")


def test_without_the_note_it_would_be_carried_out_twice(fresh: County) -> None:
    """What the test above sees is the key's doing: without it the older record is stated over the newer one."""
    fresh.hr.put("/v1/workers/new", WORKER)
    fresh.hr.put("/v1/workers/new", {**WORKER, "aliases": [{"source": "hotline", "id": "7"}]})
    fresh.hr.put("/v1/workers/new", WORKER)
    assert fresh.hr.get("/v1/workers/new").json["aliases"] == []


def test_an_answer_with_a_status_and_an_address_of_its_own_is_kept_whole(fresh: County) -> None:
    type_ = {"title": "夜校", "subject": "worker", "dated_by": "time", "fields": {}}
    answers = [keyed(fresh.hr, '"k1"', "/v1/event-types/school.night", type_) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert commands_of(fresh) == [("PUT /v1/event-types/school.night", "k1", 201)]


def test_a_key_belongs_to_one_content(fresh: County) -> None:
    keyed(fresh.hr, "k1", "/v1/workers/new", WORKER)
    with nothing_written(fresh):
        assert_problem(keyed(fresh.hr, "k1", "/v1/workers/new", {**WORKER, "aliases": []}), 422, "idempotency.reused")


def test_a_key_belongs_to_one_route_and_one_token(fresh: County) -> None:
    other = user(fresh, ["roster:write"], actor="other")
    for client, worker in ((fresh.hr, "a"), (fresh.hr, "b"), (other, "a")):
        answer = keyed(client, "k1", f"/v1/workers/{worker}", WORKER)
        assert answer.status_code == 200
        assert REPLAYED not in answer.headers
    assert len(commands_of(fresh)) == 3


def test_what_was_refused_can_be_repaired_under_the_same_key(fresh: County) -> None:
    with nothing_written(fresh):
        assert_problem(keyed(fresh.hr, "k1", "/v1/workers/new", {"assignments": 1}), 422, "request.invalid")
    assert commands_of(fresh) == []
    assert keyed(fresh.hr, "k1", "/v1/workers/new", WORKER).status_code == 200


def test_many_at_once_are_one(fresh: County) -> None:
    """Invariant 15: one command, one audit entry, however many requests carry it."""
    before = written(fresh)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: keyed(_client(fresh), "k1", "/v1/periods/2025-03/close", None, "POST"), range(6))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert sum(REPLAYED not in answer.headers for answer in answers) == 1
    events, entries = written(fresh)
    assert (events, entries) == (before[0], before[1] + 1)


def _client(county: County) -> Client:
    return Client(county.client.application.test_client(), county.hr.token)


def test_a_lost_answer_is_told_as_lost(fresh: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ended between the command and the keeping of its answer."""
    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "keep", lambda *_: None)
        assert keyed(fresh.hr, "k1", "/v1/workers/new", WORKER).status_code == 200
    with nothing_written(fresh):
        assert_problem(keyed(fresh.hr, "k1", "/v1/workers/new", WORKER), 409, "idempotency.unanswered")


def test_after_seven_days_a_key_is_free_again(fresh: County) -> None:
    keyed(fresh.hr, "k1", "/v1/workers/new", WORKER)
    _make_older(fresh, "6 days 23 hours")
    assert keyed(fresh.hr, "k1", "/v1/workers/new", WORKER).headers[REPLAYED] == "true"
    _make_older(fresh, "2 hours")
    other = {**WORKER, "aliases": [{"source": "hotline", "id": "7"}]}
    assert REPLAYED not in keyed(fresh.hr, "k1", "/v1/workers/new", other).headers


def _make_older(county: County, by: str) -> None:
    with psycopg.connect(county.url) as owner:
        owner.execute(
            "UPDATE command SET recorded_at = recorded_at - %s::interval WHERE tenant_id = %s", [by, county.tenant_id]
        )


def test_a_command_that_had_nothing_to_change_is_answered_alike_too(fresh: County) -> None:
    fresh.hr.put("/v1/workers/new", WORKER)
    keyed(fresh.hr, "k1", "/v1/workers/new", WORKER)
    fresh.hr.put("/v1/workers/new", {**WORKER, "aliases": [{"source": "hotline", "id": "7"}]})
    with nothing_written(fresh):
        assert keyed(fresh.hr, "k1", "/v1/workers/new", WORKER).headers[REPLAYED] == "true"


@pytest.mark.parametrize("key", ["", "é", "x" * 256, "\t"])
def test_a_key_that_is_none_is_refused(shared: County, key: str) -> None:
    with nothing_written(shared):
        errors = assert_problem(keyed(shared.hr, key, "/v1/workers/new", WORKER), 422, "request.invalid")
    assert errors == [("/Idempotency-Key", "idempotency.malformed")]


def test_a_tried_command_answers_and_has_not_happened(fresh: County) -> None:
    fresh.send(*(visit("w1", f"h{n}") for n in range(3)))
    for method, path, body in (
        ("PUT", "/v1/workers/new?dry_run=true", WORKER),
        (
            "PUT",
            "/v1/event-types/school.night?dry_run=true",
            {"title": "夜校", "subject": "worker", "dated_by": "time"},
        ),
        ("PUT", "/v1/calendar/2031?dry_run=true", {"holidays": ["2031-01-01"], "working_days": []}),
        ("POST", "/v1/periods/2025-03/close?dry_run=true", None),
    ):
        with nothing_written(fresh):
            answer = keyed(fresh.hr, "k1", path, body, method)
        assert answer.status_code == 200, answer.json
    assert commands_of(fresh) == []


def test_a_tried_publication_says_what_would_be_published(fresh: County) -> None:
    fresh.send(*(visit("w1", f"h{n}") for n in range(3)))
    fresh.hr.post("/v1/periods/2025-03/close")
    with nothing_written(fresh):
        tried = fresh.hr.post("/v1/periods/2025-03/publish?dry_run=true")
    assert tried.status_code == 200, tried.json
    done = fresh.hr.post("/v1/periods/2025-03/publish")
    assert tried.json["digest"] == done.json["digest"]
    assert tried.json["revision"] == done.json["revision"] == 1
    with nothing_written(fresh):
        assert_problem(fresh.hr.post("/v1/periods/2025-03/publish?dry_run=true"), 409, "period.state")


@pytest.mark.parametrize("path", ["/v1/rejections/retry", "/v1/rankings/2025-03"])
def test_what_is_no_command_cannot_be_tried(fresh: County, path: str) -> None:
    """Rather than that it is done after all."""
    ask = fresh.hr.get if "rankings" in path else fresh.hr.post
    with nothing_written(fresh):
        errors = assert_problem(ask(f"{path}?dry_run=true"), 422, "request.invalid")
    assert errors == [("/dry_run", "field.unknown")]


def test_whether_to_try_is_true_or_false(shared: County) -> None:
    with nothing_written(shared):
        answer = shared.hr.put("/v1/workers/new?dry_run=perhaps", WORKER)
    assert assert_problem(answer, 422, "request.invalid") == [("/dry_run", "boolean.expected")]
