"""What operations watch, in Prometheus' terms; labels are bounded: routes by rule, statements by name, never ids.

Several server processes add up through the folder PROMETHEUS_MULTIPROC_DIR, which must be set before this module is
imported.
"""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Histogram(
    "jifen_http_request_seconds",
    "Time to answer a request, by route, method and status",
    ["route", "method", "status"],
    buckets=_FAST,
)
events = Counter("jifen_events", "Events sent, by source, type and what became of them", ["source", "type", "outcome"])
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
database_seconds = Histogram("jifen_database_seconds", "Time of a statement, by its name", ["statement"], buckets=_FAST)
pool_connections = Gauge(
    "jifen_pool_connections", "Database connections, by state", ["state"], multiprocess_mode="livesum"
)
pool_waiting = Gauge("jifen_pool_waiting", "Requests that wait for a connection", multiprocess_mode="livesum")
webhook_attempts = Counter(
    "jifen_webhook_attempts", "Tries to deliver a message to a webhook, by what came of them", ["outcome"]
)
