"""/metrics, /healthz, /readyz: for those who run the service."""

from typing import Any

from flask import Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from schemas.answers.operations import Healthy, Readiness
from service import __version__, gauges
from service.errors import Problem
from service.http import PUBLIC, database, requires, stopping
from service.routes.blueprint import TEXT, Blueprint
from sql import every_migration

_EXPOSITION = CONTENT_TYPE_LATEST

blueprint = Blueprint("operations", __name__, description="Health and metrics")


@blueprint.get("/healthz")
@requires(PUBLIC)
@blueprint.answers(200, Healthy)
def healthz() -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@blueprint.get("/readyz")
@requires(PUBLIC)
@blueprint.answers(200, Readiness)
@blueprint.answers(503, Readiness, description="no database, an older schema, or the service stops")
def readyz() -> Response:
    """The database answers, has the schema that this code needs or one expanded since, and no stop has begun."""
    newest = every_migration()[-1][0]
    try:
        with database().transaction() as transaction:
            known = transaction.one("schema_known").known
            schema = transaction.one("schema_version").number if known else None
    except Problem:
        schema = None
    status = "stopping" if stopping().has_begun else "ready" if (schema or 0) >= newest else "not ready"
    response = jsonify({"status": status, "schema": schema, "needs": newest})
    response.status_code = 200 if status == "ready" else 503
    return response


@blueprint.get("/metrics")
@requires(PUBLIC)
@blueprint.answers(200, TEXT, content_type=_EXPOSITION)
def get_metrics() -> Response:
    """Everything that is measured, in Prometheus' text format."""
    return Response(gauges.exposition(database()), content_type=CONTENT_TYPE_LATEST)
