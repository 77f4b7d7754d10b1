"""What a process remembers of the words of senders is never used once they mean something else."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from schemas.roster import Roster
from service import intake, roster
from service.access import Access
from service.app import create_app
from service.database.transactions import Database, Transaction
from service.intake import dictionary
from service.settings import Settings
from tests.conftest import opened
from tests.county import SOURCE, TYPES, Client, County, event, visit


class Undone(Exception):
    """Ends a transaction without a trace."""


@pytest.fixture
def other(module_url: str) -> Iterator[Database]:
    """The pool of another process."""
    yield from opened(module_url)


def sender(county: County, database: Database) -> Client:
    """The sender, at another process."""
    return Client(create_app(Settings(), database).test_client(), county.sender.token)


def test_a_field_that_becomes_required_is_required_by_every_process(fresh: County, other: Database) -> None:
    there = sender(fresh, other)
    call = {"title": "call", "subject": "worker", "dated_by": "time", "fields": {"line": {"kind": "text"}}}
    fresh.declare({"call": call})
    assert there.post("/v1/events", event("call", "w1")).status_code == 201
    assert fresh.sender.post("/v1/events", event("call", "w1")).status_code == 201
    call["fields"] = {"line": {"kind": "text", "required": True}}
    assert fresh.hr.put("/v1/event-types/call", call).status_code == 200
    for client in (there, fresh.sender):
        answer = client.post("/v1/events", event("call", "w1"))
        assert [one["pointer"] for one in answer.json["errors"]] == ["/data/line"]


def test_a_type_is_known_to_every_process_at_once(fresh: County, other: Database) -> None:
    there = sender(fresh, other)
    assert there.post("/v1/events", event("call", "w1")).status_code == 422
    fresh.declare({"call": {"title": "call", "subject": "worker", "dated_by": "time"}})
    assert there.post("/v1/events", event("call", "w1")).status_code == 201


def test_an_alias_that_moves_moves_for_every_process(fresh: County, other: Database) -> None:
    there = sender(fresh, other)
    holders = []
    for worker in ("w1", "w2", "w1"):
        for one in ("w1", "w2"):
            fresh.hr.put(f"/v1/workers/{one}", {"aliases": []})
        alias = {"aliases": [{"source": SOURCE, "id": "E-17"}]}
        assert fresh.hr.put(f"/v1/workers/{worker}", alias).status_code == 200
        made = there.post("/v1/events", visit("E-17", "h1")).json
        holders.append(there.get(f"/v1/events/{made['event']}").json["subject"])
    assert holders == ["worker/w1", "worker/w2", "worker/w1"]


def test_a_source_that_is_registered_is_known_to_every_process(fresh: County, other: Database) -> None:
    hotline = fresh.user("hotline", ["events:write"], ["hotline"])
    there = Client(create_app(Settings(), other).test_client(), hotline.token)
    assert there.post("/v1/events", {**visit("w1", "h1"), "source": "hotline"}).status_code == 201
    assert there.post("/v1/events", visit("w1", "h1")).json["errors"][0]["code"] == "source.forbidden"


def test_words_that_change_between_reading_and_storing_are_read_again(
    fresh: County, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 2: nothing is stored by words that no longer stand, and nothing is stored twice."""
    assert fresh.sender.post("/v1/events", visit("w1", "h1")).status_code == 201
    stored = intake._added
    tightened = {**TYPES["visit.done"]["fields"], "minutes": {"kind": "number", "required": True}}

    def changed_meanwhile(transaction: Transaction, *others: Any) -> bool:
        monkeypatch.setattr(intake, "_added", stored)
        hr = Client(create_app(Settings(), other).test_client(), fresh.hr.token)
        assert hr.put("/v1/event-types/visit.done", {**TYPES["visit.done"], "fields": tightened}).status_code == 200
        return stored(transaction, *others)

    monkeypatch.setattr(intake, "_added", changed_meanwhile)
    answers = fresh.send(visit("w1", "h2"), event("rating.resident", "w1", stars=3))
    assert [one["result"] for one in answers] == ["rejected", "created"]


def test_what_was_undone_is_not_remembered(fresh: County) -> None:
    """Numbers that a transaction gave to subjects mean nothing once it is undone."""
    who = Access(fresh.tenant_id, "sender", frozenset(), frozenset({SOURCE}))
    with suppress(Undone), fresh.database.transaction(fresh.tenant_id) as transaction:
        add_worker(transaction)
        assert [item.outcome for item in intake.take(transaction, who, [visit("new", "h1")])] == ["created"]
        raise Undone
    assert fresh.sender.post("/v1/events", visit("new", "h1")).json["errors"][0]["code"] == "subject.unknown"
    fresh.state([], [{"id": "other"}, {"id": "new"}])
    made = fresh.sender.post("/v1/events", visit("new", "h1")).json
    assert fresh.sender.get(f"/v1/events/{made['event']}").json["subject"] == "worker/new"


def add_worker(transaction: Transaction) -> None:
    roster.state(transaction, "hr", [], Roster().load({"workers": [{"id": "new"}]})["workers"])


def test_a_dictionary_does_not_grow_without_bound(fresh: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary, "_MOST_SUBJECTS", 2)
    assert [one["result"] for one in fresh.send(*(visit(f"w{n}", "h1") for n in (1, 2)))] == ["created"] * 2
    assert [one["result"] for one in fresh.send(*(visit(f"w{n}", "h2") for n in (3, 4)))] == ["created"] * 2
    with fresh.database.transaction(fresh.tenant_id) as transaction:
        assert len(dictionary.remembered(transaction).subjects) == 2
