"""What a process does with a mutant: recompute every prepared world in every way, and stop at the first difference.

Standings are brought up to date portion by portion, computed in full, frozen by publishing, and rolled up from either.
A digest that is as it was needs no second look at the results, unless what shows them is what was changed.
"""

import contextlib
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from service import periods, results, runs
from service.database.transactions import Database
from service.errors import Problem
from service.settings import Settings
from tests.computation import worlds
from tests.county import County
from tests.mutation.prepared import Counties, Prepared

# By how much the numbers of a draft differ that none of these worlds is ruled by.
_SHIFTS = {"min_size": 2, "min_periods": 2, "bottom": 1, "min_service_days": 7, "total_at_least": -3}

Verdict = tuple[str, str]  # survived, killed or stillborn; and why


def judged(url: str, prepared: Path, is_sql: bool, is_drafting: bool) -> Verdict:
    """The verdict over the code that this process has imported, in which SQL was changed or what drafts rulebooks."""
    database = Database(url, Settings())
    database.open()
    try:
        counties = Counties(url, database)
        for number, world in enumerate(pickle.loads(prepared.read_bytes())):
            county = counties.unpacked(world.tenant)
            if is_drafting:
                rule(county, world)
            if reason := _difference(county, world, shown=not is_sql):
                return "killed", f"world {number}, {reason}"
    except Exception as error:
        return "stillborn" if is_sql and _is_refused(error) else "killed", f"{type(error).__name__}: {error}"
    finally:
        database.close()
    return "survived", ""


def rule(county: County, world: Prepared) -> None:
    """Draft and publish what rules the world; beside each a draft, whose parameters must not be taken for its."""
    for rulebook in world.rulebooks:
        for other in decoys(rulebook):
            document = json.dumps(other, ensure_ascii=False)  # which is YAML, too
            if county.hr.post_text("/v1/rulebooks", document, "application/yaml").status_code == 201:
                break
        county.rule(rulebook)


def decoys(rulebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Rulebooks of which the first valid one will do: the same words with other numbers, at least in another order."""
    version = {"version": f"{rulebook['version']}-draft"}
    turned: dict[str, Any] = {
        key: rulebook[key][::-1] for key in ("categories", "indicators", "negative_list") if key in rulebook
    }
    gates = [tier.get("gates", []) for tier in rulebook["tiers"]]
    tiers = [{**tier, "gates": gates[n - 1]} for n, tier in enumerate(rulebook["tiers"])]
    return [
        {**_shifted({**rulebook, "tiers": tiers}), **turned, **version},
        {**_shifted(rulebook), **turned, **version},
        {**rulebook, **turned, **version},
    ]


def _shifted(said: Any, by: int = 0) -> Any:
    """The same with other bounds."""
    if isinstance(said, dict):
        return {key: _shifted(inner, _SHIFTS.get(key, by)) for key, inner in said.items()}
    if isinstance(said, list):
        return [_shifted(inner, by) for inner in said]
    return str(int(said) + by) if by and isinstance(said, str) and said.isdigit() else said


def _is_refused(error: BaseException | None) -> bool:
    """Whether PostgreSQL didn't take it for a statement at all."""
    if error is None or (isinstance(error, psycopg.Error) and error.sqlstate == "42501"):
        return False  # a row that isn't the tenant's is no matter of grammar
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(("42", "0A")):
        return True
    return _is_refused(error.__cause__ or error.__context__)


def _difference(county: County, world: Prepared, shown: bool) -> str | None:
    for watermark, period in world.before:
        with as_of(watermark):
            found = worlds.digest(county, period)
            if found != world.digests[watermark, period] and found != worlds.digest(county, period, full=True):
                return f"{period} at {watermark}: brought up to date isn't computed in full"
    with as_of(world.last):
        if reason := _wrong(county, world, shown) or _otherwise_in_full(county, world):
            return reason
        for period in world.published:
            publish(county, world, period)
        if world.published and (reason := _wrong(county, world, shown=True)):
            return f"published, {reason}"
    with as_of(world.later):
        return _moved_on(county, world)


def _wrong(county: County, world: Prepared, shown: bool) -> str | None:
    for period in world.world.periods:
        worlds.digest(county, period)  # all of them first: what computes one must not touch another
    for period in world.world.periods:
        if not shown and worlds.digest(county, period) == world.digests[world.last, period]:
            continue
        if differences := worlds.differences(world.expected[period], worlds.appraised(county, period)):
            return f"{period}: {differences[0]}"
    return None


def _otherwise_in_full(county: County, world: Prepared) -> str | None:
    period = world.world.periods[0]
    if worlds.digest(county, period) != worlds.digest(county, period, full=True):
        return f"{period}: computed in full it is another"
    return None


def _moved_on(county: County, world: Prepared) -> str | None:
    """What is published stays, whatever happens."""
    for period in world.published:
        if differences := worlds.differences(world.expected[period], worlds.appraised(county, period)):
            return f"{period}, published, later: {differences[0]}"
    return None


def publish(county: County, world: Prepared, period: str) -> None:
    """Close and publish a period as of the position that counts. Problem where it can't be."""
    parsed, rulebook = periods.parse(period), world.world.rulebook["rulebook"]
    with county.database.transaction(county.tenant_id) as transaction:
        runs.close(transaction, "hr", parsed, rulebook)
    with county.database.transaction(county.tenant_id) as transaction:
        runs.publish(transaction, "hr", parsed, rulebook, world.last)


def publishable(county: County, world: Prepared) -> list[str]:
    """Publish what can be published."""
    done = []
    for period in world.world.periods:
        with contextlib.suppress(Problem):
            publish(county, world, period)
            done.append(period)
    return done


@contextlib.contextmanager
def as_of(watermark: int) -> Iterator[None]:
    """Readers ask what is sealed so far; let that be this position."""
    with mock.patch.object(results, "sealed", return_value=watermark):
        yield
