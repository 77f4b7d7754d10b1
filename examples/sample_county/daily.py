"""What fills nearly every working day: visits, errands, duty at crossings, drills, and what residents say of it.

Each kind has dice of its own; a worker's habits load them.
"""

from collections.abc import Iterator
from datetime import date

from examples.sample_county.chance import Dice
from examples.sample_county.facts import GRID, SURVEY, Event, event, instant, number_of
from examples.sample_county.habits import habits_of

Days = list[tuple[date, str]]

_HOUSEHOLDS = 160  # that a worker looks after
_ERRANDS = ("paperwork", "delivery", "repair", "elderly_care", "dispute")
_TUESDAY, _THURSDAY, _MONDAY = 1, 3, 0
_EPIDEMIC_MONTHS = (1, 2, 12)
_DRILLS = {5: "earthquake", 6: "flood"}  # in every other month a fire drill
_DRILL_DAY = 10  # the tenth working day of a month


def events(worker: str, days: Days) -> Iterator[Event]:
    """A worker's days in the grid."""
    for kind in (_visits, _errands, _duties, _drills, _ratings):
        yield from kind(worker, days, Dice(worker, kind.__name__))


def _visits(worker: str, days: Days, dice: Dice) -> Iterator[Event]:
    """Three to six homes a day; on some days other business leaves no time."""
    diligence = habits_of(worker).diligence
    for day, community in days:
        if not dice.holds(50 + diligence // 2):
            continue
        homes = 3 + sum(dice.holds(diligence - 35) for _ in range(3))
        for n in range(homes):
            yield event(
                GRID,
                "visit.done",
                f"visit-{worker}-{day:%m%d}-{n + 1}",
                f"worker/{worker}",
                instant(day, 9 * 60 + n * 75 + dice.below(60)),
                household=f"{community}-{number_of(worker)}{dice.below(_HOUSEHOLDS):03}",
                minutes=dice.between(5, 40),
            )


def _errands(worker: str, days: Days, dice: Dice) -> Iterator[Event]:
    """Most days something is carried, filled in or settled for a resident."""
    for day, _ in days:
        if dice.holds(habits_of(worker).diligence - 30):
            time = instant(day, 10 * 60 + dice.below(420))
            kind = dice.pick(_ERRANDS)
            yield event(GRID, "errand.done", f"errand-{worker}-{day:%m%d}", f"worker/{worker}", time, kind=kind)


def _duties(worker: str, days: Days, dice: Dice) -> Iterator[Event]:
    """Persuasion at crossings twice a week in the morning rush; epidemic control on winter Mondays."""
    for day, _ in days:
        if day.weekday() in (_TUESDAY, _THURSDAY):
            kind, start, hours = "crossing", 7 * 60 + 15, "1.5"
        elif day.weekday() == _MONDAY and day.month in _EPIDEMIC_MONTHS:
            kind, start, hours = "epidemic", 14 * 60, "2"
        else:
            continue
        if dice.holds(habits_of(worker).diligence):
            identifier = f"duty-{worker}-{day:%m%d}"
            time = instant(day, start + dice.below(15))
            yield event(GRID, "duty.served", identifier, f"worker/{worker}", time, kind=kind, hours=hours)


def _drills(worker: str, days: Days, dice: Dice) -> Iterator[Event]:
    """Every community drills once a month."""
    for month in range(1, 13):
        in_month = [day for day, _ in days if day.month == month]
        if len(in_month) < _DRILL_DAY:
            continue
        day = in_month[_DRILL_DAY - 1]
        if dice.holds(habits_of(worker).diligence):
            identifier = f"drill-{worker}-{day:%m%d}"
            kind = _DRILLS.get(month, "fire")
            yield event(GRID, "drill.held", identifier, f"worker/{worker}", instant(day, 15 * 60), kind=kind)


def _ratings(worker: str, days: Days, dice: Dice) -> Iterator[Event]:
    """Some residents answer the message that follows a visit."""
    for day, _ in days:
        if dice.holds(28):
            identifier = f"rating-{worker}-{day:%m%d}"
            time = instant(day, 17 * 60 + dice.below(240))
            stars = _stars(habits_of(worker).warmth, dice)
            yield event(SURVEY, "rating.resident", identifier, f"worker/{worker}", time, stars=stars)


def _stars(warmth: int, dice: Dice) -> int:
    """Five with warmth; else four with warmth; and so on down to one."""
    return next((stars for stars in (5, 4, 3, 2) if dice.holds(warmth)), 1)
