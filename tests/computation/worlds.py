"""Brings a generated world to the service, and reads what the service makes of it in the oracle's terms."""

import contextlib
from dataclasses import fields
from fractions import Fraction
from typing import Any

from service import results, standings
from service.database.transactions import Database
from service.errors import Problem
from service.periods import parse
from service.rulebooks import store
from tests.county import County
from tests.oracle import Line, Result
from tests.oracle.strategies import World


def settle(url: str, database: Database, world: World) -> County:
    """A fresh tenant with the world's roster, types, rulebook and events."""
    county = County.empty(url, database)
    found(county, world)
    send(county, world.events)
    return county


def found(county: County, world: World) -> None:
    """The world without its events."""
    organisations = [
        {key: value for key, value in {"title": o["id"], **o}.items() if value is not None}
        for o in world.roster["organisations"]
    ]
    county.state(organisations, world.roster["workers"])
    county.declare({name: _plain(declaration) for name, declaration in world.event_types.items()})
    county.rule(world.rulebook)


def send(county: County, events: list[dict[str, Any]]) -> None:
    """Send events in one batch, every one of which must be new."""
    if events:
        answers = county.send(*[{**e, "data": _plain(e["data"])} for e in events])
        assert {a["result"] for a in answers} == {"created"}, [a for a in answers if a["result"] != "created"]


def appraised(county: County, period: str) -> dict[str, Result]:
    """What the service says of everyone, as the oracle would say it."""
    with_lines: dict[str, Result] = {}
    watermark = results.sealed(county.database, county.tenant_id)
    with county.database.transaction(county.tenant_id) as transaction:
        shown = results.show(transaction, parse(period), None, watermark)
        page = results.ranking(transaction, shown, None, None, None, 5000)
        for item in page["items"]:
            kind, identifier = item["subject"].split("/")
            with_lines[item["subject"]] = _as_result(results.result(transaction, shown, kind, identifier))
    return with_lines


def digest(county: County, period: str, full: bool = False) -> str:
    """The digest of a period's standing as it is read, or after all that it rests on was computed from nothing."""
    watermark = results.sealed(county.database, county.tenant_id)
    parsed = parse(period)
    with county.database.transaction(county.tenant_id) as transaction:
        for part in [*parsed.months(), parsed] if full and parsed.kind != "month" else [parsed]:
            with contextlib.suppress(Problem):  # a month before the rulebook's first
                ruling = store.ruling(transaction, part, None)
                standing = standings.refresh(transaction, ruling, part, watermark, full=full)
        row = transaction.one("standing_digest", standing=standing.number, rulebook=ruling.number)
    return bytes(row.digest).hex()


def differences(expected: dict[str, Result], found: dict[str, Result]) -> list[str]:
    """Where two appraisals differ: subject, what, expected, found."""
    said = [f"{subject} is only in one of them" for subject in sorted(expected.keys() ^ found.keys())]
    for subject in sorted(expected.keys() & found.keys()):
        for field in fields(Result):
            here, there = getattr(expected[subject], field.name), getattr(found[subject], field.name)
            if here != there:
                said.append(f"{subject} {field.name}: expected {_shown(here, there)}, found {_shown(there, here)}")
    return said


def _shown(one: Any, other: Any) -> str:
    return str([item for item in one if item not in other] if isinstance(one, tuple) else one)


def _as_result(said: dict[str, Any]) -> Result:
    lines = tuple(
        Line(
            line["kind"],
            line["id"],
            Fraction(line["points"]),
            None if line["measure"] is None else Fraction(line["measure"]),
            line["count"],
            line["no_data"],
        )
        for line in said["lines"]
    )
    return Result(
        group=said["group"],
        lines=lines,
        total=Fraction(said["total"]),
        rank=said["rank"],
        tier=said["tier"],
        no_tier=said["no_tier"],
        gates=tuple((g["tier"], g["index"], g["holds"]) for g in said["gates"]),
        outcomes=tuple(o["id"] for o in said["outcomes"]),
    )


def _plain(value: Any) -> Any:
    """Decimals as text, as JSON can carry them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, bool | int | str) or value is None else format(value, "f")
