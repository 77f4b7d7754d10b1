"""GET /v1/workers/{id}/trend: published results from period to period, each beside its group."""

from decimal import Decimal
from statistics import mean, median
from typing import Any

import pytest

from schemas.answers.trend import TrendPage
from tests.county import County, visit
from tests.http.asking import assert_problem, user
from tests.http.test_differences import correct, publish

MONTHS = ["2025-01", "2025-02", "2025-03"]


@pytest.fixture(scope="module")
def county(shared: County) -> County:
    """A county with three published months, of which the last was corrected, and an open one."""
    for month, many in zip([*MONTHS, "2025-04"], (1, 2, 3, 1), strict=True):
        sent = [visit(f"w{w}", f"h{h}", f"{month}-10T09:00:00+08:00") for w in range(1, 7) for h in range(many * w % 5)]
        shared.send(*sent)
    for month in MONTHS:
        publish(shared, month)
    [late] = shared.send(visit("w1", "late"))
    correct(shared, admit=[late["event"]])
    return shared


def trend(county: County, name: str = "w1", asked: str = "") -> dict[str, Any]:
    answer = county.hr.get(f"/v1/workers/{name}/trend?{asked}")
    assert answer.status_code == 200, answer.json
    assert TrendPage().validate(answer.json) == {}
    return dict(answer.json)


@pytest.mark.parametrize("name", ["w1", "w4"])
def test_every_period_says_what_its_ranking_says(county: County, name: str) -> None:
    items = trend(county, name)["items"]
    assert [(one["period"], one["revision"]) for one in items] == [("2025-03", 2), ("2025-02", 1), ("2025-01", 1)]
    for one in items:
        ranking = county.ranking(one["period"])
        [own] = [item for item in ranking if item["subject"] == f"worker/{name}"]
        assert [one[key] for key in ("total", "rank", "tier", "group")] == [
            own[key] for key in ("total", "rank", "tier", "group")
        ]
        totals = [Decimal(item["total"]) for item in ranking]
        assert (one["due"], one["ranked"]) == (6, 6)
        assert Decimal(one["mean"]) == round(mean(totals), 4)
        assert Decimal(one["median"]) == median(totals)


def test_the_pages_are_the_whole(county: County) -> None:
    whole, found, after = trend(county)["items"], [], ""
    for _ in range(3):
        page = trend(county, asked=f"limit=1{after}")
        found += page["items"]
        after = f"&after={page['next']}"
    assert (found, page["next"]) == (whole, None)


def test_another_kind_of_period_is_another_trend(county: County) -> None:
    assert trend(county, asked="kind=year") == {"subject": "worker/w1", "items": [], "next": None}
    assert trend(county, asked="kind=month&rulebook=small-county") == trend(county)
    assert_problem(county.hr.get("/v1/workers/w1/trend?kind=week"), 422, "request.invalid")
    assert_problem(county.hr.get("/v1/workers/nobody/trend"), 404, "resource.unknown")
    assert trend(county, asked="rulebook=other")["items"] == []


def test_a_worker_reads_his_own_and_no_totals_of_few(county: County) -> None:
    own = user(county, ["self"], actor="worker/w1")
    assert own.get("/v1/workers/w1/trend").json == trend(county)
    for other in ("workers/w2", "organisations/east"):
        assert_problem(own.get(f"/v1/{other}/trend"), 404, "resource.unknown")


def test_of_two_a_mean_would_tell_the_total_of_the_other(fresh: County) -> None:
    served = {"organisation": "west", "post": "staff", "from": "2024-01-01", "to": "2025-01-01"}
    fresh.state([], [{"id": name, "assignments": [served]} for name in ("w3", "w4", "w5", "w6")])
    fresh.send(visit("w1", "h1"))
    publish(fresh)
    [said] = trend(fresh)["items"]
    assert (said["ranked"], said["mean"], said["median"]) == (2, "35", "35")
    [said] = user(fresh, ["self"], actor="worker/w1").get("/v1/workers/w1/trend").json["items"]
    assert (said["total"], said["rank"], said["mean"], said["median"]) == ("40.00", 1, None, None)
