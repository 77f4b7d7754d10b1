"""The feed: what happened, as CloudEvents in the order of positions, after a cursor."""

import json
from itertools import pairwise
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.answers.feed import FeedPage
from service.feed import follow_up, reading
from tests.county import County, visit
from tests.http.asking import assert_problem
from tests.http.test_differences import amend, correct, diff, publish, reverse

Item = dict[str, Any]


def read(county: County, after: str | None = None, **asked: Any) -> tuple[list[Item], str]:
    """A page: its items, and the cursor to go on with."""
    query = {**asked, **({"after": after} if after else {})}
    answer = county.hr.get("/v1/feed?" + "&".join(f"{key}={value}" for key, value in query.items()))
    assert answer.status_code == 200, answer.json
    assert set(answer.json) == {"items", "next"}
    return answer.json["items"], answer.json["next"]


def whole(county: County, limit: int = 100, after: str | None = None, **asked: Any) -> list[Item]:
    """Everything, page by page, until a page is empty."""
    items: list[Item] = []
    for _ in range(1000):
        page, after = read(county, after, limit=limit, **asked)
        if not page:
            return items
        assert len(page) <= limit
        items += page
    raise AssertionError("it doesn't end")


def told(items: list[Item]) -> list[tuple[str, str]]:
    """What happened to what."""
    return [(item["type"].removeprefix("jifen."), item["subject"]) for item in items]


def corrected(county: County) -> int:
    """A month that was published, and corrected since; the number of the second run."""
    first, *_ = county.send(visit("w1", "h1"), visit("w1", "h2"), visit("w2", "h1"))
    publish(county)
    reverse(county, first["event"])
    return correct(county)


PERIOD = "period/small-county/2025-03"
TALKS = [("outcome.proposed", f"worker/w{n}") for n in (3, 4, 5, 6)]


def test_what_happens_to_a_period_is_told_in_order(fresh: County) -> None:
    """Invariant 16."""
    corrected(fresh)
    fresh.hr.post("/v1/periods/2025-03/finalise")
    assert told(whole(fresh)) == [
        ("rulebook.published", "rulebook/small-county@2025-1"),
        ("period.closed", PERIOD),
        ("revision.published", PERIOD),
        *TALKS,
        ("event.reversed", "worker/w1"),
        ("period.reopened", PERIOD),
        ("revision.published", PERIOD),
        ("result.revised", "worker/w1"),
        ("result.revised", "worker/w2"),
        *TALKS,
        ("period.finalised", PERIOD),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
def test_pages_of_any_size_make_the_same_feed(shared: County, limit: int) -> None:
    """Invariant 16: a page that ends in the middle of a run too."""
    if not whole(shared, type="jifen.revision.published"):
        corrected(shared)
    assert whole(shared, limit) == whole(shared)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_it_is_the_same_however_little_is_looked_at_at_once(
    shared: County, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Invariant 16: a statement that ends in the middle of a run, or between two entries."""
    if not whole(shared, type="jifen.revision.published"):
        corrected(shared)
    everything = whole(shared)
    monkeypatch.setattr(reading, "_MARKED_ENTRIES", 1)
    monkeypatch.setattr(follow_up, "_MOST_RESULTS", 1)
    assert whole(shared, limit) == everything
    outcomes = [item for item in everything if item["type"] == "jifen.outcome.proposed"]
    assert whole(shared, limit, type="jifen.outcome.proposed") == outcomes


def test_who_comes_and_who_goes_between_two_revisions_is_told(fresh: County) -> None:
    """As the difference of the two says it; the link leads to the revision that has the result."""
    publish(fresh)
    there = {"organisation": "east", "post": "staff", "from": "2024-01-01"}
    fresh.state(
        [], [{"id": "w6", "assignments": [{**there, "to": "2024-06-01"}]}, {"id": "w9", "assignments": [there]}]
    )
    run = correct(fresh)
    revised = {item["subject"]: item["data"] for item in whole(fresh, type="jifen.result.revised")}
    assert revised.keys() == {item["subject"] for item in diff(fresh, run)["items"]}
    assert revised["worker/w6"]["change"] == "left_out"
    assert revised["worker/w9"]["change"] == "taken_in"
    assert [fresh.hr.get(said["links"]["result"]).status_code for said in revised.values()] == [200] * len(revised)


def test_every_item_is_a_cloud_event(fresh: County) -> None:
    """As the SDK of others reads it; each has an identity of its own, and follows the one before it."""
    corrected(fresh)
    items = whole(fresh)
    for item in items:
        event = JSONFormat().read(CloudEvent, json.dumps(item))
        assert event.get_source() == f"urn:jifen:{fresh.tenant}"
        assert event.get_type() == item["type"]
    assert len({item["id"] for item in items}) == len(items)
    assert all(one["sequence"] < other["sequence"] for one, other in pairwise(items))


def test_an_item_is_the_same_whenever_it_is_read(fresh: County) -> None:
    """What was told is never told otherwise."""
    publish(fresh, "2025-04")
    before = whole(fresh)
    corrected(fresh)
    assert whole(fresh)[: len(before)] == before


def test_everything_in_it_is_documented(fresh: County) -> None:
    corrected(fresh)
    assert FeedPage().validate({"items": whole(fresh), "next": "x"}) == {}


def test_whose_result_is_revised_is_who_differs(fresh: County) -> None:
    """The feed and the difference of two revisions name the same subjects."""
    run = corrected(fresh)
    revised = [item for item in whole(fresh, type="jifen.result.revised") if item["data"]["run"] == run]
    differing = {item["subject"] for item in diff(fresh, run)["items"]}
    assert {item["subject"] for item in revised} == differing
    assert len(differing) == 2


def test_links_lead_somewhere(fresh: County) -> None:
    corrected(fresh)
    links = {link for item in whole(fresh) for link in item["data"].get("links", {}).values()}
    assert len(links) > 8
    assert {link: fresh.hr.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_an_amendment_names_the_event_in_its_place(fresh: County) -> None:
    (first,) = fresh.send(visit("w1", "h1"))
    by = amend(fresh, first["event"], visit("w1", "h2"))
    *_, item = whole(fresh)
    assert item["data"]["replaced_by"] == by
    assert item["data"]["event"] == first["event"]


def test_a_type_is_asked_for_alone(fresh: County) -> None:
    corrected(fresh)
    everything = whole(fresh)
    for type_ in {item["type"] for item in everything}:
        assert whole(fresh, limit=2, type=type_) == [item for item in everything if item["type"] == type_]
    assert whole(fresh, type="jifen.period.finalised") == []


def test_an_empty_page_has_the_cursor_to_go_on_with(fresh: County) -> None:
    """Past entries that it doesn't tell, too: events and the roster."""
    at = None
    for _ in range(3):
        items, at = read(fresh, at)
    assert items == []
    fresh.send(visit("w1", "h1"))
    items, later = read(fresh, at)
    assert (items, later == at) == ([], False)
    publish(fresh)
    assert whole(fresh, after=at) == whole(fresh, after=later)
    assert told(whole(fresh, after=at))[:2] == [("period.closed", PERIOD), ("revision.published", PERIOD)]


def test_it_can_be_read_from_now_on(fresh: County) -> None:
    publish(fresh)
    items, at = read(fresh, "now")
    assert items == []
    publish(fresh, "2025-04")
    assert {item["data"]["period"] for item in whole(fresh, after=at)} == {"2025-04"}


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ("after=nonsense", "/after", "cursor.malformed"),
        ("after=WyJ4Il0", "/after", "cursor.malformed"),
        ("after=WyJsYXRlQHgiLDEsMl0", "/after", "cursor.malformed"),  # of another list
        ("type=jifen.result", "/type", "code.unknown"),
        ("limit=0", "/limit", "number.whole"),
        ("wait=31", "/wait", "number.whole"),
        ("wait=-1", "/wait", "number.whole"),
    ],
)
def test_what_makes_no_sense_is_refused(shared: County, asked: str, pointer: str, code: str) -> None:
    assert assert_problem(shared.hr.get(f"/v1/feed?{asked}"), 422, "request.invalid") == [(pointer, code)]


def test_who_may_not_read_results_may_not_read_it(shared: County) -> None:
    assert_problem(shared.user("sender", ["events:write", "events:read"], []).get("/v1/feed"), 403, "access.scope")
