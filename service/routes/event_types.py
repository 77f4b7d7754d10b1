"""/v1/event-types: kinds of events as data."""

from typing import Any

from flask import Response, jsonify

from schemas.answers.events import EventTypeDeclared, EventTypes
from schemas.event_types import TYPE_NAME, EventType, stored
from service import event_types
from service.errors import Problem, finding
from service.http import access, database, requires
from service.routes.blueprint import Blueprint

blueprint = Blueprint("event types", __name__, description="Kinds of events as data")


@blueprint.put("/v1/event-types/<type_>")
@requires("rulebooks:write")
@blueprint.answers(200, EventTypeDeclared, description="it was known, or has grown")
@blueprint.answers(201, EventTypeDeclared)
@blueprint.refuses("event_type.narrowed", "event_type.table")
@blueprint.arguments(EventType)
def put_event_type(declaration: dict[str, Any], type_: str) -> Response:
    """Declare an event type, or let one grow."""
    if not TYPE_NAME.fullmatch(type_) or len(type_) > 100:
        raise Problem("request.invalid", [finding("/type", "type.name")])
    said = stored(declaration)
    with database().transaction(access().tenant_id) as transaction:
        new = event_types.declare(transaction, access().actor, type_, said)
    response = jsonify({"type": type_, **said})
    response.status_code = 201 if new else 200
    return response


@blueprint.get("/v1/event-types")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, EventTypes)
def get_event_types() -> dict[str, Any]:
    """All event types."""
    with database().transaction(access().tenant_id) as transaction:
        types = event_types.all_types(transaction)
    return {"items": [{"type": t.type, **t.declaration} for t in types.values()], "next": None}


@blueprint.get("/v1/event-types/<type_>")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, EventTypeDeclared)
@blueprint.refuses("resource.unknown")
def get_event_type(type_: str) -> dict[str, Any]:
    """One event type."""
    with database().transaction(access().tenant_id) as transaction:
        found = event_types.one(transaction, type_)
    return {"type": found.type, **found.declaration}
