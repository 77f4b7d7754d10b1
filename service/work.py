"""Work that goes on beside the requests: sealing, delivering, proving a sample, looking for drift, ending what is old.
Results never need it.

Any number of processes may run this; for each task one of them leads at a time, by a lock that ends with its
transaction, so that nothing has to be cleaned up after one that was killed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import SystemRandom
from threading import Event, Thread

from service import idempotency, journal, logs, rejections, verification
from service.database.transactions import Database
from service.errors import Problem
from service.periods import parse
from service.personal import erasure
from service.results import show
from service.settings import Settings
from service.webhooks import log
from service.webhooks.delivering import Deliverer

_EXPIRE_SECONDS = 3600
_MOST_DRIFTING = 5  # periods of a tenant
_PATIENCE_SECONDS = 10  # for a task that is under way when it is told to stop


@dataclass(frozen=True)
class Task:
    """Something to do again and again."""

    name: str
    every_seconds: int
    do: Callable[[Database], None]


def tasks(settings: Settings) -> list[Task]:
    """All that is to be done."""
    found = [
        Task("seal", settings.seal_seconds, seal_all),
        Task("verify", settings.verify_seconds, verify_one),
        Task("drift", settings.drift_seconds, look_for_drift),
        Task("expire", _EXPIRE_SECONDS, partial(expire_all, days=settings.rejection_days)),
        Task("expire_deliveries", _EXPIRE_SECONDS, partial(expire_deliveries, days=settings.webhook_days)),
        Task("deliver", settings.webhook_seconds, partial(deliver_all, deliverer=Deliverer(settings))),
    ]
    if settings.identity_days:
        found.append(Task("erase", _EXPIRE_SECONDS, partial(erase_all, days=settings.identity_days)))
    return [task for task in found if task.every_seconds]


def run(database: Database, settings: Settings, stop: Event) -> None:
    """Do every task until told to stop; each in a thread, so that a long one doesn't hold up the others."""
    threads = [
        Thread(target=_repeat, args=(database, task, stop), name=task.name, daemon=True) for task in tasks(settings)
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(_PATIENCE_SECONDS)


def once(database: Database, task: Task) -> bool:
    """Do a task, unless another process is at it; whether it was done."""
    with database.transaction() as transaction:
        leads: bool = transaction.one("lead", task=f"jifen.work.{task.name}").leads
        if leads:
            task.do(database)
    return leads


def seal_all(database: Database) -> None:
    """Give a position to whatever any tenant has that waits for one."""
    for tenant_id in _tenants(database):
        with database.transaction(tenant_id) as transaction:
            journal.seal(transaction)


def expire_all(database: Database, days: int) -> None:
    """Take away what any tenant was refused so many days ago, and keys of commands that are too old."""
    for tenant_id in _tenants(database):
        with database.transaction(tenant_id) as transaction:
            rejections.expire(transaction, days)
            idempotency.expire(transaction)


def expire_deliveries(database: Database, days: int) -> None:
    """Take away what was settled of any tenant's webhooks so many days ago."""
    for tenant_id in _tenants(database):
        with database.transaction(tenant_id) as transaction:
            log.expire(transaction, days)


def erase_all(database: Database, days: int) -> None:
    """Erase the identity of some who left any tenant so many days ago."""
    for tenant_id in _tenants(database):
        with database.transaction(tenant_id) as transaction:
            erasure.expire(transaction, days)


def deliver_all(database: Database, deliverer: Deliverer) -> None:
    """Begin to deliver whatever any tenant's webhooks wait for; what is slow goes on by itself."""
    deliverer.round(database, _tenants(database))


def verify_one(database: Database) -> None:
    """Compute one published run of one tenant once more, both drawn by chance; what came of it is remembered."""
    if tenants := _tenants(database):
        tenant_id = SystemRandom().choice(tenants)
        for found in verification.verify(database, tenant_id, sample=1):
            if found.wrong:
                of = {"rulebook": found.rulebook, "period": found.period, "revision": found.revision}
                logs.logger().error("a run is not found again", tenant_id=tenant_id, **of, wrong=found.wrong)


def look_for_drift(database: Database) -> None:
    """Compute what a correction of the periods that any tenant published last would make now, so that it is counted."""
    for tenant_id in _tenants(database):
        watermark = journal.sealed(database, tenant_id)
        with database.transaction(tenant_id) as transaction:
            published = transaction.all("published_last", limit=_MOST_DRIFTING)
        for last in published:
            with database.transaction(tenant_id) as transaction:
                show(transaction, parse(last.period), last.rulebook, watermark, live=True)


def _tenants(database: Database) -> list[int]:
    with database.transaction() as transaction:
        return [row.tenant_id for row in transaction.all("tenants")]


def _repeat(database: Database, task: Task, stop: Event) -> None:
    while not stop.wait(task.every_seconds):
        try:
            once(database, task)
        except Problem as problem:
            logs.logger().warning("a task is tried again", task=task.name, code=problem.code)
        except Exception:
            logs.logger().exception("a task failed and is tried again", task=task.name)
