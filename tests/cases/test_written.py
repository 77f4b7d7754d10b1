"""cases.yaml is read whole: short forms written out, and what can't be is found at its place, in both languages."""

from typing import Any

import pytest

from service.cases.written import Written, read
from service.errors import Problem
from tests.county import TYPES

HEAD = "cases: [{id: a, period: 2025-03, expected: {}, "
EVENT = "events: [{type: visit.done, subject: worker/w"


def written(text: str, types: dict[str, Any] = TYPES, timezone: str = "Asia/Shanghai") -> Written:
    return read(text.encode(), "small-county", timezone, types)


def found(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Problem) as refused:
        written(text)
    assert refused.value.code == "request.invalid"
    for language in ("en", "zh"):
        details = [one["detail"] for one in refused.value.body(language, "-")["errors"]]
        assert all(detail and detail.isascii() == (language == "en") for detail in details), details
    return [(one.pointer, one.code) for one in refused.value.findings]


def events(happening: str) -> list[dict[str, Any]]:
    [case] = written(f"{HEAD}events: [{{type: visit.done, subject: worker/w, {happening}}}]}}]").cases
    return case.events


@pytest.mark.parametrize(
    ("text", "pointer", "code"),
    [
        ("cases: [", "", "yaml.syntax"),
        ("cases: &a []", "/cases", "yaml.anchor"),
        ("{}", "/cases", "field.required"),
        ("cases: x", "/cases", "field.list"),
        ("cases: []\nrules: x", "/rules", "field.unknown"),
        ("cases: [{period: 2025-03, expected: {}}]", "/cases/0/id", "field.required"),
        ("cases: [{id: a, expected: {}}]", "/cases/0/period", "field.required"),
        ("cases: [{id: a, period: March, expected: {}}]", "/cases/0/period", "period.malformed"),
        ("cases: [{id: a, period: 2025-03}]", "/cases/0/expected", "field.required"),
        ("cases: [{id: a, period: 2025-03, expected: {w: none}}]", "/cases/0/expected/w", "subject.malformed"),
        (
            "cases: [{id: a, period: 2025-03, expected: {worker/w: {points: 1}}}]",
            "/cases/0/expected/worker~1w/points",
            "field.unknown",
        ),
        (
            "cases: [{id: a, period: 2025-03, expected: {worker/w: some}}]",
            "/cases/0/expected/worker~1w",
            "field.object",
        ),
        (HEAD + "roster: {workers: [{id: a b}]}}]", "/cases/0/roster/workers/0/id", "id.malformed"),
        ("roster: {organisations: [{id: o}]}\ncases: []", "/roster/organisations/0/kind", "field.required"),
        (HEAD + EVENT + "}]}]", "/cases/0/events/0/time", "field.required"),
        (HEAD + EVENT + ", time: noon}]}]", "/cases/0/events/0/time", "time.malformed"),
        (HEAD + EVENT + ", time: [2025-03-10, 2025-02-30]}]}]", "/cases/0/events/0/time/1", "time.malformed"),
        (HEAD + EVENT + ", time: 2025-03-10, copies: none}]}]", "/cases/0/events/0/copies", "number.whole"),
        (HEAD + EVENT + ", time: 2025-03-10, value: 1}]}]", "/cases/0/events/0/value", "field.unknown"),
        (
            HEAD + "events: [{type: visit.begun, subject: worker/w, time: 2025-03-10}]}]",
            "/cases/0/events/0/type",
            "type.unknown",
        ),
        (
            HEAD + "events: [" + (EVENT[9:] + ", time: 2025-03-10, copies: 1000}, ") * 21 + "]}]",
            "/cases/0/events",
            "case.many",
        ),
        (HEAD + "totals: {worker/w: many}}]", "/cases/0/totals/worker~1w", "number.expected"),
        (HEAD + "totals: {worker/w: 1}, also: [{period: 2025-04, expected: {}}]}]", "/cases/0/also", "words.exclusive"),
        (
            "cases: [{id: a, period: 2025-03, expected: {}}, {id: a, period: 2025-04, expected: {}}]",
            "/cases",
            "list.repeated",
        ),
        ("cases: []\nimpossible: [{part: /tiers/0}]", "/impossible/0/because", "field.required"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_found_at_its_place(text: str, pointer: str, code: str) -> None:
    assert (pointer, code) in found(text)


def test_everything_is_found_at_once() -> None:
    assert len(found("cases: [{period: March}, {id: a b, period: 2025-03, expected: {}}]")) == 4


def test_a_list_stands_for_one_event_of_each() -> None:
    [case] = written(
        HEAD + "events: [{type: visit.done, subject: [worker/a, worker/b], time: [2025-03-10, 2025-03-11], copies: 2,"
        " data: {household: 'h{n}'}}]}]"
    ).cases
    said = [(one["subject"], one["time"][:10], one["data"]["household"]) for one in case.events]
    assert said == [
        (w, d, h) for w in ("worker/a", "worker/b") for d in ("2025-03-10", "2025-03-11") for h in ("h1", "h2")
    ]
    assert len({one["id"] for one in case.events}) == 8


@pytest.mark.parametrize(
    ("moment", "instant"),
    [
        ("time: 2025-03-10", "2025-03-10T12:00:00+08:00"),
        ("time: 2025-03-10T09:30:00", "2025-03-10T09:30:00+08:00"),
        ("time: 2025-03-10T09:30:00Z", "2025-03-10T09:30:00Z"),
        ("time: 2025-03-10T09:30:00-05:00", "2025-03-10T09:30:00-05:00"),
        ("period: 2025-Q1", "2025-03-31T12:00:00+08:00"),
        ("period: 2025, time: 2026-01-05", "2026-01-05T12:00:00+08:00"),
    ],
)
def test_a_day_is_noon_in_the_zone_of_the_rulebook(moment: str, instant: str) -> None:
    [event] = events(moment)
    assert event["time"] == instant


def test_the_zone_is_the_rulebooks_own() -> None:
    text = HEAD + EVENT + ", time: 2025-07-10}]}]"
    [case] = written(text, timezone="Europe/Berlin").cases
    assert case.events[0]["time"] == "2025-07-10T12:00:00+02:00"


def test_a_boolean_is_one_where_the_type_says_so() -> None:
    flag = {"fields": {"done": {"kind": "boolean"}, "word": {"kind": "text"}}}
    [case] = written(
        HEAD + EVENT + ", time: 2025-03-10, data: {done: true, word: true}}]}]", {"visit.done": flag}
    ).cases
    assert case.events[0]["data"] == {"done": True, "word": "true"}


def test_a_case_is_about_the_rulebook_it_names_or_that_of_the_file_or_the_one_that_is_tested() -> None:
    also = "cases: [{id: a, period: 2025-03, expected: {}, also: [{rulebook: other, expected: {}}]}]"
    assert [check.rulebook for check in written(also).cases[0].checks] == ["small-county", "other"]
    assert [check.rulebook for check in written("rulebook: file\n" + also).cases[0].checks] == ["file", "other"]


def test_the_rosters_of_file_and_case_are_together() -> None:
    text = "roster: {organisations: [{id: o, kind: county}]}\n" + HEAD + "roster: {workers: [{id: w}]}}]"
    assert written(text).cases[0].roster == {
        "organisations": [{"id": "o", "kind": "county", "title": "o"}],
        "workers": [{"id": "w"}],
    }
