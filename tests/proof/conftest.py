"""A county with a past: events, an alias, corrections, roster changes, a draft, a revised period, all sealed."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.audit import Head, head
from service.database.transactions import Database
from tests.conftest import opened
from tests.county import ALL_SCOPES, SOURCE, County, event, rating, visit

STAFF = {"organisation": "east", "post": "staff", "from": "2024-01-01"}


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from opened(module_url)


@pytest.fixture(scope="module")
def past(module_url: str, module_database: Database) -> County:
    """The county, its journal in several blocks."""
    return with_a_past(County.small(module_url, module_database))


def with_a_past(county: County) -> County:
    """Let things happen in a small county."""
    attributes = [{"name": "certificate", "value": "middle", "from": "2024-01-01", "to": "2026-01-01"}]
    known = {"aliases": [{"source": SOURCE, "id": "emp-1"}], "assignments": [STAFF], "attributes": attributes}
    county.hr.put("/v1/workers/w1", {"name": "somebody", **known})
    first, second, *_ = county.send(visit("emp-1", "05"), visit("w2", "h2"), rating("w1", "4.50"), rating("w1", 4))
    county.send({**event("assess.annual", "w3", "2025-12-31T23:59:59.123456+08:00", points=80), "period": "2025"})
    kept(county)
    county.hr.post("/v1/periods/2025-03/close")
    county.hr.post("/v1/periods/2025-03/publish")
    late, _ = county.send(visit("w4", "h4"), visit("w4", "h5"))
    because = {"reason": "entered in error"}
    county.hr.post(f"/v1/events/{first['event']}/reversal", because)
    amended = county.hr.post(f"/v1/events/{second['event']}/amendment", {**because, "event": visit("w2", "h7")})
    assert amended.status_code in (200, 201), amended.json
    county.hr.post("/v1/periods/2025-03/reopen", {"reason": "an objection", "admit": [late["event"]]})
    kept(county)
    second_person = county.user("second", ALL_SCOPES, [SOURCE])
    assert second_person.post("/v1/periods/2025-03/publish").status_code == 200
    county.state([], [{"id": "w6", "assignments": [{**STAFF, "from": "2025-03-20"}, {**STAFF, "post": "head"}]}])
    assert county.keep_cases().status_code == 200
    assert county.publish("small-county", "2026-1").status_code == 200
    county.send(event("violation.complaint", "w5"))
    kept(county)
    return county


def kept(county: County) -> Head:
    """The head of its chain, as somebody keeps it outside."""
    with county.database.transaction(county.tenant_id) as transaction:
        said: dict[str, Any] = head(transaction, county.tenant)
    return Head(said["position"], said["hash"])
