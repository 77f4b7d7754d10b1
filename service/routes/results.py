"""/v1/rankings, /v1/outcomes and a subject's results: what came of it, and why."""

from typing import Any

from schemas.answers.changes import ChangePage
from schemas.answers.rankings import RankingAnswer, StatisticsAnswer
from schemas.answers.results import ImportDone, LineEvents, OutcomePage, Result
from schemas.fields import Code, Shape, Text
from schemas.imports import Import
from schemas.results import Counted, Limit, Ranked, Revision
from service import differences, imports, journal, outcomes, periods, results
from service.database.transactions import Transaction
from service.http import access, database, is_dry_run, requires
from service.results import Asked, AskedStatistics, Moved, Shown
from service.routes.blueprint import PAGES, SHOWN, Blueprint
from service.routes.showing import Of, showing

blueprint = Blueprint("results", __name__, description="Rankings and results")


class _Ranking(Of, Ranked):
    pass


class _Statistics(Of, Counted):
    pass


class _Changes(Shape):
    rulebook = Text()
    since = Revision(required=True)
    state = Code("final")
    after = Text(most=500)
    limit = Limit()


class _Outcomes(Of):
    group = Text()
    outcome = Text()
    answer = Code(*outcomes.ANSWERS, load_default="follows")
    after = Text(most=500)
    limit = Limit()


class _Events(Of):
    after = Text(most=500)
    limit = Limit()


@blueprint.post("/v1/results/import")
@requires("results:manage")
@blueprint.answers(200, ImportDone)
@blueprint.refuses("period.kind", "period.not_ended", "import.ruled")
@blueprint.arguments(Import)
def import_results(said: dict[str, Any]) -> dict[str, Any]:
    """Import results of a period before the first version rules."""
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        done = imports.add(transaction, access().actor, said, watermark)
    return {**done, "run": None} if is_dry_run() else done


@blueprint.get("/v1/rankings/<period>")
@requires("results:read", narrow=True)
@blueprint.tagged
@blueprint.answers(200, RankingAnswer)
@blueprint.refuses(*SHOWN, *PAGES)
@blueprint.arguments(_Ranking, location="query")
def get_ranking(query: dict[str, Any], period: str) -> dict[str, Any]:
    """A page of the ranking; an open period's includes every event acknowledged before the request."""
    asked = Asked.of(query, access().under)
    try:
        with showing(period, query, worded=False, brief=asked.is_plain) as (transaction, shown):
            return results.ranking(transaction, shown, asked)
    except Moved:
        with showing(period, query, worded=False) as (transaction, shown):
            return results.ranking(transaction, shown, asked)


@blueprint.get("/v1/rankings/<period>/statistics")
@requires("results:read", narrow=True)
@blueprint.tagged
@blueprint.answers(200, StatisticsAnswer)
@blueprint.refuses(*SHOWN)
@blueprint.arguments(_Statistics, location="query")
def get_statistics(query: dict[str, Any], period: str) -> dict[str, Any]:
    """What the results come to: counts by tier and reason, quantiles, distribution, means by organisation."""
    with showing(period, query, worded=False) as (transaction, shown):
        return results.statistics(transaction, shown, AskedStatistics.of(query, access().under))


@blueprint.get("/v1/rankings/<period>/changes")
@requires("results:read")
@blueprint.answers(200, ChangePage)
@blueprint.refuses(*SHOWN, *PAGES)
@blueprint.arguments(_Changes, location="query")
def get_changes(query: dict[str, Any], period: str) -> dict[str, Any]:
    """Who has another total, tier or outcome than in the revision taken last, which `since` names; by subject."""
    parsed = periods.parse(period)
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        return differences.changes(transaction, parsed, query, watermark)


@blueprint.get("/v1/outcomes/<period>")
@requires("results:read", narrow=True)
@blueprint.tagged
@blueprint.answers(200, OutcomePage)
@blueprint.refuses(*SHOWN, *PAGES)
@blueprint.arguments(_Outcomes, location="query")
def get_outcomes(query: dict[str, Any], period: str) -> dict[str, Any]:
    """A page of what follows for whom, with the reason, by outcome; or of who is left open or without a seat."""
    with showing(period, query) as (transaction, shown):
        return outcomes.page(
            transaction,
            shown,
            query.get("group"),
            query.get("outcome"),
            query["answer"],
            query.get("after"),
            query["limit"],
            access().under,
        )


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/results/<period>")
@requires("results:read", instead=("self",), narrow=True)
@blueprint.tagged
@blueprint.answers(200, Result)
@blueprint.refuses(*SHOWN)
@blueprint.arguments(Of, location="query")
def get_result(query: dict[str, Any], kind: str, id_: str, period: str) -> dict[str, Any]:
    """One subject's result: lines, gates, outcomes, the distance to the next tier, with a sentence for each."""
    own = access().only_own(f"{kind.removesuffix('s')}/{id_}", "results:read")
    with showing(period, query) as (transaction, shown):
        _refuse_unseen(transaction, shown, own, kind, id_)
        return results.result(transaction, shown, kind.removesuffix("s"), id_)


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/results/<period>/lines/<line>/events")
@requires("results:read", instead=("self",), narrow=True)
@blueprint.tagged
@blueprint.answers(200, LineEvents)
@blueprint.refuses(*SHOWN, *PAGES)
@blueprint.arguments(_Events, location="query")
def get_line_events(query: dict[str, Any], kind: str, id_: str, period: str, line: str) -> dict[str, Any]:
    """The events behind a line."""
    own = access().only_own(f"{kind.removesuffix('s')}/{id_}", "results:read")
    with showing(period, query) as (transaction, shown):
        _refuse_unseen(transaction, shown, own, kind, id_)
        return results.line_events(
            transaction, shown, kind.removesuffix("s"), id_, line, query.get("after"), query["limit"]
        )


def _refuse_unseen(transaction: Transaction, shown: Shown, own: bool, kind: str, id_: str) -> None:
    """One's own is seen wherever it lies."""
    sees = None if own else access().under
    results.refuse_unseen(transaction, shown, sees, kind.removesuffix("s"), id_)
