"""The list of events as they are stored, by the time of each: for who looks something up.

It needs no index but those that computations have. Which events came late for a period, and where they count, is asked
of the period (`lateness`), since a rulebook decides it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.events import split_subject
from service import cursors, seeing
from service.database.transactions import Transaction

Said = dict[str, Any]
_STATEMENTS = {"newest": "events_newest", "oldest": "events_oldest"}


def page(transaction: Transaction, sought: Said, sees: str | None = None) -> Said:
    """A page of the events that are asked for, of those whom the reader `sees`; what isn't known has none."""
    time, event = cursors.decode(sought["after"], datetime, UUID) if "after" in sought else (None, None)
    kind, identifier = split_subject(sought["subject"]) if "subject" in sought else (None, None)
    rows = transaction.all(
        _STATEMENTS[sought["order"]],
        kind=kind,
        subject_id=identifier,
        **{key: sought.get(key) for key in ("type", "source", "period", "time_from", "time_to")},
        **seeing.parameters(sees),
        after_time=time,
        after_event=event,
        limit=sought["limit"] + 1,
    )
    items = rows[: sought["limit"]]
    following = cursors.encode(items[-1].time, items[-1].event_id) if len(rows) > len(items) else None
    return {"items": [shown(row) for row in items], "next": following}


def shown(row: Any) -> Said:
    """An event as it is answered."""
    said = {**row._asdict(), "extensions": row.extensions or {}}
    times = {key: said[key] and said[key].isoformat() for key in ("time", "recorded_at", "reversed_at")}
    del said["event_id"]
    return {"event": str(row.event_id), **said, **times}
