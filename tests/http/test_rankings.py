"""/v1/rankings: pages that never split or repeat, filters, ties, and what a page belongs to."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from json import dumps
from typing import Any

import pytest

from service import results
from service.database.transactions import Transaction
from tests.county import TYPES, County, rating, visit
from tests.http.asking import assert_not_there, assert_problem, rulebook

GROUPED = rulebook(peer_groups={"by": ["organisation"], "min_size": "2", "small_groups": "keep_apart"})


@pytest.fixture(scope="module")
def grouped(module_url: str, shared: County) -> County:
    """Eleven workers in two communities that are ranked by themselves, three of them without a tier."""
    county = County.empty(module_url, shared.database)
    staff = [(f"w{n:02}", "east" if n < 7 else "west") for n in range(1, 12)]
    days = {"w06": "2025-03-25", "w10": "2025-03-25", "w11": "2025-03-25"}
    county.state(
        [{"id": "county", "kind": "county", "title": "县"}]
        + [{"id": c, "kind": "community", "title": c, "parent": "county"} for c in ("east", "west")],
        [
            {"id": w, "assignments": [{"organisation": o, "post": "staff", "from": days.get(w, "2024-01-01")}]}
            for w, o in staff
        ],
    )
    county.declare(TYPES)
    county.rule({**GROUPED, "participation": {"min_service_days": {"month": "10"}}})
    county.send(*(visit(w, f"h{n}") for n, (w, _) in enumerate(staff) for _ in range(1)))
    county.send(visit("w02", "more"), rating("w08", 5), rating("w08", 5))
    county.hr.post("/v1/periods/2025-03/close")
    county.hr.post("/v1/periods/2025-03/publish")
    return county


def pages(county: County, path: str, limit: int) -> Iterator[list[dict[str, Any]]]:
    """The pages of a list, one after the other."""
    after = ""
    while True:
        answer = county.hr.get(f"{path}&limit={limit}{after}")
        assert answer.status_code == 200, answer.json
        yield answer.json["items"]
        if answer.json["next"] is None:
            return
        after = f"&after={answer.json['next']}"


@pytest.mark.parametrize("view", ["standing", "revision"])
@pytest.mark.parametrize("filters", ["", "&group=east", "&tier=incompetent"])
def test_pages_of_any_size_make_the_whole_list(grouped: County, view: str, filters: str) -> None:
    path = f"/v1/rankings/2025-03?view={view}{filters}"
    whole = grouped.hr.get(f"{path}&limit=5000").json["items"]
    assert len(whole) > 2
    for limit in range(1, len(whole) + 2):
        cut = list(pages(grouped, path, limit))
        assert [item for page in cut for item in page] == whole
        assert all(len(page) == limit for page in cut[:-1])
        assert 1 <= len(cut[-1]) <= limit


def test_a_ranking_is_ordered_by_group_and_rank_with_the_unranked_last(grouped: County) -> None:
    items = grouped.ranking("2025-03")
    assert [(i["group"], i["subject"], i["rank"]) for i in items[:3]] == [
        ("east", "worker/w02", 1),
        ("east", "worker/w01", 2),
        ("east", "worker/w03", 2),
    ]
    assert [(i["group"], i["rank"]) for i in items].count(("west", None)) == 2
    ranks = [(i["group"], i["rank"] or 99) for i in items]
    assert ranks == sorted(ranks)


def test_who_has_no_tier_has_the_reason_in_its_place(grouped: County) -> None:
    """Invariant 10: exactly one tier, or one reason for none."""
    items = grouped.ranking("2025-03")
    assert all(("tier" in item) != ("no_tier" in item) for item in items)
    assert [i["subject"] for i in items if i.get("no_tier") == "service_short"] == [
        "worker/w06",
        "worker/w10",
        "worker/w11",
    ]
    assert all(i["rank"] is None for i in items if "no_tier" in i)


def test_equal_totals_share_a_rank(fresh: County) -> None:
    """Ranks are 1-2-2-4."""
    fresh.send(*(visit("w1", f"h{n}") for n in range(3)), visit("w2", "h1"), visit("w3", "h1"))
    fresh.hr.post("/v1/roster", {"workers": [{"id": w} for w in ("w5", "w6")]})
    items = fresh.ranking("2025-03")
    assert [(i["subject"], i["rank"]) for i in items] == [
        ("worker/w1", 1),
        ("worker/w2", 2),
        ("worker/w3", 2),
        ("worker/w4", 4),
    ]


def test_a_filter_by_group_keeps_ranks(grouped: County) -> None:
    whole = grouped.ranking("2025-03")
    assert grouped.ranking("2025-03", group="west") == [i for i in whole if i["group"] == "west"]
    assert grouped.ranking("2025-03", group="north") == []


def test_a_filter_by_tier_keeps_ranks(grouped: County) -> None:
    whole = grouped.ranking("2025-03")
    assert grouped.ranking("2025-03", tier="incompetent") == [i for i in whole if i.get("tier") == "incompetent"]


def test_the_next_page_of_a_standing_that_changed_has_expired(fresh: County) -> None:
    following = fresh.hr.get("/v1/rankings/2025-03?limit=2").json["next"]
    fresh.send(visit("w4", "h1"))
    answer = fresh.hr.get(f"/v1/rankings/2025-03?limit=2&after={following}")
    assert_problem(answer, 410, "page.expired")


def test_the_next_page_of_a_standing_that_did_not_change_is_there(fresh: County) -> None:
    following = fresh.hr.get("/v1/rankings/2025-03?limit=2").json["next"]
    fresh.send(visit("w4", "h1", "2025-07-10T09:00:00+08:00"))
    answer = fresh.hr.get(f"/v1/rankings/2025-03?limit=2&after={following}")
    assert answer.status_code == 200, answer.json


def test_the_pages_of_a_revision_never_expire(fresh: County) -> None:
    fresh.hr.post("/v1/periods/2025-03/close")
    fresh.hr.post("/v1/periods/2025-03/publish")
    following = fresh.hr.get("/v1/rankings/2025-03?limit=2").json["next"]
    fresh.send(visit("w4", "h1"))
    assert fresh.hr.get(f"/v1/rankings/2025-03?limit=2&after={following}").status_code == 200


def test_a_page_of_another_list_has_expired(grouped: County) -> None:
    following = grouped.hr.get("/v1/rankings/2025-03?view=standing&limit=2").json["next"]
    answer = grouped.hr.get(f"/v1/rankings/2025-03?view=revision&limit=2&after={following}")
    assert_problem(answer, 410, "page.expired")


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("page=2", "/page", "field.unknown"),
        ("limit=0", "/limit", "number.whole"),
        ("limit=5001", "/limit", "number.whole"),
        ("limit=-1", "/limit", "number.whole"),
        ("limit=ten", "/limit", "number.whole"),
        ("limit=٣", "/limit", "number.whole"),
        ("limit=0050001", "/limit", "number.whole"),
        ("limit=000100" + "9" * 30, "/limit", "number.whole"),
        ("tier=platinum", "/tier", "code.unknown"),
        ("view=yesterday", "/view", "code.unknown"),
        ("group=%00", "/group", "text.character"),
        ("group=", "/group", "text.length"),
        ("after=nonsense", "/after", "cursor.malformed"),
        ("after=%E4%B8%AD", "/after", "cursor.malformed"),
        ("after=" + "A" * 501, "/after", "text.length"),
    ],
)
def test_a_query_that_cannot_be_is_refused_at_its_parameter(
    shared: County, query: str, pointer: str, code: str
) -> None:
    answer = shared.hr.get(f"/v1/rankings/2025-03?{query}")
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]


@pytest.mark.parametrize(
    "start", [[5, 1, 1], ["", "x", 1], ["", 1, {}], [None, None, None], ["\x00", 1, 1], ["", True, 1]]
)
def test_a_cursor_that_somebody_made_up_is_refused(grouped: County, start: list[Any]) -> None:
    [run] = grouped.hr.get("/v1/runs?period=2025-03").json["items"]
    cursor = urlsafe_b64encode(dumps(["run", run["run"], *start]).encode()).decode().rstrip("=")
    answer = grouped.hr.get(f"/v1/rankings/2025-03?after={cursor}")
    assert assert_problem(answer, 422, "request.invalid") == [("/after", "cursor.malformed")]


def test_a_ranking_says_where_its_numbers_come_from(grouped: County) -> None:
    said = grouped.hr.get("/v1/rankings/2025-03").json
    assert (said["period"], said["state"], said["revision"]) == ("2025-03", "provisional", 1)
    assert said["rulebook"]["id"] == "small-county"
    assert len(said["digest"]) == len(said["rulebook"]["hash"]) == 64


def test_a_standing_includes_what_was_acknowledged_before_the_request(fresh: County) -> None:
    """Invariant 9: a standing is as of now when it is read."""
    for number in range(3):
        fresh.send(visit("w1", f"h{number}"))
        first = fresh.ranking("2025-03")[0]
        assert (first["subject"], first["total"]) == ("worker/w1", f"{40 + 10 * number}.00")


@pytest.mark.parametrize("period", ["2025-13", "2025-", "2025-3", "march", "%00", "2025-Q5"])
def test_a_ranking_of_what_is_no_period_is_404(shared: County, period: str) -> None:
    assert_not_there(shared.hr.get(f"/v1/rankings/{period}"))


def test_a_standing_that_moves_while_it_is_read_is_read_again(fresh: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant 9: a page is of one standing, also where it was found by one statement and is read by another."""
    fresh.ranking("2025-03")
    found = results.at_hand

    def found_before_it_moved(transaction: Transaction, *args: Any, **asked: Any) -> Any:
        shown = found(transaction, *args, **asked)
        if shown is not None and not moved:
            moved.append(True)
            fresh.send(visit("w4", "h1"))
            fresh.ranking("2025-03")
        return shown

    moved: list[bool] = []
    monkeypatch.setattr(results, "at_hand", found_before_it_moved)
    items = fresh.ranking("2025-03")
    assert moved
    assert (items[0]["subject"], items[0]["total"]) == ("worker/w4", "40.00")
