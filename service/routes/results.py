"""/v1/rankings, /v1/outcomes and a subject's results: what came of it, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marshmallow import fields

from schemas.answers.rankings import RankingAnswer, StatisticsAnswer
from schemas.fields import Code, Shape, Text
from schemas.imports import Import
from schemas.results import Counted, Limit, Ranked, Revision, View
from service import imports, inputs, journal, outcomes, periods, results
from service.database.transactions import Transaction
from service.errors import Problem, finding
from service.http import Unchanged, access, database, requires, settings, tagged
from service.results import Asked, AskedStatistics, Moved, Shown
from service.routes.blueprint import Blueprint

blueprint = Blueprint("results", __name__, description="Rankings and results")


class _Of(Shape):
    rulebook = Text()
    view = View()
    revision = Revision()
    state = Code("final")


class _Ranking(_Of, Ranked):
    pass


class _Statistics(_Of, Counted):
    pass


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
@requires("results:read", narrow=True)
@blueprint.arguments(_Ranking, location="query")
@blueprint.answers(200, RankingAnswer)
def get_ranking(query: dict[str, Any], period: str) -> dict[str, Any]:
    """A page of the ranking; an open period's includes every event acknowledged before the request."""
    asked = Asked.of(query, access().under)
    try:
        with _shown(period, query, worded=False, brief=asked.is_plain) as (transaction, shown):
            return results.ranking(transaction, shown, asked)
    except Moved:
        with _shown(period, query, worded=False) as (transaction, shown):
            return results.ranking(transaction, shown, asked)


@blueprint.get("/v1/rankings/<period>/statistics")
@requires("results:read", narrow=True)
@blueprint.arguments(_Statistics, location="query")
@blueprint.answers(200, StatisticsAnswer)
def get_statistics(query: dict[str, Any], period: str) -> dict[str, Any]:
    """What the results come to: counts by tier and reason, quantiles, distribution, means by organisation."""
    with _shown(period, query, worded=False) as (transaction, shown):
        return results.statistics(transaction, shown, AskedStatistics.of(query, access().under))


@blueprint.get("/v1/outcomes/<period>")
@requires("results:read", narrow=True)
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
            access().under,
        )


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/results/<period>")
@requires("results:read", instead=("self",), narrow=True)
@blueprint.arguments(_Of, location="query")
def get_result(query: dict[str, Any], kind: str, id_: str, period: str) -> dict[str, Any]:
    """One subject's result: lines, gates, outcomes, with a sentence for each."""
    own = access().only_own(f"{kind.removesuffix('s')}/{id_}", "results:read")
    with _shown(period, query) as (transaction, shown):
        _refuse_unseen(transaction, shown, own, kind, id_)
        return results.result(transaction, shown, kind.removesuffix("s"), id_)


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/results/<period>/lines/<line>/events")
@requires("results:read", instead=("self",), narrow=True)
@blueprint.arguments(_Events, location="query")
def get_line_events(query: dict[str, Any], kind: str, id_: str, period: str, line: str) -> dict[str, Any]:
    """The events behind a line."""
    own = access().only_own(f"{kind.removesuffix('s')}/{id_}", "results:read")
    with _shown(period, query) as (transaction, shown):
        _refuse_unseen(transaction, shown, own, kind, id_)
        return results.line_events(
            transaction, shown, kind.removesuffix("s"), id_, line, query.get("after"), query["limit"]
        )


def _refuse_unseen(transaction: Transaction, shown: Shown, own: bool, kind: str, id_: str) -> None:
    """One's own is seen wherever it lies."""
    sees = None if own else access().under
    results.refuse_unseen(transaction, shown, sees, kind.removesuffix("s"), id_)


@contextmanager
def _shown(
    period: str, query: dict[str, Any], worded: bool = True, brief: bool = False
) -> Iterator[tuple[Transaction, Shown]]:
    """What is asked for, and a transaction in which to read it, unless the client has it: http.Unchanged.

    What is there already is read as it is: in one snapshot or, if that is `brief`, by statements of their own whose
    plans are kept, between which a standing may move. What is `worded` tells titles too, which may change.
    """
    parsed = periods.parse(period)
    final, live = "state" in query, query["view"] == "standing"
    if final and (live or "revision" in query):
        word = "view=standing" if live else "revision"
        raise Problem("request.invalid", [finding("/state", "words.exclusive", word=word)])
    asked = {"rulebook": query.get("rulebook"), "live": live, "revision": query.get("revision"), "final": final}
    found, unchanged = None, False
    reading = (
        database().statements(access().tenant_id, settings().statement_timeout_seconds)
        if brief
        else database().transaction(access().tenant_id, frozen=True)
    )
    with reading as transaction:
        found = results.at_hand(transaction, parsed, **asked)
        if found and not (unchanged := _is_known(transaction, found, query, worded)):
            yield transaction, found
    if not found:
        watermark = journal.sealed(database(), access().tenant_id)
        with database().transaction(access().tenant_id) as transaction:
            found = results.show(transaction, parsed, watermark=watermark, **asked)
            if not (unchanged := _is_known(transaction, found, query, worded)):
                yield transaction, found
    if unchanged:
        raise Unchanged


def _is_known(transaction: Transaction, shown: Shown, query: dict[str, Any], worded: bool) -> bool:
    """Whether the client has the answer to this already, which is tagged for the next time."""
    if query["view"] == "revision" and shown.run is None:
        raise Problem("request.invalid", [finding("/view", "view.unpublished")])
    words = transaction.one("dictionary").entry_id if worded else None
    return tagged(shown.identity, shown.state, inputs.mark(transaction, shown.run), words, access().under)
