"""The traps of real regulations that have to do with time, with what was published, and with who is who.

Each is put to the service over HTTP; until a period is published the oracle is asked as well (see town.py).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.computation import worlds
from tests.computation.town import Opened, months, people, tiers_of, worker
from tests.http.asking import assert_problem
from tests.oracle.cases import assignment, community_book, event, line, on, rulebook, worked

YEARLY = """
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
rollup:
  year:
    min_periods: 6
    parts: [{id: months, title: 月度平均, take: {mean: {results: month}}, weight: 100%, no_data: missing}]
"""


def test_a_month_with_no_assignment_is_no_month_of_the_mean(opened: Opened) -> None:
    """A month without work counts as nought for who served in it, and not at all for who didn't."""
    served = people(
        worker("whole", assignment()),
        worker("from-april", assignment(since="2025-04-01")),
        worker("with-a-gap", assignment(to="2025-05-01"), assignment(since="2025-06-01")),
        worker("one-day", assignment(to="2025-03-02"), assignment(since="2025-04-01")),
        worker("five-months", assignment(since="2025-08-01")),
    )
    absent = {"from-april": [1, 2, 3], "with-a-gap": [5]}
    happened = [
        one
        for name, months_away in absent.items()
        for month in range(1, 13)
        if month not in months_away
        for one in worked({name: "90"}, on(f"{month:02}-10"))
    ]
    town = opened(rulebook(YEARLY), people=served, events=[*happened, *worked({"whole": "84"})])
    found = town.results("2025")
    assert {name: f"{result.total} of {line(result, 'months').count}" for name, result in found.items()} == {
        "whole": "7 of 12",
        "from-april": "90 of 9",
        "with-a-gap": "90 of 11",
        "one-day": "0 of 12",
        "five-months": "0 of 5",
    }
    assert found["five-months"].no_tier == "few_periods"


def test_a_year_that_goes_on_has_as_many_months_as_have_begun(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle looks at years that are over, so that it isn't asked."""
    told = [one for month in (1, 2, 3) for one in worked({"a": "90"}, on(f"{month:02}-10"))]
    town = opened(rulebook(YEARLY.replace("min_periods: 6", "min_periods: 1")), people=people("a"), events=told)
    monkeypatch.setattr("service.clock.now", lambda: datetime(2025, 3, 20, tzinfo=UTC))
    assert town.result("worker/a", "2025")["total"] == "90.00"


def test_published_months_are_months_of_the_year_like_the_others(opened: Opened) -> None:
    """Also of a year that reads nothing of them."""
    book = rulebook("""
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
rollup:
  year:
    min_periods: 12
    parts: [{id: calls, title: 走访, take: {count: {event: visit.done}}, weight: 100%, no_data: zero}]
""")
    town = opened(book, people=people("a"))
    assert town.results("2025")["a"].no_tier is None
    town.publish("2025-01", "2025-02")
    assert town.results("2025")["a"].no_tier is None


def test_what_moves_a_month_moves_its_year_however_long_ago_it_was(opened: Opened) -> None:
    """Invariant 9: January looks back twelve months, and so does the year that is made of it."""
    names = [f"w{n:02}" for n in range(12)]
    window = """
indicators:
  - {id: calls, title: 走访, category: duty, take: {count: {event: visit.done, window: {last: 12}}}, give: {each: 12},
     max: 100, no_data: zero}
"""
    town = opened(rulebook(YEARLY + window), people=people(*names))
    assert town.results("2025")["w00"].total == 0
    town.send(event("visit.done", "w00", on("2024-02-10"), household="h"))
    # It counts in January alone, of twelve.
    assert town.results("2025")["w00"].total == 1


SANCTIONED = (
    YEARLY
    + """
effective: {from: 2022-07}
negative_list:
  - {id: warned, title: 警告, severity: serious, event: sanction.given, where: {kind: warning},
     lasts: {field: kind, months: {warning: 12, demerit: 24}}, ceiling: competent, binds: [month, year]}
"""
)


@pytest.mark.parametrize(
    ("day", "last_month"), [("2023-07-15", "2024-07"), ("2023-07-01", "2024-06"), ("2023-07-31", "2024-07")]
)
def test_a_twelve_month_sanction_that_starts_in_july(opened: Opened, day: str, last_month: str) -> None:
    """It caps every month that it touches and both years; on the day of the same number it is over."""
    every = [*months(2022, 7), *months(2023), *months(2024)]
    good = [one for month in every for one in worked({"a": "95"}, on(f"{month}-10"))]
    town = opened(
        rulebook(SANCTIONED), people=people("a"), events=[*good, event("sanction.given", time=on(day), kind="warning")]
    )
    asked = ["2023-06", "2023-07", "2023-12", "2024-01", "2024-06", "2024-07", "2024-08"]
    tiers = {period: town.results(period)["a"].tier for period in [*asked, "2022", "2023", "2024"]}
    capped = {period for period, tier in tiers.items() if tier == "competent"}
    assert capped == {*(month for month in asked if "2023-07" <= month <= last_month), "2023", "2024"}
    assert town.result("worker/a", "2024")["total"] == "95.00"


INVESTIGATED = """
measures:
  - id: open_cases
    title: 正在调查
    take:
      count:
        event: task.closed
        where: {kind: a}
        window: {last: 60}
        state: {event: honour.reviewed, same: case, field: decision, counts: [], without: counts, as_of: latest}
    no_data: zero
restrictions:
  - {id: investigated, title: 接受调查, when: {measure: open_cases, at_least: 1}, no_tier: under_investigation}
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, quota: {seats: 1, ties: none_of_them}}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
"""


def test_an_investigation_that_ends_a_year_later_moves_nobody_elses_published_tier(opened: Opened) -> None:
    """The tier is filled in by a completion: to the byte the others stay, and the one seat is theirs who has it.

    The live view is what a correction would publish, which would move others.
    """
    town = opened(rulebook(INVESTIGATED), people=people("a", "b", "c"))
    town.send(*worked({"a": "99", "b": "90", "c": "75"}), event("task.closed", "a", case="c1", kind="a"))
    before = town.results()
    assert (before["a"].tier, before["a"].no_tier, before["a"].rank) == (None, "under_investigation", None)
    assert tiers_of(before) == {"a": None, "b": "excellent", "c": "competent"}
    town.publish("2025-03")
    published, said = town.results(), town.result("worker/b")
    assert published == before
    town.send(event("honour.reviewed", "a", on("2026-03-20"), case="c1", decision="rejected"))
    assert town.results() == published
    assert town.result("worker/b") == said
    live = town.results(view="standing")
    assert tiers_of(live) == {"a": "excellent", "b": "competent", "c": "competent"}
    assert [live[name].rank for name in "abc"] == [1, 2, 3]
    town.complete("2025-03", "worker/a")
    completed = town.results()
    assert {name: completed[name] for name in "bc"} == {name: published[name] for name in "bc"}
    assert (completed["a"].tier, completed["a"].no_tier, completed["a"].rank) == ("competent", None, 1)
    assert {one.revision: one.wrong for one in town.verified()} == {1: [], 2: []}


def _towns_books() -> list[dict[str, Any]]:
    """Communities by what was said of them, and workers whose points are those of their community."""
    unit = community_book(
        """
indicators:
  - {id: unit, title: 社区考核, category: duty, take: {given: {event: unit.assessed}}, give: as_is, max: 100,
     no_data: zero}
"""
    )
    del unit["assignment"]
    reads = "{results: month, of: organisation, rulebook: communities, period: same, read: tier}"
    return [
        unit,
        rulebook(
            f"""
indicators:
  - id: team
    title: 社区等次
    category: duty
    take: {{latest: {reads}}}
    give: {{table: {{excellent: 100, competent: 80, incompetent: 60}}}}
    max: 100
    no_data: zero
"""
        ),
    ]


def test_a_community_that_is_opened_again_after_its_workers_were_scored(opened: Opened) -> None:
    """Before it is published the worker's result follows the community; what is published doesn't move with it."""
    town = opened(*_towns_books(), people=people("a"))
    for hour, points, total in (("09", "75", 80), ("10", "95", 100), ("11", "10", 60)):
        town.send(event("unit.assessed", "organisation/lotus", on("03-31", f"{hour}:00:00"), points=points))
        assert town.results()["a"].total == total
    town.publish("2025-03", rulebook="communities")
    town.publish("2025-03")
    said, communities = town.result("worker/a"), town.results(rulebook="communities")
    assert said["total"] == "60.00"
    late = event("unit.assessed", "organisation/lotus", on("03-31", "23:00:00"), points="99")
    town.send(late)
    assert communities["lotus"].total == 10
    standing = town.county.ranking("2025-03", rulebook="communities", view="standing")
    assert [one["total"] for one in standing if one["subject"] == "organisation/lotus"] == ["10.00"]
    town.correct("2025-03", worlds.identity(late), rulebook="communities")
    assert town.results(rulebook="communities")["lotus"].total == 99
    marked = {"rulebook": "communities", "period": "2025-03", "revision": 1, "newest": 2, "state": "provisional"}
    assert town.result("worker/a") == said | {"inputs_revised": [marked]}
    assert town.result("worker/a", view="standing")["total"] == "100.00"


def test_two_people_of_the_same_name_in_an_import(opened: Opened) -> None:
    """Ids decide: each has points of its own, whichever comes first in the file."""
    first, second = (worker(f"w{n}", name="王芳", phone=f"1380000000{n}") for n in (1, 2))
    town = opened(rulebook(), people=people(first, second), events=worked({"w1": "90", "w2": "71"}))
    assert tiers_of(town.results()) == {"w1": "excellent", "w2": "competent"}
    answer = town.county.hr.post("/v1/roster", {"workers": [second, first]})
    assert (answer.json or {}) == {"changed": [], "unchanged": 2, "errors": []}
    answer = town.county.hr.post("/v1/roster", {"workers": [first, {**second, "id": "w1"}]})
    assert ("/workers/1/id", "id.repeated") in assert_problem(answer, 422, "request.invalid")
    assert tiers_of(town.results()) == {"w1": "excellent", "w2": "competent"}


def _each(days: list[str], **data: Any) -> list[dict[str, Any]]:
    return [event("sanction.given", time=on(day), kind="warning", **data) for day in days]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("order", [1, -1])
def test_a_rule_that_ends_on_the_tenth(opened: Opened, late: bool, order: int) -> None:
    """The event of the 9th counts and so does that of the 10th, that of the 11th doesn't, whenever they arrive."""
    book = rulebook(
        """
indicators:
  - {id: visits, title: 专项, category: duty, give: {each: 10}, max: 100, no_data: zero,
     take: {count: {event: sanction.given, lasts: {until: ends_on}}}}
"""
    )
    town = opened(book, people=people("a"))
    happened = _each(["03-09", "03-10", "03-11"], ends_on="2025-03-10")[::order]
    for one in happened:
        if late:
            assert town.results()["a"].tier == "incompetent"
        town.send(one)
    assert town.results()["a"].total == 20
    assert town.results("2025-04")["a"].total == 0


@pytest.mark.parametrize("order", [1, -1])
def test_a_version_that_ends_with_february_counts_what_happened_until_then(opened: Opened, order: int) -> None:
    """A late entry keeps its date and so its version: ten points a visit until February, one from March on."""
    visits = """
indicators:
  - {{id: visits, title: 走访, category: duty, take: {{count: {{event: visit.done}}}}, give: {{each: {each}}}, max: 100,
     no_data: zero}}
"""
    town = opened(rulebook(visits.format(each=10)), people=people("a"))
    town.county.rule(rulebook(visits.format(each=1) + "version: 2\neffective: {from: 2025-03}"))
    moments = [on("02-28", "23:59:59"), on("03-01", "00:00:00")]
    for moment in moments[::order]:
        town.send(event("visit.done", "a", moment, household="h"))
        assert town.county.result("a", "2025-01")["total"] == "0.00"
    totals = [town.county.result("a", month) for month in ("2025-02", "2025-03")]
    assert [(said["total"], said["rulebook"]["version"]) for said in totals] == [("10.00", "1"), ("1.00", "2")]
