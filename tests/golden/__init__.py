"""What language 1 made of a few worlds when it was frozen: a difference means that a word has another meaning now.

A published result is computed again years later by its language number, so the meaning of a word never changes: what
changes it is a new language beside this one, with golden runs of its own. A world is kept whole, as `NAME.world.json`,
because the generator of worlds may change; `NAME.results.txt` has a line with the digest of each period and one for
each subject, which tell what differs.
"""

import json
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from oracle import Line, Result
from schemas.fields import decimal_text
from service.database.transactions import Database
from tests.computation import worlds
from tests.county import County
from tests.http.asking import as_yaml
from tests.oracle.strategies import World

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The names of the worlds that are kept."""
    return sorted(file.name.removesuffix(".world.json") for file in FOLDER.glob("*.world.json"))


def read(name: str) -> World:
    """A world as it was kept."""
    kept = json.loads(_world_file(name).read_text("utf-8"))
    return World(**{**kept, "others": tuple(kept["others"])})


def keep(name: str, world: World) -> None:
    """Write a world, one line for each thing in it."""
    parts = [f"{json.dumps(field.name)}: {_lines(getattr(world, field.name))}" for field in fields(world)]
    _world_file(name).write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def results_file(name: str) -> Path:
    """Where a world's results are kept."""
    return FOLDER / f"{name}.results.txt"


def settled(url: str, database: Database, world: World, agreed: bool = False) -> str:
    """What the service makes of a world, as text; with `agreed`, what the oracle says as well."""
    county = County.empty(url, database)
    worlds.state(county, world)
    for rulebook in (*world.others, world.rulebook):
        rule(county, rulebook)
    worlds.send(county, world.events)
    expected = worlds.expecting(world)
    told = (worlds.disagreements(county, world, period, expected(period)) for period in world.periods if agreed)
    if wrong := [one for found in told for one in found]:
        raise AssertionError("\n".join(wrong))
    return "".join(f"{line}\n" for period in world.periods for line in _period(county, world, period))


def rule(county: County, rulebook: dict[str, Any]) -> None:
    """Let it rule as it was published then: some of the worlds are older than the rule that nobody is claimed twice."""
    answer = county.hr.post_text("/v1/rulebooks", as_yaml(rulebook), "application/yaml")
    assert answer.status_code == 201, answer.json
    with county.database.transaction(county.tenant_id) as transaction:
        row = transaction.one("rulebook_version", id=rulebook["rulebook"], version=rulebook["version"])
        transaction.do("publication_add", rulebook=row.rulebook_no, published_by="-", reason=None, ordered_by=None)


def _period(county: County, world: World, period: str) -> Iterator[str]:
    rulebook = world.rulebook["rulebook"]
    yield f"{period} {worlds.digest(county, period, rulebook, full=True)}"
    for subject, result in sorted(worlds.appraised(county, world.rulebook, period).items()):
        yield f"{subject} {_compact(_plain(result))}"


def _plain(value: Any) -> Any:
    """A result as JSON: numbers as decimal text, of a line only what there is."""
    match value:
        case Result() | Line():
            said = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
            return {key: one for key, one in said.items() if one is not None and one != []}
        case tuple():
            return [_plain(one) for one in value]
        case Fraction():
            return decimal_text(Decimal(value.numerator) / value.denominator)
        case _:
            return value


def _world_file(name: str) -> Path:
    return FOLDER / f"{name}.world.json"


def _lines(value: Any) -> str:
    """A list or an object with each of its elements on a line."""
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{json.dumps(key)}: {_compact(one)}" for key, one in value.items()) + "\n}"
    return "[\n" + ",\n".join(map(_compact, value)) + "\n]"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda number: format(number, "f"))
