"""What intake answered, as metrics: events by source, type and outcome, how late they came, refusals by source and
reason.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from service import clock, metrics
from service.access import Access
from service.errors import Finding
from service.intake import Item
from service.intake.items import COLUMNS

_TIME = [*COLUMNS].index("time")


def events(access: Access, items: Sequence[Item]) -> None:
    """Count what became of these."""
    # What was right in every respect says its source, and a batch says few.
    outcomes = Counter(
        [
            (item.sent["source"] if item.row else source_of(access, item), item.known_type, item.outcome)
            for item in items
        ]
    )
    for (source, type_, outcome), count in outcomes.items():
        metrics.events.labels(access.label(source), type_, outcome).inc(count)
    _lags(access, items)


def refusal(source: str, reasons: Sequence[Finding]) -> None:
    """Count one refusal, once for each of its codes."""
    for code in {reason.code for reason in reasons}:
        metrics.rejections.labels(source, code).inc()


def _lags(access: Access, items: Sequence[Item]) -> None:
    times: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.outcome == "created" and item.row:
            times[item.sent["source"]].append(item.row[_TIME])
    now = clock.now()
    for source, known in times.items():
        lags = [(now - time).total_seconds() for time in map(datetime.fromisoformat, known)]
        if min(lags) < 0:  # a clock that is ahead of ours doesn't make up for others
            lags = [max(lag, 0.0) for lag in lags]
        metrics.event_lag.labels(access.label(source)).observe_all(lags)


def source_of(access: Access, item: Item) -> str:
    """The source of an event as a label."""
    return access.label(item.sent.get("source")) if isinstance(item.sent, dict) else "-"
