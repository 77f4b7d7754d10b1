"""POST /v1/trials: what a version would make of a period's real events, beside another; and nothing of it stays."""

from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.county import County, event, rating, visit
from tests.database.test_isolation import snapshot
from tests.http.asking import as_yaml, assert_problem, nothing_written, rulebook, user

MARCH = "2025-03"
STANDINGS = ("standing", "standing_result", "standing_lines")


def draft(county: County, version: str = "t", each: str = "10", **changes: Any) -> str:
    """A draft of the small county's rulebook with these points for a visit; its label."""
    book = rulebook(version=version, **changes)
    if "indicators" not in changes:
        book["indicators"][0]["give"] = {"each": each}
    answer = county.hr.post_text("/v1/rulebooks", as_yaml(book), "application/yaml")
    assert answer.status_code == 201, answer.json
    return f"{book['rulebook']}@{version}"


def tried(county: County, label: str, period: str = MARCH, asked: str = "", **more: str) -> dict[str, Any]:
    """The answer to a trial."""
    answer = county.hr.post(f"/v1/trials{asked}", {"rulebook": label, "period": period, **more})
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def busy(county: County) -> None:
    """Five visits of one, one of another, a complaint about a third."""
    county.send(*(visit("w1", f"h{n}") for n in range(5)), visit("w2", "h1"), event("violation.complaint", "w3"))


def assert_nothing_changes(said: dict[str, Any]) -> None:
    counts = said["counts"]
    assert counts["before"] == counts["after"] == 6
    assert [counts[name] for name in ("left_out", "taken_in", "moved", "totals_changed", "ranks_changed")] == [0] * 5
    assert all(one["before"] == one["after"] for one in said["tiers"])
    assert {said["differences"][name] for name in ("least", "median", "most", "mean")} == {"0"}
    assert [band["subjects"] for band in said["differences"]["bands"] if band["subjects"]] == [6]
    assert all(one["before"] == one["after"] for one in said["seats"])
    assert said["movers"] == []


def test_names_are_masked_unless_the_reader_may_read_the_roster(fresh: County) -> None:
    busy(fresh)
    stays = {"organisation": "east", "post": "staff", "from": "2024-01-01"}
    fresh.state([], [{"id": "w1", "name": "王小明", "assignments": [stays]}])
    label = draft(fresh, each="5")
    assert [(one["subject"], one["name"]) for one in tried(fresh, label)["movers"]] == [
        ("worker/w1", "王小明"),
        ("worker/w2", None),
    ]
    reader = fresh.user("reader", ["results:read", "rulebooks:read"], [])
    said = reader.post("/v1/trials", {"rulebook": label, "period": MARCH})
    assert [one["name"] for one in said.json["movers"]] == ["王**", None]
    assert "王小明" not in said.text


def test_a_stricter_draft_says_who_falls_and_by_which_line(fresh: County) -> None:
    busy(fresh)
    said = tried(fresh, draft(fresh, each="5"))
    assert (said["period"], said["rulebook"]["version"]) == (MARCH, "t")
    assert (said["against"]["version"], said["against"]["state"]) == ("2025-1", "open")
    assert said["counts"] == {
        "before": 6,
        "after": 6,
        "left_out": 0,
        "taken_in": 0,
        "moved": 1,
        "totals_changed": 2,
        "ranks_changed": 0,
    }
    assert said["tiers"] == [
        {"before": {"tier": "competent"}, "after": {"tier": "incompetent"}, "subjects": 1},
        {"before": {"tier": "incompetent"}, "after": {"tier": "incompetent"}, "subjects": 5},
    ]
    first, second = said["movers"]
    assert (first["subject"], first["moved"], first["difference"]) == ("worker/w1", True, "-25.00")
    assert (second["subject"], second["moved"], second["difference"]) == ("worker/w2", False, "-5.00")
    assert [(first[side]["total"], first[side]["tier"]) for side in ("before", "after")] == [
        ("80.00", "competent"),
        ("55.00", "incompetent"),
    ]
    [line] = first["lines"]
    assert (line["kind"], line["id"], line["difference"]) == ("indicator", "visits", "-25.00")
    assert (line["before"]["points"], line["after"]["points"]) == ("50.00", "25.00")
    assert "10 for each: 50 points" in line["before"]["sentence"]["en"]
    assert "每 1 计 5 分，计 25 分" in line["after"]["sentence"]["zh"]
    assert "80" in first["before"]["sentence"]["en"]


def test_the_differences_are_counted_by_shares_of_the_full_total(fresh: County) -> None:
    busy(fresh)
    said = tried(fresh, draft(fresh, each="5"))["differences"]
    assert {key: said[key] for key in said if key != "bands"} == {
        "subjects": 6,
        "least": "-25",
        "first_quartile": "-5",
        "median": "0",
        "third_quartile": "0",
        "most": "0",
        "mean": "-5",
    }
    told = [(band["change"], band["at_least"], band["below"], band["subjects"]) for band in said["bands"]]
    assert told == [
        ("fell", "10", None, 1),
        ("fell", "5", "10", 1),
        ("fell", "1", "5", 0),
        ("fell", None, "1", 0),
        ("none", None, None, 4),
        ("rose", None, "1", 0),
        ("rose", "1", "5", 0),
        ("rose", "5", "10", 0),
        ("rose", "10", None, 0),
    ]


@pytest.mark.parametrize("period", [MARCH, "2025"])
def test_the_same_rules_change_nothing(fresh: County, period: str) -> None:
    busy(fresh)
    assert_nothing_changes(tried(fresh, draft(fresh), period))
    assert_nothing_changes(tried(fresh, "small-county@2025-1", period))


def test_late_events_are_no_change_of_the_rules(fresh: County) -> None:
    """Both are computed from all events, also where a revision was published before some came."""
    busy(fresh)
    for step in ("close", "publish"):
        assert fresh.hr.post(f"/v1/periods/{MARCH}/{step}").status_code == 200
    fresh.send(visit("w4", "h1"))
    label = draft(fresh)
    for period in (MARCH, "2025"):
        said = tried(fresh, label, period)
        assert_nothing_changes(said)
    assert tried(fresh, label)["against"]["state"] == "provisional"


def test_a_year_is_tried_as_though_the_draft_had_ruled_its_months(fresh: County) -> None:
    """A draft of next year's rules, on this year's events."""
    fresh.send(*(visit("w1", "h1", f"2025-{month:02}-10T09:00:00+08:00") for month in range(1, 13)))
    label = draft(fresh, each="4", effective={"from": "2026-01"})
    [mover] = tried(fresh, label, "2025")["movers"]
    assert (mover["subject"], mover["difference"]) == ("worker/w1", "-4.20")  # 70 % of six points a month
    assert [(line["kind"], line["id"], line["difference"]) for line in mover["lines"]] == [("part", "months", "-4.20")]


def test_an_item_that_only_one_has_is_a_line_of_its_own(fresh: County) -> None:
    fresh.send(visit("w1", "h1"))
    items = rulebook()["indicators"]
    again = {**items[0], "id": "again", "title": "再次走访", "max": "20"}
    said = tried(fresh, draft(fresh, indicators=[{**items[0], "max": "40"}, again, items[1]]))
    [mover] = said["movers"]
    [line] = mover["lines"]
    assert (line["id"], line["before"], line["after"]["points"], line["difference"]) == (
        "again",
        None,
        "10.00",
        "10.00",
    )


def test_who_is_appraised_under_one_of_the_two_alone_is_told_so(fresh: County) -> None:
    one = {"id": "w7", "assignments": [{"organisation": "east", "post": "head", "from": "2024-01-01"}]}
    fresh.state([], [one])
    said = tried(fresh, draft(fresh, applies_to={"posts": ["staff", "head"], "under": "east"}))
    assert {name: said["counts"][name] for name in ("before", "after", "left_out", "taken_in", "moved")} == {
        "before": 6,
        "after": 4,
        "left_out": 3,
        "taken_in": 1,
        "moved": 4,
    }
    assert {"before": None, "after": {"tier": "incompetent"}, "subjects": 1} in said["tiers"]
    assert {"before": {"tier": "incompetent"}, "after": None, "subjects": 3} in said["tiers"]
    assert said["differences"]["subjects"] == 3
    movers = {mover["subject"]: mover for mover in said["movers"]}
    assert movers.keys() == {"worker/w4", "worker/w5", "worker/w6", "worker/w7"}
    assert (movers["worker/w7"]["before"], movers["worker/w7"]["difference"]) == (None, None)
    assert movers["worker/w4"]["after"] is None


def test_reasons_for_no_tier_are_rows_and_columns(fresh: County) -> None:
    label = draft(fresh, participation={"min_service_days": {"month": "31"}})
    assert_nothing_changes(tried(fresh, label))
    said = tried(fresh, label, "2025-04")
    assert said["tiers"] == [{"before": {"tier": "incompetent"}, "after": {"no_tier": "service_short"}, "subjects": 6}]
    assert {mover["after"]["no_tier"] for mover in said["movers"]} == {"service_short"}
    assert all(mover["lines"] == [] for mover in said["movers"])


def test_seats_are_counted_for_each_group_and_quota(fresh: County) -> None:
    fresh.send(*(visit(w, f"h{n}") for w in ("w1", "w2") for n in range(6)))
    fresh.send(*(rating(w, stars) for w, stars in (("w1", 5), ("w1", 5), ("w2", 5), ("w2", 4))))
    tiers = rulebook()["tiers"]
    tiers[0]["quota"] = {**tiers[0]["quota"], "at_most": "20%"}
    said = tried(fresh, draft(fresh, tiers=tiers))
    assert said["seats"] == [{"group": "staff", "tier": "excellent", "before": 2, "after": 1}]
    [mover] = said["movers"]
    assert (mover["subject"], mover["difference"], mover["lines"]) == ("worker/w2", "0.00", [])


def test_as_many_subjects_as_asked_for_are_told_singly(fresh: County) -> None:
    busy(fresh)
    said = tried(fresh, draft(fresh, each="5"), asked="?limit=1")
    assert ([mover["subject"] for mover in said["movers"]], said["counts"]["totals_changed"]) == (["worker/w1"], 2)


def test_the_lines_differ_by_what_the_totals_differ_by(fresh: County) -> None:
    busy(fresh)
    fresh.send(*(rating("w2", stars) for stars in (3, 4)))
    said = tried(fresh, draft(fresh, each="25", negative_list=[{**rulebook()["negative_list"][0], "deduct": "1"}]))
    assert len(said["movers"]) == 3
    for mover in said["movers"]:
        assert sum(Decimal(line["difference"]) for line in mover["lines"]) == Decimal(mover["difference"])
    [first] = [mover for mover in said["movers"] if mover["subject"] == "worker/w1"]
    assert [(line["kind"], line["difference"]) for line in first["lines"] if line["difference"] != "0.00"] == [
        ("indicator", "75.00"),
        ("cap", "-65.00"),
    ]


def test_nothing_of_a_trial_stays(fresh: County) -> None:
    """A trial reads: no draft's standing, no result, no state and no audit entry; what others read stays the same."""
    busy(fresh)
    label = draft(fresh, each="5")
    for step in ("close", "publish"):
        fresh.hr.post(f"/v1/periods/{MARCH}/{step}")
    shown = ("/v1/rankings/2025-03", "/v1/rankings/2025-04", "/v1/rankings/2025", "/v1/periods", "/v1/rulebooks")
    said = [fresh.hr.get(path).json for path in shown]
    before = snapshot(fresh)
    with nothing_written(fresh):
        for period in (MARCH, "2025-04", "2025"):
            tried(fresh, label, period)
    after = snapshot(fresh)
    assert {t: rows for t, rows in after.items() if t not in STANDINGS} == {
        t: rows for t, rows in before.items() if t not in STANDINGS
    }
    assert [fresh.hr.get(path).json for path in shown] == said
    with psycopg.connect(fresh.url) as connection:
        query = "SELECT b.version FROM standing s JOIN rulebook b USING (tenant_id, rulebook_no) WHERE tenant_id = %s"
        assert set(connection.execute(query, [fresh.tenant_id]).fetchall()) == {("2025-1",)}


def test_events_that_come_between_are_in_the_next_trial(fresh: County) -> None:
    label = draft(fresh, each="5")
    assert tried(fresh, label)["movers"] == []
    fresh.send(visit("w1", "h1"))
    assert [mover["difference"] for mover in tried(fresh, label)["movers"]] == ["-5.00"]


def test_names_stay_in_the_roster(fresh: County) -> None:
    fresh.hr.put("/v1/workers/w1", {**fresh.hr.get("/v1/workers/w1").json, "name": "somebody's name"})  # type: ignore[dict-item]
    fresh.send(visit("w1", "h1"))
    answer = fresh.hr.post("/v1/trials", {"rulebook": draft(fresh, each="5"), "period": MARCH})
    assert "worker/w1" in answer.text
    assert "somebody" not in answer.text


def test_another_version_may_be_named_to_compare_with(fresh: County) -> None:
    fresh.send(visit("w1", "h1"))
    five, six = draft(fresh, "five", each="5"), draft(fresh, "six", each="6")
    said = tried(fresh, six, against=five)
    assert [mover["difference"] for mover in said["movers"]] == ["1.00"]
    other = draft(fresh, "one", each="6", rulebook="other")
    assert_problem(fresh.hr.post("/v1/trials", {"rulebook": other, "period": MARCH}), 404, "rulebook.none")
    assert tried(fresh, other, against=six)["counts"]["totals_changed"] == 0


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"rulebook": "small-county@imagined"}, 404, "resource.unknown"),
        ({"rulebook": "imagined@1"}, 404, "resource.unknown"),
        ({"against": "small-county@imagined"}, 404, "resource.unknown"),
        ({"period": "2025-Q1"}, 404, "period.kind"),
        ({"period": "2999-01"}, 409, "period.not_begun"),
        ({"period": "2024-12"}, 404, "rulebook.none"),
    ],
)
def test_what_cannot_be_tried_is_refused(shared: County, asked: dict[str, str], status: int, code: str) -> None:
    body = {"rulebook": "small-county@2025-1", "period": MARCH, **asked}
    with nothing_written(shared):
        answer = shared.hr.post("/v1/trials", body, Accept_Language="zh")
    assert_problem(answer, status, code)
    assert not (answer.json or {})["title"].isascii()


@pytest.mark.parametrize(
    ("asked", "errors"),
    [
        ({}, [("/period", "field.required"), ("/rulebook", "field.required")]),
        ({"rulebook": "x", "period": MARCH}, [("/rulebook", "version.malformed")]),
        ({"rulebook": "x@y", "period": "March"}, [("/period", "period.malformed")]),
        ({"rulebook": "x@y", "period": MARCH, "limit": 1}, [("/limit", "field.unknown")]),
    ],
)
def test_what_is_asked_has_a_shape(shared: County, asked: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    assert sorted(assert_problem(shared.hr.post("/v1/trials", asked), 422, "request.invalid")) == errors


def test_a_draft_that_event_types_have_outgrown_is_refused(county: County) -> None:
    """An event of a code that its table lacks would count without a word."""
    honour = {
        "title": "表彰",
        "subject": "worker",
        "dated_by": "time",
        "fields": {"level": {"kind": "code", "codes": ["city"], "required": True}},
    }
    county.declare({"honour.awarded": honour})
    take = {"each_event": {"event": "honour.awarded", "field": "level"}}
    item = {"id": "honour", "title": "表彰", "take": take, "give": {"table": {"city": "2"}}}
    label = draft(county, bonus={"max": "5", "items": [item]})
    honour["fields"]["level"]["codes"].append("county")  # type: ignore[index]
    assert county.hr.put("/v1/event-types/honour.awarded", honour).status_code == 200
    answer = county.hr.post("/v1/trials", {"rulebook": label, "period": MARCH})
    assert assert_problem(answer, 422, "request.invalid") == [("/bonus/items/0/give/table", "table.codes")]


def test_a_draft_of_another_tenant_is_not_there(shared: County, fresh: County) -> None:
    """Invariant 14: tenants can't see each other."""
    label = draft(fresh, "secret")
    assert_problem(shared.hr.post("/v1/trials", {"rulebook": label, "period": MARCH}), 404, "resource.unknown")


def test_a_trial_shows_results_and_rules_and_needs_both_scopes(shared: County) -> None:
    body = {"rulebook": "small-county@2025-1", "period": MARCH}
    for scopes, status in (
        (["results:read"], 403),
        (["rulebooks:read"], 403),
        (["results:read", "rulebooks:read"], 200),
    ):
        assert user(shared, scopes).post("/v1/trials", body).status_code == status
