"""The feed while it is written: no gap, nothing twice, nothing out of order, and nothing late.

JIFEN_FEED_ROWS and _SECONDS say how much; README.md has the figures.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median

import pytest

from service.database.transactions import Database
from service.settings import Settings
from tests.county import County
from tests.faults import feeding
from tests.faults.feeding import Verdict, Written, Wrote, judge
from tests.faults.following import Caller, Followed
from tests.faults.settlement import settle
from tests.faults.sizes import FEED_ROWS, FEED_SECONDS, SEED, tell
from tests.faults.stack import Stack

READERS = 3
STOPS_WITHIN_SECONDS = 15  # half of what the reader would wait


@pytest.fixture
def roomy(url: str) -> Iterator[Database]:
    """A pool in which every writer and reader has a connection."""
    database = Database(url, Settings(pool_size=feeding.WRITERS + 2 * READERS))
    database.open()
    yield database
    database.close()


def test_the_feed_has_no_gaps(url: str, roomy: Database, pytestconfig: pytest.Config) -> None:
    """Invariant 16: sixteen writers that commit when they please; who goes by numbers of entries misses some."""
    county = County.empty(url, roomy)
    outcome = feeding.feed_and_read(url, roomy, county.tenant_id, FEED_ROWS, READERS, SEED)
    figures = "\n".join(map(str, outcome.careful))
    tell(pytestconfig, f"seed {SEED}, {outcome.seconds:.0f} s\n{figures}\ncareless: {outcome.careless}")
    assert {verdict[1:] for verdict in outcome.careful} == {(0, 0, 0)}
    assert outcome.careful[0].rows >= FEED_ROWS
    assert outcome.careless.missed > 0


def test_what_is_acknowledged_is_told_within_two_seconds(pytestconfig: pytest.Config) -> None:
    """Invariant 16: also while sixteen senders import, and in the order in which it was acknowledged."""
    with Stack() as stack:
        county = settle(stack)
        followed = Followed(stack.port, county.sender, county.reader, FEED_SECONDS)
        followed.go()
    delays = followed.delays()
    late = delays[int(0.99 * len(delays))]
    figures = f"{len(delays):,} changes beside {followed.imported:,} imported events in {followed.seconds:.0f} s"
    tell(pytestconfig, f"{figures}: median {median(delays):.2f} s, p99 {late:.2f} s, latest {delays[-1]:.2f} s")
    assert followed.odd == []
    assert followed.imported > 0
    assert list(followed.told) == list(followed.acknowledged)
    assert late < 2


def test_who_waits_does_not_keep_the_service_from_stopping() -> None:
    """A reader that waits is answered as soon as the service is told to stop."""
    with Stack() as stack:
        reader = Caller(stack.port, settle(stack).reader)
        with closing(reader), ThreadPoolExecutor(1) as pool:
            answer = pool.submit(reader.ask, "GET", "/v1/feed?after=now&wait=30")
            time.sleep(1)
            assert not answer.done()
            begun = time.monotonic()
            stack.stop()
            assert json.loads(answer.result(1).body)["items"] == []
            assert time.monotonic() - begun < STOPS_WITHIN_SECONDS


A, B, C, D = (0, 0), (0, 1), (1, 0), (1, 1)
TOLD = Written([Wrote([A, B], 0), Wrote([C, D], 1)])


@pytest.mark.parametrize(
    ("read", "verdict"),
    [
        ([A, B, C, D], (4, 0, 0, 0)),
        ([A, B, D], (4, 1, 0, 0)),
        ([A, B, B, C, D], (4, 0, 1, 0)),
        ([B, A, C, D], (4, 0, 0, 1)),
        ([C, D, A, B], (4, 0, 0, 1)),
    ],
)
def test_the_judge_sees_what_is_wrong(read: list[feeding.Entry], verdict: tuple[int, ...]) -> None:
    assert judge(TOLD, read) == Verdict(*verdict)
