"""What webhooks answer, and what is sent to them: the shape of the message of each type."""

from marshmallow import Schema, fields

WEBHOOK_STATES = ("active", "disabled", "gone")
DELIVERY_STATES = ("pending", "delivered", "failed")
OUTCOMES = ("delivered", "refused", "gone", "timeout", "unreachable", "tls", "address", "protocol", "secret")


def _text(description: str, **options: object) -> fields.String:
    return fields.String(required=True, metadata={"description": description}, **options)  # type: ignore[arg-type]


class WebhookSecret(Schema):
    """A secret in use, without itself."""

    created_at = fields.DateTime(required=True)
    ends_at = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "from when it signs nothing any more; null: the newest"},
    )


class Webhook(Schema):
    """A receiver of messages."""

    webhook = fields.UUID(required=True)
    url = _text("where messages are sent")
    types = fields.List(fields.String(), required=True, metadata={"description": "what it is told of"})
    state = fields.String(
        required=True,
        metadata={"description": "gone: the receiver answered 410", "enum": list(WEBHOOK_STATES)},
    )
    failing_since = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "when a message was given up; null since one arrived"}
    )
    created_at = fields.DateTime(required=True)
    secrets = fields.List(
        fields.Nested(WebhookSecret), required=True, metadata={"description": "newest first, two at most"}
    )
    pending = fields.Integer(required=True, metadata={"description": "messages that wait to be delivered"})
    failed = fields.Integer(required=True, metadata={"description": "messages that were given up"})


class WebhookWithSecret(Webhook):
    """A webhook with its newest secret, which can be read only now."""

    secret = _text("whsec_ and the key in Base64; can be read only now")


class WebhookPage(Schema):
    """All webhooks."""

    items = fields.List(fields.Nested(Webhook), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "always null: there are few"})


class DeliveryTry(Schema):
    """One try to deliver a message."""

    at = fields.DateTime(required=True)
    seconds = _text("how long it took")
    outcome = fields.String(
        required=True,
        metadata={
            "description": "delivered: 2xx; gone: 410; refused: any other; address: a private one; secret: unreadable",
            "enum": list(OUTCOMES),
        },
    )
    status = fields.Integer(required=True, allow_none=True, metadata={"description": "of HTTP"})
    answer = fields.String(
        required=True, allow_none=True, metadata={"description": "its first characters, where it was no success"}
    )


class Delivery(Schema):
    """A message and what became of it."""

    delivery = fields.UUID(required=True)
    id = _text("the header webhook-id, the same each time; of an item of the feed, its id")
    type = _text("what the message tells of")
    state = fields.String(required=True, metadata={"description": "failed: given up", "enum": list(DELIVERY_STATES)})
    attempts = fields.Integer(required=True, metadata={"description": "tries since it was derived or replayed"})
    created_at = fields.DateTime(required=True)
    next_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "when it may be tried again"})
    ended_at = fields.DateTime(required=True, allow_none=True)
    last = fields.Nested(DeliveryTry, required=True, allow_none=True, metadata={"description": "the last try"})


class DeliveryWhole(Delivery):
    """A message with its body and every try."""

    body = _text("what is sent, to the byte")
    tries = fields.List(fields.Nested(DeliveryTry), required=True, metadata={"description": "oldest first"})


class DeliveryPage(Schema):
    """Messages of a webhook, newest first."""

    items = fields.List(fields.Nested(Delivery), required=True)
    next = fields.String(required=True, allow_none=True)


class Replayed(Schema):
    """What is sent again."""

    webhook = fields.UUID(required=True)
    deliveries = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "how many; null where they are derived from the feed anew"},
    )


class _Told(Schema):
    id = _text("of the item in the feed, and of the message")
    subject = _text("what it happened to")
    cursor = _text("from here the feed begins with this item")


class _Linked(_Told):
    links = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, metadata={"description": "where to read more"}
    )


class _RulebookPublished(_Linked):
    rulebook = _text("its id")
    version = _text("its version")
    hash = _text("SHA-256 of its canonical form, in hexadecimal")


class _PeriodClosed(_Told):
    rulebook = _text("which rulebook's period")
    period = _text("such as 2025-03")


class _OfRevision(_Linked):
    rulebook = _text("which rulebook's period")
    period = _text("such as 2025-03")
    revision = fields.Integer(required=True)


class _RevisionPublished(_OfRevision):
    version = _text("of the rulebook")
    run = fields.Integer(required=True)
    kind = _text("computation, completion or import")
    digest = _text("of the results, in hexadecimal")


class _OfSubject(_OfRevision):
    version = _text("of the rulebook")
    run = fields.Integer(required=True)


class _ResultRevised(_OfSubject):
    change = _text("changed; taken_in or left_out where only one of the two revisions has the subject")


class _OutcomeProposed(_OfSubject):
    outcome = _text("the id that the rulebook gives it")


class _EventReversed(_Linked):
    event = fields.UUID(required=True)
    type = _text("of the event that was taken back")
    replaced_by = fields.UUID(required=True, allow_none=True, metadata={"description": "of an amendment"})


class _Tested(Schema):
    id = _text("of the message")
    webhook = fields.UUID(required=True)


def _message(name: str, data: type[Schema]) -> type[Schema]:
    of_one_type = {
        "type": _text("what happened"),
        "timestamp": fields.DateTime(required=True, metadata={"description": "when it was written"}),
        "data": fields.Nested(data, required=True),
    }
    return Schema.from_dict(of_one_type, name=name)  # type: ignore[arg-type]


# What may be subscribed to.
MESSAGES = {
    "jifen.event.reversed": _message("MessageEventReversed", _EventReversed),
    "jifen.outcome.proposed": _message("MessageOutcomeProposed", _OutcomeProposed),
    "jifen.period.closed": _message("MessagePeriodClosed", _PeriodClosed),
    "jifen.period.finalised": _message("MessagePeriodFinalised", _OfRevision),
    "jifen.period.reopened": _message("MessagePeriodReopened", _OfRevision),
    "jifen.result.revised": _message("MessageResultRevised", _ResultRevised),
    "jifen.revision.published": _message("MessageRevisionPublished", _RevisionPublished),
    "jifen.rulebook.published": _message("MessageRulebookPublished", _RulebookPublished),
}
# What is sent beside.
TEST_MESSAGE = _message("MessageWebhookTest", _Tested)
