"""The incident log as input: what is refused and why, what a second feeding does, and that order changes nothing.

Runs on the log where it lies beside the repository, or where JIFEN_INCIDENTS says; skips where it isn't.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from examples import incidents
from examples.incidents.feeding import Post
from examples.incidents.founding import Call, found
from service.database.transactions import Database
from tests.conftest import opened
from tests.county import Client, County
from tests.examples.clients import senders, whole_ranking

MONTHS = ["2016-03", "2016-04", "2016-05"]
CREATED, REJECTED = 20_680, 89
_BESIDE = Path(__file__).parents[2].parent / "shared" / "data" / "incidents.csv.gz"
LOG = Path(os.environ.get("JIFEN_INCIDENTS", _BESIDE))

pytestmark = pytest.mark.skipif(not LOG.is_file(), reason=f"no incident log at {LOG}; JIFEN_INCIDENTS names another")


@dataclass
class Desk:
    """A tenant that was fed the log, with four clients, and the tally of the feeding."""

    county: County
    posts: list[Post]
    fed: incidents.Tally


def call(client: Client) -> Call:
    """A test client as the example's founding takes it."""

    def send(method: str, path: str, body: Any) -> tuple[int, Any]:
        if isinstance(body, bytes):
            answer = (client.put_text if method == "PUT" else client.post_text)(path, body, "application/yaml")
        else:
            answer = client.put(path, body) if method == "PUT" else client.post(path, body)
        return answer.status_code, answer.json

    return send


def post(client: Client) -> Post:
    """A test client as the example's feeding takes it."""
    return lambda path, body: call(client)("POST", path, body)


def desk(url: str, database: Database, events: list[dict[str, Any]], clients: int) -> Desk:
    """A tenant of its own, fed these events by so many clients."""
    county = County.empty(url, database)
    found(call(county.hr), call(county.approver), LOG)
    posts = [post(client) for client in senders(county, [incidents.SOURCE], 4)]
    return Desk(county, posts, incidents.feed(events, posts[:clients]))


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


@pytest.fixture(scope="module")
def log() -> list[dict[str, Any]]:
    return list(incidents.events(LOG))


@pytest.fixture(scope="module")
def in_order(module_url: str, database: Database, log: list[dict[str, Any]]) -> Desk:
    """Fed by one client in the order of the log."""
    return desk(module_url, database, log, 1)


@pytest.fixture(scope="module")
def in_disorder(module_url: str, database: Database, log: list[dict[str, Any]]) -> Desk:
    """Fed by four clients at once in no order at all."""
    return desk(module_url, database, incidents.shuffled(log, 7), 4)


def test_an_incident_that_names_nobody_is_refused_at_the_field(in_order: Desk, in_disorder: Desk) -> None:
    for fed in (in_order.fed, in_disorder.fed):
        assert fed.results == {"created": CREATED, "rejected": REJECTED}
        assert fed.faults == {("/subject", "field.required"): REJECTED}


def test_the_log_sent_again_in_another_order_by_four_clients_changes_nothing(
    in_order: Desk, log: list[dict[str, Any]]
) -> None:
    before = {month: in_order.county.hr.get(f"/v1/rankings/{month}?limit=1000").data for month in MONTHS}
    again = incidents.feed(incidents.shuffled(log, 11), in_order.posts)
    assert again.results == {"duplicate": CREATED, "rejected": REJECTED}
    for month, ranking in before.items():
        assert in_order.county.hr.get(f"/v1/rankings/{month}?limit=1000").data == ranking


def test_equal_totals_share_a_rank_and_unequal_ones_do_not(in_order: Desk) -> None:
    for month in MONTHS:
        ranked = [item for item in whole_ranking(in_order.county, month) if item["rank"] is not None]
        ranks = {item["total"]: item["rank"] for item in ranked}
        assert all(item["rank"] == ranks[item["total"]] for item in ranked)
        assert len(set(ranks.values())) == len(ranks) < len(ranked)


def test_at_most_a_fifth_is_excellent_and_who_did_nothing_has_no_tier(in_order: Desk) -> None:
    for month in MONTHS:
        items = whole_ranking(in_order.county, month)
        placed = Counter(item.get("tier") or item["no_tier"] for item in items)
        ranked = sum(item["rank"] is not None for item in items)
        assert 0 < placed["excellent"] <= ranked / 5
        assert placed["data_missing"] == len(items) - ranked
        assert len(items) == 190


def test_published_digests_do_not_depend_on_the_order_of_arrival(in_order: Desk, in_disorder: Desk) -> None:
    """Invariant 8."""
    assert in_order.county.tenant_id != in_disorder.county.tenant_id
    for month in MONTHS:
        digests = {published(fed.county, month) for fed in (in_order, in_disorder)}
        assert len(digests) == 1, month


def published(county: County, month: str) -> str:
    """Close and publish a month; the digest of its run."""
    for step in ("close", "publish"):
        answer = county.hr.post(f"/v1/periods/{month}/{step}")
        assert answer.status_code == 200, answer.json
    return str(answer.json["digest"])
