"""Events: valid against their types, few instants and many of them at the very bounds of a period.

Most are about a few subjects, so that acts meet their follow-ups, rows meet rows of the same act, and instants tie.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.generate.event_types import CODES, KINDS, TEXTS, EventType
from tests.oracle.generate.selections import values_of
from tests.oracle.generate.texts import Chance, Node

AROUND_MIDNIGHT = tuple(timedelta(**{unit: n}) for unit, n in (("seconds", 0), ("microseconds", -1), ("seconds", 1)))
WITHIN = (timedelta(days=9, hours=2), timedelta(days=9, hours=7), timedelta(days=14), timedelta(days=27, hours=16))
OFFSETS = (timezone(timedelta(hours=8)), UTC, timezone(timedelta(hours=-5)))


@dataclass
class Happening:
    """What events are drawn from: types, subjects, instants, days and periods."""

    chance: Chance
    types: dict[str, EventType]
    wanted: list[str]
    follow_ups: set[str]
    subjects: dict[str, list[str]]
    instants: list[datetime]
    days: list[str]
    periods: list[str]


def instants(chance: Chance, months: list[date], zone: str) -> list[datetime]:
    """The instants of a world: most in the months in play, some up to fourteen before them, some after."""
    zoned = ZoneInfo(zone)
    near = [month for month in months for _ in range(max(3, 12 // len(months)))]
    back = [_months_from(months[0], -n) for n in chance.sample(range(1, 15), 3)]
    after = [_months_from(months[-1], 1), _months_from(months[-1], 2)]
    found = []
    for month in [*near, *back, after[chance.random() < 0.3]]:
        first = datetime(month.year, month.month, 1, tzinfo=zoned).astimezone(UTC)
        found.append(first + chance.choice(WITHIN if chance.often() else AROUND_MIDNIGHT))
    # The first midnight after the months is where most mistakes would be.
    end = datetime(after[0].year, after[0].month, 1, tzinfo=zoned).astimezone(UTC)
    return [*found, end, end - timedelta(microseconds=1)]


def _months_from(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def events(happening: Happening, count: int) -> list[Node]:
    """So many events, each with an id whose order isn't that of the list."""
    chance, said = happening.chance, list[Node]()
    for number in chance.sample(range(1, count + 1), count):
        said.append(_event(happening, f"e{number}", said))
    return said


def _event(happening: Happening, name: str, before: list[Node]) -> Node:
    chance = happening.chance
    type_name = chance.choice(happening.wanted if chance.random() < 0.9 else list(happening.types))
    declared = happening.types[type_name]
    subject = _skewed(chance, happening.subjects[declared["subject"]])
    data = _data(happening, declared)
    if before and type_name in happening.follow_ups and chance.often():
        # A follow-up names an act that there is.
        act = chance.choice(before)
        if act["subject"].split("/")[0] == declared["subject"]:
            subject = act["subject"]
            data |= {field: act["data"][field] for field in TEXTS if field in act["data"]}
    instant = chance.choice(happening.instants).astimezone(chance.choice(OFFSETS))
    event = {
        "id": name,
        "source": "grid-app",
        "type": type_name,
        "subject": subject,
        "time": instant.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    if declared["dated_by"] == "period":
        event["period"] = chance.choice(happening.periods)
    return event


def _skewed(chance: Chance, subjects: list[str]) -> str:
    """A subject, the first few more often than the others."""
    return subjects[int(len(subjects) * chance.random() ** 1.6)]


def _data(happening: Happening, declared: EventType) -> dict[str, Any]:
    """Every required field, and each of the others more often than not."""
    chance, data = happening.chance, {}
    for field, shape in declared["fields"].items():
        if shape["required"] or chance.often():
            values = happening.days if field == "ends_on" else values_of(declared, field)
            data[field] = _datum(_leaning(chance, values) if field in CODES else chance.choice(values), KINDS[field])
    return data


def _leaning(chance: Chance, values: Any) -> str:
    """The first code more often, so that majorities are common."""
    return str(values[0] if chance.random() < 0.3 else chance.choice(values))


def _datum(written: str, kind: str) -> Any:
    if kind == "boolean":
        return written == "true"
    return Decimal(written) if kind == "number" else written
