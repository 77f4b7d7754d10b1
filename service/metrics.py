"""What operations watch, in Prometheus' terms; labels are bounded: routes by rule, statements by name, never ids.

Several server processes add up through the folder PROMETHEUS_MULTIPROC_DIR, which must be set before this module is
imported.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import Metric
from prometheus_client.metrics import MetricWrapperBase

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class _Remembering(MetricWrapperBase):
    """Finds the child of labels that were asked for before by these themselves, without making texts of them."""

    def __init__(self, *values: Any, **named: Any) -> None:
        """None so far."""
        self._remembered: dict[tuple[Any, ...], Any] = {}
        super().__init__(*values, **named)

    def labels(self, *values: Any, **named: Any) -> Any:
        """The child with these labels; only of those in order is it remembered."""
        if named:
            return super().labels(*values, **named)
        child = self._remembered.get(values)
        if child is None:
            child = self._remembered[values] = super().labels(*values)
        return child


class Counted(_Remembering, Counter):
    """A counter of what happens with many requests."""


class Timed(_Remembering, Histogram):
    """A histogram of what happens with many requests."""


class ManyAtOnce(Timed):
    """A histogram that takes the numbers of a whole batch for little more than one of them costs."""

    def observe_all(self, amounts: Sequence[float]) -> None:
        """What `observe` does with each."""
        in_order = sorted(amounts)
        self._sum.inc(sum(in_order))
        below = 0
        for bound, bucket in zip(self._upper_bounds, self._buckets, strict=True):
            up_to = bisect_right(in_order, bound)
            if up_to > below:
                bucket.inc(up_to - below)
            below = up_to


requests = Timed(
    "jifen_http_request_seconds",
    "Time to answer a request, by route, method and status",
    ["route", "method", "status"],
    buckets=_FAST,
)
events = Counted("jifen_events", "Events sent, by source, type and what became of them", ["source", "type", "outcome"])
event_lag = ManyAtOnce(
    "jifen_event_lag_seconds",
    "Time from an event to its intake, by source",
    ["source"],
    buckets=(1, 10, _MINUTE, 10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 30 * _DAY, 90 * _DAY),
)
rejections = Counter(
    "jifen_rejections", "Events and whole requests that intake refused, by source and each reason", ["source", "code"]
)
rejections_lost = Counter("jifen_rejections_lost", "Refusals that could not be kept")
computations = Histogram(
    "jifen_computation_seconds",
    "Time of a computation, by kind: a standing brought up to date in part (partial) or as a whole (full)",
    ["kind"],
    buckets=(*_FAST, 60, 300),
)
runs = Histogram(
    "jifen_run_seconds",
    "Time to publish a revision, by kind: computation or completion",
    ["kind"],
    buckets=(*_FAST, 60, 300, 900),
)
database_seconds = Timed("jifen_database_seconds", "Time of a statement, by its name", ["statement"], buckets=_FAST)
pool_connections = Gauge(
    "jifen_pool_connections", "Database connections, by state", ["state"], multiprocess_mode="livesum"
)
pool_waiting = Gauge("jifen_pool_waiting", "Requests that wait for a connection", multiprocess_mode="livesum")
process_starts = Counter("jifen_process_starts", "Processes begun, by what they do: serve or work", ["process"])
webhook_attempts = Counter(
    "jifen_webhook_attempts", "Tries to deliver a message to a webhook, by what came of them", ["outcome"]
)


def families() -> Iterator[tuple[Metric, Sequence[str]]]:
    """All that processes count, with the labels, none of it measured."""
    for measured in globals().values():
        if isinstance(measured, MetricWrapperBase):
            [family] = measured.describe()
            yield family, measured._labelnames
