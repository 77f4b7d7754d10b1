"""Invariant 15, as it is read: every write with who, what, before, after, request and reason; nothing personal."""

from typing import Any

import pytest

from service.trail.reading import MOST_CHANGES
from tests.county import County, visit
from tests.http.asking import assert_problem

STAFF = {"organisation": "east", "post": "staff", "from": "2024-01-01"}


def entries(county: County, **query: Any) -> list[dict[str, Any]]:
    """The first page of the journal, the newest first."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    answer = county.hr.get(f"/v1/audit?{asked}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def last(county: County, action: str) -> dict[str, Any]:
    return entries(county, action=action, limit=1)[0]


def test_an_entry_says_who_did_what_in_which_request_and_why(shared: County) -> None:
    [sent] = shared.send(visit("w1", "told"))
    answer = shared.hr.post(f"/v1/events/{sent['event']}/reversal", {"reason": "entered twice"})
    told = last(shared, "event.reverse")
    assert (told["actor"], told["reason"]) == ("hr", "entered twice")
    assert told["request_id"] == answer.headers["X-Request-Id"]
    assert told["changes"] == [
        {"of": f"event/{sent['event']}", "before": {"state": "counts"}, "after": {"state": "reversed"}}
    ]


def test_a_batch_is_one_entry_that_names_its_first_events(shared: County) -> None:
    count = MOST_CHANGES + 1
    sent = shared.send(*(visit("w2", f"many-{n}") for n in range(count)))
    told = last(shared, "event.create")
    assert (told["actor"], told["size"], told["changed"], len(told["changes"])) == ("sender", count, count, count - 1)
    whole = shared.hr.get(f"/v1/audit/{told['position'] + count - 1}").json
    assert whole["position"] == told["position"]
    assert [change["of"] for change in whole["changes"]] == [f"event/{one['event']}" for one in sent]
    assert {change["before"] for change in whole["changes"]} == {None}


def test_a_record_is_told_as_it_was_and_as_it_is(fresh: County) -> None:
    fresh.hr.put("/v1/workers/w1", {"name": "李某某", "phone": "13900000001", "assignments": [STAFF]})
    moved = {**STAFF, "organisation": "west"}
    fresh.hr.put("/v1/workers/w1", {"name": "李某某", "assignments": [moved]})
    [change] = last(fresh, "roster.state")["changes"]
    before, after = change["before"], change["after"]
    assert change["of"] == "worker/w1"
    assert [said["assignments"][0]["organisation"] for said in (before, after)] == ["east", "west"]
    assert before["hashed"]["name"] == after["hashed"]["name"]
    assert (len(before["hashed"]["phone"]), after["hashed"]["phone"]) == (64, None)


def test_two_of_the_same_name_have_nothing_in_common(fresh: County) -> None:
    fresh.state([], [{"id": id_, "name": "李某某", "assignments": [STAFF]} for id_ in ("same-1", "same-2")])
    first, second = last(fresh, "roster.state")["changes"]
    assert first["after"]["hashed"]["name"] != second["after"]["hashed"]["name"]


def test_what_moves_with_an_organisation_is_told(fresh: County) -> None:
    fresh.hr.put("/v1/organisations/grid", {"kind": "grid", "title": "网格", "parent": "east"})
    fresh.hr.put("/v1/organisations/east", {"kind": "community", "title": "east", "parent": "west"})
    told = {change["of"]: change for change in last(fresh, "roster.state")["changes"]}
    assert told["organisation/grid"]["before"]["path"] == ["county", "east", "grid"]
    assert told["organisation/grid"]["after"]["path"] == ["county", "west", "east", "grid"]


def test_a_statement_follows_the_one_before_about_the_same(fresh: County) -> None:
    declared = {"title": "x", "subject": "worker", "dated_by": "time", "fields": {}}
    fresh.hr.put("/v1/event-types/a.type", declared)
    fresh.hr.put("/v1/event-types/b.type", declared)
    fresh.hr.put("/v1/event-types/a.type", {**declared, "title": "y"})
    [change] = last(fresh, "event_type.declare")["changes"]
    titles = [said["declaration"]["title"] for said in (change["before"], change["after"])]
    assert (change["of"], titles) == ("event-type/a.type", ["x", "y"])
    for days in (["2031-01-01"], ["2031-01-01", "2031-01-02"]):
        fresh.hr.put("/v1/calendar/2031", {"holidays": days, "working_days": []})
    [change] = last(fresh, "calendar.state")["changes"]
    assert [len(said["holidays"]) for said in (change["before"], change["after"])] == [1, 2]


def test_a_webhooks_secret_is_no_change_of_what_it_is_told(fresh: County) -> None:
    hook = fresh.hr.post("/v1/webhooks", {"url": "https://a.example", "types": ["jifen.event.reversed"]}).json
    address = f"/v1/webhooks/{hook['webhook']}"
    assert fresh.hr.post(f"{address}/secrets", {}).status_code == 201
    fresh.hr._send("PATCH", address, {}, json={"state": "disabled"})
    [change] = last(fresh, "webhook.change")["changes"]
    assert change["before"]["types"] == ["jifen.event.reversed"]
    assert change["after"]["state"] == "disabled"


def test_a_period_is_told_state_by_state(fresh: County) -> None:
    for step in ("close", "publish"):
        assert fresh.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    assert fresh.hr.post("/v1/periods/2025-03/reopen", {"reason": "late"}).status_code == 200
    told = [entry["changes"][0] for entry in entries(fresh) if entry["action"].startswith("period.")]
    steps = [(one["before"]["state"], one["after"]["state"]) for one in reversed(told)]
    assert steps == [("open", "closing"), ("closing", "provisional"), ("provisional", "closing")]
    assert {one["of"] for one in told} == {"period/small-county/2025-03"}


def test_pages_tell_every_entry_once(fresh: County) -> None:
    for n in range(5):
        fresh.send(visit("w1", f"h{n}"))
    positions, after = [], ""
    for _ in range(100):
        page = fresh.hr.get(f"/v1/audit?limit=3{after}").json
        positions += [(entry["position"], entry["size"]) for entry in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert positions == sorted(positions, reverse=True)
    assert sum(size for _, size in positions) == positions[0][0]


def test_entries_are_sought_by_actor_action_time_and_subject(fresh: County) -> None:
    fresh.send(visit("w1", "h1"))
    fresh.hr.put("/v1/workers/w3", {"assignments": [{**STAFF, "post": "head"}]})
    assert {entry["action"] for entry in entries(fresh, actor="sender")} == {"event.create"}
    assert "event.create" not in {entry["action"] for entry in entries(fresh, intake="false")}
    about = entries(fresh, subject="worker/w3")
    assert [change["of"] for change in about[0]["changes"]] == ["worker/w3"]
    assert {entry["action"] for entry in about} == {"roster.state"}
    assert entries(fresh, subject="worker/nobody") == []
    assert entries(fresh, to="2020-01-01T00:00:00Z") == []
    since = about[0]["recorded_at"].replace("+", "%2B")
    assert [e["position"] for e in entries(fresh, **{"from": since})] == [about[0]["position"]]


def test_only_who_may_read_the_journal_does(shared: County) -> None:
    """Deny by default."""
    for path in ("/v1/audit", "/v1/audit/1"):
        assert_problem(shared.sender.get(path), 403, "access.scope")


@pytest.mark.parametrize("position", ["0", "99999999", "99999999999999999999999"])
def test_a_position_that_there_is_not_is_unknown(shared: County, position: str) -> None:
    assert_problem(shared.hr.get(f"/v1/audit/{position}"), 404, "resource.unknown")
