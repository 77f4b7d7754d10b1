"""Differences of revisions, and drift: who moved, by which lines, because of what."""

from typing import Any

import pytest

from tests.county import ALL_SCOPES, SOURCE, TYPES, Client, County, rating, visit
from tests.http.asking import assert_problem, nothing_written, rulebook, user

MARCH = "2025-03"
REASON = {"reason": "核实后更正"}


def publish(county: County, period: str = MARCH, by: Client | None = None) -> int:
    """Publish a period by a second person where it is a correction; the number of the run."""
    county.hr.post(f"/v1/periods/{period}/close")
    answer = (by or county.hr).post(f"/v1/periods/{period}/publish")
    assert answer.status_code == 200, answer.json
    return int(answer.json["run"])


def correct(county: County, period: str = MARCH, **said: Any) -> int:
    """Reopen a period and publish it again; the number of the run."""
    answer = county.hr.post(f"/v1/periods/{period}/reopen", {**REASON, **said})
    assert answer.status_code == 200, answer.json
    return publish(county, period, county.user("second", ALL_SCOPES, [SOURCE]))


def diff(county: County, run: int, asked: str = "") -> dict[str, Any]:
    answer = county.hr.get(f"/v1/runs/{run}/diff?{asked}")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def because(mover: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The code of each cause, and whom it is about."""
    for cause in mover["because"]:
        assert not cause["sentence"]["zh"].isascii()
        assert cause["sentence"]["en"].isascii()
    return [(cause["code"], cause.get("about")) for cause in mover["because"]]


def movers(said: dict[str, Any]) -> dict[str, list[tuple[str, str | None]]]:
    """The causes of each subject."""
    return {item["subject"]: because(item) for item in said["items"]}


def reverse(county: County, event: str) -> None:
    assert county.hr.post(f"/v1/events/{event}/reversal", REASON).status_code == 201


def amend(county: County, event: str, by: dict[str, Any]) -> str:
    answer = county.hr.post(f"/v1/events/{event}/amendment", {**REASON, "event": by})
    assert answer.status_code == 201, answer.json
    return str(answer.json["replaced_by"])


def test_a_reversal_moves_one_and_through_it_the_others(fresh: County) -> None:
    first, *_ = fresh.send(visit("w1", "h1"), visit("w1", "h2"), visit("w2", "h1"))
    publish(fresh)
    reverse(fresh, first["event"])
    entry = fresh.hr.get(f"/v1/events/{first['event']}").json
    run = correct(fresh)
    said = diff(fresh, run)
    assert (said["from"]["revision"], said["to"]["revision"], said["next"]) == (1, 2, None)
    assert said["counts"] == {
        "before": 6,
        "after": 6,
        "left_out": 0,
        "taken_in": 0,
        "moved": 0,
        "totals_changed": 1,
        "ranks_changed": 1,
    }
    one, two = said["items"]
    assert (one["subject"], one["difference"], one["moved"]) == ("worker/w1", "-10.00", False)
    assert (one["before"]["total"], one["after"]["total"]) == ("50.00", "40.00")
    assert [(line["id"], line["difference"]) for line in one["lines"]] == [("visits", "-10.00")]
    [cause] = one["because"]
    assert {key: cause[key] for key in cause if key not in ("sentence", "entry")} == {
        "code": "reversed",
        "about": "worker/w1",
        "event": first["event"],
        "type": "visit.done",
        "replaces": None,
        "replaced_by": None,
    }
    assert cause["entry"] > entry["position"]
    assert REASON["reason"] not in str(said), "a reason may be about somebody"
    assert "入户走访" in cause["sentence"]["zh"]
    assert (two["subject"], two["difference"], two["lines"]) == ("worker/w2", "0.00", [])
    assert (two["before"]["rank"], two["after"]["rank"]) == (2, 1)
    assert because(two) == [("others", None)]


def test_an_amendment_is_told_of_both_whom_it_is_about(fresh: County) -> None:
    same, other = (one["event"] for one in fresh.send(visit("w1", "h1"), visit("w2", "h1")))
    publish(fresh)
    own = amend(fresh, same, {**visit("w1", "h2"), "time": "2025-04-10T09:00:00+08:00"})
    moved = amend(fresh, other, visit("w3", "h1"))
    run = correct(fresh)
    said = {item["subject"]: item for item in diff(fresh, run)["items"]}
    assert because(said["worker/w1"]) == [("amended", "worker/w1")]
    assert said["worker/w1"]["because"][0]["replaced_by"] == own
    assert because(said["worker/w2"]) == [("amended", "worker/w2")]
    assert because(said["worker/w3"]) == [("replacement", "worker/w3")]
    assert (said["worker/w3"]["because"][0]["event"], said["worker/w3"]["because"][0]["replaces"]) == (moved, other)


def test_a_late_event_is_a_cause_where_it_was_let_in(fresh: County) -> None:
    publish(fresh)
    let_in, left_out, taken_back = (one["event"] for one in fresh.send(*(visit("w1", f"h{n}") for n in range(3))))
    reverse(fresh, taken_back)
    [item, *others] = diff(fresh, correct(fresh, admit=[let_in]))["items"]
    assert because(item) == [("admitted", "worker/w1")]
    assert item["because"][0]["event"] == let_in != left_out
    assert {code for other in others for code, _ in because(other)} <= {"others"}
    reverse(fresh, let_in)
    [item, *_] = diff(fresh, correct(fresh))["items"]
    assert because(item) == [("reversed", "worker/w1")]
    assert diff(fresh, correct(fresh))["items"] == []


def test_from_the_first_to_the_last_only_what_lasts_is_told(fresh: County) -> None:
    first = publish(fresh)
    [late] = fresh.send(visit("w1", "h1"))
    second = correct(fresh, admit=[late["event"]])
    reverse(fresh, late["event"])
    third = correct(fresh)
    assert movers(diff(fresh, second))["worker/w1"] == [("admitted", "worker/w1")]
    assert movers(diff(fresh, third))["worker/w1"] == [("reversed", "worker/w1")]
    assert diff(fresh, third, f"from={first}")["items"] == []


def test_another_record_of_the_roster_is_a_cause(fresh: County) -> None:
    publish(fresh)
    fresh.state([], [{"id": "w1", "assignments": [{"organisation": "east", "post": "staff", "from": "2025-04-01"}]}])
    said = diff(fresh, correct(fresh))
    assert (said["counts"]["left_out"], said["items"][0]["after"]) == (1, None)
    assert because(said["items"][0]) == [("roster", "worker/w1")]
    assert {code for item in said["items"][1:] for code, _ in because(item)} <= {"others"}


def test_a_move_of_the_organisation_is_a_cause(county: County) -> None:
    fresh = County.empty(county.url, county.database)
    tree = [("county", "county", None), ("town", "town", "county"), ("east", "community", "county")]
    fresh.state(
        [{"id": i, "kind": k, "title": i} | ({"parent": p} if p else {}) for i, k, p in tree],
        [{"id": "w1", "assignments": [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]}],
    )
    fresh.declare(TYPES)
    fresh.rule(rulebook(peer_groups={"by": ["town"], "min_size": "1", "small_groups": "keep_apart"}))
    publish(fresh)
    fresh.state([{"id": "east", "kind": "community", "title": "east", "parent": "town"}], [])
    assert movers(diff(fresh, correct(fresh))) == {"worker/w1": [("roster", "organisation/east")]}


def test_a_year_moves_because_a_month_was_revised(fresh: County) -> None:
    [sent] = fresh.send(visit("w1", "h1"))
    for month in range(1, 13):
        publish(fresh, f"2025-{month:02}")
    publish(fresh, "2025")
    reverse(fresh, sent["event"])
    correct(fresh)
    [item, *_] = diff(fresh, correct(fresh, "2025"))["items"]
    assert item["subject"] == "worker/w1"
    [cause] = item["because"]
    assert (cause["code"], cause["period"], cause["from"], cause["to"]) == ("results", MARCH, 1, 2)


def test_pages_tell_each_once_and_first_who_moved(fresh: County) -> None:
    publish(fresh)
    late = fresh.send(*(visit("w6", f"h{n}") for n in range(6)), visit("w2", "h1"), *(rating("w6", 5) for _ in "12"))
    run = correct(fresh, admit=[one["event"] for one in late])
    whole = diff(fresh, run)["items"]
    assert [item["subject"] for item in whole[:2]] == ["worker/w6", "worker/w2"]
    assert [item["subject"] for item in whole[2:]] == [f"worker/w{n}" for n in (1, 3, 4, 5)]
    found, after = [], ""
    for _ in whole:
        said = diff(fresh, run, f"limit=1{after}")
        found += said["items"]
        after = f"&after={said['next']}"
    assert (found, said["next"]) == (whole, None)
    other = fresh.hr.get(f"/v1/runs/{run}/diff?after={fresh.hr.get('/v1/rankings/2025-03?limit=1').json['next']}")
    assert assert_problem(other, 422, "request.invalid") == [("/after", "cursor.malformed")]


def test_a_page_of_another_difference_is_refused(fresh: County) -> None:
    first = publish(fresh)
    late = fresh.send(visit("w1", "h1"), visit("w2", "h1"))
    second = correct(fresh, admit=[one["event"] for one in late])
    cursor = diff(fresh, second, "limit=1")["next"]
    third = correct(fresh)
    answer = fresh.hr.get(f"/v1/runs/{third}/diff?from={first}&after={cursor}")
    assert_problem(answer, 410, "page.expired")


def test_a_difference_is_asked_of_revisions_of_one_period(fresh: County) -> None:
    first, april = publish(fresh), publish(fresh, "2025-04")
    second = correct(fresh)
    for run in (april, second):
        answer = fresh.hr.get(f"/v1/runs/{second}/diff?from={run}", Accept_Language="zh")
        assert assert_problem(answer, 422, "request.invalid") == [("/from", "revision.earlier")]
        assert not answer.json["errors"][0]["detail"].isascii()
    assert assert_problem(fresh.hr.get(f"/v1/runs/{second}/diff?from=x"), 422, "request.invalid") == [
        ("/from", "number.whole")
    ]
    assert_problem(fresh.hr.get(f"/v1/runs/{first}/diff"), 404, "resource.unknown")
    assert_problem(fresh.hr.get(f"/v1/runs/{second}/diff?from=999999"), 404, "resource.unknown")
    assert_problem(fresh.hr.get("/v1/runs/999999/diff"), 404, "resource.unknown")


def test_a_difference_is_read_with_the_scope_of_results_and_writes_nothing(fresh: County, shared: County) -> None:
    """Invariant 14: of another tenant's runs nothing is said."""
    publish(fresh)
    run = correct(fresh)
    reader = user(fresh, ["results:read"])
    with nothing_written(fresh):
        assert reader.get(f"/v1/runs/{run}/diff").status_code == 200
    assert_problem(user(fresh, ["events:read"]).get(f"/v1/runs/{run}/diff"), 403, "access.scope")
    assert_problem(shared.hr.get(f"/v1/runs/{run}/diff"), 404, "resource.unknown")


@pytest.mark.parametrize("asked", ["limit=0", "limit=5001", "revision=1"])
def test_what_is_asked_has_a_shape(fresh: County, asked: str) -> None:
    assert_problem(fresh.hr.get(f"/v1/runs/{publish(fresh)}/diff?{asked}"), 422, "request.invalid")


def drift(county: County, period: str = MARCH) -> dict[str, Any]:
    answer = county.hr.get(f"/v1/periods/{period}/drift")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def test_what_was_published_has_not_drifted(fresh: County) -> None:
    fresh.send(visit("w1", "h1"))
    publish(fresh)
    fresh.send(visit("w1", "late"), visit("w2", "h1", "2025-04-01T09:00:00+08:00"))
    said = drift(fresh)
    assert (said["items"], said["next"], said["counts"]["ranks_changed"]) == ([], None, 0)
    assert (said["from"]["revision"], said["to"].get("revision")) == (1, None)
    assert said["to"]["watermark"] > said["from"]["watermark"]


def test_drift_is_what_the_correction_then_changes(fresh: County) -> None:
    first, second = (one["event"] for one in fresh.send(visit("w1", "h1"), visit("w2", "h1")))
    publish(fresh)
    reverse(fresh, first)
    amend(fresh, second, visit("w2", "h1", "2025-04-01T09:00:00+08:00"))
    told = drift(fresh)
    assert movers(told) == {
        "worker/w1": [("reversed", "worker/w1")],
        "worker/w2": [("amended", "worker/w2")],
        **{f"worker/w{n}": [("others", None)] for n in range(3, 7)},
    }
    corrected = diff(fresh, correct(fresh))
    assert (told["counts"], told["items"]) == (corrected["counts"], corrected["items"])
    assert drift(fresh)["items"] == []


def test_a_reopened_period_drifts_by_what_is_let_in(fresh: County) -> None:
    publish(fresh)
    [late] = fresh.send(visit("w1", "h1"))
    fresh.hr.post(f"/v1/periods/{MARCH}/reopen", {**REASON, "admit": [late["event"]]})
    assert movers(drift(fresh))["worker/w1"] == [("admitted", "worker/w1")]


def test_a_year_drifts_when_a_month_of_it_is_corrected(fresh: County) -> None:
    """A part that is revised later moves nothing by itself."""
    [sent] = fresh.send(visit("w1", "h1"))
    for month in range(1, 13):
        publish(fresh, f"2025-{month:02}")
    run = publish(fresh, "2025")
    assert fresh.hr.get(f"/v1/runs/{run}").json["inputs_revised"] == []
    reverse(fresh, sent["event"])
    assert drift(fresh, "2025")["items"] == []
    correct(fresh)
    assert fresh.hr.get(f"/v1/runs/{run}").json["inputs_revised"] == [
        {"rulebook": "small-county", "period": MARCH, "revision": 1, "newest": 2, "state": "provisional"}
    ]
    assert movers(drift(fresh, "2025"))["worker/w1"] == [("results", "worker/w1")]


def test_a_page_of_drift_ends_when_the_standing_changes(fresh: County) -> None:
    first, second = fresh.send(visit("w1", "h1"), visit("w2", "h1"))
    publish(fresh)
    reverse(fresh, first["event"])
    cursor = fresh.hr.get(f"/v1/periods/{MARCH}/drift?limit=1").json["next"]
    assert fresh.hr.get(f"/v1/periods/{MARCH}/drift?limit=1&after={cursor}").status_code == 200
    reverse(fresh, second["event"])
    assert_problem(fresh.hr.get(f"/v1/periods/{MARCH}/drift?after={cursor}"), 410, "page.expired")


def test_what_is_not_published_cannot_drift(fresh: County) -> None:
    for closed in (False, True):
        if closed:
            fresh.hr.post(f"/v1/periods/{MARCH}/close")
        assert_problem(fresh.hr.get(f"/v1/periods/{MARCH}/drift"), 409, "period.state")
    assert_problem(fresh.hr.get("/v1/periods/2999-01/drift"), 409, "period.not_begun")
    assert_problem(fresh.hr.get("/v1/periods/2025-Q1/drift"), 404, "period.kind")


def test_what_stands_in_the_place_of_a_late_event_is_let_in_with_it(fresh: County) -> None:
    publish(fresh)
    [late] = fresh.send(visit("w1", "h1"))
    other = amend(fresh, late["event"], visit("w2", "h1"))
    assert drift(fresh)["items"] == []
    said = {item["subject"]: item for item in diff(fresh, correct(fresh, admit=[late["event"]]))["items"]}
    assert (said["worker/w2"]["difference"], because(said["worker/w2"])) == ("10.00", [("replacement", "worker/w2")])
    assert said["worker/w2"]["because"][0]["event"] == other
    assert because(said["worker/w1"]) == [("others", None)]


def test_another_rank_in_a_further_list_is_told(fresh: County) -> None:
    lists = [{"id": "all", "title": "全县", "by": [], "method": "competition"}]
    groups = {"by": ["organisation"], "min_size": "1", "small_groups": "keep_apart"}
    fresh.rule(rulebook(version="2", effective={"from": "2025-02"}, lists=lists, peer_groups=groups, outcomes=[]))
    sent = fresh.send(visit("w1", "h1"), *(visit("w4", f"h{n}") for n in range(2)))
    publish(fresh)
    for one in sent[1:]:
        reverse(fresh, one["event"])
    said = {item["subject"]: item for item in drift(fresh)["items"]}
    assert (said["worker/w1"]["before"]["rank"], said["worker/w1"]["after"]["rank"]) == (1, 1)
    assert [said["worker/w1"][side]["lists"][0]["rank"] for side in ("before", "after")] == [2, 1]
