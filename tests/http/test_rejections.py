"""/v1/rejections: what intake refused is kept for a while, told in both languages, and can be sent again."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import canonical, rejections, work
from service.app import create_app
from service.settings import Settings
from tests.county import SOURCE, Client, County, event, rating, visit
from tests.http.asking import assert_not_there, assert_problem, errors_of, nothing_written, user, written
from tests.http.test_event_properties import SETTINGS as PROPERTY
from tests.http.test_event_properties import nearly_events, values
from tests.http.test_operations import value

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def kept(county: County, **sought: Any) -> list[dict[str, Any]]:
    """The rejections of a county, newest first."""
    asked = "&".join(f"{key}={value}" for key, value in sought.items())
    answer = county.sender.get(f"/v1/rejections?{asked}")
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def kept_of(county: County, identifier: str) -> dict[str, Any]:
    """The only rejection of an event with that id."""
    [one] = [item for item in kept(county, limit=5000) if item["id"] == identifier]
    return one


def retry(county: County, number: int, by: Client | None = None) -> Any:
    """Send one again."""
    return (by or county.sender).post(f"/v1/rejections/{number}/retry")


def joins(county: County, worker: str) -> None:
    """Somebody joins the roster."""
    county.state([], [{"id": worker, "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}])


def with_settings(county: County, **settings: Any) -> County:
    """The county under other settings."""
    app = create_app(replace(Settings(), **settings), county.database)
    return replace(county, sender=Client(app.test_client(), county.sender.token))


def test_a_refused_event_is_kept_with_who_when_and_why(shared: County) -> None:
    sent = event("rating.resident", "w1", stars=9)
    answer = shared.sender.post("/v1/events", sent)
    assert_problem(answer, 422, "event.rejected")
    found = kept_of(shared, sent["id"])
    number, last = found.pop("rejection"), datetime.fromisoformat(found["last_at"])
    assert abs(datetime.now(UTC) - last) < timedelta(minutes=1)
    assert errors_of(found) == [("/data/stars", "number.range")]
    assert found["errors"] == answer.json["errors"]
    body = canonical.as_sent(sent)
    assert {key: found[key] for key in found if key not in ("errors", "first_at", "last_at")} == {
        "actor": "sender",
        "source": SOURCE,
        "id": sent["id"],
        "times": 1,
        "request_id": answer.headers["X-Request-Id"],
        "bytes": len(body),
        "sha256": sha256(body).hexdigest(),
        "truncated": False,
        "waiting": True,
        "event": None,
    }
    assert json.loads(shared.sender.get(f"/v1/rejections/{number}").json["body"]) == sent


def test_the_reasons_are_told_in_the_readers_language(shared: County) -> None:
    sent = event("rating.resident", "w1", stars=9)
    shared.send(sent)
    number = kept_of(shared, sent["id"])["rejection"]
    for language, english in (("en", True), ("zh-CN", False)):
        said = shared.sender.get(f"/v1/rejections/{number}", Accept_Language=language).json
        assert said["errors"][0]["detail"].isascii() == english
        assert "1" in said["errors"][0]["detail"]
        assert "5" in said["errors"][0]["detail"]


def test_of_a_batch_only_what_was_refused_is_kept(shared: County) -> None:
    good, bad = visit("w1", "h1"), visit("nobody", "h1")
    shared.send(good, good, bad)
    ids = {item["id"] for item in kept(shared, limit=5000)}
    assert (good["id"] in ids, bad["id"] in ids) == (False, True)


def test_a_conflict_is_kept_with_the_event_that_stays(shared: County) -> None:
    """Invariant 2: the first stays; there is nothing to wait for."""
    sent = visit("w1", "first")
    [made] = shared.send(sent)
    shared.send({**sent, "data": {"household": "second"}})
    found = kept_of(shared, sent["id"])
    assert errors_of(found) == [("", "event.conflict")]
    assert (found["waiting"], found["event"]) == (False, made["event"])
    assert_problem(retry(shared, found["rejection"]), 409, "event.conflict")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"a"', ONE, 400, "request.malformed"),
        (b'\xff\xfe{"x":\x00', ONE, 400, "request.malformed"),
        (b"[" * 40 + b"]" * 40, BATCH, 400, "request.too_deep"),
        (b"<event/>", "text/xml", 415, "request.media_type"),
        (b"[1" + b",1" * 5000 + b"]", BATCH, 413, "request.too_many"),
    ],
)
def test_a_request_that_is_refused_as_a_whole_is_kept(
    fresh: County, body: bytes, content_type: str, status: int, code: str
) -> None:
    assert_problem(fresh.sender.post_text("/v1/events", body, content_type), status, code)
    [found] = kept(fresh)
    assert errors_of(found) == [("", code)]
    assert (found["source"], found["id"], found["event"], found["waiting"]) == (None, None, None, False)
    assert (found["bytes"], found["sha256"]) == (len(body), sha256(body).hexdigest())
    told = fresh.sender.get(f"/v1/rejections/{found['rejection']}").json["body"]
    assert told == body[:4096].decode("utf-8", "replace")
    assert_problem(retry(fresh, found["rejection"]), 409, "rejection.not_an_event")


def test_of_a_request_that_is_too_large_its_size_is_kept(fresh: County) -> None:
    small = with_settings(fresh, max_body_bytes=1024)
    assert_problem(small.sender.post_text("/v1/events", b"x" * 2000, ONE), 413, "request.too_large")
    [found] = kept(fresh)
    assert (errors_of(found), found["bytes"], found["truncated"]) == ([("", "request.too_large")], 2000, True)


@pytest.mark.parametrize("client", ["anonymous", "approver"])
def test_of_who_may_not_send_nothing_is_kept(fresh: County, client: str) -> None:
    getattr(fresh, client).post_text("/v1/events", b"{", ONE)
    assert kept(fresh) == []


@pytest.mark.parametrize(
    "body",
    [
        '{"source": "a\\u0000b", "id": "\\ud800", "\\u0000~/": 1}',
        '{"id": "x", "source": 5, "time": null}',
        '"\\ud800\\u0000"',
        "[[], 1e999999, -0.0, null, true]",
        json.dumps({"k" * 5000 + "~" * n: n for n in range(500)}),
        json.dumps({**visit("w1", "h"), "type": "\u4e8b" * 255}),
        json.dumps({**visit("w1", "h"), "data": {"~" * 249: 1}}),
    ],
)
def test_whatever_is_sent_can_be_kept_and_told(fresh: County, body: str) -> None:
    """Invariant 1: to keep it never makes 5xx of 4xx."""
    answer = fresh.sender.post_text("/v1/events", body, "application/json")
    assert answer.status_code in (207, 422), answer.text
    found = kept(fresh, limit=100)
    assert len(found) == (5 if answer.status_code == 207 else 1)
    for item in found:
        errors_of(item)
        assert 1 <= len(item["errors"]) <= 20
        assert len(json.dumps(item)) < 30_000
        assert fresh.sender.get(f"/v1/rejections/{item['rejection']}").status_code == 200


@PROPERTY
@given(events=st.lists(values | nearly_events(), min_size=1, max_size=4))
def test_any_event_that_is_refused_is_kept_and_told(shared: County, events: list[Any]) -> None:
    """Invariant 1: whatever it holds, to keep it fails for none and makes 5xx of none."""
    body = json.dumps(events)
    answer = shared.sender.post_text("/v1/events", body, BATCH)
    if answer.status_code == 400:
        return
    sent = zip(answer.json["items"], canonical.parse(body.encode(), 100), strict=True)
    refused = {sha256(canonical.as_sent(one)).digest() for said, one in sent if "errors" in said}
    with psycopg.connect(shared.url) as owner:
        query = "SELECT rejection_no FROM rejection WHERE tenant_id = %s AND body_digest = ANY (%s)"
        numbers = owner.execute(query, [shared.tenant_id, list(refused)]).fetchall()
    assert len(numbers) == len(refused)
    for (number,) in numbers:
        told = shared.sender.get(f"/v1/rejections/{number}")
        assert told.status_code == 200, told.text
        assert errors_of(told.json)


def test_the_same_body_counts_up(fresh: County) -> None:
    bad = visit("nobody", "h1")
    fresh.send(bad, bad)
    fresh.sender.post("/v1/events", bad)
    [found] = kept(fresh)
    assert found["times"] == 3
    assert found["first_at"] < found["last_at"]


def test_a_number_is_kept_as_a_number_and_a_text_as_a_text(shared: County) -> None:
    sent = {**visit("w1", "h"), "data": {"household": 5.50}}
    shared.send(sent, {**sent, "data": {"household": "5.50", "strange": 1}})
    found = [item for item in kept(shared, limit=5000) if item["id"] == sent["id"]]
    bodies = [shared.sender.get(f"/v1/rejections/{item['rejection']}").json["body"] for item in found]
    assert sorted('"household":5.5,' in body or '"household":5.5}' in body for body in bodies) == [False, True]
    for item in found:
        assert_problem(retry(shared, item["rejection"]), 422, "event.rejected")


def test_of_an_actor_the_newest_are_kept(fresh: County) -> None:
    few = with_settings(fresh, rejections_kept=3)
    other = replace(few, sender=Client(few.sender._client, user(fresh, ["events:write"], [SOURCE]).token))
    other.send(visit("nobody", "h0"))
    bad = [visit("nobody", f"h{n}") for n in range(5)]
    for one in bad:
        few.send(one)
    found = kept(fresh)
    assert [item["id"] for item in found if item["actor"] == "sender"] == [one["id"] for one in bad[:1:-1]]
    assert [item["actor"] for item in found].count("somebody") == 1, "one sender doesn't push out another's"


def test_nothing_is_kept_where_nothing_is_asked_to_be(fresh: County) -> None:
    with_settings(fresh, rejections_kept=0).send(visit("nobody", "h1"))
    assert kept(fresh) == []


def test_many_at_once_neither_lock_nor_lose(fresh: County) -> None:
    few = with_settings(fresh, rejections_kept=20)
    clients = [Client(few.sender._client.application.test_client(), fresh.sender.token) for _ in range(4)]
    bad = [visit("nobody", f"h{n}") for n in range(30)]
    before = value(fresh.anonymous, "jifen_rejections_lost_total")
    with ThreadPoolExecutor(4) as pool:
        orders = [bad, bad[::-1], bad[10:] + bad[:10], bad[20:] + bad[:20]] * 3
        answers = list(pool.map(lambda n: clients[n % 4].post("/v1/events", orders[n]).status_code, range(12)))
    assert answers == [207] * 12
    assert value(fresh.anonymous, "jifen_rejections_lost_total") == before
    assert len(kept(fresh)) == 20


def test_what_cannot_be_kept_changes_no_answer(
    fresh: County, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Invariant 1: 4xx stays 4xx, 2xx stays 2xx."""
    lost = value(fresh.anonymous, "jifen_rejections_lost_total")
    with psycopg.connect(fresh.url, autocommit=True) as owner:
        owner.execute("ALTER TABLE rejection RENAME TO elsewhere")
        try:
            assert_problem(fresh.sender.post("/v1/events", visit("nobody", "h-secret")), 422, "event.rejected")
            assert_problem(fresh.sender.post_text("/v1/events", "{", ONE), 400, "request.malformed")
            assert [i["result"] for i in fresh.send(visit("w1", "h1"), visit("nobody", "h1"))] == [
                "created",
                "rejected",
            ]
        finally:
            owner.execute("ALTER TABLE elsewhere RENAME TO rejection")
    assert value(fresh.anonymous, "jifen_rejections_lost_total") == lost + 3
    logged = capsys.readouterr().err
    assert "a rejection was not kept" in logged
    assert "h-secret" not in logged


def test_to_keep_leaves_no_event_and_no_entry(shared: County) -> None:
    """Invariant 1: 4xx means no change of state but a rejection."""
    with nothing_written(shared):
        shared.sender.post("/v1/events", visit("nobody", "h1"))


def test_a_rejection_is_sent_again_when_the_roster_knows(fresh: County) -> None:
    """Invariant 2: sent again and again, one event comes of it."""
    unknown = {"code": "subject.unknown", "source": SOURCE}
    before = value(fresh.anonymous, "jifen_rejections_total", **unknown)
    sent = visit("w9", "h1")
    fresh.send(sent)
    number = kept_of(fresh, sent["id"])["rejection"]
    assert assert_problem(retry(fresh, number), 422, "event.rejected") == [("/subject", "subject.unknown")]
    assert kept_of(fresh, sent["id"])["times"] == 2
    assert value(fresh.anonymous, "jifen_rejections_total", **unknown) == before + 2
    joins(fresh, "w9")
    there = written(fresh)
    made = retry(fresh, number)
    said = {"rejection": number, "source": SOURCE, "id": sent["id"], "event": made.json["event"]}
    assert (made.status_code, made.json) == (201, {**said, "result": "created"})
    assert fresh.sender.get(made.headers["Location"]).json["subject"] == "worker/w9"
    found = kept_of(fresh, sent["id"])
    assert (found["waiting"], found["event"], found["times"]) == (False, made.json["event"], 2)
    again = retry(fresh, number)
    assert (again.status_code, again.json) == (200, {**said, "result": "duplicate"})
    assert written(fresh) == (there[0] + 1, there[1] + 1)


def test_the_reasons_are_those_of_the_last_time(fresh: County) -> None:
    sent = event("rating.resident", "w9", stars=9)
    fresh.send(sent)
    joins(fresh, "w9")
    retry(fresh, kept_of(fresh, sent["id"])["rejection"])
    assert errors_of(kept_of(fresh, sent["id"])) == [("/data/stars", "number.range")]


def test_a_rejection_that_its_sender_put_right_no_longer_waits(fresh: County) -> None:
    sent = visit("nobody", "h1")
    fresh.send(sent)
    [made] = fresh.send({**sent, "subject": "worker/w1"})
    found = kept_of(fresh, sent["id"])
    assert (found["waiting"], found["event"]) == (False, made["event"])


def test_only_who_may_send_as_the_source_sends_it_again(shared: County) -> None:
    sent = visit("nobody", "h1")
    shared.send(sent)
    number = kept_of(shared, sent["id"])["rejection"]
    stranger = user(shared, ["events:write", "events:read"], ["hotline"])
    assert_problem(retry(shared, number, stranger), 403, "access.source")
    assert stranger.post("/v1/rejections/retry").json == {"items": [], "next": None, "left": 0}
    assert kept_of(shared, sent["id"])["times"] == 1


def test_what_its_sender_might_not_say_somebody_else_may(shared: County) -> None:
    sent = {**visit("w1", "h1"), "source": "hotline"}
    shared.send(sent)
    number = kept_of(shared, sent["id"])["rejection"]
    assert retry(shared, number, user(shared, ["events:write"], ["hotline"])).status_code == 201


def test_what_was_cut_is_not_sent_again(fresh: County) -> None:
    short = with_settings(fresh, rejection_bytes=50)
    sent = visit("w9", "户" * 100)
    short.send(sent)
    found = kept_of(fresh, sent["id"])
    joins(fresh, "w9")
    assert found["truncated"]
    assert_problem(retry(fresh, found["rejection"]), 409, "rejection.truncated")
    assert fresh.sender.post("/v1/rejections/retry").json["items"] == []
    assert fresh.sender.get(f"/v1/rejections/{found['rejection']}").json["body"]


def test_all_that_match_are_sent_again_a_page_at_a_time(fresh: County) -> None:
    bad = [visit("w9", f"h{n}") for n in range(5)]
    fresh.send(*bad, rating("w1", 9), visit("w8", "h"))
    joins(fresh, "w9")
    query, results, left = "limit=3&code=subject.unknown", [], []
    while query:
        answer = fresh.sender.post(f"/v1/rejections/retry?{query}")
        assert answer.status_code == (207 if "rejected" in answer.text else 200)
        results += [(item["id"], item["result"]) for item in answer.json["items"]]
        left.append(answer.json["left"])
        after = answer.json["next"]
        query = f"limit=3&code=subject.unknown&after={after}" if after else ""
    assert {identifier for identifier, result in results if result == "created"} == {one["id"] for one in bad}
    assert ([result for _, result in results].count("rejected"), left) == (1, [3, 0])
    assert len(kept(fresh, waiting="true")) == 2


def test_a_list_is_filtered(fresh: County) -> None:
    made = [visit("nobody", "h"), rating("w1", 9), {**visit("w1", "h"), "source": "hotline"}]
    for one in made:
        fresh.send(one)
    fresh.sender.post_text("/v1/events", "{", ONE)

    def ids(**sought: Any) -> list[str | None]:
        return [item["id"] for item in kept(fresh, **sought)]

    assert ids() == [None, made[2]["id"], made[1]["id"], made[0]["id"]]
    assert ids(source="hotline") == ids(code="source.forbidden") == [made[2]["id"]]
    assert ids(code="request.malformed") == ids(waiting="false") == [None]
    assert len(ids(waiting="true")) == 3
    middle = kept(fresh)[1]["last_at"].replace("+00:00", "Z")
    assert ids(**{"from": middle}) == [None, made[2]["id"]]
    assert ids(to=middle) == [made[1]["id"], made[0]["id"]]


def test_a_list_is_read_page_by_page(fresh: County) -> None:
    for n in range(5):
        fresh.send(visit("nobody", f"h{n}"))
    whole, paged, after = kept(fresh), [], ""
    while after is not None:
        answer = fresh.sender.get(f"/v1/rejections?limit=2{after and f'&after={after}'}").json
        paged += answer["items"]
        after = answer["next"]
    assert paged == whole
    assert len(whole) == 5


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("waiting=maybe", "/waiting", "boolean.expected"),
        ("from=yesterday", "/from", "time.malformed"),
        ("limit=0", "/limit", "number.whole"),
        ("after=x", "/after", "cursor.malformed"),
        ("points=1", "/points", "field.unknown"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(shared: County, query: str, pointer: str, code: str) -> None:
    answer = shared.sender.get(f"/v1/rejections?{query}")
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 30, "x", "-1"])
def test_a_rejection_that_is_not_there_is_404(shared: County, number: str) -> None:
    assert_not_there(shared.sender.get(f"/v1/rejections/{number}"))
    assert_not_there(shared.sender.post(f"/v1/rejections/{number}/retry"))
    assert_not_there(shared.sender._send("DELETE", f"/v1/rejections/{number}", {}))


def test_a_rejection_is_erased_by_somebody(shared: County) -> None:
    """Invariant 15: and that leaves an entry, without what was erased."""
    sent = visit("nobody", "h-secret")
    shared.send(sent)
    number = kept_of(shared, sent["id"])["rejection"]
    before = written(shared)
    assert shared.sender._send("DELETE", f"/v1/rejections/{number}", {}).status_code == 204
    assert written(shared) == (before[0], before[1] + 1)
    assert_not_there(shared.sender.get(f"/v1/rejections/{number}"))
    with psycopg.connect(shared.url) as owner:
        rows = owner.execute("SELECT t::text FROM audit_entry t UNION ALL SELECT t::text FROM rejection t").fetchall()
    assert not [row for row in rows if "h-secret" in row[0] or b"h-secret".hex() in row[0]]


@pytest.fixture
def aged(fresh: County) -> County:
    """A county with a rejection of 100 days ago and one of now."""
    fresh.send(visit("nobody", "old"))
    with psycopg.connect(fresh.url) as owner:
        back = "UPDATE rejection SET first_at = now() - interval '100 days', last_at = now() - interval '100 days'"
        owner.execute(f"{back} WHERE tenant_id = %s".encode(), [fresh.tenant_id])
    fresh.send(visit("nobody", "new"))
    return fresh


def test_what_is_old_goes(aged: County) -> None:
    ids = [item["id"] for item in kept(aged)]
    with aged.database.transaction(aged.tenant_id) as transaction:
        assert rejections.expire(transaction, 101) == 0
    [task] = [task for task in work.tasks(Settings()) if task.name == "expire"]
    assert work.once(aged.database, task)
    assert [item["id"] for item in kept(aged)] == ids[:1]


def test_operations_see_how_long_the_oldest_has_waited(aged: County) -> None:
    def age() -> float:
        return value(aged.anonymous, "jifen_rejection_age_seconds", tenant=aged.tenant)

    assert 99 < age() / 86400 < 101
    joins(aged, "nobody")
    assert retry(aged, kept(aged)[-1]["rejection"]).status_code == 201
    assert age() < 60
    retry(aged, kept(aged)[0]["rejection"])
    assert age() == 0


@pytest.mark.parametrize(("source", "label"), [(SOURCE, SOURCE), ("chosen", "-")])
def test_rejections_are_counted_by_source_and_code(shared: County, source: str, label: str) -> None:
    def counted() -> list[float]:
        names = [("jifen_rejections_total", {"code": "subject.unknown"})]
        names += [("jifen_events_total", {"outcome": "rejected", "type": "visit.done"})]
        return [value(shared.anonymous, name, **labels, source=label) for name, labels in names]

    before = counted()
    shared.send({**visit("nobody", "h"), "source": source})
    assert counted() == [n + 1 for n in before]


def test_a_tenant_sees_its_own(shared: County, fresh: County) -> None:
    """Invariant 14: neither a list, nor a number, nor a retry reaches another tenant."""
    shared.send(visit("nobody", "h1"))
    number = kept(shared)[0]["rejection"]
    assert kept(fresh) == []
    assert_not_there(fresh.sender.get(f"/v1/rejections/{number}"))
    assert_not_there(retry(fresh, number))
    assert_not_there(fresh.sender._send("DELETE", f"/v1/rejections/{number}", {}))
    assert fresh.sender.post("/v1/rejections/retry").json["items"] == []
    assert shared.sender.get(f"/v1/rejections/{number}").status_code == 200
