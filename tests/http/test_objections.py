"""/v1/objections: who may contest what until when, who decides, and that only a correction moves a total."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.county import SOURCE, Client, County, event, visit
from tests.http.asking import assert_problem, nothing_written, rulebook, user
from tests.http.noticed import (
    AFTER,
    FORCE,
    LAST_DAY,
    MARCH,
    NOTICE,
    PUBLISHED,
    YEAR,
    another,
    noticed,
    on,
    publish,
    run_of,
    step,
)

TEXT = "三月十日走访了两户，只计了一户"
DAY = "2025-04-28"


@pytest.fixture
def county(fresh: County) -> County:
    """A county with a notice, whose March is published; w1 had a visit."""
    made = noticed(fresh)
    made.send(visit("w1", "h1"))
    publish(made)
    return made


def said(**other: Any) -> dict[str, Any]:
    return {"period": MARCH, "subject": "worker/w1", "objector": "worker/w1", "text": TEXT, **other}


def enter(county: County, by: Client | None = None, day: str = DAY, **other: Any) -> Any:
    """The answer to an objection."""
    with on(day):
        return (by or county.hr).post("/v1/objections", said(**other))


def entered(county: County, **other: Any) -> str:
    """A new objection."""
    answer = enter(county, **other)
    assert answer.status_code == 201, answer.json
    return str(answer.json["objection"])


def decider(county: County, actor: str = "committee", *more: str) -> Client:
    return user(county, ["objections:decide", *more], actor=actor)


def decide(county: County, objection: str, decision: str, by: Client | None = None) -> Any:
    """The answer to a decision of somebody who has no part in it."""
    body = {"decision": decision, "reason": "核对了走访记录"}
    with on("2025-04-29"):
        return (by or decider(county)).post(f"/v1/objections/{objection}/decision", body)


def test_an_objection_has_a_clock(county: County) -> None:
    """Invariant 15: entering it leaves an audit entry, and what was said isn't in it."""
    answer = enter(county, line="visits")
    told = dict(answer.json)
    assert UUID(told.pop("objection")).version == 4
    run = county.hr.get("/v1/runs").json["items"][0]["run"]
    assert told.pop("opened_at")
    assert told == {
        "state": "open",
        "rulebook": "small-county",
        "period": MARCH,
        "revision": 1,
        "run": run,
        "subject": "worker/w1",
        "line": "visits",
        "objector": "worker/w1",
        "text": TEXT,
        "evidence": [],
        "entered_by": "hr",
        "answer_by": "2025-05-22",  # 29 and 30 April, then 6 to 9, 12 to 16 and 19 to 22 May
        "overdue": False,
        "decision": None,
        "answered_by": None,
    }
    with psycopg.connect(county.url) as owner:
        found = owner.execute("SELECT count(*) FROM audit_entry WHERE detail::text LIKE %s", [f"%{TEXT}%"]).fetchone()
    assert found == (0,)


@pytest.mark.parametrize(("day", "overdue"), [("2025-05-22", False), ("2025-05-23", True)])
def test_an_objection_is_overdue_after_its_day(county: County, day: str, overdue: bool) -> None:
    objection = entered(county)
    with on(day):
        assert county.hr.get(f"/v1/objections/{objection}").json["overdue"] is overdue
        assert len(county.hr.get("/v1/objections?overdue=true").json["items"]) == overdue
        metrics = county.hr.get("/metrics").text
    assert f'jifen_objections_overdue{{tenant="{county.tenant}"}} {float(overdue)}' in metrics
    assert f'jifen_objections{{state="open",tenant="{county.tenant}"}} 1.0' in metrics


def test_what_is_settled_is_never_overdue(county: County) -> None:
    objection = entered(county)
    decide(county, objection, "rejected")
    with on("2025-06-30"):
        assert county.hr.get(f"/v1/objections/{objection}").json["overdue"] is False
        assert county.hr.get("/v1/objections?overdue=true").json["items"] == []


def test_nothing_is_final_while_an_objection_is_open(county: County) -> None:
    """Not by force either."""
    objections = [entered(county, line="visits"), entered(county)]
    for said_of_step in (None, FORCE):
        with on(AFTER), nothing_written(county):
            answer = step(county, "finalise", said_of_step)
        assert_problem(answer, 409, "objection.open")
        assert all(objection in answer.json["title"] for objection in objections)
    with on(AFTER):
        [block] = county.hr.get(f"/v1/periods/{MARCH}/checklist").json["blocks"]
    assert (block["code"], block["steps"], block["forceable"]) == ("objection.open", ["finalise"], False)
    assert (block["about"], block["count"], block["subjects"]) == (objections, 2, ["worker/w1"] * 2)
    for objection in objections:
        decide(county, objection, "rejected")
    with on(AFTER):
        assert step(county, "finalise").status_code == 200


def test_five_open_objections_are_named_and_all_are_counted(county: County) -> None:
    made = [entered(county, subject=f"worker/w{n}", objector=f"worker/w{n}") for n in range(1, 7)]
    with on(AFTER):
        title = step(county, "finalise").json["title"]
        [block] = county.hr.get(f"/v1/periods/{MARCH}/checklist").json["blocks"]
    assert title.startswith("6 objections")
    assert [objection in title for objection in made] == [True] * 5 + [False]
    assert (block["about"], block["count"]) == (made, 6)


@pytest.mark.parametrize("state", ["open", "closing"])
def test_only_what_is_published_is_contested(fresh: County, state: str) -> None:
    county = noticed(fresh)
    with on(DAY):
        if state == "closing":
            step(county, "close")
        with nothing_written(county):
            assert_problem(county.hr.post("/v1/objections", said()), 409, "period.state")


@pytest.mark.parametrize(("day", "status"), [(LAST_DAY, 201), (AFTER, 409)])
def test_objections_are_accepted_up_to_a_day(county: County, day: str, status: int) -> None:
    answer = enter(county, day=day)
    assert answer.status_code == status
    if status == 409:
        assert_problem(answer, 409, "objection.closed_window")
        assert LAST_DAY in answer.json["title"]


def test_what_is_final_is_contested_within_the_days_for_it(fresh: County) -> None:
    county = noticed(fresh, notice={**NOTICE, "objection_days": "30", "counted": "calendar"})
    publish(county)
    with on(AFTER):
        step(county, "finalise")
    objection = entered(county, day="2025-05-20")
    decide(county, objection, "upheld")
    assert county.hr.get(f"/v1/rankings/{MARCH}").json["state"] == "closing"


def test_a_rulebook_without_a_notice_takes_no_objections(fresh: County) -> None:
    for name in ("close", "publish"):
        step(fresh, name)
    with nothing_written(fresh):
        assert_problem(enter(fresh), 409, "objection.none")


def test_nobody_contests_the_result_of_another(county: County) -> None:
    with nothing_written(county):
        assert_problem(enter(county, objector="worker/w2"), 403, "objection.not_yours")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"line": "nothing"}, [("/line", "reference.unknown")]),
        ({"evidence": [str(UUID(int=7))]}, [("/evidence/0", "event.unknown")]),
        ({"evidence": ["x"]}, [("/evidence/0", "field.invalid")]),
        ({"objector": "worker/nobody"}, [("/objector", "subject.unknown")]),
        ({"objector": "organisation/east"}, [("/objector", "subject.unknown")]),
        ({"subject": "w1"}, [("/subject", "subject.malformed")]),
        ({"text": ""}, [("/text", "text.length")]),
    ],
)
def test_what_an_objection_names_must_be_there(county: County, other: Any, found: list[tuple[str, str]]) -> None:
    with nothing_written(county):
        assert assert_problem(enter(county, **other), 422, "request.invalid") == found


def test_only_a_result_that_there_is_is_contested(county: County) -> None:
    with nothing_written(county):
        answer = enter(county, subject="worker/nobody", objector="worker/w1")
        assert_problem(answer, 404, "resource.unknown")
        assert_problem(enter(county, period="2025-04"), 409, "period.state")
        assert_problem(enter(county, rulebook="nothing"), 404, "rulebook.none")


def test_a_line_is_contested_once_at_a_time(county: County) -> None:
    first = entered(county, line="visits")
    with nothing_written(county):
        answer = enter(county, line="visits")
    assert_problem(answer, 409, "objection.exists")
    assert first in answer.json["title"]
    entered(county, line="rating")
    decide(county, first, "rejected")
    entered(county, line="visits")


def test_evidence_is_named_by_events(county: County) -> None:
    [late] = county.send(visit("w1", "h2"))
    objection = entered(county, evidence=[late["event"]])
    assert county.hr.get(f"/v1/objections/{objection}").json["evidence"] == [late["event"]]


def worker(county: County, name: str) -> Client:
    """A worker's own token."""
    return user(county, ["self"], actor=f"worker/{name}")


def test_a_worker_speaks_for_himself_alone(county: County) -> None:
    own, other = worker(county, "w1"), worker(county, "w2")
    with nothing_written(county):
        assert_problem(enter(county, by=other), 403, "objection.not_yours")
    answer = enter(county, by=own)
    assert (answer.status_code, answer.json["entered_by"]) == (201, "worker/w1")
    mine = f"/v1/objections/{answer.json['objection']}"
    entered(county, subject="worker/w2", objector="worker/w2")
    assert [one["objector"] for one in own.get("/v1/objections").json["items"]] == ["worker/w1"]
    assert_problem(other.get(mine), 404, "resource.unknown")
    assert_problem(other.post(f"{mine}/withdraw"), 404, "resource.unknown")
    assert_problem(own.post(f"{mine}/decision", {"decision": "upheld", "reason": "x"}), 403, "access.scope")
    with on(DAY):
        assert own.get(mine).json == answer.json
    assert own.post(f"{mine}/withdraw").json["state"] == "withdrawn"


def test_a_token_of_its_own_that_is_no_workers_speaks_for_nobody(county: County) -> None:
    strange = user(county, ["self"], actor="kiosk")
    assert_problem(enter(county, by=strange), 403, "objection.not_yours")
    assert strange.get("/v1/objections").json["items"] == []


def test_who_decides_may_decide_alone(county: County) -> None:
    """A worker's own token may have no other scope; what is asked for is asked of each."""
    objection = entered(county)
    assert_problem(decide(county, objection, "rejected", worker(county, "w2")), 403, "access.scope")
    assert len(decider(county).get("/v1/objections").json["items"]) == 1
    assert_problem(decider(county).post(f"/v1/objections/{objection}/withdraw"), 403, "access.scope")


def test_what_is_withdrawn_is_settled(county: County) -> None:
    objection = entered(county)
    answer = county.hr.post(f"/v1/objections/{objection}/withdraw")
    assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")
    assert answer.json["decision"] == {"by": "hr", "at": answer.json["decision"]["at"], "reason": None}
    by = decider(county)
    with nothing_written(county):
        assert_problem(county.hr.post(f"/v1/objections/{objection}/withdraw"), 409, "objection.settled")
        assert_problem(decide(county, objection, "upheld", by), 409, "objection.settled")
    with on(AFTER):
        assert step(county, "finalise").status_code == 200


@pytest.mark.parametrize("decision", ["upheld", "rejected"])
def test_an_objection_is_decided_once_with_a_reason(county: County, decision: str) -> None:
    objection = entered(county)
    answer = decide(county, objection, decision)
    assert (answer.status_code, answer.json["state"]) == (200, decision)
    told = answer.json["decision"]
    assert (told["by"], told["reason"]) == ("committee", "核对了走访记录")
    by = decider(county)
    with nothing_written(county):
        assert_problem(decide(county, objection, "rejected", by), 409, "objection.settled")


@pytest.mark.parametrize("body", [{}, {"decision": "upheld"}, {"decision": "upheld", "reason": ""}, {"reason": "x"}])
def test_a_decision_needs_a_reason(county: County, body: Any) -> None:
    objection, by = entered(county), decider(county)
    with nothing_written(county):
        answer = by.post(f"/v1/objections/{objection}/decision", body)
    assert_problem(answer, 422, "request.invalid")


def test_who_entered_it_does_not_decide(county: County) -> None:
    objection = entered(county)
    with nothing_written(county):
        assert_problem(decide(county, objection, "rejected", county.hr), 403, "objection.second_person")


def test_who_objects_does_not_decide(county: County) -> None:
    objection = entered(county)
    by = decider(county, "worker/w1")
    with nothing_written(county):
        assert_problem(decide(county, objection, "rejected", by), 403, "objection.second_person")


@pytest.mark.parametrize(("line", "status"), [("visits", 403), (None, 403), ("rating", 200)])
def test_who_gave_the_points_does_not_decide(county: County, line: str | None, status: int) -> None:
    """The visit that counts came in by the sender; of a line in which nothing of his counts he decides."""
    objection = entered(county, **({"line": line} if line else {}))
    answer = decide(county, objection, "rejected", decider(county, "sender"))
    assert answer.status_code == status
    if status == 403:
        assert_problem(answer, 403, "objection.second_person")


def test_who_gave_the_deduction_does_not_decide(fresh: County) -> None:
    county = noticed(fresh)
    inspector = user(county, ["events:write"], [SOURCE], "inspector")
    assert inspector.post("/v1/events", [event("violation.complaint", "w1")]).status_code == 200
    publish(county)
    objection = entered(county, line="complaint")
    answer = decide(county, objection, "rejected", decider(county, "inspector"))
    assert_problem(answer, 403, "objection.second_person")
    assert decide(county, objection, "rejected", decider(county, "sender")).status_code == 200


@pytest.mark.parametrize(("line", "status"), [("annual", 403), ("months", 200)])
def test_who_gave_a_part_of_the_year_does_not_decide_about_it(fresh: County, line: str, status: int) -> None:
    """What is made of other results was given by nobody."""
    county = noticed(fresh)
    county.send({**event("assess.annual", "w1", points="80"), "period": YEAR})
    with on("2026-02-02"):
        for period in [*(f"{YEAR}-{month:02}" for month in range(1, 13)), YEAR]:
            for name in ("close", "publish"):
                assert step(county, name, period=period).status_code == 200
    objection = entered(county, day="2026-02-03", period=YEAR, line=line)
    assert decide(county, objection, "rejected", decider(county, "sender")).status_code == status


def test_what_is_upheld_moves_nothing_but_by_a_correction(county: County) -> None:
    """Invariants 3 and 12: the objection reopens; an event let in by name changes the total, in another revision."""
    [late] = county.send(visit("w1", "h2"))
    objection = entered(county, evidence=[late["event"]])
    before = county.result("w1", MARCH)["total"]
    committee = decider(county, "committee", "results:manage", "results:read")
    decide(county, objection, "upheld", committee)
    assert county.hr.get(f"/v1/rankings/{MARCH}").json["state"] == "closing"
    assert county.result("w1", MARCH)["total"] == before
    [block] = county.hr.get(f"/v1/periods/{MARCH}/checklist").json["blocks"]
    assert (block["code"], block["about"]) == ("objection.open", [objection])
    with on("2025-04-30"):
        assert_problem(step(county, "publish", by=committee), 403, "access.second_person")
        told = step(county, "publish").json
        [block] = county.hr.get(f"/v1/periods/{MARCH}/checklist").json["blocks"]
    assert block["code"] == "notice.running"
    run = run_of(county, told["run"])
    assert (run["revision"], run["corrected_by"], run["answers"]) == (2, "committee", [objection])
    assert county.hr.get(f"/v1/objections/{objection}").json["answered_by"] == told["run"]
    assert county.result("w1", MARCH)["total"] == before


def test_an_objection_upheld_during_a_correction_is_followed_by_it(county: County) -> None:
    """The period stays taken up for the first reason, by who asked first."""
    objection, rejected = entered(county), entered(county, subject="worker/w2", objector="worker/w2")
    with on(DAY):
        step(county, "reopen", {"reason": "核实"})
    assert decide(county, objection, "upheld").status_code == 200
    assert decide(county, rejected, "rejected").status_code == 200
    with on(DAY):
        told = step(county, "publish", by=another(county)).json
    run = run_of(county, told["run"])
    assert (run["corrected_by"], run["reason"], run["answers"]) == ("hr", "核实", [objection])


def test_objections_are_listed_by_pages_and_filters(county: County) -> None:
    made = [entered(county, subject=f"worker/w{n}", objector=f"worker/w{n}") for n in range(1, 4)]
    decide(county, made[1], "rejected")
    assert [one["objection"] for one in listed(county)] == made
    page = county.hr.get("/v1/objections?limit=2").json
    rest = county.hr.get(f"/v1/objections?limit=2&after={page['next']}").json
    assert [one["objection"] for one in [*page["items"], *rest["items"]]] == made
    assert rest["next"] is None
    assert [one["objection"] for one in listed(county, state="open")] == [made[0], made[2]]
    assert [one["objection"] for one in listed(county, subject="worker/w3", period=MARCH)] == [made[2]]
    assert listed(county, period="2025-04") == listed(county, rulebook="other") == []


@pytest.mark.parametrize("asked", ["state=lost", "after=x", "limit=0", "subject=w1", "overdue=false", "colour=red"])
def test_a_list_that_cannot_be_asked_for(county: County, asked: str) -> None:
    assert_problem(county.hr.get(f"/v1/objections?{asked}"), 422, "request.invalid")


@pytest.mark.parametrize("identifier", ["x", str(UUID(int=1))])
def test_an_objection_that_there_is_not(county: County, identifier: str) -> None:
    address = f"/v1/objections/{identifier}"
    body = {"decision": "rejected", "reason": "x"}
    for answer in (county.hr.get(address), county.hr.post(f"{address}/withdraw")):
        assert_problem(answer, 404, "resource.unknown")
    assert_problem(county.hr.post(f"{address}/decision", body), 404, "resource.unknown")


def listed(county: County, **asked: str) -> list[dict[str, Any]]:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return list(county.hr.get(f"/v1/objections?{query}").json["items"])


@pytest.fixture
def communities(fresh: County) -> County:
    """A county that appraises its communities, with a notice."""
    made = County.empty(fresh.url, fresh.database)
    posted = {"post": "staff", "from": "2024-01-01"}
    made.state(
        [
            {"id": "county", "kind": "county", "title": "县"},
            {"id": "east", "kind": "community", "title": "东", "parent": "county"},
            {"id": "east-1", "kind": "grid", "title": "东一", "parent": "east"},
            {"id": "west", "kind": "community", "title": "西", "parent": "county"},
        ],
        [
            {"id": "in", "assignments": [{**posted, "organisation": "east"}]},
            {"id": "below", "assignments": [{**posted, "organisation": "east-1"}]},
            {"id": "above", "assignments": [{**posted, "organisation": "county"}]},
            {"id": "beside", "assignments": [{**posted, "organisation": "west"}]},
            {"id": "gone", "assignments": [{**posted, "organisation": "east", "to": "2025-03-01"}]},
            {"id": "left", "assignments": [{**posted, "organisation": "east", "to": "2025-03-02"}]},
        ],
    )
    fixed = {**rulebook()["indicators"][1], "take": {"fixed": "5"}, "give": "as_is"}
    changes = {"subject": "organisation", "applies_to": {"kinds": ["community"], "under": "county"}}
    changes |= {"peer_groups": {"by": ["kind"], "min_size": "1", "small_groups": "keep_apart"}}
    changes |= {"categories": [rulebook()["categories"][1] | {"max": "100"}], "indicators": [{**fixed, "max": "100"}]}
    changes |= {"negative_list": [], "outcomes": [], "rollup": {}, "participation": {"min_service_days": {}}}
    changes |= {"periods": {"base": "month", "rollups": [], "timezone": "Asia/Shanghai"}, "notice": NOTICE}
    changes |= {"tiers": [{"id": "all", "title": "全部", "otherwise": "true"}]}
    whole = rulebook(**changes)
    del whole["assignment"]
    made.rule(whole)
    with on(PUBLISHED):
        for name in ("close", "publish"):
            answer = step(made, name)
            assert answer.status_code == 200, answer.json
    return made


@pytest.mark.parametrize(
    ("objector", "status"),
    [("in", 201), ("below", 201), ("left", 201), ("above", 403), ("beside", 403), ("gone", 403)],
)
def test_an_organisations_result_is_contested_by_who_serves_in_it(
    communities: County, objector: str, status: int
) -> None:
    answer = enter(communities, subject="organisation/east", objector=f"worker/{objector}")
    assert answer.status_code == status, answer.json
    if status == 403:
        assert_problem(answer, 403, "objection.not_yours")
