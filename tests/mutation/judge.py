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
from uuid import UUID

import psycopg

from service import journal, periods, runs
from service.database.transactions import Rollback
from service.errors import Problem
from tests import golden
from tests.computation import worlds
from tests.county import County
from tests.mutation.prepared import Counties, Prepared, opened

# By how much the numbers of a draft differ that none of these worlds is ruled by.
_SHIFTS = {"min_size": 2, "min_periods": 2, "bottom": 1, "min_service_days": 7, "total_at_least": -3}
_sealed = journal.sealed

Verdict = tuple[str, str]  # survived, killed or stillborn; and why


def judged(url: str, prepared: Path, is_sql: bool, is_drafting: bool) -> Verdict:
    """The verdict over the code that this process has imported, in which SQL was changed or what drafts rulebooks."""
    try:
        with opened(url) as database:
            counties = Counties(url, database)
            for one in pickle.loads(prepared.read_bytes()):
                county = counties.unpacked(one.tenant)
                if is_drafting:
                    rule(county, one)
                if reason := _difference(county, one, shown=not is_sql):
                    return "killed", f"{one.name}, {reason}"
    except Exception as error:
        return "stillborn" if is_sql and _is_refused(error) else "killed", f"{type(error).__name__}: {error}"
    return "survived", ""


def rule(county: County, world: Prepared) -> None:
    """Draft and publish what rules the world; beside each a draft, whose parameters must not be taken for its."""
    for rulebook in world.rulebooks:
        for other in [] if world.is_case else decoys(rulebook):
            document = json.dumps(other, ensure_ascii=False)  # which is YAML, too
            if county.hr.post_text("/v1/rulebooks", document, "application/yaml").status_code == 201:
                break
        golden.rule(county, rulebook)


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


def _difference(county: County, one: Prepared, shown: bool) -> str | None:
    for watermark, period in one.before:
        with as_of(watermark):
            found = worlds.digest(county, period, one.rulebook)
            if found != one.digests[watermark, period] and found != _from_nothing(county, one, period):
                return f"{period} at {watermark}: brought up to date isn't computed from nothing"
    with as_of(one.last):
        if (reason := _wrong(county, one, shown)) or one.is_case:
            return reason
        otherwise = _otherwise_frozen if one.frozen else _otherwise_computed
        if reason := otherwise(county, one):
            return reason
    with as_of(one.later):
        return _moved_on(county, one)


def _wrong(county: County, one: Prepared, shown: bool) -> str | None:
    for period in one.world.periods:
        worlds.digest(county, period, one.rulebook)  # all of them first: what computes one must not touch another
    for period in one.world.periods:
        if shown or worlds.digest(county, period, one.rulebook) != one.digests[one.last, period]:
            found = worlds.appraised(county, one.world.rulebook, period)
            if differences := worlds.differences(one.expected[period], found):
                return f"{period}: {differences[0]}"
    return None


def _otherwise_computed(county: County, one: Prepared) -> str | None:
    """From nothing; a single period, as the statements are the same."""
    period = one.world.periods[0]
    found = worlds.digest(county, period, one.rulebook)
    if found != _from_nothing(county, one, period):
        return f"{period}: computed from nothing it is another"
    return None


def _from_nothing(county: County, one: Prepared, period: str) -> str:
    worlds.forget(county)
    return worlds.digest(county, period, one.rulebook)


def _otherwise_frozen(county: County, one: Prepared) -> str | None:
    for period in one.published:
        publish(county, one, period)
    for period, frozen in one.frozen.items():
        if differences := worlds.differences(frozen, worlds.appraised(county, one.world.rulebook, period)):
            return f"{period} after publishing: {differences[0]}"
    return None


def _moved_on(county: County, one: Prepared) -> str | None:
    """What is published stays, whatever happens, until it is corrected."""
    for period in one.published:
        found = worlds.appraised(county, one.world.rulebook, period)
        if differences := worlds.differences(one.frozen[period], found):
            return f"{period}, published, later: {differences[0]}"
    for period in one.frozen:
        if worlds.digest(county, period, one.rulebook) != one.digests[one.later, period]:
            return f"{period}, published, would be another later"
    for period, expected in one.corrected.items():
        correct(county, one, period)
        found = worlds.appraised(county, one.world.rulebook, period)
        if differences := worlds.differences(expected, found):
            return f"{period}, corrected: {differences[0]}"
    return None


def publish(county: County, one: Prepared, period: str) -> None:
    """Close and publish a period as of the position that counts. Problem where it can't be."""
    parsed = periods.parse(period)
    with county.database.transaction(county.tenant_id) as transaction:
        runs.close(transaction, "hr", parsed, one.rulebook)
    with county.database.transaction(county.tenant_id) as transaction:
        runs.publish(transaction, "hr", parsed, one.rulebook, one.last, "the others wait")


def publishable(county: County, one: Prepared) -> list[str]:
    """Publish what can be published."""
    done = []
    for period in one.world.periods:
        with contextlib.suppress(Problem):
            publish(county, one, period)
            done.append(period)
    return done


def correct(county: County, one: Prepared, period: str) -> None:
    """Let the late events of a published period in by name, and publish it again as of now."""
    parsed = periods.parse(period)
    with county.database.transaction(county.tenant_id) as transaction:
        runs.reopen(transaction, "hr", parsed, one.rulebook, "they did happen", one.admitted[period])
    now = _sealed(county.database, county.tenant_id)
    with county.database.transaction(county.tenant_id) as transaction:
        runs.publish(transaction, "the head of hr", parsed, one.rulebook, now, "the others wait")


def correctable(county: County, one: Prepared) -> list[str]:
    """Correct what can be corrected; finds out which late events each period has."""
    done = []
    for period in one.published:
        one.admitted[period] = [event for event in one.late if _is_late(county, one, period, event)]
        with contextlib.suppress(Problem):
            correct(county, one, period)
            done.append(period)
    return done


def _is_late(county: County, one: Prepared, period: str, event: UUID) -> bool:
    with contextlib.suppress(Problem), county.database.transaction(county.tenant_id) as transaction:
        with transaction.savepoint():
            runs.reopen(transaction, "hr", periods.parse(period), one.rulebook, "tried", [event])
            raise Rollback
        return True
    return False


@contextlib.contextmanager
def as_of(watermark: int) -> Iterator[None]:
    """Readers ask what is sealed so far; let that be this position."""
    with mock.patch.object(journal, "sealed", return_value=watermark):
        yield
