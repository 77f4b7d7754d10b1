"""A small county for cases that are computed by hand: one rulebook to vary, and short ways to say events."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from typing import Any

import yaml

from tests.oracle import Result, appraise

MARCH = "2025-03"

BOOK = """
rulebook: yunhe
version: 1
language: 1
title: 云河县社区工作者量化考核办法
subject: worker
effective: {from: 2025-01}
applies_to: {posts: [staff, head], under: yunhe}
assignment: at_end
periods: {base: month, rollups: [], timezone: Asia/Shanghai}
numbers: {measure_decimals: 4, step: 0.01}
total: {full: 100, min: 0, max: 105}
categories: [{id: duty, title: 日常履职, max: 100}]
indicators:
  - {id: work, title: 工作, category: duty, take: {given: {event: assess.work}}, give: as_is, max: 100,
     no_data: zero}
participation: {min_service_days: {}}
peer_groups: {by: [], min_size: 1, small_groups: keep_apart}
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
"""

EVENT_TYPES = yaml.load(
    """
assess.work: {dated_by: time, quantity: points, fields: {points: {kind: number}}}
assess.annual: {dated_by: period, quantity: points, fields: {points: {kind: number}}}
task.assigned: {dated_by: time, fields: {}}
task.closed: {dated_by: time, fields: {on_time: {kind: boolean}}}
visit.done: {dated_by: time, quantity: minutes, fields: {household: {kind: text}, minutes: {kind: number}}}
rating.resident: {dated_by: time, quantity: stars, fields: {stars: {kind: number, between: [1, 5]}}}
honour.awarded: {dated_by: time, fields: {level: {kind: code, codes: [city, county]}}}
violation.complaint: {dated_by: time, fields: {}}
violation.safety: {dated_by: time, fields: {}}
""",
    Loader=yaml.BaseLoader,
)

ORGANISATIONS = [
    {"id": "yunhe", "kind": "county", "parent": None},
    {"id": "yh-east", "kind": "street", "parent": "yunhe"},
    {"id": "lotus", "kind": "community", "parent": "yh-east"},
    {"id": "yh-west", "kind": "street", "parent": "yunhe"},
]

_numbers = count(1)


def rulebook(changes: str = "") -> dict[str, Any]:
    """The county's rulebook, with the top-level keys of the YAML text in place of its own."""
    return {
        **yaml.load(BOOK, Loader=yaml.BaseLoader),
        **(yaml.load(changes, Loader=yaml.BaseLoader) or {}),
    }


def event(
    kind: str, worker: str = "a", time: str = "2025-03-10T10:00:00+08:00", period: str = "", **data: Any
) -> dict[str, Any]:
    """One event about a worker, in March unless told."""
    made = {
        "id": f"e{next(_numbers)}",
        "source": "grid-app",
        "type": kind,
        "subject": f"worker/{worker}",
        "time": time,
        "data": data,
    }
    return made | ({"period": period} if period else {})


def assignment(
    organisation: str = "lotus", post: str = "staff", since: str = "2020-01-01", to: str | None = None
) -> dict[str, Any]:
    """An assignment on the days [since, to)."""
    return {"organisation": organisation, "post": post, "from": since, "to": to}


def roster(*workers: str, **assigned: list[dict[str, Any]]) -> dict[str, Any]:
    """The county's organisations, workers of `lotus` by their id, and others by their assignments."""
    everyone = {worker: [assignment()] for worker in workers} | assigned
    return {
        "organisations": ORGANISATIONS,
        "workers": [{"id": worker, "assignments": its} for worker, its in everyone.items()],
    }


def worked(points: dict[str, str], time: str = "2025-03-10T10:00:00+08:00") -> list[dict[str, Any]]:
    """The events that give these workers these totals."""
    return [event("assess.work", worker, time, points=Decimal(given)) for worker, given in points.items()]


def results(
    book: dict[str, Any],
    events: Iterable[dict[str, Any]],
    people: dict[str, Any] | None = None,
    period: str = MARCH,
) -> dict[str, Result]:
    """The results by the worker's id; without a roster, of everyone whom an event is about."""
    happened = list(events)
    people = people or roster(*dict.fromkeys(one["subject"].removeprefix("worker/") for one in happened))
    found = appraise(book, EVENT_TYPES, people, happened, period)
    return {subject.removeprefix("worker/"): result for subject, result in found.items()}


def placed(book: dict[str, Any], points: dict[str, str]) -> dict[str, Result]:
    """The results of workers whose totals are these."""
    return results(book, worked(points))
