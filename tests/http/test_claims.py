"""Two rulebooks that claim one subject for one period: none is published, and no period in which they do is settled."""

from typing import Any

import pytest

from tests.county import GROUNDS, County
from tests.http.asking import as_yaml, assert_problem, nothing_written, rulebook

Said = dict[str, Any]

STREETS = [{"id": street, "kind": "street", "title": street, "parent": "county"} for street in ("north", "south")]
HOMES = [
    {"id": home, "kind": "community", "title": home, "parent": street}
    for home, street in (("pine", "north"), ("oak", "north"), ("birch", "south"))
]


@pytest.fixture
def town(fresh: County) -> County:
    """The small county, whose rulebook is for its staff, with two streets and the heads who serve there."""
    heads = [
        {"id": f"h-{home['id']}", "assignments": [{"organisation": home["id"], "post": "head", "from": "2024-01-01"}]}
        for home in HOMES
    ]
    fresh.state([*STREETS, *HOMES], heads)
    return fresh


def of_heads(name: str, under: str, *excepted: str, first: str = "2025-01", **changes: Any) -> Said:
    """A rulebook for the heads in a part of the tree."""
    cohort: Said = {"posts": ["head"], "under": under} | ({"except": list(excepted)} if excepted else {})
    return rulebook(rulebook=name, applies_to=cohort, effective={"from": first}, **changes)


def of_communities(name: str, under: str) -> Said:
    """A rulebook about communities: without what is only said of workers."""
    book = rulebook(rulebook=name, subject="organisation", applies_to={"kinds": ["community"], "under": under})
    del book["assignment"]
    item = {**book["indicators"][1], "take": {"fixed": "5"}}
    only = {"indicators": [{**item, "max": "100", "give": "as_is"}], "negative_list": [], "outcomes": []}
    only |= {
        "categories": [{"id": "service", "title": "服务", "max": "100"}],
        "peer_groups": {**book["peer_groups"], "by": []},
    }
    only |= {"tiers": [{"id": "good", "title": "好", "otherwise": "true"}]}
    parts = [
        {
            "id": "months",
            "title": "月均",
            "take": {"mean": {"results": "month"}},
            "weight": "100%",
            "no_data": "missing",
        }
    ]
    return {**book, **only, "rollup": {"year": {"min_periods": "1", "parts": parts}}}


def drafted(county: County, book: Said) -> str:
    """The address of a draft."""
    answer = county.hr.post_text("/v1/rulebooks", as_yaml(book), "application/yaml")
    assert answer.status_code == 201, answer.json
    return f"/v1/rulebooks/{book['rulebook']}@{book['version']}/publish"


def refused(county: County, book: Said, *words: str) -> None:
    """The rulebook is not published, for another claims the same; these words are in the sentence."""
    at = drafted(county, book)
    with nothing_written(county):
        answer = county.approver.post(at, GROUNDS)
    assert_problem(answer, 409, "rulebook.claimed")
    for word in words:
        assert word in (answer.json or {})["title"]


def test_who_is_claimed_already_cannot_be_claimed_again(town: County) -> None:
    """The sentence names the other rulebook, the first period that both would rule, and some of the subjects."""
    town.rule(of_heads("heads", "county", first="2025-03"))
    refused(town, of_heads("again", "north"), "heads@2025-1", "2025-03", "worker/h-oak, worker/h-pine")


def test_it_does_not_matter_whether_anybody_serves_there_today(town: County) -> None:
    town.state([{"id": "empty", "kind": "community", "title": "empty", "parent": "south"}], [])
    town.rule(of_heads("heads", "county"))
    refused(town, of_heads("again", "empty"), "heads@2025-1", "such as: -")
    town.rule(of_heads("nowhere", "nowhere"))
    refused(town, of_heads("nowhere-too", "nowhere"), "nowhere@2025-1")


def test_parts_that_do_not_meet_are_published(town: County) -> None:
    """By the tree, by what is excepted, by posts, by kind of subject."""
    town.rule(of_heads("north", "north", "pine"))
    town.rule(of_heads("pine", "pine"))
    town.rule(of_heads("rest", "county", "north"))
    town.rule({**of_heads("deputies", "county"), "applies_to": {"posts": ["deputy"], "under": "county"}})
    town.rule(of_communities("communities", "county"))


def test_organisations_are_claimed_once_too(town: County) -> None:
    town.rule(of_communities("communities", "county"))
    refused(town, of_communities("again", "south"), "communities@2025-1", "organisation/birch")


def test_versions_of_one_rulebook_follow_each_other(town: County) -> None:
    """One rulebook claims its subjects once, whatever its versions say."""
    town.rule(of_heads("heads", "county"))
    town.rule(of_heads("heads", "north", first="2025-06", version="2"))


def test_where_the_other_has_left_there_is_room(town: County) -> None:
    """A later version of the other excepts a street: from that period on the street may have its own."""
    town.rule(of_heads("heads", "county"))
    town.rule(of_heads("heads", "county", "south", first="2025-06", version="2"))
    refused(town, of_heads("south", "south", first="2025-05"), "heads@2025-1", "2025-05")
    town.rule(of_heads("own", "south", first="2025-06"))


def test_a_version_between_is_asked_for_the_time_in_which_it_rules(town: County) -> None:
    town.rule(of_heads("heads", "north", first="2025-01"))
    town.rule(of_heads("heads", "north", first="2025-04", version="4"))
    town.rule(of_heads("south", "south", first="2025-04"))
    town.rule(of_heads("heads", "county", first="2025-03", version="3"))


def test_months_and_years_of_the_same_people_may_be_two_rulebooks(town: County) -> None:
    """They have no period in common."""
    months = of_heads("months", "county", periods={**rulebook()["periods"], "rollups": []})
    town.rule({key: said for key, said in months.items() if key != "rollup"})
    years = of_heads("years", "county", first="2025", periods={**rulebook()["periods"], "base": "year", "rollups": []})
    years["participation"] = {"min_service_days": {}}
    years["outcomes"] = []
    town.rule({key: said for key, said in years.items() if key != "rollup"})


def test_a_move_of_organisations_does_not_pass_in_silence(town: County) -> None:
    """The tree was cut cleanly; then a street came under another, and no period of the two rulebooks is settled."""
    town.rule(of_heads("north", "north"))
    town.rule(of_heads("south", "south"))
    town.state([{**STREETS[1], "parent": "north"}], [])
    for name, other in (("north", "south@2025-1"), ("south", "north@2025-1")):
        with nothing_written(town):
            answer = town.hr.post(f"/v1/periods/2025-03/close?rulebook={name}")
        assert_problem(answer, 409, "period.claimed")
        assert other in (answer.json or {})["title"]
        assert "worker/h-birch" in (answer.json or {})["title"]
        [block] = town.hr.get(f"/v1/periods/2025-03/checklist?rulebook={name}").json["blocks"]
        assert (block["code"], block["about"], block["subjects"]) == ("period.claimed", [other], ["worker/h-birch"])
    town.rule(of_heads("north", "north", "south", first="2025-02", version="2"))
    assert town.hr.post("/v1/periods/2025-03/close?rulebook=north").status_code == 200
    assert town.hr.post("/v1/periods/2025-03/publish?rulebook=north").status_code == 200


def test_a_move_after_the_close_holds_the_publication(town: County) -> None:
    town.rule(of_heads("north", "north"))
    town.rule(of_heads("south", "south"))
    assert town.hr.post("/v1/periods/2025-03/close?rulebook=north").status_code == 200
    town.state([{**STREETS[1], "parent": "north"}], [])
    assert_problem(town.hr.post("/v1/periods/2025-03/publish?rulebook=north"), 409, "period.claimed")
    town.state([STREETS[1]], [])
    assert town.hr.post("/v1/periods/2025-03/publish?rulebook=north").status_code == 200


def test_who_moves_within_a_period_has_a_result_under_each(town: County) -> None:
    """Each of his assignments is claimed once."""
    town.rule(of_heads("north", "north"))
    town.rule(of_heads("south", "south"))
    stays = [("oak", "2024-01-01", "2025-03-11"), ("birch", "2025-03-11", None)]
    assigned = [{"organisation": o, "post": "head", "from": since, "to": until} for o, since, until in stays]
    town.state([], [{"id": "h-oak", "assignments": assigned}])
    days = {
        name: town.hr.get(f"/v1/workers/h-oak/results/2025-03?rulebook={name}").json["service_days"]  # type: ignore[index]
        for name in ("north", "south")
    }
    assert days == {"north": 10, "south": 21}
    assert town.hr.post("/v1/periods/2025-03/close?rulebook=north").status_code == 200
