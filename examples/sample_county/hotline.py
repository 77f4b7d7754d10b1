"""Tasks from the residents' hotline: assigned, chased over other offices, closed in time or late.

The hotline calls people by its own numbers, which the roster knows as aliases.
"""

from collections.abc import Iterator

from examples.sample_county.chance import Dice
from examples.sample_county.daily import Days
from examples.sample_county.facts import HOTLINE, Event, event, instant
from examples.sample_county.habits import habits_of
from examples.sample_county.roster import hotline_number

_KINDS = ("water", "heating", "noise", "parking", "lift", "waste", "lighting")
OFFICES = ("waterworks", "housing_bureau", "street_office", "police_station", "power_company")
_IN_TIME, _LATE = (0, 3), (5, 9)  # working days from assignment to closing; five are allowed


def events(worker: str, days: Days) -> Iterator[Event]:
    """A worker's tasks; one that would be closed after the year or after leaving stays open."""
    dice = Dice(worker, "tasks")
    for place, (day, _) in enumerate(days):
        if not dice.holds(26):
            continue
        on_time = dice.holds(habits_of(worker).promptness)
        closing = place + dice.between(*(_IN_TIME if on_time else _LATE))
        task = f"task-{worker}-{day:%m%d}"
        yield told(worker, "assigned", task, instant(day, 9 * 60), kind=dice.pick(_KINDS))
        for n, chased in enumerate(range(place + 1, min(closing, len(days)))):
            if dice.holds(60):
                time = instant(days[chased][0], 11 * 60)
                yield told(worker, "chased", task, time, f"-{n + 1}", office=dice.pick(OFFICES))
        if closing < len(days):
            time = instant(days[closing][0], 16 * 60 + dice.below(60))
            hours = (days[closing][0] - day).days * 24 + 7
            yield told(worker, "closed", task, time, on_time=on_time, hours=hours)


def told(worker: str, step: str, task: str, time: str, suffix: str = "", **data: object) -> Event:
    """One step of a task, as the hotline tells it."""
    subject = f"worker/{hotline_number(worker)}"
    return event(HOTLINE, f"task.{step}", f"{task}-{step}{suffix}", subject, time, task=task, **data)
