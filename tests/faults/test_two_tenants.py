"""Two tenants ask for anything at random, and neither is shown or moves anything of the other's (invariant 14): as it
is served, by row-level security alone, and by the statements' own conditions alone.

JIFEN_FAULT_REQUESTS says how many requests; those of a run can be had again by JIFEN_FAULT_SEED.
"""

from collections import Counter
from contextlib import nullcontext
from random import Random
from typing import Any, NamedTuple

import pytest

import sql
from service.app import create_app
from service.database.transactions import Database
from service.settings import Settings
from tests.county import Client, County
from tests.faults.sizes import REQUESTS, SEED, tell
from tests.faults.tenants import bodies, drawing, looking, walls
from tests.faults.tenants.side import Side

OPERATIONS = list(drawing.operations())
_FEW = 400  # for what is wrong on purpose
_BURST = 40  # requests of one, after which the other's rows are looked at


class Seen(NamedTuple):
    """What came of the requests: answers by operation and status, and what was found beyond the walls."""

    answers: Counter[tuple[str, int]]
    beyond: list[str]


@pytest.fixture
def sides(url: str, database: Database) -> tuple[Side, Side]:
    """Two tenants of one database."""
    first, second = (Side.make(County.small(url, database), mark) for mark in ("zqleftzq", "zqrightzq"))
    return first, second


def asked(sides: tuple[Side, Side], database: Database, requests: int, seed: int, most: int = 20) -> Seen:
    """Let the two ask in turn, a burst each, of an application over this database; ends early at so many findings."""
    application = create_app(Settings(), database)
    seen, dice = Seen(Counter(), []), Random(seed)
    url = sides[0].county.url
    bursts = [min(_BURST, requests - begun) for begun in range(0, requests, _BURST)]
    for number, burst in enumerate(bursts):
        side, other = sides if number % 2 == 0 else sides[::-1]
        before = looking.others(url, side.county.tenant_id)
        named = [_ask(application, dice, side, other, seen) for _ in range(burst)]
        application.extensions["jifen.tokens"].write_uses()
        after = looking.others(url, side.county.tenant_id)
        moved = [table for table in before.keys() | after.keys() if before.get(table) != after.get(table)]
        seen.beyond.extend(f"{table} moved by one of {sorted(set(named))}" for table in sorted(moved))
        if len(seen.beyond) >= most:
            break
    return seen


def _ask(application: Any, dice: Random, side: Side, other: Side, seen: Seen) -> str:
    one = drawing.draw(dice, dice.choice(OPERATIONS), side, other)
    said = {"data": one.body[0], "content_type": one.body[1]} if one.body else {}
    client = Client(application.test_client(), dice.choice(side.users).token)
    answer = client._send(one.operation.method, one.address, one.headers, **said)
    found = looking.words(answer, other.marks, one.repeats)
    seen.beyond.extend(f"{mark} told by {one.operation.method} {one.address}: {answer.status_code}" for mark in found)
    seen.answers[str(one.operation), answer.status_code] += 1
    if answer.is_json and answer.status_code < 300:
        side.hear(answer.json)
    answer.close()
    return str(one.operation)


WALLS = {"both": (True, False), "row-level security": (True, True), "conditions": (False, False)}


@pytest.mark.parametrize("standing", WALLS)
def test_nobody_sees_or_moves_what_is_the_others(
    sides: tuple[Side, Side], standing: str, pytestconfig: pytest.Config
) -> None:
    secured, bare = WALLS[standing]
    with walls.opened(sides[0].county.url, secured) as database, walls.without_conditions() if bare else nullcontext():
        seen = asked(sides, database, REQUESTS, SEED)
    tell(pytestconfig, f"{standing}: {figures(seen)}")
    assert seen.beyond == []
    assert not [key for key in seen.answers if key[1] >= 500 and key[1] != 503]
    assert_something_was_done(seen)


def test_who_names_the_other_in_every_statement_reaches_nothing(
    sides: tuple[Side, Side], pytestconfig: pytest.Config
) -> None:
    """By row-level security alone: what is said of tenants is wrong in conditions and in what is written."""
    with walls.opened(sides[0].county.url, secured=True) as database, walls.naming(crossed(sides)):
        seen = asked(sides, database, REQUESTS, SEED)
    tell(pytestconfig, f"the other's name: {figures(seen)}")
    assert seen.beyond == []
    assert {status for _, status in seen.answers} >= {404, 500}


def test_without_walls_others_are_seen(sides: tuple[Side, Side]) -> None:
    with walls.opened(sides[0].county.url, secured=False) as database, walls.without_conditions():
        seen = asked(sides, database, _FEW, SEED)
    assert [finding for finding in seen.beyond if "told by" in finding]


def test_without_walls_others_are_moved(sides: tuple[Side, Side]) -> None:
    with walls.opened(sides[0].county.url, secured=False) as database, walls.naming(crossed(sides)):
        seen = asked(sides, database, _FEW, SEED)
    assert [finding for finding in seen.beyond if "moved by" in finding]
    assert [finding for finding in seen.beyond if "told by" in finding]


def test_there_is_something_to_send_wherever_something_is_taken() -> None:
    """So that a new route is drawn in earnest."""
    taking = {str(one) for one in OPERATIONS if one.takes}
    assert set(bodies.operations()) == taking


def test_no_statement_says_which_tenant_once_its_conditions_are_taken_out() -> None:
    with walls.without_conditions():
        left = [name for name, text in sql.statements().items() if "tenant_id = %(tenant)s" in text]
    assert left == ["tenant_name"]


def crossed(sides: tuple[Side, Side]) -> dict[int, int]:
    """Each tenant for the other."""
    first, second = (side.county.tenant_id for side in sides)
    return {first: second, second: first}


def assert_something_was_done(seen: Seen) -> None:
    """Or nothing would have been tried: a third of all routes has done what it is for, of many requests nearly all."""
    done = {operation for operation, status in seen.answers if status < 300}
    assert len(done) > len(OPERATIONS) * (0.9 if sum(seen.answers.values()) >= 10_000 else 0.33), sorted(
        {str(one) for one in OPERATIONS} - done
    )


def figures(seen: Seen) -> str:
    """How many were answered how."""
    statuses = Counter()
    for (_, status), many in seen.answers.items():
        statuses[status] += many
    done = {operation for operation, status in seen.answers if status < 300}
    told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    many = f"{sum(statuses.values())} requests, seed {SEED}"
    return f"{many}: {told}; {len(done)} of {len(OPERATIONS)} routes did their work"
