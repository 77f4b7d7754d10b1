"""What a result says of the distance to the next tier: points, gates, seats, bars, and the nearest line, in words."""

from typing import Any

import pytest

from schemas.answers.next_tier import NextTier
from tests.county import TYPES, County, event, rating, visit
from tests.http.asking import rulebook
from tests.http.test_results import BANDS, MORE_TYPES, TASK, indicator

PERIOD = "2025-03"


def distance(county: County, name: str) -> dict[str, Any]:
    said = county.result(name, PERIOD)["next_tier"]
    assert NextTier().validate(said) == {}
    for one in (said, *said["lines"], *said["gates"]):
        assert not one["sentence"]["zh"].isascii()
        assert "{" not in one["sentence"]["zh"] + one["sentence"]["en"]
    return dict(said)


def line(said: dict[str, Any], identifier: str) -> dict[str, Any]:
    [found] = [one for one in said["lines"] if one["id"] == identifier]
    return dict(found)


def test_it_says_how_many_points_are_missing_and_which_line_has_them(fresh: County) -> None:
    fresh.send(*(visit("w1", f"h{n}") for n in range(4)))
    said = distance(fresh, "w1")
    assert (said["tier"], said["threshold"], said["missing"]) == ("excellent", "85.00", "15.00")
    assert (said["gates"], said["barred"], said["nearest"]) == ([], None, "visits")
    visits = line(said, "visits")
    assert (visits["number"], visits["points"], visits["room"], visits["needed"]) == ("4", "40.00", "20.00", "55.00")
    assert visits["next"] == {"number": "5", "more": "1", "codes": [], "points": "50.00", "brings": "10.00"}
    assert visits["reaches"] == {"number": "6", "more": "2", "codes": [], "points": "60.00", "brings": "20.00"}
    given = line(said, "rating")
    assert (given["number"], given["room"], given["needed"], given["reaches"]) == (None, "10.00", None, None)
    assert said["sentence"] == {
        "zh": "距“优秀”还差 15.00 分（须满 85.00 分）；该等次有名额限制，目前无人占有。"
        "最近的途径是“入户走访”（第六条（一））；本项达到 55.00 分即够（数值达到 6，现为 4）。",
        "en": "15.00 points are missing to excellent (from 85.00 on); seats are limited, and nobody has one. It is"
        " nearest through visits (第六条（一）); 55.00 points of it suffice (a number of 6, has 4).",
    }


def test_nothing_is_nearer_than_the_best(fresh: County) -> None:
    fresh.send(*(visit("w1", f"h{n}") for n in range(6)))
    assert fresh.result("w1", PERIOD)["tier"] == "excellent"
    assert fresh.result("w1", PERIOD)["next_tier"] is None


def test_who_has_no_tier_is_near_none(fresh: County) -> None:
    fresh.state([], [{"id": "w7", "assignments": [{"organisation": "east", "post": "staff", "from": "2025-03-31"}]}])
    fresh.rule(
        rulebook(version="2025-2", effective={"from": "2025-03"}, participation={"min_service_days": {"month": "2"}})
    )
    said = fresh.result("w7", PERIOD)
    assert (said["no_tier"], said["next_tier"]) == ("service_short", None)


def test_a_gate_says_what_is_missing_to_it(fresh: County) -> None:
    fresh.send(*(visit("w1", f"h{n}") for n in range(6)), *(rating("w1", "2.5") for _ in range(2)))
    fresh.send(event("violation.complaint", "w1"))
    said = distance(fresh, "w1")
    assert (said["tier"], said["missing"]) == ("excellent", "13.00")
    first, second = said["gates"]
    missing = {"kind": "indicator", "id": "rating", "at_least": "20", "has": "15", "missing": "5"}
    assert (first["index"], first["missing"]) == (0, [missing])
    assert (second["index"], second["missing"]) == (1, []), "what happened can't be made up for"


def test_seats_are_told_by_rank_and_never_by_total(fresh: County) -> None:
    """Three of six reach it, there are two seats: nobody is told what the others have."""
    fresh.send(*(visit(f"w{n}", f"h{h}") for n in (1, 2, 3) for h in range(6)))
    fresh.send(*(rating(f"w{n}", stars) for n, stars in ((1, 5), (2, "4.5")) for _ in range(2)))
    said = distance(fresh, "w3")
    assert (said["missing"], said["barred"], said["lines"]) == ("0.00", "quota", said["lines"])
    assert said["seat"] == {"rank": 3, "held": 2, "last_rank": 2}
    assert "95" not in str(said)
    assert "100" not in str(said)


CEILING = {
    "id": "late_report",
    "title": "迟报",
    "severity": "minor",
    "event": "violation.complaint",
    "deduct": "1",
    "ceiling": "competent",
    "ref": "第八条",
}


@pytest.fixture(scope="module")
def varied(module_url: str, shared: County) -> County:
    """A county whose lines are of every sort, and whose negative list has a ceiling and a veto."""
    county = County.empty(module_url, shared.database)
    served = [{"organisation": "county", "post": "staff", "from": "2024-01-01"}]
    names = ("held", "vetoed", "plain")
    county.state(
        [{"id": "county", "kind": "county", "title": "县"}], [{"id": name, "assignments": served} for name in names]
    )
    county.declare({**TYPES, **MORE_TYPES})
    ratio = {"num": {"event": TASK, "where": {"on_time": "true"}}, "den": {"event": TASK}}
    level = {"best": {"event": TASK, "field": "grade"}}
    each = {"each_event": {"event": "honour.awarded", "field": "level"}}
    compared = {"compare": {"as": "rank", "within": "cohort"}, "give": {"ranks": ["4", "2"]}}
    county.rule(
        rulebook(
            total={"full": "100", "min": "0", "max": "100"},
            indicators=[
                *rulebook()["indicators"],
                indicator("sum", {"sum": {"event": TASK}}, BANDS),
                indicator("ratio", {"ratio": ratio}, {"each": "5"}),
                indicator("level", level, {"table": {"good": "5", "bad": "1"}}),
                indicator("honours", each, {"table": {"city": "2", "county": "1"}}),
                indicator("fewer", {"count": {"event": TASK}}, {"each": {"points": "-1", "start": "5"}}),
                {**indicator("relative", {"count": {"event": TASK}}, None), **compared},
            ],
            negative_list=[
                CEILING,
                {
                    **CEILING,
                    "id": "grave",
                    "severity": "grave",
                    "event": "honour.awarded",
                    "deduct": "0",
                    "veto": "incompetent",
                },
            ],
            tiers=[{"id": n, "title": n, "total_at_least": t} for n, t in (("excellent", "60"), ("competent", "35"))]
            + [{"id": "incompetent", "title": "不称职", "otherwise": "true"}],
            rollup={},
            periods={"base": "month", "rollups": [], "timezone": "Asia/Shanghai"},
        )
    )
    county.send(
        event(TASK, "plain", minutes="10", on_time=False, grade="bad"),
        visit("held", "h1"),
        event("violation.complaint", "held"),
        event("honour.awarded", "vetoed", level="city"),
    )
    return county


def test_what_cannot_be_said_as_a_number_is_said_not_to_be(varied: County) -> None:
    said = distance(varied, "plain")
    found = {one["id"]: one["open"] for one in said["lines"]}
    assert found == {
        **dict.fromkeys(("visits", "rating", "sum", "ratio", "level")),
        "honours": "by_row",
        "fewer": "fewer",
        "relative": "relative",
    }
    assert said["nearest"] not in ("honours", "fewer", "relative")


def test_what_is_given_by_table_names_the_codes(varied: County) -> None:
    said = line(distance(varied, "plain"), "level")
    assert (said["points"], said["room"]) == ("1.00", "4.00")
    bands = line(distance(varied, "plain"), "sum")
    assert bands["next"] == {"number": "60", "more": "50", "codes": [], "points": "4.00", "brings": "3.00"}


@pytest.mark.parametrize(("name", "barred"), [("held", "ceiling"), ("vetoed", "veto")])
def test_where_no_points_help_no_line_is_said_to(varied: County, name: str, barred: str) -> None:
    said = distance(varied, name)
    assert (said["barred"], said["lines"], said["nearest"]) == (barred, [], None)
