"""Brings a generated world to the service, and reads what the service makes of it in the oracle's terms.

How much is tried is set by the environment: JIFEN_WORLDS (how many worlds), JIFEN_SEED (the first one's seed), and
JIFEN_WORLD_WORKERS (the most workers of one, and events in proportion). A world is the same for its seed everywhere.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg

from oracle import Line, Result, appraiser
from service import canonical, digests, journal, results, standings
from service.database.transactions import Database, Transaction
from service.periods import parse
from service.results import Shown
from service.rulebooks import store
from tests.county import County
from tests.oracle.strategies import World, world_of

COUNT = int(os.environ.get("JIFEN_WORLDS", "12"))
FIRST_SEED = int(os.environ.get("JIFEN_SEED", "2025000"))
WORKERS = int(os.environ.get("JIFEN_WORLD_WORKERS", "12"))
_EVENTS_PER_WORKER = 7
_BATCH = 1000

_UNSUMMED = """
SELECT u.kind || '/' || u.id AS subject, r.total, l.lines
FROM {results} r
JOIN {lines} l USING (tenant_id, {key}, subject_no)
JOIN subject u USING (tenant_id, subject_no)
WHERE r.tenant_id = %s AND r.total <> (SELECT sum(points) FROM unnest(l.lines) points)
"""
_MISCOUNTED = """
SELECT s.standing_no FROM standing s
WHERE s.tenant_id = %s AND s.pools_at = s.refreshed_at AND s.pools <> '{}' AND s.pools <> (
    SELECT coalesce(jsonb_object_agg(pool, sizes), '{}') FROM (
        SELECT r.pool, jsonb_build_array(
            count(*), count(*) FILTER (WHERE r.no_tier IS NULL), count(r.ranked_total)) AS sizes
        FROM standing_result r WHERE r.tenant_id = s.tenant_id AND r.standing_no = s.standing_no GROUP BY r.pool
    ) c
)
"""
_STORED = (
    {"results": "standing_result", "lines": "standing_lines", "key": "standing_no"},
    {"results": "result", "lines": "result_lines", "key": "run_no"},
)


def seeds(share: int = 1) -> list[int]:
    """The seeds of this session's worlds, or of the first half, third and so on of them; one at least."""
    return list(range(FIRST_SEED, FIRST_SEED + max(COUNT // share, 1)))


def world(seed: int) -> World:
    """The world of a seed, of the size that this session asks for."""
    return world_of(seed, WORKERS, max(80, _EVENTS_PER_WORKER * WORKERS))


def settle(url: str, database: Database, world: World) -> County:
    """A fresh tenant with the world's roster, types, rulebooks and events."""
    county = County.empty(url, database)
    found(county, world)
    send(county, world.events)
    return county


def found(county: County, world: World) -> None:
    """The world without its events."""
    state(county, world)
    plan(county)
    for rulebook in (*world.others, world.rulebook):
        county.rule(rulebook)


def plan(county: County) -> None:
    """Next year's working days are known, for a notice that runs until then."""
    answer = county.hr.put(f"/v1/calendar/{datetime.now(UTC).year + 1}", {"holidays": [], "working_days": []})
    assert answer.status_code in (200, 201), answer.json


def state(county: County, world: World) -> None:
    """The world's roster and types."""
    organisations = [
        {key: value for key, value in {"title": o["id"], **o}.items() if value is not None}
        for o in world.roster["organisations"]
    ]
    county.state(organisations, world.roster["workers"])
    county.declare({name: _plain(declaration) for name, declaration in world.event_types.items()})


def send(county: County, events: list[dict[str, Any]]) -> None:
    """Send events in few batches, every one of which must be new."""
    for start in range(0, len(events), _BATCH):
        answers = county.send(*map(as_sent, events[start : start + _BATCH]))
        assert {a["result"] for a in answers} == {"created"}, [a for a in answers if a["result"] != "created"]


def reverse(county: County, event: dict[str, Any]) -> None:
    """Take an event back."""
    answer = county.hr.post(f"/v1/events/{identity(event)}/reversal", {"reason": "entered in error"})
    assert answer.status_code == 201, answer.json


def amend(county: County, event: dict[str, Any], replacement: dict[str, Any]) -> None:
    """Put another event in its place."""
    body = {"reason": "as the record says", "event": as_sent(replacement)}
    answer = county.hr.post(f"/v1/events/{identity(event)}/amendment", body)
    assert answer.status_code == 201, answer.json


def publish(county: County, period: str, rulebook: str) -> None:
    """Close a period and publish it, whatever is missing of what it reads."""
    said = {"close": None, "publish": {"force": {"reason": "the others wait"}}}
    for step, body in said.items():
        answer = county.hr.post(f"/v1/periods/{period}/{step}?rulebook={rulebook}", body)
        assert answer.status_code == 200, answer.json


def finalise(county: County, period: str, rulebook: str) -> None:
    """The notice of a published period is over, or nobody waits for it."""
    answer = county.hr.post(f"/v1/periods/{period}/finalise?rulebook={rulebook}", {"force": {"reason": "tried"}})
    assert answer.status_code == 200, answer.json


def identity(event: dict[str, Any]) -> str:
    """What the service calls an event."""
    return str(canonical.event_id(event["source"], event["id"]))


def as_sent(event: dict[str, Any]) -> dict[str, Any]:
    """An event of a world as it stands in a request."""
    return {**event, "specversion": "1.0", "data": _plain(event["data"])}


def expecting(world: World) -> Callable[[str], dict[str, Result]]:
    """What the oracle says of everyone in a period."""
    return appraiser(world.rulebook, world.event_types, world.roster, world.events, world.others)


def disagreements(
    county: County, world: World, period: str, expected: dict[str, Result], live: bool = False
) -> list[str]:
    """Where the service says something else of a period, and where its lines don't add up to its totals."""
    printed, result = _printed(county, world.rulebook["rulebook"], period, live)
    return [
        *differences(expected, {subject: as_result(said, world.rulebook) for subject, said in printed.items()}),
        *(f"{subject}: printed lines don't add up" for subject, said in printed.items() if not _adds_up(said)),
        *result,
    ]


def appraised(county: County, rulebook: dict[str, Any], period: str) -> dict[str, Result]:
    """What the service says of everyone, as the oracle would say it."""
    printed, _ = _printed(county, rulebook["rulebook"], period)
    return {subject: as_result(said, rulebook) for subject, said in printed.items()}


def _printed(
    county: County, rulebook: str, period: str, live: bool = False
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Everyone's result as JSON, and where the ranking says something else than the result."""
    found, wrong = {}, []
    with shown(county, rulebook, period, live) as (transaction, seen):
        page = results.ranking(transaction, seen, results.Asked(limit=100_000))
        assert page["next"] is None
        sharing = Counter((item["group"], item["rank"]) for item in page["items"])
        for item in page["items"]:
            kind, identifier = item["subject"].split("/")
            found[item["subject"]] = said = results.result(transaction, seen, kind, identifier)
            listed = {key: said[key] for key in item if key in said}
            listed["tied_with"] = None if said["rank"] is None else sharing[said["group"], said["rank"]] - 1
            if item != listed | {"outcomes": [one["id"] for one in said["outcomes"]]}:
                wrong.append(f"{item['subject']}: the ranking says {item}")
    return found, wrong


@contextmanager
def shown(county: County, rulebook: str | None, period: str, live: bool = False) -> Iterator[tuple[Transaction, Shown]]:
    """What a reader sees of a period (if `live`, of its standing), with everything that was acknowledged so far."""
    watermark = journal.sealed(county.database, county.tenant_id)
    with county.database.transaction(county.tenant_id) as transaction:
        yield transaction, results.show(transaction, parse(period), rulebook, watermark, live)


def digest(county: County, period: str, rulebook: str | None = None, full: bool = False) -> str:
    """The digest of a period's standing as it is read, or with `full` computed as a publication computes it."""
    watermark = journal.sealed(county.database, county.tenant_id)
    with county.database.transaction(county.tenant_id) as transaction:
        ruling = store.ruling(transaction, parse(period), rulebook)
        standing = standings.refresh(transaction, ruling, parse(period), watermark, full=full)
        transaction.do("standing_plan", nested_loops="off")
        return digests.of(transaction, standing.number, ruling).digest.hex()


def forget(county: County) -> None:
    """Empty the standings of the county, as a crash of the server does: whoever reads next computes from nothing."""
    with psycopg.connect(county.url) as connection:
        for table in ("standing_lines", "standing_result", "standing"):
            connection.execute(f"DELETE FROM {table} WHERE tenant_id = %s".encode(), [county.tenant_id])


def unsummed(county: County) -> list[str]:
    """Whose stored lines, in any standing or run of the county, don't add up to the stored total."""
    with psycopg.connect(county.url) as connection:
        rows = [
            row
            for stored in _STORED
            for row in connection.execute(_UNSUMMED.format(**stored).encode(), [county.tenant_id])
        ]
    return [f"{subject}: {total} is not the sum of {[str(n) for n in lines]}" for subject, total, lines in rows]


def miscounted(county: County) -> list[int]:
    """The standings of the county that kept other sizes of their pools than their rows say."""
    with psycopg.connect(county.url) as connection:
        return [number for (number,) in connection.execute(_MISCOUNTED, [county.tenant_id])]


def differences(expected: dict[str, Result], found: dict[str, Result]) -> list[str]:
    """Where two appraisals differ: subject, what, expected, found."""
    said = [f"{subject} is only in one of them" for subject in sorted(expected.keys() ^ found.keys())]
    for subject in sorted(expected.keys() & found.keys()):
        for field in fields(Result):
            here, there = getattr(expected[subject], field.name), getattr(found[subject], field.name)
            if here != there:
                said.append(f"{subject} {field.name}: expected {_only(here, there)}, found {_only(there, here)}")
    return said


def as_result(said: dict[str, Any], rulebook: dict[str, Any]) -> Result:
    """A result in the oracle's terms; factors of multipliers are no measures there."""
    measures = {one["id"] for one in rulebook.get("measures", [])}
    return Result(
        group=said["group"],
        lines=tuple(_as_line(line) for line in said["lines"]),
        total=Fraction(said["total"]),
        rank=said["rank"],
        tier=said["tier"],
        no_tier=said["no_tier"],
        gates=tuple((g["tier"], g["index"], g["holds"]) for g in said["gates"]),
        outcomes=tuple((o["id"], _number(o["value"])) for o in said["outcomes"]),
        lists=tuple((one["id"], one["group"], one["rank"]) for one in said["lists"]),
        measures=tuple((m["id"], _number(m["number"]), m["code"]) for m in said["measures"] if m["id"] in measures),
        unanswered=tuple((o["id"], tuple(o["measures"])) for o in said["unanswered"]),
        candidacies=_candidacies(said, rulebook),
    )


def _candidacies(said: dict[str, Any], rulebook: dict[str, Any]) -> tuple[tuple[str, int, int, int], ...]:
    """With a seat or without one, in the order of the rulebook; what is left is what isn't used."""
    found = {o["id"]: o for o in (*said["outcomes"], *said["not_chosen"]) if "place" in o}
    assert all(o["left"] == max(o["seats"] - o["used"], 0) for o in found.values())
    order = [one["id"] for one in rulebook.get("outcomes", []) if one["id"] in found]
    return tuple((name, found[name]["place"], found[name]["seats"], found[name]["used"]) for name in order)


def _as_line(said: dict[str, Any]) -> Line:
    return Line(
        said["kind"],
        said["id"],
        Fraction(said["points"]),
        _number(said["measure"]),
        said["code"],
        said["count"],
        said["no_data"],
    )


def _adds_up(said: dict[str, Any]) -> bool:
    return sum(Decimal(line["points"]) for line in said["lines"]) == Decimal(said["total"])


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _only(one: Any, other: Any) -> str:
    """What stands in one and not in the other; a difference of order alone shows both."""
    if not isinstance(one, tuple):
        return str(one)
    return f"[{'; '.join(_short(item) for item in one if item not in other) or one}]"


def _short(item: Any) -> str:
    if not isinstance(item, Line):
        return str(tuple(str(part) for part in item))
    said = {field.name: getattr(item, field.name) for field in fields(item)}
    return " ".join(f"{name}={value}" for name, value in said.items() if value is not None)


def _plain(value: Any) -> Any:
    """Decimals as text, as JSON can carry them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, bool | int | str) or value is None else format(value, "f")
