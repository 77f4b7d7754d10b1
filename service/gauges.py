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
        revised = GaugeMetricFamily(
            "jifen_inputs_revised", "Published periods that read results which were revised since", labels=["tenant"]
        )
        objections = GaugeMetricFamily("jifen_objections", "Objections, by state", labels=["tenant", "state"])
        overdue = GaugeMetricFamily("jifen_objections_overdue", "Objections not answered in time", labels=["tenant"])
        up = GaugeMetricFamily("jifen_database_up", "Whether the database answered this scrape")
        try:
            for tenant_id, name in self._tenants():
                with self._database.transaction(tenant_id) as transaction:
                    _read(transaction, name, age, tiers)
                    revised.add_metric([name], inputs.count(transaction))
                    _count(transaction, name, objections, overdue)
            up.add_metric([], 1)
        except Problem:
            up.add_metric([], 0)
        yield from (build, age, tiers, revised, objections, overdue, up)

    def _tenants(self) -> Iterator[tuple[int, str]]:
        with self._database.transaction() as transaction:
            rows = transaction.all("tenants")
        yield from ((row.tenant_id, row.name) for row in rows[:_MOST_TENANTS])


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
