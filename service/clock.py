"""What time it is. Cases are settled after everything, so that one of a period to come can be told today."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_AFTER_EVERYTHING = datetime(9999, 1, 2, tzinfo=UTC)
_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


def now() -> datetime:
    """The instant, in UTC."""
    return _stopped.get() or datetime.now(UTC)


def today(timezone: str) -> date:
    """The day that it is in a time zone."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Inside, it is this instant."""
    before = _stopped.set(at)
    try:
        yield
    finally:
        _stopped.reset(before)


@contextmanager
def after_everything() -> Iterator[None]:
    """Inside, every period that there can be has ended."""
    with stopped(_AFTER_EVERYTHING):
        yield
