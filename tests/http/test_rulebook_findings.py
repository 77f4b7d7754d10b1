"""POST /v1/rulebooks with a rulebook that can't be: every finding at its place, an example for every code."""

import ast
from pathlib import Path

import pytest

import schemas
import service.rulebooks
from service.catalogue import FAULTS, PROBLEMS, WARNINGS, WILL_BE_ERRORS
from tests.county import County
from tests.http.asking import as_yaml, assert_problem, nothing_written, rulebook
from tests.http.broken import EXAMPLES
from tests.http.broken.changes import TYPES, Change, at
from tests.unit.test_rulebook_extension import REFUSED

BUILDERS = ("finding", "invalid", "Fault", "Problem", "_Unreadable", "_unreadable")
NEVER = {"field.null"}  # every scalar of a rulebook is text
ELSEWHERE = {  # in files, and what is only odd: tests.unit.test_rulebook_explained
    *WARNINGS,
    *WILL_BE_ERRORS,
    "type.name",
    "request.invalid",
    "request.too_large",
    "text.character",
    "extension.parent",
    *(code for *_, code in REFUSED),
}


@pytest.fixture(scope="module", autouse=True)
def _types(shared: County) -> None:
    shared.declare(TYPES)


TEXTS = [
    (b"rulebook: \xff", "", "yaml.encoding"),
    (b"rulebook: [", "", "yaml.syntax"),
    (b"a: b: c", "", "yaml.syntax"),
    (b"a: 1\n---\nb: 2", "", "yaml.syntax"),
    (b"a: \x07", "", "yaml.syntax"),
    (b"a: &here 1\nb: *here", "/b", "yaml.anchor"),
    (b"a: !!python/object:os.system 1", "/a", "yaml.tag"),
    (b"a: !!str 1", "/a", "yaml.tag"),
    (b"a: " + b"[" * 50 + b"]" * 50, "", "yaml.depth"),
    (b"a: " + b"[" * 100_000, "", "yaml.depth"),
    (b"? [a]\n: b", "", "yaml.key"),
    (b"a: 1\na: 2", "/a", "yaml.duplicate"),
    (b"a/b: 1\na/b: 2", "/a~1b", "yaml.duplicate"),
    (b"a:\n  - {b: 1, b: 2}", "/a/0/b", "yaml.duplicate"),
    (b"", "", "field.object"),
    (b"[]", "", "field.object"),
    (b"just text", "", "field.object"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), EXAMPLES, ids=lambda v: v if isinstance(v, str) else "")
def test_what_cannot_be_right_is_found_at_its_place(shared: County, change: Change, pointer: str, code: str) -> None:
    document = rulebook(rulebook="broken")
    change(document)
    with nothing_written(shared):
        answer = shared.hr.post_text("/v1/rulebooks", as_yaml(document), "application/yaml")
    assert (pointer, code) in assert_problem(answer, 422, "request.invalid")


@pytest.mark.parametrize(("source", "pointer", "code"), TEXTS, ids=lambda value: ascii(value)[:30])
def test_a_text_that_hides_what_it_says_is_refused(shared: County, source: bytes, pointer: str, code: str) -> None:
    with nothing_written(shared):
        answer = shared.hr.post_text("/v1/rulebooks", source, "application/yaml")
    assert (pointer, code) in assert_problem(answer, 422, "request.invalid")


def test_a_merge_key_is_an_unknown_field(shared: County) -> None:
    answer = shared.hr.post_text("/v1/rulebooks", as_yaml({**rulebook(), "<<": {"a": "b"}}), "application/yaml")
    assert ("/<<", "field.unknown") in assert_problem(answer, 422, "request.invalid")


@pytest.mark.parametrize("value", ["\x00", "\ud800"], ids=ascii)
@pytest.mark.parametrize("place", ["title", "where", "key"])
def test_a_character_that_cannot_be_stored_is_refused(shared: County, value: str, place: str) -> None:
    filtered = {"event": "task.closed", "where": {"note": "@"}}
    source = {
        "title": {"title": "@"},
        "where": {"negative_list": [{**rulebook()["negative_list"][0], **filtered}]},
        "key": {"@": "x"},
    }[place]
    body = as_yaml(rulebook(rulebook="stored", **source)).replace("'@'", f'"\\u{ord(value):04x}"')
    with nothing_written(shared):
        answer = shared.hr.post_text("/v1/rulebooks", body, "application/yaml")
    assert assert_problem(answer, 422, "request.invalid")


def test_a_text_that_is_too_large_is_refused(shared: County) -> None:
    answer = shared.hr.post_text("/v1/rulebooks", b"#" * 1_000_001, "application/yaml")
    assert_problem(answer, 413, "request.too_large")


def test_all_findings_are_told_at_once(shared: County) -> None:
    document = rulebook(rulebook="broken")
    for change in (at("total/full", "99"), at("tiers/1/total_at_least", "85"), at("indicators/0/category", "x")):
        change(document)
    answer = shared.hr.post_text("/v1/rulebooks", as_yaml(document), "application/yaml")
    assert {code for _, code in assert_problem(answer, 422, "request.invalid")} >= {
        "sum.categories",
        "tiers.order",
        "reference.unknown",
    }


def test_a_newer_language_is_the_only_finding(shared: County) -> None:
    body = as_yaml({**rulebook(language="2"), "words": "new"})
    answer = shared.hr.post_text("/v1/rulebooks", body, "application/yaml")
    assert assert_problem(answer, 422, "request.invalid") == [("/language", "language.newer")]


def test_every_code_of_the_lint_has_an_example_here() -> None:
    examples = {code for _, _, code in [*EXAMPLES, *TEXTS]} | ELSEWHERE
    shapes = list(Path(str(schemas.__file__)).parent.glob("rulebook*.py"))
    rules = list(Path(str(service.rulebooks.__file__)).parent.rglob("*.py"))
    problems = {code for code in PROBLEMS if code.startswith(("rulebook.", "period.", "access.", "resource."))}
    named = codes_in([*shapes, *rules])
    assert named - examples - problems == NEVER
    assert named <= {*FAULTS, *PROBLEMS, *WARNINGS, *WILL_BE_ERRORS}


def codes_in(files: list[Path]) -> set[str]:
    """The codes that calls in these files name."""
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BUILDERS
    ]
    said = [one for call in calls for arg in call.args for one in _either(arg)]
    texts = [one.value for one in said if isinstance(one, ast.Constant)]
    found = {said for said in texts if isinstance(said, str) and "." in said and "/" not in said}
    assert len(found) > 20, "the codes are no longer written the way that this test reads them"
    return found


def _either(said: ast.expr) -> list[ast.expr]:
    return [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
