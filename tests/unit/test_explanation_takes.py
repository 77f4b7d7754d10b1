"""Every number that a rulebook can take, and every way to give points for it, has words in both languages."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.rulebook import Measure
from schemas.rulebook_giving import GIVE, GIVE_WORDS, Compare, Each
from schemas.rulebook_nodes import (
    TAKE,
    TAKE_WORDS,
)
from service import explanation
from tests.unit.telling import VALUED, VISITS, Said, book, check, everything, measured, sentence, stored, words

SOURCES: dict[str, list[Any]] = {
    "count": [VISITS, {**VISITS, "distinct": "household"}, {"results": "month", "at_least_n": "2"}],
    "sum": [{**VISITS, "field": "minutes", "between": ["1", "5"]}, {"results": "month"}],
    "mean": [VALUED, {"results": "month", "at_least_n": "2"}],
    "ratio": [
        {"num": VISITS, "den": {**VISITS, "field": "minutes"}},
        {"num": {**VISITS, "distinct": "household"}, "den": VISITS},
    ],
    "best": [{**VISITS, "field": "grade"}, {"results": "month", "read": "tier"}],
    "worst": [VISITS, {"results": "month", "read": "rank"}],
    "latest": [VISITS, {"results": "month", "read": {"category": "duty"}}],
    "given": [VISITS],
    "plurality": [{**VISITS, "field": "grade", "order": ["a", "b"], "of": "votes", "wins": "most", "tie": "better"}],
    "running": [
        {**VISITS, "field": "grade", "is": ["a", "b"]},
        {"results": "month", "tier": ["basic"], "no_tier": "skips", "period": {"before": "3"}},
        {"results": "month", "top": "3", "no_tier": "breaks", "period": {"before": "3"}},
    ],
    "days": [{**VISITS, "lasts": "12"}],
    "each_event": [VISITS, {**VISITS, "field": "minutes"}],
    "tenure_months": [{"posts": ["head", "deputy"]}],
    "attribute": [{"name": "certificate"}, {"name": "households", "as": "number"}],
    "fixed": ["100"],
}
GIVES: dict[str, list[Any]] = {
    "each": ["0.5", {"points": "-1", "per": "10", "under": "100", "start": "10"}, {"points": "1", "over": "3"}],
    "bands": [[{"at_least": "3", "points": "2"}, {"otherwise": "true", "points": "0"}]],
    "linear": [{"from": ["0", "5"], "to": ["0", "10"]}],
    "table": [{"good": "5", "poor": "1"}],
    "ranks": [["60", "57"], {"points": ["60", "57"], "others": "50"}],
}
TAKES = [*TAKE_WORDS, *({name: source} for name, sources in SOURCES.items() for source in sources)]


def test_every_node_is_tried() -> None:
    assert SOURCES.keys() == TAKE.keys()
    assert GIVES.keys() == GIVE.keys()


@pytest.mark.parametrize("take", TAKES, ids=str)
@pytest.mark.parametrize("give", ["as_is", {"bands": GIVES["bands"][0]}], ids=["as_is", "bands"])
@pytest.mark.parametrize("known", [{"measures": Decimal("4.5")}, {"codes": "good", "measures": None}], ids=str)
def test_every_take_has_words(take: Any, give: Any, known: Said) -> None:
    """As a measure, a part and a multiplier, with data and without."""
    said = sentence(take, give, known)
    assert said != sentence("service_days" if take != "service_days" else {"fixed": "7"}, give, known)
    for kind, item in (
        ("year", {"rollup": {"year": {"min_periods": "0", "parts": [_part(take, give)]}}}),
        ("month", {"multipliers": [_multiplier(take, give)]}),
    ):
        of = book(kind, **item)
        count = len(of.sheet.items)
        for no_data in ([], range(1, count + 1)):
            for counted in (0, 1, 5):
                row = stored(of, counts=[counted] * count, no_data=list(no_data))
                row.measures = [None if no_data else known["measures"]] * count
                row.codes = [known.get("codes")] * count
                check(everything(of, row))


def _part(take: Any, give: Any) -> Said:
    return {**measured(take, give, "missing"), "weight": "100%", "max": "90", "min": "1"}


def _multiplier(take: Any, give: Any) -> Said:
    return {**measured(take, give, {"points": "1"}), "of": "total", "max": "2", "min": "0"}


def test_what_was_taken_is_said_with_its_number() -> None:
    assert sentence({"sum": {**VISITS, "field": "minutes"}}, row={"measures": Decimal("90.50")}) == {
        "zh": "计量一：“入户走访”3 次，minutes 合计 90.5。",
        "en": "m1: 3 of visit.done, sum of minutes = 90.5.",
    }
    assert sentence({"latest": {**VISITS, "field": "grade"}}, row={"codes": "good", "measures": None}) == {
        "zh": "计量一：“入户走访”3 次，grade 取最近的一次 good。",
        "en": "m1: 3 of visit.done, latest of grade = good.",
    }
    yearly = {"results": "year", "of": "organisation", "rulebook": "units", "period": "same", "read": "tier"}
    assert sentence({"latest": yearly}, row={"counts": 1, "codes": "basic", "measures": None}) == {
        "zh": "计量一：所在组织依办法 units 的本期年度结果 1 个，等次取最近的一次 basic。",
        "en": "m1: 1 of yearly results of this period of its organisation by units, latest of tier = basic.",
    }


def test_a_number_that_is_not_stored_is_not_said() -> None:
    """Where a measure makes another number of it, only that one is known."""
    bands = {"bands": GIVES["bands"][0]}
    assert sentence({"sum": VISITS}, bands, {"measures": Decimal(2)}) == {
        "zh": "计量一：“入户走访”3 次，合计，按分档取值，为 2。",
        "en": "m1: 3 of visit.done, sum, by bands: 2.",
    }
    compared = {"compare": {"as": "rank", "within": "cohort"}, "prorate": "service_days"}
    assert sentence({"sum": VISITS}, row={"measures": Decimal(2)}, **compared) == {
        "zh": "计量一：“入户走访”3 次，合计，按在岗天数折算为整期，全部考核对象内从高到低的名次 2。",
        "en": "m1: 3 of visit.done, sum, prorated by service days, rank from the highest in the cohort = 2.",
    }


@pytest.mark.parametrize("as_", words(Compare, "as_"))
@pytest.mark.parametrize("order", words(Compare, "order"))
@pytest.mark.parametrize("within", words(Compare, "within"))
def test_every_comparison_has_words(as_: str, order: str, within: str) -> None:
    said = sentence({"count": VISITS}, compare={"as": as_, "order": order, "within": within})
    assert ("lowest" in said["en"]) == (as_ == "rank" and order == "low_first")
    assert ("cohort" in said["en"]) == (within == "cohort")


GIVEN = [{name: node} for name, nodes in GIVES.items() for node in nodes]


@pytest.mark.parametrize("give", [*GIVE_WORDS, *GIVEN], ids=str)
@pytest.mark.parametrize("known", [(Decimal(4), None), (Decimal(1), None), (None, "good"), (None, "other")], ids=str)
def test_every_give_has_words(give: Any, known: tuple[Decimal | None, str | None]) -> None:
    """For points, for deductions and for values."""
    item = {"id": "i1", "title": "项一", "category": "duty", "take": {"latest": VISITS}, "give": give, "max": "9"}
    of = book(
        indicators=[{**item, "no_data": "zero"}],
        negative_list=[{"id": "n1", "title": "负面一", "severity": "minor", "deduct": give, **VISITS}],
        measures=[measured({"latest": VISITS}, give)],
        outcomes=[{"id": "pay", "title": "系数", "in": "month", "value": {"total": give}}],
    )
    row = stored(of, measures=[known[0]] * 3, codes=[known[1]] * 3, outcome_values=[Decimal("1.20")])
    assert len(check(everything(of, row))) == 5 + len(of.sheet.gates)


@pytest.mark.parametrize("units", words(Each, "units"))
def test_units_are_said(units: str) -> None:
    give = {"each": {"points": "0.1", "per": "10", "under": "100", "units": units}}
    assert "0.1 for each 10 missing to 100" in sentence({"count": VISITS}, give)["en"]


@pytest.mark.parametrize("no_data", ["zero", "unmet", {"number": "2.50"}, {"code": "poor"}], ids=str)
def test_what_a_measure_is_without_data(no_data: Any) -> None:
    assert Measure._declared_fields["no_data"].nodes.keys() == {"number", "code"}
    of = book(measures=[measured({"latest": VISITS}, "as_is", no_data)])
    place = len(of.sheet.items)
    code = "poor" if no_data == {"code": "poor"} else None
    row = stored(of, no_data=[place], measures=[None] * place, codes=[None] * (place - 1) + [code])
    [found] = check(explanation.measures(of, row))
    assert found["no_data"] == (no_data if isinstance(no_data, str) else next(iter(no_data)))
    assert (found["number"], found["code"], found["count"]) == (None, code, 0)


def test_a_history_without_data_leaves_outcomes_open() -> None:
    """Invariant 13: where what is missing are results, an outcome isn't denied, which the sentence says."""
    of = book(measures=[measured({"count": {"results": "month", "period": {"before": "2"}, "at_least_n": "2"}})])
    place = len(of.sheet.items)
    row = stored(of, no_data=[place], measures=[None] * place, counts=[1] * place)
    [found] = check(explanation.measures(of, row))
    assert found["sentence"]["en"].endswith("and outcomes that depend on it stay unanswered.")
    assert found["sentence"]["zh"].endswith("，取决于它的结果运用暂不认定。")


def test_a_measure_is_a_number_or_a_code() -> None:
    """A code that a table made into a number is in the sentence alone."""
    of = book(measures=[measured({"latest": VISITS}, {"table": {"good": "5"}})])
    place = len(of.sheet.items)
    row = stored(of, measures=[Decimal(5)] * place, codes=["good"] * place, counts=[1] * place)
    [found] = explanation.measures(of, row)
    assert (found["number"], found["code"], found["no_data"]) == ("5", None, None)
    assert found["sentence"]["zh"] == "计量一：“入户走访”1 次，取最近的一次 good，按对照表取 5，为 5。"
