"""Nothing is lost between a COMMIT and a message, whoever is killed; nobody slow holds up the others."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from threading import Barrier, Thread

import pytest

from service import work
from service.webhooks import delivering, outbox
from service.webhooks.delivering import Deliverer
from service.webhooks.terms import terms
from tests.county import County
from tests.faults.stack import within
from tests.webhooks.conftest import SETTINGS
from tests.webhooks.receiver import HANG, Receiver, listening
from tests.webhooks.telling import data, deliver, happen, log, pass_time, state, subscribe

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


def test_who_is_killed_while_sending_has_it_sent_again(told: County, receiver: Receiver) -> None:
    """Invariant 16: a process killed after the receiver has read the message and before it answered."""
    hook = subscribe(told, receiver.url)
    [event] = happen(told)
    receiver.answers = [HANG]
    stated = {"webhook_private": SETTINGS.webhook_private, "webhook_keys": SETTINGS.webhook_keys}
    command = [sys.executable, "-m", "tests.webhooks.victim", told.url, str(told.tenant_id), json.dumps(stated)]
    with subprocess.Popen(command, cwd=ROOT) as victim:
        assert within(PATIENCE_SECONDS, lambda: len(receiver.arrived) == 1)
        victim.send_signal(signal.SIGKILL)
    assert log(told, hook)[0]["state"] == "pending"
    deliver(told)
    assert len(receiver.arrived) == 1, "nobody else tries while it may still be under way"
    pass_time(told)
    deliver(told)
    first, second = receiver.arrived
    assert (first.id, first.body) == (second.id, second.body)
    assert data(second.body)["event"] == event
    assert log(told, hook)[0]["state"] == "delivered"


def test_who_is_killed_while_deriving_has_derived_nothing(told: County, receiver: Receiver) -> None:
    """Invariant 16: the messages and the place in the feed are one transaction."""
    hook = subscribe(told, receiver.url)
    events = happen(told, 3)
    sealed = _sealed(told)
    with told.database.transaction(told.tenant_id) as transaction:
        [webhook] = outbox.behind(transaction, sealed)
    derived: list[int] = []

    def derive_and_die() -> None:
        with told.database.transaction(told.tenant_id) as transaction:
            outbox.derive(transaction, webhook, sealed)
            derived.append(len(transaction.all("deliveries", webhook=webhook, state=None, after=None, limit=9)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        derive_and_die()
    assert (derived, log(told, hook)) == ([3], [])
    deliver(told)
    assert [data(message.body)["event"] for message in receiver.arrived] == events


def test_a_stretch_after_the_other_is_derived(
    told: County, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 16: where one stretch ends, the next begins; none is passed twice."""
    monkeypatch.setattr(outbox, "_STRETCH", 2)
    subscribe(told, receiver.url)
    events = happen(told, 5)
    deliver(told)
    assert [data(message.body)["event"] for message in receiver.arrived] == events


def test_two_who_deliver_at_once_send_each_message_once(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    happen(told, 20)
    delivering.derive_all(told.database, told.tenant_id)
    [webhook] = delivering.due(told.database, told.tenant_id)
    ready = Barrier(3)

    def drive() -> None:
        ready.wait()
        while state(told, hook)["pending"]:
            delivering.drive(told.database, told.tenant_id, webhook, terms(SETTINGS))

    threads = [Thread(target=drive) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert set(Counter(receiver.ids).values()) == {1}
    assert len(receiver.ids) == 20


def test_two_who_derive_at_once_derive_each_message_once(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    ready = Barrier(3)

    def derive() -> None:
        ready.wait()
        for _ in range(5):
            delivering.derive_all(told.database, told.tenant_id)

    threads = [Thread(target=derive) for _ in range(2)]
    for thread in threads:
        thread.start()
    ready.wait()
    happen(told, 10)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    deliver(told)
    assert set(Counter(receiver.ids).values()) == {1}
    assert (len(receiver.ids), len(log(told, hook))) == (10, 10)


def test_a_receiver_that_hangs_holds_up_nobody_else(told: County, receiver: Receiver) -> None:
    """Neither another webhook, nor the next round, nor sealing."""
    with listening() as hanging:
        hanging.always = HANG
        subscribe(told, hanging.url)
        subscribe(told, receiver.url)
        deliverer = Deliverer(SETTINGS)
        happen(told, 3)
        begun = time.monotonic()
        deliverer.round(told.database, [told.tenant_id])
        assert within(10, lambda: len(receiver.arrived) == 3)
        happen(told)
        work.seal_all(told.database)
        deliverer.round(told.database, [told.tenant_id])
        assert within(10, lambda: len(receiver.arrived) == 4)
        assert time.monotonic() - begun < 20
        assert len(hanging.arrived) == 1, "it has one lane, and one message is under way"


def test_the_process_beside_delivers(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url)
    [task] = [task for task in work.tasks(SETTINGS) if task.name == "deliver"]
    happen(told)
    assert work.once(told.database, task)
    assert within(10, lambda: len(receiver.arrived) == 1)
    assert within(10, lambda: log(told, hook)[0]["state"] == "delivered")


def test_what_was_settled_long_ago_is_taken_away(told: County, receiver: Receiver) -> None:
    """And what waits is kept, however old; the feed has all of it."""
    hook = subscribe(told, receiver.url)
    happen(told)
    deliver(told)
    receiver.always = (500, {})
    happen(told)
    deliver(told)
    work.expire_deliveries(told.database, days=1)
    assert len(log(told, hook)) == 2
    work.expire_deliveries(told.database, days=0)
    assert [one["state"] for one in log(told, hook)] == ["pending"]
    cursor = data(receiver.arrived[0].body)["cursor"]
    told.hr.post(f"/v1/webhooks/{hook['webhook']}/replay", {"after": cursor})
    delivering.derive_all(told.database, told.tenant_id)
    assert {one["id"] for one in log(told, hook)} == set(receiver.ids), "derived anew, each has the id that it had"


def _sealed(county: County) -> int:
    work.seal_all(county.database)
    with county.database.transaction(county.tenant_id) as transaction:
        return int(transaction.one("head").position)
