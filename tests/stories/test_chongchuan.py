"""Chongchuan, six years long: communities that are in front or too young to say, secretaries who are selected for few
seats, and a ladder that people climb in the middle of years.

What happens stands in chongchuan_facts.py and chongchuan.py; what must come of it was worked out by hand, in the
comments here.
"""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
import yaml
from click.testing import CliRunner

from oracle import appraise
from service.cli import main
from tests.computation import worlds
from tests.conftest import opened
from tests.county import County
from tests.http.asking import assert_problem
from tests.stories.chongchuan import COMMUNITIES, PEOPLE, District, Said, six_years
from tests.stories.chongchuan_facts import YEARS, event_types

SEAT = ("place", "seats", "used", "left")


@pytest.fixture(scope="module")
def district(module_url: str) -> Iterator[District]:
    """The district at the end of the six years; no test changes it."""
    for database in opened(module_url):
        yield six_years(County.empty(module_url, database))


def placed(items: list[Said]) -> dict[str, tuple[str, int | None, str | None]]:
    """Total, rank and tier of each subject of a ranking, by its id alone."""
    return {one["subject"].partition("/")[2]: (one["total"], one["rank"], one["tier"]) for one in items if one["rank"]}


def points(result: Said) -> dict[str, str]:
    """The points of each item."""
    return {line["id"]: line["points"] for line in result["lines"]}


def who(items: list[Said]) -> list[tuple[str, str]]:
    """Outcome and person of each item, each told in both languages."""
    for item in items:
        assert not item["sentence"]["zh"].isascii()
        assert item["sentence"]["en"].removeprefix(f"{item['id']} ({item['ref']})").isascii()
        assert item["ref"] in item["sentence"]["zh"]
    return [(item["id"], item["subject"].removeprefix("worker/")) for item in items]


def seats(items: list[Said]) -> dict[str, tuple[int, ...]]:
    """Of each candidate for the selection, its place among them, the seats, those used, and those left."""
    return {one["subject"].removeprefix("worker/"): tuple(one[key] for key in SEAT) for one in items if "place" in one}


# The communities.


def test_communities_are_ranked_on_four_components_with_a_minimum_in_each(district: District) -> None:
    """Invariant 11: 30 % of eight is 2.4, two seats; of nine 2.7, three."""
    ordinary = ("bamboo", "cedar", "orchid", "plum", "willow")
    assert placed(district.ranking(2023, COMMUNITIES)) == {
        "lotus": ("97.00", 1, "leading"),  # 24 + 24 + 25 + (14 + 10)
        "pine": ("94.00", 2, "leading"),  # 23 + 23 + 25 + (13 + 10)
        "maple": ("92.00", 3, "good"),  # 25 + 17 + 25 + (15 + 10)
        **dict.fromkeys(ordinary, ("82.00", 4, "good")),  # 19 + 19 + 25 + (9 + 10)
    }
    # Ninety-two points come before ninety-one, but the seat goes past 17 of civility, where 18 are needed.
    assert placed(district.ranking(2024, COMMUNITIES)) == {
        "lotus": ("97.00", 1, "leading"),
        "pine": ("94.00", 2, "leading"),
        "maple": ("92.00", 3, "good"),
        "reed": ("91.00", 4, "leading"),  # 22 + 22 + 25 + (12 + 10), in its first year
        **dict.fromkeys(ordinary, ("82.00", 5, "good")),
    }
    failed = [gate for gate in district.result("organisation/maple", 2024)["gates"] if not gate["holds"]]
    assert [gate["sentence"]["en"] for gate in failed] == [
        "leading needs at least 18 points in the category civility (has 17): it does not hold."
    ]


def test_two_incidents_end_a_year_in_front(district: District) -> None:
    """Nobody else reaches 85 that year, so a seat stays empty."""
    pine = district.result("organisation/pine", 2021)
    assert (pine["total"], pine["tier"], points(pine)["incidents"]) == ("84.00", "good", "15.00")  # 94 - 2 * 5
    assert [year for year in YEARS if _leads(district, "pine", year)] == [2020, 2022, 2023, 2024]
    assert all(_leads(district, "lotus", year) for year in YEARS)


def _leads(district: District, place: str, year: int) -> bool:
    return bool(district.result(f"organisation/{place}", year)["tier"] == "leading")


# The secretaries.


def test_six_years_are_counted_to_the_day_over_an_interruption(district: District) -> None:
    """From 2017-03-01 to 2019-03-01 are 24 months, from 2021-01-02 to the end of 2024 are 47, a day short of 48."""
    months = {year: _measure(district, "pine-1", year, "secretary_months") for year in (2021, 2024, 2025)}
    assert months == {2021: "35", 2024: "71", 2025: "83"}
    # So in 2024, with the community in front for three years, 85 points and the first place, it isn't even a candidate.
    assert _measure(district, "pine-1", 2024, "community_before") == "2"
    assert placed(district.ranking(2024, PEOPLE, group="secretary"))["pine-1"] == ("85.00", 1, "competent")
    said = district.result("worker/pine-1", 2024)
    assert (said["outcomes"], said["not_chosen"], said["unanswered"]) == ([], [], [])


def _measure(district: District, worker: str, year: int, name: str) -> str | None:
    [measure] = [one for one in district.result(f"worker/{worker}", year)["measures"] if one["id"] == name]
    return str(measure["number"]) if measure["number"] else None


def test_seats_of_five_years_are_used_by_whoever_was_appointed(district: District) -> None:
    """Invariant 11. Willow's secretary, who stayed, was appointed in 2020, orchid's in 2022 and has left since."""
    # 30 % of eight secretaries in 2022, and of nine from 2023 on, are 2.4 and 2.7: two seats, and both are used. (In
    # 2023 the one who left and the one who came are both secretaries of the year.)
    for year in (2022, 2023, 2024):
        assert seats(district.outcomes(year, "not_chosen")) == {"lotus-1": (1, 2, 2, 0)}
        assert district.outcomes(year, outcome="selected") == []
    [missed] = district.outcomes(2024, "not_chosen")
    assert missed["sentence"]["en"] == (
        "selected (第十一条、第十二条): not chosen, candidate 1 (seats 2, used 2, left 0)."
    )
    # The sixty months to the end of 2025 begin with 2021, so the seat of 2020 is free again: for the better one of two.
    assert seats(district.outcomes(2025, revision=1)) == {"pine-1": (1, 2, 1, 1)}  # 38 + 29 + 18 = 85
    assert seats(district.outcomes(2025, "not_chosen", revision=1)) == {"lotus-1": (2, 2, 1, 1)}  # 36 + 27 + 18 = 81


def test_a_young_community_is_no_answer_rather_than_a_no(district: District) -> None:
    """Invariant 13. Its secretary has served for long, elsewhere; the community is in front, since it was founded."""
    for year, known in ((2024, 0), (2025, 1)):
        [open_] = district.outcomes(year, "insufficient_history")
        measures = {one["id"]: one for one in open_["measures"]}
        assert (open_["id"], open_["subject"], open_["organisation"]) == ("selected", "worker/plum-1", "reed")
        assert (measures["community_now"]["code"], measures["community_before"]["count"]) == ("leading", known)
        assert measures["community_before"]["sentence"]["zh"].endswith("，取决于它的结果运用暂不认定。")
    assert _measure(district, "plum-1", 2025, "secretary_months") == "192"  # sixteen years from 2010 on
    # At plum, which was never in front, the same secretary had an answer; so had everybody but lotus's in 2020 and
    # 2021, when the service knew none or one of the two years before.
    assert district.result("worker/plum-1", 2023)["unanswered"] == []
    told = {year: who(district.outcomes(year, "insufficient_history")) for year in (2020, 2021, 2022, 2023)}
    assert told == {2020: [("selected", "lotus-1")], 2021: [("selected", "lotus-1")], 2022: [], 2023: []}


# The ladder.


def test_a_career_over_four_posts_is_one_history(district: District) -> None:
    """Invariant 10: once a year, in the post with the most days; and what was, stays."""
    steps = {year: district.result("worker/climber", year) for year in YEARS}
    assert {year: (one["post"], one["organisation"], one["group"]) for year, one in steps.items()} == {
        2020: ("grid_worker", "lotus", "grid_worker"),
        2021: ("grid_worker", "lotus", "grid_worker"),
        2022: ("reserve", "lotus", "reserve"),  # 120 days before 1 May, 245 from then on
        2023: ("community_worker", "pine", "community_worker"),  # again 120 and 245
        2024: ("community_worker", "pine", "community_worker"),  # 227 days before 15 August, 139 from then on
        2025: ("deputy", "cedar", "deputy"),
    }
    assert {year: (one["total"], one["rank"], one["tier"]) for year, one in steps.items()} == {
        2020: ("77.00", 1, "competent"),  # 34 + 25 + 18; four others have as many or fewer
        2021: ("93.50", 1, "excellent"),  # 38 + 28 + (14 / 3 - 1) * 7.5; 20 % of six is one seat
        2022: ("87.00", 1, "competent"),  # 36 + 26 + (13 / 3 - 1) * 7.5
        2023: ("97.00", 1, "excellent"),  # 38 + 29 + 30; 20 % of five is one seat
        2024: ("77.00", 1, "competent"),
        2025: ("77.00", 2, "competent"),
    }
    following = {year: [one["id"] for one in said["outcomes"]] for year, said in steps.items()}
    assert following == {
        **{year: [] for year in YEARS},
        2021: ["reserve_candidate"],
        2022: ["community_worker_candidate"],
        2023: ["deputy_candidate"],
    }


def test_the_first_fifth_of_the_grid_workers_and_then_the_conditions(district: District) -> None:
    """20 % of six is 1.2, so two are looked at; nobody moves up from behind for one who fails."""
    ranked = placed(district.ranking(2021, PEOPLE, group="grid_worker"))
    assert [ranked[one] for one in ("climber", "grid-2", "grid-3")] == [
        ("93.50", 1, "excellent"),
        ("86.00", 2, "competent"),  # 39 + 29 + 18: two ratings are too few, and 18 of recognition are less than 24
        ("83.00", 3, "competent"),  # 34 + 24 + 25: enough in each, but the third
    ]
    assert points(district.result("worker/grid-3", 2021))["rating"] == "25.00"  # 13 / 3 is 4.3333; 3.3333 * 30 / 4
    assert who(district.outcomes(2021, outcome="reserve_candidate")) == [("reserve_candidate", "climber")]


def test_an_honour_of_the_year_before_leads_to_the_post(district: District) -> None:
    """It gives points in its own year only, but opens the way for two."""
    told = {year: district.result("worker/deputy-1", year) for year in (2021, 2022, 2023, 2024)}
    assert {year: (one["total"], points(one)["honour"]) for year, one in told.items()} == {
        2021: ("79.00", "0.00"),  # 35 + 26 + 18
        2022: ("83.00", "4.00"),
        2023: ("79.00", "0.00"),
        2024: ("79.00", "0.00"),
    }
    # Second in 2021 and in 2023; only then there is the honour.
    assert {year: (one["rank"], [o["id"] for o in one["outcomes"]]) for year, one in told.items()} == {
        2021: (2, []),
        2022: (1, ["secretary_candidate"]),
        2023: (2, ["secretary_candidate"]),
        2024: (4, []),
    }
    assert told[2024]["post"] == "secretary"


def test_results_outlive_who_leaves(district: District) -> None:
    """Who left on 1 July 2023 served 181 days of that year, of 180 that are needed."""
    left = district.result("worker/orchid-1", 2023)
    assert (left["service_days"], left["total"], left["tier"]) == (181, "77.00", "competent")
    asked = f"/v1/workers/orchid-1/results/2024?rulebook={PEOPLE}"
    assert_problem(district.county.hr.get(asked), 404, "resource.unknown")
    assert [district.result("worker/orchid-1", year)["post"] for year in range(2020, 2024)] == ["secretary"] * 4
    # 30 % of nine secretaries in 2023 needs both of that year.
    assert {"orchid-1", "orchid-2"} < placed(district.ranking(2023, PEOPLE, group="secretary")).keys()


def test_how_many_moved_up_is_a_list_by_step(district: District) -> None:
    """And everybody has one tier or one reason for none, every year."""
    steps = Counter(outcome for year in YEARS for outcome, _ in who(district.outcomes(year)))
    assert steps == {
        "selected": 1,
        "reserve_candidate": 1,
        "community_worker_candidate": 1,
        "deputy_candidate": 1,
        "secretary_candidate": 6,  # one a year until 2022 and in 2025, two in 2023, none of two deputies in 2024
    }
    everybody = {year: len(district.ranking(year, PEOPLE)) for year in YEARS}
    # 22 in 2020; then pine's secretary; in 2023 both of orchid; then one fewer; in 2025 a newcomer.
    assert everybody == {2020: 22, 2021: 23, 2022: 23, 2023: 24, 2024: 23, 2025: 24}
    newcomer = district.result("worker/newcomer", 2025)
    assert (newcomer["service_days"], newcomer["no_tier"], newcomer["rank"]) == (153, "service_short", None)


# What is published, when, and how it is corrected.


def test_people_are_not_published_before_their_communities(district: District) -> None:
    """But with a reason: then there is no community to go by, which is told, and put right by a correction."""
    assert_problem(district.answers["too early"], 409, "results.unpublished")
    first, second = district.runs(2023)
    assert [(one["step"], one["overridden"]) for one in first["forced"]] == [("publish", ["results.unpublished"])]
    assert second["forced"] == []
    [open_] = district.outcomes(2023, "insufficient_history", revision=1)
    measures = {one["id"]: one["number"] or one["code"] for one in open_["measures"]}
    assert (open_["subject"], measures["community_now"], measures["community_before"]) == ("worker/lotus-1", None, "2")
    [drifted] = district.answers["drift of 2023"]["items"]
    assert (drifted["subject"], [one["code"] for one in drifted["because"]]) == ("worker/lotus-1", ["results"])
    assert seats(district.outcomes(2023, "not_chosen", revision=2)) == {"lotus-1": (1, 2, 2, 0)}


def test_results_are_shown_contested_and_final(district: District) -> None:
    """Published on Monday 13 January 2025: five working days are 14, 15, 16, 17 and 20 January."""
    answers = district.answers
    assert_problem(answers["in the notice"], 409, "notice.running")
    assert "2025-01-20" in answers["in the notice"].json["title"]
    # Made on the 14th, answered in ten working days: 15 to 17, 20 to 24, Sunday 26, which is worked, and 27 January.
    assert (answers["objection"]["state"], answers["objection"]["answer_by"]) == ("open", "2025-01-27")
    assert_problem(answers["open objection"], 409, "objection.open")
    assert_problem(answers["by who entered it"], 403, "objection.second_person")
    assert (answers["decided"]["state"], answers["decided"]["answered_by"]) == ("rejected", None)
    [run] = district.runs(2024)
    assert (run["revision"], run["forced"]) == (1, [])
    told = [
        one for one in district.read("/v1/periods")["items"] if (one["rulebook"], one["period"]) == (PEOPLE, "2024")
    ]
    assert [(one["state"], one["notice_until"], one["objections_until"]) for one in told] == [
        ("final", "2025-01-20", "2025-01-20")
    ]


def test_a_community_that_is_corrected_marks_and_moves_its_people(district: District) -> None:
    """Invariant 12: nothing moves by itself; the drift names whom a correction moves, and the correction moves them."""
    assert [district.result("organisation/pine", 2025, n)["total"] for n in (1, 2)] == ["94.00", "84.00"]
    read = {"rulebook": COMMUNITIES, "period": "2025", "revision": 1}
    assert district.answers["marked"] == [{**read, "newest": 2, "state": "provisional"}]
    drift = {one["subject"]: one for one in district.answers["drift of 2025"]["items"]}
    assert {subject: {cause["code"] for cause in one["because"]} for subject, one in drift.items()} == {
        "worker/pine-1": {"results"},
        "worker/lotus-1": {"others"},
    }
    # Pine isn't in front any longer, so the seat that is left goes to the other candidate, now the only one.
    assert [who(district.outcomes(2025, revision=n, outcome="selected")) for n in (1, 2)] == [
        [("selected", "pine-1")],
        [("selected", "lotus-1")],
    ]
    assert seats(district.outcomes(2025)) == {"lotus-1": (1, 2, 1, 1)}
    assert district.outcomes(2025, "not_chosen") == []
    now = district.read(f"/v1/rankings/2025?rulebook={PEOPLE}&state=final")
    assert (now["revision"], now["inputs_revised"]) == (2, [])


def test_the_outcomes_give_their_reasons(district: District) -> None:
    """For who acts on them: what followed, where the person stands, and each number that the condition asks for."""
    [selected] = district.outcomes(2025, outcome="selected", state="final")
    assert selected["sentence"]["en"] == (
        "selected (第十一条、第十二条): the post secretary (has secretary) and the tier excellent | competent (has"
        " competent) and at least 72 in secretary_months (has 144) and community_now = leading (has leading)"
        " and at least 2 in community_before (has 2) and less than 1 in appointed (has 0), candidate 1 (seats 2,"
        " used 1, left 1)."
    )
    numbers = {one["id"]: one["number"] or one["code"] for one in selected["measures"]}
    assert numbers == {
        "secretary_months": "144",  # twelve years from 2014 on
        "community_now": "leading",
        "community_before": "2",
        "appointed": "0",
    }
    assert (selected["organisation"], selected["total"], selected["tier"]) == ("lotus", "81.00", "competent")


def test_every_run_holds_and_nobody_would_move(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariants 5 and 9: computed once more, each of the fifteen runs is what it was, and so is each standing."""
    monkeypatch.setenv("DATABASE_URL", district.county.url)
    ended = CliRunner().invoke(main, ["verify", "--tenant", district.county.tenant, "--json"])
    assert ended.exit_code == 0, ended.output
    assert [one["wrong"] for one in json.loads(ended.output)] == [[]] * 15
    assert all(district.read(f"/v1/periods/{year}/drift?rulebook={PEOPLE}")["items"] == [] for year in YEARS)


@pytest.mark.parametrize("identifier", [COMMUNITIES, PEOPLE])
def test_the_oracle_says_the_same_of_every_year(district: District, identifier: str) -> None:
    """Invariants 6 and 10, of everybody: from the events, and the roster as it was known when a year ended."""
    books = {name: yaml.load(text, yaml.BaseLoader) for name, text in district.books.items()}
    others = [book for name, book in books.items() if name != identifier]
    final = [(name, str(year)) for name in books for year in YEARS]
    for year in YEARS:
        facts = (event_types(), district.rosters[year], district.events, str(year), others, final)
        expected = appraise(books[identifier], *facts)
        found = {
            one["subject"]: worlds.as_result(district.result(one["subject"], year), books[identifier])
            for one in district.ranking(year, identifier)
        }
        assert worlds.differences(expected, found) == []
