"""/v1/tokens: who may do what."""

from typing import Any

from flask import Response, jsonify

from schemas.answers.tokens import TokenGiven, TokenPage, TokenStored
from schemas.tokens import Rotation, Sought, Token
from service import tokens
from service.http import access, database, optional_body, requires
from service.routes.blueprint import JSON, Blueprint
from service.routes.commands import told_once
from service.tokens import Grant

blueprint = Blueprint("tokens", __name__, description="Who may do what")


@blueprint.post("/v1/tokens")
@requires("tenant:admin")
@told_once
@blueprint.answers(201, TokenGiven, headers=("Location",))
@blueprint.refuses("access.scope")
@blueprint.arguments(Token)
def post_token(said: dict[str, Any]) -> Response:
    """Give a token, which is told only now, with scopes that one has oneself."""
    with database().transaction(access().tenant_id) as transaction:
        return _given(*tokens.create(transaction, access().actor, Grant(**said), access()))


@blueprint.get("/v1/tokens")
@requires("tenant:admin")
@blueprint.answers(200, TokenPage)
@blueprint.arguments(Sought, location="query")
def get_tokens(sought: dict[str, Any]) -> dict[str, Any]:
    """Tokens, in the order in which they were given."""
    with database().transaction(access().tenant_id) as transaction:
        return tokens.page(transaction, sought)


@blueprint.get("/v1/tokens/<int:token>")
@requires("tenant:admin")
@blueprint.answers(200, TokenStored)
@blueprint.refuses("resource.unknown")
def get_token(token: int) -> dict[str, Any]:
    """One token, as it is stored."""
    with database().transaction(access().tenant_id) as transaction:
        return tokens.one(transaction, token)


@blueprint.delete("/v1/tokens/<int:token>")
@requires("tenant:admin")
@blueprint.answers(204)
@blueprint.refuses("resource.unknown")
def delete_token(token: int) -> Response:
    """Take a token back; within five seconds it opens nothing."""
    with database().transaction(access().tenant_id) as transaction:
        tokens.revoke(transaction, access().actor, token)
    return Response(status=204)


@blueprint.post("/v1/tokens/<int:token>/rotate")
@requires("tenant:admin")
@told_once
@blueprint.answers(201, TokenGiven, headers=("Location",))
@blueprint.refuses("resource.unknown", "token.state")
@blueprint.takes({JSON: Rotation}, required=False)
def rotate_token(token: int) -> Response:
    """Give a token in the place of another, which stays good for some hours, a day unless told."""
    said = optional_body(Rotation()) or Rotation().load({})
    with database().transaction(access().tenant_id) as transaction:
        return _given(*tokens.rotate(transaction, access().actor, token, giver=access(), **said))


def _given(token: str, stored: dict[str, Any]) -> Response:
    response = jsonify({"token": token, **stored})
    response.status_code = 201
    response.headers["Location"] = f"/v1/tokens/{stored['id']}"
    return response
