"""Every code that the lint gives is explained, and its examples are what they are said to be."""

import re
from pathlib import Path

import pytest

import schemas
import service.rulebooks
from service.catalogue import PROBLEMS
from service.rulebooks.explained import PAGES
from service.rulebooks.explained.examples import MARK, Explained, found, whole
from tests.http.test_rulebook_findings import codes_in
from tests.unit.places import place_of_mark

SHAPES = ("fields", "event_types")
NEVER = {"field.null", "field.invalid", "time.malformed", "time.naive"}
EXPLAINED = [one for page in PAGES for one in page.codes]


@pytest.mark.parametrize("explained", EXPLAINED, ids=lambda one: one.code)
def test_the_wrong_example_has_its_finding_where_it_is_marked(explained: Explained) -> None:
    told = [(one.code, one.place) for one in found(explained, explained.wrong)]
    assert (explained.code, place_of_mark(whole(explained, explained.wrong), MARK)) in told


@pytest.mark.parametrize("explained", EXPLAINED, ids=lambda one: one.code)
def test_the_right_example_has_no_error_and_not_this_finding(explained: Explained) -> None:
    missing = explained.about.startswith("no ")
    right = explained._replace(about="rulebook") if missing else explained
    told = found(right, right.right)
    assert explained.code not in {one.code for one in told}
    assert [one for one in told if one.level == "error"] == []


@pytest.mark.parametrize("explained", EXPLAINED, ids=lambda one: one.code)
def test_an_explanation_stands_in_both_languages(explained: Explained) -> None:
    for english, chinese in (explained.title, explained.why):
        assert english.isascii()
        assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_every_code_is_explained_once() -> None:
    codes = [one.code for one in EXPLAINED]
    assert sorted(set(codes)) == sorted(codes)


def test_every_code_that_the_lint_gives_is_explained() -> None:
    """What a text can't have is excepted: null, and times."""
    shapes = [
        file
        for file in Path(str(schemas.__file__)).parent.glob("*.py")
        if file.stem in SHAPES or "rulebook" in file.stem
    ]
    rules = list(Path(str(service.rulebooks.__file__)).parent.rglob("*.py"))
    named = {code for code in codes_in([*shapes, *rules]) if code not in PROBLEMS}
    assert named - {one.code for one in EXPLAINED} == NEVER
    assert {one.code for one in EXPLAINED} - named == set()
