"""Events: valid against their types, many of them at the very bounds of a month."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.oracle.generate.event_types import KINDS, EventType, values_of
from tests.oracle.generate.texts import Draw

AROUND_MIDNIGHT = tuple(timedelta(**{unit: n}) for unit, n in (("seconds", 0), ("microseconds", -1), ("seconds", 1)))
WITHIN = (timedelta(days=9, hours=2), timedelta(days=14), timedelta(days=27, hours=16, minutes=30))
OFFSETS = (timezone(timedelta(hours=8)), UTC, timezone(timedelta(hours=-5)))

Event = dict[str, Any]


@st.composite
def events(
    draw: Draw,
    types: dict[str, EventType],
    subjects: list[str],
    months: list[str],
    zone: str,
    count: int,
) -> list[Event]:
    """So many events about the subjects, dated in or near the months of the zone."""
    return [draw(_event(f"e{n}", types, subjects, months, zone)) for n in range(1, count + 1)]


@st.composite
def _event(
    draw: Draw, name: str, types: dict[str, EventType], subjects: list[str], months: list[str], zone: str
) -> Event:
    type_name = draw(st.sampled_from(sorted(types)))
    event = {
        "id": name,
        "source": "grid-app",
        "type": type_name,
        "subject": draw(st.sampled_from(subjects)),
        "time": draw(_time(months, zone)),
        "data": draw(_data(types[type_name])),
    }
    if types[type_name]["dated_by"] == "period":
        event["period"] = draw(st.sampled_from([*months, months[0][:4]]))
    return event


@st.composite
def _time(draw: Draw, months: list[str], zone: str) -> str:
    """An instant of a month, or one just around its first midnight or that of the next month."""
    year, month = map(int, draw(st.sampled_from(months)).split("-"))
    nexts = draw(st.integers(0, 4)) == 0
    first = datetime(year + month // 12, month % 12 + 1, 1) if nexts else datetime(year, month, 1)  # noqa: DTZ001
    away = draw(st.sampled_from(AROUND_MIDNIGHT if nexts else WITHIN + AROUND_MIDNIGHT))
    instant = first.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) + away
    written = instant.astimezone(draw(st.sampled_from(OFFSETS))).isoformat()
    return written.replace("+00:00", "Z")


@st.composite
def _data(draw: Draw, event_type: EventType) -> dict[str, Any]:
    """Every required field, and each of the others or not."""
    data = {}
    for field, shape in event_type["fields"].items():
        values = values_of(field, event_type)
        # One more than there are values: the last stands for an absent field.
        index = draw(st.integers(0, len(values) - (1 if shape["required"] else 0)))
        if index < len(values):
            data[field] = _datum(values[index], KINDS[field])
    return data


def _datum(written: str, kind: str) -> Any:
    """The value as a sender might write it: whole numbers as such, decimals of both forms."""
    if kind == "boolean":
        return written == "true"
    if kind != "number" or written.endswith("0"):
        return written
    return Decimal(written) if "." in written else int(written)
