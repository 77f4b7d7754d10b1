"""/v1/objections: who contests which result, by when it is to be answered, how it was decided."""

from typing import Any

from flask import Response, jsonify

from schemas.answers.objections import ObjectionMade, ObjectionPage
from schemas.objections import Decision, Objection, Sought
from service import journal, objections
from service.http import access, database, requires
from service.routes.blueprint import RULING, Blueprint

blueprint = Blueprint("objections", __name__, description="Contested results")

_READERS = ("objections:decide", "self")


@blueprint.post("/v1/objections")
@requires("objections:write", instead=("self",))
@blueprint.answers(201, ObjectionMade)
@blueprint.refuses(*RULING, "period.state", "calendar.unknown")
@blueprint.refuses("objection.none", "objection.closed_window", "objection.exists", "objection.not_yours")
@blueprint.arguments(Objection)
def post_objection(said: dict[str, Any]) -> Response:
    """Contest a published result, or a line of it."""
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        response = jsonify(objections.enter(transaction, access(), said, watermark))
    response.status_code = 201
    return response


@blueprint.get("/v1/objections")
@requires("objections:write", instead=_READERS)
@blueprint.answers(200, ObjectionPage)
@blueprint.arguments(Sought, location="query")
def get_objections(sought: dict[str, Any]) -> dict[str, Any]:
    """Objections, oldest first; with `self` alone, one's own."""
    with database().transaction(access().tenant_id) as transaction:
        return objections.page(transaction, sought, _own())


@blueprint.get("/v1/objections/<objection>")
@requires("objections:write", instead=_READERS)
@blueprint.answers(200, ObjectionMade)
@blueprint.refuses("resource.unknown")
def get_objection(objection: str) -> dict[str, Any]:
    """An objection, its clock, and what became of it."""
    with database().transaction(access().tenant_id) as transaction:
        return objections.one(transaction, objection, _own())


@blueprint.post("/v1/objections/<objection>/withdraw")
@requires("objections:write", instead=("self",))
@blueprint.answers(200, ObjectionMade)
@blueprint.refuses("resource.unknown", "objection.settled")
def withdraw_objection(objection: str) -> dict[str, Any]:
    """Take an objection back, by the one who made it or in his name."""
    with database().transaction(access().tenant_id) as transaction:
        return objections.withdraw(transaction, access(), objection)


@blueprint.post("/v1/objections/<objection>/decision")
@requires("objections:decide")
@blueprint.answers(200, ObjectionMade)
@blueprint.refuses("resource.unknown", "objection.settled", "objection.second_person")
@blueprint.arguments(Decision)
def decide_objection(said: dict[str, Any], objection: str) -> dict[str, Any]:
    """Uphold or reject; by somebody who neither entered it nor gave the points in dispute."""
    with database().transaction(access().tenant_id) as transaction:
        return objections.decide(transaction, access(), objection, said["decision"], said["reason"])


def _own() -> str | None:
    """Whose objections alone may be read."""
    return access().only_self("objections:write", "objections:decide")
