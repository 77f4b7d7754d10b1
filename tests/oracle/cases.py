"""A small county for cases that are computed by hand: one rulebook to vary, and short ways to say events.

Results are typed loosely here, so that a number can be compared with one written by hand.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from typing import Any

import yaml

from oracle import appraise

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
orders: {bonus: before_limit, quota: after_ceilings}
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
task.closed:
  dated_by: time
  quantity: hours
  fields: {on_time: {kind: boolean}, case: {kind: text}, hours: {kind: number}, kind: {kind: code, codes: [a, b]}}
visit.done: {dated_by: time, quantity: minutes, fields: {household: {kind: text}, minutes: {kind: number}}}
rating.resident:
  dated_by: time
  quantity: stars
  fields: {stars: {kind: number, between: [1, 5]}, voter: {kind: code, codes: [leader, resident, peer]}}
ballot.cast:
  dated_by: time
  fields: {vote: {kind: code, codes: [good, fair, poor, unsure]}, voter: {kind: code, codes: [leader, resident]}}
honour.awarded: {dated_by: time, fields: {level: {kind: code, codes: [city, county]}, case: {kind: text}}}
honour.reviewed:
  dated_by: time
  fields: {case: {kind: text}, decision: {kind: code, codes: [accepted, rejected]}}
sanction.given:
  dated_by: time
  fields: {kind: {kind: code, codes: [warning, demerit]}, ends_on: {kind: date}}
exam.taken: {dated_by: time, fields: {result: {kind: code, codes: [passed, failed]}}}
violation.complaint: {dated_by: time, fields: {}}
violation.safety: {dated_by: time, fields: {}}
""",
    Loader=yaml.BaseLoader,
)

ORGANISATIONS: list[dict[str, Any]] = [
    {"id": "yunhe", "kind": "county", "parent": None},
    {"id": "yh-east", "kind": "street", "parent": "yunhe"},
    {"id": "lotus", "kind": "community", "parent": "yh-east"},
    {"id": "lotus-1", "kind": "grid", "parent": "lotus"},
    {"id": "pine", "kind": "community", "parent": "yh-east"},
    {"id": "yh-west", "kind": "street", "parent": "yunhe"},
]

_numbers = count(1)


def written(text: str) -> Any:
    """A text of the language, every scalar as it is written."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def rulebook(changes: str = "") -> dict[str, Any]:
    """The county's rulebook, with the top-level keys of the YAML text in place of its own."""
    return {**written(BOOK), **(written(changes) or {})}


def community_book(changes: str = "") -> dict[str, Any]:
    """A rulebook that appraises communities, by the same points."""
    return rulebook(
        "rulebook: communities\nsubject: organisation\napplies_to: {kinds: [community], under: yunhe}\n" + changes
    )


def on(day: str, time: str = "10:00:00") -> str:
    """A local time: `on("03-10")` is in 2025, `on("2024-12-31")` where it says."""
    return f"{day if len(day) > 5 else f'2025-{day}'}T{time}+08:00"


def event(kind: str, /, worker: str = "a", time: str = on("03-10"), period: str = "", **data: Any) -> dict[str, Any]:
    """One event about a worker, or another subject such as `organisation/lotus`; in March unless told."""
    made = {
        "id": f"e{next(_numbers)}",
        "source": "grid-app",
        "type": kind,
        "subject": worker if "/" in worker else f"worker/{worker}",
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


def attributed(people: dict[str, Any], **attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """The roster with attributes of workers and organisations, by their id."""
    return {
        kind: [{**one, "attributes": attributes.get(one["id"].replace("-", "_"), [])} for one in those]
        for kind, those in people.items()
    }


def attribute(name: str, value: str, since: str = "2020-01-01", to: str | None = None) -> dict[str, Any]:
    """An attribute on the days [since, to)."""
    return {"name": name, "value": value, "from": since, "to": to}


def worked(points: dict[str, str], time: str = on("03-10")) -> list[dict[str, Any]]:
    """The events that give these subjects these totals."""
    return [event("assess.work", subject, time, points=Decimal(given)) for subject, given in points.items()]


def results(
    book: dict[str, Any],
    events: Iterable[dict[str, Any]],
    people: dict[str, Any] | None = None,
    period: str = MARCH,
    others: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The results by the subject's id; without a roster, of all workers whom an event is about."""
    happened = list(events)
    workers = [one["subject"].partition("/") for one in happened]
    people = people or roster(*dict.fromkeys(name for kind, _, name in workers if kind == "worker"))
    found = appraise(book, EVENT_TYPES, people, happened, period, others)
    return {subject.partition("/")[2]: result for subject, result in found.items()}


def placed(book: dict[str, Any], points: dict[str, str]) -> dict[str, Any]:
    """The results of workers whose totals are these."""
    return results(book, worked(points))


def alone(indicator: str, *events: dict[str, Any], also: str = "", people: Any = None, period: str = MARCH) -> Any:
    """The result of worker `a` under a rulebook with one indicator, `x`."""
    book = rulebook(f"indicators: [{{id: x, title: x, category: duty, {indicator}}}]\n{also}")
    return results(book, events, people or roster("a"), period)["a"]


def measured(measure: str, *events: dict[str, Any], also: str = "", people: Any = None, period: str = MARCH) -> Any:
    """The number or code of worker `a` in a rulebook with one measure; None where it is unmet."""
    book = rulebook(f"measures: [{{id: m, title: m, {measure}, no_data: unmet}}]\n{also}")
    [(_, number, code)] = results(book, events, people or roster("a"), period)["a"].measures
    return number if code is None else code


def points(result: Any) -> list[Any]:
    """The kind, id and points of each line."""
    return [(line.kind, line.id, line.points) for line in result.lines]


def line(result: Any, identifier: str, kind: str = "") -> Any:
    """The first line of that id, and kind if one is given."""
    return next(one for one in result.lines if one.id == identifier and kind in ("", one.kind))
