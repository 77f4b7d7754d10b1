"""/v1/rankings, /v1/outcomes and a subject's results: what came of it, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marshmallow import fields

from schemas.answers.changes import ChangePage
from schemas.fields import Code, Shape, Text
from schemas.imports import Import
from schemas.results import Limit, Revision, View
from service import differences, imports, journal, outcomes, periods, results
from service.database.transactions import Transaction
from service.errors import Problem, finding
from service.http import access, database, requires
from service.results import Shown
from service.routes.blueprint import Blueprint

blueprint = Blueprint("results", __name__, description="Rankings and results")


class _Of(Shape):
    rulebook = Text()
    view = View()
    revision = Revision()
    state = Code("final")


class _Ranking(_Of):
    group = Text()
    tier = Text()
    after = Text(most=500)
    limit = Limit()


class _Changes(Shape):
    rulebook = Text()
    since = Revision(required=True)
    state = Code("final")
    after = Text(most=500)
    limit = Limit()


class _Outcomes(_Of):
    group = Text()
    outcome = Text()
    answer = Code(*outcomes.ANSWERS, load_default="follows")
    after = Text(most=500)
    limit = Limit()


class _Events(_Of):
    after = Text(most=500)
    limit = Limit()


class _Dry(Shape):
    dry_run = fields.Boolean(load_default=False)


@blueprint.post("/v1/results/import")
@requires("results:manage")
@blueprint.arguments(_Dry, location="query")
@blueprint.arguments(Import)
def post_import(query: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Import results of a period before the first version rules; with ?dry_run=true, only say what would be stored."""
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        take_in = imports.tried if query["dry_run"] else imports.add
        return take_in(transaction, access().actor, said, watermark)


@blueprint.get("/v1/rankings/<period>")
@requires("results:read")
@blueprint.arguments(_Ranking, location="query")
def get_ranking(query: dict[str, Any], period: str) -> dict[str, Any]:
    """A page of the ranking; an open period's includes every event acknowledged before the request."""
    with _shown(period, query) as (transaction, shown):
        return results.ranking(
            transaction, shown, query.get("group"), query.get("tier"), query.get("after"), query["limit"]
        )


@blueprint.get("/v1/rankings/<period>/changes")
@requires("results:read")
@blueprint.arguments(_Changes, location="query")
@blueprint.answers(200, ChangePage)
def get_changes(query: dict[str, Any], period: str) -> dict[str, Any]:
    """Who has another total, tier or outcome than in the revision taken last, which `since` names; by subject."""
    parsed = periods.parse(period)
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        return differences.changes(transaction, parsed, query, watermark)


@blueprint.get("/v1/outcomes/<period>")
@requires("results:read")
@blueprint.arguments(_Outcomes, location="query")
def get_outcomes(query: dict[str, Any], period: str) -> dict[str, Any]:
    """A page of what follows for whom, with the reason, by outcome; or of who is left open or without a seat."""
    with _shown(period, query) as (transaction, shown):
        return outcomes.page(
            transaction,
            shown,
            query.get("group"),
            query.get("outcome"),
            query["answer"],
            query.get("after"),
            query["limit"],
        )


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/results/<period>")
@requires("results:read", instead=("self",))
@blueprint.arguments(_Of, location="query")
def get_result(query: dict[str, Any], kind: str, id_: str, period: str) -> dict[str, Any]:
    """One subject's result: lines, gates, outcomes, the distance to the next tier, with a sentence for each."""
    access().only_own(f"{kind.removesuffix('s')}/{id_}", "results:read")
    with _shown(period, query) as (transaction, shown):
        return results.result(transaction, shown, kind.removesuffix("s"), id_)


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/results/<period>/lines/<line>/events")
@requires("results:read")
@blueprint.arguments(_Events, location="query")
def get_line_events(query: dict[str, Any], kind: str, id_: str, period: str, line: str) -> dict[str, Any]:
    """The events behind a line."""
    with _shown(period, query) as (transaction, shown):
        return results.line_events(
            transaction, shown, kind.removesuffix("s"), id_, line, query.get("after"), query["limit"]
        )


@contextmanager
def _shown(period: str, query: dict[str, Any]) -> Iterator[tuple[Transaction, Shown]]:
    parsed = periods.parse(period)
    final, live = "state" in query, query["view"] == "standing"
    if final and (live or "revision" in query):
        word = "view=standing" if live else "revision"
        raise Problem("request.invalid", [finding("/state", "words.exclusive", word=word)])
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        shown = results.show(transaction, parsed, query.get("rulebook"), watermark, live, query.get("revision"), final)
        if query["view"] == "revision" and shown.run is None:
            raise Problem("request.invalid", [finding("/view", "view.unpublished")])
        yield transaction, shown
