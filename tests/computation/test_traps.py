"""The traps of real regulations, one by one: shares of few people, ties, thresholds, strata and small groups.

Each is put to the service over HTTP and to the oracle, which agree (see town.py). Traps of votes, of time and of what
is published have modules of their own.
"""

from decimal import Decimal
from typing import Any

import pytest

from service.database.transactions import Database
from tests.computation.town import Opened, Town, people, tiers_of, who, worker
from tests.oracle.cases import assignment, attribute, attributed, event, on, rulebook, worked

LOTUS, PINE, EAST = "lotus", "pine", "yh-east"


def _by_quota(quota: str, **changes: str) -> dict[str, Any]:
    """The county's rulebook with a quota on its best tier."""
    return rulebook(
        f"""
tiers:
  - {{id: excellent, title: 优秀, total_at_least: 85, quota: {quota}}}
  - {{id: competent, title: 称职, total_at_least: 70}}
  - {{id: incompetent, title: 不称职, otherwise: true}}
"""
        + "\n".join(f"{key}: {value}" for key, value in changes.items())
    )


@pytest.mark.parametrize(
    ("rounding", "of_eleven", "of_thirty_nine", "of_three"), [("down", 2, 7, 0), ("up", 3, 8, 1), ("half_up", 2, 8, 1)]
)
def test_a_fifth_of_eleven_of_thirty_nine_and_of_three(
    opened: Opened, rounding: str, of_eleven: int, of_thirty_nine: int, of_three: int
) -> None:
    """The rulebook says how 2.2, 7.8 and 0.6 seats are rounded; the best by total have them, and nobody else."""
    sizes = {LOTUS: 11, PINE: 39, EAST: 3}
    town = opened(
        _by_quota(
            f"{{at_most: 20%, of: due, rounding: {rounding}, ties: none_of_them}}",
            peer_groups="{by: [organisation], min_size: 1, small_groups: keep_apart}",
        ),
        people=people(*(worker(f"{o}.{n}", assignment(o)) for o, size in sizes.items() for n in range(size))),
        events=worked({f"{o}.{n}": str(99 - n * Decimal("0.25")) for o, size in sizes.items() for n in range(size)}),
    )
    seats = {LOTUS: of_eleven, PINE: of_thirty_nine, EAST: of_three}
    expected = {f"{organisation}.{n}" for organisation, many in seats.items() for n in range(many)}
    assert who(town.results(), "excellent") == expected


def test_who_tie_for_the_last_seat_all_miss_it(opened: Opened) -> None:
    town = opened(
        _by_quota("{seats: 2, ties: none_of_them}"),
        people=people("a", "b", "c"),
        events=worked({"a": "95", "b": "90", "c": "90"}),
    )
    assert tiers_of(town.results()) == {"a": "excellent", "b": "competent", "c": "competent"}


_BY_VISITS = {
    "measures": "[{id: visits, title: 走访, take: {count: {event: visit.done}}, no_data: zero}]",
    "tie_breaks": "[{measure: visits, order: high_first}]",
}


def test_a_quota_that_breaks_no_ties_leaves_the_breaks_of_others_alone(opened: Opened) -> None:
    """One tier breaks ties and the next doesn't."""
    book = _by_quota("{seats: 1, ties: tie_breaks}", **_BY_VISITS)
    book["tiers"][1]["quota"] = {"seats": "1", "ties": "none_of_them"}
    town = opened(book, people=people("a", "b", "c"), events=worked({"a": "90", "b": "80", "c": "80"}))
    town.send(event("visit.done", "c", household="h1"))
    assert tiers_of(town.results()) == {"a": "excellent", "b": "incompetent", "c": "incompetent"}


def test_a_tie_for_the_last_seat_is_broken_as_the_rulebook_says(opened: Opened) -> None:
    """And who is equal by that as well misses it."""
    book = _by_quota("{seats: 2, ties: tie_breaks}", **_BY_VISITS)
    town = opened(book, people=people("a", "b", "c"), events=worked({"a": "95", "b": "90", "c": "90"}))
    town.send(event("visit.done", "c", household="h1"))
    assert who(town.results(), "excellent") == {"a", "c"}
    town.send(event("visit.done", "b", household="h2"))
    assert who(town.results(), "excellent") == {"a"}


def test_a_tie_for_the_first_seat_leaves_it_to_nobody(opened: Opened) -> None:
    town = opened(
        _by_quota("{seats: 1, ties: none_of_them}"), people=people("a", "b"), events=worked({"a": "90", "b": "90"})
    )
    assert tiers_of(town.results()) == {"a": "competent", "b": "competent"}


def test_no_total_is_without_a_tier(opened: Opened) -> None:
    """A text that says 85, 70, and below 60 has nothing for 60 to 69: the last tier begins where the others end."""
    totals = ["105", "85", "84.99", "70", "69.99", "65", "60", "59.99", "0"]
    workers = {f"w{n}": total for n, total in enumerate(totals)}
    book = rulebook("total: {full: 100, min: 0, max: 105}")
    town = opened(book, people=people(*workers), events=worked({**workers, "w0": "100"}))
    assert [tiers_of(town.results())[name] for name in workers] == [
        *["excellent"] * 2,
        *["competent"] * 2,
        *["incompetent"] * 5,
    ]


@pytest.mark.parametrize(
    ("order", "into"), [("before_weights", "into: duty, "), ("before_limit", ""), ("after_limit", "")]
)
def test_a_bonus_that_is_ignored_lifts_nobody_wherever_it_is_added(opened: Opened, order: str, into: str) -> None:
    """A category that took the bonus in is held and multiplied anew without it, for thresholds alone."""
    praised = "{id: praised, title: 表彰, take: {count: {event: honour.awarded}}, give: {each: 20}}"
    book = rulebook(
        f"""
orders: {{bonus: {order}, quota: after_ceilings}}
bonus: {{max: 20, {into}items: [{praised}]}}
multipliers: [{{id: shared, title: 系数, of: duty, take: {{fixed: "0.9"}}, no_data: {{points: 1}}}}]
restrictions: [{{id: unpraised, title: 待整改, when: {{posts: [head]}}, bonus: ignored}}]
"""
    )
    heads = [worker(name, assignment(post="head")) for name in ("head", "best")]
    town = opened(book, people=people("staff", *heads), events=worked({"staff": "80", "head": "80", "best": "95"}))
    town.send(*(event("honour.awarded", name) for name in ("staff", "head", "best")))
    found = town.results()
    assert found["staff"].total == found["head"].total >= 85
    assert tiers_of(found) == {"staff": "excellent", "head": "competent", "best": "excellent"}


LAST = "{id: last, title: 末, otherwise: true}"


@pytest.mark.parametrize(
    ("tiers", "where", "code"),
    [
        ("{id: last, title: 末, total_at_least: 60}", "", "tiers.otherwise"),
        ("{id: last, title: 末, otherwise: true, total_at_least: 60}", "", "tiers.otherwise"),
        ("{id: last, title: 末, total_below: 60}", "/total_below", "field.unknown"),
        (f"{{id: b, title: 乙, total: [60, 70]}}, {LAST}", "/total", "field.unknown"),
        (f"{{id: b, title: 乙, total_at_least: 90}}, {LAST}", "/total_at_least", "tiers.order"),
        (f"{{id: b, title: 乙, total_at_least: 85}}, {LAST}", "/total_at_least", "tiers.order"),
    ],
)
def test_tiers_with_a_hole_or_an_overlap_cannot_be_written(opened: Opened, tiers: str, where: str, code: str) -> None:
    town = opened(rulebook(), people=people("a"))
    broken = rulebook(f"rulebook: broken\ntiers: [{{id: a, title: 甲, total_at_least: 85}}, {tiers}]")
    assert (f"/tiers/1{where}", code) in town.findings(broken)


def _by_households(give: str) -> str:
    return f"""
measures:
  - {{id: bar, title: 分数线, take: {{attribute: {{name: households, as: number}}}}, give: {give}, no_data: unmet}}
tiers:
  - {{id: excellent, title: 优秀, total_at_least: {{measure: bar}}}}
  - {{id: competent, title: 称职, otherwise: true}}
"""


def test_strata_have_neither_holes_nor_overlaps(opened: Opened) -> None:
    """Every size, also one between two whole numbers, has one threshold; without a size none is met."""
    sizes = ["799", "799.5", "800", "1999.9999", "2000", "100000", "0", "-1"]
    book = rulebook(
        _by_households(
            "{bands: [{at_least: 2000, points: 80}, {at_least: 800, points: 85}, {otherwise: true, points: 90}]}"
        )
    )
    workers = {f"w{n}": [attribute("households", size)] for n, size in enumerate(sizes)}
    town = opened(book, people=attributed(people(*workers, "unknown"), **workers))
    bars = [{name: number for name, number, _ in town.results()[worker].measures}["bar"] for worker in workers]
    assert bars == [90, 90, 85, 85, 80, 80, 90, 90]
    town.send(*worked({"w0": "90", "w1": "89.99", "w2": "85", "w3": "84.99", "w4": "80", "unknown": "100"}))
    assert who(town.results(), "excellent") == {"w0", "w2", "w4"}


OTHERWISE = "{otherwise: true, points: 90}"


@pytest.mark.parametrize(
    ("rows", "where", "code"),
    [
        ("{at_least: 2000, points: 80}, {at_least: 800, points: 85}", "", "bands.otherwise"),
        (f"{{at_least: 800, points: 85}}, {{at_least: 2000, points: 80}}, {OTHERWISE}", "", "bands.order"),
        (f"{{at_least: 800, points: 85}}, {{at_least: 800, points: 80}}, {OTHERWISE}", "", "bands.order"),
        (f"{{at_least: 800, at_most: 1999, points: 85}}, {OTHERWISE}", "/0/at_most", "field.unknown"),
        (f"{{below: 800, points: 90}}, {OTHERWISE}", "/0/below", "field.unknown"),
    ],
)
def test_strata_with_holes_or_overlaps_cannot_be_written(opened: Opened, rows: str, where: str, code: str) -> None:
    town = opened(rulebook(), people=people("a"))
    broken = rulebook("rulebook: broken\n" + _by_households(f"{{bands: [{rows}]}}"))
    assert (f"/measures/0/give/bands{where}", code) in town.findings(broken)


def test_a_peer_group_of_one_has_no_bottom_and_no_top(opened: Opened) -> None:
    """Who is alone is neither first nor last, in the group as in a list; with a second one there are both."""
    book = rulebook(
        """
peer_groups: {by: [organisation], min_size: 1, small_groups: keep_apart}
lists: [{id: all, title: 全县, by: [], method: competition}]
outcomes:
  - {id: talk, title: 约谈, in: month, when: {bottom: 1, of: peer_group, ties: all_of_them}}
  - {id: praise, title: 表扬, in: month, when: {top: 1, of: peer_group, ties: all_of_them}}
  - {id: last, title: 全县末位, in: month, when: {bottom: 50%, of: all, rounding: up, ties: all_of_them}}
"""
    )
    town = opened(book, people=people("a"), events=worked({"a": "0"}))
    assert town.results()["a"].outcomes == ()
    town.state(worker("b", assignment(PINE)))
    town.send(*worked({"b": "50"}))
    assert {name: result.outcomes for name, result in town.results().items()} == {"a": (("last", None),), "b": ()}
    town.state(worker("b"))
    outcomes = {name: [one for one, _ in result.outcomes] for name, result in town.results().items()}
    assert outcomes == {"a": ["talk", "last"], "b": ["praise"]}


def test_an_act_that_counts_under_another_item_still_binds(opened: Opened) -> None:
    """Reported twice it costs once; the ceiling of the other report holds all the same, and nobody else meets it."""
    once = "once: {per: case, keep: first, across: sheet}"
    book = rulebook(f"""
negative_list:
  - {{id: late, title: 逾期, severity: minor, event: task.closed, where: {{kind: a}}, {once}, deduct: 1}}
  - {{id: false, title: 虚报, severity: serious, event: task.closed, where: {{kind: b}}, {once}, deduct: 5,
     ceiling: competent}}
""")
    town = opened(book, people=people("a", "b"), events=worked({"a": "95", "b": "95"}))
    for kind, day in (("a", "03-11"), ("b", "03-12")):
        town.send(event("task.closed", "a", on(day), on_time=False, case="c1", kind=kind))
    found = town.results()
    assert found["a"].total == 94
    assert tiers_of(found) == {"a": "competent", "b": "excellent"}


def test_a_share_of_counts_counts_either_side_apart(opened: Opened) -> None:
    """Three of four that were assigned are closed; nothing else is said of either."""
    take = "ratio: {num: {event: task.closed}, den: {event: task.assigned}}"
    book = rulebook(f"""
indicators: [{{id: x, title: 办结率, category: duty, take: {{{take}}}, give: {{each: 40}}, max: 100, no_data: zero}}]
""")
    town = opened(book, people=people("a"), events=[event("task.assigned") for _ in range(4)])
    town.send(*(event("task.closed", on_time=True, case=f"c{n}") for n in range(3)))
    assert town.results()["a"].total == 30


def test_a_share_of_sums_adds_up_either_side_beside_a_count(url: str, database: Database) -> None:
    """Nine hours of three cases, 360 minutes of four visits, and two marks; of the first tenant there is.

    Its types have the lowest numbers, which aren't taken for those of its items.
    """
    take = "ratio: {num: {event: task.closed, field: hours}, den: {event: visit.done, field: minutes}}"
    book = rulebook(f"""
indicators:
  - {{id: x, title: 工时比, category: duty, take: {{{take}}}, give: {{each: 1000}}, max: 50, no_data: zero}}
  - {{id: y, title: 评定, category: duty, take: {{count: {{event: assess.work}}}}, give: as_is, max: 50, no_data: zero}}
""")
    visits = [event("visit.done", household="h", minutes="90") for _ in range(4)]
    cases = [event("task.closed", on_time=True, case=f"c{n}", hours="3") for n in range(3)]
    marks = [*worked({"a": "1"}), *worked({"a": "2"}, on("03-11"))]
    town = Town(url, database, book, people=people("a"), events=[*visits, *cases, *marks])
    assert town.results()["a"].total == 27


def test_who_is_vetoed_is_told_in_which_tier(opened: Opened) -> None:
    book = rulebook("negative_list: [{id: s, title: 事故, severity: grave, event: violation.safety, veto: competent}]")
    town = opened(book, people=people("a", "b"), events=[*worked({"a": "95", "b": "95"}), event("violation.safety")])
    assert tiers_of(town.results()) == {"a": "competent", "b": "excellent"}
    assert [town.result(f"worker/{name}")["veto"] for name in "ab"] == ["competent", None]


def test_a_share_that_nobody_says_is_none(opened: Opened) -> None:
    """Rounded up, even a hundredth of a seat would be one; what is said below zero is none either."""
    take = "given: {event: assess.annual}"
    town = opened(
        _by_quota(
            "{at_most: {measure: share}, of: due, rounding: up, ties: none_of_them}",
            measures=f"[{{id: share, title: 比例, take: {{{take}}}, give: as_is, no_data: unmet}}]",
        ),
        people=people("a", "b"),
        events=worked({"a": "95", "b": "90"}),
    )
    assert who(town.results(), "excellent") == set()
    town.send(*(event("assess.annual", name, period="2025-03", points=Decimal(-1)) for name in ("a", "b")))
    assert who(town.results(), "excellent") == set()


def test_of_the_same_instant_the_greater_number_is_compared(opened: Opened) -> None:
    """The points of a rank aren't those of a number: with `compare` no row has any before it is ranked."""
    book = rulebook("""
indicators:
  - {id: stars, title: 评价, category: duty, take: {latest: {event: rating.resident}},
     compare: {as: rank, order: high_first, within: cohort}, give: {ranks: {points: [100, 60], others: 20}},
     max: 100, no_data: zero}
""")
    rated = [("a", "1"), ("a", "3"), ("b", "2")]
    town = opened(book, people=people("a", "b"), events=[event("rating.resident", who_, stars=n) for who_, n in rated])
    assert {name: result.total for name, result in town.results().items()} == {"a": 100, "b": 60}


@pytest.mark.parametrize(("within", "second"), [("peer_group", 100), ("cohort", 60)])
def test_who_is_first_of_a_small_place_is_first_there_alone(opened: Opened, within: str, second: int) -> None:
    """Ranks, and shares of the first, are of a peer group or of everybody, as the rulebook says."""
    take = "take: {latest: {event: rating.resident}}"
    book = rulebook(f"""
peer_groups: {{by: [organisation], min_size: 1, small_groups: keep_apart}}
indicators:
  - {{id: place, title: 名次, category: duty, {take}, compare: {{as: rank, order: high_first, within: {within}}},
     give: {{ranks: {{points: [50, 30], others: 10}}}}, max: 50, no_data: zero}}
  - {{id: share, title: 比例, category: duty, {take}, compare: {{as: share_of_first, within: {within}}},
     give: {{each: 50}}, max: 50, no_data: zero}}
""")
    town = opened(
        book,
        people=people(worker("a", assignment(LOTUS)), worker("b", assignment(PINE))),
        events=[event("rating.resident", name, stars=stars) for name, stars in (("a", "5"), ("b", "3"))],
    )
    assert {name: result.total for name, result in town.results().items()} == {"a": 100, "b": second}


@pytest.mark.parametrize("points", ["0", "-3"])
def test_where_nobody_of_a_place_has_any_there_is_no_share_of_the_first(opened: Opened, points: str) -> None:
    """Who has least below zero isn't first by being divided by himself."""
    book = rulebook("""
peer_groups: {by: [organisation], min_size: 1, small_groups: keep_apart}
indicators:
  - {id: share, title: 比例, category: duty, take: {given: {event: assess.work}},
     compare: {as: share_of_first, within: peer_group}, give: {each: 100}, max: 100, no_data: {points: 30}}
""")
    town = opened(
        book,
        people=people(
            *(worker(name, assignment(place)) for name, place in {"a": LOTUS, "b": PINE, "c": LOTUS}.items())
        ),
        events=worked({"a": "90", "b": points, "c": "-99"}),
    )
    assert {name: result.total for name, result in town.results().items()} == {"a": 100, "b": 30, "c": 0}


def test_one_item_among_others_that_compares_moves_everybody(opened: Opened) -> None:
    """Invariant 9: there are enough people not to compute all of them for one event."""
    names = [f"w{n:02}" for n in range(12)]
    book = rulebook("""
indicators:
  - {id: work, title: 工作, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 50, no_data: zero}
  - {id: calls, title: 走访, category: duty, take: {count: {event: visit.done}},
     compare: {as: rank, order: high_first, within: cohort}, give: {ranks: {points: [50, 30], others: 10}},
     max: 50, no_data: zero}
""")
    calls = [event("visit.done", name, household=name) for name in ("w00", "w00", "w01")]
    town = opened(book, people=people(*names), events=[*worked(dict.fromkeys(names, "50")), *calls])
    found = town.results()
    assert [found[name].total for name in names[:3]] == [100, 80, 50]
    town.send(*(event("visit.done", "w01", household=f"more-{n}") for n in range(2)))
    found = town.results()
    assert [found[name].total for name in names[:3]] == [80, 100, 50]
