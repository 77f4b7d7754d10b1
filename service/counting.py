"""What intake answered, as metrics: events by source, type and outcome, refusals by source and reason."""

from collections import Counter
from collections.abc import Sequence

from service import metrics
from service.access import Access
from service.errors import Finding
from service.intake import Item


def events(access: Access, items: Sequence[Item]) -> None:
    """Count what became of these."""
    outcomes = Counter((source_of(access, item), item.known_type, item.outcome) for item in items)
    for labels, count in outcomes.items():
        metrics.events.labels(*labels).inc(count)


def refusal(source: str, reasons: Sequence[Finding]) -> None:
    """Count one refusal, once for each of its codes."""
    for code in {reason.code for reason in reasons}:
        metrics.rejections.labels(source, code).inc()


def source_of(access: Access, item: Item) -> str:
    """The source of an event as a label."""
    return access.label(item.sent.get("source")) if isinstance(item.sent, dict) else "-"
