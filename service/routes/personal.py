"""/v1/workers/{id}/erasure: a person's identity goes; events and results stay."""

from typing import Any

from schemas.answers.personal import PersonErased
from schemas.personal import Erasure
from service.http import access, database, requires
from service.personal import erasure
from service.routes.blueprint import Blueprint

blueprint = Blueprint("personal", __name__, description="Personal data")


@blueprint.post("/v1/workers/<id_>/erasure")
@requires("tenant:admin")
@blueprint.answers(200, PersonErased)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(Erasure)
def erase_person(said: dict[str, Any], id_: str) -> dict[str, Any]:
    """Erase name, phone number, aliases, and what was written about a worker; events and results stay."""
    with database().transaction(access().tenant_id) as transaction:
        return erasure.erase(transaction, access().actor, id_, said["reason"])
