"""The print-out of a rulebook: every leaf of it is said, in both languages."""

import timeit
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.errors import Language
from service.regulation import Regulation, differences, regulation
from service.regulation.printed import chinese
from service.rulebooks.text import read
from tests.county import TYPES
from tests.regulation.documents import ROOT, at, changed, documents, leaves, loaded, otherwise_written, without
from tests.unit.telling import BROKEN, CHINESE, COUNTY

Said = dict[str, Any]

# Defaults that are written: left out, they are still meant.
DEFAULTS = {("per", "1"), ("start", "0"), ("others", "0")}
# Leaves that have one value, as their word means nothing else.
ONE_VALUE = {"1", "true", "service_days", "ignored"}


def printed(said: Said) -> Regulation:
    return regulation(said, {})


def sentences(said: Regulation, language: str) -> list[str]:
    return [getattr(article.sentence, language) for _, _, article in said.articles]


@pytest.mark.parametrize("name", documents())
def test_a_change_of_any_leaf_is_said_and_is_a_difference(name: str) -> None:
    document = documents()[name]
    before = printed(loaded(document) or {})
    for path in leaves(document, name):
        others = (one for one in map(loaded, changed(document, path)) if one is not None)
        other = next(others, None)
        if other is None:
            assert at(document, path) in ONE_VALUE, f"{path} was never changed"
            continue
        after = printed(other)
        for language in ("zh", "en"):
            assert sentences(after, language) != sentences(before, language), f"{language}: {path}"
        assert differences(before, after), path


@pytest.mark.parametrize("name", documents())
def test_a_leaf_that_is_left_out_is_said_no_more(name: str) -> None:
    document = documents()[name]
    meant = loaded(document) or {}
    before = printed(meant)
    for path in leaves(document, name):
        other = loaded(without(document, path))
        if other is None or other == meant or (path[-1], at(document, path)) in DEFAULTS:
            continue
        after = printed(other)
        for language in ("zh", "en"):
            assert sentences(after, language) != sentences(before, language), f"{language}: {path}"
        assert differences(before, after), path


@pytest.mark.parametrize("name", documents())
def test_every_sentence_is_whole_in_both_languages(name: str) -> None:
    for article in printed(loaded(documents()[name]) or {}).json()["items"]:
        if article["pointer"].startswith("/notes"):
            continue
        for language in ("zh", "en"):
            assert not BROKEN.search(article[language]), article[language]
        assert CHINESE.search(article["zh"])


@pytest.mark.parametrize("name", documents())
def test_the_same_meaning_written_otherwise_is_no_difference(name: str) -> None:
    document = documents()[name]
    before, again = printed(loaded(document) or {}), printed(loaded(otherwise_written(document)) or {})
    assert differences(before, again) == []
    assert before.text("zh") == again.text("zh")


def test_what_missing_results_leave_open_is_said() -> None:
    """Of results that aren't there an outcome is unanswered; of whatever else is missing a condition doesn't hold."""
    document = documents()["examples/chongchuan/rulebook.yaml"]
    [before] = [n for n, one in enumerate(document["measures"]) if one["id"] == "community_before"]
    visits = {"id": "visits", "title": "走访", "take": {"count": {"event": "visit.done"}}, "no_data": "unmet"}
    said = printed(loaded({**document, "measures": [*document["measures"], visits]}) or {})
    told = {article.pointer: article.sentence for _, _, article in said.articles}
    assert "取决于它的结果运用暂不认定" in told[f"/measures/{before}"].zh
    assert "what depends on it stays unanswered" in told[f"/measures/{before}"].en
    assert "凡涉及它的条件均不成立" in told[f"/measures/{len(document['measures'])}"].zh


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_small_county_is_printed_word_for_word(language: Language) -> None:
    of = regulation(loaded(COUNTY) or {}, {name: said["title"] for name, said in TYPES.items()})
    assert of.text(language) == (Path(__file__).parent / f"small_county.{language}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *[(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (100, "一百"), (105, "一百零五")],
        *[(110, "一百一十"), (111, "一百一十一"), (1000, "一千"), (1001, "一千零一"), (1010, "一千零一十")],
        *[(1100, "一千一百"), (2345, "二千三百四十五")],
    ],
)
def test_articles_are_numbered_as_regulations_number_them(number: int, said: str) -> None:
    assert chinese(number) == said


def test_a_long_rulebook_is_printed_in_a_moment() -> None:
    """It costs less to print the longest example than PyYAML's plain loader takes to parse it."""
    file = max((ROOT / "examples").rglob("rulebook.yaml"), key=lambda one: len(one.read_text("utf-8").splitlines()))
    text = file.read_bytes()
    said = loaded(read(text)) or {}
    assert len(text.splitlines()) > 100
    parsing = min(timeit.repeat(lambda: yaml.load(text, yaml.BaseLoader), number=1, repeat=3))
    printing = min(timeit.repeat(lambda: printed(said).text("zh"), number=1, repeat=3))
    assert printing < parsing
