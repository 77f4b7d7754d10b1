"""Two standings of one period side by side: counts, tiers, differences, seats, and who moved by which lines."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from schemas.fields import decimal_text
from service import movers
from service.database.transactions import Transaction
from service.results import Shown

_BAND_PERCENTS = (1, 5, 10)  # of the full total
_MOST_SEATS = 5000
_QUARTILES = ("first_quartile", "median", "third_quartile")
_SIGNS = {-1: "fell", 1: "rose"}

Said = dict[str, Any]


def compared(transaction: Transaction, before: Shown, after: Shown, limit: int) -> Said:
    """What changes from one standing to the other; at most so many subjects one by one."""
    keys = movers.keys(before, after)
    counts = transaction.one("difference_counts", **keys)
    return {
        "period": after.period.text,
        "watermark": after.watermark,
        "rulebook": after.head()["rulebook"],
        "against": before.head()["rulebook"] | {"state": before.state},
        "counts": movers.counts(counts),
        "tiers": _tiers(transaction, before, after, keys),
        "differences": _differences(transaction, before, counts, keys),
        "seats": [
            {"group": row.pool, "tier": row.tier, "before": row.before, "after": row.after}
            for row in transaction.all("trial_seats", limit=_MOST_SEATS, **keys)
        ],
        "movers": movers.told(transaction, before, after, transaction.all("trial_movers", limit=limit, **keys)),
    }


def _tiers(transaction: Transaction, before: Shown, after: Shown, keys: Said) -> list[Said]:
    """From which tier or reason to which, and how many; null: not appraised under that version."""
    return [
        {
            "before": _place(before, row.tier_no_before, row.no_tier_before) if row.is_before else None,
            "after": _place(after, row.tier_no_after, row.no_tier_after) if row.is_after else None,
            "subjects": row.subjects,
        }
        for row in transaction.all("trial_tiers", **keys)
    ]


def _place(shown: Shown, tier_no: int | None, no_tier: str | None) -> Said:
    return {"no_tier": no_tier} if tier_no is None else {"tier": shown.rulebook["tiers"][tier_no - 1]["id"]}


def _differences(transaction: Transaction, before: Shown, counts: Any, keys: Said) -> Said:
    """How the totals of those who are in both differ: the new one less the old one."""
    full = before.rulebook["total"]["full"]
    bounds = [full * percent / 100 for percent in _BAND_PERCENTS]
    found = {(r.sign, r.band): r.subjects for r in transaction.all("trial_bands", bounds=bounds, **keys)}
    bands: list[Said] = []
    for sign, word in _SIGNS.items():
        ends = [None, *bounds, None]
        told = [
            {"change": word, "at_least": _text(low), "below": _text(high), "subjects": found.get((sign, band), 0)}
            for band, (low, high) in enumerate(pairwise(ends))
        ]
        bands += told[::-1] if sign < 0 else told
    bands.insert(len(bands) // 2, {"change": "none", "at_least": None, "below": None, "subjects": found.get((0, 0), 0)})
    quartiles = dict(zip(_QUARTILES, counts.quartiles or [None] * 3, strict=True))
    spread = {"least": counts.least, **quartiles, "most": counts.most, "mean": counts.mean}
    return {"subjects": counts.differences, **{name: _text(n) for name, n in spread.items()}, "bands": bands}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)
