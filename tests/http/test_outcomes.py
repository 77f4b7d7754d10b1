"""GET /v1/outcomes/{period}: what follows for whom, why, and from which lines; pages, filters, what is shown."""

from typing import Any

import pytest

from tests.county import TYPES, County, rating, visit
from tests.http.asking import assert_problem, nothing_written, rulebook, user
from tests.http.test_rankings import pages

Said = dict[str, Any]
MARCH = "2025-03"
LAST = {"bottom": "1", "of": "peer_group", "ties": "all_of_them"}
BUSY = {"all": [{"indicator": "visits", "at_least": "20"}, {"category": "service", "at_least": "30"}]}
GRADES = {"excellent": "3", "competent": "2", "basic": "1", "incompetent": "0"}
TWICE = {"total": {"each": {"points": "2"}}}
OUTCOMES: list[Said] = [
    {"id": "talk", "title": "约谈提醒", "in": "month", "when": LAST},
    {"id": "praise", "title": "通报表扬", "in": "month", "when": BUSY, "value": TWICE, "ref": "第十一条"},
    {"id": "kept", "title": "存档", "in": "month", "value": {"tier": GRADES}},
]


@pytest.fixture(scope="module")
def kept(shared: County) -> County:
    """Seven people in two groups: three are praised, two talked to, all are kept."""
    county = County.empty(shared.url, shared.database)
    staff = [(f"w{n}", "east" if n < 5 else "west") for n in range(1, 8)]
    county.state(
        [{"id": "county", "kind": "county", "title": "县"}]
        + [{"id": c, "kind": "community", "title": c, "parent": "county"} for c in ("east", "west")],
        [{"id": w, "assignments": [{"organisation": o, "post": "staff", "from": "2024-01-01"}]} for w, o in staff],
    )
    county.declare(TYPES)
    groups = {"by": ["organisation"], "min_size": "2", "small_groups": "keep_apart"}
    county.rule(rulebook(outcomes=OUTCOMES, peer_groups=groups))
    county.send(*(visit(w, f"h{n}") for w in ("w1", "w2", "w5") for n in range(2)))
    county.send(*(visit(w, "h0") for w in ("w3", "w6")), *(rating("w1", 5) for _ in "12"))
    return county


def listed(county: County, asked: str = "") -> list[Said]:
    answer = county.hr.get(f"/v1/outcomes/{MARCH}?{asked}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def test_outcomes_are_listed_one_after_the_other(kept: County) -> None:
    said = [(item["id"], item["subject"].removeprefix("worker/"), item["value"]) for item in listed(kept)]
    assert said == [
        *(("talk", "w4", None), ("talk", "w7", None)),
        *(("praise", "w1", "120"), ("praise", "w2", "100"), ("praise", "w5", "100")),
        *(("kept", f"w{n}", "1" if n == 1 else "0") for n in range(1, 8)),
    ]


def test_an_outcome_says_why_and_from_which_lines(kept: County) -> None:
    talk, _, praise, *_ = listed(kept)
    assert (praise["title"], praise["ref"], praise["total"], praise["tier"]) == (
        "通报表扬",
        "第十一条",
        "60.00",
        "basic",
    )
    assert [(line["kind"], line["id"], line["points"]) for line in praise["lines"]] == [
        ("indicator", "visits", "20.00"),
        ("indicator", "rating", "40.00"),
    ]
    assert "20" in praise["sentence"]["en"]
    assert "入户走访" in praise["sentence"]["zh"]
    assert (talk["group"], talk["rank"], talk["lines"], talk["measures"]) == ("east", 4, [], [])


def test_an_outcome_is_what_the_result_says(kept: County) -> None:
    for item in listed(kept):
        result = kept.result(item["subject"].removeprefix("worker/"), MARCH)
        own = {key: item[key] for key in ("id", "title", "ref", "value", "sentence")}
        assert own in result["outcomes"]
        assert all(line in result["lines"] for line in item["lines"])


@pytest.mark.parametrize("filters", ["", "group=east", "outcome=praise", "group=west&outcome=kept"])
def test_pages_of_any_size_make_the_whole_list(kept: County, filters: str) -> None:
    whole = listed(kept, filters)
    assert len(whole) > 2
    for limit in range(1, len(whole) + 2):
        cut = list(pages(kept, f"/v1/outcomes/{MARCH}?{filters}", limit))
        assert [item for page in cut for item in page] == whole


def test_filters_leave_the_rest_out(kept: County) -> None:
    assert {item["group"] for item in listed(kept, "group=east")} == {"east"}
    assert {item["id"] for item in listed(kept, "outcome=praise")} == {"praise"}
    answer = kept.hr.get(f"/v1/outcomes/{MARCH}?outcome=imagined")
    assert assert_problem(answer, 422, "request.invalid") == [("/outcome", "code.unknown")]
    assert "talk, praise, kept" in answer.json["errors"][0]["detail"]


def test_a_measure_that_is_asked_for_is_told(fresh: County) -> None:
    measure = {"id": "homes", "title": "走访户数", "take": {"count": {"event": "visit.done"}}, "no_data": "zero"}
    when = {"measure": "homes", "at_least": "1"}
    outcome = {"id": "busy", "title": "常走访", "in": "month", "when": when}
    fresh.rule(rulebook(version="2", effective={"from": "2025-02"}, measures=[measure], outcomes=[outcome]))
    fresh.send(visit("w1", "h1"), visit("w1", "h2"))
    [item] = listed(fresh)
    assert [(one["id"], one["number"]) for one in item["measures"]] == [("homes", "2")]


def test_what_is_shown_is_chosen_as_for_rankings(fresh: County) -> None:
    fresh.send(visit("w1", "h1"))
    cursor = fresh.hr.get(f"/v1/outcomes/{MARCH}?limit=1").json["next"]
    for step in ("close", "publish"):
        fresh.hr.post(f"/v1/periods/{MARCH}/{step}")
    assert_problem(fresh.hr.get(f"/v1/outcomes/{MARCH}?after={cursor}"), 410, "page.expired")
    assert fresh.hr.get(f"/v1/outcomes/{MARCH}").json["revision"] == 1
    assert "revision" not in fresh.hr.get(f"/v1/outcomes/{MARCH}?view=standing").json
    assert len(listed(fresh, "revision=1")) == 5
    assert_problem(fresh.hr.get(f"/v1/outcomes/{MARCH}?revision=2"), 404, "resource.unknown")
    assert_problem(fresh.hr.get("/v1/outcomes/2999-01"), 409, "period.not_begun")
    assert_problem(fresh.hr.get("/v1/outcomes/2025?outcome=talk"), 422, "request.invalid")
    assert fresh.hr.get("/v1/outcomes/2025").json["items"] == []


def test_outcomes_are_read_with_the_scope_of_results(kept: County, shared: County) -> None:
    """Invariant 14: of another tenant's people nothing is said."""
    reader, sender = user(kept, ["results:read"]), user(kept, ["events:read"])
    with nothing_written(kept):
        assert reader.get(f"/v1/outcomes/{MARCH}").status_code == 200
        assert_problem(sender.get(f"/v1/outcomes/{MARCH}"), 403, "access.scope")
    assert {item["id"] for item in listed(shared)} == {"talk"}
