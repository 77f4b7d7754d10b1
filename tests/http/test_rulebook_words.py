"""/v1/rulebooks/{id}@{version}/text and /diff: a version in plain words, and what it says otherwise than another."""

from pathlib import Path

import pytest

from tests.county import County
from tests.http.asking import as_yaml, assert_not_there, assert_problem, rulebook, user
from tests.http.test_rulebooks import PARENT

TEXTS = Path(__file__).parents[1] / "regulation"
TEXT, DIFF = "/v1/rulebooks/small-county@2025-1/text", "/v1/rulebooks/small-county@2025-2/diff"
OWN_ITEM = {"id": "patrols", "title": "巡查", "category": "duty", "max": "2", "no_data": "zero"}


@pytest.fixture(scope="module", autouse=True)
def _second_version(shared: County) -> None:
    second = rulebook(version="2025-2", effective={"from": "2025-06"})
    second["indicators"][0]["give"] = {"each": "5"}
    assert shared.hr.post_text("/v1/rulebooks", as_yaml(second), "application/yaml").status_code == 201


@pytest.mark.parametrize(
    ("query", "accepted", "printed"),
    [
        ("", "zh-CN, en;q=0.5", "zh"),
        ("", "en", "en"),
        ("", "fr", "en"),
        ("?lang=zh", "en", "zh"),
        ("?lang=en", "zh", "en"),
    ],
)
def test_a_version_is_printed_in_the_language_of_the_reader(
    shared: County, query: str, accepted: str, printed: str
) -> None:
    answer = shared.hr.get(f"{TEXT}{query}", Accept_Language=accepted)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.text == (TEXTS / f"small_county.{printed}.txt").read_text("utf-8")


def test_as_json_every_sentence_has_its_number_its_place_and_both_languages(shared: County) -> None:
    answer = shared.hr.get(TEXT, Accept="application/json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert (answer.json["rulebook"], answer.json["version"]) == ("small-county", "2025-1")
    items = answer.json["items"]
    assert [item["number"] for item in items] == list(range(1, len(items) + 1))
    assert items[17] == {
        "number": 18,
        "pointer": "/tiers/1",
        "chapter": {"zh": "等次", "en": "Tiers"},
        "zh": "称职（competent）：总分不低于 70 分。",
        "en": "competent (称职): a total of at least 70.",
    }


def test_two_versions_differ_in_what_they_mean(shared: County) -> None:
    answer = shared.hr.get(f"{DIFF}?from=2025-1", Accept_Language="zh")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.text.splitlines() == [
        "名称：版本 2025-1 → 版本 2025-2",
        "施行：自 2025-01 起施行，至同一编号的下一版本施行为止 → 自 2025-06 起施行，至同一编号的下一版本施行为止",
        "入户走访（visits）：每 1 计 10 分 → 每 1 计 5 分",
    ]
    found = shared.hr.get(f"{DIFF}?from=2025-1&lang=zh", Accept="application/json").json["items"]
    assert [one["zh"] for one in found] == answer.text.splitlines()
    assert found[2]["from"] == found[2]["to"] == "/indicators/0"


def test_a_version_is_no_different_from_itself(shared: County) -> None:
    assert shared.hr.get(f"{DIFF}?from=2025-2").text == ""
    assert shared.hr.get(f"{DIFF}?from=2025-2", Accept="application/json").json == {"items": [], "next": None}


def test_an_extension_is_printed_whole(shared: County) -> None:
    parent = rulebook(**PARENT)
    shared.rule(parent)
    own = {**OWN_ITEM, "take": {"count": {"event": "visit.done"}}, "give": {"each": "1"}}
    head = {key: parent[key] for key in ("version", "language", "title", "effective")}
    head |= {"applies_to": {"posts": ["staff"], "under": "east"}}
    street = {**head, "rulebook": "street", "extends": {"rulebook": "small-county", "version": parent["version"]}}
    body = as_yaml({**street, "indicators": [own]})
    assert shared.hr.post_text("/v1/rulebooks", body, "application/yaml").status_code == 201
    text = shared.hr.get("/v1/rulebooks/street@2/text?lang=en").text
    assert "visits (入户走访)" in text
    assert "patrols (巡查): counts towards duty; the number of visit.done; points: 1 for each" in text
    assert "adds items to small-county 2" in text


@pytest.mark.parametrize("name", ["imagined@1", "small-county@imagined", "%00@1", "small-county@%00"])
def test_a_version_that_is_not_there_is_404(shared: County, name: str) -> None:
    assert_not_there(shared.hr.get(f"/v1/rulebooks/{name}/text"))
    assert_not_there(shared.hr.get(f"/v1/rulebooks/{name}/diff?from=2025-1"))


def test_the_other_version_must_be_there_too(shared: County) -> None:
    assert_not_there(shared.hr.get(f"{DIFF}?from=imagined"))
    assert assert_problem(shared.hr.get(DIFF), 422, "request.invalid") == [("/from", "field.required")]


def test_another_language_is_refused(shared: County) -> None:
    assert assert_problem(shared.hr.get(f"{TEXT}?lang=fr"), 422, "request.invalid") == [("/lang", "code.unknown")]


def test_who_may_not_read_rulebooks_reads_no_words_of_them(shared: County) -> None:
    other = user(shared, ["results:read"])
    for path in (TEXT, f"{DIFF}?from=2025-1"):
        assert_problem(other.get(path), 403, "access.scope")
