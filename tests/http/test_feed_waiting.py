"""The feed over time: waiting for something to happen, what it tells no longer, and cursors of another life."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from werkzeug.test import TestResponse

from service import feed, tokens
from service.app import create_app
from service.database.transactions import Database, owner_transaction
from service.feed import Feed, Place
from service.settings import Settings
from tests.county import Client, County
from tests.http.asking import assert_problem
from tests.http.test_differences import publish
from tests.http.test_feed import PERIOD, read, told, whole

MARGIN_SECONDS = 5.0  # for a machine that does much else
MANY = 30
REVOKED_SECONDS = 5  # within which a revocation works in every process


@pytest.fixture
def readers() -> Iterator[ThreadPoolExecutor]:
    """Threads in which requests wait."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


def served(county: County, settings: Settings) -> Iterator[Client]:
    """HR at a service of other settings, over the same database."""
    database = Database(county.url, settings)
    database.open()
    yield Client(create_app(settings, database).test_client(), county.hr.token)
    database.close()


def another(client: Client) -> Client:
    """The same user in another thread."""
    return Client(client._client.application.test_client(), client.token)


def waiting(readers: ThreadPoolExecutor, client: Client, after: str, seconds: int = 30) -> Future[TestResponse]:
    """A request that waits; it has begun to."""
    answer = readers.submit(another(client).get, f"/v1/feed?after={after}&wait={seconds}")
    time.sleep(0.7)
    assert not answer.done()
    return answer


def test_a_page_waits_for_something_to_happen(fresh: County, readers: ThreadPoolExecutor) -> None:
    _, end = read(fresh, "now")
    answer = waiting(readers, fresh.hr, end)
    fresh.hr.post("/v1/periods/2025-03/close")
    begun = time.monotonic()
    said = answer.result(30).json
    assert time.monotonic() - begun < MARGIN_SECONDS
    assert told(said["items"]) == [("period.closed", PERIOD)]
    assert read(fresh, said["next"])[0] == []


def test_it_waits_no_longer_than_it_is_told(fresh: County) -> None:
    _, end = read(fresh, "now")
    begun = time.monotonic()
    assert read(fresh, end, wait=1)[0] == []
    assert 1 <= time.monotonic() - begun < 1 + MARGIN_SECONDS


def test_what_is_there_already_is_not_waited_for(fresh: County) -> None:
    begun = time.monotonic()
    assert read(fresh, wait=30)[0]
    assert time.monotonic() - begun < MARGIN_SECONDS


def test_nothing_happens_for_who_asks_for_another_type(fresh: County, readers: ThreadPoolExecutor) -> None:
    _, end = read(fresh, "now")
    answer = readers.submit(read, fresh, end, type="jifen.period.reopened", wait=2)
    publish(fresh)
    items, later = answer.result(30)
    assert (items, later == end) == ([], False)


def test_who_waits_holds_no_connection(fresh: County, readers: ThreadPoolExecutor) -> None:
    _, end = read(fresh, "now")
    for client in served(fresh, Settings(pool_size=1, pool_timeout_seconds=1)):
        answers = [waiting(readers, client, end, 4) for _ in range(3)]
        for _ in range(MANY):
            assert client.get("/v1/periods").status_code == 200
        assert [answer.result(30).status_code for answer in answers] == [200] * 3


def test_no_more_wait_than_half_of_the_threads(fresh: County, readers: ThreadPoolExecutor) -> None:
    """The others are answered at once, and whoever asks for anything else finds a thread."""
    _, end = read(fresh, "now")
    for client in served(fresh, Settings(threads=5)):
        for _ in range(2):
            waiting(readers, client, end, 6)
        begun = time.monotonic()
        assert client.get(f"/v1/feed?after={end}&wait=30").json["items"] == []
        assert time.monotonic() - begun < MARGIN_SECONDS


def test_who_has_waited_makes_room(fresh: County) -> None:
    _, end = read(fresh, "now")
    for client in served(fresh, Settings(threads=2)):
        for _ in range(3):
            begun = time.monotonic()
            client.get(f"/v1/feed?after={end}&wait=1")
            assert time.monotonic() - begun >= 1


def test_nobody_waits_where_the_process_is_to_stop(fresh: County, readers: ThreadPoolExecutor) -> None:
    _, end = read(fresh, "now")
    for client in served(fresh, Settings()):
        answer = waiting(readers, client, end)
        telling: Feed = client._client.application.extensions["jifen.feed"]
        begun = time.monotonic()
        telling.end()
        assert answer.result(30).json["items"] == []
        assert client.get(f"/v1/feed?after={end}&wait=30").json["items"] == []
        assert time.monotonic() - begun < MARGIN_SECONDS


def test_who_waits_hears_nothing_after_the_token_is_revoked(fresh: County, readers: ThreadPoolExecutor) -> None:
    reader = fresh.user("leaving", ["results:read"], [])
    _, end = read(fresh, "now")
    answer = waiting(readers, reader, end)
    with owner_transaction(fresh.url) as transaction:
        transaction.tenant_id = fresh.tenant_id
        tokens.revoke_all(transaction, "hr", "leaving")
    time.sleep(REVOKED_SECONDS)
    publish(fresh)
    assert_problem(answer.result(30), 401, "access.unknown_token")


def age(county: County, days: int) -> None:
    """Let so many days have passed since everything that is sealed by now."""
    with psycopg.connect(county.url) as owner:
        owner.execute(
            "UPDATE chain_block SET sealed_at = sealed_at - %s WHERE tenant_id = %s",
            [timedelta(days=days), county.tenant_id],
        )


def test_what_is_too_old_is_told_no_longer(fresh: County) -> None:
    """Nobody misses it without being told so, and told where to go on."""
    _, end = read(fresh, "now")
    _, beginning = read(fresh, limit=1)
    publish(fresh)
    whole(fresh)
    age(fresh, 401)
    publish(fresh, "2025-04")
    recent = whole(fresh)
    assert {item["data"]["period"] for item in recent} == {"2025-04"}
    for cursor in (beginning, end):
        answer = fresh.hr.get(f"/v1/feed?after={cursor}")
        assert_problem(answer, 410, "feed.expired")
        assert whole(fresh, after=answer.json["oldest"]) == recent


def test_who_missed_nothing_goes_on_however_late(fresh: County) -> None:
    """Events came meanwhile, which aren't told: an old cursor is as good as a new one."""
    publish(fresh)
    _, end = read(fresh, "now")
    fresh.state([], [{"id": "w9"}])
    read(fresh, "now")
    age(fresh, 401)
    publish(fresh, "2025-04")
    assert {item["data"]["period"] for item in whole(fresh, after=end)} == {"2025-04"}


def test_a_cursor_of_another_life_is_refused(fresh: County) -> None:
    """From before a restore, or ahead of a copy of the whole server that came back, which has the same epoch."""
    with fresh.database.transaction(fresh.tenant_id) as transaction:
        now = feed.life(transaction)
    strange = feed.cursor("0" * 16, Place(1, 0))
    ahead = feed.cursor(now.epoch, Place(now.position + 50, 0))
    for cursor in (strange, ahead):
        assert_problem(fresh.hr.get(f"/v1/feed?after={cursor}"), 410, "page.restored")
    assert whole(fresh, after=feed.cursor(now.epoch, feed.START)) == whole(fresh)


def test_tenants_have_feeds_of_their_own(fresh: County) -> None:
    """Invariant 14."""
    other = County.small(fresh.url, fresh.database)
    publish(fresh)
    assert told(whole(other)) == [("rulebook.published", "rulebook/small-county@2025-1")]
    assert {item["source"] for item in whole(other)} == {f"urn:jifen:{other.tenant}"}
