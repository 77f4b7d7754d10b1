"""/v1/rulebooks/…/cases: kept with a draft, run when it is published, and frozen with it."""

from hashlib import sha256
from typing import Any

import psycopg
import pytest

from tests.county import CASES, GROUNDS, County
from tests.http.asking import (
    as_yaml,
    assert_not_there,
    assert_problem,
    errors_of,
    nothing_written,
    rulebook,
    user,
)
from tests.http.test_claims import of_communities
from tests.http.test_rulebooks import PARENT, extension

YAML = "application/yaml"
NEXT = "/v1/rulebooks/small-county@2026-1"
IDLE = """
roster: {organisations: [{id: county, kind: county}, {id: east, kind: community, parent: county}]}
cases:
  - id: idle
    period: 2025-03
    roster: {workers: [{id: a, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}]}
    expected: {worker/a: {total: 30.00, lines: {crossing: 0.00}}}
"""
KEPT = CASES.replace("2025", "2026")


@pytest.fixture
def drafted(fresh: County) -> County:
    """A county with a draft for the year after, and its cases."""
    assert fresh.keep_cases().status_code == 200
    return fresh


def last_entry(county: County) -> Any:
    """The action and the detail of the last audit entry."""
    with psycopg.connect(county.url) as owner:
        return owner.execute(
            "SELECT action, detail FROM audit_entry WHERE tenant_id = %s ORDER BY entry_id DESC LIMIT 1",
            [county.tenant_id],
        ).fetchall()[0]


def test_cases_are_read_back_as_they_were_written(drafted: County) -> None:
    """With the comments, which show the arithmetic."""
    answer = drafted.hr.get(f"{NEXT}/cases")
    assert (answer.status_code, answer.mimetype, answer.text) == (200, YAML, KEPT)


def test_the_audit_entry_says_what_was_kept(drafted: County) -> None:
    hashed = sha256(KEPT.encode()).hexdigest()
    answer = drafted.put_cases()
    assert answer.json == {"rulebook": "small-county", "version": "2026-1", "cases": hashed, "count": 2}
    said = {"rulebook": "small-county", "version": "2026-1", "cases": hashed}
    assert last_entry(drafted) == ("rulebook.cases", said)


def test_the_publication_says_by_which_cases(drafted: County) -> None:
    assert drafted.publish("small-county", "2026-1").status_code == 200
    action, detail = last_entry(drafted)
    assert (action, detail["cases"]) == ("rulebook.publish", sha256(KEPT.encode()).hexdigest())


def test_published_cases_stay_as_they_are(drafted: County) -> None:
    """Invariant 12."""
    assert drafted.publish("small-county", "2026-1").status_code == 200
    with nothing_written(drafted):
        assert_problem(drafted.put_cases("cases: []"), 409, "rulebook.published")
    assert drafted.hr.get(f"{NEXT}/cases").text == KEPT


def test_a_version_without_cases_is_not_published(shared: County) -> None:
    bare = rulebook(version="bare", effective={"from": "2025-07"})
    assert shared.hr.post_text("/v1/rulebooks", as_yaml(bare), YAML).status_code == 201
    with nothing_written(shared):
        refused = shared.publish("small-county", "bare")
    errors = assert_problem(refused, 409, "rulebook.untested")
    assert {code for _, code in errors} == {"case.uncovered"}
    assert {"/tiers/0", "/negative_list/0", "/indicators/1/no_data", "/outcomes/0"} <= {
        pointer for pointer, _ in errors
    }
    assert_not_there(shared.hr.get("/v1/rulebooks/small-county@bare/cases"))


@pytest.mark.parametrize(("language", "ascii_only"), [("en", True), ("zh", False)])
def test_a_case_that_fails_is_told_with_what_was_expected_and_found(
    drafted: County, language: str, ascii_only: bool
) -> None:
    drafted.put_cases(KEPT.replace("total: 41.00", "total: 41.01"))
    with nothing_written(drafted):
        refused = drafted.approver.post(f"{NEXT}/publish", GROUNDS, Accept_Language=language)
    errors = assert_problem(refused, 409, "rulebook.untested")
    assert ("/cases/1/expected/worker~1g/total", "case.differs") in errors
    detail = refused.json["errors"][0]["detail"]
    assert all(word in detail for word in ("year", "worker/g", "2026", "41.01", "41.00"))
    assert detail.isascii() == ascii_only


def test_one_part_left_out_is_enough(drafted: County) -> None:
    drafted.put_cases(KEPT.replace(", outcomes: {talk: none}", ""))
    refused = drafted.publish("small-county", "2026-1")
    assert assert_problem(refused, 409, "rulebook.untested") == [("/outcomes/0", "case.uncovered")]


def test_the_last_cases_count(drafted: County) -> None:
    drafted.put_cases("cases: []")
    assert_problem(drafted.publish("small-county", "2026-1"), 409, "rulebook.untested")
    drafted.put_cases()
    assert drafted.publish("small-county", "2026-1").status_code == 200


def test_cases_that_cannot_be_read_are_refused(drafted: County) -> None:
    with nothing_written(drafted):
        refused = drafted.put_cases(KEPT.replace("period: 2026\n", "period: soon\n"))
    assert assert_problem(refused, 422, "request.invalid") == [("/cases/1/period", "period.malformed")]
    with nothing_written(drafted):
        unknown = drafted.put_cases(KEPT.replace("type: rating.resident", "type: rating.nobody"))
    assert errors_of(unknown.json) == [("/cases/0/events/3/type", "type.unknown")]


def test_cases_are_yaml_of_a_version_that_is_there(drafted: County) -> None:
    assert_problem(drafted.hr.put(f"{NEXT}/cases", {"cases": []}), 415, "request.media_type")
    assert_not_there(drafted.hr.put_text("/v1/rulebooks/small-county@2027-1/cases", KEPT, YAML))
    assert_not_there(drafted.hr.get("/v1/rulebooks/small-county@2027-1/cases"))


def test_who_may_write_keeps_cases_and_who_may_read_reads_them(drafted: County) -> None:
    reader, writer = (user(drafted, [f"rulebooks:{scope}"]) for scope in ("read", "write"))
    assert_problem(reader.put_text(f"{NEXT}/cases", KEPT, YAML), 403, "access.scope")
    assert_problem(writer.get(f"{NEXT}/cases"), 403, "access.scope")
    assert writer.put_text(f"{NEXT}/cases", KEPT, YAML).status_code == 200
    assert reader.get(f"{NEXT}/cases").status_code == 200


def test_results_of_a_published_rulebook_are_read(fresh: County) -> None:
    """What the tenant's rulebook for communities makes of those where the people of a case serve."""
    fresh.rule(of_communities("communities", "county"))
    read = {"results": "month", "of": "organisation", "rulebook": "communities", "period": "same"}
    measures = [{"id": "m", "title": "m", "take": {"latest": read}, "no_data": "unmet"}]
    book = rulebook(version="reads", effective={"from": "2025-02"}, measures=measures)
    when = {"measure": "m", "at_least": "5"}
    book["restrictions"] = [{"id": "r", "title": "r", "when": when, "ceiling": "competent"}]
    assert fresh.hr.post_text("/v1/rulebooks", as_yaml(book), YAML).status_code == 201
    fresh.hr.put_text("/v1/rulebooks/small-county@reads/cases", CASES, YAML)
    refused = fresh.publish("small-county", "reads")
    assert [pointer for pointer, code in errors_of(refused.json) if code == "case.differs"] == [
        f"/cases/0/expected/worker~1{one}/tier"
        for one in "ab"  # whose community's 5 points are a ceiling
    ]


def test_an_extension_is_published_by_cases_of_its_own_items(county: County) -> None:
    county.rule(rulebook(**PARENT))
    assert county.hr.post_text("/v1/rulebooks", as_yaml(extension()), YAML).status_code == 201
    refused = county.approver.post("/v1/rulebooks/street@1/publish", GROUNDS)
    assert assert_problem(refused, 409, "rulebook.untested") == [("/indicators/0/no_data", "case.uncovered")]
    county.hr.put_text("/v1/rulebooks/street@1/cases", IDLE, YAML)
    assert county.approver.post("/v1/rulebooks/street@1/publish", GROUNDS).status_code == 200
