"""The ground for mutants: a database with many small worlds, and what the oracle makes of each.

Every world happens in portions: most events under a roster that isn't right yet, then the right one, then the other
events. After the last position more happens that must not count. All of it is drawn by the seed.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from random import Random
from typing import Any
from uuid import UUID

from prometheus_client import REGISTRY

from oracle import Result, appraise
from service import journal
from service.database.migrations import migrate
from service.database.transactions import Database
from service.periods import parse
from tests import golden
from tests.computation import worlds
from tests.computation.alone import alone
from tests.computation.contested import contested
from tests.county import County
from tests.mutation import judge
from tests.mutation.plain_worlds import plain_world
from tests.mutation.prepared import Counties, Prepared, Record, Said, opened, packed
from tests.oracle.strategies import World

Roster = tuple[dict[str, Record], dict[str, Record]]  # organisations and workers by id

_DRAWN_FOR_EACH = 8
_ROLLED_UP = 3  # every so many worlds there is a roll-up, of which all months are computed
_READ_THROUGHOUT = 4  # of these every so many it is read at every position, not only at the last
_MANY = 40  # lines; more of them make a world no better
_ANYWAY = 10  # so many computations count little in the choice of a world
_MISTAKEN, _AMENDED = 5, 9  # every so many events have a mistaken twin that is taken back, or were amended
_WORD = re.compile("[a-z_]+")
_MOVED = 3  # every so many worlds an organisation moves, after which everything is computed; else a worker changes


def _alone(seed: int) -> World:
    """Nobody's events move another's number, so that a part of the people can be computed; where it can be made so."""
    one = worlds.world(seed)
    try:
        return alone(one)
    except AttributeError:  # an item that compares what is no selection
        return one


def _contested(seed: int) -> World:
    """Quotas, seats and ties decide."""
    return contested(worlds.world(seed), seed)


_KINDS = (worlds.world, _contested, plain_world, _alone, _contested)


def lay(url: str, seed: int, count: int, kept: Collection[str], cases: Sequence[World] = ()) -> list[Prepared]:
    """Migrate the database and settle so many worlds in it, these golden ones and these cases."""
    known: Counter[str] = Counter()
    firsts = [(seed * count + number) * _DRAWN_FOR_EACH for number in range(count)]
    drawn = [_drawn(first, number, known) for number, first in enumerate(firsts)]
    drawn += [(int(name), golden.read(name)) for name in kept]
    migrate(url)
    with opened(url) as database:
        laid = [_settled(url, database, one, number, n) for n, (number, one) in enumerate(drawn)]
        for number, one in enumerate(cases):
            with contextlib.suppress(AssertionError):  # the oracle takes events, too, that the service refuses
                laid.append(_told(url, database, one, number))
        return laid


def rule(url: str, prepared: list[Prepared]) -> list[Prepared]:
    """On a clone: draft and publish every rulebook, as the code does that isn't changed; those that can be ruled."""
    ruled = []
    with opened(url) as database:
        counties = Counties(url, database)
        for one in prepared:
            # The oracle takes rulebooks, too, that the service refuses.
            with contextlib.suppress(AssertionError) if one.is_case else contextlib.nullcontext():
                judge.rule(counties.unpacked(one.tenant), one)
                ruled.append(one)
    return ruled


def measure(url: str, prepared: list[Prepared]) -> tuple[list[str], set[str]]:
    """On a clone of that: where code and oracle differ, and which statements compute. Fills in what is read."""
    differences: list[str] = []
    before = _statements()
    with opened(url) as database:
        counties = Counties(url, database)
        for one in prepared:
            try:
                said = list(_measured(counties.unpacked(one.tenant), one))
            except Exception as error:
                said = [f"{type(error).__name__}: {error}"]
            differences += [f"{one.name}, {text}" for text in said]
        run = {name for name, times in _statements().items() if times > before[name]}
        for one in [one for one in prepared if not one.is_case][::_ROLLED_UP] if not differences else []:
            county = counties.unpacked(one.tenant)
            with judge.as_of(one.last):
                one.published = judge.publishable(county, one)
                one.frozen = {p: worlds.appraised(county, one.world.rulebook, p) for p in one.world.periods}
            with judge.as_of(one.later):
                for period in one.frozen:
                    one.digests[one.later, period] = worlds.digest(county, period, one.rulebook)
                one.corrected = {p: {} for p in judge.correctable(county, one)}
                one.corrected = {p: worlds.appraised(county, one.world.rulebook, p) for p in one.corrected}
    return differences, run


def _measured(county: County, one: Prepared) -> Iterator[str]:
    """Fill in the digests; where code and oracle differ."""
    for watermark, period in [*one.before, *((one.last, period) for period in one.world.periods)]:
        with judge.as_of(watermark):
            up_to_date = worlds.digest(county, period, one.rulebook)
            one.digests[watermark, period] = worlds.digest(county, period, one.rulebook, full=True)
            if up_to_date != worlds.digest(county, period, one.rulebook):
                yield f"{period} at {watermark}: brought up to date it is another"
    with judge.as_of(one.last):
        for period in one.world.periods:
            one.digests[one.last, period] = worlds.digest(county, period, one.rulebook)
            said = worlds.differences(one.expected[period], worlds.appraised(county, one.world.rulebook, period))
            yield from (f"{period}: {text}" for text in said)


def _drawn(first: int, number: int, known: Counter[str]) -> tuple[int, World]:
    """Of a few worlds that are drawn by seeds the one in which most happens by words that few have had so far."""
    made = _KINDS[number % len(_KINDS)]
    found = [(seed, made(seed)) for seed in range(first, first + _DRAWN_FOR_EACH)]
    rolled_up = number % _ROLLED_UP == 0
    fitting = [(seed, one) for seed, one in found if bool(one.rulebook["periods"]["rollups"]) == rolled_up]

    def worth(drawn: tuple[int, World]) -> float:
        _, one = drawn
        rarity = sum(1 / (1 + known[word]) for word in _words(one))
        return min(_lines(one), _MANY) * rarity / (_ANYWAY + _computations(one))

    best = max(fitting or found, key=worth)
    known.update(_words(best[1]))
    return best


def _computations(one: World) -> int:
    """About how many periods have to be computed: those inside a roll-up, too."""
    days = [(parsed.end_day - parsed.first_day).days for parsed in map(parse, one.periods)]
    return 3 * len(days) + max(days) // min(days)


def _lines(one: World) -> int:
    """How many lines rest on something."""
    results_ = [result for period in one.periods for result in _appraised(one, period).values()]
    return sum(1 for result in results_ for line in result.lines if line.count)


def _words(one: World) -> set[str]:
    """The words of the language that a rulebook uses, with their keys."""
    found = set()
    waiting: list[tuple[str, Any]] = [("", [one.rulebook, *one.others])]
    while waiting:
        key, said = waiting.pop()
        if isinstance(said, dict):
            found |= set(said)
            waiting += said.items()
        elif isinstance(said, list):
            waiting += [(key, inner) for inner in said]
        elif isinstance(said, str) and _WORD.fullmatch(said):
            found.add(f"{key}: {said}")
    return found


def _appraised(one: World, period: str) -> dict[str, Result]:
    return appraise(one.rulebook, one.event_types, one.roster, one.events, period, one.others)


def _settled(url: str, database: Database, one: World, seed: int, number: int) -> Prepared:
    said, county, chance = Said(one), County.empty(url, database), Random(seed)
    worlds.plan(county)
    about, late = _late(one, chance)
    organisations, workers = _moved(said, chance) if number % _MOVED == 1 else _shortened(said, about)
    changes = ((organisations, said.organisations), (workers, said.workers))
    county.state(*([altered.get(one["id"], one) for one in stated] for altered, stated in changes))
    county.declare(said.types)
    mistaken = [{**event, "id": f"{event['id']}-mistaken"} for event in one.events[::_MISTAKEN]]
    amended = [event for event in one.events[1::_AMENDED] if event not in late]
    first = [event for event in one.events if event not in late and event not in amended]
    worlds.send(county, [*first, *mistaken, *(_was(event) for event in amended)])
    before = [journal.sealed(database, county.tenant_id)]
    county.state(said.organisations, said.workers)
    before.append(journal.sealed(database, county.tenant_id))
    worlds.send(county, late)
    for event in mistaken:
        worlds.reverse(county, event)
    for event in amended:
        worlds.amend(county, _was(event), event)
    last = journal.sealed(database, county.tenant_id)
    if number % _MOVED:  # else only events tell whose results have changed
        county.state([*organisations.values()], [*workers.values()])
    _send_again(county, late, "sealed")
    later = journal.sealed(database, county.tenant_id)
    _send_again(county, one.events[::2], "unsealed")
    for event in one.events[::_MISTAKEN]:  # after the position that counts
        worlds.reverse(county, event)
    base = one.rulebook["periods"]["base"]
    throughout = number % (_ROLLED_UP * _READ_THROUGHOUT) == 0
    followed = [p for p in one.periods if parse(p).kind == base or throughout]
    readings = [(watermark, period) for watermark in before for period in followed]
    expected = {period: _appraised(one, period) for period in one.periods}
    named = [UUID(worlds.identity({**event, "id": f"{event['id']}-sealed"})) for event in late]
    return Prepared(seed, one, packed(county), said.rulebooks, readings, last, later, named, expected)


def _told(url: str, database: Database, one: World, number: int) -> Prepared:
    """A case happens at once."""
    county = County.empty(url, database)
    worlds.state(county, one)
    worlds.send(county, one.events)
    last = journal.sealed(database, county.tenant_id)
    expected = {period: _appraised(one, period) for period in one.periods}
    return Prepared(
        number, one, packed(county), [*one.others, one.rulebook], [], last, last, [], expected, is_case=True
    )


def _late(one: World, chance: Random) -> tuple[str, list[Record]]:
    """A subject, and some of its events: what changes is about one, so that computing a part is worth it."""
    subject = chance.choice(one.events)["subject"] if one.events else ""
    own = [event for event in one.events if event["subject"] == subject]
    return subject, chance.sample(own, (len(own) + 1) // 2)


def _send_again(county: County, events: list[Record], how: str) -> None:
    """The same as other events, which come too late to count."""
    worlds.send(county, [{**event, "id": f"{event['id']}-{how}"} for event in events])


def _was(event: Record) -> Record:
    """What stood in the place of an event before it was amended."""
    return {**event, "id": f"{event['id']}-was"}


def _shortened(said: Said, about: str) -> Roster:
    """The worker without the last assignment."""
    found = [w for w in said.workers if f"worker/{w['id']}" == about and w.get("assignments")]
    return {}, {w["id"]: {**w, "assignments": w["assignments"][:-1]} for w in found}


def _moved(said: Said, chance: Random) -> Roster:
    """An organisation that people serve, at another place in the tree."""
    above = {record.get("parent") for record in said.organisations}
    served = {a["organisation"] for worker in said.workers for a in worker.get("assignments", [])} - above
    leaves = [o for o in said.organisations if o["id"] in served and o.get("parent")]
    if not leaves:
        return {}, {}
    leaf = chance.choice(leaves)
    others = [o["id"] for o in said.organisations if o["id"] not in (leaf["id"], leaf["parent"])]
    return {leaf["id"]: {**leaf, "parent": chance.choice(others)}} if others else {}, {}


def _statements() -> Counter[str]:
    """How often each statement ran in this process, as the service measures it."""
    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    return Counter({s.labels["statement"]: int(s.value) for s in samples if s.name == "jifen_database_seconds_count"})
