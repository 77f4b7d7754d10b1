"""What the oracle says of a case, in the words in which the service's answer is compared. For the command alone."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from oracle import Result, appraise
from schemas.cases import NOTHING
from schemas.fields import decimal_text
from service.cases.said import OWN, Said, line_name, or_none
from service.cases.settling import World
from service.cases.written import Check

Node = dict[str, Any]


def second_opinion(others: list[Node], world: World, check: Check) -> dict[str, Said]:
    """What the oracle says of everyone in the cohort, by subject."""
    found = appraise(world.rulebook, world.event_types, world.roster, world.events, check.period, others)
    step = world.rulebook["numbers"]["step"]
    return {subject: of_result(result, step) for subject, result in found.items()}


def of_result(result: Result, step: str) -> Said:
    """What the oracle says of a subject, under a rulebook of that step."""
    return {
        "group": result.group,
        "total": _points(result.total, step),
        "rank": or_none(result.rank),
        "tier": or_none(result.tier),
        "no_tier": or_none(result.no_tier),
        "lines": {line_name(line.kind, line.id): _points(line.points, step) for line in result.lines},
        "made from": {
            line.id: [_number(line.measure), or_none(line.code), or_none(line.count), or_none(line.no_data)]
            for line in result.lines
            if line.kind in OWN
        },
        "gates": [f"{tier} {index} {holds}" for tier, index, holds in result.gates],
        "lists": {identifier: f"{group} {rank}" for identifier, group, rank in result.lists},
        "outcomes": {identifier: _number(value) for identifier, value in result.outcomes},
        "unanswered": [identifier for identifier, _ in result.unanswered],
        "candidacies": {identifier: f"{place} {seats} {used}" for identifier, place, seats, used in result.candidacies},
    }


def _number(value: Fraction | None) -> str:
    return NOTHING if value is None else decimal_text(_decimal(value))


def _points(value: Fraction, step: str) -> str:
    exact = _decimal(value)
    shown = exact.quantize(Decimal(step))
    return format(shown, "f") if shown == exact else str(value)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
