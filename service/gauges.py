"""The exposition of metrics: what all server processes counted, and gauges read from the database at each scrape.

Gauges cover the standings that were read last, so that the number of series stays bounded.
"""

import os
from collections.abc import Iterable, Iterator

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from schemas.objections import STATES
from service import __version__, clock, inputs
from service.database.transactions import Database, Transaction
from service.errors import Problem

_MOST_TENANTS = 100
_MOST_STANDINGS = 20


def exposition(database: Database) -> bytes:
    """The text of a scrape."""
    folder = "PROMETHEUS_MULTIPROC_DIR" in os.environ
    registry = CollectorRegistry() if folder else REGISTRY
    if folder:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    text = generate_latest(registry)
    read = CollectorRegistry()
    read.register(_FromDatabase(database))
    return text + generate_latest(read)


class _FromDatabase(Collector):
    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        build = InfoMetricFamily("jifen_build", "The version that runs")
        build.add_metric([], {"version": __version__})
        labels = ["tenant", "rulebook", "period"]
        age = GaugeMetricFamily("jifen_standing_age_seconds", "Time since a standing was computed", labels=labels)
        tiers = GaugeMetricFamily("jifen_workers", "Workers in each tier of a standing", labels=[*labels, "tier"])
        unsealed = GaugeMetricFamily(
            "jifen_unsealed_age_seconds", "Time since the oldest write that has no position yet"
        )
        chain = _Chain()
        webhooks = _Webhooks()
        revised = GaugeMetricFamily(
            "jifen_inputs_revised", "Published periods that read results which were revised since", labels=["tenant"]
        )
        objections = GaugeMetricFamily("jifen_objections", "Objections, by state", labels=["tenant", "state"])
        overdue = GaugeMetricFamily("jifen_objections_overdue", "Objections not answered in time", labels=["tenant"])
        waiting = GaugeMetricFamily(
            "jifen_rejection_age_seconds",
            "Time since the oldest refused event that waits for one of its source and id",
            labels=["tenant"],
        )
        up = GaugeMetricFamily("jifen_database_up", "Whether the database answered this scrape")
        try:
            for tenant_id, name in self._tenants():
                with self._database.transaction(tenant_id) as transaction:
                    _read(transaction, name, age, tiers)
                    revised.add_metric([name], inputs.count(transaction))
                    _count(transaction, name, objections, overdue)
                    waiting.add_metric([name], transaction.one("rejections_waiting").seconds or 0)
                    chain.read(transaction, name)
                    webhooks.read(transaction, name)
            unsealed.add_metric([], chain.waiting_seconds)
            up.add_metric([], 1)
        except Problem:
            up.add_metric([], 0)
        yield from (
            build,
            age,
            tiers,
            revised,
            objections,
            overdue,
            waiting,
            unsealed,
            *chain.families,
            *webhooks.families,
            up,
        )

    def _tenants(self) -> Iterator[tuple[int, str]]:
        with self._database.transaction() as transaction:
            rows = transaction.all("tenants")
        yield from ((row.tenant_id, row.name) for row in rows[:_MOST_TENANTS])


class _Chain:
    """What is known of the hash chains, and what came of proving them and the runs."""

    def __init__(self) -> None:
        proof = ["tenant", "of", "outcome"]
        self.waiting_seconds = 0.0
        self._positions = GaugeMetricFamily("jifen_position", "Positions given by the hash chain", labels=["tenant"])
        self._age = GaugeMetricFamily(
            "jifen_verification_age_seconds",
            "Time since runs or the journal were last proven, by outcome",
            labels=proof,
        )
        self._seconds = GaugeMetricFamily("jifen_verification_seconds", "How long that took", labels=proof)
        self._wrong = GaugeMetricFamily("jifen_verification_wrong", "What was found wrong then", labels=proof)

    @property
    def families(self) -> list[Metric]:
        """What was read, as it is exposed."""
        return [self._positions, self._age, self._seconds, self._wrong]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        row = transaction.one("chain_watched")
        self._positions.add_metric([tenant], row.position)
        self.waiting_seconds = max(self.waiting_seconds, row.waiting_seconds or 0)
        for last in transaction.all("verifications_last"):
            labels = [tenant, last.of, last.outcome]
            self._age.add_metric(labels, last.age_seconds)
            self._seconds.add_metric(labels, last.seconds)
            self._wrong.add_metric(labels, last.wrong)


class _Webhooks:
    """What waits to be delivered, and what was given up."""

    def __init__(self) -> None:
        self._messages = GaugeMetricFamily(
            "jifen_webhook_messages", "Messages that wait to be delivered, or were given up", labels=["tenant", "state"]
        )
        self._age = GaugeMetricFamily(
            "jifen_webhook_age_seconds", "Time since the oldest message that waits to be delivered", labels=["tenant"]
        )
        self._failing = GaugeMetricFamily(
            "jifen_webhooks_failing", "Webhooks that had a message given up since the last arrived", labels=["tenant"]
        )

    @property
    def families(self) -> list[Metric]:
        """What was read, as it is exposed."""
        return [self._messages, self._age, self._failing]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        row = transaction.one("deliveries_watched")
        self._messages.add_metric([tenant, "pending"], row.pending)
        self._messages.add_metric([tenant, "failed"], row.failed)
        self._age.add_metric([tenant], row.waiting_seconds or 0)
        self._failing.add_metric([tenant], row.failing)


def _read(transaction: Transaction, tenant: str, age: GaugeMetricFamily, tiers: GaugeMetricFamily) -> None:
    for standing in transaction.all("latest_standings", limit=_MOST_STANDINGS):
        labels = [tenant, standing.rulebook, standing.period]
        age.add_metric(labels, standing.age_seconds)
        ids = {row.tier_no: row.id for row in transaction.all("tier_ids", rulebook=standing.rulebook_no)}
        for row in transaction.all("tier_counts", run=None, standing=standing.standing_no):
            tiers.add_metric([*labels, row.no_tier or ids.get(row.tier_no, "unplaced")], row.subjects)


def _count(transaction: Transaction, tenant: str, objections: GaugeMetricFamily, overdue: GaugeMetricFamily) -> None:
    counted = {row.state: row for row in transaction.all("objection_counts", now=clock.now())}
    for state in STATES:
        objections.add_metric([tenant, state], counted[state].objections if state in counted else 0)
    overdue.add_metric([tenant], counted["open"].overdue if "open" in counted else 0)
