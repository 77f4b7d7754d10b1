"""How the small county's rulebook is broken: changes of its document, made of one another."""

import copy
from collections.abc import Callable
from typing import Any

Change = Callable[[Any], None]
Example = tuple[Change, str, str]

TYPES: dict[str, dict[str, Any]] = {
    "task.closed": {
        "title": "任务办结",
        "subject": "worker",
        "dated_by": "time",
        "fields": {
            "minutes": {"kind": "number"},
            "grade": {"kind": "code", "codes": ["good", "bad"]},
            "on_time": {"kind": "boolean"},
            "note": {"kind": "text"},
            "ends_on": {"kind": "date"},
        },
    },
    "task.reviewed": {
        "title": "任务复核",
        "subject": "worker",
        "dated_by": "time",
        "state": "decision",
        "fields": {
            "note": {"kind": "text"},
            "decision": {"kind": "code", "codes": ["upheld", "dropped"]},
            "round": {"kind": "code", "codes": ["first", "second"]},
        },
    },
    "task.counted": {
        "title": "任务统计",
        "subject": "worker",
        "dated_by": "period",
        "quantity": "tasks",
        "fields": {"tasks": {"kind": "number"}, "note": {"kind": "text"}},
    },
    "org.rated": {
        "title": "社区测评",
        "subject": "organisation",
        "dated_by": "time",
        "quantity": "stars",
        "fields": {"stars": {"kind": "number"}, "note": {"kind": "text"}},
    },
}
MISSING = object()


def at(path: str, value: Any) -> Change:
    """The value at a path, or the value left out; one behind the last of a list is appended.

    Each document has a value of its own: who breaks it further breaks no other.
    """

    def change(document: Any) -> None:
        *way, last = [int(key) if key.isdigit() else key for key in path.split("/")]
        for key in way:
            document = document[key]
        if value is MISSING:
            del document[last]
        elif isinstance(document, list) and last == len(document):
            document.append(copy.deepcopy(value))
        else:
            document[last] = copy.deepcopy(value)

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(document: Any) -> None:
        for one in changes:
            one(document)

    return change


def take(node: Any, give: Any = MISSING, **beside: Any) -> Change:
    """The first indicator takes something else, and may give and say something else."""
    said = {"take": node, **({} if give is MISSING else {"give": give}), **beside}
    return both(*(at(f"indicators/0/{key}", value) for key, value in said.items()))


def taken(aggregate: str, give: Any = MISSING, event: str = "task.closed", **words: Any) -> Change:
    """The first indicator takes events with these words; `is_` stands for `is`."""
    return take({aggregate: {"event": event, **{word.rstrip("_"): said for word, said in words.items()}}}, give)


def measure(node: Any, **said: Any) -> Change:
    """A measure m, which is asked for in no condition."""
    return at("measures", [{"id": "m", "title": "m", "take": node, "no_data": "unmet", **said}])


def restriction(when: Any, **said: Any) -> Change:
    """A restriction with a condition."""
    return at("restrictions", [{"id": "r", "title": "r", "when": when, **(said or {"deduct": "1"})}])


def year(node: Any, **said: Any) -> Change:
    """The second part of the year takes something else."""
    return both(*(at(f"rollup/year/parts/1/{key}", value) for key, value in {"take": node, **said}.items()))


def negative(**said: Any) -> Change:
    """The item of the negative list says something else."""
    return both(*(at(f"negative_list/0/{key}", value) for key, value in said.items()))


def bonus(order: str, said: dict[str, Any]) -> Change:
    """A bonus, and where it comes in."""
    return both(at("orders/bonus", order), at("bonus", {"max": "5", "items": [], **said}))


def multipliers(*of: str, **said: Any) -> Change:
    """Multipliers of these."""
    one = {"title": "x", "take": {"fixed": "1"}, "no_data": {"points": "1"}, **said}
    return at("multipliers", [{**one, "id": f"x{n}", "of": target} for n, target in enumerate(of)])


def nested(inner: dict[str, Any], outer: dict[str, Any] | None = None) -> Change:
    """The category of service gets a category in it, with its indicator."""
    return both(
        at("categories/2", {"id": "inner", "title": "x", "in": "service", "max": "40", **inner}),
        at("indicators/1/category", "inner"),
        *(at(f"categories/1/{key}", value) for key, value in (outer or {}).items()),
    )


def organisations(**said: Any) -> Change:
    """A rulebook about organisations."""
    return both(
        at("subject", "organisation"),
        at("assignment", MISSING),
        at("applies_to", {"kinds": ["community"], "under": "county"}),
        *(at(key, value) for key, value in said.items()),
    )


BAND = {"at_least": "3", "points": "3"}
OTHERWISE = {"otherwise": "true", "points": "0"}
COUNT = {"count": {"event": "visit.done"}}
GRADE = {"latest": {"event": "task.closed", "field": "grade"}}
MINUTES = {"event": "task.closed", "field": "minutes"}
ITEM = {"id": "b", "title": "b", "take": COUNT, "give": {"each": "1"}}
RATIO = {"num": {**MINUTES, "distinct": "note"}, "den": {"event": "visit.done"}}
STATE = {"event": "task.reviewed", "same": "note", "field": "decision", "counts": [], "without": "waits"}
CLASSES = {"field": "grade", "weights": {"good": "50%", "bad": "50%"}, "empty": "zero"}
ONCE = {"per": "note", "keep": "best"}
RANK = {"as": "rank", "within": "cohort"}
LIST = {"id": "l", "title": "l", "by": [], "method": "dense"}
FIRST = "/indicators/0"
GATE = "/tiers/0/gates/0"
NEGATIVE = "/negative_list/0"
ANNUAL = "/rollup/year/parts/1/take"


def state(**said: Any) -> Change:
    """A count of events of which something became."""
    return taken("count", state={**STATE, "as_of": "latest", **said})


def each_event(**words: Any) -> Change:
    """The first indicator gives points to every event."""
    return taken("each_event", **words)
