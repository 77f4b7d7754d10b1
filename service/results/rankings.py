"""Rankings, page by page: whom they hold, in which order, and what of each."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from schemas.fields import decimal_text
from service import cursors, inputs
from service.database.transactions import Transaction
from service.results import nested
from service.results.filters import Filter
from service.results.shown import Shown

_MORE = ("service_days", "category_points", "lists")


class Moved(Exception):
    """The standing was brought up to date while it was read; in one snapshot it never is."""


class Asked(NamedTuple):
    """What a reader asks for: which results, in which order, what of each (None: the usual), and which page."""

    filter: Filter = Filter()
    sort: str = "rank"
    fields: list[str] | None = None
    ranks_in: Sequence[str] = ()
    after: str | None = None
    limit: int = 100

    @classmethod
    def of(cls, query: dict[str, Any], sees: str | None = None) -> "Asked":
        """What a query (schemas/results.py: Ranked) asks for, by somebody who sees so much."""
        return cls(
            Filter.of(query, sees),
            query["sort"],
            query.get("fields"),
            query["ranks_in"],
            query.get("after"),
            query["limit"],
        )

    @property
    def is_plain(self) -> bool:
        """Whether it is no more than a page by rank, of everybody."""
        return self.filter.is_for_all and self.sort == "rank" and not self.ranks_in and not self.fields


class _Order(NamedTuple):
    """How a list is cut into pages: the statement, the columns of its key with their kinds, and what is before all."""

    statement: str
    key: dict[str, type]
    before: dict[str, Any]


_BY_RANK = _Order(
    "ranking",
    {"pool": str, "list_rank": int, "subject_no": int},
    {"after_pool": "", "after_rank": 0, "after_subject": 0},
)
_SORTED = _Order(
    "ranking_sorted",
    {"word": str, "number": Decimal, "subject_no": int},
    {"after_word": "", "after_number": Decimal("-Infinity"), "after_subject": 0},
)


def ranking(transaction: Transaction, shown: Shown, asked: Asked) -> dict[str, Any]:
    """A page of the ranking. Problem page.expired when the standing changed in between, request.invalid."""
    filtered = asked.filter.parameters(transaction, shown)
    nested.refuse_unknown(transaction, shown, asked.ranks_in)
    order = _BY_RANK if asked.sort == "rank" else _SORTED
    after = _after(order, shown, asked) | {"limit": asked.limit + 1}
    targets = _targets(transaction, shown, asked.filter)  # before the page, which says whether a standing moved
    if order is _BY_RANK and asked.filter.is_for_all:
        rows = _whole_page(transaction, shown, after)
    else:
        sort = {} if order is _BY_RANK else {"sort": asked.sort}
        rows = transaction.all(order.statement, **shown.keys, **filtered, **sort, **after)
    items = _items(transaction, shown, asked, rows[: asked.limit])
    following = None
    if len(rows) > asked.limit:
        last = rows[asked.limit - 1]
        following = cursors.encode(_list(shown, asked), *(getattr(last, column) for column in order.key))
    head = shown.head() | inputs.mark(transaction, shown.run)
    return {**head, **targets, "items": items, "next": following}


def _whole_page(transaction: Transaction, shown: Shown, after: dict[str, Any]) -> Sequence[Any]:
    """A page of everybody by rank. Moved where a standing did."""
    if shown.standing is None:
        return transaction.all("run_page", run=shown.run.run_no, **after)
    keys = {"standing": shown.standing.number, "changed_at": shown.standing.changed_at}
    rows = transaction.all("standing_page", **keys, **after)
    if not rows:
        raise Moved
    return rows if rows[0].subject_no is not None else []


def _after(order: _Order, shown: Shown, asked: Asked) -> dict[str, Any]:
    """The key after which the page begins."""
    if asked.after is None:
        return order.before
    of, *key = cursors.decode(asked.after, str, *order.key.values())
    cursors.refuse_other(of, _list(shown, asked))
    return dict(zip(order.before, key, strict=True))


def _list(shown: Shown, asked: Asked) -> str:
    """What a cursor belongs to: these results in this order."""
    return f"{asked.sort}/{shown.identity}"


def _items(transaction: Transaction, shown: Shown, asked: Asked, rows: Sequence[Any]) -> list[dict[str, Any]]:
    tiers = [tier["id"] for tier in shown.rulebook["tiers"]]
    outcomes = [said["id"] for said in shown.sheet.outcomes]
    items = [_item(shown, row, tiers, outcomes) for row in rows]
    subjects = [row.subject_no for row in rows]
    if asked.ranks_in:
        found = nested.ranks(transaction, shown, asked.ranks_in, subjects)
        for row, item in zip(rows, items, strict=True):
            item["ranks"] = found[row.subject_no]
    if asked.fields is None:
        return items
    if set(_MORE).intersection(asked.fields):
        more = {row.subject_no: row for row in transaction.all("ranking_more", **shown.keys, subjects=subjects)}
        for row, item in zip(rows, items, strict=True):
            item |= _more(shown, more[row.subject_no])
    kept = {*asked.fields, "ranks"}
    return [{name: value for name, value in item.items() if name in kept} for item in items]


def _item(shown: Shown, row: Any, tiers: list[str], outcomes: list[str]) -> dict[str, Any]:
    item = {
        "subject": row.subject,
        "group": row.pool,
        "organisation": row.organisation,
        "post": row.post,
        "rank": row.rank,
        "tied_with": None if row.rank is None else row.sharing - 1,
        "total": shown.points(row.total),
        "outcomes": [outcomes[n - 1] for n in row.outcomes],
    }
    if row.no_tier:
        item["no_tier"] = row.no_tier
    else:
        item["tier"] = tiers[row.tier_no - 1]
    return item


def _more(shown: Shown, row: Any) -> dict[str, Any]:
    """What is told only to who asks for it."""
    points = zip(shown.sheet.categories, row.category_points, strict=False)
    lists = zip(shown.rulebook["lists"], row.list_groups or (), row.list_ranks or (), strict=False)
    return {
        "service_days": row.service_days,
        "category_points": [{"id": c.id, "points": shown.points(n)} for c, n in points if c.kind == "indicator"],
        "lists": [{"id": said["id"], "group": group, "rank": n} for said, group, n in lists if n is not None],
    }


def _targets(transaction: Transaction, shown: Shown, asked: Filter) -> dict[str, Any]:
    """The shares that the rulebook aims at beside those that there are; nothing where it aims at none.

    They are of whole groups, so nobody is told who sees a part of them.
    """
    tiers = shown.rulebook["tiers"]
    if asked.sees is not None or not any("about" in tier.get("quota", {}) for tier in tiers):
        return {}
    rows = transaction.all("tier_shares", **shown.keys, rulebook=shown.ruling.number, pool=asked.group)
    return {
        "shares": [
            {
                "group": row.pool,
                "tier": tiers[row.tier_no - 1]["id"],
                "about": f"{decimal_text(row.about)}%",
                "is": None if row.share is None else f"{decimal_text(row.share)}%",
                "subjects": row.members,
                "of": row.base,
            }
            for row in rows
        ]
    }
