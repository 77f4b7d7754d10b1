"""/v1/workers/{id}/results/{period}: lines that add up, a sentence for everything, the events behind each line."""

import re
from base64 import urlsafe_b64encode
from decimal import Decimal
from json import dumps
from typing import Any

import pytest

from tests.county import TYPES, County, event, rating, visit
from tests.http.asking import assert_not_there, assert_problem, rulebook

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MORE_TYPES = {
    "task.closed": {
        "title": "任务办结",
        "subject": "worker",
        "dated_by": "time",
        "quantity": "minutes",
        "fields": {
            "minutes": {"kind": "number", "required": True},
            "on_time": {"kind": "boolean"},
            "grade": {"kind": "code", "codes": ["good", "bad"]},
        },
    },
    "honour.awarded": {
        "title": "获得荣誉",
        "subject": "worker",
        "dated_by": "time",
        "fields": {"level": {"kind": "code", "required": True, "codes": ["city", "county"]}},
    },
}
TASK = "task.closed"


def indicator(name: str, take: Any, give: Any, **more: Any) -> dict[str, Any]:
    """An indicator of the duty category, 5 points at most unless told."""
    said = {"id": name, "title": f"指标{name}", "category": "duty", "take": take, "give": give}
    return {**said, "max": "5", "no_data": "zero", "ref": "Article 6", **more}


BANDS = {"bands": [{"at_least": "60", "points": "4"}, {"otherwise": "true", "points": "1"}]}
ON_TIME = {"event": TASK, "where": {"on_time": "true"}}
GRADE = {"event": TASK, "field": "grade"}
RICH = rulebook(
    total={"full": "100", "min": "0", "max": "100"},
    indicators=[
        *rulebook()["indicators"],
        indicator("sum", {"sum": {"event": TASK}}, BANDS),
        indicator("mean", {"mean": {"event": TASK}}, {"linear": {"from": ["0", "60"], "to": ["0", "5"]}}, min="2"),
        indicator("ratio", {"ratio": {"num": ON_TIME, "den": {"event": TASK}}}, {"each": "3"}),
        indicator("level", {"best": GRADE}, {"table": {"good": "5", "bad": "1"}}),
        indicator("given", {"given": {"event": TASK}}, "as_is"),
        indicator("full", {"count": {"event": "honour.awarded"}}, {"each": "1"}, no_data="full"),
    ],
    bonus={
        "max": "3",
        "items": [
            {
                "id": "honour",
                "title": "荣誉加分",
                "take": {"each_event": {"event": "honour.awarded", "field": "level"}},
                "give": {"table": {"city": "2", "county": "1"}},
                "max": "4",
            }
        ],
    },
)


@pytest.fixture(scope="module")
def rich(module_url: str, shared: County) -> County:
    """A county whose rulebook has every node, cap and limit, and events that reach them."""
    county = County.empty(module_url, shared.database)
    county.state(
        [{"id": "county", "kind": "county", "title": "县"}],
        [
            {"id": w, "assignments": [{"organisation": "county", "post": "staff", "from": "2024-01-01"}]}
            for w in ("rich", "poor", "none", "fair")
        ],
    )
    county.declare({**TYPES, **MORE_TYPES})
    county.rule(RICH)
    county.send(
        *(visit("rich", f"h{n}") for n in range(7)),
        *(rating("rich", stars) for stars in (5, "5.0", 5)),
        event(TASK, "rich", minutes="90.5", on_time=True, grade="good"),
        event(TASK, "rich", minutes=10, on_time=False, grade="bad"),
        *(event("honour.awarded", "rich", level=level) for level in ("city", "city", "county")),
        *(event("violation.complaint", "poor") for _ in range(5)),
        event(TASK, "poor", minutes="0.1", on_time=False, grade="bad"),
        event("violation.complaint", "fair"),
        visit("fair", "h1"),
    )
    return county


def everyone(county: County, period: str) -> list[dict[str, Any]]:
    """The result of each worker."""
    return [county.result(item["subject"].split("/")[1], period) for item in county.ranking(period)]


@pytest.mark.parametrize("period", ["2025-03", "2025-05", "2025"])
def test_the_lines_add_up_to_the_total_for_everyone(rich: County, period: str) -> None:
    """Invariant 6: the sum of the stored lines is the total; caps and limits are lines of their own."""
    results = everyone(rich, period)
    assert len(results) == 4
    for said in results:
        assert sum(Decimal(line["points"]) for line in said["lines"]) == Decimal(said["total"]), said["subject"]


def test_caps_and_limits_are_lines_of_their_own_kind(rich: County) -> None:
    """Invariant 6: no balancing line."""
    found = {
        (said["subject"], line["kind"], line["id"])
        for said in everyone(rich, "2025-03")
        for line in said["lines"]
        if line["kind"] not in ("indicator", "bonus", "deduction")
    }
    assert found == {
        ("worker/rich", "cap", "visits"),
        ("worker/rich", "cap", "given"),
        ("worker/rich", "cap", "honour"),
        ("worker/rich", "category_cap", "duty"),
        ("worker/rich", "bonus_cap", "bonus"),
        ("worker/rich", "limit", "total"),
        ("worker/poor", "cap", "mean"),
        ("worker/poor", "cap", "complaint"),
    }


def test_the_same_lines_stand_in_a_revision(rich: County) -> None:
    """Invariant 6: the explanation is the stored lines, in a run as in a standing."""
    standing = [(said["subject"], said["lines"]) for said in everyone(rich, "2025-04")]
    rich.hr.post("/v1/periods/2025-04/close")
    rich.hr.post("/v1/periods/2025-04/publish")
    assert [(said["subject"], said["lines"]) for said in everyone(rich, "2025-04")] == standing


@pytest.mark.parametrize("period", ["2025-03", "2025"])
def test_everything_has_a_sentence_in_chinese_and_in_english(rich: County, period: str) -> None:
    for said in everyone(rich, period):
        for item in (said, *said["lines"], *said["gates"], *said["outcomes"]):
            assert set(item["sentence"]) == {"zh", "en"}
            assert CHINESE.search(item["sentence"]["zh"]), item
            assert re.sub(CHINESE, "", item["sentence"]["en"]).strip(" ()"), item
            assert not re.search(r"None|Decimal|\{|\}", item["sentence"]["en"] + item["sentence"]["zh"]), item


def test_a_line_says_its_measure_count_points_and_paragraph(rich: County) -> None:
    lines = {line["id"]: line for line in rich.result("rich", "2025-03")["lines"] if line["kind"] == "indicator"}
    ratio = lines["ratio"]
    assert (ratio["measure"], ratio["count"], ratio["points"], ratio["ref"]) == ("0.5", 3, "1.50", "Article 6")
    for sentence in ratio["sentence"].values():
        assert all(word in sentence for word in ("0.5", "1.5", "Article 6")), sentence


def test_a_line_without_data_says_what_the_rulebook_says(rich: County) -> None:
    """Invariant 13: missing is not zero."""
    lines = {line["id"]: line for line in rich.result("none", "2025-03")["lines"]}
    assert (lines["full"]["no_data"], lines["full"]["points"]) == ("full", "5.00")
    assert (lines["rating"]["no_data"], lines["rating"]["points"]) == ("points", "30.00")
    assert (lines["visits"]["no_data"], lines["visits"]["points"]) == ("zero", "0.00")


def test_a_cap_on_deductions_says_how_much_is_deducted_at_most(rich: County) -> None:
    lines = rich.result("poor", "2025-03")["lines"]
    cap = next(line for line in lines if (line["kind"], line["id"]) == ("cap", "complaint"))
    assert cap["points"] == "6.00"
    assert not re.search(r"at least 9", cap["sentence"]["en"])
    assert not re.search(r"最低计 9", cap["sentence"]["zh"])
    assert all("9" in sentence for sentence in cap["sentence"].values())


def test_a_gate_says_whether_it_holds(rich: County) -> None:
    gates = rich.result("fair", "2025-03")["gates"]
    assert [(g["tier"], g["index"], g["holds"]) for g in gates] == [("excellent", 0, True), ("excellent", 1, False)]
    assert gates[0]["sentence"] != gates[1]["sentence"]


def test_an_outcome_says_why_it_follows(rich: County) -> None:
    results = {said["subject"]: said for said in everyone(rich, "2025-03")}
    last = results["worker/poor"]
    assert [o["id"] for o in last["outcomes"]] == ["talk"]
    for sentence in last["outcomes"][0]["sentence"].values():
        assert str(last["rank"]) in sentence
    assert results["worker/rich"]["outcomes"] == []


def test_a_result_says_the_size_of_its_group(rich: County) -> None:
    said = rich.result("rich", "2025-03")
    assert (said["group"], said["due"], said["ranked"], said["rank"]) == ("staff", 4, 4, 1)
    assert said["service_days"] == 31


@pytest.mark.parametrize(
    ("line", "events"), [("visits", 7), ("ratio", 3), ("honour", 3), ("complaint", 0), ("full", 3)]
)
def test_the_events_behind_a_line_are_those_that_it_counts(rich: County, line: str, events: int) -> None:
    path = f"/v1/workers/rich/results/2025-03/lines/{line}/events"
    items = rich.hr.get(path).json["items"]
    assert len(items) == events
    lines = rich.result("rich", "2025-03")["lines"]
    assert [said["count"] for said in lines if said["id"] == line and said["kind"] != "cap"] == [events]


def test_an_event_behind_a_line_says_what_was_read_from_it(rich: County) -> None:
    items = rich.hr.get("/v1/workers/rich/results/2025-03/lines/sum/events").json["items"]
    assert sorted((i["number"], i["type"], i["role"]) for i in items) == [
        ("10", TASK, "value"),
        ("90.5", TASK, "value"),
    ]
    assert all(rich.sender.get(f"/v1/events/{i['event']}").json["position"] == i["position"] for i in items)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_of_the_events_behind_a_line_make_the_whole_list(rich: County, limit: int) -> None:
    path = "/v1/workers/rich/results/2025-03/lines/visits/events"
    whole = rich.hr.get(path).json["items"]
    found, after = [], ""
    while True:
        said = rich.hr.get(f"{path}?limit={limit}{after}").json
        found += said["items"]
        if said["next"] is None:
            break
        assert len(said["items"]) == limit
        after = f"&after={said['next']}"
    assert found == whole


@pytest.mark.parametrize(
    "start", [["x", "y", "z"], ["2025-03-01T00:00:00+00:00", "x", ""], [1, 2, 3], [None, None, None]]
)
def test_a_cursor_that_somebody_made_up_is_refused(rich: County, start: list[Any]) -> None:
    cursor = urlsafe_b64encode(dumps(start).encode()).decode().rstrip("=")
    answer = rich.hr.get(f"/v1/workers/rich/results/2025-03/lines/visits/events?after={cursor}")
    assert assert_problem(answer, 422, "request.invalid") == [("/after", "cursor.malformed")]


@pytest.mark.parametrize(
    "path",
    [
        "workers/nobody/results/2025-03",
        "workers/county/results/2025-03",
        "organisations/county/results/2025-03",
        "workers/rich/results/2025-13",
        "workers/rich/results/2025-03/lines/imagined/events",
        "workers/nobody/results/2025-03/lines/visits/events",
        "workers/%00/results/2025-03",
        "workers/rich/results/2025-03/lines/%00/events",
    ],
)
def test_a_result_that_is_not_there_is_404(rich: County, path: str) -> None:
    assert_not_there(rich.hr.get(f"/v1/{path}"))


def test_who_is_not_in_the_cohort_has_no_result(rich: County) -> None:
    rich.hr.put("/v1/workers/outsider", {})
    assert_problem(rich.hr.get("/v1/workers/outsider/results/2025-03"), 404, "resource.unknown")


def test_an_unknown_query_parameter_is_refused(rich: County) -> None:
    answer = rich.hr.get("/v1/workers/rich/results/2025-03?lang=zh")
    assert assert_problem(answer, 422, "request.invalid") == [("/lang", "field.unknown")]
