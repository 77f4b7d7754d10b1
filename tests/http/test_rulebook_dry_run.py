"""POST /v1/rulebooks?dry_run=true: what would be stored, what is odd, and where; and nothing written."""

import pytest

from tests.county import RULEBOOK, County
from tests.http.asking import assert_problem, errors_of, nothing_written

YAML = "application/yaml"
ODD = RULEBOOK.replace("max: 9, ref: 第八条", "max: 2, ref: 第八条")
PLACE = next((n, line.index("max: 2, ref") + 6) for n, line in enumerate(ODD.split("\n"), 1) if "max: 2, ref" in line)


def test_a_dry_run_tells_the_header_and_what_is_odd(shared: County) -> None:
    text = ODD.replace("small-county", "dry")
    with nothing_written(shared):
        answer = shared.hr.post_text("/v1/rulebooks?dry_run=true", text, YAML)
    assert answer.status_code == 200
    said = answer.json
    cut = next(one for one in said["findings"] if one["code"] == "max.cuts")
    assert (cut["line"], cut["column"]) == PLACE
    assert (cut["pointer"], cut["level"]) == ("/negative_list/0/max", "warning")
    assert {one["level"] for one in said["findings"]} == {"warning", "will-be-error"}
    assert errors_of({"errors": said["findings"]})
    stored = shared.hr.post_text("/v1/rulebooks", text, YAML)
    assert stored.status_code == 201, "what is only odd is no reason to refuse"
    assert stored.json == said


def test_a_dry_run_tells_errors_and_warnings_together(shared: County) -> None:
    text = ODD.replace("from: 2025-01", "from: 2025-Q1").replace("small-county", "dry-wrong")
    with nothing_written(shared):
        answer = shared.hr.post_text("/v1/rulebooks?dry_run=true", text, YAML)
    told = assert_problem(answer, 422, "request.invalid")
    assert {("/effective/from", "effective.kind"), ("/negative_list/0/max", "max.cuts")} <= set(told)
    places = [(one["line"], one["column"]) for one in answer.json["errors"]]
    assert places == sorted(places)


def test_a_draft_is_refused_as_its_dry_run_was(shared: County) -> None:
    text = ODD.replace("from: 2025-01", "from: 2025-Q1").replace("small-county", "draft-wrong")
    with nothing_written(shared):
        tried = shared.hr.post_text("/v1/rulebooks?dry_run=true", text, YAML)
        answer = shared.hr.post_text("/v1/rulebooks", text, YAML)
    assert_problem(answer, 422, "request.invalid")
    assert answer.json["errors"] == tried.json["errors"]
    [error] = [one for one in answer.json["errors"] if one["level"] == "error"]
    assert (error["code"], error["line"]) == ("effective.kind", 7)


def test_what_may_have_been_meant_is_told(shared: County) -> None:
    text = RULEBOOK.replace("event: visit.done", "event: visits.done").replace("small-county", "meant")
    answer = shared.hr.post_text("/v1/rulebooks?dry_run=true", text, YAML)
    [error] = [one for one in answer.json["errors"] if one["code"] == "type.unknown"]
    assert error["suggestion"] == "visit.done"


def test_mistakes_of_yaml_and_of_the_shape_are_told_together(shared: County) -> None:
    text = RULEBOOK.replace("assignment: at_end", "assignment: *end\nassignmnet: at_end\ntitle: 又一个")
    told = assert_problem(shared.hr.post_text("/v1/rulebooks?dry_run=true", text, YAML), 422, "request.invalid")
    wanted = [("/assignment", "yaml.anchor"), ("/assignmnet", "field.unknown"), ("/title", "yaml.duplicate")]
    assert told == wanted


def test_a_version_that_exists_with_other_content_is_told(shared: County) -> None:
    with nothing_written(shared):
        answer = shared.hr.post_text("/v1/rulebooks?dry_run=true", RULEBOOK.replace("34%", "33%"), YAML)
        again = shared.hr.post_text("/v1/rulebooks?dry_run=true", RULEBOOK, YAML)
    assert_problem(answer, 409, "rulebook.exists")
    assert again.status_code == 200


@pytest.mark.parametrize("said", ["yes", "", "True"])
def test_a_dry_run_is_asked_for_by_true(shared: County, said: str) -> None:
    with nothing_written(shared):
        answer = shared.hr.post_text(f"/v1/rulebooks?dry_run={said}", RULEBOOK.replace("small-county", "flag"), YAML)
    assert assert_problem(answer, 422, "request.invalid") == [("/dry_run", "boolean.expected")]
