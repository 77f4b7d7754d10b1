"""Who is chosen among those for whom an outcome would follow: seats, shares, ties, and seats that were used before.

Worked out by hand, and compared with the oracle (see town.py).
"""

import pytest

from tests.computation import worlds
from tests.computation.town import Opened, Town, people, worker
from tests.oracle.cases import MARCH, assignment, attribute, event, on, rulebook, worked

SEATS = """
tie_breaks: [{{measure: size, order: high_first}}]
measures: [{{id: size, title: 户数, take: {{attribute: {{name: size, as: number}}}}, no_data: zero}}]
lists: [{{id: heads, title: 书记, by: [], posts: [head], method: competition}}]
outcomes:
  - {{id: chosen, title: 选拔, in: month, when: {{total_at_least: 70}}, choose: {{{choose}}}}}
"""
POINTS = {"a": "95", "b": "90", "c": "90", "d": "80", "e": "60"}


def chosen(town: Town, period: str = MARCH) -> set[str]:
    """Who has a seat."""
    return {name for name, result in town.results(period).items() if result.outcomes}


def contest(opened: Opened, choose: str, also: str = "") -> Town:
    """Five workers, of whom `a` and `d` are heads and `c` breaks its tie with `b`."""
    heads = [worker(name, assignment(post="head")) for name in ("a", "d")]
    tied = worker("c", attributes=[attribute("size", "5")])
    everyone = people(*heads, "b", tied, "e")
    return opened(rulebook(SEATS.format(choose=choose) + also), people=everyone, events=worked(POINTS))


@pytest.mark.parametrize(
    ("choose", "expected"),
    [
        ("seats: 1, among: cohort, ties: none_of_them", "a"),
        ("seats: 2, among: cohort, ties: none_of_them", "a"),
        ("seats: 2, among: cohort, ties: all_of_them", "abc"),
        ("seats: 2, among: cohort, ties: tie_breaks", "ac"),
        ("seats: 9, among: cohort, ties: none_of_them", "abcd"),
        ("seats: 2, among: heads, ties: none_of_them", "ad"),
        ("share: 50%, of: due, rounding: down, among: heads, ties: none_of_them", "a"),
        ("share: 50%, of: due, rounding: down, among: cohort, ties: tie_breaks", "ac"),
        ("share: 50%, of: due, rounding: up, among: cohort, ties: none_of_them", "abc"),
        ("share: 10%, of: ranked, rounding: half_up, among: cohort, ties: none_of_them", "a"),
        ("share: 0%, of: ranked, rounding: up, among: cohort, ties: none_of_them", ""),
    ],
)
def test_candidates_are_chosen_by_total(opened: Opened, choose: str, expected: str) -> None:
    """Invariant 11: as many as there are seats, whatever ties do."""
    assert chosen(contest(opened, choose)) == set(expected)


@pytest.mark.parametrize(("of", "expected"), [("due", "abcd"), ("appraised", "abc"), ("ranked", "ab")])
def test_a_share_of_candidates_is_of_whom_the_rulebook_says(opened: Opened, of: str, expected: str) -> None:
    """Eight are due, six of them have served long enough for a tier, and four have no veto."""
    choose = f"share: 50%, of: {of}, rounding: down, among: cohort, ties: none_of_them"
    book = rulebook(
        SEATS.format(choose=choose)
        + "participation: {min_service_days: {month: 15}}\n"
        + "negative_list: [{id: s, title: 事故, severity: grave, event: violation.safety, veto: incompetent}]\n"
    )
    late = [worker(name, assignment(since="2025-03-25")) for name in "gh"]
    points = {name: str(99 - n) for n, name in enumerate("abcdefgh")}
    happened = [*worked(points), *(event("violation.safety", name) for name in "ef")]
    town = opened(book, people=people(*"abcdef", *late), events=happened)
    assert chosen(town) == set(expected)


def test_each_peer_group_has_seats_of_its_own(opened: Opened) -> None:
    book = rulebook(
        SEATS.format(choose="seats: 1, among: peer_group, ties: none_of_them")
        + "peer_groups: {by: [organisation], min_size: 1, small_groups: keep_apart}"
    )
    places = {"a": "lotus", "b": "lotus", "c": "pine", "d": "pine"}
    serving = people(*(worker(name, assignment(place)) for name, place in places.items()))
    assert chosen(opened(book, people=serving, events=worked({"a": "95", "b": "90", "c": "85", "d": "80"}))) == {
        "a",
        "c",
    }


def test_seats_that_were_used_are_used_by_whomever(opened: Opened) -> None:
    """Invariant 9: one event about somebody who has left moves others, also in a standing that was read before."""
    used = "used: {event: exam.taken, where: {result: passed}, window: {last: 12}}"
    town = contest(opened, f"seats: 3, among: cohort, ties: none_of_them, {used}")
    town.state(worker("z", assignment(to="2024-07-01")))
    assert chosen(town) == {"a", "b", "c"}
    town.send(event("exam.taken", "z", on("2024-03-31", "23:59:59"), result="passed"))
    town.send(event("exam.taken", "z", on("2024-05-01"), result="failed"))
    town.send(event("exam.taken", "z", on("2025-04-01", "00:00:00"), result="passed"))
    assert chosen(town) == {"a", "b", "c"}
    town.send(event("exam.taken", "z", on("2024-04-01", "00:00:00"), result="passed"))
    assert chosen(town) == {"a"}
    found = town.results()
    assert {name: found[name].candidacies for name in "abcde"} == {
        "a": (("chosen", 1, 3, 1),),
        "b": (("chosen", 2, 3, 1),),
        "c": (("chosen", 2, 3, 1),),
        "d": (("chosen", 4, 3, 1),),
        "e": (),
    }
    assert worlds.digest(town.county, MARCH) == worlds.digest(town.county, MARCH, full=True)
    [first] = town.result("worker/a")["outcomes"]
    assert [first[key] for key in ("place", "seats", "used", "left")] == [1, 3, 1, 2]
    [missed] = town.result("worker/d")["not_chosen"]
    assert "4" in missed["sentence"]["en"]
    listed = town.county.hr.get(f"/v1/outcomes/{MARCH}?answer=not_chosen").json["items"]
    assert {(one["subject"], one["place"], one["left"]) for one in listed} == {
        ("worker/b", 2, 2),
        ("worker/c", 2, 2),
        ("worker/d", 4, 2),
    }
    town.publish(MARCH)
    assert chosen(town) == {"a"}
    assert [one.wrong for one in town.verified()] == [[]]


def test_more_used_than_there_are_leaves_none(opened: Opened) -> None:
    used = "used: {event: exam.taken, window: year}"
    town = contest(opened, f"seats: 1, among: heads, ties: all_of_them, {used}")
    town.send(*(event("exam.taken", "e", on(f"0{month}-10"), result="passed") for month in (1, 2)))
    [missed] = town.result("worker/a")["not_chosen"]
    assert (chosen(town), missed["left"], missed["used"]) == (set(), 0, 2)


def test_what_is_late_uses_no_seat_of_its_period(opened: Opened) -> None:
    """Invariant 12: the standing of a period that is published says of seats what its run said."""
    choose = "seats: 1, among: cohort, ties: none_of_them, used: {event: exam.taken, window: {last: 1}}"
    town = contest(opened, choose, "periods: {base: month, rollups: [], timezone: Asia/Shanghai, late: carry}")
    town.publish(MARCH)
    town.send(event("exam.taken", "e", result="passed"))
    for view in ("current", "standing"):
        assert town.results(view=view)["a"].candidacies == (("chosen", 1, 1, 0),)
