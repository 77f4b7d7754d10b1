"""The difference of two rulebooks: by meaning, each part with what it said and what it says now."""

import copy
from typing import Any

import pytest
from marshmallow import ValidationError

from schemas.rulebook import Rulebook
from service.regulation import Difference, Regulation, differences, regulation
from tests.county import TYPES
from tests.http.broken import EXAMPLES as BROKEN
from tests.http.broken.changes import MISSING, Change, at, both, nested
from tests.unit.telling import COUNTY

Said = dict[str, Any]

HONOUR = {"id": "honour", "title": "荣誉", "take": {"count": {"event": "visit.done"}}, "give": {"each": "2"}}
NOTICE = {"days": "7", "objection_days": "30", "answer_days": "15", "counted": "working"}
EXAMPLES: list[tuple[Change, list[str], list[str]]] = [
    (
        at("indicators/0/give/each", "5"),
        ["入户走访（visits）：每 1 计 10 分 → 每 1 计 5 分"],
        ["visits (入户走访): points: 10 for each -> points: 5 for each"],
    ),
    (
        at("indicators/0/title", "走访"),
        ["走访（visits）：入户走访（visits） → 走访（visits）"],
        ["visits (走访): visits (入户走访) -> visits (走访)"],
    ),
    (
        both(at("indicators/1/category", "duty"), at("tiers/3/title", "不合格")),
        [
            "居民评价（rating）：计入“群众评价” → 计入“日常履职”",
            "不合格（incompetent）：不称职（incompetent） → 不合格（incompetent）",
        ],
        [
            "rating (居民评价): counts towards service -> counts towards duty",
            "incompetent (不合格): incompetent (不称职) -> incompetent (不合格)",
        ],
    ),
    (
        both(at("bonus", {"max": "none", "items": [HONOUR]})),
        [
            "新增：加分事项：合计不设上限。",
            "新增：荣誉（honour）：月度加分；“入户走访”的次数；每 1 计 2 分；无数据时计 0 分。",
        ],
        [
            "new: Bonus items: together without a maximum.",
            "new: honour (荣誉): monthly bonus; the number of visit.done; points: 2 for each; without data: 0 points.",
        ],
    ),
    (
        at("tiers/0/gates/1", MISSING),
        ["优秀（excellent）：须本期无负面清单的较重事项 → （无）"],
        ["excellent (优秀): needs no event of the negative list that is serious -> (nothing)"],
    ),
    (
        both(at("notice", NOTICE), at("periods/late_days", "5")),
        [
            "考核周期：（无） → 期满后 5 日内的补报仍予计入",
            "新增：公示与异议：结果发布次日起公示 7 个工作日；"
            "结果发布次日起 30 个工作日内可提出异议；异议提出次日起 15 个工作日内答复。",
        ],
        [
            "Periods: (nothing) -> what is entered within 5 days of its end still counts",
            "new: Public notice and objections: "
            "results are shown for 7 working days from the day after they are published; "
            "objections are accepted for 30 working days from the day after; each is answered within 15 working days.",
        ],
    ),
    (
        at("notes", ["先看后算"]),
        ["新增：说明：先看后算"],
        ["new: Note: 先看后算"],
    ),
    (
        at("indicators/0/give", {"bands": [{"at_least": "3", "points": "9"}, {"otherwise": "true", "points": "1"}]}),
        [
            "入户走访（visits）：每 1 计 10 分 → 按分档计分",
            "入户走访（visits）：（无） → 达到 3 计 9 分",
            "入户走访（visits）：（无） → 其余计 1 分",
        ],
        [
            "visits (入户走访): points: 10 for each -> points: by bands",
            "visits (入户走访): (nothing) -> from 3: 9",
            "visits (入户走访): (nothing) -> otherwise: 1",
        ],
    ),
]


def document() -> Said:
    return copy.deepcopy(COUNTY)


def printed(said: Said) -> Regulation:
    return regulation(Rulebook().load(said), {name: one["title"] for name, one in TYPES.items()})


def found(change: Change, back: bool = False) -> list[Difference]:
    """What a change of the small county's rulebook makes different."""
    other = document()
    change(other)
    pair = [printed(document()), printed(other)]
    return differences(*(reversed(pair) if back else pair))


@pytest.mark.parametrize(("change", "zh", "en"), EXAMPLES)
def test_what_is_different_is_said_and_nothing_else(change: Change, zh: list[str], en: list[str]) -> None:
    assert [one.text("zh") for one in found(change)] == zh
    assert [one.text("en") for one in found(change)] == en


@pytest.mark.parametrize("change", [change for change, *_ in EXAMPLES])
def test_the_way_back_undoes_every_difference(change: Change) -> None:
    def sides(some: list[Difference], *names: str) -> set[tuple[Any, ...]]:
        return {
            (one.key, *one.pointers[:: 1 if names[0] == "before" else -1], *(getattr(one, n) for n in names))
            for one in some
        }

    assert sides(found(change), "before", "after") == sides(found(change, back=True), "after", "before")


def test_an_item_that_moves_to_another_list_stays_that_item() -> None:
    other = document()
    moved = other["indicators"].pop(0)
    before = {**document(), "bonus": {"max": "5", "items": []}}
    other["bonus"] = {"max": "5", "items": [{key: said for key, said in moved.items() if key != "category"}]}
    said = differences(printed(before), printed(other))
    assert [one.text("en") for one in said] == ["visits (入户走访): counts towards duty -> monthly bonus"]
    assert said[0].pointers == ("/indicators/0", "/bonus/items/0")


def test_what_has_no_id_is_known_by_what_it_says() -> None:
    """The first of two goes, another comes: what stays is no difference."""
    before, after = document(), document()
    before["notes"], after["notes"] = ["一", "二"], ["三", "二"]
    after["tiers"][0]["gates"] = [after["tiers"][0]["gates"][1], {"indicator": "visits", "at_least": "10"}]
    assert [one.text("en") for one in differences(printed(before), printed(after))] == [
        "gone: Note: 一",
        "new: Note: 三",
        "excellent (优秀): (nothing) -> needs at least 10 points in visits",
        "excellent (优秀): needs at least 20 points in rating -> (nothing)",
    ]


def test_another_order_of_tiers_is_a_difference() -> None:
    other = document()
    other["tiers"][1], other["tiers"][2] = other["tiers"][2], other["tiers"][1]
    said = differences(printed(document()), printed(other))
    assert [one.text("zh") for one in said] == [
        "等次的次序：称职（competent）、基本称职（basic） → 基本称职（basic）、称职（competent）"
    ]


def test_differences_stand_in_the_order_of_the_print_out() -> None:
    """What is gone stands where it was."""
    gone = both(nested({}), at("indicators/0", MISSING), at("outcomes", MISSING), at("title", "x"))
    places = [one.pointers[1] or one.pointers[0] for one in found(gone)]
    everything = [article.pointer for _, _, article in printed(document()).articles]
    kept = [everything.index(place) for place in places if place in everything]
    assert kept == sorted(kept)
    assert len(kept) > 3


@pytest.mark.parametrize(("change", "pointer", "code"), BROKEN)
def test_what_the_lint_would_refuse_can_be_printed_and_compared(change: Change, pointer: str, code: str) -> None:
    """A file is printed without the event types that the lint needs."""
    other = document()
    change(other)
    try:
        loaded = Rulebook().load(other)
    except ValidationError:
        return
    after = regulation(loaded, {})
    assert after.text("zh") != after.text("en")
    assert differences(regulation(Rulebook().load(document()), {}), after), f"{pointer} {code}"


def test_what_a_difference_is_in_json() -> None:
    (one,) = found(at("total/max", "101"))
    assert one.json() == {
        "what": "changed",
        "key": "max",
        "from": "/total",
        "to": "/total",
        "before": {"zh": "最高 105 分", "en": "at most 105"},
        "after": {"zh": "最高 101 分", "en": "at most 101"},
        "zh": "总分：最高 105 分 → 最高 101 分",
        "en": "Total: at most 105 -> at most 101",
    }
