"""Events that come after their period was published, under `late: carry`: counted once, in the next that isn't.

Worlds first; then what meets the other words of the language, put to the service and the oracle at once (town.py).
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from oracle import appraiser
from service.database.transactions import Database
from service.verification import verify
from tests.computation import worlds
from tests.computation.alone import of_events
from tests.computation.plain import plain
from tests.computation.reporting import report
from tests.computation.town import Opened, people, worker
from tests.county import County
from tests.oracle.cases import assignment, event, on, rulebook
from tests.oracle.generate.texts import under
from tests.oracle.strategies import World

Told = list[dict[str, Any]]
Published = dict[tuple[str, str], int]


@pytest.mark.parametrize("seed", worlds.seeds(share=2))
@pytest.mark.parametrize("short", [False, True])
def test_the_service_and_the_oracle_agree_on_what_is_carried(
    module_url: str, module_database: Database, seed: int, short: bool
) -> None:
    """Invariants 5, 8, 9: by positions alone, in any order of publication, whatever was read between, for ever."""
    world, chance = _carrying(worlds.world(seed), short), Random(seed)
    county = County.empty(module_url, module_database)
    worlds.found(county, world)
    told, published = _lived(county, world, list(_steps(world, chance)), chance)
    book = world.rulebook
    expected = appraiser(book, world.event_types, world.roster, told, world.others, published=published)
    # What becomes of an act is read by a correction, and not by the revision from which a roll-up is made.
    looks_ahead = "latest" in under("as_of", book)
    for period in world.bases if looks_ahead else world.periods:
        wrong = worlds.disagreements(county, world, period, expected(period), live=True)
        assert not wrong, report(seed, world, period, wrong)
    _assert_found_again(county, world)


@pytest.mark.parametrize("seed", worlds.seeds(share=6))
def test_the_order_between_two_publications_never_matters(
    module_url: str, module_database: Database, seed: int
) -> None:
    """Invariant 8, where lateness is decided too."""
    world, chance = _carrying(worlds.world(seed)), Random(seed)
    steps, found = list(_steps(world, chance)), []
    for _ in range(2):
        county = County.empty(module_url, module_database)
        worlds.found(county, world)
        _lived(county, world, [(chance.sample(portion, len(portion)), base) for portion, base in steps], chance)
        rulebook = world.rulebook["rulebook"]
        found.append({period: worlds.digest(county, period, rulebook) for period in world.periods})
    assert found[0] == found[1], f"seed {seed}"


def _carrying(world: World, short: bool = False) -> World:
    """The world with late events carried, and base sheets of events alone."""
    world = plain(world) if short else of_events(world)
    book = {**world.rulebook, "periods": {**world.rulebook["periods"], "late": "carry"}}
    return replace(world, rulebook=book)


def _steps(world: World, chance: Random) -> Iterator[tuple[Told, str | None]]:
    """The events in another order, in portions, and the base period that is published after each, in any order."""
    events = chance.sample(world.events, len(world.events))
    bases = chance.sample(world.bases, len(world.bases)) if chance.random() < 0.3 else world.bases
    cuts = sorted(chance.randint(0, len(events) * 2 // 3) for _ in bases)
    bounds = zip([0, *cuts], [*cuts, len(events)], [*bases, None], strict=True)
    yield from ((events[start:end], base) for start, end, base in bounds)


def _lived(
    county: County, world: World, steps: list[tuple[Told, str | None]], chance: Random
) -> tuple[Told, Published]:
    """Send and publish, with reads between; the events with their positions, and the publications with theirs."""
    told: Told = []
    published: Published = {}
    rulebook = world.rulebook["rulebook"]
    for portion, base in steps:
        for half in (portion[: len(portion) // 2], portion[len(portion) // 2 :]):
            if half:
                worlds.send(county, half)
            worlds.digest(county, chance.choice(world.periods), rulebook)
        told += [{**event, "position": len(told) + n} for n, event in enumerate(portion, 1)]
        if base:
            worlds.publish(county, base, rulebook)
            published[rulebook, base] = len(told)
    return told, published


def _assert_found_again(county: County, world: World) -> None:
    """Standings as from nothing, and every run as it was published."""
    rulebook = world.rulebook["rulebook"]
    found = {period: worlds.digest(county, period, rulebook) for period in world.periods}
    worlds.forget(county)
    assert {period: worlds.digest(county, period, rulebook) for period in world.periods} == found
    assert [one for one in verify(county.database, county.tenant_id) if one.wrong] == []
    assert worlds.unsummed(county) == []


CARRYING = "periods: {base: month, rollups: [], timezone: Asia/Shanghai, late: carry}\n"


def item(take: str, give: str = "as_is") -> dict[str, Any]:
    """The town's rulebook with one indicator, and late events carried."""
    said = f"{{id: x, title: 项, category: duty, take: {take}, give: {give}, max: 100, no_data: zero}}"
    return rulebook(f"{CARRYING}indicators: [{said}]")


def number(found: dict[str, Any], name: str = "a") -> int:
    return int(found[name].total)


def test_what_became_of_a_carried_act_is_heard(opened: Opened) -> None:
    """Also what was said of it before the period into which it is carried."""
    state = "{event: honour.reviewed, same: case, field: decision, counts: [accepted], without: waits, as_of: latest}"
    town = opened(item(f"{{count: {{event: honour.awarded, state: {state}}}}}"), people=people("a"))
    town.publish("2025-02", "2025-03")
    town.send(event("honour.awarded", "a", on("02-10"), case="c1"))
    assert number(town.results("2025-04")) == 0
    town.send(event("honour.reviewed", "a", on("02-20"), case="c1", decision="accepted"))
    assert number(town.results("2025-04")) == 1
    town.send(event("honour.reviewed", "a", on("04-20"), case="c1", decision="rejected"))
    assert number(town.results("2025-04")) == 0


def test_what_is_dated_by_period_is_judged_by_what_was_said_of_it_before(opened: Opened) -> None:
    """March's plan is sent and accepted in January."""
    state = "{event: honour.reviewed, same: case, field: decision, counts: [accepted], without: waits, as_of: latest}"
    town = opened(item(f"{{count: {{event: work.planned, state: {state}}}}}"), people=people("a"))
    town.send(event("work.planned", "a", on("01-10"), period="2025-03", case="c1", points="1"))
    assert number(town.results()) == 0
    town.send(event("honour.reviewed", "a", on("01-20"), case="c1", decision="accepted"))
    assert number(town.results()) == 1


def test_what_was_said_of_an_act_after_the_period_and_taken_back_is_not_heard(opened: Opened) -> None:
    state = "{event: honour.reviewed, same: case, field: decision, counts: [accepted], without: counts, as_of: latest}"
    town = opened(item(f"{{count: {{event: honour.awarded, state: {state}}}}}"), people=people("a"))
    town.send(event("honour.awarded", "a", case="c1"))
    rejected = event("honour.reviewed", "a", on("04-10"), case="c1", decision="rejected")
    town.send(rejected)
    assert number(town.results()) == 0
    worlds.reverse(town.county, rejected)
    town.world.events[:] = [one for one in town.world.events if one["id"] != rejected["id"]]
    assert number(town.results()) == 1


@pytest.mark.parametrize(("within", "points"), [("period", 1), ("year", 2), ("{months: 2}", 2)])
def test_a_carried_event_is_numbered_by_its_own_day(opened: Opened, within: str, points: int) -> None:
    """The second of the year, or since two months before it, whose first came in time for an earlier period."""
    take = f"{{each_event: {{event: exam.taken, repeated: {{within: {within}, times: [1, 2]}}}}}}"
    town = opened(item(take, "{each: 1}"), people=people("a"), events=[event("exam.taken", "a", on("01-20"))])
    town.publish("2025-01", "2025-02", "2025-03")
    town.send(event("exam.taken", "a", on("03-10")))
    assert number(town.results("2025-04")) == points


@pytest.mark.parametrize("window", ["year", "{last: 3}", "{last: 1}"])
def test_a_window_that_sees_a_carried_event_sees_it_once(opened: Opened, window: str) -> None:
    town = opened(item(f"{{count: {{event: exam.taken, window: {window}}}}}"), people=people("a"))
    town.publish("2025-03")
    town.send(event("exam.taken", "a", on("03-10")))
    assert number(town.results("2025-04")) == 1
    assert number(town.results("2025-05")) == (0 if window == "{last: 1}" else 1)


@pytest.mark.parametrize(
    ("ends_on", "counted", "days"), [("2025-03-20", 1, 0), ("2025-04-05", 1, 5), ("2025-03-09", 0, 0)]
)
def test_what_lasted_into_published_periods_alone_counts_once_more(
    opened: Opened, ends_on: str, counted: int, days: int
) -> None:
    """Its days stay its own; what lasts no day counts nowhere."""
    lasts = "{event: sanction.given, lasts: {until: ends_on}}"
    for word, expected in (("count", counted), ("days", days)):
        town = opened(item(f"{{{word}: {lasts}}}"), people=people("a"))
        town.publish("2025-03")
        town.send(event("sanction.given", "a", on("03-10"), kind="warning", ends_on=ends_on))
        assert number(town.results("2025-04")) == expected
        assert number(town.results("2025-05")) == 0


def test_the_own_day_of_a_carried_event_decides_whose_it_is(opened: Opened) -> None:
    """Of the organisation that was served that day, not of the one that is served now."""
    moved = worker("moved", assignment("lotus", to="2025-04-01"), assignment("pine", since="2025-04-01"))
    book = item("{count: {event: unit.assessed, about: organisation}}")
    town = opened(book, people=people(moved, worker("stays", assignment("pine"))))
    town.publish("2025-03")
    town.send(*(event("unit.assessed", f"organisation/{one}", on("03-10")) for one in ("lotus", "lotus", "pine")))
    found = town.results("2025-04")
    assert (number(found, "moved"), number(found, "stays")) == (2, 1)


def test_what_is_dated_by_a_published_period_is_carried(opened: Opened) -> None:
    """And what names a longer period belongs to no month."""
    town = opened(item("{sum: {event: work.planned}}"), people=people("a"))
    town.publish("2025-03")
    town.send(event("work.planned", "a", on("05-10"), "2025-03", points="7"))
    town.send(event("work.planned", "a", on("05-10"), "2025-Q1", points="50"))
    assert (number(town.results("2025-04")), number(town.results("2025-05"))) == (7, 0)


def test_the_sheet_of_a_carried_event_is_computed_again_bit_by_bit(opened: Opened) -> None:
    """Invariant 9: many others stay, and are not looked at again."""
    names = [f"w{n}" for n in range(10)]
    town = opened(item("{count: {event: exam.taken}}"), people=people(*names))
    town.publish("2025-03")
    assert set(map(number, [town.results("2025-04")] * 10, names)) == {0}
    town.send(event("exam.taken", "w3", on("03-10")))
    assert {name: number(town.results("2025-04"), name) for name in ("w3", "w4")} == {"w3": 1, "w4": 0}


def test_what_was_let_in_and_amended_into_an_earlier_period_counts_in_one_month(opened: Opened) -> None:
    """It isn't of the month that let it in any more, and is carried as it would have been without."""
    town = opened(item("{count: {event: exam.taken}}"), people=people("a"))
    town.publish("2025-02", "2025-03")
    late = event("exam.taken", "a", on("03-10"))
    town.send(late)
    town.correct("2025-03", worlds.identity(late))
    assert (town.totals("2025-03"), town.totals("2025-04")) == ({"a": 1}, {"a": 0})
    worlds.amend(town.county, late, event("exam.taken", "a", on("02-10")))
    [corrected] = town.county.ranking("2025-03", rulebook="yunhe", view="standing")
    assert (corrected["total"], town.totals("2025-04")) == ("0.00", {"a": 1})
