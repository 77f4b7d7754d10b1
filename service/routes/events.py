"""/v1/events: one CloudEvent, a batch, or plain JSON of either shape; read one, take it back, amend it."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from schemas.event_list import SoughtEvents
from schemas.events import Amendment, Reversal
from schemas.fields import storable
from service import corrections, counting, event_list, http, intake, rejections
from service.corrections import Correction
from service.errors import PROBLEMS, Problem, unknown
from service.http import access, database, language, requires
from service.intake import Item
from service.routes import refusals
from service.routes.blueprint import Blueprint

blueprint = Blueprint("events", __name__, description="Facts about subjects")

_ONE, _BATCH, _PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
_STATUS = {"created": 201, "duplicate": 200}


@blueprint.post("/v1/events")
@requires("events:write")
def post_events() -> Response:
    """Send one event or a batch; each is answered by itself."""
    with refusals.kept():
        bodies = _bodies()
    with database().transaction(access().tenant_id) as transaction:
        items = intake.take(transaction, access(), bodies)
    _count(items)
    rejections.keep(database(), http.settings(), access(), items)
    if not _is_batch():
        return _one(items[0])
    response = jsonify({"items": [_answer(item) for item in items]})
    response.status_code = 200 if all(item.outcome in _STATUS for item in items) else 207
    return response


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
        _count([done.replacement])
    return _corrected(done)


def _identity(event: str) -> UUID:
    try:
        return UUID(event)
    except ValueError:
        raise unknown("event", event) from None


def _corrected(done: Correction) -> Response:
    response = jsonify(done.json())
    response.status_code = 201 if done.is_new else 200
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


def _count(items: list[Item]) -> None:
    counting.events(access(), items)


def _one(item: Item) -> Response:
    if item.outcome == "conflict":
        raise Problem("event.conflict")
    if item.outcome == "rejected":
        raise Problem("event.rejected", item.findings)
    response = jsonify(_answer(item))
    response.status_code = _STATUS[item.outcome]
    response.headers["Location"] = f"/v1/events/{item.event_id}"
    return response


def _answer(item: Item) -> dict[str, Any]:
    answer: dict[str, Any] = {"result": item.outcome, **_named(item.sent)}
    if item.event_id:
        answer["event"] = str(item.event_id)
    if item.outcome == "rejected":
        answer["errors"] = [finding.body(language()) for finding in item.findings]
    if item.outcome == "conflict":
        answer["errors"] = [{"pointer": "", "code": "event.conflict", "detail": _conflict_words()}]
    return answer


def _named(sent: Any) -> dict[str, str]:
    """source and id as sent, as far as they are text, so that a sender finds its event again."""
    if not isinstance(sent, dict):
        return {}
    texts = {key: sent[key] for key in ("source", "id") if isinstance(sent.get(key), str)}
    return {key: text[:255] for key, text in texts.items() if storable(text)}


def _conflict_words() -> str:
    kind = PROBLEMS["event.conflict"]
    return kind.zh if language() == "zh" else kind.en
