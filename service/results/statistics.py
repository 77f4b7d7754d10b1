"""What the results of a period come to: counts, quantiles and means, by group, by organisation and in all."""

from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

from schemas.fields import decimal_text
from service import inputs
from service.database.transactions import Transaction
from service.results import nested
from service.results.filters import Filter
from service.results.shown import Shown

_BANDS = 10  # that full points are cut into
_MEASURES = ("mean", "least", "p10", "p25", "median", "p75", "p90", "most")
Said = dict[str, Any]


class AskedStatistics(NamedTuple):
    """Which results are counted, and at which kind of organisation means are taken (None: where each is placed)."""

    filter: Filter
    by: str | None

    @classmethod
    def of(cls, query: Said, sees: str | None = None) -> "AskedStatistics":
        """What a query (schemas/results.py: Counted) asks for, by somebody who sees so much."""
        return cls(Filter.of(query, sees), query.get("by"))


def statistics(transaction: Transaction, shown: Shown, asked: AskedStatistics) -> Said:
    """Counts by tier and by reason, quantiles of the totals, their distribution, means. Problem request.invalid."""
    if asked.by is not None:
        nested.refuse_unknown_kinds(transaction, shown, "/by", [asked.by])
    step = Decimal(shown.rulebook["numbers"]["step"])
    width = Decimal(shown.rulebook["total"]["full"]) / _BANDS
    sought = shown.keys | asked.filter.parameters(transaction, shown)
    parts = _parts(transaction, shown, sought, step)
    organisations = transaction.all(
        "statistics_organisations", **sought, watermark=shown.watermark, kinds=[asked.by], step=step
    )
    bands = transaction.all("statistics_bands", **sought, width=width)
    nobody = {"due": 0, "appraised": 0, "ranked": 0, "tiers": [], "no_tier": [], "totals": None}
    return {
        **shown.head(),
        **inputs.mark(transaction, shown.run),
        "all": parts.pop(None, nobody),
        "groups": [{"group": group, **said} for group, said in parts.items()],
        "organisations": [{**row._asdict(), "mean": shown.points(row.mean)} for row in organisations],
        "distribution": [
            {
                "at_least": decimal_text(row.at_least),
                "below": decimal_text(row.at_least + width),
                "subjects": row.subjects,
            }
            for row in bands
        ],
    }


def _parts(transaction: Transaction, shown: Shown, sought: Said, step: Decimal) -> dict[str | None, Said]:
    """Of each group, and of the whole (None), what its members come to."""
    ids = [tier["id"] for tier in shown.rulebook["tiers"]]
    tiers: dict[str | None, list[Said]] = defaultdict(list)
    reasons: dict[str | None, list[Said]] = defaultdict(list)
    for row in transaction.all("statistics_tiers", **sought):
        if row.no_tier:
            reasons[row.part].append({"no_tier": row.no_tier, "subjects": row.subjects})
        else:
            tiers[row.part].append({"tier": ids[row.tier_no - 1], "subjects": row.subjects})
    return {
        row.part: {
            "due": row.due,
            "appraised": row.appraised,
            "ranked": row.ranked,
            "tiers": tiers[row.part],
            "no_tier": reasons[row.part],
            "totals": None
            if row.mean is None
            else {measure: shown.points(getattr(row, measure)) for measure in _MEASURES},
        }
        for row in transaction.all("statistics", **sought, step=step)
    }
