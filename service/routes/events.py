"""/v1/events: one CloudEvent, a batch or a stream of them; read one, take it back, amend it."""

from collections import Counter
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from schemas.events import Amendment, Reversal
from schemas.fields import storable
from service import corrections, http, intake, metrics
from service.corrections import Correction
from service.errors import PROBLEMS, Problem, unknown
from service.http import access, database, language, requires
from service.intake import Item
from service.routes import event_bodies, event_streams
from service.routes.blueprint import Blueprint

blueprint = Blueprint("events", __name__, description="Facts about subjects")

_STATUS = {"created": 201, "duplicate": 200}


@blueprint.post("/v1/events")
@requires("events:write")
def post_events() -> Response:
    """Send one event, a batch or a stream; each event is answered by itself."""
    if event_bodies.is_stream():
        return event_streams.answer(_taken, _answer)
    items = _taken(event_bodies.read())
    if not event_bodies.is_batch():
        return _one(items[0])
    response = jsonify({"items": [_answer(item) for item in items]})
    response.status_code = 200 if all(item.outcome in _STATUS for item in items) else 207
    return response


@blueprint.get("/v1/events/<event>")
@requires("events:read")
def get_event(event: str) -> dict[str, Any]:
    """One event as stored."""
    with database().transaction(access().tenant_id) as transaction:
        row = transaction.maybe("event", event=_identity(event))
    if row is None:
        raise unknown("event", event)
    said = row._asdict()
    times = {key: said[key] and said[key].isoformat() for key in ("time", "recorded_at", "reversed_at")}
    del said["event_id"]
    return {"event": str(row.event_id), **said, **times}


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


def _taken(bodies: list[Any]) -> list[Item]:
    with database().transaction(access().tenant_id, seconds=http.settings().intake_timeout_seconds) as transaction:
        items = intake.take(transaction, access(), bodies)
    _count(items)
    return items


def _count(items: list[Item]) -> None:
    for (type_, outcome), count in Counter((item.known_type, item.outcome) for item in items).items():
        metrics.events.labels(type_, outcome).inc(count)


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
