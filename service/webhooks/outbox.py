"""The outbox: a message for each item of the feed that a webhook is told of, derived by the item's place in the feed.

The messages of a stretch and the place that they lead to are one transaction: each item is passed once, whatever is
killed. Whoever moves the place back has what follows derived again, with the ids that it had.
"""

import json as plain
from typing import Any
from uuid import UUID, uuid4

from service import clock, feed
from service.database.transactions import Transaction, json
from service.feed import Item, Place

TEST = "jifen.webhook.test"
_STRETCH = 500  # items that are passed in one transaction

Said = dict[str, Any]


def behind(transaction: Transaction, sealed: int) -> list[UUID]:
    """The webhooks for which there may be something to derive up to a position."""
    return [row.webhook_id for row in transaction.all("webhooks_behind", **_end(sealed)._asdict())]


def derive(transaction: Transaction, webhook: UUID, sealed: int) -> bool:
    """Derive the messages of the next stretch of the feed up to a position; whether there is more of it."""
    row = transaction.maybe("webhook_lock", webhook=webhook)
    if row is None or row.state != "active":
        return False
    page = feed.after(transaction, Place(row.position, row.ordinal), _STRETCH, sealed, row.types)
    if page.items:
        epoch = feed.life(transaction).epoch
        _add(transaction, webhook, [_message(item, epoch) for item in page.items])
    move(transaction, webhook, page.place)
    return page.place < _end(sealed)


def move(transaction: Transaction, webhook: UUID, place: Place) -> None:
    """Go on deriving from this place."""
    transaction.do("webhook_move", webhook=webhook, **place._asdict())


def test(transaction: Transaction, webhook: UUID) -> UUID:
    """A message that tells nothing; the id of its delivery."""
    delivery = uuid4()
    identifier = f"test-{delivery.hex}"
    body = _body(TEST, clock.now().isoformat(), {"id": identifier, "webhook": str(webhook)})
    row = {"delivery_id": str(delivery), "message_id": identifier, "type": TEST, "body": body}
    _add(transaction, webhook, [{**row, "position": None, "ordinal": None}])
    return delivery


def _end(sealed: int) -> Place:
    """The place behind everything up to a position."""
    return Place(sealed + 1, 0)


def _add(transaction: Transaction, webhook: UUID, messages: list[Said]) -> None:
    transaction.do("deliveries_add", webhook=webhook, messages=json(messages), now=clock.now())


def _message(item: Item, epoch: str) -> Said:
    """A message about an item, as a row: ids, links, and the cursor from which the feed begins with this item."""
    data = {"id": item.id, "subject": item.subject, **item.data, "cursor": feed.cursor(epoch, item.place)}
    body = _body(item.type, item.time.isoformat(), data)
    row = {"delivery_id": str(uuid4()), "message_id": item.id, "type": item.type, "body": body}
    return {**row, **item.place._asdict()}


def _body(type_: str, timestamp: str, data: Said) -> str:
    return plain.dumps({"type": type_, "timestamp": timestamp, "data": data}, ensure_ascii=False, separators=(",", ":"))
