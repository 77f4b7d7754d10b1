"""GET /v1/rankings/{period}/changes: what a payroll that took a revision has to take again, and nothing else."""

from typing import Any

import pytest

from schemas.answers.changes import ChangePage
from tests.county import County, visit
from tests.http.asking import assert_problem
from tests.http.test_differences import MARCH, REASON, correct, publish, reverse

ADDRESS = f"/v1/rankings/{MARCH}/changes"


def changes(county: County, since: int, asked: str = "") -> dict[str, Any]:
    answer = county.hr.get(f"{ADDRESS}?since={since}{asked}")
    assert answer.status_code == 200, answer.json
    assert ChangePage().validate(answer.json) == {}
    return dict(answer.json)


def finalise(county: County) -> None:
    answer = county.hr.post(f"/v1/periods/{MARCH}/finalise")
    assert answer.status_code == 200, answer.json


def test_nothing_is_answered_where_nothing_changed(fresh: County) -> None:
    publish(fresh)
    said = changes(fresh, 1)
    assert (said["since"], said["revision"], said["items"], said["next"]) == (1, 1, [], None)
    correct(fresh)
    said = changes(fresh, 1)
    assert (said["since"], said["revision"], said["items"], said["next"]) == (1, 2, [], None)


def test_who_only_has_another_rank_has_not_changed(fresh: County) -> None:
    first, *_ = fresh.send(*(visit("w1", f"h{n}") for n in range(4)), *(visit("w2", f"h{n}") for n in range(3)))
    publish(fresh)
    reverse(fresh, first["event"])
    correct(fresh)
    said = changes(fresh, 1)
    assert [(one["subject"], one["before"]["total"], one["after"]["total"]) for one in said["items"]] == [
        ("worker/w1", "70.00", "60.00")
    ]
    assert said["items"][0]["before"]["tier"] == "competent"
    assert said["items"][0]["after"] == {"total": "60.00", "tier": "basic", "no_tier": None, "outcomes": []}


def test_who_has_another_outcome_has_changed(fresh: County) -> None:
    """Three are last of all; as soon as two of them have a visit, they are no more."""
    late = [visit(f"w{n}", "h1") for n in (1, 2, 3, 4, 5)]
    fresh.send(visit("w6", "h1"))
    publish(fresh)
    let_in = [one["event"] for one in fresh.send(*late[:4])]
    correct(fresh, admit=let_in)
    items = {one["subject"]: one for one in changes(fresh, 1)["items"]}
    assert set(items) == {f"worker/w{n}" for n in (1, 2, 3, 4)}
    assert items["worker/w1"]["before"]["outcomes"] == [{"id": "talk", "value": None}]
    assert items["worker/w1"]["after"]["outcomes"] == []


def test_what_the_reader_took_with_every_change_since_is_what_there_is(fresh: County) -> None:
    """Whoever takes over the changes of each revision, page by page, holds the ranking, whatever was missed."""
    sent = fresh.send(*(visit(f"w{n}", f"h{h}") for n in range(1, 7) for h in range(n)))
    publish(fresh)
    held = {one["subject"]: taken(one) for one in fresh.ranking(MARCH)}
    for reversed_, since in ((sent[0], 1), (sent[5], 1), (sent[12], 3)):
        reverse(fresh, reversed_["event"])
        correct(fresh)
        pages = list(every_page(fresh, since))
        assert all(len(page["items"]) == 1 for page in pages)
        for page in pages:
            for one in page["items"]:
                assert since < page["revision"] - 1 or held[one["subject"]] == plain(one["before"])
                held[one["subject"]] = plain(one["after"])
        assert held == {one["subject"]: taken(one) for one in fresh.ranking(MARCH)}


def taken(item: dict[str, Any]) -> dict[str, Any]:
    """What a payroll takes of an item of a ranking."""
    kept = {key: item.get(key) for key in ("total", "tier", "no_tier")}
    return {**kept, "outcomes": item["outcomes"]}


def plain(side: dict[str, Any]) -> dict[str, Any]:
    return {**side, "outcomes": [outcome["id"] for outcome in side["outcomes"]]}


def every_page(county: County, since: int) -> Any:
    after = ""
    while True:
        page = changes(county, since, f"&limit=1{after}")
        yield page
        if page["next"] is None:
            return
        after = f"&after={page['next']}"


def test_who_came_and_who_went_has_one_side(fresh: County) -> None:
    publish(fresh)
    served = {"organisation": "east", "post": "staff", "from": "2024-01-01"}
    came, went = {"id": "w7", "assignments": [served]}, {"id": "w1", "assignments": [{**served, "to": "2025-01-01"}]}
    fresh.state([], [came, went])
    correct(fresh)
    said = {one["subject"]: one for one in changes(fresh, 1)["items"]}
    assert said["worker/w1"]["before"]["tier"] == "incompetent"
    assert said["worker/w1"]["after"] is None
    assert (said["worker/w7"]["before"], said["worker/w7"]["after"]["total"]) == (None, "30.00")


def test_a_page_stays_of_the_revision_that_it_is_of(fresh: County) -> None:
    sent = fresh.send(*(visit(f"w{n}", "h1") for n in range(1, 6)))
    publish(fresh)
    for one in sent[:3]:
        reverse(fresh, one["event"])
    correct(fresh)
    first = changes(fresh, 1, "&limit=2")
    reverse(fresh, sent[3]["event"])
    correct(fresh)
    second = changes(fresh, 1, f"&limit=2&after={first['next']}")
    assert (second["revision"], second["next"]) == (2, None)
    assert [one["subject"] for one in first["items"] + second["items"]] == ["worker/w1", "worker/w2", "worker/w3"]
    assert len(changes(fresh, 1)["items"]) == 4
    assert_problem(fresh.hr.get(f"{ADDRESS}?since=2&after={first['next']}"), 410, "page.expired")


def test_only_what_is_final_is_answered_where_that_is_asked(fresh: County) -> None:
    assert_problem(fresh.hr.get(f"{ADDRESS}?since=1"), 404, "resource.unknown")
    publish(fresh)
    assert_problem(fresh.hr.get(f"{ADDRESS}?since=1&state=final"), 409, "period.state")
    finalise(fresh)
    assert changes(fresh, 1, "&state=final")["state"] == "final"
    fresh.hr.post(f"/v1/periods/{MARCH}/reopen", REASON)
    assert_problem(fresh.hr.get(f"{ADDRESS}?since=1&state=final"), 409, "period.state")
    assert_problem(fresh.hr.get(f"{ADDRESS}?since=2"), 404, "resource.unknown")
    assert_problem(fresh.hr.get(ADDRESS), 422, "request.invalid")


@pytest.fixture(scope="module")
def reopened(module_url: str, shared: County) -> dict[str, County]:
    """Counties whose March is open, provisional, final, and taken up again."""
    counties = {
        state: County.small(module_url, shared.database) for state in ("open", "provisional", "final", "closing")
    }
    for state, county in counties.items():
        if state != "open":
            publish(county)
        if state in ("final", "closing"):
            finalise(county)
    counties["closing"].hr.post(f"/v1/periods/{MARCH}/reopen", REASON)
    return counties


@pytest.mark.parametrize("state", ["open", "provisional", "final", "closing"])
@pytest.mark.parametrize(
    "address",
    [
        f"/v1/rankings/{MARCH}",
        f"/v1/outcomes/{MARCH}",
        f"/v1/workers/w1/results/{MARCH}",
        f"/v1/workers/w1/results/{MARCH}/lines/visits/events",
    ],
)
def test_wherever_only_what_is_final_can_be_asked_for_nothing_else_is_answered(
    reopened: dict[str, County], state: str, address: str
) -> None:
    answer = reopened[state].hr.get(f"{address}?state=final")
    if state == "final":
        assert answer.status_code == 200, answer.json
    else:
        assert_problem(answer, 409, "period.state")
