"""Messages really sent to a receiver that succeeds, fails, hangs, drips, redirects and is gone."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from service import clock
from service.settings import Settings
from service.webhooks import calling, delivering
from service.webhooks.addresses import Reachable
from service.webhooks.calling import Answer
from service.webhooks.delivering import RETRY_SECONDS
from tests.county import County
from tests.webhooks.conftest import SETTINGS
from tests.webhooks.receiver import DRIP, DROP, HANG, LOOPBACK, NOISE, Receiver, nobody_listens
from tests.webhooks.telling import REVERSED, data, deliver, happen, log, pass_time, state, subscribe, written


def test_a_message_arrives_signed_and_thin(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    [event] = happen(told)
    deliver(told)
    [message] = receiver.arrived
    said = Webhook(hook["secret"]).verify(message.body, message.headers)
    assert (said["type"], said["data"]["event"], message.path) == (REVERSED, event, "/hook?of=jifen")
    assert message.id == said["data"]["id"]
    assert message.headers["content-type"] == "application/json"
    assert message.headers["host"] == receiver.url.split("/")[2]
    assert set(said["data"]) == {"id", "subject", "event", "type", "replaced_by", "links", "cursor"}
    [kept] = log(told, hook)
    assert (kept["state"], kept["attempts"], kept["id"]) == ("delivered", 1, message.id)
    assert kept["last"]["status"] == 204
    assert kept["last"]["answer"] is None


def test_the_cursor_leads_to_the_item_in_the_feed(told: County, receiver: Receiver) -> None:
    subscribe(told, receiver.url)
    happen(told, 3)
    deliver(told)
    for message in receiver.arrived:
        page = told.hr.get(f"/v1/feed?after={data(message.body)['cursor']}&limit=1").json
        assert [item["id"] for item in page["items"]] == [message.id]


def test_each_item_after_it_was_made_arrives_once_and_in_order(told: County, receiver: Receiver) -> None:
    """Invariant 16: nothing is left out; what was there before isn't told."""
    happen(told)
    hook = subscribe(told, receiver.url)
    events = happen(told, 5)
    for _ in range(3):
        deliver(told)
    assert [data(message.body)["event"] for message in receiver.arrived] == events
    assert len(set(receiver.ids)) == 5
    assert state(told, hook)["pending"] == 0


def test_only_what_it_is_told_of_arrives(told: County, receiver: Receiver) -> None:
    subscribe(told, receiver.url, "jifen.period.closed", "jifen.revision.published")
    happen(told)
    for step in ("close", "publish"):
        told.hr.post(f"/v1/periods/2025-03/{step}")
    deliver(told)
    said = [data(message.body) for message in receiver.arrived]
    assert [(one["period"], one.get("revision")) for one in said] == [("2025-03", None), ("2025-03", 1)]


def test_while_secrets_are_changed_both_verify(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    rotated = told.hr.post(f"/v1/webhooks/{hook['webhook']}/secrets", {"hours": 1})
    assert rotated.status_code == 201
    happen(told)
    deliver(told)
    [message] = receiver.arrived
    for secret in (hook["secret"], rotated.json["secret"]):
        Webhook(secret).verify(message.body, message.headers)
    third = told.hr.post(f"/v1/webhooks/{hook['webhook']}/secrets", {"hours": 0}).json
    assert len(third["secrets"]) == 1
    happen(told)
    deliver(told)
    last = receiver.arrived[-1]
    Webhook(third["secret"]).verify(last.body, last.headers)
    for secret in (hook["secret"], rotated.json["secret"]):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(last.body, last.headers)


FAILING: list[tuple[Any, str, int | None]] = [
    ((500, {}, "out of order"), "refused", 500),
    ((404, {}), "refused", 404),
    ((302, {"Location": "/elsewhere"}), "refused", 302),
    ((307, {"Location": "http://127.0.0.1:1/"}), "refused", 307),
    (DROP, "protocol", None),
    (NOISE, "protocol", None),
]


@pytest.mark.parametrize(("answer", "outcome", "status"), FAILING, ids=str)
def test_what_fails_is_sent_again_with_the_same_id_and_another_time(
    told: County, receiver: Receiver, answer: Any, outcome: str, status: int | None
) -> None:
    hook = subscribe(told, receiver.url)
    receiver.answers = [answer]
    happen(told)
    deliver(told)
    [kept] = log(told, hook)
    assert (kept["state"], kept["last"]["outcome"], kept["last"]["status"]) == ("pending", outcome, status)
    deliver(told)
    assert len(receiver.arrived) == 1, "its pause isn't over"
    pass_time(told)
    deliver(told)
    first, second = receiver.arrived
    assert (first.id, first.body, first.path) == (second.id, second.body, second.path)
    Webhook(hook["secret"]).verify(second.body, second.headers)
    whole = told.hr.get(f"/v1/webhooks/{hook['webhook']}/deliveries/{kept['delivery']}").json
    assert [one["outcome"] for one in whole["tries"]] == [outcome, "delivered"]
    assert whole["body"].encode() == second.body


def test_nobody_listening_is_a_failure(told: County) -> None:
    hook = subscribe(told, nobody_listens())
    happen(told)
    deliver(told)
    assert log(told, hook)[0]["last"]["outcome"] == "unreachable"


@pytest.mark.parametrize("how", [HANG, DRIP])
def test_a_receiver_has_so_much_time_in_all(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A byte every tenth of a second resets every time-out of a socket, and not the deadline."""
    monkeypatch.setattr(calling, "PATIENCE_SECONDS", 1)
    monkeypatch.setattr(calling, "DEADLINE_SECONDS", 2)
    receiver.always = how
    begun = time.monotonic()
    answer = calling.post(receiver.url, b"{}", {}, Reachable(LOOPBACK))
    assert answer.outcome == "timeout"
    assert time.monotonic() - begun < 10
    assert 1 <= answer.seconds < 10


def test_of_a_long_answer_the_beginning_is_kept(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    receiver.answers = [(500, {}, "错误 " + "x" * 100_000)]
    happen(told)
    deliver(told)
    text = log(told, hook)[0]["last"]["answer"]
    assert text.startswith("错误 x")
    assert len(text) < 257


def test_the_pauses_are_those_of_the_specification_with_jitter(told: County, receiver: Receiver) -> None:
    """Ten tries over three days and three hours; then it is given up, kept and listed, and the webhook is failing."""
    assert timedelta(seconds=sum(RETRY_SECONDS)) == timedelta(days=3, hours=3, minutes=35, seconds=5)
    hook = subscribe(told, receiver.url)
    receiver.always = (503, {})
    happen(told)
    for seconds in RETRY_SECONDS:
        deliver(told)
        [kept] = log(told, hook)
        pause = datetime.fromisoformat(kept["next_at"]) - datetime.fromisoformat(kept["last"]["at"])
        assert seconds * 0.9 <= pause.total_seconds() <= seconds * 1.1 + 5
        pass_time(told)
    assert state(told, hook)["failing_since"] is None
    deliver(told)
    [kept] = log(told, hook, state="failed")
    assert (kept["attempts"], kept["next_at"]) == (10, None)
    assert state(told, hook)["failing_since"] is not None
    assert (state(told, hook)["state"], state(told, hook)["failed"]) == ("active", 1)
    metrics = told.anonymous.get("/metrics").text
    assert f'jifen_webhook_messages{{state="failed",tenant="{told.tenant}"}} 1.0' in metrics
    assert f'jifen_webhooks_failing{{tenant="{told.tenant}"}} 1.0' in metrics
    assert 'jifen_webhook_attempts_total{outcome="refused"}' in metrics
    pass_time(told)
    deliver(told)
    assert len(receiver.arrived) == 10
    receiver.always = (200, {})
    assert told.hr.post(f"/v1/webhooks/{hook['webhook']}/replay", {"state": "failed"}).json["deliveries"] == 1
    deliver(told)
    assert len(set(receiver.ids)) == 1
    assert state(told, hook)["failing_since"] is None


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("120", 120, 125), ("999999999999", 86_400, 86_405), ("0", 4, 11), ("nonsense", 4, 11), ("-5", 4, 11)],
)
def test_a_receiver_may_ask_for_a_longer_pause(
    told: County, receiver: Receiver, header: str, least: int, most: int
) -> None:
    hook = subscribe(told, receiver.url)
    receiver.always = (429, {"Retry-After": header})
    happen(told)
    deliver(told)
    last = log(told, hook)[0]
    pause = datetime.fromisoformat(last["next_at"]) - datetime.fromisoformat(last["last"]["at"])
    assert least <= pause.total_seconds() <= most


def test_a_pause_may_be_asked_for_until_a_time(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    receiver.always = (503, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)})
    happen(told)
    deliver(told)
    last = log(told, hook)[0]
    pause = datetime.fromisoformat(last["next_at"]) - datetime.fromisoformat(last["last"]["at"])
    assert 3590 <= pause.total_seconds() <= 3601


def test_410_ends_it_until_somebody_makes_it_active_again(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    receiver.answers = [(410, {})]
    happen(told, 2)
    deliver(told)
    assert (state(told, hook)["state"], len(receiver.arrived)) == ("gone", 1)
    assert log(told, hook, state="failed")[0]["last"]["outcome"] == "gone"
    assert written(told, "webhook.gone") == 1
    happen(told)
    pass_time(told)
    deliver(told)
    assert len(receiver.arrived) == 1
    told.hr._send("PATCH", f"/v1/webhooks/{hook['webhook']}", {}, json={"state": "active"})
    deliver(told)
    assert len(receiver.arrived) == 3, "it goes on where it stopped"


def test_a_webhook_that_is_taken_away_hears_nothing_more(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    happen(told, 2)
    delivering.derive_all(told.database, told.tenant_id)
    assert told.hr._send("DELETE", f"/v1/webhooks/{hook['webhook']}", {}).status_code == 204
    happen(told)
    deliver(told)
    assert receiver.arrived == []
    assert told.hr.get(f"/v1/webhooks/{hook['webhook']}").status_code == 404


def test_what_is_taken_away_while_it_is_sent_leaves_nothing(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    happen(told)
    delivering.derive_all(told.database, told.tenant_id)
    [webhook] = delivering.due(told.database, told.tenant_id)
    with told.database.transaction(told.tenant_id) as transaction:
        claimed = delivering.claim(transaction, webhook)
    told.hr._send("DELETE", f"/v1/webhooks/{hook['webhook']}", {})
    with told.database.transaction(told.tenant_id) as transaction:
        delivering.settle(transaction, webhook, claimed, clock.now(), Answer("gone", 410))
        assert transaction.all("delivery_attempts", delivery=claimed.delivery_id) == []
    assert written(told, "webhook.gone") == 0


def test_a_private_address_is_refused_when_it_is_connected_to(told: County, receiver: Receiver) -> None:
    """Also where it was allowed when the webhook was made."""
    hook = subscribe(told, receiver.url)
    happen(told)
    deliver(told, Settings(webhook_keys=SETTINGS.webhook_keys))
    assert log(told, hook)[0]["last"]["outcome"] == "address"
    assert receiver.arrived == []


def test_a_replay_from_a_cursor_sends_what_follows_once_more(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    happen(told, 4)
    deliver(told)
    from_second = data(receiver.arrived[1].body)["cursor"]
    answer = told.hr.post(f"/v1/webhooks/{hook['webhook']}/replay", {"after": from_second})
    assert (answer.status_code, answer.json["deliveries"]) == (202, None)
    before = receiver.ids
    deliver(told)
    assert receiver.ids == before + before[1:]
    assert len(log(told, hook)) == 4


def test_one_message_is_sent_once_more(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    happen(told, 2)
    deliver(told)
    first = log(told, hook)[1]
    answer = told.hr.post(f"/v1/webhooks/{hook['webhook']}/replay", {"delivery": first["delivery"]})
    assert answer.json["deliveries"] == 1
    deliver(told)
    assert receiver.ids == [*receiver.ids[:2], first["id"]]


def test_a_test_message_arrives(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    answer = told.hr.post(f"/v1/webhooks/{hook['webhook']}/test")
    assert (answer.status_code, answer.json["state"]) == (202, "pending")
    deliver(told)
    [message] = receiver.arrived
    said = Webhook(hook["secret"]).verify(message.body, message.headers)
    assert (said["type"], said["data"]["webhook"]) == ("jifen.webhook.test", hook["webhook"])


def test_a_secret_whose_key_is_lost_sends_nothing_unsigned(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    happen(told)
    deliver(told, Settings(webhook_private=LOOPBACK))
    assert receiver.arrived == []
    [kept] = log(told, hook)
    assert (kept["state"], kept["last"]["outcome"]) == ("pending", "secret")
    pass_time(told)
    deliver(told)
    assert len(receiver.arrived) == 1
