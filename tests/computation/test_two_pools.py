"""Two pools in one standing, of which one is placed again: what is said of the other stays.

Every reading is compared with the oracle, which places everybody anew; enough people serve that nobody is computed for
somebody else's event.
"""

from tests.computation.town import Node, Opened, people, tiers_of, who, worker
from tests.oracle.cases import MARCH, assignment, attribute, on, rulebook, worked

LOTUS, PINE = "lotus", "pine"
_GROUPS = "peer_groups: {by: [organisation], min_size: 4, small_groups: keep_apart}"
_HALF = """
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, quota: {at_most: 50%, of: due, rounding: down, ties: none_of_them}}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
"""
_PART = "measures: [{id: part, title: 比例, take: {attribute: {name: part, as: number}}, no_data: unmet}]"
_FORCED = """
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - {id: incompetent, title: 不称职, otherwise: true, quota: {at_least: 10%, of: due, rounding: up, ties: all_of_them}}
"""
_LAST = "outcomes: [{id: talk, title: 约谈, in: month, when: {bottom: 1, of: peer_group, ties: all_of_them}}]"


def _serving(organisation: str, count: int) -> list[str]:
    return [f"{organisation}.{n}" for n in range(count)]


def test_who_is_last_of_a_pool_stays_so_when_another_pool_is_placed(opened: Opened) -> None:
    """Invariant 9."""
    names = [*_serving(LOTUS, 6), *_serving(PINE, 6)]
    town = opened(
        rulebook(f"{_GROUPS}\n{_LAST}"),
        people=people(*(worker(name, assignment(name.partition(".")[0])) for name in names)),
        events=worked({name: str(60 + n) for n, name in enumerate(names)}),
    )
    talked = {name for name, result in town.results().items() if result.outcomes}
    assert talked == {"lotus.0", "pine.0"}
    town.send(*worked({"lotus.0": "90"}, on("03-11")))
    assert {name for name, result in town.results().items() if result.outcomes} == {"lotus.1", "pine.0"}


def test_who_is_last_of_a_month_stays_so_when_another_month_is_placed(opened: Opened) -> None:
    """Invariant 9: two open months have a standing each, of the same people."""
    names, february = _serving(LOTUS, 12), "2025-02"
    town = opened(
        rulebook(f"{_GROUPS}\n{_LAST}"),
        people=people(*(worker(name, assignment(LOTUS)) for name in names)),
        events=[
            one
            for day in ("02-10", "03-10")
            for one in worked({name: str(60 + n) for n, name in enumerate(names)}, on(day))
        ],
    )
    for period in (february, MARCH):
        assert {name for name, result in town.results(period).items() if result.outcomes} == {"lotus.0"}
    town.send(*worked({"lotus.0": "90"}, on("03-11")))
    assert {name for name, result in town.results().items() if result.outcomes} == {"lotus.1"}
    assert {name for name, result in town.results(february).items() if result.outcomes} == {"lotus.0"}


def test_a_share_that_a_measure_says_is_that_of_its_pool(opened: Opened) -> None:
    """The smallest of its members'; and a share that changes moves seats in its own pool alone."""
    names = [*_serving(LOTUS, 4), *_serving(PINE, 4)]
    shares = {name: "50" if name.startswith(LOTUS) else "75" for name in names}
    book = rulebook(f"{_GROUPS}\n{_HALF.replace('50%', '{measure: part}')}\n{_PART}")

    def serving(name: str, share: str) -> Node:
        return worker(name, assignment(name.partition(".")[0]), attributes=[attribute("part", share)])

    town = opened(
        book,
        people=people(*(serving(*one) for one in shares.items())),
        events=worked({name: str(90 + n) for n, name in enumerate(names)}),
    )
    assert who(town.results(), "excellent") == {"lotus.2", "lotus.3", "pine.1", "pine.2", "pine.3"}
    town.state(serving("pine.0", "25"))
    assert who(town.results(), "excellent") == {"lotus.2", "lotus.3", "pine.3"}


def test_who_rises_from_the_last_forces_another_down(opened: Opened) -> None:
    """Invariant 9: one event about one worker settles the pool, though no seat is gained or lost."""
    names = _serving(LOTUS, 12)
    town = opened(
        rulebook(f"{_GROUPS}\n{_FORCED}"),
        people=people(*(worker(name, assignment(LOTUS)) for name in names)),
        events=worked({name: str(86 + n) for n, name in enumerate(names)}),
    )
    assert who(town.results(), "incompetent") == {"lotus.0", "lotus.1"}
    town.send(*worked({"lotus.0": "100"}, on("03-11")))
    assert who(town.results(), "incompetent") == {"lotus.1", "lotus.2"}


def test_a_pool_that_comes_of_size_is_settled_whole(opened: Opened) -> None:
    """Invariant 11: below the least size there is no quota; with one more there is, for whoever was there before."""
    names = [*_serving(LOTUS, 3), *_serving(PINE, 6)]
    town = opened(
        rulebook(f"{_GROUPS}\n{_HALF}"),
        people=people(*(worker(name, assignment(name.partition(".")[0])) for name in names)),
        events=worked({name: str(90 + n) for n, name in enumerate(names)}),
    )
    assert who(town.results(), "excellent") >= set(_serving(LOTUS, 3))
    town.state(worker("lotus.3", assignment(LOTUS)))
    town.send(*worked({"lotus.3": "80"}))
    assert {name: tier for name, tier in tiers_of(town.results()).items() if name.startswith(LOTUS)} == {
        "lotus.0": "competent",
        "lotus.1": "excellent",
        "lotus.2": "excellent",
        "lotus.3": "competent",
    }
    town.state(worker("lotus.3", assignments=[]))
    assert who(town.results(), "excellent") >= set(_serving(LOTUS, 3))
