"""The lint lets pass what is only unusual, and never breaks; what it finds has examples in tests.http.broken."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from marshmallow import ValidationError

from schemas.event_types import EventType, stored
from schemas.faults import pointers
from schemas.rulebook import Rulebook
from service.errors import findings_of
from service.rulebooks import files, lint
from tests import county
from tests.http.broken import EXAMPLES
from tests.http.broken.changes import (
    COUNT,
    GRADE,
    TYPES,
    Change,
    at,
    bonus,
    both,
    measure,
    multipliers,
    negative,
    nested,
    organisations,
    restriction,
    taken,
    year,
)

DECLARED = {name: stored(EventType().load(said)) for name, said in {**county.TYPES, **TYPES}.items()}
EXAMPLES_FOLDER = Path(__file__).parents[2] / "examples"
PLURALITY = {"field": "grade", "order": ["good"], "of": "votes", "wins": "most", "tie": "better"}
DOCUMENT: dict[str, Any] = yaml.load(county.RULEBOOK, yaml.BaseLoader)
RIGHT: dict[str, Change] = {
    "a quota of at_least on the last tier": at(
        "tiers/3/quota", {"at_least": "5%", "of": "ranked", "rounding": "up", "ties": "none_of_them"}
    ),
    "a measure for a threshold": both(measure(COUNT), at("tiers/0/total_at_least", {"measure": "m"})),
    "the code that stands for no data": both(
        measure(GRADE, no_data={"code": "bad"}), restriction({"measure": "m", "is": ["bad"]})
    ),
    "no row for a code that is no vote": taken("plurality", {"table": {"good": "5"}}, **PLURALITY),
    "one multiplier for each kind of period": both(
        multipliers("total", "total", **{"in": ["month"]}), at("multipliers/1/in", ["year"])
    ),
    "a gate that a factor lifts above the maximum": both(
        multipliers("duty", take={"attribute": {"name": "grade"}}, give={"table": {"a": "1.25", "b": "1"}}),
        at("numbers/step", "1"),
        at("tiers/0/gates/0", {"category": "duty", "at_least": "75"}),
    ),
    "bonus items that join a category": bonus("before_weights", {"into": "duty"}),
    "a gate that stands at a bound": at("tiers/0/gates/0", {"category": "duty", "at_least": "60"}),
    "a part that points for no data lift over its maximum": both(
        at("rollup/year/parts/1/max", "10"), at("tiers/0/gates/0", {"indicator": "annual", "at_least": "20"})
    ),
    "a total with bonus above the limit": both(bonus("after_limit", {"max": "5"}), at("tiers/0/total_at_least", "110")),
    "a category in a category": nested({"counts": "best"}, {"counts": "worst"}),
    "the same rulebook by its name": both(
        at("rulebook", "itself"), year({"mean": {"results": "month", "rulebook": "itself"}})
    ),
    "results of another rulebook, whose tiers nobody knows here": measure(
        {"latest": {"results": "year", "of": "organisation", "rulebook": "x", "period": "same", "read": "tier"}}
    ),
    "a boolean as a code": taken("latest", {"table": {"true": "5", "false": "0"}}, field="on_time"),
    "caps by day, then by anything of it": taken(
        "each_event", caps=[{"per": ["day", "note"], "max": "2"}, {"per": ["note"], "max": "5"}]
    ),
    "points for the field of a negative event": negative(
        event="task.closed", field="minutes", deduct={"linear": {"from": ["0", "9"], "to": ["0", "3"]}}
    ),
    "members of organisations that are appraised": organisations(
        **{
            "peer_groups/by": ["kind", "street"],
            "indicators/0/take/count/about": {"members": ["staff"]},
            "indicators/1/take/mean/about": {"members": ["staff"]},
            "negative_list": [],
            "tiers/0/gates": [],
            "rollup/year/parts/1/take": {"fixed": "9"},
        }
    ),
}


def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT)


def found(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Pointer and code of what shape or lint find."""
    try:
        findings = [one for one in lint.findings(Rulebook().load(said), DECLARED) if one.level == "error"]
    except ValidationError as error:
        findings = findings_of(error)
    assert all("{" not in one.body(language)["detail"] for one in findings for language in ("en", "zh"))
    return [(one.pointer, one.code) for one in findings]


@pytest.mark.parametrize("change", RIGHT.values(), ids=RIGHT)
def test_what_is_only_unusual_passes(change: Change) -> None:
    said = document()
    change(said)
    assert found(said) == []


def test_the_lint_never_breaks_and_points_at_what_is_there() -> None:
    """Two mistakes at once, and pieces of one example in the places of another."""
    chance = random.Random(0)
    for _ in range(300):
        said = document()
        for change, *_ in chance.sample(EXAMPLES, 2):
            try:
                change(said)
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # the first change took away what the second is about
        _swap(chance, said)
        assert all(_leads(said, pointer) for pointer, _ in found(said))


@pytest.mark.parametrize("file", sorted(EXAMPLES_FOLDER.glob("*/*.yaml")), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_the_schemes_are_warned_of_their_age_alone(file: Path) -> None:
    """They rule years that have ended, one of them from before it was issued, and the log of work has no cases."""
    if file.name in ("event_types.yaml", "cases.yaml"):
        assert file.name == "cases.yaml" or files.declared(file.read_bytes())[1] == []
        return
    told = {one.finding.code for one in files.findings([file])}
    assert "effective.past" in told
    assert told <= {"effective.past", "date.later", "cases.missing"}


def _swap(chance: random.Random, said: dict[str, Any]) -> None:
    """Say in one place what is said in another."""
    places = [(node, key) for node in _nodes(said) for key in (node if isinstance(node, dict) else range(len(node)))]
    (one, here), (other, there) = chance.choice(places), chance.choice(places)
    one[here] = copy.deepcopy(other[there])


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        yield node
        for inner in node.values() if isinstance(node, dict) else node:
            yield from _nodes(inner)


def _leads(said: Any, pointer: str) -> bool:
    """Whether a pointer leads to something, or to a key that lacks where it leads."""
    *way, _ = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]] or [""]
    for key in way:
        if key == "rollup" and key not in said:
            return True
        said = said[int(key)] if isinstance(said, list) else said[key]
    return True


def test_the_shape_keeps_what_pointers_need() -> None:
    """A bare list of conditions has no `all` in its pointers; `in` of a gate stands beside its words."""
    said = document()
    below = {"indicator": "rating", "below": "1"}
    said["tiers"][0]["gates"] = [[below, below], {**below, "in": ["month"]}, {"all": [below]}]
    gates = Rulebook().load(said)["tiers"][0]["gates"]
    assert [gate["when"][0] for gate in gates] == ["all", "indicator", "all"]
    assert [type(gate["when"][1]).__name__ for gate in gates] == ["Bare", "dict", "list"]
    assert [gate.get("in_") for gate in gates] == [None, ["month"], None]
    said["tiers"][0]["gates"] = [{"indicator": "?", "below": "1", "in": "month"}, "x"]
    with pytest.raises(ValidationError) as refused:
        Rulebook().load(said)
    assert [(pointer, str(fault)) for pointer, fault in pointers(refused.value.messages)] == [
        ("/tiers/0/gates/0/indicator", "id.malformed"),
        ("/tiers/0/gates/0/in", "field.list"),
        ("/tiers/0/gates/1", "condition.unknown"),
    ]
