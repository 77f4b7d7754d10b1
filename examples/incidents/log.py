"""From the log to events and roster. A row is one update of an incident; the last row tells how it ended.

Times carry no zone and are read as UTC. Who is missing in the log (`?`) stays missing in the event.
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

Row = dict[str, str]
Event = dict[str, Any]

SOURCE = "incidents.example"
DESK = "service-desk"
_MISSING = ("", "?")
_PRIORITIES = {"1": "critical", "2": "high", "3": "moderate", "4": "low"}


def events(path: Path) -> Iterator[Event]:
    """One event for each incident, in the order in which the incidents first appear in the log."""
    for row in _last_rows(path):
        yield _event(row)


def roster(path: Path) -> dict[str, Any]:
    """Everyone who resolved an incident, at one desk from the year's beginning, as POST /v1/roster takes it."""
    resolvers = sorted({_resolver(row) for row in _last_rows(path)} - {None})
    assignments = [{"organisation": DESK, "post": "resolver", "from": "2016-01-01"}]
    return {
        "organisations": [{"id": DESK, "kind": "desk", "title": "Service desk"}],
        "workers": [{"id": resolver, "assignments": assignments} for resolver in resolvers],
    }


def _last_rows(path: Path) -> list[Row]:
    last: dict[str, Row] = {}
    with _opened(path) as file:
        for row in csv.DictReader(file):
            last[row["number"]] = row
    return list(last.values())


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _event(row: Row) -> Event:
    resolver = _resolver(row)
    about = {"subject": f"worker/{resolver}"} if resolver else {}
    return {
        "specversion": "1.0",
        "id": row["number"],
        "source": SOURCE,
        "type": "task.closed",
        **about,
        "time": _instant(row["closed_at"]),
        "data": {
            "on_time": row["made_sla"] == "true",
            "reopened": int(row["reopen_count"]),
            "reassigned": int(row["reassignment_count"]),
            "priority": _PRIORITIES[row["priority"][:1]],
        },
    }


def _resolver(row: Row) -> str | None:
    name = row["resolved_by"]
    return None if name in _MISSING else name.lower().replace(" ", "-")


def _instant(written: str) -> str:
    return datetime.strptime(written, "%d/%m/%Y %H:%M").replace(tzinfo=UTC).isoformat()
