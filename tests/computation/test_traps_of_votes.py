"""The traps of votes: a best word worth exactly a threshold, an empty class, and as many for as against.

Each is put to the service over HTTP and to the oracle, which agree (see town.py).
"""

from decimal import Decimal
from typing import Any

import pytest

from tests.computation.town import Opened, people, tiers_of
from tests.oracle.cases import event, line, rulebook, worked

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
        events=[
            *_ballots("all", good=7),
            *_ballots("one-short", good=1499, fair=1),
            *_ballots("some-unsure", good=2, unsure=5),
        ],
    )
    found = town.results()
    assert tiers_of(found) == {"all": "excellent", "one-short": "competent", "some-unsure": "excellent"}
    assert found["one-short"].total == Decimal("89.99")


def test_a_total_that_is_displayed_as_the_threshold_reaches_it(opened: Opened) -> None:
    """One ballot in 3,001 costs 0.004998 points: what is compared is the number that everybody sees."""
    town = opened(rulebook(VOTED), people=people("a"), events=_ballots("a", good=3000, fair=1))
    assert town.result("worker/a")["total"] == "90.00"
    assert tiers_of(town.results()) == {"a": "excellent"}


@pytest.mark.parametrize(
    ("empty", "points", "no_data"), [("spread", 80, None), ("zero", 48, None), ("no_data", 55, "points")]
)
def test_an_empty_voter_class(opened: Opened, empty: str, points: int, no_data: str | None) -> None:
    """Its weight goes to the others, it counts as nought, or there is no vote; who is `out` fills no class.

    A ballot of no class is none.
    """
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
    town = opened(book, people=people("a"), events=[*_ballots("a", good=3), event("ballot.cast", vote="poor")])
    for _ in range(2):
        found = line(town.results()["a"], "vote")
        assert (found.points, found.no_data) == (points, no_data)
        town.send(event("ballot.cast", "a", vote="unsure", voter="leader"))


@pytest.mark.parametrize(("share", "points"), [("60%", 80), ("60.1%", 55)])
def test_three_residents_of_five_voters_are_sixty_per_cent_and_no_more(opened: Opened, share: str, points: int) -> None:
    value = "value: {good: 80, fair: 60, poor: 0, unsure: out}"
    quorum = f"at_least_share: {{field: voter, shares: {{resident: {share}}}}}"
    book = rulebook(f"""
indicators:
  - {{id: vote, title: 测评, category: duty, give: as_is, max: 100, no_data: {{points: 55}},
     take: {{mean: {{event: ballot.cast, field: vote, {value}, {quorum}}}}}}}
""")
    leaders = [event("ballot.cast", "a", vote="good", voter="leader") for _ in range(2)]
    town = opened(book, people=people("a"), events=[*_ballots("a", good=3), *leaders])
    assert town.results()["a"].total == points


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
