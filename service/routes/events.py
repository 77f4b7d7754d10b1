"""/v1/events: one CloudEvent, a batch or a stream of them; read one, take it back, amend it."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from schemas.answers.events import CorrectionDone, Event, EventPage, EventSent, EventsSent
from schemas.event_list import SoughtEvents
from schemas.events import Amendment, BinaryMode, Reversal, Sending, Taking
from service import corrections, counting, event_list, http, seeing
from service.errors import Problem, unknown
from service.http import access, database, requires
from service.intake import Item
from service.routes import event_answers, event_bodies, event_streams, refusals, taking
from service.routes.blueprint import Blueprint

blueprint = Blueprint("events", __name__, description="Facts about subjects")

_SENDING = Sending()
_AS_USUAL = _SENDING.load({})


@blueprint.post("/v1/events")
@requires("events:write")
@blueprint.asks(Taking)
@blueprint.asks(BinaryMode, place="header")
@blueprint.takes(event_bodies.TAKEN)
@blueprint.answers(200, event_bodies.ANSWERED, description="all are created or duplicates", headers=("Location",))
@blueprint.answers(200, event_bodies.ANSWERED_LINES, content_type=event_bodies.STREAM)
@blueprint.answers(201, EventSent, description="one event, created", headers=("Location",))
@blueprint.answers(207, EventsSent, description="a batch of which some are neither created nor duplicates")
@blueprint.refuses("event.conflict", "event.rejected", "event.aborted", "request.too_many", "request.charset")
def post_events() -> Response:
    """Send one event, a batch or a stream; each event is answered by itself."""
    if event_bodies.is_stream():
        return event_streams.answer()
    asked = http.query(_SENDING) if request.query_string else _AS_USUAL
    with refusals.kept():
        sent = event_bodies.read()
    items = taking.take(sent.bodies, **asked)
    if not sent.is_batch:
        return _one(items[0], asked["dry_run"])
    all_stored = all(item.outcome in event_answers.STORED for item in items)
    if asked["atomic"] and not all_stored:
        raise Problem("event.aborted", items=[event_answers.said(item) for item in items])
    status = 200 if all_stored else 207
    return http.Answer(event_answers.batch(items) + "\n", status, content_type="application/json")


@blueprint.get("/v1/events")
@requires("events:read", narrow=True)
@blueprint.answers(200, EventPage)
@blueprint.arguments(SoughtEvents, location="query")
def get_events(sought: dict[str, Any]) -> dict[str, Any]:
    """Events as stored, by the time of each."""
    with database().transaction(access().tenant_id) as transaction:
        return event_list.page(transaction, sought, access().under)


@blueprint.get("/v1/events/<event>")
@requires("events:read", narrow=True)
@blueprint.answers(200, Event)
@blueprint.refuses("resource.unknown")
def get_event(event: str) -> dict[str, Any]:
    """One event as stored."""
    with database().transaction(access().tenant_id) as transaction:
        row = transaction.maybe("event", event=_identity(event), **seeing.parameters(access().under))
    if row is None:
        raise unknown("event", event)
    return event_list.shown(row)


@blueprint.post("/v1/events/<event>/reversal")
@requires("events:write")
@blueprint.answers(200, CorrectionDone, description="the same was done before")
@blueprint.answers(201, CorrectionDone)
@blueprint.refuses("resource.unknown", "access.source", "event.reversed")
@blueprint.arguments(Reversal)
def reverse_event(said: dict[str, Any], event: str) -> Response:
    """Take an event back: it stops counting where it counted. The same again is answered 200."""
    with database().transaction(access().tenant_id) as transaction:
        done = corrections.reverse(transaction, access(), _identity(event), said["reason"])
    return _corrected(done)


@blueprint.post("/v1/events/<event>/amendment")
@requires("events:write")
@blueprint.answers(200, CorrectionDone, description="the same was done before")
@blueprint.answers(201, CorrectionDone)
@blueprint.refuses("resource.unknown", "access.source", "event.reversed", "event.conflict", "event.rejected")
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


def _corrected(done: corrections.Correction) -> Response:
    response = jsonify(done.json())
    response.status_code = 201 if done.outcome == "created" else 200
    return response


def _one(item: Item, is_dry_run: bool) -> Response:
    if item.outcome == "conflict":
        raise Problem("event.conflict")
    if item.outcome == "rejected":
        raise Problem("event.rejected", list(item.findings))
    is_new = item.outcome == "created" and not is_dry_run
    response = http.Answer(event_answers.one(item) + "\n", 201 if is_new else 200, content_type="application/json")
    if not is_dry_run:
        response.headers["Location"] = f"/v1/events/{item.event}"
    return response
