"""/v1/trials: what a version would make of a period."""

from typing import Any

from schemas.answers.trials import TrialDone
from schemas.fields import Shape
from schemas.results import Limit
from schemas.trials import Trial
from service import periods, trials
from service.http import access, database, requires
from service.routes.blueprint import RULING, Blueprint

blueprint = Blueprint("trials", __name__, description="What would change")


class _Movers(Shape):
    limit = Limit()


@blueprint.post("/v1/trials")
@requires("results:read", "rulebooks:read")
@blueprint.answers(200, TrialDone)
@blueprint.refuses(*RULING, "period.not_begun")
@blueprint.arguments(_Movers, location="query")
@blueprint.arguments(Trial)
def post_trial(query: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Compute a version, mostly a draft, on the events of a period and compare; nothing of it is kept."""
    period, may_name = periods.parse(said["period"]), "roster:read" in access().scopes
    asked = trials.Asked(said["rulebook"], period, said.get("against"), query["limit"], may_name)
    return trials.run(database(), access().tenant_id, asked)
