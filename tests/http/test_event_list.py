"""GET /v1/events: what was stored, by subject, type, period, source and time, page by page."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import pytest

import sql
from tests.county import SOURCE, County, event, rating, visit
from tests.http.asking import assert_problem, user

MARCH = {"from": "2025-03-01T00:00:00+08:00", "to": "2025-04-01T00:00:00+08:00"}


def listed(county: County, **sought: Any) -> list[dict[str, Any]]:
    """The items of one page."""
    answer = county.sender.get(f"/v1/events?{urlencode(sought)}")
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def ids(county: County, **sought: Any) -> list[str]:
    """The ids as sent."""
    return [item["id"] for item in listed(county, **sought)]


def paged(county: County, **sought: Any) -> list[dict[str, Any]]:
    """All items of a list, page after page."""
    found: list[dict[str, Any]] = []
    for _ in range(100):
        answer = county.sender.get(f"/v1/events?{urlencode(sought)}").json
        found += answer["items"]
        if answer["next"] is None:
            return found
        sought["after"] = answer["next"]
    raise AssertionError("no end")


def annual(worker: str, period: str) -> dict[str, Any]:
    """An event that names its period."""
    return {**event("assess.annual", worker, points=80), "period": period}


@pytest.fixture
def sent(fresh: County) -> list[dict[str, Any]]:
    """Events of two subjects, three types, two sources and two months; the oldest first."""
    other = user(fresh, ["events:write"], ["hotline"])
    said = [
        visit("w1", "h1", "2025-03-03T09:00:00+08:00"),
        rating("w2", 5, "2025-03-05T09:00:00+08:00"),
        {**visit("w2", "h2", "2025-03-07T09:00:00+08:00"), "source": "hotline"},
        {**annual("w1", "2024"), "time": "2025-03-09T09:00:00+08:00"},
        visit("w1", "h3", "2025-04-01T00:00:00+08:00"),
    ]
    fresh.send(*[one for one in said if one["source"] == SOURCE])
    assert other.post("/v1/events", said[2]).status_code == 201
    return said


def test_an_item_is_the_event_as_it_is_read_alone(fresh: County, sent: list[dict[str, Any]]) -> None:
    [last] = fresh.send(visit("w1", "h1"))
    fresh.sender.post(f"/v1/events/{last['event']}/reversal", {"reason": "entered in error"})
    items = listed(fresh, subject="worker/w1")
    assert len(items) == 4
    for item in items:
        assert item == fresh.sender.get(f"/v1/events/{item['event']}").json
    assert [item["reversed_because"] for item in items].count("entered in error") == 1


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        (MARCH, [3, 2, 1, 0]),
        ({**MARCH, "order": "oldest"}, [0, 1, 2, 3]),
        ({"subject": "worker/w1"}, [4, 3, 0]),
        ({"subject": "worker/w1", **MARCH}, [3, 0]),
        ({"subject": "worker/w1", "to": MARCH["to"], "order": "oldest"}, [0, 3]),
        ({"subject": "worker/w1", "from": MARCH["to"]}, [4]),
        ({**MARCH, "type": "visit.done"}, [2, 0]),
        ({**MARCH, "source": "hotline"}, [2]),
        ({"period": "2024"}, [3]),
        ({"period": "2025"}, []),
        ({"subject": "organisation/w1"}, []),
        ({"subject": "worker/nobody"}, []),
        ({**MARCH, "type": "imagined"}, []),
        ({**MARCH, "source": "nobody"}, []),
    ],
    ids=str,
)
def test_a_list_is_filtered_and_ordered_by_time(
    fresh: County, sent: list[dict[str, Any]], sought: dict[str, str], expected: list[int]
) -> None:
    assert ids(fresh, **sought) == [sent[n]["id"] for n in expected]


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("sought", [MARCH, {"subject": "worker/w1"}], ids=["time", "subject"])
def test_pages_hold_each_event_once(fresh: County, order: str, sought: dict[str, str]) -> None:
    """Also where many have one time, and while others come."""
    fresh.send(*(visit("w1", f"h{n}", f"2025-03-{n % 2 + 10}T09:00:00+08:00") for n in range(20)))
    whole = listed(fresh, **sought, order=order)
    assert paged(fresh, **sought, order=order, limit=3) == whole
    keys = [(item["time"], UUID(item["event"])) for item in whole]
    assert keys == sorted(keys, reverse=order == "newest")
    assert len(set(keys)) == 20


def test_what_comes_meanwhile_moves_no_page(fresh: County) -> None:
    fresh.send(*(visit("w1", f"h{n}") for n in range(4)))
    before = listed(fresh, subject="worker/w1")
    first = fresh.sender.get("/v1/events?subject=worker/w1&limit=2").json
    fresh.send(visit("w1", "later", "2025-03-31T09:00:00+08:00"))
    assert listed(fresh, subject="worker/w1", after=first["next"]) == before[2:]


@pytest.mark.parametrize(
    ("sought", "errors"),
    [
        ({}, [("/from", "events.unbounded"), ("/to", "events.unbounded")]),
        ({"type": "visit.done", "from": MARCH["from"]}, [("/to", "events.unbounded")]),
        ({**MARCH, "to": "2025-04-01T00:00:01+08:00"}, [("/from", "events.wide")]),
        ({**MARCH, "from": "2025-03-01"}, [("/from", "time.malformed")]),
        ({"subject": "w1"}, [("/subject", "subject.malformed")]),
        ({"period": "March"}, [("/period", "period.malformed")]),
        ({"subject": "worker/w1", "order": "random"}, [("/order", "code.unknown")]),
        ({"subject": "worker/w1", "after": "x"}, [("/after", "cursor.malformed")]),
        ({"subject": "worker/w1", "limit": "5001"}, [("/limit", "number.whole")]),
        ({"subject": "worker/w1", "late": "true"}, [("/late", "field.unknown")]),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(shared: County, sought: dict[str, str], errors: list[tuple[str, str]]) -> None:
    answer = shared.sender.get(f"/v1/events?{urlencode(sought)}")
    assert assert_problem(answer, 422, "request.invalid") == errors


def test_a_tenant_lists_its_own(shared: County, fresh: County) -> None:
    """Invariant 14: the same subject of another tenant is another one."""
    shared.send(visit("w1", "h1"))
    assert listed(shared, subject="worker/w1")
    assert listed(fresh, subject="worker/w1") == listed(fresh, **MARCH) == []


def test_a_page_of_a_subject_is_found_by_its_index(fresh: County) -> None:
    """However many events there are, also of a subject."""
    text = sql.statement("events_newest")
    values: dict[str, Any] = dict.fromkeys(["type", "source", "period", "time_from", "time_to"])
    values |= {"tenant": fresh.tenant_id, "kind": "worker", "subject_id": "w1", "limit": 101}
    values |= {"sees": None, "today": None}
    values |= {"after_time": datetime(2025, 3, 1, tzinfo=UTC), "after_event": UUID(int=1)}
    with psycopg.connect(fresh.url) as owner:
        [(worker,)] = owner.execute(
            "SELECT subject_no FROM subject WHERE tenant_id = %s AND id = 'w1'", [fresh.tenant_id]
        ).fetchall()
        owner.execute(
            "INSERT INTO event SELECT %s, %s + n %% 2, 1, 1, gen_random_uuid(), 1,"
            " '2025-01-01'::timestamptz + n * interval '1 minute', n, NULL, NULL, n::text, NULL, '', '{}'"
            " FROM generate_series(1, 20000) n",
            [fresh.tenant_id, worker],
        )
        owner.execute("ANALYZE event")
        owner.execute("SET LOCAL random_page_cost = 1.1")  # as the service's connections have it
        [(plan,)] = owner.execute(f"EXPLAIN (FORMAT JSON, ANALYZE, TIMING OFF) {text}".encode(), values).fetchall()
        owner.rollback()
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Index Name") == "event_of_subject"]
    assert scans, plan
    assert all(node["Actual Rows"] <= 200 for node in scans), scans


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan."""
    return [plan, *(inner for child in plan.get("Plans", []) for inner in nodes(child))]
