"""The log of deliveries: what was sent to a webhook, what came of it, and to send it again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from service import clock, cursors, feed, journal
from service.access import Access
from service.database.transactions import Transaction
from service.errors import Problem, unknown
from service.webhooks import outbox, store

Said = dict[str, Any]


def page(transaction: Transaction, webhook: str, sought: Said) -> Said:
    """A page of the messages of a webhook, newest first. Problem resource.unknown."""
    store.one(transaction, webhook)
    [after] = cursors.decode(sought["after"], int) if "after" in sought else [None]
    filters = {"state": sought.get("state"), "after": after, "limit": sought["limit"] + 1}
    rows = transaction.all("deliveries", webhook=store.numbered(webhook), **filters)
    shown = rows[: sought["limit"]]
    following = cursors.encode(shown[-1].delivery_no) if len(rows) > len(shown) else None
    return {"items": [_shown(row) for row in shown], "next": following}


def one(transaction: Transaction, webhook: str, delivery: str) -> Said:
    """A message with its body and every try. Problem resource.unknown."""
    number = store.numbered(delivery, "delivery")
    row = transaction.maybe("delivery", webhook=store.numbered(webhook), delivery=number)
    if row is None:
        raise unknown("delivery", delivery)
    tries = [_try(attempt) for attempt in transaction.all("delivery_attempts", delivery=number)]
    return {**_shown(row), "body": row.body, "tries": tries}


def test(transaction: Transaction, access: Access, webhook: str) -> Said:
    """Send a message about nothing. Problem resource.unknown, webhook.inactive."""
    number = _active(transaction, webhook)
    delivery = outbox.test(transaction, number)
    journal.record(transaction, "webhook.test", access.actor, {"webhook": str(number), "delivery": str(delivery)})
    return one(transaction, webhook, str(delivery))


def replay(transaction: Transaction, access: Access, webhook: str, said: Said, feed_days: int) -> Said:
    """Send again: one message, all that were given up, or all after a cursor of the feed.

    Problem resource.unknown, webhook.inactive, and those of the feed's cursors, which are good for so many days.
    """
    number = _active(transaction, webhook)
    detail: Said = {"webhook": str(number)}
    again: int | None = None
    if "after" in said:
        now = feed.life(transaction)
        place = feed.place(said["after"], now)
        feed.refuse_forgotten(transaction, place, feed_days, now)
        outbox.move(transaction, number, place)
        detail |= {"from": list(place)}
    elif "delivery" in said:
        again = transaction.do("delivery_again", webhook=number, delivery=said["delivery"], now=clock.now())
        if not again:
            raise unknown("delivery", str(said["delivery"]))
        detail |= {"delivery": str(said["delivery"])}
    else:
        again = transaction.do("deliveries_failed_again", webhook=number, now=clock.now())
    journal.record(transaction, "webhook.replay", access.actor, {**detail, "deliveries": again})
    return {"webhook": str(number), "deliveries": again}


def expire(transaction: Transaction, days: int) -> int:
    """Take away what was settled so many days ago."""
    return transaction.do("deliveries_expire", last_to=clock.now() - timedelta(days=days))


def _active(transaction: Transaction, webhook: str) -> UUID:
    """The id of a webhook that is told anything. Problem resource.unknown, webhook.inactive."""
    number = store.lock(transaction, webhook)
    state = store.one(transaction, webhook)["state"]
    if state != "active":
        raise Problem("webhook.inactive", state=state)
    return number


def _shown(row: Any) -> Said:
    return {
        "delivery": str(row.delivery_id),
        "id": row.message_id,
        "type": row.type,
        "state": row.state,
        "attempts": row.attempts,
        "created_at": row.created_at.isoformat(),
        "next_at": row.next_at.isoformat() if row.state == "pending" else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "last": _try(row) if row.attempted_at else None,
    }


def _try(row: Any) -> Said:
    return {
        "at": row.attempted_at.isoformat(),
        "seconds": str(row.seconds),
        "outcome": row.outcome,
        "status": row.status,
        "answer": row.answer,
    }
