"""What is expected beside what was found: every number the exact text in which it is displayed.

Only what a case says is compared.
"""

from typing import Any, NamedTuple

from schemas.cases import NOTHING

Said = dict[str, Any]
# The kinds of lines that are an item's own; a line of another kind is named with its kind.
OWN = ("indicator", "bonus", "deduction", "part", "restriction")
_OTHER = {"tier": "no_tier", "no_tier": "tier"}


class Difference(NamedTuple):
    """Something that isn't what was expected: where the expectation stands below the subject, what it is of."""

    place: tuple[str, ...]
    what: str
    expected: str
    found: str


def of_answer(answer: Said) -> Said:
    """What the service says of a subject."""
    return {
        "group": answer["group"],
        "total": answer["total"],
        "rank": or_none(answer["rank"]),
        "tier": or_none(answer["tier"]),
        "no_tier": or_none(answer["no_tier"]),
        "lines": {line_name(line["kind"], line["id"]): line["points"] for line in answer["lines"]},
        "made from": {
            line["id"]: [or_none(line[key]) for key in ("measure", "code", "count", "no_data")]
            for line in answer["lines"]
            if line["kind"] in OWN
        },
        "gates": [f"{gate['tier']} {gate['index']} {gate['holds']}" for gate in answer["gates"]],
        "lists": {one["id"]: f"{one['group']} {one['rank']}" for one in answer["lists"]},
        "outcomes": {one["id"]: or_none(one["value"]) for one in answer["outcomes"]},
        "unanswered": [one["id"] for one in answer["unanswered"]],
        "candidacies": {
            one["id"]: f"{one['place']} {one['seats']} {one['used']}"
            for one in (*answer["outcomes"], *answer["not_chosen"])
            if "place" in one
        },
    }


def lacking(expected: Said | None, found: Said | None) -> list[Difference]:
    """Where what was found isn't what is expected."""
    if expected is None or found is None:
        both = (NOTHING if one is None else "one" for one in (expected, found))
        return [] if expected is found else [Difference((), "result", *both)]
    said = []
    for key, wanted in expected.items():
        if key == "lines":
            lines = {name: found["lines"].get(name, NOTHING) for name in wanted}
            said += [
                Difference(("lines", name), f"line {name}", wanted[name], lines[name])
                for name in wanted
                if wanted[name] != lines[name]
            ]
        elif wanted != found[key]:
            said.append(Difference((key,), key, _shown(wanted), _shown(found[key])))
    # Who is expected to have a tier is expected to have no reason for none, and the other way round.
    said += [
        Difference((key,), _OTHER[key], NOTHING, found[_OTHER[key]])
        for key in _OTHER.keys() & expected.keys()
        if _OTHER[key] not in expected and expected[key] != NOTHING and found[_OTHER[key]] != NOTHING
    ]
    return said


def unlike(one: Said | None, other: Said | None) -> list[Difference]:
    """Everything in which two answers differ."""
    if one is None or other is None:
        return lacking(one, other)
    found = []
    for key, wanted in one.items():
        if isinstance(wanted, dict):
            for name in [*wanted, *(other[key].keys() - wanted.keys())]:
                both = wanted.get(name, NOTHING), other[key].get(name, NOTHING)
                found += [Difference((), f"{key} {name}", *map(_shown, both))] if both[0] != both[1] else []
        elif wanted != other[key]:
            found.append(Difference((), key, _shown(wanted), _shown(other[key])))
    return found


def line_name(kind: str, identifier: str) -> str:
    """The name of a line: that of its item, or of another kind with the kind before it."""
    return identifier if kind in OWN else f"{kind} {identifier}"


def or_none(value: Any) -> str:
    """The text of a value, or the word for none."""
    return NOTHING if value is None else str(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inner}" for key, inner in value.items()) + "}"
    return str(value)
