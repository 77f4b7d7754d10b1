"""The events behind a line."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from schemas.fields import decimal_text
from service import cursors, lateness, standings
from service.database.transactions import Transaction
from service.errors import unknown
from service.results.shown import Shown
from service.rulebooks import store
from service.sources import Sources


def line_events(
    transaction: Transaction, shown: Shown, kind: str, identifier: str, line: str, after: str | None, limit: int
) -> dict[str, Any]:
    """The events behind a line, in the order of time. Problem resource.unknown."""
    row = transaction.maybe("result_of", **shown.keys, kind=kind, id=identifier)
    if row is None:
        raise unknown("result", f"{kind}/{identifier}")
    if shown.is_import:
        raise unknown("line", line)
    try:
        number = shown.sheet.item_no(line)
    except KeyError:
        raise unknown("line", line) from None
    [at] = shown.computed_at(transaction, [row.subject_no])
    start = cursors.decode(after, datetime, UUID, str) if after else [datetime.min.replace(tzinfo=UTC), UUID(int=0), ""]
    needs = store.sheet_needs(transaction, shown.ruling, shown.period.kind)
    values = standings.parameters(shown.ruling, shown.period, at.watermark, needs)
    # Where one subject's events move another's, nobody's rows can be found alone.
    values["subjects"] = None if needs.relative else [row.subject_no]
    earlier = lateness.earlier(transaction, shown.ruling, shown.period)
    rows = transaction.all(
        "line_events",
        **values | earlier.carried(transaction, shown.ruling, needs.looks_back, values),
        **Sources([], {}).parameters(),
        subject=row.subject_no,
        indicator=number,
        after_time=start[0],
        after_event=start[1],
        after_role=start[2],
        limit=limit + 1,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursors.encode(last.time, last.event, last.role) if last else None
    return {"items": [_event_item(r) for r in rows[:limit]], "next": following}


def _event_item(row: Any) -> dict[str, Any]:
    return {
        "event": row.event,
        "source": row.source,
        "id": row.id,
        "type": row.type,
        "time": row.time.isoformat(),
        "period": row.period,
        "role": row.role,
        "number": decimal_text(row.number) if row.number is not None else None,
        "code": row.code,
        "data": row.data,
        "position": row.position,
    }
