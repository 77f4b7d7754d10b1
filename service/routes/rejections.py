"""/v1/rejections: what was refused, when, why, from whom; send it again, or erase it."""

from typing import Any

from flask import Response, jsonify

from schemas.answers.rejections import RejectionPage, RejectionWithBody, Retried, RetriedPage
from schemas.rejections import Sought
from service import rejections
from service.errors import Problem
from service.http import access, database, language, requires, settings
from service.routes.blueprint import Blueprint

blueprint = Blueprint("rejections", __name__, description="What intake refused")

_STATUS = {"created": 201, "duplicate": 200}


@blueprint.get("/v1/rejections")
@requires("events:read")
@blueprint.answers(200, RejectionPage)
@blueprint.arguments(Sought, location="query")
def get_rejections(sought: dict[str, Any]) -> dict[str, Any]:
    """What was refused, newest first, without the bodies."""
    with database().transaction(access().tenant_id) as transaction:
        return rejections.page(transaction, sought, language())


@blueprint.get("/v1/rejections/<int:rejection>")
@requires("events:read")
@blueprint.answers(200, RejectionWithBody)
@blueprint.refuses("resource.unknown")
def get_rejection(rejection: int) -> dict[str, Any]:
    """One rejection with the beginning of its body."""
    with database().transaction(access().tenant_id) as transaction:
        return rejections.one(transaction, access(), rejection, language())


@blueprint.delete("/v1/rejections/<int:rejection>")
@requires("events:write")
@blueprint.answers(204)
@blueprint.refuses("resource.unknown")
def delete_rejection(rejection: int) -> Response:
    """Erase a rejection, body and all."""
    with database().transaction(access().tenant_id) as transaction:
        rejections.erase(transaction, access().actor, rejection)
    return Response(status=204)


@blueprint.post("/v1/rejections/<int:rejection>/retry")
@requires("events:write")
@blueprint.answers(200, Retried, description="it was known", headers=("Location",))
@blueprint.answers(201, Retried, headers=("Location",))
@blueprint.refuses("resource.unknown", "rejection.not_an_event", "rejection.truncated", "access.source")
@blueprint.refuses("event.conflict", "event.rejected")
def retry_rejection(rejection: int) -> Response:
    """Send the body again; answered as an event is."""
    item = rejections.retry(database(), settings(), access(), rejection)
    if item.outcome == "conflict":
        raise Problem("event.conflict")
    if item.outcome == "rejected":
        raise Problem("event.rejected", item.findings)
    response = jsonify(rejections.result(rejection, item, language()))
    response.status_code = _STATUS[item.outcome]
    response.headers["Location"] = f"/v1/events/{item.event}"
    return response


@blueprint.post("/v1/rejections/retry")
@requires("events:write")
@blueprint.answers(200, RetriedPage)
@blueprint.answers(207, RetriedPage, description="some are refused again")
@blueprint.arguments(Sought, location="query")
def retry_rejections(sought: dict[str, Any]) -> Response:
    """Send again those that wait, a page at a time, oldest first; each is answered by itself."""
    done = rejections.retry_all(database(), settings(), access(), sought)
    items = [rejections.result(n, item, language()) for n, item in zip(done.numbers, done.items, strict=True)]
    response = jsonify({"items": items, "next": done.next, "left": done.left})
    response.status_code = 200 if all(item.outcome in _STATUS for item in done.items) else 207
    return response
