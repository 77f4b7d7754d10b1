"""/v1/periods: open → closing → provisional, each step commanded; what is published is frozen."""

from typing import Any

import pytest

from tests.county import ALL_SCOPES, SOURCE, County, event, rating, visit
from tests.http.asking import assert_problem, nothing_written, rulebook, written

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]

HEADS = {"posts": ["head"], "under": "county"}  # whom the small county's own rulebook doesn't appraise


def close(county: County, period: str) -> Any:
    """The answer to closing a period."""
    return county.hr.post(f"/v1/periods/{period}/close")


def publish(county: County, period: str) -> Any:
    """The answer to publishing a period."""
    return county.hr.post(f"/v1/periods/{period}/publish")


def published(county: County, *periods: str) -> dict[str, Any]:
    """Close and publish periods; the answer to the last."""
    for period in periods:
        assert close(county, period).status_code == 200
        answer = publish(county, period)
        assert answer.status_code == 200, answer.json
    return dict(answer.json)


def standing(county: County, period: str) -> list[dict[str, Any]]:
    """The ranking as of now, whatever is published."""
    return county.ranking(period, view="standing")


def test_a_period_is_closed_and_then_published(fresh: County) -> None:
    """Invariant 15: each step leaves one audit entry."""
    before = written(fresh)
    closed = close(fresh, "2025-03")
    assert (closed.status_code, closed.json["state"]) == (200, "closing")
    said = publish(fresh, "2025-03").json
    assert (said["state"], said["revision"]) == ("provisional", 1)
    assert written(fresh) == (before[0], before[1] + 2)
    without_notice = {"notice_until": None, "objections_until": None, "forced": []}
    assert fresh.hr.get("/v1/periods").json["items"] == [
        {
            "rulebook": "small-county",
            "period": "2025-03",
            "state": "provisional",
            "revision": 1,
            "inputs_revised": [],
            **without_notice,
        }
    ]


def test_a_closing_period_has_no_revision(fresh: County) -> None:
    close(fresh, "2025-03")
    assert fresh.hr.get("/v1/periods").json["items"][0]["revision"] is None
    assert "revision" not in fresh.hr.get("/v1/rankings/2025-03").json


def test_an_event_still_counts_while_a_period_is_closing(fresh: County) -> None:
    close(fresh, "2025-03")
    fresh.send(visit("w1", "h1"))
    publish(fresh, "2025-03")
    assert fresh.result("w1", "2025-03")["total"] == "40.00"


def test_a_period_that_has_not_ended_cannot_be_closed(shared: County) -> None:
    with nothing_written(shared):
        answer = close(shared, "9000-01")
    assert_problem(answer, 409, "period.not_ended")


def test_publishing_needs_closing_first(shared: County) -> None:
    with nothing_written(shared):
        answer = publish(shared, "2025-06")
    assert_problem(answer, 409, "period.state")


def test_no_step_is_taken_twice(fresh: County) -> None:
    close(fresh, "2025-03")
    assert_problem(close(fresh, "2025-03"), 409, "period.state")
    publish(fresh, "2025-03")
    with nothing_written(fresh):
        assert_problem(publish(fresh, "2025-03"), 409, "period.state")
        assert_problem(close(fresh, "2025-03"), 409, "period.state")


@pytest.mark.parametrize("step", ["close", "publish"])
@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2025-13", "resource.unknown"),
        ("march", "resource.unknown"),
        ("2025-", "resource.unknown"),
        ("2025-3", "resource.unknown"),
        ("1899", "resource.unknown"),
        ("9999", "resource.unknown"),
        ("٢٠٢٥", "resource.unknown"),
        ("2025-Q1", "period.kind"),
        ("2025-H1", "period.kind"),
        ("2024-12", "rulebook.none"),
        ("2025-03?rulebook=imagined", "rulebook.none"),
    ],
)
def test_a_period_without_results_has_no_steps(shared: County, step: str, period: str, code: str) -> None:
    path, _, query = period.partition("?")
    with nothing_written(shared):
        answer = shared.hr.post(f"/v1/periods/{path}/{step}?{query}")
    assert_problem(answer, 404, code)


def test_what_is_published_is_frozen(fresh: County) -> None:
    """Invariant 12: corrections and the roster move the standing, never what was published; what is late neither."""
    first, *_ = fresh.send(visit("w1", "h1"), rating("w1", 5), rating("w1", 5))
    head = published(fresh, "2025-03")
    frozen, said = fresh.ranking("2025-03"), fresh.result("w1", "2025-03")
    fresh.send(visit("w2", "h1"), visit("w2", "h2"), event("violation.complaint", "w1"))
    fresh.hr.post(f"/v1/events/{first['event']}/reversal", {"reason": "entered in error"})
    fresh.hr.put("/v1/workers/w3", {})
    assert fresh.ranking("2025-03") == frozen
    assert fresh.result("w1", "2025-03") == said
    assert said["digest"] == head["digest"]
    moved = {item["subject"]: item["total"] for item in standing(fresh, "2025-03")}
    assert (moved["worker/w1"], moved["worker/w2"]) == ("40.00", "30.00")
    assert "worker/w3" not in moved


def test_the_events_behind_a_published_line_are_frozen_too(fresh: County) -> None:
    """Invariant 12: the explanation belongs to the revision."""
    [first] = fresh.send(visit("w1", "h1"))
    published(fresh, "2025-03")
    fresh.hr.post(f"/v1/events/{first['event']}/reversal", {"reason": "entered in error"})
    path = "/v1/workers/w1/results/2025-03/lines/visits/events"
    assert [e["data"] for e in fresh.hr.get(path).json["items"]] == [{"household": "h1"}]
    assert fresh.hr.get(f"{path}?view=standing").json["items"] == []


def test_a_published_digest_is_what_the_same_facts_give_again(fresh: County, module_url: str) -> None:
    """Invariant 5: two tenants with the same facts publish the same digest."""
    other = County.small(module_url, fresh.database)
    for county in (fresh, other):
        county.send(visit("w1", "h1"), rating("w2", 3), rating("w2", 4))
    assert published(fresh, "2025-03")["digest"] == published(other, "2025-03")["digest"]


def test_the_digest_says_what_the_result_says(fresh: County, module_url: str) -> None:
    """Invariant 5: one more event, another digest."""
    other = County.small(module_url, fresh.database)
    other.send(visit("w1", "h1"))
    assert published(fresh, "2025-03")["digest"] != published(other, "2025-03")["digest"]


def test_reading_a_revision_again_shows_the_same_digest(fresh: County) -> None:
    """Invariant 12: the stored revision is what is shown."""
    digest = published(fresh, "2025-03")["digest"]
    fresh.send(visit("w1", "h1"))
    shown = [fresh.hr.get(f"/v1/rankings/2025-03?view={view}").json for view in ("current", "revision")]
    assert [said["digest"] for said in shown] == [digest, digest]
    assert [said["revision"] for said in shown] == [1, 1]


def test_a_year_needs_its_months(fresh: County) -> None:
    published(fresh, *MONTHS[:11])
    with nothing_written(fresh):
        answer = close(fresh, "2025")
    assert_problem(answer, 409, "period.parts_open")
    assert "2025-12" in answer.json["title"]
    published(fresh, "2025-12")
    assert published(fresh, "2025")["state"] == "provisional"


def test_a_year_reads_its_published_months(fresh: County) -> None:
    """Invariant 12: what comes late to a published month moves neither it nor the year."""
    fresh.send(visit("w1", "h1"))
    published(fresh, *MONTHS)
    fresh.send(visit("w1", "h2"), {**event("assess.annual", "w1", points=90), "period": "2025"})
    lines = {line["id"]: line for line in fresh.result("w1", "2025")["lines"]}
    # Eleven months of 30 and one of 40, in the mean; 70 % of it.
    assert (lines["months"]["measure"], lines["months"]["points"]) == ("30.8333", "21.58")
    assert lines["annual"]["points"] == "27.00"


def test_a_year_needs_only_the_months_that_the_rulebook_rules(fresh: County) -> None:
    fresh.rule(rulebook(rulebook="late", effective={"from": "2025-11"}, applies_to=HEADS))
    for period in ("2025-11", "2025-12", "2025"):
        for step in ("close", "publish"):
            answer = fresh.hr.post(f"/v1/periods/{period}/{step}?rulebook=late")
            assert answer.status_code == 200, answer.json


def test_one_rulebooks_state_is_not_anothers(fresh: County) -> None:
    fresh.rule(rulebook(rulebook="other", applies_to=HEADS))
    assert fresh.hr.post("/v1/periods/2025-03/close?rulebook=other").status_code == 200
    assert fresh.hr.post("/v1/periods/2025-03/close?rulebook=small-county").status_code == 200


def test_a_revision_cannot_be_asked_for_before_there_is_one(shared: County) -> None:
    answer = shared.hr.get("/v1/rankings/2025-07?view=revision")
    assert assert_problem(answer, 422, "request.invalid") == [("/view", "view.unpublished")]


def test_a_run_has_a_digest_of_each_peer_group(fresh: County) -> None:
    """Invariant 5: a correction in one group leaves those of the others as they were."""
    groups = {"by": ["organisation"], "min_size": "1", "small_groups": "keep_apart"}
    fresh.rule(rulebook(version="2025-2", effective={"from": "2025-03"}, peer_groups=groups))
    [sent, _] = fresh.send(visit("w1", "h1"), visit("w4", "h4"))
    runs = [published(fresh, "2025-03")["run"]]
    fresh.hr.post(f"/v1/events/{sent['event']}/reversal", {"reason": "entered in error"})
    fresh.hr.post("/v1/periods/2025-03/reopen", {"reason": "entered in error"})
    second = fresh.user("second", ALL_SCOPES, [SOURCE])
    runs.append(second.post("/v1/periods/2025-03/publish").json["run"])
    before, after = (fresh.hr.get(f"/v1/runs/{run}").json["group_digests"] for run in runs)
    assert before.keys() == after.keys() == {"east", "west"}
    assert {group for group in before if before[group] != after[group]} == {"east"}
