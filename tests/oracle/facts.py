"""Which events count (§4, §5): of a type, about a subject, in a period, past the filters of a node."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.oracle.exact import exact
from tests.oracle.periods import Period

Value = Fraction | bool | str


def typed(written: Any, kind: str) -> Value:
    """The value that a text of the rulebook, or a datum of an event, denotes for a field of that kind."""
    if kind == "number":
        return exact(written)
    if kind == "boolean":
        return written if isinstance(written, bool) else written == "true"
    return str(written)


@dataclass(frozen=True)
class Fact:
    """One event that counts: the value that was read from it, if one was to be read, and its instant."""

    value: Value | None
    instant: datetime


@dataclass(frozen=True)
class Facts:
    """The events of one subject in one period."""

    event_types: dict[str, dict[str, Any]]
    events: tuple[dict[str, Any], ...]

    def counted(self, node: dict[str, Any], field: str | None = None) -> list[Fact]:
        """The events that count for a node which reads the field, or which reads none."""
        return [
            Fact(self._value(event, field) if field else None, datetime.fromisoformat(event["time"]))
            for event in self.events
            if event["type"] == node["event"]
            and self._passes_where(event, node.get("where", {}))
            and self._can_be_read(event, field, node.get("between"))
        ]

    def field_of(self, node: dict[str, Any]) -> str:
        """The field that a node reads: its own word, else the quantity of the event type."""
        return str(node.get("field") or self.event_types[node["event"]]["quantity"])

    def _value(self, event: dict[str, Any], field: str) -> Value | None:
        written = event["data"].get(field)
        kind = self.event_types[event["type"]]["fields"][field]["kind"]
        return None if written is None else typed(written, kind)

    def _passes_where(self, event: dict[str, Any], where: dict[str, Any]) -> bool:
        fields = self.event_types[event["type"]]["fields"]
        for field, wanted in where.items():
            alternatives = wanted if isinstance(wanted, list) else [wanted]
            if self._value(event, field) not in [typed(text, fields[field]["kind"]) for text in alternatives]:
                return False
        return True

    def _can_be_read(self, event: dict[str, Any], field: str | None, between: list[str] | None) -> bool:
        if field is None:
            return True
        value = self._value(event, field)
        if isinstance(value, Fraction) and between:
            return exact(between[0]) <= value <= exact(between[1])
        return value is not None


def belongs(event: dict[str, Any], event_type: dict[str, Any], period: Period) -> bool:
    """Whether the event is one of the period, by its time or by the period that it names (§5)."""
    if event_type["dated_by"] == "period":
        return period.holds_period(event["period"])
    return period.holds_instant(datetime.fromisoformat(event["time"]))


def facts_about(
    subject: str,
    events: Iterable[dict[str, Any]],
    event_types: dict[str, dict[str, Any]],
    period: Period,
) -> Facts:
    """The facts about one subject in one period."""
    own = (event for event in events if event["subject"] == subject and event["type"] in event_types)
    return Facts(event_types, tuple(event for event in own if belongs(event, event_types[event["type"]], period)))
