"""What the doctor finds in a tenant: what waits, what fails, and which periods can't go on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from service import calendar, checklist, clock, results
from service.database.transactions import Transaction
from service.doctor.kinds import Found, found
from service.errors import sentence
from service.periods import Period, parse
from service.rulebooks import layout
from service.rulebooks.store import Ruling, known
from service.settings import Settings

_PATIENCE = 10  # times that sealing may take its turn before it is missed
_AHEAD = timedelta(days=30)  # of a new year, when its holidays have been announced
_NEXT = {"open": "close", "closing": "publish", "provisional": "finalise"}


class _Step(NamedTuple):
    """What a period waits for."""

    ruling: Ruling
    period: Period
    step: str


def of_tenant(transaction: Transaction, tenant: str, settings: Settings) -> Iterator[Found]:
    """Of one tenant, whose schema this code knows."""
    waiting = transaction.one("chain_watched").waiting_seconds or 0
    if waiting > _PATIENCE * settings.seal_seconds:
        yield found("work.behind", tenant=tenant, seconds=round(waiting))
    for last in transaction.all("verifications_last"):
        if last.wrong:
            yield found("proof.wrong", tenant=tenant, of=last.of, wrong=last.wrong)
    yield from _calendar(transaction, tenant)
    if failing := transaction.one("deliveries_watched").failing:
        yield found("webhooks.failing", tenant=tenant, count=failing)
    if not settings.webhook_keys and transaction.one("webhooks_active").active:
        yield found("settings.keys", tenant=tenant)
    for step in _steps(transaction):
        yield from _blocked(transaction, tenant, step)


def _calendar(transaction: Transaction, tenant: str) -> Iterator[Found]:
    for number in sorted({clock.now().year, (clock.now() + _AHEAD).year}):
        if not calendar.is_known(transaction, number):
            yield found("calendar.missing", tenant=tenant, year=number)


def _steps(transaction: Transaction) -> Iterator[_Step]:
    """Of each rulebook the last period of each kind that has ended, and whatever was begun, with what comes next."""
    states = {(row["rulebook"], row["period"]): row["state"] for row in results.periods(transaction)}
    tomorrow = (clock.now() + timedelta(days=1)).date()
    rows = transaction.all("rulebooks_ruling", end_day=tomorrow, id=None, imported=None)
    for ruling in [known(transaction, row.rulebook_no, row.hash) for row in rows]:
        begun = {period for rulebook, period in states if rulebook == ruling.id}
        for text in sorted(begun | {period.text for period in _last_ended(ruling)}):
            if step := _NEXT.get(states.get((ruling.id, text), "open")):
                yield _Step(ruling, parse(text), step)


def _last_ended(ruling: Ruling) -> Iterator[Period]:
    this = parse(str(clock.now().year + 1))
    for kind in layout.kinds(ruling.document):
        ended = [p for p in this.before(kind, 36) if p.has_ended(ruling.timezone)]
        if ended and ended[-1].end_day > parse(ruling.effective_from).first_day:
            yield ended[-1]


def _blocked(transaction: Transaction, tenant: str, step: _Step) -> Iterator[Found]:
    of = {"tenant": tenant, "rulebook": step.ruling.id, "period": step.period.text, "step": step.step}
    for block in checklist.blocks(transaction, step.ruling, step.period):
        if step.step in block.steps:
            code, values = block.problem.code, block.problem.values
            zh: dict[str, object] = {"why": sentence(code, values, "zh")}
            yield found("period.blocked", zh, **of, why=sentence(code, values, "en"))
