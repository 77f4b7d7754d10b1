"""/v1/rankings in every order: random standings with many ties, judged by sorting and counting them in Python."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas import results
from schemas.answers.rankings import RankingAnswer, StatisticsAnswer
from service import cursors
from tests.county import County
from tests.http.asking import assert_problem
from tests.http.scattered import PERIODS, TREE, Item, make, whole
from tests.http.test_rankings import pages

SORTS = ("rank", "total", "-total", "subject", "organisation")


@pytest.fixture(scope="module")
def scattered(module_url: str, shared: County) -> County:
    """A county whose totals are left to chance."""
    return make(module_url, shared)


def key(sort: str, item: Item) -> Any:
    """What an order promises of an item; of equals it promises nothing but that they keep their places."""
    total = Decimal(item["total"])
    return {
        "rank": (item["group"], item["rank"] or 10**9),
        "total": total,
        "-total": -total,
        "subject": item["subject"],
        "organisation": (item["organisation"], -total),
    }[sort]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("period", PERIODS)
def test_every_order_holds_everybody_once_in_pages_of_any_size(scattered: County, period: str, sort: str) -> None:
    items = whole(scattered, period, f"&sort={sort}")
    assert sorted(i["subject"] for i in items) == sorted(i["subject"] for i in whole(scattered, period))
    assert [key(sort, item) for item in items] == sorted(key(sort, item) for item in items)
    for limit in (1, 7, 39, 40):
        cut = list(pages(scattered, f"/v1/rankings/{period}?sort={sort}", limit))
        assert [item for page in cut for item in page] == items
        assert all(len(page) == limit for page in cut[:-1])


@pytest.mark.parametrize("view", ["standing", "revision"])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("filters", ["under=north", "group=head", "tier=incompetent", "no_tier=service_short"])
def test_a_filter_takes_away_and_changes_nothing_in_any_order(
    scattered: County, view: str, sort: str, filters: str
) -> None:
    path = f"view={view}&sort={sort}"
    every = whole(scattered, "2025-03", f"&{path}")
    found = [item for page in pages(scattered, f"/v1/rankings/2025-03?{path}&{filters}", 9) for item in page]
    assert found
    assert found == [item for item in every if item in found]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("period", PERIODS)
def test_ranks_and_ties_are_those_of_the_displayed_totals(scattered: County, period: str, sort: str) -> None:
    """Invariant 7: 1-2-2-4 by the number that is displayed, and how many others have the same rank."""
    every = whole(scattered, period)
    for item in whole(scattered, period, f"&sort={sort}&under=north"):
        peers = [i for i in every if i["group"] == item["group"] and i["rank"] is not None]
        if item["rank"] is None:
            assert item["tied_with"] is None
            continue
        totals = [Decimal(peer["total"]) for peer in peers]
        assert item["rank"] == 1 + sum(total > Decimal(item["total"]) for total in totals)
        assert item["tied_with"] == totals.count(Decimal(item["total"])) - 1


@pytest.mark.parametrize("period", PERIODS)
def test_ranks_in_the_organisations_around_a_subject(scattered: County, period: str) -> None:
    street_of = {c: street for street, communities in TREE.items() for c in [street, *communities]}
    every = whole(scattered, period)
    around = {
        "community": lambda i: None if i["organisation"] in TREE else i["organisation"],
        "street": lambda i: street_of[i["organisation"]],
        "cohort": lambda i: "",
    }
    for item in whole(scattered, period, "&ranks_in=community,street,cohort&under=south"):
        assert list(item["ranks"]) == list(around)
        for kind, place in around.items():
            said = item["ranks"][kind]
            if item["rank"] is None or place(item) is None:
                assert said is None
                continue
            totals = [Decimal(i["total"]) for i in every if i["rank"] is not None and place(i) == place(item)]
            mine = Decimal(item["total"])
            within = {"organisation": place(item)} if kind != "cohort" else {}
            rank = {"rank": 1 + sum(t > mine for t in totals), "tied_with": totals.count(mine) - 1, "of": len(totals)}
            assert said == within | rank


def test_only_the_fields_that_are_asked_for_are_told(scattered: County) -> None:
    items = whole(scattered, "2025-04", "&fields=subject,rank,total")
    usual = whole(scattered, "2025-04")
    assert items == [{name: item[name] for name in ("subject", "rank", "total")} for item in usual]


def test_more_than_the_usual_is_told_to_who_asks(scattered: County) -> None:
    for item in whole(scattered, "2025-04", "&fields=subject,service_days,category_points,lists"):
        said = scattered.result(item["subject"].removeprefix("worker/"), "2025-04")
        assert item["service_days"] == said["service_days"]
        assert item["category_points"] == [{"id": c["id"], "points": c["points"]} for c in said["category_points"]]
        assert item["lists"] == [{"id": i["id"], "group": i["group"], "rank": i["rank"]} for i in said["lists"]]


def test_a_page_of_another_order_has_expired(scattered: County) -> None:
    following = scattered.hr.get("/v1/rankings/2025-03?sort=total&limit=2").json["next"]
    answer = scattered.hr.get(f"/v1/rankings/2025-03?sort=-total&limit=2&after={following}")
    assert_problem(answer, 410, "page.expired")


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("sort=height", "/sort", "code.unknown"),
        ("sort=-rank", "/sort", "code.unknown"),
        ("fields=subject,height", "/fields", "code.unknown"),
        ("fields=", "/fields", "text.length"),
        ("fields=rank,rank", "/fields", "list.repeated"),
        ("fields=rank,%00", "/fields", "text.character"),
        ("ranks_in=village", "/ranks_in", "code.unknown"),
        ("ranks_in=a,b,c,d,e,f", "/ranks_in", "list.long"),
    ],
)
def test_an_order_or_field_that_there_is_not_is_refused(scattered: County, query: str, pointer: str, code: str) -> None:
    answer = scattered.hr.get(f"/v1/rankings/2025-04?{query}")
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]
    if code == "code.unknown":
        assert "rank" in answer.json["errors"][0]["detail"] or "cohort" in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize("number", ["NaN", "sNaN", "1e5", "1" * 50, "x", ""])
def test_a_cursor_with_a_number_that_is_none_is_refused(scattered: County, number: str) -> None:
    following = scattered.hr.get("/v1/rankings/2025-03?sort=total&limit=2").json["next"]
    of, word, _, subject = cursors.decode(following, str, str, str, int)
    made_up = cursors.encode(of, word, number, subject)
    answer = scattered.hr.get(f"/v1/rankings/2025-03?sort=total&after={made_up}")
    assert assert_problem(answer, 422, "request.invalid") == [("/after", "cursor.malformed")]


PAGES = sorted((Path(__file__).parents[2] / "docs").glob("rankings*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_request_that_the_docs_show_is_answered(scattered: County, page: Path) -> None:
    asked = re.findall(r"^GET (/v1/\S+)$", page.read_text("utf-8"), re.MULTILINE)
    assert len(asked) == 11
    for path in asked:
        answer = scattered.hr.get(path)
        assert answer.status_code == 200, answer.json
        shape = StatisticsAnswer() if "/statistics" in path else RankingAnswer()
        assert shape.validate(answer.json) == {}


def test_the_docs_name_every_order_and_field() -> None:
    for page in PAGES:
        words = set(re.findall(r"`([a-z_-]+)`", page.read_text("utf-8")))
        assert {*results.SORTS, *results.FIELDS, *results.MORE_FIELDS} - words == set()
