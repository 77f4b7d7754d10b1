"""The rulebooks under which the county of life.py lives: its workers', and its communities', which the first reads."""

from typing import Any

import yaml

from tests.county import RULEBOOK, TYPES

Node = dict[str, Any]

MONTHS = ("2025-10", "2025-11", "2025-12")
YEAR = "2025"
WORKERS = ("w1", "w2", "w3", "w4", "w5")
COMMUNITIES = ("east", "west")
WORKERS_BOOK, COMMUNITY_BOOK = "small-county", "communities"
PERIODS = [*((WORKERS_BOOK, period) for period in (*MONTHS, YEAR)), (COMMUNITY_BOOK, YEAR)]
BEFORE = "2024"  # the year whose results are imported

EVENT_TYPES: dict[str, Node] = {
    **TYPES,
    "case.opened": {
        "title": "立案",
        "subject": "worker",
        "dated_by": "time",
        "fields": {"case": {"kind": "text", "required": True}},
    },
    "case.closed": {
        "title": "结案",
        "subject": "worker",
        "dated_by": "time",
        "fields": {"case": {"kind": "text", "required": True}, "decision": {"kind": "code", "codes": ["cleared"]}},
    },
    "unit.inspected": {
        "title": "社区检查",
        "subject": "organisation",
        "dated_by": "time",
        "quantity": "points",
        "fields": {"points": {"kind": "number", "required": True}},
    },
}
COMMUNITIES_RULES = """
rulebook: communities
version: 1
language: 1
title: 社区考核办法
subject: organisation
effective: {from: 2025}
applies_to: {kinds: [community], under: county}
periods: {base: year, rollups: [], timezone: Asia/Shanghai}
numbers: {measure_decimals: 4, step: 0.1}
orders: {bonus: before_limit, quota: after_ceilings}
total: {full: 100, min: 0, max: 100}
categories: [{id: work, title: 工作, max: 100}]
indicators:
  - {id: inspected, title: 检查, category: work, take: {mean: {event: unit.inspected}}, give: as_is, max: 100,
     no_data: missing}
participation: {min_service_days: {}}
peer_groups: {by: [], min_size: 1, small_groups: keep_apart}
tiers:
  - {id: strong, title: 强, total_at_least: 60, quota: {seats: 1, ties: none_of_them}}
  - {id: fair, title: 中, otherwise: true}
"""
_MEASURES = """
  - {id: team, title: 社区, in: [year], no_data: {number: 50},
     take: {latest: {results: year, of: organisation, rulebook: communities, period: same}}}
  - {id: streak, title: 连续称职, in: [month], no_data: unmet,
     take: {running: {results: month, period: {before: 2}, tier: [excellent, competent], no_tier: holds,
                      at_least_n: 2}}}
  - {id: last_year, title: 上年优秀, in: [year], no_data: unmet,
     take: {count: {results: year, period: {before: 1}, tier: [excellent]}}}
  - {id: cases, title: 在查, in: [month], no_data: zero,
     take: {count: {event: case.opened, state: {event: case.closed, same: case, field: decision, counts: [],
                                               without: counts, as_of: latest}}}}
"""
_OUTCOMES = """
  - {id: praise, title: 表扬, in: month, when: {measure: streak, at_least: 2}}
  - {id: helped, title: 帮扶, in: year, when: {measure: team, below: 60}}
  - {id: again, title: 再次优秀, in: year, when: {measure: last_year, at_least: 1}}
  - {id: chosen, title: 人选, in: month, when: {total_at_least: 60},
     choose: {seats: 1, among: cohort, ties: none_of_them}}
"""
_RESTRICTIONS = """
  - {id: examined, title: 受审查, when: {measure: cases, at_least: 1}, no_tier: under_investigation, in: [month]}
"""
_NOTICE = {"days": "5", "objection_days": "5", "answer_days": "10", "counted": "working"}


def workers_rules(late: str) -> Node:
    """Those of the workers, by which a late event is carried or refused."""
    book: Node = yaml.load(RULEBOOK, yaml.BaseLoader)
    book["effective"]["from"] = MONTHS[0]
    book["periods"]["late"] = late
    book["notice"] = _NOTICE
    book["restrictions"] = yaml.load(_RESTRICTIONS, yaml.BaseLoader)
    book["measures"] = yaml.load(_MEASURES, yaml.BaseLoader)
    book["outcomes"] += yaml.load(_OUTCOMES, yaml.BaseLoader)
    return book
