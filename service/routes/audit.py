"""/v1/audit: who did what, when, why, with what there was before and after."""

from typing import Any

from schemas.answers.audit import Entry, EntryPage
from schemas.audit import SoughtEntries
from service import journal, trail
from service.http import access, database, requires
from service.routes.blueprint import Blueprint

blueprint = Blueprint("audit", __name__, description="The journal of every write")


@blueprint.get("/v1/audit")
@requires("audit:read")
@blueprint.answers(200, EntryPage)
@blueprint.arguments(SoughtEntries, location="query")
def get_audit(sought: dict[str, Any]) -> dict[str, Any]:
    """Entries, the newest first; everything acknowledged so far is among them."""
    journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id, frozen=True) as transaction:
        return trail.page(transaction, sought)


@blueprint.get("/v1/audit/<int:position>")
@requires("audit:read")
@blueprint.answers(200, Entry)
@blueprint.refuses("resource.unknown")
def get_audit_entry(position: int) -> dict[str, Any]:
    """The entry that has a position, with all its changes."""
    journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id, frozen=True) as transaction:
        return trail.one(transaction, position)
