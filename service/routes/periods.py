"""/v1/periods: where periods stand; close and publish."""

from typing import Any

from schemas.fields import Shape, Text
from service import periods, results, runs
from service.http import access, database, requires
from service.routes.blueprint import Blueprint

blueprint = Blueprint("periods", __name__, description="The life of a period")


class _Rulebook(Shape):
    rulebook = Text()


@blueprint.get("/v1/periods")
@requires("results:read")
def get_periods() -> dict[str, Any]:
    """The periods that are closing or published; every other one is open."""
    with database().transaction(access().tenant_id) as transaction:
        return {"items": [row._asdict() for row in transaction.all("period_states")], "next": None}


@blueprint.post("/v1/periods/<period>/close")
@requires("results:manage")
@blueprint.arguments(_Rulebook, location="query")
def close_period(query: dict[str, Any], period: str) -> dict[str, Any]:
    """The period has ended; its results may be published."""
    with database().transaction(access().tenant_id) as transaction:
        return runs.close(transaction, access().actor, periods.parse(period), query.get("rulebook"))


@blueprint.post("/v1/periods/<period>/publish")
@requires("results:manage")
@blueprint.arguments(_Rulebook, location="query")
def publish_period(query: dict[str, Any], period: str) -> dict[str, Any]:
    """Freeze the results."""
    parsed = periods.parse(period)
    watermark = results.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        return runs.publish(transaction, access().actor, parsed, query.get("rulebook"), watermark)
