"""/healthz, /readyz, /metrics, /openapi.json: what operations see, and that no label grows without end."""

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from service import __version__
from service.app import create_app
from service.settings import Settings
from sql import every_migration
from tests.conftest import opened
from tests.county import Client, County, event, rating, visit
from tests.http.asking import assert_problem

Samples = list[tuple[dict[str, str], float]]


def scraped(client: Client) -> str:
    """What Prometheus is told."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return answer.text


def parsed(text: str) -> dict[str, Samples]:
    """The samples of a text by name."""
    found: dict[str, Samples] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def families(client: Client) -> dict[str, Samples]:
    """The samples of a scrape by name."""
    return parsed(scraped(client))


def samples(client: Client, name: str) -> Samples:
    """The samples of one name: to parse all takes half a second, after so many other tests as have counted."""
    lines = [line for line in scraped(client).splitlines(True) if line.startswith((f"{name}{{", f"{name} "))]
    return parsed("".join(lines)).get(name, [])


def value(client: Client, name: str, **labels: str) -> float:
    """The value of one sample; 0 where there is none yet."""
    return sum(number for said, number in samples(client, name) if labels.items() <= said.items())


def test_healthz_answers_without_a_token(shared: County) -> None:
    answer = shared.anonymous.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "version": __version__})


def test_readyz_says_that_code_and_schema_agree(shared: County) -> None:
    newest = every_migration()[-1][0]
    answer = shared.anonymous.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "schema": newest, "needs": newest})


def test_readyz_is_503_where_the_process_is_to_stop(shared: County) -> None:
    stopping = shared.client.application.extensions["jifen.stopping"]
    stopping.begin()
    try:
        answer = shared.anonymous.get("/readyz")
    finally:
        stopping._since = None
    assert (answer.status_code, answer.json["status"]) == (503, "stopping")
    assert shared.anonymous.get("/healthz").status_code == 200


def test_readyz_says_when_the_schema_is_another(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM migration WHERE number = (SELECT max(number) FROM migration)")
    for database in opened(url):
        answer = create_app(Settings(), database).test_client().get("/readyz")
        assert (answer.status_code, answer.json["status"]) == (503, "not ready")


def test_readyz_says_that_a_schema_that_was_expanded_since_will_do(url: str) -> None:
    """Or nobody would serve from the moment at which the next version migrates to the one at which it is up."""
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO migration (number, name, hash) VALUES (9999, 'next', '')")
    for database in opened(url):
        answer = create_app(Settings(), database).test_client().get("/readyz")
        assert (answer.status_code, answer.json["schema"]) == (200, 9999)


def test_readyz_says_when_nothing_was_migrated(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE migration")
    for database in opened(url):
        answer = create_app(Settings(), database).test_client().get("/readyz")
        assert (answer.status_code, answer.json["status"]) == (503, "not ready"), answer.json


@pytest.mark.parametrize(
    "name",
    [
        "jifen_build_info",
        "jifen_events_total",
        "jifen_http_request_seconds_count",
        "jifen_computation_seconds_count",
        "jifen_database_seconds_count",
        "jifen_database_up",
        "jifen_pool_connections",
        "jifen_pool_waiting",
        "jifen_standing_age_seconds",
        "jifen_inputs_revised",
        "jifen_workers",
    ],
)
def test_everything_that_a_dashboard_needs_is_measured(shared: County, name: str) -> None:
    shared.send(visit("w1", "h1"))
    shared.ranking("2025-03")
    assert name in families(shared.anonymous)


@pytest.mark.parametrize("outcome", ["created", "rejected"])
def test_events_are_counted_by_type_and_outcome(shared: County, outcome: str) -> None:
    labels = {"type": "rating.resident", "outcome": outcome}
    before = value(shared.anonymous, "jifen_events_total", **labels)
    shared.send(*(rating("w1" if outcome == "created" else "nobody", 5) for _ in range(3)))
    assert value(shared.anonymous, "jifen_events_total", **labels) == before + 3


def test_duplicates_and_conflicts_are_counted(shared: County) -> None:
    before = [value(shared.anonymous, "jifen_events_total", outcome=o) for o in ("duplicate", "conflict")]
    sent = visit("w1", "h1")
    shared.send(sent, sent, {**sent, "data": {"household": "h2"}})
    after = [value(shared.anonymous, "jifen_events_total", outcome=o) for o in ("duplicate", "conflict")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]


def test_workers_are_counted_by_tier(fresh: County) -> None:
    fresh.ranking("2025-03")
    labels = {"tenant": fresh.tenant, "rulebook": "small-county", "period": "2025-03"}
    assert value(fresh.anonymous, "jifen_workers", **labels, tier="incompetent") == 6
    assert value(fresh.anonymous, "jifen_standing_age_seconds", **labels) < 60


def test_a_computation_is_timed(fresh: County) -> None:
    before = value(fresh.anonymous, "jifen_computation_seconds_count", kind="full")
    fresh.ranking("2025-03")
    assert value(fresh.anonymous, "jifen_computation_seconds_count", kind="full") == before + 1


def test_what_a_client_chooses_is_no_label(shared: County) -> None:
    """Ids, addresses, methods and types that nobody declared must not make series."""
    shared.send(event("type.chosen", "w1"), {**visit("w1", "h1"), "subject": "worker/chosen", "source": "chosen"})
    shared.hr.get("/v1/workers/chosen")
    shared.hr.get("/chosen/nowhere")
    shared.hr.get("/v1/rankings/2025-03?chosen=1&group=chosen")
    shared.hr._client.open("/v1/events", method="CHOSEN", headers={"Authorization": f"Bearer {shared.hr.token}"})
    chosen = [
        (name, labels)
        for name, samples in families(shared.anonymous).items()
        for labels, _ in samples
        if "chosen" in str(labels).lower()
    ]
    assert chosen == []


def test_the_openapi_document_has_every_route(shared: County) -> None:
    answer = shared.anonymous.get("/openapi.json")
    assert (answer.status_code, answer.json["openapi"]) == (200, "3.1.0")
    app = shared.hr._client.application
    assert len(answer.json["paths"]) == len({rule.rule for rule in app.url_map.iter_rules()})


def test_an_address_that_is_not_there_is_404(shared: County) -> None:
    assert_problem(shared.hr.get("/v1/nowhere"), 404, "resource.route")


def test_a_method_that_an_address_does_not_take_is_405(shared: County) -> None:
    answer = shared.hr.put("/v1/rulebooks", {})
    assert_problem(answer, 405, "resource.method")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
