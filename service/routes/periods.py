"""/v1/periods and /v1/runs: where periods stand, each step of their life, and what was published."""

from typing import Any

from schemas.answers.periods import (
    Checklist,
    Difference,
    LateEvents,
    PeriodPublished,
    PeriodStates,
    PeriodStep,
    Runs,
    RunWithInputs,
)
from schemas.fields import PeriodText, Shape, Text
from schemas.results import Limit, Reopening, RunNumber, Step
from service import checklist, differences, journal, lateness, periods, results, runs
from service.http import access, database, optional_body, requires
from service.routes.blueprint import JSON, PAGES, RULING, SHOWN, Blueprint

blueprint = Blueprint("periods", __name__, description="The life of a period")


class _Rulebook(Shape):
    rulebook = Text()


class _Runs(_Rulebook):
    period = PeriodText()


class _Page(_Rulebook):
    after = Text(most=500)
    limit = Limit()


class _Diff(Shape):
    from_ = RunNumber(data_key="from")
    after = Text(most=500)
    limit = Limit()


@blueprint.get("/v1/periods")
@requires("results:read", narrow=True)
@blueprint.answers(200, PeriodStates)
def get_periods() -> dict[str, Any]:
    """The periods that are closing or published, and what they read that was revised since; the others are open."""
    with database().transaction(access().tenant_id) as transaction:
        return {"items": results.periods(transaction), "next": None}


@blueprint.get("/v1/periods/<period>/checklist")
@requires("results:read")
@blueprint.answers(200, Checklist)
@blueprint.refuses(*SHOWN)
@blueprint.arguments(_Rulebook, location="query")
def get_checklist(query: dict[str, Any], period: str) -> dict[str, Any]:
    """What blocks closing or publishing, and what is odd about what would be published now."""
    parsed = periods.parse(period)
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        return checklist.checklist(transaction, parsed, query.get("rulebook"), watermark)


@blueprint.post("/v1/periods/<period>/close")
@requires("results:manage")
@blueprint.answers(200, PeriodStep)
@blueprint.refuses(*RULING, "period.state", "period.not_ended", "period.parts_open", "period.claimed")
@blueprint.arguments(_Rulebook, location="query")
def close_period(query: dict[str, Any], period: str) -> dict[str, Any]:
    """The period has ended; its results may be published."""
    with database().transaction(access().tenant_id) as transaction:
        return runs.close(transaction, access().actor, periods.parse(period), query.get("rulebook"))


@blueprint.post("/v1/periods/<period>/publish")
@requires("results:manage")
@blueprint.answers(200, PeriodPublished)
@blueprint.takes({JSON: Step}, required=False)
@blueprint.refuses(
    *RULING, "period.state", "period.not_ended", "period.parts_open", "period.claimed", "period.late_days"
)
@blueprint.refuses("results.unpublished", "access.second_person", "calendar.unknown", "completion.still_none")
@blueprint.arguments(_Rulebook, location="query")
def publish_period(query: dict[str, Any], period: str) -> dict[str, Any]:
    """Freeze the results; with `force`, and a reason, before its time."""
    force = _forced()
    parsed = periods.parse(period)
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        return runs.publish(transaction, access().actor, parsed, query.get("rulebook"), watermark, force)


@blueprint.post("/v1/periods/<period>/finalise")
@requires("results:manage")
@blueprint.answers(200, PeriodStep)
@blueprint.takes({JSON: Step}, required=False)
@blueprint.refuses(*RULING, "period.state", "objection.open", "notice.running", "period.not_ended", "period.parts_open")
@blueprint.arguments(_Rulebook, location="query")
def finalise_period(query: dict[str, Any], period: str) -> dict[str, Any]:
    """Payroll may take the results: the notice is over, or with `force`, and a reason, before it is."""
    force = _forced()
    with database().transaction(access().tenant_id) as transaction:
        return runs.finalise(transaction, access().actor, periods.parse(period), query.get("rulebook"), force)


def _forced() -> str | None:
    """Why a step is taken before its time, if it is."""
    said = optional_body(Step()) or {}
    return said["force"]["reason"] if "force" in said else None


@blueprint.post("/v1/periods/<period>/reopen")
@requires("results:manage")
@blueprint.answers(200, PeriodStep)
@blueprint.refuses(*RULING, "period.state", "completion.still_none")
@blueprint.arguments(_Rulebook, location="query")
@blueprint.arguments(Reopening)
def reopen_period(query: dict[str, Any], said: dict[str, Any], period: str) -> dict[str, Any]:
    """Take a published period up again for a correction; its current revision stays readable."""
    parsed = periods.parse(period)
    with database().transaction(access().tenant_id) as transaction:
        journal.seal(transaction)  # an event that was acknowledged has its position, and can be let in
        return runs.reopen(transaction, access().actor, parsed, query.get("rulebook"), **said)


@blueprint.get("/v1/periods/<period>/late")
@requires("results:read", narrow=True)
@blueprint.answers(200, LateEvents)
@blueprint.refuses(*RULING, *PAGES)
@blueprint.arguments(_Page, location="query")
def get_late_events(query: dict[str, Any], period: str) -> dict[str, Any]:
    """The events of a published period that came after its first revision."""
    parsed = periods.parse(period)
    with database().transaction(access().tenant_id) as transaction:
        journal.seal(transaction)
        return lateness.late_events(
            transaction, parsed, query.get("rulebook"), query.get("after"), query["limit"], access().under
        )


@blueprint.get("/v1/periods/<period>/drift")
@requires("results:read")
@blueprint.answers(200, Difference)
@blueprint.refuses(*SHOWN, *PAGES)
@blueprint.arguments(_Page, location="query")
def get_drift(query: dict[str, Any], period: str) -> dict[str, Any]:
    """Who would move if a correction were published now; nobody where the current revision holds."""
    parsed = periods.parse(period)
    watermark = journal.sealed(database(), access().tenant_id)
    with database().transaction(access().tenant_id) as transaction:
        return differences.drift(
            transaction, parsed, query.get("rulebook"), watermark, query.get("after"), query["limit"]
        )


@blueprint.get("/v1/runs")
@requires("results:read", narrow=True)
@blueprint.answers(200, Runs)
@blueprint.arguments(_Runs, location="query")
def get_runs(query: dict[str, Any]) -> dict[str, Any]:
    """Every revision of every period, oldest first."""
    with database().transaction(access().tenant_id) as transaction:
        return {"items": results.runs(transaction, query.get("rulebook"), query.get("period")), "next": None}


@blueprint.get("/v1/runs/<int:run>")
@requires("results:read", narrow=True)
@blueprint.answers(200, RunWithInputs)
@blueprint.refuses("resource.unknown")
def get_run(run: int) -> dict[str, Any]:
    """Where the numbers of a revision come from."""
    with database().transaction(access().tenant_id) as transaction:
        return results.run(transaction, run)


@blueprint.get("/v1/runs/<int:run>/diff")
@requires("results:read")
@blueprint.answers(200, Difference)
@blueprint.refuses("resource.unknown", *PAGES)
@blueprint.arguments(_Diff, location="query")
def get_run_diff(query: dict[str, Any], run: int) -> dict[str, Any]:
    """Who moved since an earlier revision, by which lines, because of what."""
    with database().transaction(access().tenant_id) as transaction:
        return differences.of_revisions(transaction, run, query.get("from_"), query.get("after"), query["limit"])
