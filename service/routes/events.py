"""/v1/events: one CloudEvent, a batch, or plain JSON of either shape; read one, take it back, amend it."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from schemas.event_list import SoughtEvents
from schemas.events import Amendment, Reversal, Sending
from service import corrections, counting, event_list, http, intake, rejections
from service.corrections import Correction
from service.errors import Problem, unknown
from service.http import access, database, requires
from service.intake import Item
from service.routes import event_answers, refusals
from service.routes.blueprint import Blueprint

blueprint = Blueprint("events", __name__, description="Facts about subjects")

_SENDING = Sending()
_AS_USUAL = _SENDING.load({})
_ONE, _BATCH, _PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"


@blueprint.post("/v1/events")
@requires("events:write")
def post_events() -> Response:
    """Send one event or a batch; each is answered by itself."""
    asked = http.query(_SENDING) if request.query_string else _AS_USUAL
    with refusals.kept():
        bodies = _bodies()
    take = intake.tried if asked["dry_run"] else intake.take
    with database().transaction(access().tenant_id, brief=True) as transaction:
        items = take(transaction, access(), bodies, asked["atomic"])
    if not asked["dry_run"]:
        counting.events(access(), items)
        rejections.keep(database(), http.settings(), access(), items)
    if not _is_batch():
        return _one(items[0], asked["dry_run"])
    if any(item.outcome == "aborted" for item in items):
        raise Problem("event.aborted", items=[event_answers.said(item) for item in items])
    status = 200 if all(item.outcome in event_answers.STORED for item in items) else 207
    return Response(event_answers.batch(items), status, content_type="application/json")


@blueprint.get("/v1/events")
@requires("events:read")
@blueprint.arguments(SoughtEvents, location="query")
def get_events(sought: dict[str, Any]) -> dict[str, Any]:
    """Events as stored, by the time of each."""
    with database().transaction(access().tenant_id) as transaction:
        return event_list.page(transaction, sought)


@blueprint.get("/v1/events/<event>")
@requires("events:read")
def get_event(event: str) -> dict[str, Any]:
    """One event as stored."""
    with database().transaction(access().tenant_id) as transaction:
        row = transaction.maybe("event", event=_identity(event))
    if row is None:
        raise unknown("event", event)
    return event_list.shown(row)


@blueprint.post("/v1/events/<event>/reversal")
@requires("events:write")
@blueprint.arguments(Reversal)
def reverse_event(said: dict[str, Any], event: str) -> Response:
    """Take an event back: it stops counting where it counted. The same again is answered 200."""
    with database().transaction(access().tenant_id) as transaction:
        done = corrections.reverse(transaction, access(), _identity(event), said["reason"])
    return _corrected(done)


@blueprint.post("/v1/events/<event>/amendment")
@requires("events:write")
@blueprint.arguments(Amendment)
def amend_event(said: dict[str, Any], event: str) -> Response:
    """Take an event back and store another, with an id of its own, in its place."""
    with database().transaction(access().tenant_id) as transaction:
        done = corrections.amend(transaction, access(), _identity(event), said["reason"], said["event"])
    if done.replacement:
        counting.events(access(), [done.replacement])
    return _corrected(done)


def _identity(event: str) -> UUID:
    try:
        return UUID(event)
    except ValueError:
        raise unknown("event", event) from None


def _corrected(done: Correction) -> Response:
    response = jsonify(done.json())
    response.status_code = 201 if done.outcome == "created" else 200
    return response


def _is_batch() -> bool:
    return request.mimetype == _BATCH or (
        request.mimetype == _PLAIN and request.get_data().lstrip(b" \t\r\n")[:1] == b"["
    )


def _bodies() -> list[Any]:
    if request.mimetype not in (_ONE, _BATCH, _PLAIN):
        raise Problem("request.media_type", type=request.mimetype or "-")
    body = http.json_body()
    if not _is_batch():
        return [body]
    if not isinstance(body, list):
        raise Problem("request.malformed")
    most = http.settings().max_batch_events
    if len(body) > most:
        raise Problem("request.too_many", most=most)
    return body


def _one(item: Item, is_dry_run: bool) -> Response:
    if item.outcome == "conflict":
        raise Problem("event.conflict")
    if item.outcome == "rejected":
        raise Problem("event.rejected", list(item.findings))
    is_new = item.outcome == "created" and not is_dry_run
    response = Response(event_answers.one(item), 201 if is_new else 200, content_type="application/json")
    if not is_dry_run:
        response.headers["Location"] = f"/v1/events/{item.event_id}"
    return response
