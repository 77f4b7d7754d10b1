"""The traps of real regulations, one by one: shares of few people, ties, thresholds, strata, votes and small groups.

Each is put to the service over HTTP and to the oracle, which agree (see town.py). Those that have to do with time and
with what is published are in test_traps_of_time.py.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from service.database.transactions import Database
from tests.computation.town import Town, people, tiers_of, who, worker
from tests.oracle.cases import (
    assignment,
    attribute,
    attributed,
    event,
    line,
    rulebook,
    worked,
)

Opened = Callable[..., Town]

LOTUS, PINE, EAST = "lotus", "pine", "yh-east"


@pytest.fixture
def opened(module_url: str, module_database: Database) -> Opened:
    """Opens a town."""
    return lambda *books, **facts: Town(module_url, module_database, *books, **facts)


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


def test_a_tie_for_the_last_seat_is_broken_as_the_rulebook_says(opened: Opened) -> None:
    """And who is equal by that as well misses it."""
    book = _by_quota(
        "{seats: 2, ties: tie_breaks}",
        measures="[{id: visits, title: 走访, take: {count: {event: visit.done}}, no_data: zero}]",
        tie_breaks="[{measure: visits, order: high_first}]",
    )
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
    """A text that says 85, 70, and below 60 has nothing for 60 to 69: here the last tier begins where the others end."""
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
    ("tiers", "finding"),
    [
        ("{id: last, title: 末, total_at_least: 60}", ("/tiers/1", "tiers.otherwise")),
        ("{id: last, title: 末, otherwise: true, total_at_least: 60}", ("/tiers/1", "tiers.otherwise")),
        ("{id: last, title: 末, total_below: 60}", ("/tiers/1/total_below", "field.unknown")),
        ("{id: b, title: 乙, total: [60, 70]}, {id: last, title: 末, otherwise: true}", ("/tiers/1/total", "field.unknown")),
        ("{id: b, title: 乙, total_at_least: 90}, {id: last, title: 末, otherwise: true}", ("/tiers/1/total_at_least", "tiers.order")),
        ("{id: b, title: 乙, total_at_least: 85}, {id: last, title: 末, otherwise: true}", ("/tiers/1/total_at_least", "tiers.order")),
    ],
)  # fmt: skip
def test_tiers_with_a_hole_or_an_overlap_cannot_be_written(
    opened: Opened, tiers: str, finding: tuple[str, str]
) -> None:
    town = opened(rulebook(), people=people("a"))
    broken = rulebook(f"rulebook: broken\ntiers: [{{id: a, title: 甲, total_at_least: 85}}, {tiers}]")
    assert finding in town.findings(broken)


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
    sizes = ["799", "799.5", "800", "1999.999999", "2000", "100000", "0", "-1"]
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


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ("[{at_least: 2000, points: 80}, {at_least: 800, points: 85}]", ("", "bands.otherwise")),
        ("[{at_least: 800, points: 85}, {at_least: 2000, points: 80}, {otherwise: true, points: 90}]", ("", "bands.order")),
        ("[{at_least: 800, points: 85}, {at_least: 800, points: 80}, {otherwise: true, points: 90}]", ("", "bands.order")),
        ("[{at_least: 800, at_most: 1999, points: 85}, {otherwise: true, points: 90}]", ("/0/at_most", "field.unknown")),
        ("[{below: 800, points: 90}, {otherwise: true, points: 85}]", ("/0/below", "field.unknown")),
    ],
)  # fmt: skip
def test_strata_with_holes_or_overlaps_cannot_be_written(opened: Opened, rows: str, finding: tuple[str, str]) -> None:
    town = opened(rulebook(), people=people("a"))
    where, code = finding
    broken = rulebook("rulebook: broken\n" + _by_households(f"{{bands: {rows}}}"))
    assert (f"/measures/0/give/bands{where}", code) in town.findings(broken)


VOTED = """
indicators:
  - {id: vote, title: 测评, category: duty, give: as_is, max: 100, no_data: zero,
     take: {mean: {event: ballot.cast, field: vote, value: {good: 90, fair: 75, poor: 40, unsure: out}}}}
tiers:
  - {id: excellent, title: 优秀, total_at_least: 90}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
"""


def _ballots(worker: str, **votes: int) -> list[dict[str, Any]]:
    return [event("ballot.cast", worker, vote=vote, voter="resident") for vote, n in votes.items() for _ in range(n)]


def test_a_top_vote_worth_exactly_the_threshold_reaches_the_top_tier(opened: Opened) -> None:
    """If everyone votes the best word, and only then; who doesn't know takes nothing away."""
    town = opened(
        rulebook(VOTED),
        people=people("all", "one-short", "some-unsure"),
        events=[*_ballots("all", good=7), *_ballots("one-short", good=1499, fair=1), *_ballots("some-unsure", good=2, unsure=5)],
    )  # fmt: skip
    found = town.results()
    assert tiers_of(found) == {"all": "excellent", "one-short": "competent", "some-unsure": "excellent"}
    assert found["one-short"].total == Decimal("89.99")


def test_a_total_that_is_displayed_as_the_threshold_reaches_it(opened: Opened) -> None:
    """One ballot in 3,001 costs 0.004998 points: what is compared is the number that everybody sees."""
    town = opened(rulebook(VOTED), people=people("a"), events=_ballots("a", good=3000, fair=1))
    assert town.result("worker/a")["total"] == "90.00"
    assert tiers_of(town.results()) == {"a": "excellent"}


@pytest.mark.parametrize(("empty", "points", "no_data"), [("spread", 80, None), ("zero", 48, None), ("no_data", 55, "points")])
def test_an_empty_voter_class(opened: Opened, empty: str, points: int, no_data: str | None) -> None:
    """Its weight goes to the others, it counts as nought, or there is no vote; who is `out` fills no class."""
    book = rulebook(
        f"""
indicators:
  - id: vote
    title: 测评
    category: duty
    give: as_is
    max: 100
    no_data: {{points: 55}}
    take:
      mean:
        event: ballot.cast
        field: vote
        value: {{good: 80, fair: 60, poor: 0, unsure: out}}
        classes: {{field: voter, weights: {{leader: 40%, resident: 60%}}, empty: {empty}}}
"""
    )
    town = opened(book, people=people("a"), events=_ballots("a", good=3))
    for _ in range(2):
        found = line(town.results()["a"], "vote")
        assert (found.points, found.no_data) == (points, no_data)
        town.send(event("ballot.cast", "a", vote="unsure", voter="leader"))


@pytest.mark.parametrize(
    ("wins", "tie", "code"),
    [
        ("most", "better", "good"),
        ("most", "worse", "poor"),
        ("most", "no_data", None),
        ("more_than_half", "better", None),
        ("more_than_half", "worse", None),
        ("two_thirds", "better", None),
    ],
)
def test_eight_to_eight_among_sixteen_ballots(opened: Opened, wins: str, tie: str, code: str | None) -> None:
    """Half of the ballots is no majority, whatever ties do."""
    take = f"{{event: ballot.cast, field: vote, order: [good, fair, poor], of: ballots, wins: {wins}, tie: {tie}}}"
    book = rulebook(
        f"""
measures: [{{id: word, title: 评议, take: {{plurality: {take}}}, no_data: unmet}}]
restrictions: [{{id: voted_out, title: 评议不称职, when: {{measure: word, is: [poor]}}, tier: incompetent}}]
"""
    )
    town = opened(book, people=people("a"), events=[*worked({"a": "90"}), *_ballots("a", good=8, poor=8)])
    found = town.results()["a"]
    assert found.measures == (("word", None, code),)
    assert found.tier == ("incompetent" if code == "poor" else "excellent")


def test_nine_to_seven_among_sixteen_ballots_is_a_majority(opened: Opened) -> None:
    take = "{event: ballot.cast, field: vote, order: [good, poor], of: ballots, wins: more_than_half, tie: no_data}"
    book = rulebook(f"measures: [{{id: word, title: 评议, take: {{plurality: {take}}}, no_data: unmet}}]")
    town = opened(book, people=people("a"), events=_ballots("a", good=9, poor=7))
    assert town.results()["a"].measures == (("word", None, "good"),)
    town.send(*_ballots("a", unsure=2))
    assert town.results()["a"].measures == (("word", None, None),)


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
