"""POST /v1/rulebooks/{id}@{version}/publish: since when a version rules, and why it may rule what has ended."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.county import GROUNDS, County, visit
from tests.http.asking import as_yaml, assert_problem, nothing_written, rulebook


def drafted(county: County, version: str, first: str, each: str = "5", **changes: Any) -> str:
    """A version of the small county's rulebook as a draft: its points for a visit, its first period; its address."""
    book = rulebook(version=version, effective={"from": first}, **changes)
    book["indicators"][0]["give"] = {"each": each}
    answer = county.hr.post_text("/v1/rulebooks", as_yaml(book), "application/yaml")
    assert answer.status_code == 201, answer.json
    return f"/v1/rulebooks/{book['rulebook']}@{version}"


def this_month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")


def test_what_has_ended_is_ruled_only_with_grounds(fresh: County) -> None:
    at = drafted(fresh, "2", "2025-06")
    with nothing_written(fresh):
        assert_problem(fresh.approver.post(f"{at}/publish"), 422, "rulebook.grounds")
    fresh.let_rule("small-county", "2")
    assert fresh.hr.get(at).json["grounds"] == GROUNDS
    with psycopg.connect(fresh.url) as connection:
        query = "SELECT detail FROM audit_entry WHERE tenant_id = %s AND action = 'rulebook.publish' ORDER BY entry_id"
        *_, (detail,) = connection.execute(query, [fresh.tenant_id]).fetchall()
    assert detail == GROUNDS | {key: fresh.hr.get(at).json[key] for key in ("rulebook", "version", "hash")}


def test_what_has_not_ended_needs_no_grounds_and_may_have_them(fresh: County) -> None:
    """The month that runs has begun, but nothing in it is settled."""
    now, later = drafted(fresh, "now", this_month()), drafted(fresh, "later", "2999-01")
    fresh.let_rule("small-county", "now", None)
    assert fresh.hr.get(now).json["grounds"] is None
    fresh.let_rule("small-county", "later")
    assert fresh.hr.get(later).json["grounds"] == GROUNDS


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/reason", "field.required"), ("/document", "field.required")]),
        ({"reason": "x"}, [("/document", "field.required")]),
        ({**GROUNDS, "reason": ""}, [("/reason", "text.length")]),
        ({**GROUNDS, "by": "x"}, [("/by", "field.unknown")]),
        ([], [("", "field.object")]),
    ],
)
def test_grounds_are_a_reason_and_a_document(shared: County, body: Any, errors: list[tuple[str, str]]) -> None:
    at = "/v1/rulebooks/small-county@2025-1/publish"
    assert sorted(assert_problem(shared.approver.post(at, body), 422, "request.invalid")) == sorted(errors)


def test_grounds_are_json(shared: County) -> None:
    answer = shared.approver.post_text("/v1/rulebooks/small-county@2025-1/publish", "reason: x", "application/yaml")
    assert_problem(answer, 415, "request.media_type")


def test_a_version_before_a_later_one_rules_until_that_one(fresh: County) -> None:
    """Versions are published in any order; each rules from its first period to the next version's."""
    for version, first, each in (("2025-9", "2025-09", "1"), ("2025-5", "2025-05", "5")):
        drafted(fresh, version, first, each)
        fresh.let_rule("small-county", version)
    months = ("2025-04", "2025-05", "2025-08", "2025-09")
    fresh.send(*(visit("w1", "h1", f"{month}-10T09:00:00+08:00") for month in months))
    said = [fresh.result("w1", month) for month in months]
    assert [one["rulebook"]["version"] for one in said] == ["2025-1", "2025-5", "2025-5", "2025-9"]
    assert [one["lines"][0]["points"] for one in said] == ["10.00", "5.00", "5.00", "1.00"]


def test_a_version_between_leaves_alone_what_a_later_one_has_settled(fresh: County) -> None:
    drafted(fresh, "2025-9", "2025-09")
    fresh.let_rule("small-county", "2025-9")
    for step in ("close", "publish"):
        assert fresh.hr.post(f"/v1/periods/2025-09/{step}").status_code == 200
    drafted(fresh, "2025-5", "2025-05")
    fresh.let_rule("small-county", "2025-5")


def test_not_even_with_grounds_is_a_settled_period_ruled_anew(fresh: County) -> None:
    """Invariant 12: published is frozen."""
    assert fresh.hr.post("/v1/periods/2025-05/close").status_code == 200
    at = drafted(fresh, "2025-5", "2025-05")
    with nothing_written(fresh):
        assert_problem(fresh.approver.post(f"{at}/publish", GROUNDS), 409, "rulebook.retroactive")
