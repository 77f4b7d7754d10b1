"""A small county for tests: a tenant, tokens for its users, and a client that speaks to the application as they do."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import yaml
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import access, tokens
from service.app import create_app
from service.database.transactions import Database, owner_transaction
from service.rulebooks import store
from service.settings import Settings
from service.tokens import Grant

ALL_SCOPES = list(access.SCOPES)
SOURCE = "grid-app"
GROUNDS = {"reason": "recorded afterwards", "document": "No. 1 of 2025"}
_names = count(1)

TYPES: dict[str, dict[str, Any]] = {
    "visit.done": {
        "title": "入户走访",
        "subject": "worker",
        "dated_by": "time",
        "fields": {"household": {"kind": "text", "required": True}},
    },
    "rating.resident": {
        "title": "居民评价",
        "subject": "worker",
        "dated_by": "time",
        "quantity": "stars",
        "fields": {"stars": {"kind": "number", "required": True, "between": ["1", "5"]}},
    },
    "violation.complaint": {"title": "有效投诉", "subject": "worker", "dated_by": "time", "fields": {}},
    "assess.annual": {
        "title": "年度测评",
        "subject": "worker",
        "dated_by": "period",
        "quantity": "points",
        "fields": {"points": {"kind": "number", "required": True, "between": ["0", "100"]}},
    },
}

RULEBOOK = """
rulebook: small-county
version: 2025-1
language: 1
title: 小县社区工作者量化考核办法
subject: worker
effective: {from: 2025-01}
applies_to: {posts: [staff], under: county}
assignment: at_end
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
numbers: {measure_decimals: 4, step: 0.01}
orders: {bonus: before_limit, quota: after_ceilings}
total: {full: 100, min: 0, max: 105}
categories:
  - {id: duty, title: 日常履职, max: 60, ref: 第六条}
  - {id: service, title: 群众评价, max: 40, ref: 第七条}
indicators:
  - id: visits
    title: 入户走访
    category: duty
    take: {count: {event: visit.done, distinct: household}}
    give: {each: 10}
    max: 60
    no_data: zero
    ref: 第六条（一）
  - id: rating
    title: 居民评价
    category: service
    take: {mean: {event: rating.resident, at_least_n: 2}}
    give: {linear: {from: [1, 5], to: [0, 40]}}
    max: 40
    no_data: {points: 30}
    ref: 第七条
negative_list:
  - {id: complaint, title: 有效投诉, severity: serious, event: violation.complaint, deduct: 3, max: 9, ref: 第八条}
participation: {min_service_days: {month: 1}}
peer_groups: {by: [post], min_size: 2, small_groups: keep_apart}
tiers:
  - id: excellent
    title: 优秀
    total_at_least: 85
    quota: {at_most: 34%, of: ranked, rounding: down, ties: none_of_them}
    gates: [{indicator: rating, at_least: 20}, {no_negative: [serious]}]
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: basic, title: 基本称职, total_at_least: 60}
  - {id: incompetent, title: 不称职, otherwise: true}
rollup:
  year:
    min_periods: 1
    parts:
      - {id: months, title: 月度平均, take: {mean: {results: month}}, weight: 70%, no_data: missing}
      - {id: annual, title: 年度测评, take: {given: {event: assess.annual}}, weight: 30%, no_data: {points: 20}}
outcomes:
  - {id: talk, title: 约谈提醒, in: month, when: {bottom: 1, of: peer_group, ties: all_of_them}, ref: 第十条}
"""


# The same rules for the year after.
NEXT_YEAR = RULEBOOK.replace("version: 2025-1", "version: 2026-1").replace("from: 2025-01", "from: 2026-01")

# What RULEBOOK makes of six people in March, and of one who came in December.
CASES = """
impossible:
  - {part: /tiers/0/gates/0, because: 85 points without 20 of the rating would need 65 of 60}
  - {part: /rollup/year/parts/0/no_data, because: whoever serves a day of the year is appraised in its month}
  - {part: /rollup/year/min_periods, because: whoever serves a day of the year is appraised in its month}
roster:
  organisations: [{id: county, kind: county}, {id: east, kind: community, parent: county}]
cases:
  - id: month
    period: 2025-03
    roster:
      workers:
        - {id: a, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}
        - {id: b, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}
        - {id: c, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}
        - {id: d, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}
        - {id: e, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}
        - {id: f, assignments: [{organisation: east, post: staff, from: 2025-01-01}]}
    events:
      - type: visit.done
        subject: [worker/a, worker/b, worker/c]
        time: 2025-03-10
        copies: 6
        data: {household: "h{n}"}
      - {type: visit.done, subject: worker/d, time: 2025-03-10, copies: 4, data: {household: "h{n}"}}
      - {type: visit.done, subject: worker/e, time: 2025-03-10, copies: 3, data: {household: "h{n}"}}
      - {type: rating.resident, subject: [worker/a, worker/c], time: 2025-03-11, copies: 2, data: {stars: 5}}
      - {type: violation.complaint, subject: worker/c, time: 2025-03-12}
    expected:
      # 34 % of six are two seats.
      worker/a: {total: 100.00, rank: 1, tier: excellent, lines: {visits: 60.00, rating: 40.00}, outcomes: {}}
      worker/b: {total: 90.00, rank: 3, tier: excellent, lines: {rating: 30.00}}
      worker/c: {total: 97.00, rank: 2, tier: competent, lines: {complaint: -3.00}} # 60 + 40 - 3
      worker/d: {total: 70.00, rank: 4, tier: competent}
      worker/e: {total: 60.00, rank: 5, tier: basic}
      worker/f: {total: 30.00, rank: 6, tier: incompetent, lines: {visits: 0.00}, outcomes: {talk: none}}
  - id: year
    period: 2025
    roster:
      workers: [{id: g, assignments: [{organisation: east, post: staff, from: 2025-12-01}]}]
    expected:
      worker/g: {total: 41.00, tier: incompetent, lines: {months: 21.00, annual: 20.00}} # 30 * 70 % + 20
"""


@lru_cache(maxsize=2)
def _application(database: Database, settings: Settings) -> Flask:
    """One for all counties of a database, as where it serves: to make it takes longer than all else of a county."""
    return create_app(settings, database)


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: a rulebook has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Client:
    """One user: a token and the application."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.token = token
        self._client = client

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._send("GET", path, headers)

    def put(self, path: str, body: Any) -> TestResponse:
        return self._send("PUT", path, {}, json=body)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self._send("POST", path, headers, **({} if body is None else {"json": body}))

    def post_text(self, path: str, text: str | bytes, content_type: str) -> TestResponse:
        return self._send("POST", path, {"Content-Type": content_type}, data=text)

    def put_text(self, path: str, text: str | bytes, content_type: str) -> TestResponse:
        return self._send("PUT", path, {"Content-Type": content_type}, data=text)

    def _send(self, method: str, path: str, headers: dict[str, str], **body: Any) -> TestResponse:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            said["Authorization"] = f"Bearer {self.token}"
        return self._client.open(path, method=method, headers=said, **body)


@dataclass
class County:
    """One tenant and its users."""

    url: str
    database: Database
    tenant: str
    tenant_id: int
    client: FlaskClient
    hr: Client
    approver: Client
    sender: Client
    anonymous: Client

    @classmethod
    def empty(cls, url: str, database: Database, settings: Settings | None = None) -> "County":
        """A tenant with users and nothing else."""
        name = f"county-{next(_names)}"
        with owner_transaction(url) as transaction:
            tenant_id = access.create_tenant(transaction, "setup", name)
        client = _application(database, settings or Settings()).test_client()
        nobody = Client(client, None)
        county = cls(url, database, name, tenant_id, client, nobody, nobody, nobody, nobody)
        county.hr = county.user("hr", ALL_SCOPES, [SOURCE])
        county.approver = county.user("approver", ["rulebooks:publish", "rulebooks:read"], [])
        county.sender = county.user("sender", ["events:write", "events:read"], [SOURCE])
        return county

    def user(self, actor: str, scopes: list[str], sources: list[str]) -> Client:
        """One more user."""
        with self.database.transaction(self.tenant_id) as transaction:
            token, _ = tokens.create(transaction, "setup", Grant(actor, scopes, sources))
        return Client(self.client, token)

    @classmethod
    def small(
        cls, url: str, database: Database, settings: Settings | None = None, rulebook: str | dict[str, Any] = RULEBOOK
    ) -> "County":
        """Six workers in two communities under a published rulebook."""
        county = cls.empty(url, database, settings)
        communities = [{"id": c, "kind": "community", "title": c, "parent": "county"} for c in ("east", "west")]
        staff = [("w1", "east"), ("w2", "east"), ("w3", "east"), ("w4", "west"), ("w5", "west"), ("w6", "west")]
        county.state(
            [{"id": "county", "kind": "county", "title": "县"}, *communities],
            [{"id": w, "assignments": [{"organisation": o, "post": "staff", "from": "2024-01-01"}]} for w, o in staff],
        )
        county.declare(TYPES)
        county.rule(rulebook)
        return county

    def state(self, organisations: list[dict[str, Any]], workers: list[dict[str, Any]]) -> None:
        """Put records into the roster."""
        answer = self.hr.post("/v1/roster", {"organisations": organisations, "workers": workers})
        assert answer.status_code == 200, answer.json

    def declare(self, types: dict[str, dict[str, Any]]) -> None:
        """Declare event types."""
        for name, declaration in types.items():
            answer = self.hr.put(f"/v1/event-types/{name}", declaration)
            assert answer.status_code == 201, answer.json

    def rule(self, rulebook: str | dict[str, Any]) -> None:
        """Draft a rulebook, and let it rule without cases."""
        text = (
            rulebook
            if isinstance(rulebook, str)
            else yaml.dump(rulebook, Dumper=_Plain, allow_unicode=True, sort_keys=False)
        )
        answer = self.hr.post_text("/v1/rulebooks", text, "application/yaml")
        assert answer.status_code == 201, answer.json
        said = answer.json
        self.let_rule(said["rulebook"], said["version"])

    def let_rule(self, identifier: str, version: str, grounds: dict[str, str] | None = GROUNDS) -> None:
        """Let a draft rule without cases, which only gate.publish asks for, also in periods that have ended."""
        said = store.Grounds(**grounds) if grounds else None
        with self.database.transaction(self.tenant_id) as transaction:
            store.publish(transaction, "approver", identifier, version, said)

    def keep_cases(self) -> TestResponse:
        """Draft the rules for the year after, with cases that cover them."""
        assert self.hr.post_text("/v1/rulebooks", NEXT_YEAR, "application/yaml").status_code == 201
        return self.put_cases()

    def put_cases(self, cases: str = CASES.replace("2025", "2026")) -> TestResponse:
        """Keep cases of the rules for the year after."""
        return self.hr.put_text("/v1/rulebooks/small-county@2026-1/cases", cases, "application/yaml")

    def publish(self, rulebook: str, version: str) -> TestResponse:
        """Let a version rule, also in periods that have ended."""
        return self.approver.post(f"/v1/rulebooks/{rulebook}@{version}/publish", GROUNDS)

    def send(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """Send a batch; the answers, one for each."""
        answer = self.sender.post("/v1/events", list(events))
        assert answer.status_code in (200, 207), answer.json
        return list(answer.json["items"])

    def ranking(self, period: str, **query: str) -> list[dict[str, Any]]:
        """The first page of a ranking."""
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        answer = self.hr.get(f"/v1/rankings/{period}?{asked}")
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def result(self, worker: str, period: str) -> dict[str, Any]:
        """One worker's result."""
        answer = self.hr.get(f"/v1/workers/{worker}/results/{period}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json)


_ids = count(1)


def event(type_: str, worker: str, time: str = "2025-03-10T09:00:00+08:00", **data: Any) -> dict[str, Any]:
    """A CloudEvent about a worker, with an id of its own."""
    said = {
        "specversion": "1.0",
        "id": f"e{next(_ids)}",
        "source": SOURCE,
        "type": type_,
        "subject": f"worker/{worker}",
    }
    return {**said, "time": time, "data": data}


def visit(worker: str, household: str, time: str = "2025-03-10T09:00:00+08:00") -> dict[str, Any]:
    """A visit to a household."""
    return event("visit.done", worker, time, household=household)


def rating(worker: str, stars: Any, time: str = "2025-03-10T09:00:00+08:00") -> dict[str, Any]:
    """A resident's rating."""
    return event("rating.resident", worker, time, stars=stars)
