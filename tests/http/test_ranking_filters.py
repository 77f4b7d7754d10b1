"""/v1/rankings narrowed: by organisation with all below it, tier, no-tier reason and outcome."""

from typing import Any

import pytest

from tests.county import TYPES, County, visit
from tests.http.asking import assert_problem, rulebook

STREETS = {"north": ["n1", "n2"], "south": ["s1"]}


@pytest.fixture(scope="module")
def nested(module_url: str, shared: County) -> County:
    """Eight workers in the communities of two streets, one peer group, one of them too short in service; published."""
    county = County.empty(module_url, shared.database)
    organisations = [{"id": "county", "kind": "county", "title": "县"}]
    for street, communities in STREETS.items():
        organisations.append({"id": street, "kind": "street", "title": street, "parent": "county"})
        organisations += [{"id": c, "kind": "community", "title": c, "parent": street} for c in communities]
    places = ["n1", "n1", "n2", "n2", "s1", "s1", "s1", "north"]
    county.state(organisations, [worker(f"w{n}", place) for n, place in enumerate(places, 1)])
    county.state([], [worker("w4", "n2", "2025-03-25")])
    county.declare(TYPES)
    county.rule(rulebook(participation={"min_service_days": {"month": "10"}}))
    county.send(*(visit(f"w{n}", f"h{k}") for n in range(1, 8) for k in range(n % 4)))
    county.hr.post("/v1/periods/2025-03/close")
    county.hr.post("/v1/periods/2025-03/publish")
    return county


def worker(identifier: str, organisation: str, since: str = "2024-01-01") -> dict[str, Any]:
    """A member of staff."""
    return {"id": identifier, "assignments": [{"organisation": organisation, "post": "staff", "from": since}]}


def workers(items: list[dict[str, Any]]) -> set[str]:
    """Whom a page is about."""
    return {item["subject"].removeprefix("worker/") for item in items}


@pytest.mark.parametrize("view", ["standing", "revision"])
@pytest.mark.parametrize(
    ("under", "found"),
    [
        ("county", {"w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"}),
        ("north", {"w1", "w2", "w3", "w4", "w8"}),
        ("n2", {"w3", "w4"}),
        ("s1", {"w5", "w6", "w7"}),
    ],
)
def test_an_organisation_stands_for_all_below_it_and_ranks_stay(
    nested: County, view: str, under: str, found: set[str]
) -> None:
    whole = nested.ranking("2025-03", view=view)
    items = nested.ranking("2025-03", view=view, under=under)
    assert workers(items) == found
    assert items == [item for item in whole if item in items]


@pytest.mark.parametrize("view", ["standing", "revision"])
def test_who_has_no_tier_for_a_reason(nested: County, view: str) -> None:
    assert workers(nested.ranking("2025-03", view=view, no_tier="service_short")) == {"w4"}
    assert nested.ranking("2025-03", view=view, no_tier="data_missing") == []


@pytest.mark.parametrize("view", ["standing", "revision"])
def test_for_whom_an_outcome_follows(nested: County, view: str) -> None:
    items = nested.ranking("2025-03", view=view, outcome="talk")
    assert items
    assert items == [item for item in nested.ranking("2025-03", view=view) if "talk" in item["outcomes"]]


def test_filters_hold_together(nested: County) -> None:
    items = nested.ranking("2025-03", under="north", tier="incompetent", group="staff")
    whole = nested.ranking("2025-03")
    assert workers(items) == {"w1", "w2", "w3", "w8"} & {
        item["subject"].removeprefix("worker/") for item in whole if item.get("tier") == "incompetent"
    }


def test_a_revision_keeps_the_tree_that_it_read(nested: County) -> None:
    """Invariant 12: what is published doesn't move when an organisation does."""
    before = nested.ranking("2025-03", under="north")
    nested.state([{"id": "n2", "kind": "community", "title": "n2", "parent": "south"}], [])
    assert nested.ranking("2025-03", under="north") == before
    assert workers(nested.ranking("2025-03", under="north", view="standing")) == {"w1", "w2", "w8"}
    nested.state([{"id": "n2", "kind": "community", "title": "n2", "parent": "north"}], [])


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("under=nowhere", [("/under", "subject.unknown")]),
        ("no_tier=sick", [("/no_tier", "code.unknown")]),
        ("outcome=medal", [("/outcome", "code.unknown")]),
        ("tier=basic&no_tier=service_short", [("/no_tier", "words.exclusive")]),
        ("tier=platinum&outcome=medal&under=nowhere", [(f"/{f}", "") for f in ("tier", "outcome", "under")]),
    ],
)
def test_what_there_is_not_is_refused_at_its_parameter(
    nested: County, query: str, errors: list[tuple[str, str]]
) -> None:
    found = assert_problem(nested.hr.get(f"/v1/rankings/2025-03?{query}"), 422, "request.invalid")
    assert [pointer for pointer, _ in found] == [pointer for pointer, _ in errors]
    assert all(wanted in ("", code) for (_, code), (_, wanted) in zip(found, errors, strict=True))
