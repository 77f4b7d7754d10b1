"""GET /v1/periods/{period}/checklist: what blocks a period is what close refuses; what is odd blocks nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.county import TYPES, County, event, rating, visit
from tests.http.asking import assert_problem, nothing_written, rulebook, user

Said = dict[str, Any]
MARCH = "2025-03"


def checklist(county: County, period: str = MARCH, asked: str = "") -> Said:
    answer = county.hr.get(f"/v1/periods/{period}/checklist{asked}")
    assert answer.status_code == 200, answer.json
    for entry in [*answer.json["blocks"], *answer.json["odd"]]:
        of_block = {"steps", "forceable"} if entry in answer.json["blocks"] else set()
        assert set(entry) == {"code", "about", "sentence", "count", "subjects"} | of_block
        assert entry["sentence"]["en"].isascii()
        assert not entry["sentence"]["zh"].isascii()
    return dict(answer.json)


def odd(county: County, code: str, period: str = MARCH, asked: str = "") -> list[Said]:
    """The entries of a code."""
    return [entry for entry in checklist(county, period, asked)["odd"] if entry["code"] == code]


def ruled(county: County, **changes: Any) -> County:
    """A county beside it whose rulebook says these things otherwise."""
    made = County.empty(county.url, county.database)
    homes = [f"c{n}" for n in range(1, 7)]
    made.state(
        [{"id": "county", "kind": "county", "title": "县"}]
        + [{"id": home, "kind": "community", "title": home, "parent": "county"} for home in homes],
        [
            {"id": f"w{n}", "assignments": [{"organisation": home, "post": "staff", "from": "2024-01-01"}]}
            for n, home in enumerate(homes, 1)
        ],
    )
    made.declare(TYPES)
    made.rule(rulebook(**changes))
    return made


def test_what_has_ended_and_is_claimed_once_is_blocked_by_nothing(shared: County) -> None:
    said = checklist(shared, "2025-02")
    assert (said["blocks"], said["state"], said["period"]) == ([], "open", "2025-02")


def test_what_blocks_is_what_close_refuses(fresh: County) -> None:
    now = datetime.now(UTC)
    for period, code in ((f"{now:%Y-%m}", "period.not_ended"), ("2025", "period.parts_open")):
        [block] = checklist(fresh, period)["blocks"]
        answer = fresh.hr.post(f"/v1/periods/{period}/close", Accept_Language="zh")
        assert_problem(answer, 409, code)
        assert (block["code"], block["sentence"]["zh"]) == (code, answer.json["title"])
    assert (block["about"], block["count"]) == ([f"2025-{month:02}" for month in range(1, 13)], 12)


def test_an_item_of_which_nobody_has_anything_is_odd(fresh: County) -> None:
    fresh.send(visit("w1", "h1"))
    [entry] = odd(fresh, "rows.none")
    assert (entry["about"], entry["count"], entry["subjects"]) == (["rating"], 0, [])
    assert "居民评价" in entry["sentence"]["zh"]
    fresh.send(rating("w2", 5))
    assert odd(fresh, "rows.none") == []


def test_an_item_that_takes_no_events_is_not_odd(fresh: County) -> None:
    fixed = {**rulebook()["indicators"][1], "take": {"fixed": "5"}, "give": "as_is"}
    county = ruled(fresh, indicators=[rulebook()["indicators"][0], fixed])
    assert [entry["about"] for entry in odd(county, "rows.none")] == [["visits"]]


def test_fewer_rows_than_a_mean_needs_are_odd(fresh: County) -> None:
    fresh.send(*(rating("w1", 5) for _ in "12"), rating("w2", 5))
    [entry] = odd(fresh, "rows.few")
    assert (entry["about"], entry["count"]) == (["rating"], 5)
    assert entry["subjects"] == [f"worker/w{n}" for n in range(2, 7)]


def test_missing_data_are_odd_and_block_nothing(fresh: County) -> None:
    items = rulebook()["indicators"]
    county = ruled(fresh, indicators=[items[0], {**items[1], "no_data": "missing"}])
    county.send(*(rating("w1", 5) for _ in "12"))
    [entry] = odd(county, "data.missing")
    assert (entry["count"], entry["subjects"]) == (5, [f"worker/w{n}" for n in range(2, 7)])
    assert checklist(county)["blocks"] == []
    for step in ("close", "publish"):
        assert county.hr.post(f"/v1/periods/{MARCH}/{step}").status_code == 200


@pytest.mark.parametrize(("deduct", "near"), [("0.5", ["worker/w1"]), ("0.51", [])])
def test_totals_within_half_a_point_of_a_threshold_are_named(fresh: County, deduct: str, near: list[str]) -> None:
    county = ruled(fresh, negative_list=[{**rulebook()["negative_list"][0], "deduct": deduct}])
    county.send(*(visit("w1", f"h{n}") for n in range(3)), event("violation.complaint", "w1"))
    found = odd(county, "tier.near")
    assert [(entry["about"], entry["subjects"], entry["count"]) for entry in found] == [
        (["basic"], s, 1) for s in [near] if s
    ]


def test_a_total_above_a_threshold_is_near_it_too(fresh: County) -> None:
    fresh.send(*(visit(w, f"h{n}") for w in ("w1", "w2") for n in range(4)))
    [entry] = odd(fresh, "tier.near")
    assert (entry["about"], entry["count"], entry["subjects"]) == (["competent"], 2, ["worker/w1", "worker/w2"])


def test_at_most_twenty_are_named(fresh: County) -> None:
    staff = [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]
    fresh.state([], [{"id": f"x{n:02}", "assignments": staff} for n in range(30)])
    [entry] = odd(fresh, "rows.few")
    assert (entry["count"], len(entry["subjects"])) == (36, 20)


@pytest.mark.parametrize(("leaving", "far"), [([], ["c1"]), (["w6"], [])])
def test_a_group_more_than_two_deviations_off_is_odd(fresh: County, leaving: list[str], far: list[str]) -> None:
    """Of k groups, one alone is off by the root of k - 1 deviations: of five by two exactly, which isn't more."""
    groups = {"by": ["organisation"], "min_size": "1", "small_groups": "keep_apart"}
    county = ruled(fresh, peer_groups=groups)
    gone = [{"organisation": "c6", "post": "staff", "from": "2024-01-01", "to": "2025-01-01"}]
    county.state([], [{"id": worker, "assignments": gone} for worker in leaving])
    county.send(visit("w1", "h1"))
    found = odd(county, "group.far")
    assert [group for entry in found for group in entry["about"]] == far
    assert all(entry["count"] == 1 and "40" in entry["sentence"]["en"] for entry in found)


def test_a_checklist_is_read_of_what_has_begun_and_writes_nothing(fresh: County) -> None:
    assert_problem(fresh.hr.get("/v1/periods/2999-01/checklist"), 409, "period.not_begun")
    assert_problem(fresh.hr.get("/v1/periods/2025-Q1/checklist"), 404, "period.kind")
    assert_problem(fresh.hr.get("/v1/periods/x/checklist"), 404, "resource.unknown")
    assert_problem(fresh.hr.get("/v1/periods/2025-03/checklist?rulebook=x"), 404, "rulebook.none")
    assert_problem(fresh.hr.get("/v1/periods/2025-03/checklist?limit=1"), 422, "request.invalid")
    reader, sender = user(fresh, ["results:read"]), user(fresh, ["events:read"])
    with nothing_written(fresh):
        assert reader.get(f"/v1/periods/{MARCH}/checklist").status_code == 200
        assert_problem(sender.get(f"/v1/periods/{MARCH}/checklist"), 403, "access.scope")
