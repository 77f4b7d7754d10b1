"""Rate limits: one budget for a token over all processes, never exceeded, and no other token's business."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from service.access import Access
from service.app import create_app
from service.budgets import Budgets
from service.database.transactions import Database
from service.errors import Problem
from service.settings import Settings
from tests.conftest import opened
from tests.county import Client, County
from tests.http.asking import assert_problem, nothing_written, user

# A second gives one more: while a test runs it grows by next to nothing, whatever the machine does meanwhile.
SLOW = Settings(rate_per_second=1, rate_burst=20)


class Clock:
    """A time that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def other_database(module_url: str) -> Iterator[Database]:
    """The pool of another process."""
    yield from opened(module_url)


@pytest.fixture
def token(shared: County) -> Access:
    """A token's access, as a process knows it."""
    user(shared, ["events:write"])
    with psycopg.connect(shared.url) as connection:
        row = connection.execute("SELECT max(token_id) FROM token").fetchone()
    assert row
    return Access(shared.tenant_id, "somebody", frozenset(), frozenset(), row[0])


def let_through(budgets: Budgets, access: Access, requests: int) -> int:
    """How many of so many requests are let through."""
    return sum(_is_let_through(budgets, access) for _ in range(requests))


def _is_let_through(budgets: Budgets, access: Access) -> bool:
    try:
        budgets.spend(access)
    except Problem:
        return False
    return True


def pass_in_the_database(county: County, access: Access, seconds: float) -> None:
    """Let time pass where it is counted."""
    with psycopg.connect(county.url) as connection:
        connection.execute(
            "UPDATE budget SET counted_at = counted_at - make_interval(secs => %s) WHERE token_id = %s",
            [seconds, access.token_id],
        )


def test_a_burst_is_let_through_and_no_more(shared: County, token: Access) -> None:
    assert let_through(Budgets(shared.database, SLOW), token, 40) in (20, 21)


def test_processes_share_one_budget(shared: County, other_database: Database, token: Access) -> None:
    one, other = Budgets(shared.database, SLOW), Budgets(other_database, SLOW)
    passed = Counter(
        name for _ in range(30) for name, of in (("one", one), ("other", other)) if _is_let_through(of, token)
    )
    assert passed.total() in (20, 21)
    assert min(passed.values()) >= 9


def test_processes_that_ask_at_once_share_one_budget(shared: County, other_database: Database, token: Access) -> None:
    processes = [Budgets(database, SLOW) for database in (shared.database, other_database)] * 4
    with ThreadPoolExecutor(len(processes)) as threads:
        passed = sum(threads.map(lambda budgets: let_through(budgets, token, 10), processes))
    assert passed in (20, 21, 22)


def test_another_token_is_not_touched(shared: County, token: Access) -> None:
    budgets = Budgets(shared.database, SLOW)
    let_through(budgets, token, 40)
    another = Access(shared.tenant_id, "another", frozenset(), frozenset(), token.token_id + 1)
    assert let_through(budgets, another, 10) == 10


def test_time_brings_new_requests_up_to_a_burst(shared: County, token: Access) -> None:
    clock = Clock()
    budgets = Budgets(shared.database, SLOW, clock)
    let_through(budgets, token, 40)
    for seconds, gained in ((5, {5, 6}), (1000, {20, 21})):
        clock.now += 1
        pass_in_the_database(shared, token, seconds)
        assert let_through(budgets, token, 40) in gained


def test_what_is_leased_and_not_spent_lapses(shared: County, token: Access) -> None:
    """A process that was asked once doesn't keep the others from what it leased for ever, nor lets it through later."""
    clock = Clock()
    limits = Settings(rate_per_second=100)
    budgets = Budgets(shared.database, limits, clock)
    budgets.spend(token)
    with psycopg.connect(shared.url) as connection:
        connection.execute(
            "UPDATE budget SET available = 0, counted_at = now() + interval '1 hour' WHERE token_id = %s",
            [token.token_id],
        )
    assert let_through(budgets, token, 40) == 9
    clock.now += 1
    assert let_through(budgets, token, 40) == 0


def test_a_refused_token_costs_no_statement_each(
    shared: County, token: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets = Budgets(shared.database, SLOW, Clock())
    asked: list[Any] = []
    lease = budgets._lease
    monkeypatch.setattr(budgets, "_lease", lambda access: asked.append(access) or lease(access))
    let_through(budgets, token, 1000)
    assert len(asked) <= 22


def test_without_a_limit_nobody_counts(shared: County, token: Access) -> None:
    assert let_through(Budgets(shared.database, Settings()), token, 100) == 100
    with psycopg.connect(shared.url) as connection:
        row = connection.execute("SELECT count(*) FROM budget WHERE token_id = %s", [token.token_id]).fetchone()
    assert row == (0,)


@pytest.fixture
def limited(shared: County) -> Client:
    """A sender with two requests."""
    app = create_app(Settings(rate_per_second=1, rate_burst=2), shared.database)
    return Client(app.test_client(), shared.sender.token)


def test_who_sends_too_much_is_told_when_to_come_again(shared: County, limited: Client) -> None:
    answers = [limited.post_text("/v1/events", "{", "application/json") for _ in range(8)]
    assert [answer.status_code for answer in answers[:2]] == [400, 400]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 5
    for answer in refused:
        assert_problem(answer, 429, "request.rate")
        assert answer.headers["Retry-After"] == "1"


def test_what_is_refused_is_not_read(shared: County, limited: Client) -> None:
    for _ in range(4):
        limited.get("/v1/rulebooks")
    with nothing_written(shared):
        answer = limited.post_text("/v1/events", b"\xff", "nonsense")
    assert_problem(answer, 429, "request.rate")


def test_what_needs_no_token_has_no_limit(limited: Client) -> None:
    for _ in range(4):
        limited.get("/v1/rulebooks")
    assert limited.get("/healthz").status_code == 200
