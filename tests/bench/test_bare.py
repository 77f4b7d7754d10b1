"""The service without its guards, beside which benchmarks measure: it lacks the four, and stores the same events."""

import json
from itertools import islice
from typing import Any

import pytest

from bench import bare, intake, load
from bench.bare import Changed
from bench.intake import Size
from bench.stack import Stack
from bench.world import World, new_events
from service.database.transactions import Database
from service.intake.items import Item
from service.settings import Settings


@pytest.fixture(scope="module")
def world(stack: Stack) -> World:
    return World.make(stack, 20)


@pytest.fixture(scope="module")
def port(stack: Stack, world: World) -> int:
    return stack.bare(world.tenant_id)


def asked(stack: Stack, text: str, *values: Any) -> Any:
    with stack.owner() as owner:
        return owner.execute(text.encode(), values).fetchall()


def stored(stack: Stack, world: World) -> list[tuple[Any, ...]]:
    """The tenant's events but for numbers, of entries and others, which differ from tenant to tenant."""
    events = asked(
        stack,
        "SELECT event_id, time, quantity, period, id, sent_subject, content_digest, data,"
        " extensions FROM event WHERE tenant_id = %s ORDER BY event_id",
        world.tenant_id,
    )
    return [tuple(map(str, event)) for event in events]


def entries(stack: Stack, world: World) -> Any:
    return asked(stack, "SELECT count(*) FROM audit_entry WHERE tenant_id = %s", world.tenant_id)


def test_it_stores_what_the_service_stores_and_answers_the_same(stack: Stack, world: World, port: int) -> None:
    events = json.dumps(list(islice(new_events(20), 30))).encode()
    guarded = World.make(stack, 20)
    answers = []
    for of, where in ((guarded, stack.port), (world, port)):
        sent = load.request("POST", "/v1/events", of.admin, events, intake.BATCH)
        answers += [load.run(where, [[sent]], 200).body for _ in range(2)]
    assert answers[:2] == answers[2:]
    assert len(stored(stack, guarded)) == 30
    assert stored(stack, guarded) == stored(stack, world)


def test_it_has_no_access_no_audit_and_no_metrics(stack: Stack, world: World, port: int) -> None:
    """Whoever has no token is let in; an event leaves no entry and waits for no position; nothing is counted."""
    before, events = entries(stack, world), len(stored(stack, world))
    singles = intake.requests(world, Size(20, 1, 3))
    without = [[one.replace(world.admin.encode(), b"nobody") for one in client] for client in singles]
    load.run(port, without, 201)
    assert entries(stack, world) == before
    assert len(stored(stack, world)) == events + 3
    counted = load.run(port, [[load.request("GET", "/metrics")]], 200).body
    assert b"jifen_events_total" not in counted
    assert b"jifen_http_request_seconds_count" not in counted
    with pytest.raises(load.LoadError, match="answered 401"):
        load.run(stack.port, without, 201)


def test_its_connections_are_subject_to_no_row_level_security(stack: Stack, world: World) -> None:
    secured = []
    for pool in (Database(stack.url, Settings()), bare.OwnersDatabase(stack.url, Settings())):
        pool.open()
        with pool.transaction(world.tenant_id) as transaction:
            row = transaction._connection.execute("SELECT row_security_active('event')").fetchone()
            secured.append(row)
        pool.close()
    assert secured == [(True,), (False,)]


def test_what_is_cut_is_cut_or_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    for gone in ("INSERT INTO audit_entry", "INSERT INTO unsealed", "%(digest)s"):
        assert gone not in bare.statement()
    assert "covered" not in bare.written().__code__.co_names
    assert "covered" in Item.write.__code__.co_names
    monkeypatch.setattr(bare, "_COVERS", "something else")
    with pytest.raises(Changed, match="something else"):
        bare.written()
