"""Words for numbers: the lines of a result, made from a stored row alone, and every sentence of any rulebook."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.rulebook import Part
from service import explanation
from service.rulebooks import layout
from tests.oracle.strategies import world_of
from tests.unit.telling import COUNTY, SHAPE, VISITS, Said, book, check, everything, stored


@pytest.mark.parametrize("no_data", ["zero", "full", "missing", {"points": "30"}], ids=str)
@pytest.mark.parametrize("count", [0, 1])
def test_a_line_without_data_says_why(no_data: Any, count: int) -> None:
    assert (*Part._declared_fields["no_data"].words, "points") == ("zero", "full", "missing", "points")
    [duty, _] = COUNTY["indicators"]
    of = book(indicators=[{**duty, "take": {"mean": {**VISITS, "at_least_n": "2"}}, "no_data": no_data}])
    row = stored(of, no_data=[1, 2], counts=[count, 0], measures=[None, None])
    [line, deduction] = check(explanation.lines(of, row))
    assert line["no_data"] == (no_data if isinstance(no_data, str) else "points")
    assert ("only 1 of at least 2" in line["sentence"]["en"]) == bool(count)
    assert (deduction["no_data"], deduction["measure"]) == (None, "0")


DERIVED = {
    "orders": {"bonus": "before_limit", "quota": "after_ceilings"},
    "categories": [
        {"id": "duty", "title": "日常履职", "max": "60", "counts": "mean", "weight": "50%", "ref": "第六条"},
        {"id": "service", "title": "群众评价", "max": "70"},
    ],
    "bonus": {
        "max": "3",
        "items": [{"id": "b1", "title": "荣誉", "take": {"count": VISITS}, "give": {"each": "1"}, "max": "2"}],
    },
    "multipliers": [
        {"id": "x1", "title": "出勤系数", "of": "duty", "take": {"fixed": "0.9"}, "no_data": {"points": "1"}},
        {"id": "x2", "title": "单位系数", "of": "total", "take": {"fixed": "0.9"}, "no_data": {"points": "1"}},
    ],
    "negative_list": [{**COUNTY["negative_list"][0], "min": "1"}],
    "restrictions": [{"id": "r1", "title": "培训不足", "when": {"posts": ["head"]}, "deduct": "5", "ref": "第九条"}],
}


def derived(sign: int = 1) -> list[Said]:
    """The lines of a row in which nothing is zero."""
    of = book(**DERIVED)
    places = of.lines.limit + 1
    row = stored(of, lines=[Decimal(sign * (n + 1)) for n in range(places)], met=[3], measures=[Decimal("0.9")] * 6)
    return check(explanation.lines(of, row))


def test_derived_lines_stand_in_their_order() -> None:
    """§8: indicators with caps, categories, the bonus, the negative list, restrictions, multiplier and limit."""
    assert [(line["kind"], line["id"]) for line in derived(-1)] == [
        ("indicator", "visits"),
        ("cap", "visits"),
        ("indicator", "rating"),
        ("cap", "rating"),
        ("category_cap", "duty"),
        ("weight", "duty"),
        ("multiplier", "x1"),
        ("category_cap", "service"),
        ("weight", "service"),
        ("bonus", "b1"),
        ("cap", "b1"),
        ("bonus_cap", "bonus"),
        ("deduction", "complaint"),
        ("cap", "complaint"),
        ("restriction", "r1"),
        ("multiplier", "x2"),
        ("limit", "total"),
    ]
    of = book(**DERIVED)
    assert {line["kind"] for line in explanation.lines(of, stored(of))} == {"indicator", "bonus", "deduction"}


def test_every_line_has_the_same_keys() -> None:
    keys = {"kind", "id", "title", "ref", "category", "points", "measure", "code", "count", "no_data", "sentence"}
    assert all(line.keys() == keys for line in derived(-1))


def test_derived_lines_say_by_which_rule() -> None:
    said = {(line["kind"], line["id"]): line["sentence"] for line in derived(-1)}
    assert said["category_cap", "duty"]["zh"] == "日常履职（第六条）：按各项平均计分、最多计 60 分，本行调整 -13 分。"
    assert said["weight", "duty"]["en"] == "duty (第六条): weight 50%; this line is -17."
    assert said["multiplier", "x1"]["zh"] == "出勤系数：“日常履职”（第六条）乘以 0.9，本行调整 -21 分。"
    assert said["multiplier", "x2"]["en"] == "x2: the total × 0.9; this line is -26."
    assert said["bonus_cap", "bonus"]["zh"] == "加分项：最多计 3 分，本行调整 -15 分。"
    assert said["restriction", "r1"]["zh"] == "培训不足（第九条）：岗位为 head（实为 staff），扣 5 分。"
    assert said["limit", "total"]["en"] == "The total: at most 105 points; this line is -27."
    of = book()
    row = stored(of)
    row.lines[of.lines.cap(3)], row.lines[of.lines.limit] = Decimal("6.00"), Decimal("2.00")
    cap, limit = [line["sentence"] for line in explanation.lines(of, row) if line["kind"] in ("cap", "limit")]
    assert cap == {
        "zh": "有效投诉（第八条）：最多扣 9 分，本行调整 6 分。",
        "en": "complaint (第八条): at most 9 points are deducted; this line is 6.",
    }
    assert limit["zh"] == "总分：最低计 0 分，本行调整 2 分。"


def test_a_cap_of_days_says_every_bound() -> None:
    """Which of them is reached isn't stored."""
    caps = [{"per": ["day"], "max": "2"}, {"per": ["day", "kind"], "max": "1", "min": "-1"}]
    item = {"id": "b1", "title": "荣誉", "take": {"each_event": {**VISITS, "caps": caps}}, "give": {"each": "1"}}
    of = book(bonus={"max": "none", "items": [{**item, "max": "5", "min": "-3"}]})
    row = stored(of)
    row.lines[of.lines.cap(3)] = Decimal(1)
    [cap] = [line for line in check(explanation.lines(of, row)) if line["kind"] == "cap"]
    assert cap["sentence"]["zh"] == (
        "荣誉：每日最多计 2 分、每日每个 kind 最多计 1 分、最低计 -1 分、最多计 5 分、最低计 -3 分，本行调整 1 分。"
    )


@pytest.mark.parametrize("counts", ["sum", "mean", "best", "worst"])
def test_every_way_in_which_a_category_counts_is_said(counts: str) -> None:
    duty, service = DERIVED["categories"]  # type: ignore[misc]
    of = book(**{**DERIVED, "categories": [{**duty, "counts": counts}, service]})
    row = stored(of)
    row.lines[of.lines.category_cap(1)] = Decimal(-1)
    [line] = [line for line in check(explanation.lines(of, row)) if line["kind"] == "category_cap"]
    assert ("," in line["sentence"]["en"]) == (counts != "sum")


def test_a_deduction_says_what_each_event_costs() -> None:
    of = book()
    row = stored(of, counts=[0, 0, 2], measures=[None] * 3)
    row.lines[of.lines.item(3)] = Decimal("-6.00")
    line = explanation.lines(of, row)[-1]
    assert (line["measure"], line["count"], line["points"]) == ("2", 2, Decimal(-6))
    assert line["sentence"] == {
        "zh": "有效投诉（第八条）：“violation.complaint”2 次，每次扣 3 分，计 -6 分。",
        "en": "complaint (第八条): 2 of violation.complaint, 3 deducted for each: -6 points.",
    }


def test_a_rollup_deducts_nothing_and_weighs_its_parts() -> None:
    """A bonus that joins a part before the weights has that part's weight."""
    bonus = {"max": "3", "into": "annual", "items": DERIVED["bonus"]["items"]}  # type: ignore[index]
    rollup = COUNTY["rollup"]["year"]
    of = book(
        "year",
        orders={"bonus": "before_weights", "quota": "after_ceilings"},
        rollup={"year": {**rollup, "bonus": bonus}},
    )
    found = check(explanation.lines(of, stored(of)))
    assert [(line["kind"], line["id"]) for line in found] == [("part", "months"), ("part", "annual"), ("bonus", "b1")]
    assert ["weight 70%" in found[0]["sentence"]["en"], "weight 30%" in found[2]["sentence"]["en"]] == [True, True]
    assert explanation.category_points(of, stored(of)) == []


def test_category_points_are_of_the_declared_categories() -> None:
    of = book(**DERIVED)
    points = [Decimal(n) for n in range(len(of.sheet.categories))]
    assert explanation.category_points(of, stored(of, category_points=points)) == [
        {"id": "duty", "title": "日常履职", "points": Decimal(0)},
        {"id": "service", "title": "群众评价", "points": Decimal(1)},
    ]


@pytest.mark.parametrize("seed", range(40))
def test_any_rulebook_has_all_its_sentences(seed: int) -> None:
    """With a row of zeros, and with one of a subject of whom nothing is known."""
    world = world_of(seed, 1, 1)
    rulebook = SHAPE.load(world.rulebook)
    for kind in layout.kinds(rulebook):
        of = explanation.Book(rulebook, {}, layout.sheet(rulebook, kind))
        items = len(of.sheet.items)
        check(everything(of, stored(of)))
        row = stored(of, no_data=list(range(1, items + 1)), measures=[None] * items)
        row.met = list(range(1, len(of.sheet.conditions) + 1))
        check(everything(of, row))
