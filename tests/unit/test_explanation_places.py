"""Conditions, restrictions, verdicts, lists and outcomes say what they ask, what there is, and what follows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from schemas.rulebook_conditions import SEVERITIES, Condition
from schemas.rulebook_placing import EFFECTS, NO_TIER_REASONS
from service import explanation
from tests.unit.telling import COUNTY, VISITS, Said, book, check, everything, measured, stored

CONDITIONS: list[Any] = [
    {"indicator": "rating", "at_least": "20"},
    {"indicator": "rating", "below": "20"},
    {"category": "duty", "at_least": "20"},
    {"category": "duty", "below": "20"},
    {"measure": "m1", "at_least": "20"},
    {"measure": "m1", "below": "20"},
    {"measure": "m1", "is": ["a", "b"]},
    {"posts": ["head", "deputy"]},
    {"negative": "complaint"},
    {"no_data": "m1"},
    *({"no_negative": [severity]} for severity in SEVERITIES),
    {"all": [{"posts": ["head"]}, {"any": [{"negative": "complaint"}, {"posts": ["staff"]}]}]},
    {"any": [{"posts": ["head"]}, {"not": {"no_negative": ["grave", "minor"]}}]},
    {"not": {"all": [{"posts": ["head"]}]}},
    [{"posts": ["head"]}, {"negative": "complaint"}],
]
PLACED: list[Any] = [
    {"tier": ["excellent", "basic"]},
    {"total_at_least": "80"},
    {"total_below": "60"},
    *(
        {end: many, "of": of, "ties": ties, **rounding}
        for end in ("top", "bottom")
        for of in ("peer_group", "district")
        for ties in ("all_of_them", "none_of_them")
        for many, rounding in (
            ("3", {}),
            *(("10%", {"rounding": word}) for word in ("down", "up", "half_up")),
        )
    ),
]
LISTS = [
    {"id": "district", "title": "全区", "by": [], "method": "competition", "ref": "第十三条"},
    {"id": "street", "title": "街道", "by": ["street"], "posts": ["head"], "method": "dense"},
]


def asked_in(condition: Any) -> Iterator[str]:
    """The kinds of condition in one."""
    name, said = condition
    yield name
    for inner in said if name in ("all", "any") else [said] if name == "not" else []:
        yield from asked_in(inner)


def test_every_condition_is_tried() -> None:
    every = Condition(placed=True)
    tried = {name for one in [*CONDITIONS, *PLACED] for name in asked_in(every.deserialize(one))}
    assert tried == {*every.shapes, *every.values, "all", "any", "not"}


@pytest.mark.parametrize("when", [*CONDITIONS, *PLACED], ids=str)
@pytest.mark.parametrize("known", [{}, {"post": None, "rank": None, "list_ranks": [None], "tier_no": None}], ids=str)
def test_every_condition_has_words(when: Any, known: Said) -> None:
    """As a gate, a restriction and an outcome, whether or not it holds, with what it asks for or without."""
    tiers = [
        {"id": "excellent", "title": "优秀", "gates": [when]},
        {"id": "basic", "title": "合格", "otherwise": "true"},
    ]
    before = {
        "tiers": [{**tiers[0], "total_at_least": "90"}, tiers[1]],
        "restrictions": [{"id": "r1", "title": "限制", "when": when, "deduct": "5"}],
    }
    of = book(
        **({} if when in PLACED else before),
        measures=[measured({"latest": VISITS})],
        lists=LISTS[:1],
        outcomes=[{"id": "o1", "title": "结果", "in": "month", "when": when}],
    )
    for measure, met in ((Decimal(3), []), (None, [1, 2])):
        row = stored(of, measures=[measure] * len(of.sheet.items), met=met, **known)
        check(everything(of, row))


def test_a_condition_says_what_it_asks_and_what_there_is() -> None:
    when = {
        "all": [{"indicator": "rating", "at_least": "20"}, {"any": [{"posts": ["head"]}, {"negative": "complaint"}]}]
    }
    of = book(restrictions=[{"id": "r1", "title": "限制", "when": when, "ceiling": "basic", "ref": "第九条"}])
    row = stored(of, met=[3], counts=[0, 0, 2])
    row.lines[of.lines.item(2)], row.lines[of.lines.cap(2)] = Decimal("25.00"), Decimal("-3.00")
    [found] = explanation.restrictions(of, row)
    assert found == {
        "id": "r1",
        "title": "限制",
        "ref": "第九条",
        "effect": "ceiling",
        "sentence": {
            "zh": "限制（第九条）：“居民评价”不低于 20 分（实为 22 分），且（岗位为 head（实为 staff），"
            "或本期发生负面清单的“有效投诉”（2 次）），等次不高于“基本称职”。",
            "en": "r1 (第九条): at least 20 points in rating (has 22) and (the post head (has staff) "
            "or an event of complaint in this period (2)); no better than basic.",
        },
    }
    assert explanation.restrictions(of, stored(of)) == []


def test_gates_say_whether_they_hold() -> None:
    of = book()
    first, second = check(explanation.gates(of, stored(of, met=[2])))
    assert (first["tier"], first["index"], first["holds"]) == ("excellent", 0, False)
    assert (second["tier"], second["index"], second["holds"]) == ("excellent", 1, True)
    assert first["sentence"] == {
        "zh": "“优秀”要求“居民评价”不低于 20 分（实为 0 分）：未满足。",
        "en": "excellent needs at least 20 points in rating (has 0): it does not hold.",
    }
    assert second["sentence"]["zh"] == "“优秀”要求本期无负面清单的较重事项：已满足。"


HEAD = {"posts": ["head"]}
EFFECT_VALUES = {"deduct": "5", "ceiling": "basic", "tier": "incompetent", "no_tier": "probation", "bonus": "ignored"}
RESTRICTIONS = [
    {"id": f"r-{effect}", "title": f"限制{effect}", "when": HEAD, effect: EFFECT_VALUES[effect], "ref": "第九条"}
    for effect in EFFECTS
]


def test_every_effect_has_words() -> None:
    of = book(restrictions=RESTRICTIONS)
    found = check(explanation.restrictions(of, stored(of, met=[3, 4, 5, 6, 7])))
    assert [said["effect"] for said in found] == [*EFFECTS]
    assert len({said["sentence"]["en"].rpartition(";")[2] for said in found}) == len(EFFECTS)


def test_the_verdict_says_what_bars_a_better_tier() -> None:
    of = book(restrictions=RESTRICTIONS)
    assert explanation.verdict(of, stored(of, total=Decimal("95.00"), rank=2)) == {
        "zh": "总分 95，等次“优秀”，在组 staff 的 3 人中排第 2。",
        "en": "Total 95, tier excellent, rank 2 of 3 in the group staff.",
    }
    assert explanation.verdict(of, stored(of, tier_no=3, ceiling_no=3, met=[4, 7], pool="*")) == {
        "zh": "总分 0，等次“基本称职”（因“限制ceiling”（第九条），不高于“基本称职”）"
        "（因“限制bonus”（第九条），等次门槛不计加分），在全体 3 人中排第 1。",
        "en": "Total 0, tier basic (no better than basic, by r-ceiling (第九条))"
        " (thresholds without bonus, by r-bonus (第九条)), rank 1 of 3.",
    }
    assert explanation.verdict(of, stored(of, tier_no=4, veto_no=4, met=[5], rank=None)) == {
        "zh": "总分 0，等次“不称职”：因“限制tier”（第九条）一票否决，不排名。",
        "en": "Total 0, tier incompetent: vetoed by r-tier (第九条), not ranked.",
    }


def test_the_verdict_names_only_what_binds() -> None:
    """Of several ceilings the worst; an item of the negative list where it binds and an event counts."""
    listed = {"title": "投诉", "severity": "minor", "event": "violation.complaint"}
    of = book(
        negative_list=[
            {"id": "n1", **listed, "ceiling": "basic"},
            {"id": "n2", **listed, "ceiling": "competent"},
            {"id": "n3", **listed, "ceiling": "basic", "binds": ["year"]},
            {"id": "n4", **listed, "ceiling": "basic"},
        ]
    )
    said = explanation.verdict(of, stored(of, tier_no=3, ceiling_no=3, counts=[0, 0, 1, 1, 1, 0]))
    assert "(no better than basic, by n1)" in said["en"]


@pytest.mark.parametrize("reason", ["service_short", "few_periods", "data_missing", *NO_TIER_REASONS])
@pytest.mark.parametrize("kind", ["month", "year"])
def test_every_reason_for_no_tier_has_words(reason: str, kind: str) -> None:
    by = {} if reason not in NO_TIER_REASONS else {"no_tier": reason}
    of = book(kind, restrictions=[{"id": "r1", "title": "限制", "when": HEAD, **(by or {"deduct": "1"})}])
    row = stored(of, no_tier=reason, tier_no=None, rank=None, met=[len(of.sheet.conditions)], no_data=[1])
    [said] = check([{"sentence": explanation.verdict(of, row)}])
    assert "不定等次" in said["sentence"]["zh"]
    assert ("“限制”" in said["sentence"]["zh"]) == bool(by)
    check([{"sentence": explanation.verdict(of, stored(of, no_tier=reason))}])


def test_what_is_missing_is_named() -> None:
    of = book("year")
    row = stored(of, no_tier="data_missing", tier_no=None, rank=None, no_data=[1, 2])
    assert explanation.verdict(of, row)["zh"] == "总分 0；不定等次：必需的数据缺失：“月度平均”。"


def test_lists_are_those_in_which_the_subject_is_ranked() -> None:
    of = book(lists=LISTS)
    district, street = check(explanation.lists(of, stored(of, list_groups=["*", "yh-east"], list_ranks=[3, 1])))
    assert (district["id"], district["group"], district["rank"]) == ("district", "*", 3)
    assert district["sentence"] == {"zh": "全区（第十三条）：排第 3。", "en": "district (第十三条): rank 3."}
    assert "yh-east" in street["sentence"]["zh"]
    assert explanation.lists(of, stored(of, list_groups=["*", None], list_ranks=[None, None])) == []


def test_an_outcome_says_why_and_how_much() -> None:
    coefficients = {"tier": {"excellent": "1.20", "competent": "1", "basic": "0.8", "incompetent": "0"}}
    talk = COUNTY["outcomes"]
    of = book(outcomes=[*talk, {"id": "pay", "title": "绩效系数", "in": "month", "value": coefficients}])
    talk, pay = check(explanation.outcomes(of, stored(of, rank=3, outcome_values=[None, Decimal("1.2000")])))
    assert (talk["value"], talk["ref"], pay["value"]) == (None, "第十条", "1.2")
    assert talk["sentence"] == {
        "zh": "约谈提醒（第十条）：属组 staff 的末 1 名（3 名排名者中排第 3；并列者均列入）。",
        "en": "talk (第十条): among the last 1 of the group staff (rank 3 of 3; all of those who tie).",
    }
    assert pay["sentence"]["en"] == "pay: for everybody with a tier, value 1.2 (by the tier excellent)."
    check(explanation.outcomes(of, stored(of, tier_no=None, outcome_values=[None, None])))


def test_an_outcome_that_is_chosen_for_says_the_place_and_the_seats() -> None:
    choose = {"seats": "3", "among": "cohort", "ties": "none_of_them"}
    of = book(outcomes=[{"id": "model", "title": "先进", "in": "month", "choose": choose}])
    [model] = check(explanation.outcomes(of, stored(of, outcome_values=[None], candidacies=[[1, 2, 3, 1]])))
    assert (model["place"], model["seats"], model["used"], model["left"]) == (2, 3, 1, 2)
    assert model["sentence"] == {
        "zh": "先进：排名者均为候选人，候选人中排第 2（名额 3 个，已用 1 个，余 2 个）。",
        "en": "model: everybody ranked is a candidate, candidate 2 (seats 3, used 1, left 2).",
    }
    without = stored(of, outcomes=[], outcome_values=[], candidacies=[[1, 4, 3, 5]])
    assert explanation.outcomes(of, without) == []
    [missed] = check(explanation.not_chosen(of, without))
    assert (missed["place"], missed["left"]) == (4, 0)
    assert missed["sentence"]["en"] == "model: not chosen, candidate 4 (seats 3, used 5, left 0)."


def test_an_outcome_that_is_open_says_which_history_is_missing() -> None:
    take = {"count": {"results": "month", "period": {"before": "3"}, "at_least_n": "3"}}
    when = {"all": [{"measure": "m1", "at_least": "2"}, {"posts": ["staff"]}]}
    of = book(measures=[measured(take)], outcomes=[{"id": "praise", "title": "表扬", "in": "month", "when": when}])
    numbers = [Decimal(0)] * (len(of.sheet.items) - 1) + [None]
    [praise] = check(explanation.unanswered(of, stored(of, outcomes=[], measures=numbers, unanswered=[1])))
    assert (praise["why"], praise["measures"]) == ("insufficient_history", ["m1"])
    assert praise["sentence"] == {
        "zh": "表扬：往期结果不足，暂不能认定（“计量一”）；"
        "条件为“计量一”不低于 2（无数据），且岗位为 staff（实为 staff）。",
        "en": "praise: insufficient history, not answered yet (m1); the condition is "
        "at least 2 in m1 (no data) and the post staff (has staff).",
    }
