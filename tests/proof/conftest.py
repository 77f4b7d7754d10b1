"""A county with a past, all of it sealed: events, an alias, corrections, roster changes, a draft, a revised period.

From June on it has a notice: its results are published before their time and contested, somebody's tier waits for an
investigation, and there are results of the year before.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from service.audit import Head, head
from service.database.transactions import Database
from tests.conftest import opened
from tests.county import ALL_SCOPES, RULEBOOK, SOURCE, Client, County, event, rating, visit
from tests.http.noticed import FORCE, on, step
from tests.http.test_completions import CASE_TYPES, INVESTIGATED

STAFF = {"organisation": "east", "post": "staff", "from": "2024-01-01"}
JUNE, IN_JUNE = "2025-06", "2025-06-10T09:00:00+08:00"
NOTICED = """
notice: {days: 5, objection_days: 5, answer_days: 15, counted: working}
"""


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
    with_a_notice(county, second_person)
    kept(county)
    return county


def with_a_notice(county: County, second: Client) -> None:
    """Results of the year before; June is forced, contested, corrected, forced again, and completed."""
    december = {"rulebook": "small-county@2025-1", "period": "2024-12", "reason": "on paper", "document": "No. 1"}
    rows = [{"subject": "worker/w1", "tier": "competent", "total": "71.5"}, {"subject": "worker/w2", "tier": "basic"}]
    done(county.hr.post("/v1/results/import", {**december, "results": rows}))
    county.declare(CASE_TYPES)
    june = RULEBOOK.replace("2025-1", "2025-2").replace("from: 2025-01", f"from: {JUNE}")
    county.rule(june.replace("base: month", "base: month, late_days: 5") + INVESTIGATED + NOTICED)
    done(county.hr.put("/v1/calendar/2025", {"holidays": ["2025-07-07"], "working_days": ["2025-07-12"]}))
    contested, _ = county.send(visit("w2", "h8", IN_JUNE), event("case.opened", "w3", IN_JUNE, case="c1"))
    with on("2025-07-04"):
        done(step(county, "close", period=JUNE))
        done(step(county, "publish", FORCE, period=JUNE))
        said = {"period": JUNE, "subject": "worker/w2", "objector": "worker/w2", "line": "visits", "text": "two visits"}
        objection = done(county.hr.post("/v1/objections", {**said, "evidence": [contested["event"]]}))["objection"]
        upheld = {"decision": "upheld", "reason": "there were two"}
        done(county.user("committee", ALL_SCOPES, []).post(f"/v1/objections/{objection}/decision", upheld))
        done(step(county, "publish", FORCE, second, JUNE))
        done(step(county, "finalise", FORCE, period=JUNE))
        county.send(event("case.decided", "w3", "2025-07-03T09:00:00+08:00", case="c1", decision="cleared"))
        done(step(county, "reopen", {"reason": "cleared", "complete": ["worker/w3"]}, period=JUNE))
        done(step(county, "publish", FORCE, second, JUNE))


def done(answer: Any) -> Any:
    """What was answered to something that was done."""
    assert answer.status_code in (200, 201), answer.json
    return answer.json


def kept(county: County) -> Head:
    """The head of its chain, as somebody keeps it outside."""
    with county.database.transaction(county.tenant_id) as transaction:
        said: dict[str, Any] = head(transaction, county.tenant)
    return Head(said["position"], said["hash"])
