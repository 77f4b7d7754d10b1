"""Events that came after their period was published (§5.1): late for it, and perhaps carried into a later one."""

from math import inf

from oracle.events import Event
from oracle.periods import Period, period_containing, period_named, period_of
from oracle.setting import Setting


def is_late(setting: Setting, event: Event) -> bool:
    """Whether the event came after the first revision of the period."""
    return event.position > _published(setting, setting.period)


def is_carried(setting: Setting, event: Event) -> bool:
    """Whether the event is of an earlier period, and came after that one and all up to this were published."""
    if setting.rulebook["periods"].get("late") != "carry":
        return False
    one = _home(setting, event)
    if one is None or one.first >= setting.period.first:
        return False
    while one.first < setting.period.first:
        if event.position <= _published(setting, one):
            return False
        one = period_of(one.kind, one.after, one.zone)
    return True


def _home(setting: Setting, event: Event) -> Period | None:
    """The period of the sheet's kind to which an event belongs; what names a longer one belongs to none."""
    kind, zone = setting.period.kind, setting.period.zone
    if event.period is not None:
        return period_containing(period_named(event.period, zone), kind)
    return period_of(kind, setting.day(event), zone)


def _published(setting: Setting, period: Period) -> float:
    """The position up to which the first revision of a period holds events; without end where there is none."""
    return setting.world.published.get((setting.rulebook["rulebook"], period.name), inf)
