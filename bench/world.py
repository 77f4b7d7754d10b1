"""A world to measure in: one tenant with organisations, workers, a rulebook that rules, and as many events as wanted.

What is small goes the way of every user, over HTTP. Workers and events by the million are written with SQL by the
owner, as intake would have left them: in the order of time, each lot under one audit entry that waits for its position.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import yaml

from bench import load
from bench.stack import Stack
from service import access, tokens
from service.database.transactions import Database, owner_transaction
from service.rulebooks import store
from service.settings import Settings
from service.tokens import Grant

SOURCE = "bench-app"
PERIOD = "2025-03"
STARTS = "2025-03-01T00:00:00+08:00"

_NUMBER = {"kind": "number", "required": True, "between": ["0", "1000000"]}
_FIELDS: dict[str, dict[str, Any]] = {
    "visit.done": {"household": {"kind": "text", "required": True}},
    "errand.done": {"kind": {"kind": "code", "required": True, "codes": ["paperwork", "repair"]}},
    "duty.served": {"hours": _NUMBER},
    "drill.held": {},
    "task.closed": {"on_time": {"kind": "boolean", "required": True}},
    "rating.resident": {"stars": _NUMBER},
    "thanks.received": {},
    "training.attended": {"hours": _NUMBER},
    "merit.earned": {"points": _NUMBER},
    "violation.late_report": {},
}
TYPES = tuple(_FIELDS)  # event n of a worker is of type n modulo ten, of one copy after the other

_PEOPLE = """
WITH added AS (
    INSERT INTO subject (tenant_id, kind, id)
    SELECT %(tenant)s, 'worker', 'w' || n FROM generate_series(1, %(workers)s) n RETURNING subject_no, id
),
recorded AS (
    INSERT INTO worker_record (tenant_id, worker_no, entry_id) SELECT %(tenant)s, subject_no, %(entry)s FROM added
)
INSERT INTO assignment (tenant_id, worker_no, entry_id, assignment_no, organisation_no, post, valid_from)
SELECT %(tenant)s, a.subject_no, %(entry)s, 1, o.subject_no, 'staff', '2024-01-01'
FROM added a
JOIN subject o ON o.tenant_id = %(tenant)s AND o.kind = 'organisation'
    AND o.id = 's' || substr(a.id, 2)::integer %% %(streets)s
"""

# Numbers that look drawn by lot and are the same in every run; ids in order, so that the key's index fills quickly.
_EVENTS = """
INSERT INTO event (tenant_id, subject_no, type_no, source_no, event_id, entry_id, time, ordinal, quantity, id,
    content_digest, data)
SELECT %(tenant)s, d.subject_no, t.type_no, s.source_no,
    CASE WHEN %(scattered)s THEN md5(d.n::text || '-' || %(entry)s) ELSE lpad(to_hex(d.n), 32, '0') END::uuid,
    %(entry)s,
    %(starts)s::timestamptz + d.round * interval '29 days' / %(each)s + (d.lot %% 86400) * interval '1 second',
    d.n, d.quantity, 'g' || d.n, sha256(int8send(d.n)),
    CASE d.kind
        WHEN 0 THEN jsonb_build_object('household', 'h' || d.lot %% 40)
        WHEN 1 THEN '{"kind": "repair"}'
        WHEN 4 THEN jsonb_build_object('on_time', d.lot %% 3 > 0)
        WHEN 5 THEN jsonb_build_object('stars', d.quantity::text)
        WHEN 8 THEN jsonb_build_object('points', d.quantity::text)
        ELSE CASE WHEN d.quantity IS NULL THEN '{}' ELSE jsonb_build_object('hours', d.quantity::text) END
    END
FROM (
    SELECT l.*, CASE l.kind
            WHEN 2 THEN l.lot %% 48 * 0.5
            WHEN 5 THEN 1 + l.lot %% 5
            WHEN 7 THEN l.lot %% 24
            WHEN 8 THEN l.lot %% 1000 * 0.01
        END AS quantity
    FROM (
        SELECT w.subject_no, r.round, r.round %% 10 AS kind, r.round * %(workers)s::bigint + w.number AS n,
            abs(hashint8(w.subject_no * 1000::bigint + r.round)::bigint) AS lot
        FROM generate_series(0, %(each)s - 1) r (round)
        CROSS JOIN (
            SELECT subject_no, row_number() OVER () - 1 AS number FROM subject
            WHERE tenant_id = %(tenant)s AND kind = 'worker'
        ) w
    ) l
) d
JOIN source s ON s.tenant_id = %(tenant)s AND s.source = %(source)s
JOIN event_type t ON t.tenant_id = %(tenant)s
    AND t.type = (%(types)s::text[])[d.kind + 1 + d.round / 10 %% %(copies)s * 10]
"""

_ENTRY = """
WITH entry AS (
    INSERT INTO audit_entry (tenant_id, action, actor, request_id, recorded_at, size, detail, digest)
    VALUES (%(tenant)s, %(action)s, 'bench', '-', now(), %(size)s, '{}', sha256('bench')) RETURNING entry_id
)
INSERT INTO unsealed (tenant_id, entry_id) SELECT %(tenant)s, entry_id FROM entry RETURNING entry_id
"""

_worlds = count(1)
_numbers = count(1)


@dataclass(frozen=True)
class World:
    """A tenant, and the token of its user."""

    stack: Stack
    tenant_id: int
    admin: str
    workers: int
    copies: int

    @classmethod
    def make(cls, stack: Stack, workers: int, streets: int = 1, copies: int = 1) -> "World":
        """Workers spread evenly over streets, which are the peer groups; the rulebook rules, nothing has happened.

        With `copies` of the ten types and their indicators there are ten times as many of both.
        """
        name = f"bench-{next(_worlds)}"
        with owner_transaction(stack.url) as transaction:
            tenant = access.create_tenant(transaction, "bench", name)
        database = Database(stack.url, Settings())
        database.open()
        try:
            with database.transaction(tenant) as transaction:
                scopes = list(access.SCOPES)
                admin, _ = tokens.create(transaction, "bench", Grant("admin", scopes, [SOURCE]))
        finally:
            database.close()
        world = cls(stack, tenant, admin, workers, copies)
        world._found(streets)
        return world

    def get(self, path: str) -> Any:
        """What the service answers, as JSON."""
        return json.loads(load.run(self.stack.port, [[load.request("GET", path, self.admin)]], 200).body)

    def say(self, method: str, path: str, body: Any = None, status: int = 200, token: str = "") -> Any:
        """Say something to the service; its answer."""
        text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/yaml" if isinstance(body, bytes) else "application/json"
        sent = load.request(method, path, token or self.admin, text, kind)
        return json.loads(load.run(self.stack.port, [[sent]], status).body)

    def draft(self) -> str:
        """A draft in which a visit and a thank-you give less; its label."""
        book = _rulebook(self.copies).replace(b"each: '5'", b"each: '3'").replace(b"version: '1'", b"version: '2'")
        said = self.say("POST", "/v1/rulebooks", book, 201)
        return f"{said['rulebook']}@{said['version']}"

    def happen(self, each: int, scattered: bool = False) -> None:
        """As many events for each worker, in March 2025; if `scattered`, with ids all over the index, as real ones."""
        size = self.workers * each
        types = [_copy(type_, n) for n in range(self.copies) for type_ in TYPES]
        values = {
            "scattered": scattered,
            "each": each,
            "types": types,
            "source": SOURCE,
            "starts": STARTS,
            "copies": self.copies,
        }
        self._write("event.create", size, _EVENTS, values)
        with self.stack.owner() as connection:
            connection.execute("VACUUM (ANALYZE) event")

    def _found(self, streets: int) -> None:
        organisations = [{"id": "county", "kind": "county", "title": "县"}]
        organisations += [
            {"id": f"s{n}", "kind": "street", "title": f"街道{n}", "parent": "county"} for n in range(streets)
        ]
        self.say("POST", "/v1/roster", {"organisations": organisations, "workers": []})
        for type_, stated in _FIELDS.items():
            quantity = [name for name, declared in stated.items() if declared["kind"] == "number"]
            declaration = {"title": type_, "subject": "worker", "dated_by": "time", "fields": stated}
            declaration |= {"quantity": quantity[0]} if quantity else {}
            for n in range(self.copies):
                self.say("PUT", f"/v1/event-types/{_copy(type_, n)}", declaration, 201)
        self.say("POST", "/v1/rulebooks", _rulebook(self.copies), 201)
        with owner_transaction(self.stack.url) as transaction:  # a rulebook of nobody's has no cases
            transaction.tenant_id = self.tenant_id
            store.publish(transaction, "approver", "bench", "1", store.Grounds("measured afterwards", "bench"))
        self._write("roster.state", 1, _PEOPLE, {"streets": streets})
        with self.stack.owner() as connection:
            connection.execute("VACUUM (ANALYZE) subject, worker_record, assignment")

    def _write(self, action: str, size: int, text: str, values: dict[str, Any]) -> None:
        keys = {"tenant": self.tenant_id, "workers": self.workers}
        with psycopg.connect(self.stack.url) as connection:
            entry = connection.execute(_ENTRY, {**keys, "action": action, "size": size}).fetchone()
            assert entry is not None
            connection.execute(text.encode(), {**keys, **values, "entry": entry[0]})


def _copy(name: str, number: int) -> str:
    return f"{name}{number}" if number else name


def _rulebook(copies: int) -> bytes:
    """The rulebook with so many of each indicator and item, its maxima grown with them."""
    book = yaml.load((Path(__file__).parent / "rulebook.yaml").read_bytes(), yaml.BaseLoader)
    for name in ("indicators", "negative_list"):
        book[name] = [_of_copy(item, n) for n in range(copies) for item in book[name]]
    for category in book["categories"]:
        category["max"] = str(int(category["max"]) * copies)
    book["total"] |= {key: str(int(book["total"][key]) * copies) for key in ("full", "max")}
    return yaml.dump(book, Dumper=_Plain, allow_unicode=True, sort_keys=False).encode()


def _of_copy(said: Any, number: int) -> Any:
    if isinstance(said, dict):
        return {key: _copy(v, number) if key in ("id", "event") else _of_copy(v, number) for key, v in said.items()}
    return said


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: a rulebook has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def new_events(workers: int) -> Iterator[dict[str, Any]]:
    """CloudEvents with ids that were never sent, about these workers in turn, of every type."""
    for n in _numbers:
        kind = TYPES[n % len(TYPES)]
        said: dict[str, dict[str, Any]] = {
            "visit.done": {"household": f"h{n % 4000}"},
            "errand.done": {"kind": "repair"},
            "duty.served": {"hours": n % 48 / 2},
            "task.closed": {"on_time": n % 3 > 0},
            "rating.resident": {"stars": 1 + n % 5},
            "training.attended": {"hours": n % 24},
            "merit.earned": {"points": n % 1000},
        }
        yield {
            "specversion": "1.0",
            "id": f"2025-{n:09}",
            "source": SOURCE,
            "type": kind,
            "subject": f"worker/w{1 + n * 7919 % workers}",
            "time": f"2025-03-{1 + n % 28:02}T{n % 24:02}:{n // 7 % 60:02}:{n // 3 % 60:02}+08:00",
            "data": said.get(kind, {}),
        }
