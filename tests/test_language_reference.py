"""Every word of the rulebook language has an example in its reference, and every example is loaded and computed.

An example is a fenced YAML block: a whole rulebook, the declarations of event types, or a piece of a rulebook, which
is put into the document's own rulebook (§18). What a piece lists is added; what else it says is in place of what was.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.event_types import EventType
from schemas.rulebook import Extension, Rulebook
from service import word_index
from service.database.transactions import Database
from service.rulebooks.words import every_word, said_in
from tests.computation.conftest import module_database
from tests.county import SOURCE, County

__all__ = ["module_database"]

Said = dict[str, Any]
DOCUMENT = Path(__file__).parent.parent / "docs" / "rulebook-language.md"
WHOLE, UNITS = "yunhe", "yh-community"
# What a list of a piece adds to; any other key is in the place of the rulebook's own.
ADDED = ("categories", "indicators", "negative_list", "measures", "restrictions", "outcomes")
MARCH = {"month": "2025-03", "quarter": "2025-Q1", "half_year": "2025-H1", "year": "2025"}
# No roll-up is shorter than a month; `extends` stays in what an extension was composed to.
NEVER = {("month", "Rollups"), ("extends", "Rulebook")}


@cache
def blocks() -> dict[str, Said]:
    """The examples by the line on which they begin."""
    text = DOCUMENT.read_text("utf-8")
    found = re.finditer(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return {f"line {text[: one.start()].count(chr(10)) + 2}": yaml.load(one[1], yaml.BaseLoader) for one in found}


def declared() -> dict[str, Said]:
    """The event types that the document declares, as they are sent."""
    types = {name: one for said in blocks().values() if is_types(said) for name, one in deepcopy(said).items()}
    for field in (field for one in types.values() for field in one["fields"].values()):
        if "required" in field:
            field["required"] = field["required"] == "true"
    return types


def is_types(said: Said) -> bool:
    return all(isinstance(one, dict) and "dated_by" in one for one in said.values())


def whole(name: str) -> Said:
    """One of the document's whole rulebooks."""
    return deepcopy(next(said for said in blocks().values() if said.get("rulebook") == name))


def completed(said: Said, name: str) -> Said:
    """The rulebook of an example; a piece becomes one of this name."""
    if "rulebook" in said:
        return said
    piece = {"measures": [{"id": "x", "title": "x", "no_data": "unmet", **said}]} if "take" in said else said
    book = {key: one for key, one in whole(WHOLE).items() if key not in ("local_additions", *_of_months(piece))}
    added = {key: [*book.get(key, []), *piece[key]] for key in ADDED if key in piece}
    return book | piece | added | {"rulebook": name}


def _of_months(piece: Said) -> tuple[str, ...]:
    """What doesn't fit another base period."""
    return ("outcomes",) if "periods" in piece else ()


def rulebooks() -> list[str]:
    return [line for line, said in blocks().items() if not is_types(said)]


def test_every_word_has_an_example() -> None:
    heard = set(NEVER)
    for said in blocks().values():
        if is_types(said):
            heard |= {word[:2] for one in said.values() for word in said_in(EventType, one)}
        else:
            as_written = {"measures": [said]} if "take" in said else said
            heard |= {word[:2] for word in said_in(Extension if "extends" in said else Rulebook, as_written)}
    assert sorted(every_word().keys() - heard) == []


def test_every_word_is_in_the_section_that_the_index_names() -> None:
    told = sections()
    absent = [
        (word.text, word.place, section)
        for word in every_word().values()
        if (section := word_index.section(word)) not in told or word.text not in told[section]
    ]
    assert absent == []


def sections() -> dict[str, set[str]]:
    """The words that stand in the code of each section, by its number."""
    parts = re.split(r"^#{2,3} ([0-9.]+?)\.? ", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)
    code = re.compile(r"```yaml\n.*?```|`[^`]+`", re.DOTALL)
    return {
        number: set(re.findall(r"[A-Za-z0-9_.]+", " ".join(code.findall(part))))
        for number, part in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.fixture
def county(module_url: str, module_database: Database) -> County:
    """The document's rulebook of organisations, and something of everything that may happen."""
    county = County.empty(module_url, module_database)
    county.state(ORGANISATIONS, WORKERS)
    county.declare(declared())
    county.rule(whole(UNITS))
    assert {answer["result"] for answer in county.send(*happened())} == {"created"}
    return county


@pytest.mark.parametrize("line", rulebooks())
def test_every_example_is_loaded_and_computed(county: County, line: str) -> None:
    """Each in a county of its own, for most of them would claim the same workers."""
    book = completed(blocks()[line], line.replace(" ", "-"))
    if "extends" in book:
        county.rule(whole(WHOLE))
    if book["rulebook"] != UNITS:
        county.rule(book)
    periods = whole(WHOLE)["periods"] if "extends" in book else book["periods"]
    for kind in (periods["base"], *periods["rollups"]):
        listed = county.ranking(MARCH[kind], rulebook=book["rulebook"])
        assert listed
        for one in listed[:2]:
            group, _, identifier = one["subject"].partition("/")
            answer = county.hr.get(f"/v1/{group}s/{identifier}/results/{MARCH[kind]}?rulebook={book['rulebook']}")
            assert answer.status_code == 200, answer.json
            assert sum(Decimal(said["points"]) for said in answer.json["lines"]) == Decimal(one["total"])


def happened() -> Iterator[Said]:
    """Two events of each type about each of two subjects, with a value in every field."""
    for name, declaration in declared().items():
        for number in (1, 2):
            for subject in ("w1", "w2") if declaration["subject"] == "worker" else ("lotus", "pine"):
                data = {field: _value(one, number) for field, one in declaration["fields"].items()}
                event = {"specversion": "1.0", "id": f"{name}-{subject}-{number}", "source": SOURCE, "type": name}
                event |= {"subject": f"{declaration['subject']}/{subject}", "time": f"2025-03-0{number}T09:00:00+08:00"}
                yield event | {"data": data} | ({"period": "2025"} if declaration["dated_by"] == "period" else {})


def _value(field: Said, number: int) -> Any:
    match field["kind"]:
        case "number":
            return str(number)
        case "code":
            return field["codes"][number % len(field["codes"])]
        case "boolean":
            return number == 1
        case "date":
            return "2025-06-30"
        case _:
            return f"text {number}"


def _organisation(identifier: str, kind: str, parent: str | None) -> Said:
    return {"id": identifier, "kind": kind, "title": identifier} | ({"parent": parent} if parent else {})


def _worker(identifier: str, organisation: str, post: str) -> Said:
    assigned = {"organisation": organisation, "post": post, "from": "2024-01-01"}
    known = [{"name": name, "value": value, "from": "2024-01-01"} for name, value in ATTRIBUTES.items()]
    return {"id": identifier, "assignments": [assigned], "attributes": known}


ATTRIBUTES = {"certificate": "senior", "households": "1200"}
ORGANISATIONS = [
    _organisation("yunhe", "county", None),
    _organisation("yh-east", "street", "yunhe"),
    _organisation("lotus", "community", "yh-east"),
    _organisation("pine", "community", "yh-east"),
    _organisation("yh-west", "street", "yunhe"),
    _organisation("birch", "community", "yh-west"),
]
WORKERS = [
    _worker("w1", "lotus", "staff"),
    _worker("w2", "lotus", "staff"),
    _worker("w3", "pine", "deputy"),
    _worker("w4", "pine", "head"),
    _worker("w5", "birch", "staff"),
]
