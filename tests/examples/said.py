"""A result in words that compare and print well: every number the exact text in which it is displayed.

The service's answer and the oracle's result are brought to the same form; a case says part of it.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from oracle import Result
from schemas.fields import decimal_text
from tests.examples.scheme import NOTHING

Said = dict[str, Any]
# The kinds of lines that are an item's own; a line of another kind is named with its kind.
_OWN = ("indicator", "bonus", "deduction", "part", "restriction")


def of_answer(answer: Said) -> Said:
    """What the service says of a subject."""
    return {
        "group": answer["group"],
        "total": answer["total"],
        "rank": _or_none(answer["rank"]),
        "tier": _or_none(answer["tier"]),
        "no_tier": _or_none(answer["no_tier"]),
        "lines": {_name(line["kind"], line["id"]): line["points"] for line in answer["lines"]},
        "made from": {
            line["id"]: [_or_none(line[key]) for key in ("measure", "code", "count", "no_data")]
            for line in answer["lines"]
            if line["kind"] in _OWN
        },
        "gates": [f"{gate['tier']} {gate['index']} {gate['holds']}" for gate in answer["gates"]],
        "lists": {one["id"]: f"{one['group']} {one['rank']}" for one in answer["lists"]},
        "outcomes": {one["id"]: _or_none(one["value"]) for one in answer["outcomes"]},
    }


def of_result(result: Result, step: str) -> Said:
    """What the oracle says of a subject, under a rulebook of that step."""
    return {
        "group": result.group,
        "total": _points(result.total, step),
        "rank": _or_none(result.rank),
        "tier": _or_none(result.tier),
        "no_tier": _or_none(result.no_tier),
        "lines": {_name(line.kind, line.id): _points(line.points, step) for line in result.lines},
        "made from": {
            line.id: [_number(line.measure), _or_none(line.code), _or_none(line.count), _or_none(line.no_data)]
            for line in result.lines
            if line.kind in _OWN
        },
        "gates": [f"{tier} {index} {holds}" for tier, index, holds in result.gates],
        "lists": {identifier: f"{group} {rank}" for identifier, group, rank in result.lists},
        "outcomes": {identifier: _number(value) for identifier, value in result.outcomes},
    }


def lacking(expected: Said | None, found: Said | None) -> list[str]:
    """Where what was found isn't what a case expects; only what the case says is compared."""
    if expected is None or found is None:
        return [] if expected is found else [_differs("result", _there(expected), _there(found))]
    said = []
    for key, wanted in expected.items():
        if key == "lines":
            lines = {name: found["lines"].get(name, NOTHING) for name in wanted}
            said += [
                _differs(f"line {name}", wanted[name], lines[name]) for name in wanted if wanted[name] != lines[name]
            ]
        elif wanted != found[key]:
            said.append(_differs(key, wanted, found[key]))
    # Who is expected to have a tier is expected to have no reason for none, and the other way round.
    other = {"tier": "no_tier", "no_tier": "tier"}
    said += [
        _differs(other[key], NOTHING, found[other[key]])
        for key in other.keys() & expected.keys()
        if other[key] not in expected and expected[key] != NOTHING and found[other[key]] != NOTHING
    ]
    return said


def unlike(oracle: Said | None, service: Said | None) -> list[str]:
    """Everything in which the service differs from the oracle."""
    if oracle is None or service is None:
        return lacking(oracle, service)
    found = []
    for key, wanted in oracle.items():
        if isinstance(wanted, dict):
            for name in [*wanted, *(service[key].keys() - wanted.keys())]:
                one, other = wanted.get(name, "-"), service[key].get(name, "-")
                found += [_differs(f"{key} {name}", one, other)] if one != other else []
        elif wanted != service[key]:
            found.append(_differs(key, wanted, service[key]))
    return found


def _differs(what: str, expected: Any, found: Any) -> str:
    return f"{what}: expected {_shown(expected)}, found {_shown(found)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inner}" for key, inner in value.items()) + "}"
    return str(value)


def _there(said: Said | None) -> str:
    return NOTHING if said is None else "one"


def _name(kind: str, identifier: str) -> str:
    return identifier if kind in _OWN else f"{kind} {identifier}"


def _or_none(value: Any) -> str:
    return NOTHING if value is None else str(value)


def _number(value: Fraction | None) -> str:
    return NOTHING if value is None else decimal_text(_decimal(value))


def _points(value: Fraction, step: str) -> str:
    exact = _decimal(value)
    shown = exact.quantize(Decimal(step))
    return format(shown, "f") if shown == exact else str(value)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
