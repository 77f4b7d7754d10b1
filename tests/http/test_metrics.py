"""/metrics: what is counted of intake, standings and runs, and that what is read from the database stays bounded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import gauges, metrics, work
from service.app import create_app
from service.settings import Settings
from tests.conftest import opened
from tests.county import ALL_SCOPES, RULEBOOK, SOURCE, Client, County, event, visit
from tests.http.test_operations import families, samples, value

BY_COMMUNITY = RULEBOOK.replace("by: [post]", "by: [community]")


def ago(**since: float) -> str:
    """A moment before now."""
    return (datetime.now(UTC) - timedelta(**since)).isoformat()


def lags(county: County, part: str = "count", **labels: str) -> float:
    """What was counted of the lag of the county's source."""
    return value(county.anonymous, f"jifen_event_lag_seconds_{part}", source=SOURCE, **labels)


def publish(county: County, period: str, user: Client | None = None) -> None:
    """Close, where it is open, and publish."""
    county.hr.post(f"/v1/periods/{period}/close")
    answer = (user or county.hr).post(f"/v1/periods/{period}/publish")
    assert answer.status_code == 200, answer.json


def test_the_lag_of_each_event_that_came_in_is_counted(shared: County) -> None:
    buckets = {"1.0": 0, "600.0": 1, "86400.0": 2, "604800.0": 4, "+Inf": 5}
    before = {le: lags(shared, "bucket", le=le) for le in buckets}
    total = lags(shared, "sum")
    times = [ago(minutes=5), ago(hours=23), ago(days=3), ago(days=3), ago(days=400)]
    sent = [visit("w1", f"lag-{n}", time) for n, time in enumerate(times)]
    shared.send(*sent)
    shared.send(*sent)  # a duplicate isn't late
    shared.send(visit("nobody", "h", ago(days=400)))  # nor what is rejected
    assert {le: lags(shared, "bucket", le=le) - before[le] for le in buckets} == buckets
    assert lags(shared, "sum") - total == pytest.approx(300 + 23 * 3600 + 406 * 86400, abs=60)


def test_a_clock_that_is_ahead_makes_no_lag(shared: County) -> None:
    before, total = lags(shared, "bucket", le="1.0"), lags(shared, "sum")
    shared.send(visit("w1", "ahead", ago(hours=-5)))
    assert (lags(shared, "bucket", le="1.0"), lags(shared, "sum")) == (before + 1, total)


@settings(max_examples=50, deadline=None)
@given(amounts=st.lists(st.floats(0, 1e8) | st.sampled_from([1.0, 10.0, 60.0, 86400.0]), max_size=30))
def test_many_at_once_are_counted_as_one_by_one(amounts: list[float]) -> None:
    bounds = (1, 10, 60, 3600, 86400)
    at_once = metrics.ManyAtOnce("at_once", "-", registry=None, buckets=bounds)
    one_by_one = metrics.ManyAtOnce("at_once", "-", registry=None, buckets=bounds)
    at_once.observe_all(amounts)
    for amount in amounts:
        one_by_one.observe(amount)
    one, other = (
        {s.name + str(s.labels): s.value for m in h.collect() for s in m.samples} for h in (at_once, one_by_one)
    )
    assert one.keys() == other.keys()
    assert all(one[key] == pytest.approx(other[key]) for key in one if "_created" not in key)


def test_labels_are_those_that_are_asked_for_in_order_or_by_name() -> None:
    counter = metrics.Counted("asked", "-", ["kind", "status"], registry=None)
    for kind in ("a", "b"):
        counter.labels(kind, 200).inc()
        counter.labels(kind=kind, status="200").inc()
    assert [counter.labels(kind, 200)._value.get() for kind in ("a", "b")] == [2, 2]


def test_workers_are_counted_by_group_and_tier(module_url: str, shared: County) -> None:
    county = County.small(module_url, shared.database, rulebook=BY_COMMUNITY)
    county.ranking("2025-03")
    labels = {"tenant": county.tenant, "period": "2025-03", "tier": "incompetent"}
    for group in ("east", "west"):
        assert value(county.anonymous, "jifen_workers", **labels, group=group) == 3


def test_beyond_the_largest_groups_the_others_are_counted_together(
    module_url: str, shared: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = County.small(module_url, shared.database, rulebook=BY_COMMUNITY)
    county.state([], [{"id": "w7", "assignments": [{"organisation": "west", "post": "staff", "from": "2024-01-01"}]}])
    county.ranking("2025-03")
    tenants = len({said["tenant"] for said, _ in samples(county.anonymous, "jifen_position")})
    monkeypatch.setattr(gauges, "_MOST_GROUPS", gauges._MOST_STANDINGS * tenants)  # one for each standing
    found = [
        (labels["group"], many)
        for labels, many in samples(county.anonymous, "jifen_workers")
        if labels["tenant"] == county.tenant
    ]
    assert found == [("(others)", 3), ("west", 4)]


def counted_standings(county: County) -> float:
    """How often a standing was counted so far."""
    return value(county.anonymous, "jifen_database_seconds_count", statement="standing_counted")


def test_a_standing_that_stays_as_it_is_is_not_counted_again(fresh: County) -> None:
    fresh.ranking("2025-03")
    counted_standings(fresh)
    before = counted_standings(fresh)
    assert counted_standings(fresh) == before
    labels: dict[str, Any] = {"tenant": fresh.tenant, "tier": "competent"}
    assert value(fresh.anonymous, "jifen_workers", **labels) == 0
    fresh.send(*(visit("w1", f"h{n}") for n in range(6)))
    fresh.ranking("2025-03")
    assert value(fresh.anonymous, "jifen_workers", tenant=fresh.tenant, tier="excellent") == 1
    assert counted_standings(fresh) == before + 1


def test_drift_is_how_many_a_correction_would_move(fresh: County) -> None:
    [first, *_] = fresh.send(*(visit("w1", f"h{n}") for n in range(2)))
    publish(fresh, "2025-03")
    labels = {"tenant": fresh.tenant, "period": "2025-03"}
    assert value(fresh.anonymous, "jifen_drift", **labels) == 0
    assert labels.items() <= samples(fresh.anonymous, "jifen_drift")[-1][0].items()
    answer = fresh.hr.post(f"/v1/events/{first['event']}/reversal", {"reason": "entered twice"})
    assert answer.status_code == 201, answer.json
    drift = fresh.hr.get("/v1/periods/2025-03/drift")
    assert (drift.status_code, len(drift.json["items"])) == (200, 1)
    assert value(fresh.anonymous, "jifen_drift", **labels) == 1


def test_drift_is_found_before_anybody_asks(fresh: County) -> None:
    [first, *_] = fresh.send(*(visit("w1", f"h{n}") for n in range(2)))
    for period in ("2025-02", "2025-03"):
        publish(fresh, period)
    fresh.hr.post(f"/v1/events/{first['event']}/reversal", {"reason": "entered twice"})
    of = {"tenant": fresh.tenant}
    assert value(fresh.anonymous, "jifen_drift", **of) == 0
    work.look_for_drift(fresh.database)
    assert value(fresh.anonymous, "jifen_drift", **of, period="2025-03") == 1
    assert value(fresh.anonymous, "jifen_drift", **of) == 1


def test_what_is_open_has_no_drift(fresh: County) -> None:
    fresh.ranking("2025-03")
    of = [labels for labels, _ in samples(fresh.anonymous, "jifen_drift") if labels["tenant"] == fresh.tenant]
    assert of == []


def test_runs_are_counted_by_kind_and_state_and_timed(fresh: County) -> None:
    timed = value(fresh.anonymous, "jifen_run_seconds_count", kind="computation")
    publish(fresh, "2025-02")
    publish(fresh, "2025-03")
    assert fresh.hr.post("/v1/periods/2025-03/finalise").status_code == 200
    assert fresh.hr.post("/v1/periods/2025-02/reopen", {"reason": "an objection"}).status_code == 200
    of = {"tenant": fresh.tenant, "kind": "computation"}
    assert value(fresh.anonymous, "jifen_runs", **of, state="closing") == 1
    publish(fresh, "2025-02", fresh.user("second", ALL_SCOPES, [SOURCE]))
    for state in ("final", "provisional", "superseded"):
        assert value(fresh.anonymous, "jifen_runs", **of, state=state) == 1, state
    assert value(fresh.anonymous, "jifen_run_seconds_count", kind="computation") == timed + 3


def test_what_is_sealed_and_what_waits_have_an_age(fresh: County) -> None:
    labels = {"tenant": fresh.tenant}
    fresh.ranking("2025-03")
    assert value(fresh.anonymous, "jifen_unsealed_age_seconds", **labels) == 0
    assert 0 < value(fresh.anonymous, "jifen_sealed_age_seconds", **labels) < 60
    fresh.send(visit("w1", "h1"))
    assert 0 < value(fresh.anonymous, "jifen_unsealed_age_seconds", **labels) < 60


ROUTE = "/v1/periods"


def answered(client: Client, status: int) -> float:
    """How many requests for the route were answered so."""
    return value(client, "jifen_http_request_seconds_count", route=ROUTE, status=str(status))


def test_refusals_for_rate_and_for_lack_of_a_connection_are_told_apart(url: str) -> None:
    limited = Settings(rate_per_second=1, rate_burst=2, pool_timeout_seconds=1)
    for database in opened(url):
        county = County.empty(url, database, limited)
        before = answered(county.anonymous, 429)
        statuses = [county.hr.get(ROUTE).status_code for _ in range(8)]
        assert statuses.count(429) > 0
        assert answered(county.anonymous, 429) == before + statuses.count(429)
        database.close()
        before = answered(county.anonymous, 503)
        other = Client(create_app(limited, database).test_client(), county.hr.token)
        assert other.get(ROUTE).status_code == 503
        assert value(county.anonymous, "jifen_database_up") == 0
        assert answered(county.anonymous, 503) == before + 1


def test_a_database_without_a_schema_is_scraped_all_the_same(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE migration")
    for database in opened(url):
        client = Client(create_app(Settings(), database).test_client(), None)
        found = [value(client, f"jifen_{name}") for name in ("database_up", "schema_version")]
        assert (found, value(client, "jifen_schema_needed") > 0) == ([1, 0], True)


def test_a_schema_of_a_version_before_is_told(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM migration WHERE number = (SELECT max(number) FROM migration)")
    for database in opened(url):
        client = Client(create_app(Settings(), database).test_client(), None)
        assert 0 < value(client, "jifen_schema_version") < value(client, "jifen_schema_needed")


def test_a_scrape_names_nobody(fresh: County) -> None:
    fresh.send(visit("w1", "h1"), event("violation.complaint", "w2"))
    fresh.ranking("2025-03")
    said = {
        value for samples in families(fresh.anonymous).values() for labels, _ in samples for value in labels.values()
    }
    assert said & {"w1", "w2", "worker/w1", "h1", "hr", "sender"} == set()
