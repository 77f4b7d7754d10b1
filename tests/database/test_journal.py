"""The journal: one audit entry for each write in its transaction; gap-free positions, in order of acknowledgement."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from json import dumps
from threading import Lock
from typing import Any

import pytest
from psycopg import Connection

from tests.county import GROUNDS, NEXT_YEAR, Client, County, visit
from tests.database.reading import entries, seal

TYPE = {"title": "x", "subject": "worker", "dated_by": "time", "fields": {}}


def publish_next_year(county: County) -> Any:
    """Publish what was drafted with its cases."""
    return county.approver.post("/v1/rulebooks/small-county@2026-1/publish", GROUNDS)


Write = Callable[[County], Any]
WRITES: list[tuple[str, str, Write]] = [
    ("event.create", "sender", lambda c: c.sender.post("/v1/events", visit("w1", "h1"))),
    ("event.create", "sender", lambda c: c.sender.post("/v1/events", [visit("w1", "h1"), visit("w2", "h1"), {}])),
    ("roster.state", "hr", lambda c: c.hr.put("/v1/workers/w9", {"name": "x"})),
    ("roster.state", "hr", lambda c: c.hr.put("/v1/organisations/o9", {"kind": "grid", "title": "x"})),
    ("roster.state", "hr", lambda c: c.hr.post("/v1/roster", {"workers": [{"id": "a"}, {"id": "b"}]})),
    ("event_type.declare", "hr", lambda c: c.hr.put("/v1/event-types/a.b", TYPE)),
    ("rulebook.draft", "hr", lambda c: c.hr.post_text("/v1/rulebooks", NEXT_YEAR, "application/yaml")),
    ("period.close", "hr", lambda c: c.hr.post("/v1/periods/2025-03/close")),
]


@pytest.mark.parametrize(("action", "actor", "write"), WRITES, ids=lambda v: v if isinstance(v, str) else "")
def test_every_write_leaves_one_audit_entry(
    county: County, owner: Connection[Any], action: str, actor: str, write: Write
) -> None:
    """Invariant 15: who did what, under the id of the request."""
    before = entries(owner, county)
    answer = write(county)
    assert answer.status_code in (200, 201, 207), answer.json
    (entry,) = entries(owner, county)[len(before) :]
    assert (entry.action, entry.actor, entry.request_id) == (action, actor, answer.headers["X-Request-Id"])


@pytest.mark.parametrize(
    ("action", "first", "write"),
    [
        ("rulebook.cases", WRITES[6][2], lambda c: c.put_cases()),
        ("rulebook.publish", lambda c: c.keep_cases(), lambda c: c.publish("small-county", "2026-1")),
        ("period.publish", WRITES[7][2], lambda c: c.hr.post("/v1/periods/2025-03/publish")),
    ],
    ids=["cases", "rulebook", "period"],
)
def test_every_publication_leaves_one_audit_entry(
    county: County, owner: Connection[Any], action: str, first: Write, write: Write
) -> None:
    """Invariant 15: who let it rule."""
    first(county)
    before = entries(owner, county)
    write(county)
    assert [entry.action for entry in entries(owner, county)[len(before) :]] == [action]


def test_an_entry_is_written_in_the_transaction_of_what_it_records(county: County, owner: Connection[Any]) -> None:
    """Invariant 15: the entry and its events, or its record, or its run, stand or fall together."""
    county.send(visit("w1", "h1"), visit("w2", "h1"))
    county.hr.post("/v1/periods/2025-03/close")
    county.hr.post("/v1/periods/2025-03/publish")
    transactions = {entry.entry_id: entry.transaction for entry in entries(owner, county)}
    for table in ("event", "worker_record", "organisation_record", "run"):
        rows = owner.execute(
            f"SELECT xmin::text AS transaction, entry_id FROM {table} WHERE tenant_id = %s".encode(), [county.tenant_id]
        ).fetchall()
        assert rows
        assert {transactions[row.entry_id] == row.transaction for row in rows} == {True}, table


REFUSED: list[Write] = [
    lambda c: c.sender.post("/v1/events", visit("nobody", "h1")),
    lambda c: c.sender.post("/v1/events", [visit("nobody", "h1"), {}]),
    lambda c: c.hr.put("/v1/workers/w9", {"points": 5}),
    lambda c: c.hr.post("/v1/roster", {"workers": [{"id": "good"}, {"id": "good"}]}),
    lambda c: c.hr.put("/v1/event-types/visit.done", TYPE),
    lambda c: c.hr.post_text("/v1/rulebooks", NEXT_YEAR + "colour: red", "application/yaml"),
    lambda c: c.hr.post("/v1/periods/2025-03/publish"),
    lambda c: c.hr.post("/v1/periods/9000-01/close"),
]


@pytest.mark.parametrize("write", REFUSED)
def test_what_is_refused_leaves_none(county: County, owner: Connection[Any], write: Write) -> None:
    """Invariants 1 and 15: a refusal is no change of state."""
    before = entries(owner, county)
    write(county)
    assert entries(owner, county) == before


def test_an_entry_holds_nothing_personal(county: County, owner: Connection[Any]) -> None:
    county.hr.put("/v1/workers/w9", {"name": "欧阳不泄", "phone": "13912345678"})
    text = dumps([entry.detail for entry in entries(owner, county)], ensure_ascii=False)
    assert "w9" in text
    assert "欧阳不泄" not in text
    assert "13912345678" not in text


def test_an_entry_takes_as_many_positions_as_it_has_events(county: County) -> None:
    before = seal(county)
    county.send(*(visit("w1", f"h{n}") for n in range(7)))
    county.hr.put("/v1/workers/w9", {})
    assert seal(county) == before + 8


def test_nothing_to_seal_gives_no_position(county: County) -> None:
    assert seal(county) == seal(county)


def test_positions_are_without_gaps_and_in_order_of_acknowledgement(county: County, owner: Connection[Any]) -> None:
    """Invariant 16: with eight writers and somebody who seals all the time; refusals and rollbacks leave no gap."""
    acknowledged: list[tuple[list[str], int]] = []
    lock = Lock()
    app = county.hr._client.application

    def write(writer: int) -> None:
        client = Client(app.test_client(), county.sender.token)
        for n in range(12):
            events = [visit(f"w{writer % 6 + 1}", f"{writer}-{n}-{m}") for m in range(n % 3 + 1)]
            with lock:
                sent_after = len(acknowledged)
            answer = client.post("/v1/events", [*events, visit("nobody", "h")]).json["items"][: len(events)]
            with lock:
                acknowledged.append(([item["event"] for item in answer], sent_after))
            if n % 4 == 0:
                seal(county)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    last = seal(county)
    assert taken_positions(owner, county) == list(range(1, last + 1))
    positions = {
        str(row.event_id): row.position
        for row in owner.execute(
            "SELECT e.event_id, s.position + e.ordinal AS position FROM event e JOIN seal s USING (tenant_id, entry_id)"
            " WHERE tenant_id = %s",
            [county.tenant_id],
        )
    }
    for events, sent_after in acknowledged:
        before = [positions[e] for earlier, _ in acknowledged[:sent_after] for e in earlier]
        assert min(positions[e] for e in events) > max(before, default=0)


def taken_positions(owner: Connection[Any], county: County) -> list[int]:
    """Every position that is taken, in order."""
    rows = owner.execute(
        "SELECT s.position + n AS position FROM seal s JOIN audit_entry a USING (tenant_id, entry_id)"
        " CROSS JOIN LATERAL generate_series(0, a.size - 1) n WHERE tenant_id = %s ORDER BY 1",
        [county.tenant_id],
    )
    return [row.position for row in rows]
