"""/v1/rulebooks: drafted by one person, published by another, never changed, and ruling from its first period on."""

from typing import Any

import pytest
import yaml

from service.database.transactions import Database
from tests.county import RULEBOOK, TYPES, Client, County, visit
from tests.http.asking import as_yaml, assert_not_there, assert_problem, nothing_written, rulebook, user

YAML = "application/yaml"
HEADS = {"posts": ["head"], "under": "county"}  # whom the small county's own rulebook doesn't appraise


def draft(client: Client, text: str | dict[str, Any]) -> Any:
    """The answer to a draft."""
    return client.post_text("/v1/rulebooks", text if isinstance(text, str) else as_yaml(text), YAML)


def stricter(version: str, first: str) -> dict[str, Any]:
    """Another version: half the points for a visit."""
    other = rulebook(version=version, effective={"from": first})
    other["indicators"][0]["give"] = {"each": "5"}
    return other


def test_a_draft_is_stored_and_read_back(shared: County) -> None:
    answer = draft(shared.hr, rulebook(rulebook="read", version="1"))
    assert (answer.status_code, answer.json["rulebook"], answer.json["version"]) == (201, "read", "1")
    said = shared.hr.get("/v1/rulebooks/read@1").json
    assert (said["hash"], said["drafted_by"], said["published_by"]) == (answer.json["hash"], "hr", None)
    assert said["document"] == rulebook(rulebook="read", version="1")


def test_the_same_version_again_changes_nothing(shared: County) -> None:
    first = draft(shared.hr, rulebook(rulebook="same"))
    with nothing_written(shared):
        again = draft(shared.hr, dict(reversed(rulebook(rulebook="same").items())))
    assert (again.status_code, again.json["hash"]) == (200, first.json["hash"])


def test_a_version_never_changes_its_content(shared: County) -> None:
    draft(shared.hr, rulebook(rulebook="fixed", version="1"))
    with nothing_written(shared):
        answer = draft(shared.hr, rulebook(rulebook="fixed", version="1", title="另一个"))
    assert_problem(answer, 409, "rulebook.exists")


def test_who_drafted_it_cannot_publish_it(shared: County) -> None:
    draft(shared.hr, rulebook(rulebook="second-person"))
    with nothing_written(shared):
        answer = shared.hr.post("/v1/rulebooks/second-person@2025-1/publish")
    assert_problem(answer, 403, "access.second_person")


def test_the_second_person_is_another_actor_and_not_another_token(shared: County) -> None:
    draft(shared.hr, rulebook(rulebook="second-token"))
    same_actor = user(shared, ["rulebooks:publish"], actor="hr")
    answer = same_actor.post("/v1/rulebooks/second-token@2025-1/publish")
    assert_problem(answer, 403, "access.second_person")


def test_a_second_person_publishes_once(fresh: County) -> None:
    fresh.keep_cases()
    answer = fresh.publish("small-county", "2026-1")
    assert (answer.status_code, answer.json["published_by"]) == (200, "approver")
    with nothing_written(fresh):
        again = fresh.publish("small-county", "2026-1")
    assert_problem(again, 409, "rulebook.published")


def test_two_versions_cannot_rule_from_the_same_period(fresh: County) -> None:
    draft(fresh.hr, stricter("2025-2", "2025-01"))
    with nothing_written(fresh):
        answer = fresh.publish("small-county", "2025-2")
    assert_problem(answer, 409, "rulebook.overlap")


@pytest.mark.parametrize("name", ["imagined@1", "small-county@imagined", "%00@1", "small-county@%00"])
def test_a_version_that_is_not_there_is_404(shared: County, name: str) -> None:
    assert_not_there(shared.hr.get(f"/v1/rulebooks/{name}"))
    assert_not_there(shared.approver.post(f"/v1/rulebooks/{name}/publish"))


def test_all_versions_are_listed_without_their_documents(shared: County) -> None:
    draft(shared.hr, rulebook(rulebook="listed"))
    items = {item["id"]: item for item in shared.hr.get("/v1/rulebooks").json["items"]}
    assert items["listed"]["published_by"] is None
    assert items["small-county"]["published_by"] == "approver"
    assert "document" not in items["listed"]


def test_a_draft_rules_nothing(fresh: County) -> None:
    draft(fresh.hr, stricter("2025-2", "2025-02"))
    assert fresh.hr.get("/v1/rankings/2025-03").json["rulebook"]["version"] == "2025-1"


def test_a_later_version_rules_from_its_first_period_on(fresh: County) -> None:
    for month in ("2025-01", "2025-03", "2025-04"):
        fresh.send(visit("w1", "h1", f"{month}-10T09:00:00+08:00"))
    before = {month: fresh.result("w1", month)["total"] for month in ("2025-01", "2025-03", "2025-04")}
    fresh.rule(stricter("2025-2", "2025-03"))
    after = {month: fresh.result("w1", month)["total"] for month in before}
    assert before == {"2025-01": "40.00", "2025-03": "40.00", "2025-04": "40.00"}
    assert after == {"2025-01": "40.00", "2025-03": "35.00", "2025-04": "35.00"}


def test_a_published_result_keeps_its_version(fresh: County) -> None:
    """Invariant 12: published is frozen, and no version begins to rule what is closing or published."""
    fresh.send(visit("w1", "h1"))
    fresh.hr.post("/v1/periods/2025-03/close")
    fresh.hr.post("/v1/periods/2025-03/publish")
    assert (
        fresh.hr.post_text("/v1/rulebooks", as_yaml(stricter("2025-2", "2025-02")), "application/yaml").status_code
        == 201
    )
    refused = fresh.publish("small-county", "2025-2")
    assert_problem(refused, 409, "rulebook.retroactive")
    fresh.rule(stricter("2025-3", "2025-04"))
    said = fresh.result("w1", "2025-03")
    assert (said["rulebook"]["version"], said["total"]) == ("2025-1", "40.00")


def test_all_versions_of_a_rulebook_have_one_time_zone(fresh: County) -> None:
    """With two, hours at the turn would belong to no month, or to two."""
    elsewhere = as_yaml(stricter("2025-2", "2025-07")).replace("Asia/Shanghai", "UTC")
    assert fresh.hr.post_text("/v1/rulebooks", elsewhere, "application/yaml").status_code == 201
    refused = fresh.publish("small-county", "2025-2")
    assert_problem(refused, 409, "rulebook.timezone")


def test_a_period_that_has_not_begun_has_no_standing(shared: County) -> None:
    assert_problem(shared.hr.get("/v1/rankings/2999-01"), 409, "period.not_begun")


def test_no_version_rules_before_the_first(shared: County) -> None:
    assert_problem(shared.hr.get("/v1/rankings/2024-12"), 404, "rulebook.none")


def test_of_two_rulebooks_one_must_be_named(fresh: County) -> None:
    fresh.rule(rulebook(rulebook="other", applies_to=HEADS))
    assert_problem(fresh.hr.get("/v1/rankings/2025-03"), 422, "rulebook.ambiguous")
    said = fresh.hr.get("/v1/rankings/2025-03?rulebook=other").json
    assert said["rulebook"]["id"] == "other"
    assert_problem(fresh.hr.get("/v1/rankings/2025-03?rulebook=imagined"), 404, "rulebook.none")


@pytest.mark.parametrize("content_type", ["application/yaml", "application/x-yaml", "text/yaml; charset=utf-8"])
def test_yaml_has_several_names(shared: County, content_type: str) -> None:
    text = as_yaml(rulebook(rulebook="named"))
    assert shared.hr.post_text("/v1/rulebooks", text, content_type).status_code in (200, 201)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_another_content_type_is_refused(shared: County, content_type: str) -> None:
    answer = shared.hr.post_text("/v1/rulebooks", as_yaml(rulebook(rulebook="named")), content_type)
    assert_problem(answer, 415, "request.media_type")


def test_what_yaml_would_guess_stays_text(shared: County) -> None:
    text = as_yaml(rulebook(rulebook="text", version="v", title="@")).replace("'@'", "no")
    draft(shared.hr, text)
    assert shared.hr.get("/v1/rulebooks/text@v").json["document"]["title"] == "no"


HONOUR = {
    "title": "表彰",
    "subject": "worker",
    "dated_by": "time",
    "fields": {"level": {"kind": "code", "codes": ["city", "county"], "required": True}},
}
GROWN = {**HONOUR, "fields": {"level": {"kind": "code", "codes": ["city", "county", "nation"], "required": True}}}


def with_honours() -> str:
    """The small county's rulebook with a bonus by a table of codes."""
    item = {
        "id": "honour",
        "title": "表彰",
        "take": {"each_event": {"event": "honour.awarded", "field": "level"}},
        "give": {"table": {"city": "2", "county": "1"}},
    }
    return as_yaml({**yaml.load(RULEBOOK, Loader=yaml.BaseLoader), "bonus": {"max": "5", "items": [item]}})


def test_a_code_that_a_published_table_lacks_is_not_declared(url: str, database: Database) -> None:
    """An event with such a code would count without a word."""
    county = County.empty(url, database)
    county.declare({**TYPES, "honour.awarded": HONOUR})
    county.rule(with_honours())
    assert_problem(county.hr.put("/v1/event-types/honour.awarded", GROWN), 409, "event_type.table")


def test_a_draft_is_looked_at_again_when_it_is_published(url: str, database: Database) -> None:
    county = County.empty(url, database)
    county.declare({**TYPES, "honour.awarded": HONOUR})
    assert county.hr.post_text("/v1/rulebooks", with_honours(), "application/yaml").status_code == 201
    assert county.hr.put("/v1/event-types/honour.awarded", GROWN).status_code == 200
    refused = county.publish("small-county", "2025-1")
    assert assert_problem(refused, 422, "request.invalid") == [("/bonus/items/0/give/table", "table.codes")]


PARENT = {
    "version": "2",
    "effective": {"from": "2025-02"},
    "applies_to": {"posts": ["staff"], "under": "county", "except": ["east"]},
    "local_additions": {"items": "1", "points": "2", "into": "duty"},
}
OWN = {
    "id": "crossing",
    "title": "路口值守",
    "category": "duty",
    "take": {"count": {"event": "visit.done"}},
    "give": {"each": "1"},
    "max": "2",
    "no_data": "zero",
}


def extension(**changes: Any) -> dict[str, Any]:
    """A street's own rulebook: the parent's with one more item."""
    head = {key: said for key, said in rulebook(rulebook="street").items() if key in ("rulebook", "language", "title")}
    said = {"version": "1", "effective": {"from": "2025-02"}, "applies_to": {"posts": ["staff"], "under": "east"}}
    said |= {"extends": {"rulebook": "small-county", "version": "2"}, "indicators": [OWN]}
    return {**head, **said, **changes}


def test_a_street_adds_an_item_of_its_own_to_its_parents_rulebook(county: County) -> None:
    parent = rulebook(**PARENT)
    with nothing_written(county):
        assert assert_problem(draft(county.hr, extension()), 422, "request.invalid") == [
            ("/extends", "extension.parent")
        ]
    county.rule(parent)
    answer = draft(county.hr, extension())
    assert answer.status_code == 201, answer.json
    county.let_rule("street", "1")
    whole = county.hr.get("/v1/rulebooks/street@1").json["document"]
    assert [item["id"] for item in whole["indicators"]] == [item["id"] for item in parent["indicators"]] + ["crossing"]
    county.send(visit("w1", "h1"), visit("w1", "h2"), visit("w4", "h1"))
    said = county.hr.get("/v1/workers/w1/results/2025-03?rulebook=street").json
    assert [line["points"] for line in said["lines"] if line["id"] == "crossing"] == ["2.00"]
    assert county.hr.get("/v1/workers/w4/results/2025-03?rulebook=street").status_code == 404


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"indicators": [OWN, {**OWN, "id": "second"}]}, "/indicators", "extension.items"),
        ({"indicators": [{**OWN, "max": "3"}]}, "/indicators/0/max", "extension.points"),
        (
            {"indicators": [{**OWN, "take": {"count": {"event": "nothing"}}}]},
            "/indicators/0/take/count/event",
            "type.unknown",
        ),
    ],
)
def test_a_street_adds_no_more_than_its_parent_lets_it(county: County, changes: Any, pointer: str, code: str) -> None:
    county.rule(rulebook(**PARENT))
    with nothing_written(county):
        assert (pointer, code) in assert_problem(draft(county.hr, extension(**changes)), 422, "request.invalid")


def reading(other: str) -> dict[str, Any]:
    """A measure that reads the same month's total under another rulebook."""
    take = {"latest": {"results": "month", "rulebook": other, "period": "same"}}
    return {"id": "elsewhere", "title": "另一办法", "take": take, "no_data": "unmet"}


def test_rulebooks_that_read_each_other_are_refused(county: County) -> None:
    county.rule(rulebook(rulebook="first", version="1", applies_to=HEADS, measures=[reading("second")]))
    assert draft(county.hr, rulebook(rulebook="second", version="1", measures=[reading("first")])).status_code == 201
    with nothing_written(county):
        answer = county.publish("second", "1")
    assert_problem(answer, 409, "rulebook.circle")


def test_the_ranking_tells_the_share_that_is_aimed_at_beside_the_one_there_is(county: County) -> None:
    book = rulebook(version="2", effective={"from": "2025-02"})
    book["tiers"][1]["quota"] = {"about": "80%", "of": "due"}
    county.rule(book)
    said = county.hr.get("/v1/rankings/2025-03").json["shares"]
    tier = book["tiers"][1]["id"]
    assert {share["tier"] for share in said} == {tier}
    assert {share["about"] for share in said} == {"80%"}
    assert sum(share["of"] for share in said) == 6
