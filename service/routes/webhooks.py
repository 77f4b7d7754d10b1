"""/v1/webhooks: who is told of what happens, by which secrets, what was sent, and to send it again."""

from typing import Any

from flask import Response, jsonify

from schemas.answers.webhooks import DeliveryPage, DeliveryWhole, Replayed, Webhook, WebhookPage, WebhookWithSecret
from schemas.webhooks import Replay, Rotation, Sought, Subscription, WebhookChange
from service.http import access, database, requires, settings
from service.routes.blueprint import Blueprint
from service.routes.commands import told_once
from service.webhooks import log, store
from service.webhooks.terms import Terms, terms

blueprint = Blueprint("webhooks", __name__, description="Systems that are told of what happens")


@blueprint.post("/v1/webhooks")
@requires("webhooks:write")
@told_once
@blueprint.answers(201, WebhookWithSecret, headers=("Location",))
@blueprint.refuses("webhook.too_many")
@blueprint.arguments(Subscription)
def post_webhook(said: dict[str, Any]) -> Response:
    """Have messages sent from now on; the secret that they are signed with is told only now."""
    with database().transaction(access().tenant_id) as transaction:
        made = store.add(transaction, access(), _terms(), said)
    response = _with_status(made, 201)
    response.headers["Location"] = f"/v1/webhooks/{made['webhook']}"
    return response


@blueprint.get("/v1/webhooks")
@requires("webhooks:write")
@blueprint.answers(200, WebhookPage)
def get_webhooks() -> dict[str, Any]:
    """All webhooks, oldest first."""
    with database().transaction(access().tenant_id) as transaction:
        return store.every(transaction)


@blueprint.get("/v1/webhooks/<webhook>")
@requires("webhooks:write")
@blueprint.answers(200, Webhook)
@blueprint.refuses("resource.unknown")
def get_webhook(webhook: str) -> dict[str, Any]:
    """A webhook, whether it is well, and what waits for it."""
    with database().transaction(access().tenant_id) as transaction:
        return store.one(transaction, webhook)


@blueprint.patch("/v1/webhooks/<webhook>")
@requires("webhooks:write")
@blueprint.answers(200, Webhook)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(WebhookChange)
def patch_webhook(said: dict[str, Any], webhook: str) -> dict[str, Any]:
    """Send elsewhere, tell of other things, disable, or make active again: then it goes on where it stopped."""
    with database().transaction(access().tenant_id) as transaction:
        return store.change(transaction, access(), _terms(), webhook, said)


@blueprint.delete("/v1/webhooks/<webhook>")
@requires("webhooks:write")
@blueprint.answers(204)
@blueprint.refuses("resource.unknown")
def delete_webhook(webhook: str) -> Response:
    """Take a webhook away with its messages and their log."""
    with database().transaction(access().tenant_id) as transaction:
        store.remove(transaction, access(), webhook)
    return Response(status=204)


@blueprint.post("/v1/webhooks/<webhook>/secrets")
@requires("webhooks:write")
@told_once
@blueprint.answers(201, WebhookWithSecret)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(Rotation)
def post_secret(said: dict[str, Any], webhook: str) -> Response:
    """A new secret, told only now; messages are signed with the one before too, for so many hours."""
    with database().transaction(access().tenant_id) as transaction:
        return _with_status(store.rotate(transaction, access(), _terms(), webhook, said["hours"]), 201)


@blueprint.post("/v1/webhooks/<webhook>/test")
@requires("webhooks:write")
@blueprint.answers(202, DeliveryWhole)
@blueprint.refuses("resource.unknown", "webhook.inactive")
def post_test(webhook: str) -> Response:
    """Send a message that tells nothing; its delivery says what came of it."""
    with database().transaction(access().tenant_id) as transaction:
        return _with_status(log.test(transaction, access(), webhook), 202)


@blueprint.post("/v1/webhooks/<webhook>/replay")
@requires("webhooks:write")
@blueprint.answers(202, Replayed)
@blueprint.refuses("resource.unknown", "webhook.inactive", "feed.expired", "page.restored")
@blueprint.arguments(Replay)
def post_replay(said: dict[str, Any], webhook: str) -> Response:
    """Send again: one message, whatever was given up, or everything after a cursor of the feed."""
    with database().transaction(access().tenant_id) as transaction:
        return _with_status(log.replay(transaction, access(), webhook, said, settings().feed_days), 202)


@blueprint.get("/v1/webhooks/<webhook>/deliveries")
@requires("webhooks:write")
@blueprint.answers(200, DeliveryPage)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(Sought, location="query")
def get_deliveries(sought: dict[str, Any], webhook: str) -> dict[str, Any]:
    """What was sent or waits, newest first, with the last try."""
    with database().transaction(access().tenant_id) as transaction:
        return log.page(transaction, webhook, sought)


@blueprint.get("/v1/webhooks/<webhook>/deliveries/<delivery>")
@requires("webhooks:write")
@blueprint.answers(200, DeliveryWhole)
@blueprint.refuses("resource.unknown")
def get_delivery(webhook: str, delivery: str) -> dict[str, Any]:
    """A message, its body and every try."""
    with database().transaction(access().tenant_id) as transaction:
        return log.one(transaction, webhook, delivery)


def _terms() -> Terms:
    return terms(settings())


def _with_status(said: dict[str, Any], status: int) -> Response:
    response: Response = jsonify(said)
    response.status_code = status
    return response
