"""A subject's published results from period to period, each beside those of its group."""

from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service import cursors
from service.database.transactions import Transaction
from service.errors import Problem, unknown
from service.periods import parse
from service.results.shown import of_run

Said = dict[str, Any]

# Of fewer, a mean and one's own total tell the totals of others.
_TOLD_OF = 5


def trend(transaction: Transaction, kind: str, identifier: str, asked: Said, own: bool) -> Said:
    """A page of the current revisions of one rulebook and kind of period that appraise a subject, the latest first.

    `asked` has limit, and may have rulebook, kind (else the kind that is computed from events) and after. If `own`, the
    subject asks itself, and is told no mean and no median of few. Problem resource.unknown, rulebook.ambiguous.
    """
    subject = next((row.subject_no for row in transaction.all("subjects", kind=kind, ids=[identifier])), None)
    if subject is None:
        raise unknown(kind, identifier)
    published = transaction.all("published_of", subject=subject, rulebook_id=asked.get("rulebook"))
    if len({row.rulebook for row in published}) > 1:
        raise Problem("rulebook.ambiguous")
    [after] = cursors.decode(asked["after"], str) if "after" in asked else [None]
    of_kind = [row for row in published if parse(row.period).kind == asked.get("kind", row.base)]
    rows = [row for row in of_kind if after is None or row.period < after][: asked["limit"] + 1]
    page = rows[: asked["limit"]]
    beside = {row.run_no: row for row in transaction.all("trend", subject=subject, runs=[row.run_no for row in page])}
    return {
        "subject": f"{kind}/{identifier}",
        "items": [_item(transaction, beside[row.run_no], own) for row in page],
        "next": cursors.encode(page[-1].period) if len(rows) > len(page) else None,
    }


def _item(transaction: Transaction, row: Any, own: bool) -> Said:
    shown = of_run(transaction, row.run_no)
    is_told = not own or row.ranked >= _TOLD_OF
    return {
        **shown.head(),
        "group": row.pool,
        "due": row.due,
        "ranked": row.ranked,
        "total": shown.points(row.total),
        "rank": row.rank,
        "tier": shown.rulebook["tiers"][row.tier_no - 1]["id"] if row.tier_no else None,
        "no_tier": row.no_tier,
        "mean": _text(row.mean) if is_told else None,
        "median": _text(row.median) if is_told else None,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)
