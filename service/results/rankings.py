"""Rankings, page by page."""

from typing import Any

from schemas.fields import decimal_text
from service import cursors, inputs
from service.database.transactions import Transaction
from service.results.filters import Filter
from service.results.shown import Shown


def ranking(transaction: Transaction, shown: Shown, sought: Filter, after: str | None, limit: int) -> dict[str, Any]:
    """A page of the ranking by group, rank and subject. Problem page.expired when the standing changed in between."""
    tiers = [t["id"] for t in shown.rulebook["tiers"]]
    filtered = sought.parameters(transaction, shown)
    start = _page_start(shown, after)
    rows = transaction.all(
        "ranking",
        **shown.keys,
        **filtered,
        after_pool=start[0],
        after_rank=start[1],
        after_subject=start[2],
        limit=limit + 1,
    )
    items = [_ranking_item(shown, row, tiers) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursors.encode(shown.identity, last.pool, last.list_rank, last.subject_no) if last else None
    head = shown.head() | inputs.mark(transaction, shown.run)
    return {**head, **_targets(transaction, shown, sought.group, tiers), "items": items, "next": following}


def _targets(transaction: Transaction, shown: Shown, group: str | None, tiers: list[str]) -> dict[str, Any]:
    """The shares that the rulebook aims at beside those that there are; nothing where it aims at none."""
    if not any("about" in tier.get("quota", {}) for tier in shown.rulebook["tiers"]):
        return {}
    rows = transaction.all("tier_shares", **shown.keys, rulebook=shown.ruling.number, pool=group)
    return {
        "shares": [
            {
                "group": row.pool,
                "tier": tiers[row.tier_no - 1],
                "about": f"{decimal_text(row.about)}%",
                "is": None if row.share is None else f"{decimal_text(row.share)}%",
                "subjects": row.members,
                "of": row.base,
            }
            for row in rows
        ]
    }


def _ranking_item(shown: Shown, row: Any, tiers: list[str]) -> dict[str, Any]:
    item = {
        "subject": row.subject,
        "group": row.pool,
        "organisation": row.organisation,
        "post": row.post,
        "rank": row.rank,
        "total": shown.points(row.total),
        "outcomes": [shown.sheet.outcomes[n - 1]["id"] for n in row.outcomes],
    }
    return {**item, "no_tier": row.no_tier} if row.no_tier else {**item, "tier": tiers[row.tier_no - 1]}


def _page_start(shown: Shown, after: str | None) -> list[Any]:
    if after is None:
        return ["", 0, 0]
    of, *start = cursors.decode(after, str, str, int, int)
    cursors.refuse_other(of, shown.identity)
    return start
