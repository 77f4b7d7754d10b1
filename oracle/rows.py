"""Selecting events (§5.1, §5.2): which events count for a node about a subject, and what is read of each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from oracle.cohort import nearest_subject
from oracle.events import Event, Value, as_code, typed
from oracle.exact import exact
from oracle.lateness import is_carried, is_late
from oracle.periods import Period, months_later, period_named, window_of
from oracle.setting import Node, Setting

OUT = "out"


@dataclass(frozen=True)
class Row:
    """A row from which a number is made: an event, or with `event` None the result of a period.

    A row that is `out` has neither number nor code; `points` are those of `each_event`; `weight` is that of
    a result in a mean.
    """

    instant: datetime
    mark: bytes
    number: Fraction | None = None
    code: str | None = None
    event: Event | None = None
    points: Fraction | None = None
    weight: Fraction = Fraction(1)

    @property
    def has_value(self) -> bool:
        """Whether it has a number or a code."""
        return self.number is not None or self.code is not None

    def said(self, field: str) -> Value | None:
        """What its event says in a field."""
        return self.event.value(field) if self.event else None


def select(setting: Setting, subject: str, node: Node, field: str | None, is_anytime: bool = False) -> list[Row]:
    """The rows of a selection, in the order of time and then of the event.

    `is_anytime` looks beyond the period, as the n-th time does.
    """
    found = []
    span = window_of(setting.period, node)
    for event in _candidates(setting, subject, node):
        if is_late(setting, event) or not passes_where(event, node):
            continue
        if not (is_anytime or _is_in_time(setting, span, node, event)):
            continue
        if not _is_about(setting, subject, node, event) or not _passes_state(setting, node, event):
            continue
        row = _row(event, node, field)
        if row:
            found.append(row)
    return found


def days_of(setting: Setting, node: Node, event: Event) -> tuple[date, date] | None:
    """The days [first, after) that an event lasts; None where it doesn't say how long."""
    lasts, day = node["lasts"], setting.day(event)
    if isinstance(lasts, str):
        return day, months_later(day, int(lasts))
    if "until" in lasts:
        until = event.value(lasts["until"])
        return None if until is None else (day, date.fromisoformat(str(until)) + timedelta(days=1))
    code = event.value(lasts["field"])
    return None if code is None else (day, months_later(day, int(lasts["months"][as_code(code)])))


def _is_in_time(setting: Setting, span: Period, node: Node, event: Event) -> bool:
    """Whether the event belongs to the period or its window, lasts into it, or is carried into it."""
    if "lasts" in node:
        days = days_of(setting, node, event)
        if days is None or days[0] >= days[1]:
            return False
        return is_carried(setting, event) or max(days[0], span.first) < min(days[1], span.after)
    if is_carried(setting, event):
        return True
    if event.declared["dated_by"] == "period":
        return event.period is not None and span.holds(period_named(event.period, span.zone))
    return span.holds_instant(event.instant)


def field_read(event_type: Node, node: Node) -> str | None:
    """The field that a node names, else the quantity of the event type."""
    return node.get("field") or event_type.get("quantity")


def _candidates(setting: Setting, subject: str, node: Node) -> list[Event]:
    ledger = setting.world.ledger
    if node.get("about", "subject") == "subject":
        return ledger.about(node["event"], subject)
    return ledger.of_type(node["event"])


def _is_about(setting: Setting, subject: str, node: Node, event: Event) -> bool:
    about = node.get("about", "subject")
    if about == "subject":
        return event.subject == subject
    day = setting.day(event)
    place = setting.members[subject].organisation
    served = setting.service.served(subject, day) if event.period is None else [place]
    if about == "organisation":
        return event.subject in [f"organisation/{organisation}" for organisation in served]
    if "organisation" in about:
        tree = setting.world.roster.tree
        return event.subject in [nearest_subject(one, about["organisation"], tree) for one in served]
    return event.subject != subject and _serves(setting, event.subject, about["members"], served, day)


def _serves(setting: Setting, subject: str, posts: list[str], places: list[str], day: date) -> bool:
    """Whether a worker holds one of the posts that day in these organisations, or below them."""
    roster = setting.world.roster
    held = [one for one in roster.workers.get(subject, ()) if one.post in posts and one.holds_on(day)]
    return any(roster.tree.is_at_or_below(one.organisation, places) for one in held)


def passes_where(event: Event, node: Node) -> bool:
    for field, wanted in node.get("where", {}).items():
        alternatives = wanted if isinstance(wanted, list) else [wanted]
        if event.value(field) not in [typed(text, event.kind(field)) for text in alternatives]:
            return False
    return True


def _passes_state(setting: Setting, node: Node, event: Event) -> bool:
    """Whether the latest word about the act lets the event count (§5.2)."""
    if "state" not in node:
        return True
    state = node["state"]
    act = event.value(state["same"])
    said = [
        (later.instant, as_code(code) in state["counts"])
        for later in setting.world.ledger.about(state["event"], event.subject)
        if act is not None and later.value(state["same"]) == act and setting.day(later) >= setting.day(event)
        if state["as_of"] == "latest" or later.instant < setting.period.end
        if later.instant >= setting.period.end or not is_late(setting, later)
        if (code := later.value(state["field"])) is not None
    ]
    return max(said)[1] if said else bool(state["without"] == "counts")


def _row(event: Event, node: Node, field: str | None) -> Row | None:
    """The row of an event, None where it has not what is read, or its number is out of range."""
    if field is None:
        return Row(event.instant, event.mark, event=event)
    value = event.value(field)
    if value is None:
        return None
    if "value" in node:
        worth = node["value"][as_code(value)]
        return Row(event.instant, event.mark, None if worth == OUT else exact(worth), event=event)
    if not isinstance(value, Fraction):
        return Row(event.instant, event.mark, code=as_code(value), event=event)
    low, high = (exact(bound) for bound in node.get("between", [value, value]))
    return Row(event.instant, event.mark, value, event=event) if low <= value <= high else None
