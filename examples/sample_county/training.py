"""Learning: six classes and three study trips in the year, and an hour or two online on Fridays."""

from collections.abc import Iterator
from datetime import date

from examples.sample_county.chance import Dice
from examples.sample_county.daily import Days
from examples.sample_county.facts import TRAINING, Event, event, instant
from examples.sample_county.habits import habits_of

_FRIDAY = 4
_SESSIONS = {
    date(2025, 2, 20): ("class", 6),
    date(2025, 3, 27): ("class", 6),
    date(2025, 4, 17): ("trip", 8),
    date(2025, 5, 15): ("class", 6),
    date(2025, 6, 19): ("trip", 12),
    date(2025, 7, 10): ("class", 6),
    date(2025, 9, 4): ("class", 6),
    date(2025, 10, 23): ("trip", 8),
    date(2025, 11, 13): ("class", 6),
}


def events(worker: str, days: Days) -> Iterator[Event]:
    """A worker's learning. Who was due at a session and did not come is told with 0 hours."""
    study = habits_of(worker).study
    dice = Dice(worker, "training")
    for day, _ in days:
        if session := _SESSIONS.get(day):
            kind, due = session
            hours = due if dice.holds(study + 5) else 0
            yield _attended(worker, day, kind, hours=hours, due=due)
        if day.weekday() == _FRIDAY and dice.holds(study):
            yield _attended(worker, day, "online", hours=dice.between(1, 2))


def _attended(worker: str, day: date, kind: str, **hours: int) -> Event:
    identifier = f"{kind}-{worker}-{day:%m%d}"
    data = {"session": f"{kind}-{day:%m%d}", "kind": kind, **hours}
    return event(TRAINING, "training.attended", identifier, f"worker/{worker}", instant(day, 17 * 60), **data)
