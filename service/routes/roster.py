"""/v1/organisations, /v1/workers, /v1/roster: who is appraised, and where they work."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from schemas.answers.roster import OrganisationRecorded, RosterStated, WorkerRecorded
from schemas.fields import Identifier, Shape, Switch
from schemas.roster import Organisation, Roster, Worker
from service import roster, seeing
from service.database.transactions import Transaction
from service.errors import Finding, Problem, findings_of
from service.http import access, database, language, requires
from service.routes.blueprint import Blueprint

blueprint = Blueprint("roster", __name__, description="Organisations and workers")


class _Many(Shape):
    keep_good = Switch(load_default=False, data_key="partial")


@blueprint.put("/v1/organisations/<id_>")
@requires("roster:write")
@blueprint.answers(200, OrganisationRecorded)
@blueprint.arguments(Organisation)
def put_organisation(record: dict[str, Any], id_: str) -> dict[str, Any]:
    """State an organisation as it is now."""
    return _state_one("organisations", {**record, "id": _checked(id_)}, roster.organisation)


@blueprint.get("/v1/organisations/<id_>")
@requires("roster:read", narrow=True)
@blueprint.answers(200, OrganisationRecorded)
@blueprint.refuses("resource.unknown")
def get_organisation(id_: str) -> dict[str, Any]:
    """One organisation."""
    with database().transaction(access().tenant_id) as transaction:
        seeing.refuse_unseen(transaction, access().under, "organisation", id_)
        return roster.organisation(transaction, id_)


@blueprint.put("/v1/workers/<id_>")
@requires("roster:write")
@blueprint.answers(200, WorkerRecorded)
@blueprint.arguments(Worker)
def put_worker(record: dict[str, Any], id_: str) -> dict[str, Any]:
    """State a worker's whole record as it is now; only what changed is stored."""
    return _state_one("workers", {**record, "id": _checked(id_)}, roster.worker)


@blueprint.get("/v1/workers/<id_>")
@requires("roster:read", instead=("self",), narrow=True)
@blueprint.answers(200, WorkerRecorded)
@blueprint.refuses("resource.unknown")
def get_worker(id_: str) -> dict[str, Any]:
    """One worker with personal data; with `self` alone, oneself."""
    own = access().only_own(f"worker/{id_}", "roster:read")
    with database().transaction(access().tenant_id) as transaction:
        seeing.refuse_unseen(transaction, None if own else access().under, "worker", id_)
        return roster.worker(transaction, id_)


@blueprint.post("/v1/roster")
@requires("roster:write")
@blueprint.answers(200, RosterStated)
@blueprint.arguments(_Many, location="query")
@blueprint.arguments(Roster)
def post_roster(query: dict[str, Any], records: dict[str, Any]) -> dict[str, Any]:
    """State many records: all or nothing, or with ?partial=true those that can be."""
    with database().transaction(access().tenant_id) as transaction:
        stated = roster.state(
            transaction, access().actor, records["organisations"], records["workers"], query["keep_good"]
        )
    refused = [finding.body(language()) for finding in stated.findings]
    return {"changed": stated.changed, "unchanged": stated.unchanged, "errors": refused}


def _state_one(name: str, record: dict[str, Any], read: Callable[[Transaction, str], dict[str, Any]]) -> dict[str, Any]:
    records: dict[str, list[dict[str, Any]]] = {"organisations": [], "workers": [], name: [record]}
    try:
        with database().transaction(access().tenant_id) as transaction:
            roster.state(transaction, access().actor, records["organisations"], records["workers"])
            return read(transaction, record["id"])
    except Problem as problem:
        problem.findings = [Finding(f.pointer.removeprefix(f"/{name}/0"), f.code, f.values) for f in problem.findings]
        raise


def _checked(identifier: str) -> str:
    try:
        found: str = Identifier().deserialize(identifier, "id")
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error, "/id")) from None
    return found
