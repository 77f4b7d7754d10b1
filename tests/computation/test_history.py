"""What years together decide: final results, runs that are held up, and history that is too short.

Worked out by hand; what is open is compared with the oracle as well (see town.py).
"""

from typing import Any

import pytest
import yaml

from service import verification
from tests import golden
from tests.computation import worlds
from tests.computation.town import Node, Opened, Town, people, worker
from tests.oracle.cases import (
    assignment,
    attribute,
    community_book,
    event,
    on,
    rulebook,
    worked,
)

MARCH = "2025-03"
MISSING = """
indicators:
  - {id: work, title: 工作, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100,
     no_data: missing}
"""
YEARS = """
effective: {from: 2020}
periods: {base: year, rollups: [], timezone: Asia/Shanghai}
"""


def streak(no_tier: str = "breaks", enough: int = 1, when: str = "{measure: streak, at_least: 2}") -> Node:
    """A rulebook that praises who was excellent in the two months before."""
    return rulebook(f"""
measures:
  - {{id: streak, title: 连续优秀, no_data: unmet, take: {{running: {{results: month, period: {{before: 2}},
     tier: [excellent], no_tier: {no_tier}, at_least_n: {enough}}}}}}}
outcomes: [{{id: praise, title: 表扬, in: month, when: {when}}}]
{MISSING}""")


def tiers(excellent: int) -> list[Node]:
    """Two tiers, the better of which takes so much."""
    return [
        {"id": "excellent", "title": "优秀", "total_at_least": str(excellent)},
        {"id": "incompetent", "title": "不称职", "otherwise": "true"},
    ]


def monthly(**points: str) -> list[Node]:
    """Points of worker `a` by month, `m01` to `m12`."""
    return [one for month, given in points.items() for one in worked({"a": given}, on(f"{month[1:]}-10"))]


def outcome(result: Any) -> str:
    """What became of the only outcome."""
    return "follows" if result.outcomes else "unanswered" if result.unanswered else "denied"


def verified(town: Town) -> list[list[str]]:
    """What is wrong with each stored run."""
    return [one.wrong for one in verification.verify(town.county.database, town.county.tenant_id)]


def test_a_run_reads_what_is_final_and_a_standing_what_there_is(opened: Opened) -> None:
    """Invariant 5: and computed again, each run reads what it read then."""
    town = opened(streak(enough=2), people=people("a"), events=monthly(m01="90", m02="90", m03="90"))
    town.publish("2025-01", "2025-02")
    assert outcome(town.results(MARCH)["a"]) == "follows"
    odd = town.county.hr.get(f"/v1/periods/{MARCH}/checklist").json["odd"]
    told = [one["about"] for one in odd if one["code"] == "results.not_final"]
    assert told == [["yunhe 2025-01"], ["yunhe 2025-02"]]
    town.publish(MARCH)
    said = town.result("worker/a", MARCH)
    assert (said["outcomes"], said["measures"][0]["number"]) == ([], None)
    [unanswered] = said["unanswered"]
    assert (unanswered["id"], unanswered["why"], unanswered["measures"]) == (
        "praise",
        "insufficient_history",
        ["streak"],
    )
    town.finalise("2025-01", "2025-02")
    town.correct(MARCH)
    assert outcome(town.results(MARCH)["a"]) == "follows"
    assert "results.not_final" not in str(town.county.hr.get(f"/v1/periods/{MARCH}/checklist").json["odd"])
    # February is corrected, and no longer excellent; until that is final, it changes no history.
    [february] = worked({"a": "50"}, on("02-11"))
    town.send(february)
    town.correct("2025-02", worlds.identity(february))
    assert town.results("2025-02")["a"].tier == "incompetent"
    town.correct(MARCH)
    assert outcome(town.results(MARCH)["a"]) == "follows"
    town.finalise("2025-02")
    town.correct(MARCH)
    assert outcome(town.results(MARCH)["a"]) == "denied"
    assert verified(town) == [[]] * 7


def test_the_last_final_period_is_read_by_runs_and_standings_alike(opened: Opened) -> None:
    book = rulebook(f"""
measures: [{{id: last, title: 上次, take: {{latest: {{results: month, period: last_final}}}}, no_data: unmet}}]
outcomes: [{{id: known, title: 有据, in: month, when: {{measure: last, at_least: 81}}}}]
{MISSING}""")
    town = opened(book, people=people("a"), events=monthly(m01="81", m02="92", m03="73"))
    town.publish("2025-01", "2025-02")
    assert town.results(MARCH)["a"].measures == (("last", None, None),)
    town.finalise("2025-01")
    assert town.results(MARCH)["a"].measures == (("last", 81, None),)
    town.publish(MARCH)
    assert town.results(MARCH)["a"].measures == (("last", 81, None),)
    town.finalise("2025-02", MARCH)
    # No month reads itself, nor one that came after it.
    standing = {month: town.results(month, view="standing")["a"].measures[0][1] for month in ("2025-01", "2025-02")}
    assert standing == {"2025-01": None, "2025-02": 81}
    assert town.results("2025-05")["a"].measures == (("last", 73, None),)
    assert verified(town) == [[]] * 3


@pytest.mark.parametrize(
    ("points", "expected"),
    [({"m01": "90", "m02": "50"}, 90), ({"m01": "90", "m02": "86"}, 88), ({"m01": "50", "m02": "60"}, None)],
)
def test_a_mean_is_of_the_results_that_have_the_tier(opened: Opened, points: dict[str, str], expected: Any) -> None:
    book = rulebook(f"""
measures:
  - {{id: best, title: 优秀月均, no_data: unmet,
     take: {{mean: {{results: month, period: {{before: 2}}, tier: [excellent]}}}}}}
outcomes: [{{id: praise, title: 表扬, in: month, when: {{measure: best, at_least: 1}}}}]
{MISSING}""")
    town = opened(book, people=people("a"), events=monthly(**points, m03="60"))
    assert town.results(MARCH)["a"].measures == (("best", expected, None),)


@pytest.mark.parametrize(("before", "since", "expected"), [(85, 95, ["praise"]), (95, 85, [])])
def test_a_month_is_read_as_the_version_appraises_it_that_rules_it(
    opened: Opened, before: int, since: int, expected: list[str]
) -> None:
    """Invariant 5: published or not, a later version says nothing of the months before it."""
    first, second = ({**streak(), "tiers": tiers(excellent)} for excellent in (before, since))
    town = opened(first, people=people("a"), events=monthly(m01="90", m02="90", m03="90"))
    golden.rule(town.county, {**second, "version": "2", "effective": {"from": MARCH}})
    said = town.result("worker/a")
    assert ([one["id"] for one in said["outcomes"]], said["rulebook"]["version"]) == (expected, "2")
    assert worlds.digest(town.county, MARCH) == worlds.digest(town.county, MARCH, full=True)
    town.publish("2025-01", "2025-02")
    town.finalise("2025-01", "2025-02")
    town.publish(MARCH)
    assert [one["id"] for one in town.result("worker/a")["outcomes"]] == expected
    assert verified(town) == [[]] * 3


def test_a_rank_under_the_version_before_moves_whom_no_event_is_about(opened: Opened) -> None:
    """Invariant 9: who is behind in February then has another total there, and with it another measure in March."""
    names = [f"w{n:02}" for n in range(12)]
    ranked = rulebook("""
indicators:
  - {id: calls, title: 走访, category: duty, take: {count: {event: visit.done}},
     compare: {as: rank, order: high_first, within: cohort}, give: {ranks: {points: [100, 60], others: 20}},
     max: 100, no_data: zero}
""")
    plain = rulebook("""
version: 2
effective: {from: 2025-03}
measures: [{id: before, title: 上月, take: {latest: {results: month, period: {before: 1}}}, no_data: unmet}]
outcomes: [{id: first, title: 上月第一, in: month, when: {measure: before, at_least: 100}}]
""")
    visits = [event("visit.done", name, on("02-10"), household=name) for name in ("w00", "w00", "w01")]
    town = opened(ranked, people=people(*names), events=visits)
    golden.rule(town.county, plain)
    assert [bool(town.result(f"worker/{name}")["outcomes"]) for name in names[:2]] == [True, False]
    town.send(*(event("visit.done", "w01", on("02-11"), household=f"more-{n}") for n in range(2)))
    assert [bool(town.result(f"worker/{name}")["outcomes"]) for name in names[:2]] == [False, True]
    assert worlds.digest(town.county, MARCH) == worlds.digest(town.county, MARCH, full=True)


@pytest.mark.parametrize(
    ("no_tier", "points", "expected"),
    [
        ("breaks", {"m01": "90"}, ("denied", 0)),
        ("skips", {"m01": "90"}, ("denied", 1)),
        ("holds", {"m01": "90"}, ("unanswered", None)),
        ("holds", {"m02": "90"}, ("unanswered", None)),
        ("breaks", {"m02": "90"}, ("denied", 1)),
        ("holds", {"m02": "50"}, ("denied", 0)),
        ("holds", {"m01": "90", "m02": "90"}, ("follows", 2)),
        ("holds", {}, ("unanswered", None)),
    ],
)
def test_a_result_without_a_tier_breaks_is_skipped_or_holds(
    opened: Opened, no_tier: str, points: dict[str, str], expected: Any
) -> None:
    """The latest result that has another tier ends the run before anything holds it up."""
    town = opened(streak(no_tier), people=people("a"), events=monthly(**points, m03="60"))
    result = town.results(MARCH)["a"]
    assert (outcome(result), result.measures[0][1]) == expected


def test_a_tier_that_another_took_over_ends_the_run(opened: Opened) -> None:
    """Invariant 9: there is one seat, so that one worker's event in February moves another's measure in March."""
    names = [f"w{n:02}" for n in range(12)]
    seat = {"seats": "1", "ties": "none_of_them"}
    book = streak(when="{measure: streak, at_least: 1}")
    book["tiers"] = [{**book["tiers"][0], "quota": seat}, *book["tiers"][1:]]
    town = opened(book, people=people(*names), events=worked({"w00": "95", "w01": "90"}, on("02-10")))
    assert {name for name, result in town.results().items() if result.outcomes} == {"w00"}
    town.send(*worked({"w01": "99"}, on("02-11")))
    assert {name for name, result in town.results().items() if result.outcomes} == {"w01"}


OPEN, NO, YES = "{measure: streak, at_least: 1}", "{tier: [excellent]}", "{posts: [staff]}"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (OPEN, "unanswered"),
        (f"{{not: {OPEN}}}", "unanswered"),
        ("{measure: streak, below: 1}", "unanswered"),
        (f"{{all: [{OPEN}, {NO}]}}", "denied"),
        (f"{{all: [{OPEN}, {YES}]}}", "unanswered"),
        (f"{{any: [{OPEN}, {NO}]}}", "unanswered"),
        (f"{{any: [{OPEN}, {YES}]}}", "follows"),
        (f"{{not: {{all: [{OPEN}, {NO}]}}}}", "follows"),
        (f"{{not: {{any: [{OPEN}, {NO}]}}}}", "unanswered"),
        (f"{{all: [{YES}, {{any: [{NO}, {{all: [{OPEN}, {NO}]}}]}}]}}", "denied"),
        ("{all: [{no_data: streak}, {posts: [staff]}]}", "follows"),
    ],
)
def test_what_is_open_is_neither_yes_nor_no(opened: Opened, when: str, expected: str) -> None:
    """Invariant 13: three values, as far as they decide."""
    town = opened(streak("holds", when=when), people=people("a"), events=monthly(m03="60"))
    assert outcome(town.results(MARCH)["a"]) == expected


def test_what_is_open_under_another_version_is_not_open_under_this(opened: Opened) -> None:
    """Whoever isn't excellent is denied, whatever the years before say; the next version asks these alone."""
    town = opened(streak("holds", when=f"{{all: [{OPEN}, {NO}]}}"), people=people("a"), events=monthly(m03="60"))
    golden.rule(town.county, {**streak("holds", when=OPEN), "version": "2", "effective": {"from": "2025-06"}})
    assert outcome(town.results(MARCH)["a"]) == "denied"


def test_a_stand_in_is_an_answer_and_what_is_unmet_otherwise_does_not_hold(opened: Opened) -> None:
    book = rulebook("""
measures:
  - {id: before, title: 上月, take: {latest: {results: month, period: {before: 1}}}, no_data: zero}
  - {id: visits, title: 走访, take: {sum: {event: visit.done}}, no_data: unmet}
outcomes:
  - {id: low, title: 上月低, in: month, when: {measure: before, below: 1}}
  - {id: idle, title: 未走访, in: month, when: {measure: visits, below: 1}}
""")
    town = opened(book, people=people("a"))
    result = town.results("2025-01")["a"]
    assert ([one for one, _ in result.outcomes], result.unanswered) == (["low"], ())


def test_the_community_in_front_three_years_running(opened: Opened) -> None:
    """A community two years old is no "no": its secretary's selection is unanswered."""
    units = community_book(YEARS + MISSING.replace("assess.work", "unit.assessed"))
    communities = {key: said for key, said in units.items() if key != "assignment"}
    book = rulebook(
        YEARS
        + """
measures:
  - {id: front, title: 社区连续在前, no_data: unmet, take: {running: {results: year, of: organisation,
     rulebook: communities, period: {before: 3}, top: 1, no_tier: breaks, at_least_n: 3}}}
outcomes:
  - {id: selected, title: 选拔, in: year, when: {measure: front, at_least: 3}}
"""
    )
    places = {"old": "lotus", "young": "pine"}
    workers = people(*(worker(name, assignment(place)) for name, place in places.items()))
    years = {"lotus": {"2022": "95", "2023": "95", "2024": "95"}, "pine": {"2023": "80", "2024": "96"}}
    told = [
        event("unit.assessed", f"organisation/{place}", on(f"{year}-06-01"), points=int(points))
        for place, by_year in years.items()
        for year, points in by_year.items()
    ]
    town = opened(communities, book, people=workers, events=told)
    # In 2024 pine was in front, which ends the run of the one and doesn't answer for the other.
    assert {name: outcome(one) for name, one in town.results("2025").items()} == {
        "old": "denied",
        "young": "unanswered",
    }
    town.send(event("unit.assessed", "organisation/lotus", on("2024-07-01"), points=97))
    found = town.results("2025")
    assert {name: outcome(one) for name, one in found.items()} == {"old": "follows", "young": "unanswered"}
    assert found["young"].unanswered == (("selected", ("front",)),)
    [listed] = town.county.hr.get("/v1/outcomes/2025?rulebook=yunhe&answer=insufficient_history").json["items"]
    assert (listed["subject"], listed["measures"][0]["id"]) == ("worker/young", "front")


def test_two_in_a_term_and_one_for_who_joined_in_it(opened: Opened) -> None:
    """Of three years before, two without merit lead to a talk; one is enough for who has served less than the term."""
    book = rulebook(
        YEARS
        + MISSING
        + """
measures:
  - {id: bad, title: 不称职年数, no_data: zero,
     take: {count: {results: year, period: {before: 3}, tier: [incompetent]}}}
  - {id: served, title: 任职月数, take: {tenure_months: {posts: [staff]}}, no_data: zero}
outcomes:
  - {id: talk, title: 约谈, in: year, when: {any: [{measure: bad, at_least: 2},
     {all: [{measure: bad, at_least: 1}, {measure: served, below: 36}]}]}}
"""
    )
    years = {
        "twice": {"2022": "50", "2023": "90", "2024": "50"},
        "once": {"2022": "90", "2023": "90", "2024": "50"},
        "joined": {"2023": "90", "2024": "50"},
        "good": {"2023": "90", "2024": "90"},
    }
    since = {"joined": "2023-02-01", "good": "2023-02-01"}
    workers = people(*(worker(name, assignment(since=since.get(name, "2020-01-01"))) for name in years))
    told = [
        one for name, its in years.items() for year, n in its.items() for one in worked({name: n}, on(f"{year}-06-01"))
    ]
    found = opened(book, people=workers, events=told).results("2025")
    assert {name: outcome(one) for name, one in found.items()} == {
        "twice": "follows",
        "once": "denied",
        "joined": "follows",
        "good": "denied",
    }


def test_a_certificate_that_is_overdue(opened: Opened) -> None:
    """Whoever has served three years and has no certificate on the last day of the period."""
    book = rulebook("""
measures:
  - {id: certificate, title: 证书, take: {attribute: {name: certificate}}, no_data: unmet}
  - {id: served, title: 任职月数, take: {tenure_months: {posts: [staff]}}, no_data: zero}
outcomes:
  - {id: overdue, title: 逾期未取证, in: month, when: {all: [{no_data: certificate}, {measure: served, at_least: 36}]}}
""")
    held = [attribute("certificate", "junior", "2025-03-31")]
    late = [attribute("certificate", "junior", "2025-04-01")]
    workers = people(
        worker("certified", attributes=held),
        worker("late", attributes=late),
        worker("due", assignment(since="2022-04-01")),
        worker("new", assignment(since="2022-04-02")),
    )
    town = opened(book, people=workers)
    found = {name: outcome(one) for name, one in town.results().items()}
    assert found == {"certified": "denied", "late": "follows", "due": "follows", "new": "denied"}


def test_each_kind_of_period_has_its_own_places_for_measures(opened: Opened) -> None:
    """A month has one item more before them than a year, so that one's first stands where the other's second does.

    In the next version the posts are those of each other.
    """
    book = rulebook("""
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
rollup:
  year:
    min_periods: 1
    parts: [{id: months, title: 月度平均, take: {mean: {results: month}}, weight: 100%, no_data: missing}]
indicators:
  - {id: work, title: 工作, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 50, no_data: zero}
  - {id: calls, title: 走访, category: duty, take: {count: {event: visit.done}}, give: as_is, max: 50, no_data: zero}
measures:
  - {id: served, title: 社工任职月数, take: {tenure_months: {posts: [staff]}}, no_data: zero}
  - {id: led, title: 主任任职月数, take: {tenure_months: {posts: [head]}}, no_data: zero}
  - {id: certificate, title: 证书, take: {attribute: {name: certificate}}, no_data: unmet}
  - {id: degree, title: 学历, take: {attribute: {name: degree}}, no_data: unmet}
outcomes:
  - {id: praise, title: 表扬, in: month,
     when: {all: [{measure: served, at_least: 1}, {measure: certificate, is: [senior]}]}}
  - {id: honour, title: 表彰, in: year, when: {all: [{measure: led, at_least: 1}, {measure: degree, is: [master]}]}}
""")
    posts = [assignment(to="2025-01-01"), assignment(post="head", since="2025-01-01")]
    said = [attribute("certificate", "senior"), attribute("degree", "master")]
    town = opened(book, people=people(worker("a", *posts, attributes=said)), events=monthly(m03="50"))
    other = yaml.dump(book).replace("- head", "- other").replace("- staff", "- head").replace("- other", "- staff")
    golden.rule(town.county, {**yaml.load(other, yaml.BaseLoader), "version": "2", "effective": {"from": "2026-01"}})
    known = (("certificate", None, "senior"), ("degree", None, "master"))
    assert town.results(MARCH)["a"].measures == (("served", 60, None), ("led", 3, None), *known)
    assert town.results("2025")["a"].measures == (("served", 60, None), ("led", 12, None), *known)
