"""Every word that narrows events or results is said, in both languages."""

from typing import Any

import pytest

from schemas.rulebook_nodes import (
    ABOUT,
    PERIOD_KINDS,
    TAKE,
    Classes,
    Events,
    Mean,
    Once,
    Plurality,
    Repeated,
    Results,
    RunningResults,
    State,
)
from service import explanation
from tests.unit.telling import VALUED, VISITS, Said, book, check, measured, sentence, stored, words

STATE = {"event": "act.reviewed", "same": "case", "field": "decision", "counts": ["accepted"]}
NARROWED: dict[str, list[Any]] = {
    "where": [{"level": ["a", "b"], "on_time": "true"}],
    "about": ["organisation", {"organisation": "street"}, {"members": ["staff", "deputy"]}],
    "window": ["year", {"last": "12"}],
    "lasts": ["12", {"field": "kind", "months": {"warning": "6", "demerit": "12"}}, {"until": "ends_on"}],
    "state": [
        {**STATE, "counts": counts, "without": without, "as_of": as_of}
        for counts in ([], ["accepted", "upheld"])
        for without in words(State, "without")
        for as_of in words(State, "as_of")
    ],
}
TOGETHER: dict[str, list[Any]] = {
    "between": [["1", "5"]],
    "value": [VALUED["value"]],
    "once": [
        {"per": "case", "keep": keep, "across": across}
        for keep in words(Once, "keep")
        for across in words(Once, "across")
    ],
    "repeated": [
        {"within": within, "times": ["0", "1", "2"], **per}
        for within in (*Repeated._declared_fields["within"].words, {"months": "12"})
        for per in ({}, {"per": "kind"})
    ],
    "share": [{"per": "case", "by": "equally"}, {"per": "case", "by": "hours"}],
    "caps": [
        [{"per": ["day", "kind"], "max": "2"}, {"per": ["kind"], "max": "4", "min": "-1"}],
        [{"per": ["month"], "min": "0"}],
    ],
}


def test_every_word_of_a_selection_is_tried() -> None:
    assert NARROWED.keys() | {"event"} == Events._declared_fields.keys()
    assert ABOUT.keys() == {"organisation", "members"}
    tried = NARROWED.keys() | TOGETHER.keys() | {"event", "field"}
    assert tried == TAKE["each_event"].schema.fields.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "said"), [(word, said) for word, all_ in {**NARROWED, **TOGETHER}.items() for said in all_], ids=str
)
def test_every_narrowing_word_is_said(word: str, said: Any) -> None:
    """With and without data: what is looked for in vain is narrowed as well."""
    plainly, narrowed = sentence({"each_event": VISITS}), sentence({"each_event": {**VISITS, word: said}})
    assert all(len(narrowed[language]) > len(plainly[language]) for language in ("zh", "en"))
    of = book(measures=[measured({"each_event": {**VISITS, word: said}})])
    row = stored(of, no_data=[len(of.sheet.items)])
    [vain] = check(explanation.measures(of, row))
    assert "no data of visit.done (" in vain["sentence"]["en"]


def test_the_words_of_a_selection_stand_side_by_side() -> None:
    said = {**VISITS, "where": {"level": ["a", "b"]}, "window": "year", "once": {"per": "case", "keep": "best"}}
    assert sentence({"count": said}) == {
        "zh": "计量一：“入户走访”（level = a | b；自当年年初起；同一 case 只计最高一次）3 次。",
        "en": "m1: 3 of visit.done (level = a | b; since the start of the year; the best of each case).",
    }
    reviewed = {**STATE, "without": "waits", "as_of": "latest"}
    assert sentence({"count": {**VISITS, "state": reviewed}})["zh"] == (
        "计量一：“入户走访”（以同一 case 的后续“复核”为准：decision 为 accepted 才计，尚无后续时不计）3 次。"
    )


def _plurality(**more: str) -> Said:
    said = {**VISITS, "field": "grade", "order": ["a", "b"], "of": "votes", "wins": "most", "tie": "better"}
    return {"plurality": {**said, **more}}


@pytest.mark.parametrize(
    "take",
    [
        *(_plurality(**{name: word}) for name in ("of", "wins", "tie") for word in words(Plurality, name)),
        _plurality(at_least_n="5"),
        *(
            {"mean": {**VISITS, "classes": {"field": "voter", "weights": {"a": "40%", "b": "60%"}, "empty": empty}}}
            for empty in words(Classes, "empty")
        ),
        {"mean": {**VISITS, "at_least_n": "10", "at_least_share": {"field": "kind", "shares": {"a": "70%"}}}},
    ],
    ids=str,
)
def test_the_words_of_voters_are_said(take: Any) -> None:
    assert Mean._declared_fields.keys() - TAKE["sum"].events.schema.fields.keys() == {  # type: ignore[attr-defined]
        "classes",
        "at_least_n",
        "at_least_share",
    }
    assert "(" in sentence(take, row={"codes": "a", "measures": None})["en"]


RESULTS: list[Said] = [
    *({"results": kind} for kind in PERIOD_KINDS),
    *({"results": "month", "of": of} for of in (*Results._declared_fields["of"].words, {"organisation": "street"})),
    *({"results": "month", "period": word} for word in Results._declared_fields["period"].words),
    {"results": "month", "period": {"before": "3"}},
    *({"results": "month", "read": word} for word in Results._declared_fields["read"].words),
    {"results": "month", "read": {"category": "duty"}},
    {"results": "month", "read": {"indicator": "rating"}},
    {"results": "month", "rulebook": "units", "read": {"indicator": "theirs"}, "tier": ["good"]},
    {"results": "month", "tier": ["basic", "competent"], "top": "3"},
]


@pytest.mark.parametrize("said", RESULTS, ids=str)
def test_every_word_of_results_is_said(said: Said) -> None:
    found = sentence({"latest": said})
    assert found["zh"].count("结果") == 1
    assert " results" in found["en"]


@pytest.mark.parametrize("word", words(RunningResults, "no_tier"))
def test_what_runs_says_what_ends_it(word: str) -> None:
    said = sentence({"running": {"results": "year", "tier": ["basic"], "no_tier": word, "period": {"before": "3"}}})
    assert ("ends the run" in said["en"]) == (word == "breaks")
    assert "“基本称职”" in said["zh"]
