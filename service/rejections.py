"""Rejections: what intake refused of somebody whom it knows, kept for a while, to be looked at and sent again.

They are stored after the events, in a transaction of their own: where that fails, a rejection is lost and no answer
changes. A rejection waits as long as no event of its source and id is stored, whoever sends that; so nothing has to be
marked. Bodies may hold personal data: they are here alone, for a time, and can be erased.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from schemas.fields import storable
from service import canonical, clock, counting, cursors, intake, journal, logs, metrics
from service.access import Access
from service.database.transactions import Database, Transaction, json
from service.errors import Finding, Language, Problem, finding, unknown
from service.intake import Item
from service.settings import Settings

Said = dict[str, Any]
_MOST_FINDINGS = 20
_MOST_CHARACTERS = 250  # of a pointer or a value; a sentence tells fewer


@dataclass(frozen=True)
class Retried:
    """What was sent again: rejections and what became of each, where the next begin, how many are left."""

    numbers: list[int]
    items: list[Item]
    next: str | None
    left: int


def keep(database: Database, settings: Settings, access: Access, items: Sequence[Item]) -> None:
    """Keep what was refused of the answers of intake. For a dry run, don't call it."""
    refused = [item for item in items if item.outcome in ("rejected", "conflict")]
    if not refused:
        return
    for item in refused:
        counting.refusal(counting.source_of(access, item), reasons(item))
    with _at_no_cost():
        _keep(database, settings, access, [_row_of(item, settings.rejection_bytes) for item in refused])


def keep_request(
    database: Database, settings: Settings, access: Access, problem: Problem, body: bytes, size: int
) -> None:
    """Keep that a request was refused as a whole, with what was read of its body."""
    found = [Finding("", problem.code, problem.values), *problem.findings]
    counting.refusal("-", found)
    with _at_no_cost():
        row = {**_body(body, size, settings.rejection_bytes), "findings": _stored(found)}
        _keep(database, settings, access, [row])


def reasons(item: Item) -> list[Finding]:
    """Why an event was refused."""
    return [finding("", "event.conflict")] if item.outcome == "conflict" else list(item.findings)


def one(transaction: Transaction, access: Access, number: int, language: Language) -> Said:
    """A rejection with the beginning of its body, for who sent it or may see names. Problem resource.unknown."""
    row = _row(transaction, number)
    is_told = access.actor == row.actor or "roster:read" in access.scopes
    return {**_shown(row, language), "body": bytes(row.body).decode("utf-8", "replace") if is_told else None}


def page(transaction: Transaction, sought: Said, language: Language) -> Said:
    """A page of rejections, newest first."""
    [after] = cursors.decode(sought["after"], int) if "after" in sought else [None]
    rows = transaction.all("rejections", **_filter(sought), after=after, limit=sought["limit"] + 1)
    shown = rows[: sought["limit"]]
    following = cursors.encode(shown[-1].rejection_no) if len(rows) > len(shown) else None
    return {"items": [_shown(row, language) for row in shown], "next": following}


def retry(database: Database, settings: Settings, access: Access, number: int) -> Item:
    """Send the body of a rejection through intake again, as somebody who may send as its source.

    Problem resource.unknown, rejection.not_an_event, rejection.truncated, access.source.
    """
    with database.transaction(access.tenant_id) as transaction:
        row = _row(transaction, number)
        if row.event is None and not row.waiting:
            raise Problem("rejection.not_an_event")
        if row.truncated:
            raise Problem("rejection.truncated", kept=len(row.body), bytes=row.body_bytes)
        if row.source not in access.sources:
            raise Problem("access.source", source=row.source)
        items = _taken(transaction, settings, access, [row])
    _count_again(database, access, [number], items)
    return items[0]


def retry_all(database: Database, settings: Settings, access: Access, sought: Said) -> Retried:
    """Send again a page of those that wait and that a filter asks for, oldest first, each by itself."""
    [after] = cursors.decode(sought["after"], int) if "after" in sought else [0]
    with database.transaction(access.tenant_id) as transaction:
        rows = transaction.all(
            "rejections_to_retry",
            **_filter(sought),
            sources=sorted(access.sources),
            after=after,
            limit=sought["limit"],
        )
        items = _taken(transaction, settings, access, rows)
    numbers = [row.rejection_no for row in rows]
    _count_again(database, access, numbers, items)
    left = rows[0].matching - len(rows) if rows else 0
    return Retried(numbers, items, cursors.encode(numbers[-1]) if left else None, left)


def result(number: int, item: Item, language: Language) -> Said:
    """What became of a rejection that was sent again."""
    said: Said = {"rejection": number, "result": item.outcome, "source": item.sent["source"], "id": item.sent["id"]}
    if found := reasons(item):
        return {**said, "errors": [one.body(language) for one in found]}
    return {**said, "event": item.event}


def erase(transaction: Transaction, actor: str, number: int) -> None:
    """Take a rejection away, body and all. Problem resource.unknown."""
    if not transaction.do("rejection_erase", rejection=number):
        raise unknown("rejection", str(number))
    journal.record(transaction, "rejection.erase", actor, {"rejection": number})


def expire(transaction: Transaction, days: int) -> int:
    """Take away what nobody has sent for so many days; how many there were."""
    return transaction.do("rejections_expire", last_to=clock.now() - timedelta(days=days))


def _keep(database: Database, settings: Settings, access: Access, rows: list[Said]) -> None:
    if not rows or not settings.rejections_kept:
        return
    different: dict[str, Said] = {}
    for row in rows:
        times = different.get(row["body_digest"], {"times": 0})["times"]
        different[row["body_digest"]] = {**row, "times": times + 1}
    with database.transaction(access.tenant_id) as transaction:
        transaction.do(
            "rejections_add",
            actor=access.actor,
            request_id=journal.request_id.get(),
            rejections=json(list(different.values())),
            now=clock.now(),
        )
    with database.transaction(access.tenant_id) as transaction:
        transaction.do("rejections_trim", actor=access.actor, most=settings.rejections_kept)


@contextmanager
def _at_no_cost() -> Iterator[None]:
    """What fails here changes no answer. Its error isn't logged: a database's may quote the row."""
    try:
        yield
    except Exception as error:
        metrics.rejections_lost.inc()
        kind = type(error.__cause__ or error).__name__
        logs.logger().warning("a rejection was not kept", request_id=journal.request_id.get(), error=kind)


def _taken(transaction: Transaction, settings: Settings, access: Access, rows: Sequence[Any]) -> list[Item]:
    bodies = [canonical.parse(bytes(row.body), settings.max_depth) for row in rows]
    return intake.take(transaction, access, bodies)


def _count_again(database: Database, access: Access, numbers: list[int], items: list[Item]) -> None:
    counting.events(access, items)
    refused = [(number, item) for number, item in zip(numbers, items, strict=True) if reasons(item)]
    if not refused:
        return
    for _, item in refused:
        counting.refusal(counting.source_of(access, item), reasons(item))
    again = [{"rejection_no": number, "findings": _stored(reasons(item))} for number, item in refused]
    with _at_no_cost(), database.transaction(access.tenant_id) as transaction:
        values = {"request_id": journal.request_id.get(), "now": clock.now()}
        transaction.do("rejections_again", rejections=json(again), **values)


def _row(transaction: Transaction, number: int) -> Any:
    row = transaction.maybe("rejection", rejection=number)
    if row is None:
        raise unknown("rejection", str(number))
    return row


def _row_of(item: Item, most: int) -> Said:
    sent = item.sent if isinstance(item.sent, dict) else {}
    named = {key: text[:255] for key in ("source", "id") if isinstance(text := sent.get(key), str) and storable(text)}
    body = canonical.as_sent(item.sent)
    identity = item.event if item.identity else None
    return {**named, "event_id": identity, **_body(body, len(body), most), "findings": _stored(reasons(item))}


def _body(body: bytes, size: int, most: int) -> Said:
    return {"body": body[:most].hex(), "body_bytes": size, "body_digest": sha256(body).hexdigest()}


def _stored(found: list[Finding]) -> list[Said]:
    """Findings as they are kept: not without end, and of characters that the database can hold."""
    return [
        {
            "pointer": _cut(one.pointer).removesuffix("~"),
            "code": one.code,
            "values": {key: _cut(str(value)) for key, value in one.values.items()},
        }
        for one in found[:_MOST_FINDINGS]
    ]


def _cut(text: str) -> str:
    return text[:_MOST_CHARACTERS].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _filter(sought: Said) -> Said:
    return {key: sought.get(key) for key in ("source", "code", "last_from", "last_to", "waiting")}


def _shown(row: Any, language: Language) -> Said:
    return {
        "rejection": row.rejection_no,
        "actor": row.actor,
        "source": row.source,
        "id": row.id,
        "errors": [Finding(f["pointer"], f["code"], f["values"]).body(language) for f in row.findings],
        "times": row.times,
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "request_id": row.request_id,
        "bytes": row.body_bytes,
        "truncated": row.truncated,
        "sha256": bytes(row.body_digest).hex(),
        "waiting": row.waiting,
        "event": row.event,
    }
