"""The exposition of metrics: what all server processes counted, and gauges read from the database at each scrape.

The number of series stays bounded: so many tenants, of each the standings that were computed last, and of these the
largest groups. A standing that hasn't changed since the last scrape is not counted again.
"""

import os
from collections.abc import Iterable
from typing import Any, Protocol

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from schemas.objections import STATES
from service import __version__, clock, inputs, metrics
from service.database.migrations import newest
from service.database.transactions import Database, Transaction
from service.errors import Problem

_BUILD = "The version that runs"
_MOST_TENANTS = 100
_MOST_STANDINGS = 10  # of a tenant
_MOST_GROUPS = 2000  # of all tenants together


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


def described() -> list[tuple[str, str, list[str], str]]:
    """All that is exposed, by name: its type, its labels, what it says."""
    served, parts = _Served(), _parts(1)
    read = [*served.families, *(family for part in parts for family in part.families)]
    found = [*metrics.families(), *((family, family._labelnames) for family in read)]
    rows = [_row(family, list(labels)) for family, labels in found]
    return sorted([*rows, ("jifen_build_info", "gauge", ["version"], _BUILD)])


def _row(family: Metric, labels: list[str]) -> tuple[str, str, list[str], str]:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    return name, family.type, labels, family.documentation


class _Part(Protocol):
    """Gauges that are read together, of one tenant after the other."""

    @property
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""


def _parts(tenants: int) -> list[_Part]:
    groups = _MOST_GROUPS // (_MOST_STANDINGS * max(tenants, 1))
    return [_Standings(groups), _Periods(), _Refused(), _Chain(), _Webhooks()]


class _FromDatabase(Collector):
    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        build = InfoMetricFamily("jifen_build", _BUILD, {"version": __version__})
        served = _Served()
        parts: list[_Part] = []
        try:
            with self._database.transaction() as transaction:
                can_be_read = served.read(transaction)
                tenants = transaction.all("tenants")[:_MOST_TENANTS] if can_be_read else []
            parts = _parts(len(tenants))
            for tenant in tenants:
                with self._database.transaction(tenant.tenant_id) as transaction:
                    for part in parts:
                        part.read(transaction, tenant.name)
            served.up.add_metric([], 1)
        except Problem:
            served.up.add_metric([], 0)
        yield from (build, *served.families)
        for part in parts:
            yield from part.families


class _Served:
    """The database itself: whether it answers, and whether it has the schema of this code."""

    def __init__(self) -> None:
        self.up = GaugeMetricFamily("jifen_database_up", "Whether the database answered this scrape")
        self._needed = GaugeMetricFamily("jifen_schema_needed", "The migration that this version needs", newest())
        self._number = GaugeMetricFamily("jifen_schema_version", "The newest migration of the database; none: 0")

    @property
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""
        return [self.up, self._needed, self._number]

    def read(self, transaction: Transaction) -> bool:
        """Whether the statements of this code can be asked."""
        is_known = transaction.one("schema_known").known
        number = transaction.one("schema_version").number or 0 if is_known else 0
        self._number.add_metric([], number)
        return bool(number >= newest())


class _Standings:
    """The standings that were computed last: how old, who is in which tier, what differs from what was published."""

    def __init__(self, most_groups: int) -> None:
        labels = ["tenant", "rulebook", "period"]
        self._most_groups = most_groups
        self._age = GaugeMetricFamily("jifen_standing_age_seconds", "Time since a standing was computed", labels=labels)
        self._workers = GaugeMetricFamily(
            "jifen_workers",
            "Workers (or organisations) in each tier of a standing, by group; those of the smallest are (others)",
            labels=[*labels, "group", "tier"],
        )
        self._drift = GaugeMetricFamily(
            "jifen_drift",
            "Of a published period, whose standing differs from the current revision, as of jifen_standing_age_seconds",
            labels=labels,
        )

    @property
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""
        return [self._age, self._workers, self._drift]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        known: dict[Any, Any] = transaction.memory.get("standings_counted", {})
        kept = {}
        for standing in transaction.all("standings_watched", limit=_MOST_STANDINGS):
            labels = [tenant, standing.rulebook, standing.period]
            key = (standing.rulebook_no, standing.period, standing.changed_at, standing.run_no, self._most_groups)
            kept[key] = workers, drift = known.get(key) or self._count(transaction, standing)
            self._age.add_metric(labels, standing.age_seconds)
            for group, tier, many in workers:
                self._workers.add_metric([*labels, group, tier], many)
            if drift is not None:
                self._drift.add_metric(labels, drift)
        transaction.memory["standings_counted"] = kept

    def _count(self, transaction: Transaction, standing: Any) -> tuple[list[tuple[str, str, int]], int | None]:
        ids = {row.tier_no: row.id for row in transaction.all("tier_ids", rulebook=standing.rulebook_no)}
        rows = transaction.all("standing_counted", standing=standing.standing_no, most=self._most_groups)
        workers = [(row.pool, row.no_tier or ids.get(row.tier_no, "unplaced"), row.subjects) for row in rows]
        if standing.run_no is None:
            return workers, None
        run = {"run": standing.run_no, "standing": standing.standing_no}
        return workers, transaction.one("standing_drifted", **run).subjects


class _Periods:
    """What was published, and what people still have to do about it."""

    def __init__(self) -> None:
        self._runs = GaugeMetricFamily(
            "jifen_runs",
            "Runs by kind and state: that of their period, or superseded by a newer revision",
            labels=["tenant", "kind", "state"],
        )
        self._revised = GaugeMetricFamily(
            "jifen_inputs_revised", "Published periods that read results which were revised since", labels=["tenant"]
        )
        self._objections = GaugeMetricFamily("jifen_objections", "Objections, by state", labels=["tenant", "state"])
        self._overdue = GaugeMetricFamily(
            "jifen_objections_overdue", "Objections not answered in time", labels=["tenant"]
        )

    @property
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""
        return [self._runs, self._revised, self._objections, self._overdue]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        for row in transaction.all("runs_watched"):
            self._runs.add_metric([tenant, row.kind, row.state], row.runs)
        self._revised.add_metric([tenant], inputs.count(transaction))
        counted = {row.state: row for row in transaction.all("objection_counts", now=clock.now())}
        for state in STATES:
            self._objections.add_metric([tenant, state], counted[state].objections if state in counted else 0)
        self._overdue.add_metric([tenant], counted["open"].overdue if "open" in counted else 0)


class _Refused:
    """What intake refused and nobody has sent again."""

    def __init__(self) -> None:
        self._age = GaugeMetricFamily(
            "jifen_rejection_age_seconds",
            "Time since the oldest refused event that waits for one of its source and id",
            labels=["tenant"],
        )

    @property
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""
        return [self._age]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        self._age.add_metric([tenant], transaction.one("rejections_waiting").seconds or 0)


class _Chain:
    """What is known of the hash chains, and what came of proving them and the runs."""

    def __init__(self) -> None:
        of, proof = ["tenant"], ["tenant", "of", "outcome"]
        self._position = GaugeMetricFamily("jifen_position", "Positions given by the hash chain", labels=of)
        self._sealed = GaugeMetricFamily(
            "jifen_sealed_age_seconds", "Time since the last position was given", labels=of
        )
        self._unsealed = GaugeMetricFamily(
            "jifen_unsealed_age_seconds", "Time since the oldest write that has no position yet; none: 0", labels=of
        )
        self._age = GaugeMetricFamily(
            "jifen_verification_age_seconds",
            "Time since runs or the journal were last proven, by outcome",
            labels=proof,
        )
        self._seconds = GaugeMetricFamily("jifen_verification_seconds", "How long that took", labels=proof)
        self._wrong = GaugeMetricFamily("jifen_verification_wrong", "What was found wrong then", labels=proof)

    @property
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""
        return [self._position, self._sealed, self._unsealed, self._age, self._seconds, self._wrong]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        row = transaction.one("chain_watched")
        self._position.add_metric([tenant], row.position)
        self._unsealed.add_metric([tenant], row.waiting_seconds or 0)
        if row.sealed_seconds is not None:
            self._sealed.add_metric([tenant], row.sealed_seconds)
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
    def families(self) -> list[GaugeMetricFamily]:
        """What was read, as it is exposed."""
        return [self._messages, self._age, self._failing]

    def read(self, transaction: Transaction, tenant: str) -> None:
        """Of one tenant more."""
        row = transaction.one("deliveries_watched")
        self._messages.add_metric([tenant, "pending"], row.pending)
        self._messages.add_metric([tenant, "failed"], row.failed)
        self._age.add_metric([tenant], row.waiting_seconds or 0)
        self._failing.add_metric([tenant], row.failing)
