"""POST /v1/rulebooks with a rulebook that can't be: every finding at its place, an example for every code."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import schemas
import service.rulebooks
from service.errors import PROBLEMS
from tests.county import County
from tests.http.asking import as_yaml, assert_problem, nothing_written, rulebook

TYPES = {
    "task.closed": {
        "title": "任务办结",
        "subject": "worker",
        "dated_by": "time",
        "fields": {
            "minutes": {"kind": "number"},
            "grade": {"kind": "code", "codes": ["good", "bad"]},
            "on_time": {"kind": "boolean"},
            "note": {"kind": "text"},
        },
    },
    "org.rated": {"title": "社区测评", "subject": "organisation", "dated_by": "time", "fields": {}},
}
MISSING = object()
BUILDERS = ("finding", "invalid", "Fault", "Problem", "_refused")


@pytest.fixture(scope="module", autouse=True)
def _types(shared: County) -> None:
    shared.declare(TYPES)


def at(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change of the rulebook: the value at a path, or the value left out."""

    def change(document: Any) -> None:
        *way, last = [int(key) if key.isdigit() else key for key in path.split("/")]
        for key in way:
            document = document[key]
        if value is MISSING:
            del document[last]
        elif isinstance(document, list) and last == len(document):
            document.append(value)
        else:
            document[last] = value

    return change


def where(event: str, values: Any) -> Callable[[dict[str, Any]], None]:
    """A change of the first indicator's filter."""
    return take({"count": {"event": event, "where": values}})


def take(node: Any, give: Any = MISSING) -> Callable[[dict[str, Any]], None]:
    """A change of the first indicator."""

    def change(document: dict[str, Any]) -> None:
        document["indicators"][0]["take"] = node
        if give is not MISSING:
            document["indicators"][0]["give"] = give

    return change


BAND = {"at_least": "3", "points": "3"}
OTHERWISE = {"otherwise": "true", "points": "0"}
COUNT = {"count": {"event": "visit.done"}}
LEVEL = {"level": {"event": "task.closed", "field": "grade", "pick": "latest"}}
FIRST = "/indicators/0"
WHERE = f"{FIRST}/take/count/where"
BONUS = {"max": "5", "items": []}
ITEM = {"id": "b", "title": "b", "take": COUNT, "give": {"each": "1"}, "no_data": "full"}
MINUTES = {"event": "task.closed", "field": "minutes"}
RATIO = {"num": {**MINUTES, "distinct": "note"}, "den": {"event": "visit.done"}}

FINDINGS: list[tuple[Callable[[dict[str, Any]], None], str, str]] = [
    (at("title", MISSING), "/title", "field.required"),
    (at("rollup", {}), "/rollup/year", "field.required"),
    (at("colour", "red"), "/colour", "field.unknown"),
    (at("rulebook", "社区"), "/rulebook", "id.malformed"),
    (at("language", "2"), "/language", "code.unknown"),
    (at("tiers", "x"), "/tiers", "field.list"),
    (at("total", []), "/total", "field.object"),
    (at("title", "x" * 300), "/title", "text.length"),
    (at("title", ["x"]), "/title", "text.expected"),
    (at("effective/from", "January"), "/effective/from", "period.malformed"),
    (at("effective/from", "1500-01"), "/effective/from", "period.malformed"),
    (at("effective/from", "2025-Q1"), "/effective/from", "effective.kind"),
    (at("periods/timezone", "Asia/Atlantis"), "/periods/timezone", "timezone.unknown"),
    (at("periods/timezone", "../etc/passwd"), "/periods/timezone", "timezone.unknown"),
    (at("periods/rollups", []), "/rollup/year", "rollup.unlisted"),
    (at("numbers/measure_decimals", "7"), "/numbers/measure_decimals", "number.whole"),
    (at("peer_groups/min_size", "0"), "/peer_groups/min_size", "number.whole"),
    (at("total/full", "1e2"), "/total/full", "number.expected"),
    (at("total/full", "99"), "/total/full", "sum.categories"),
    (at("total/max", "99"), "/total", "total.order"),
    (at("total/min", "0.001"), "/total/min", "number.step"),
    (at("indicators/1/no_data/points", "0.005"), "/indicators/1/no_data/points", "number.step"),
    (at("indicators/1/no_data/points", "x"), "/indicators/1/no_data/points", "number.expected"),
    (at("tiers/0/gates/0/at_least", "0.005"), "/tiers/0/gates/0/at_least", "number.step"),
    (at("negative_list/0/deduct", "0.005"), "/negative_list/0/deduct", "number.step"),
    (at("bonus", {**BONUS, "max": "0.005"}), "/bonus/max", "number.step"),
    (at("categories/2", {"id": "empty", "title": "x", "max": "0"}), "/categories/2", "category.empty"),
    (at("categories", []), "/categories", "list.empty"),
    (at("indicators", []), "/indicators", "list.empty"),
    (at("tiers", []), "/tiers", "list.empty"),
    (at("indicators/1/id", "visits"), "/indicators/1/id", "id.repeated"),
    (at("tiers/1/id", "excellent"), "/tiers/1/id", "id.repeated"),
    (at("peer_groups/by", ["post", "post"]), "/peer_groups/by", "id.repeated"),
    (at("rollup/year/parts/0/weight", "60%"), "/rollup/year/parts", "sum.weights"),
    (at("rollup/year/parts/0/weight", "0.7"), "/rollup/year/parts/0/weight", "percent.malformed"),
    (at("rollup/year/parts/0/weight", "101%"), "/rollup/year/parts/0/weight", "percent.malformed"),
    (at("rollup/year/parts/0/give", {"table": {"a": "1"}}), "/rollup/year/parts/0/give", "give.code"),
    (at("indicators/0/category", "imagined"), f"{FIRST}/category", "reference.unknown"),
    (at("indicators/0/min", "61"), f"{FIRST}/min", "range.malformed"),
    (at("bonus", {**BONUS, "items": [ITEM]}), "/bonus/items/0/no_data", "no_data.full"),
    (take("visits"), f"{FIRST}/take", "node.unknown"),
    (take({"median": {}}), f"{FIRST}/take", "node.unknown"),
    (take({**COUNT, "sum": {}}), f"{FIRST}/take", "node.unknown"),
    (take({"count": {}}), f"{FIRST}/take/count/event", "field.required"),
    (take({"count": "x"}), f"{FIRST}/take/count", "field.object"),
    (take({"count": {"event": "imagined"}}), f"{FIRST}/take/count/event", "type.unknown"),
    (take({"count": {"event": "org.rated"}}), f"{FIRST}/take/count/event", "subject.kind"),
    (take({"count": {"event": "visit.done", "distinct": "x"}}), f"{FIRST}/take/count/distinct", "field.undeclared"),
    (where("visit.done", "x"), f"{WHERE}", "field.object"),
    (where("visit.done", {"household": []}), f"{WHERE}", "where.values"),
    (where("visit.done", {"household": [f"h{n}" for n in range(101)]}), f"{WHERE}", "where.many"),
    (where("visit.done", {"street": "x"}), f"{WHERE}/street", "field.undeclared"),
    (where("visit.done", {"a/b": "x"}), f"{WHERE}/a~1b", "field.undeclared"),
    (where("task.closed", {"grade": "fair"}), f"{WHERE}/grade", "code.unknown"),
    (where("task.closed", {"on_time": "yes"}), f"{WHERE}/on_time", "code.unknown"),
    (where("task.closed", {"minutes": "many"}), f"{WHERE}/minutes", "number.expected"),
    (where("task.closed", {"minutes": "1e9"}), f"{WHERE}/minutes", "number.expected"),
    (take({"sum": {"event": "task.closed"}}), f"{FIRST}/take/sum/field", "field.undeclared"),
    (take({"sum": {"event": "task.closed", "field": "grade"}}), f"{FIRST}/take/sum/field", "field.kind"),
    (take({"level": {**LEVEL["level"], "field": "note"}}), f"{FIRST}/take/level/field", "field.kind"),
    (take({"sum": {**MINUTES, "between": ["1"]}}), f"{FIRST}/take/sum/between", "range.malformed"),
    (take({"sum": {**MINUTES, "between": ["2", "1"]}}), f"{FIRST}/take/sum/between", "range.malformed"),
    (take({"ratio": RATIO}), f"{FIRST}/take/ratio/num/distinct", "ratio.distinct"),
    (take({"level": {"event": "task.closed", "field": "grade"}}), f"{FIRST}/take/level/pick", "field.required"),
    (take(LEVEL, {"table": {"good": "5"}}), f"{FIRST}/give/table", "table.codes"),
    (take(LEVEL, {"table": {"good": "5", "bad": "x"}}), f"{FIRST}/give/table/bad", "number.expected"),
    (take(LEVEL, {"each": "5"}), f"{FIRST}/give", "give.code"),
    (take(COUNT, {"table": {"a": "5"}}), f"{FIRST}/give/table", "give.number"),
    (take(COUNT, {"bands": []}), f"{FIRST}/give/bands", "bands.otherwise"),
    (take(COUNT, {"bands": [BAND]}), f"{FIRST}/give/bands", "bands.otherwise"),
    (take(COUNT, {"bands": [OTHERWISE, BAND]}), f"{FIRST}/give/bands", "bands.otherwise"),
    (take(COUNT, {"bands": [BAND, BAND, OTHERWISE]}), f"{FIRST}/give/bands", "bands.order"),
    (take(COUNT, {"bands": [{"points": "5"}, OTHERWISE]}), f"{FIRST}/give/bands/0", "bands.bound"),
    (take(COUNT, {"bands": [{**BAND, **OTHERWISE}]}), f"{FIRST}/give/bands/0", "bands.bound"),
    (take(COUNT, {"linear": {"from": ["5", "1"], "to": ["0", "1"]}}), f"{FIRST}/give/linear/from", "range.malformed"),
    (at("indicators/0/no_data", "none"), f"{FIRST}/no_data", "node.unknown"),
    (at("negative_list/0/event", "imagined"), "/negative_list/0/event", "type.unknown"),
    (at("negative_list/0/severity", "bad"), "/negative_list/0/severity", "code.unknown"),
    (at("negative_list/0/deduct", "-1"), "/negative_list/0/deduct", "number.negative"),
    (at("negative_list/0/max", "-1"), "/negative_list/0/max", "number.negative"),
    (at("negative_list/0/ceiling", "imagined"), "/negative_list/0/ceiling", "reference.unknown"),
    (at("negative_list/0/veto", "excellent"), "/negative_list/0/veto", "veto.quota"),
    (at("negative_list/0/binds", ["day"]), "/negative_list/0/binds/0", "code.unknown"),
    (at("tiers/3/otherwise", MISSING), "/tiers/3", "tiers.otherwise"),
    (at("tiers/3/total_at_least", "10"), "/tiers/3", "tiers.otherwise"),
    (at("tiers/1/total_at_least", "85"), "/tiers/1/total_at_least", "tiers.order"),
    (at("tiers/0/total_at_least", "105.01"), "/tiers/0/total_at_least", "gate.unreachable"),
    (at("tiers/0/gates/0/at_least", "40.01"), "/tiers/0/gates/0/at_least", "gate.unreachable"),
    (at("tiers/0/gates/0", {"indicator": "rating"}), "/tiers/0/gates/0", "gate.condition"),
    (at("tiers/0/gates/0/in", ["year"]), "/tiers/0/gates/0/in", "gate.elsewhere"),
    (at("tiers/0/gates/0/indicator", "imagined"), "/tiers/0/gates/0/indicator", "reference.unknown"),
    (at("tiers/0/gates/1/no_negative", ["grave"]), "/tiers/0/gates/1/no_negative", "reference.unknown"),
    (at("tiers/0/quota/at_most", "a fifth"), "/tiers/0/quota/at_most", "percent.malformed"),
    (at("tie_breaks", [{"order": "high_first"}]), "/tie_breaks/0", "tie_break.key"),
    (at("tie_breaks", [{"category": "x", "order": "low_first"}]), "/tie_breaks/0/category", "reference.unknown"),
    (at("participation/min_service_days", {"month": "x"}), "/participation/min_service_days/month", "number.whole"),
    (at("participation/min_service_days", {"day": "1"}), "/participation/min_service_days/day", "code.unknown"),
    (at("outcomes/0/when/bottom", "0"), "/outcomes/0/when/bottom", "number.whole"),
]  # fmt: skip
TEXTS = [
    (b"rulebook: \xff", "", "yaml.encoding"),
    (b"rulebook: [", "", "yaml.syntax"),
    (b"a: b: c", "", "yaml.syntax"),
    (b"a: 1\n---\nb: 2", "", "yaml.syntax"),
    (b"a: \x07", "", "yaml.syntax"),
    (b"a: &here 1\nb: *here", "", "yaml.anchor"),
    (b"a: !!python/object:os.system 1", "", "yaml.tag"),
    (b"a: !!str 1", "", "yaml.tag"),
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


@pytest.mark.parametrize(("change", "pointer", "code"), FINDINGS, ids=lambda v: v if isinstance(v, str) else "")
def test_what_cannot_be_right_is_found_at_its_place(
    shared: County, change: Callable[[dict[str, Any]], None], pointer: str, code: str
) -> None:
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


def test_every_code_of_the_lint_has_an_example_here() -> None:
    examples = {code for _, _, code in [*FINDINGS, *TEXTS]} | {"request.invalid", "request.too_large"}
    examples.add("text.character")  # in test_a_character_that_cannot_be_stored_is_refused
    never = {"field.null"}  # every scalar of a rulebook is text
    shapes = list(Path(str(schemas.__file__)).parent.glob("rulebook*.py"))
    rules = list(Path(str(service.rulebooks.__file__)).parent.glob("*.py"))
    elsewhere = {code for code in PROBLEMS if code.startswith(("rulebook.", "period.", "access.", "resource."))}
    assert codes_in([*shapes, *rules]) - examples - elsewhere == never


def codes_in(files: list[Path]) -> set[str]:
    """The codes that calls in these files name."""
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BUILDERS
    ]
    texts = [arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant)]
    found = {said for said in texts if isinstance(said, str) and "." in said and "/" not in said}
    assert len(found) > 20, "the codes are no longer written the way that this test reads them"
    return found
