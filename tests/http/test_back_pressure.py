"""Intake under pressure: 503 with Retry-After within seconds, and never a success without a commit."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from service import corrections, intake
from service.access import Tokens
from service.app import create_app
from service.corrections import Correction
from service.database.transactions import Database, Transaction
from service.settings import Settings
from tests.county import Client, County, visit
from tests.http.asking import assert_problem, nothing_written, written

QUICK = Settings(pool_size=1, pool_timeout_seconds=1, intake_timeout_seconds=1)
MARGIN_SECONDS = 2.0  # for a machine that does much else


@pytest.fixture
def hurried(shared: County) -> Iterator[Client]:
    """The sender at a service with one connection that waits for a second."""
    database = Database(shared.url, QUICK)
    database.open()
    client = Client(create_app(QUICK, database).test_client(), shared.sender.token)
    assert client.post("/v1/events", visit("w1", "h0")).status_code == 201
    yield client
    database.close()


def refused(client: Client, event: dict[str, Any]) -> TestResponse:
    """Send an event that can't be taken now; the answer came in time."""
    begun = time.monotonic()
    answer = client.post("/v1/events", event)
    assert time.monotonic() - begun < 1 + MARGIN_SECONDS
    assert_problem(answer, 503, "service.unavailable")
    assert answer.headers["Retry-After"] == "1"
    return answer


def test_where_all_connections_are_taken_intake_says_503(shared: County, hurried: Client) -> None:
    event = visit("w1", "h1")
    database: Database = hurried._client.application.extensions["jifen.database"]
    with nothing_written(shared), database.transaction(shared.tenant_id):
        refused(hurried, event)
    assert hurried.post("/v1/events", event).status_code == 201


@pytest.mark.parametrize("table", ["event", "dictionary", "audit_entry", "unsealed"])
def test_where_a_lock_is_held_intake_says_503(shared: County, hurried: Client, table: str) -> None:
    """Invariant 1: whichever statement it is that waits."""
    event = visit("w1", "h1")
    before = written(shared)
    with psycopg.connect(shared.url) as owner:
        owner.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        refused(hurried, event)
        owner.rollback()
    assert written(shared) == before
    assert hurried.post("/v1/events", event).status_code == 201


def test_what_another_writer_has_not_committed_is_not_waited_for_longer(shared: County, hurried: Client) -> None:
    """Invariant 2: the same event, on its way in elsewhere; which of the two it is, is known when that one ends."""
    event = visit("w1", "h1")
    with shared.database.transaction(shared.tenant_id) as other:
        [first] = intake.take(other, Tokens(shared.database).access(shared.sender.token or ""), [event])
        assert first.outcome == "created"
        refused(hurried, event)
    assert hurried.post("/v1/events", event).json["result"] == "duplicate"


def test_where_the_commit_fails_there_is_no_success(
    shared: County, hurried: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 1: the connection breaks when all is written but the commit."""
    path, reverse = reversal_of(shared), corrections.reverse

    def then_break(*arguments: Any) -> Correction:
        done = reverse(*arguments)
        with psycopg.connect(shared.url, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE state = 'idle in transaction' AND datname = current_database()"
            )
        return done

    with nothing_written(shared), monkeypatch.context() as patched:
        patched.setattr(corrections, "reverse", then_break)
        assert_problem(hurried.post(path, {"reason": "wrong"}), 503, "service.unavailable")
    assert hurried.post(path, {"reason": "wrong"}).status_code == 201


def reversal_of(county: County) -> str:
    """Where an event that was just sent is taken back."""
    [made] = county.send(visit("w1", "h1"))
    return f"/v1/events/{made['event']}/reversal"


def lose(connection: Any) -> None:
    """The connection is gone, and nobody has noticed."""
    connection.close()


def fail(connection: Any) -> None:
    """A statement failed, and somebody went on as if it hadn't."""
    with pytest.raises(psycopg.Error):
        connection.execute("SELECT 1 / 0")


def doze(connection: Any) -> None:
    """The whole process stood still, as on a machine that was suspended, and its server waited no longer."""
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = '10ms'")
    time.sleep(0.2)


@pytest.mark.parametrize("spoil", [lose, fail, doze])
def test_what_cannot_be_committed_is_no_success(
    shared: County, hurried: Client, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Any], None]
) -> None:
    """Invariant 1: neither psycopg nor PostgreSQL complain of a commit that commits nothing."""
    path, reverse = reversal_of(shared), corrections.reverse

    def then_spoil(transaction: Transaction, *arguments: Any) -> Correction:
        done = reverse(transaction, *arguments)
        spoil(transaction._connection)
        return done

    with nothing_written(shared), monkeypatch.context() as patched:
        patched.setattr(corrections, "reverse", then_spoil)
        assert_problem(hurried.post(path, {"reason": "wrong"}), 503, "service.unavailable")
    assert hurried.post(path, {"reason": "wrong"}).status_code == 201


def test_a_stream_under_pressure_is_refused_too(shared: County, hurried: Client) -> None:
    line = json.dumps(visit("w1", "h1"))
    with nothing_written(shared), psycopg.connect(shared.url) as owner:
        owner.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        answer = hurried.post_text("/v1/events", line, "application/x-ndjson")
        owner.rollback()
        assert_problem(answer, 503, "service.unavailable")
    assert hurried.post_text("/v1/events", line, "application/x-ndjson").status_code == 200


def test_while_a_stream_waits_for_its_client_no_connection_is_held(shared: County, hurried: Client) -> None:
    """The only connection takes another event between two chunks, and before the results are read."""
    settings = Settings(pool_size=1, pool_timeout_seconds=1, stream_chunk_lines=1)
    application = hurried._client.application
    application.extensions["jifen.settings"] = settings
    lines = "".join(json.dumps(visit("w1", f"p{n}")) + "\n" for n in range(3))
    answer = hurried._client.post(
        "/v1/events",
        data=lines,
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {hurried.token}"},
        buffered=False,
    )
    parts = iter(answer.response)
    assert b'"created"' in next(parts)
    assert Client(application.test_client(), hurried.token).post("/v1/events", visit("w1", "q")).status_code == 201
    assert b'"summary"' in b"".join(parts)
