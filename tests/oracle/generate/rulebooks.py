"""Whole rulebooks that can be right: the head, the sheets, and what follows from a total.

What is decided first (kinds of period, tiers and their quotas) is known to every item; then come the sheets, the
measures, and last the conditions that ask for all of these.
"""

from decimal import Decimal

from tests.oracle.generate.calendars import MONTHS, Period
from tests.oracle.generate.event_types import EventType
from tests.oracle.generate.items import measure, multiplier, seniority
from tests.oracle.generate.placements import lists, outcomes, peer_groups, quota_plan, restrictions, tie_breaks, tiers
from tests.oracle.generate.setting import POSTS, Setting
from tests.oracle.generate.sheets import base_sheet, bonus, leaves, negative_list, rollup, weighted
from tests.oracle.generate.texts import Chance, Node, text

TIERS = ("excellent", "competent", "basic", "incompetent")
PLANS = (
    (),
    ("year",),
    ("year",),
    ("quarter",),
    ("quarter", "year"),
    ("half_year", "year"),
    ("quarter", "half_year", "year"),
)
LOOKBACK = {"month": (0, 0, 1, 2, 3, 8, 14), "quarter": (0, 1, 4), "half_year": (0, 1, 2), "year": (0, 1)}
LATE: tuple[Node, ...] = ({}, {"late": "refuse"}, {"late": "carry"})
DAYS = {"month": (1, 10, 15, 28), "quarter": (10, 45), "half_year": (20, 90), "year": (20, 180, 360)}


def kinds_of_period(chance: Chance) -> list[str]:
    """A base, mostly the month, and the longer kinds that are made of it."""
    base = chance.weighted({"month": 12, "quarter": 3, "half_year": 1, "year": 1})
    longer = [kind for kind in chance.choice(PLANS) if MONTHS[kind] > MONTHS[base]]
    return [base, *chance.sample(longer, len(longer))] if chance.rarely() else [base, *longer]


def setting(
    chance: Chance, types: dict[str, EventType], subject: str, kinds: list[str], other: Node | None = None
) -> Setting:
    """What is decided before any item."""
    names = [*TIERS[: chance.choice([1, 2, 3, 3, 3])], TIERS[-1]]
    return Setting(
        chance=chance,
        types=types,
        subject=subject,
        step=chance.choice(["0.01", "0.1", "0.5", "1", "1"]),
        kinds=kinds,
        tiers=names,
        quotas=quota_plan(chance, names),
        bonus=chance.choice(["before_weights", "before_limit", "after_limit"]),
        keep=chance.choice(["first", "latest", "best", "best", "worst"]),
        together=chance.random() < 0.3,
        missing=chance.choice([0, 0, 0.15, 0.3]),
        other=other,
    )


def rulebook(s: Setting, name: str, tree: list[Node], first: Period, zone: str, size: int = 3) -> Node:
    """A rulebook in force from before the first period on; `size` limits how much there is in it."""
    chance = s.chance
    book = _head(s, name, tree, first, zone) | base_sheet(s, size)
    if chance.random() < 0.65:
        book |= bonus(s, s.base, leaves(book))
    book |= negative_list(s)
    if s.kinds[1:]:
        book["rollup"] = {kind: rollup(s, kind) for kind in s.kinds[1:]}
    book["total"], low, high = _total(s, book)
    book |= _measures(s, size, low, high) | _multipliers(s, book) | restrictions(s)
    book["peer_groups"] = peer_groups(s)
    book |= lists(s) | tiers(s, low, high)
    sought = any(tier.get("quota", {}).get("ties") == "tie_breaks" for tier in book["tiers"])
    book |= tie_breaks(s, sought)
    ungrouped = [one["id"] for one in book.get("lists", []) if not one["by"]]
    book |= outcomes(s, low, high, ungrouped, "tie_breaks" in book)
    if chance.random() < 0.1:
        book["local_additions"] = {"items": "5", "points": "2", "into": book["indicators"][0]["category"]}
    return book


def _head(s: Setting, name: str, tree: list[Node], first: Period, zone: str) -> Node:
    chance = s.chance
    since = first.later(-chance.choice(LOOKBACK[s.base]))
    days = {kind: str(chance.choice(DAYS[kind])) for kind in s.kinds if chance.random() < 0.35}
    head = {
        "rulebook": name,
        "version": "2025-1",
        "language": "1",
        "title": "社区工作者量化考核办法（任意）",
        "subject": s.subject,
        "effective": {"from": str(since)},
        "applies_to": _applies_to(s, tree),
        "periods": {"base": s.base, "rollups": s.kinds[1:], "timezone": zone},
        "numbers": {"measure_decimals": str(chance.randint(0, 6)), "step": s.step},
        "orders": {"bonus": s.bonus, "quota": chance.choice(["before_ceilings", "after_ceilings"])},
        "participation": {"min_service_days": days},
    }
    # Nothing is drawn for it: where nothing is published, it says nothing.
    head["periods"] |= LATE[int(head["numbers"]["measure_decimals"]) % len(LATE)]
    if s.subject == "worker":
        head["assignment"] = chance.choice(["at_end", "longest", "split_by_days"])
    if chance.rarely():
        head |= {"authority": {"title": "云河县办法", "number": "云办1号", "issued": "2024-12-16"}, "notes": ["任意"]}
        head["periods"]["late_days"] = "5"
        counted = chance.choice(["working", "calendar"])
        head["notice"] = {"days": "5", "objection_days": "30", "answer_days": "15", "counted": counted}
    return head


def _applies_to(s: Setting, tree: list[Node]) -> Node:
    """Whom; the county is the likelier place, as below it the cohort is soon empty."""
    chance, below = s.chance, [organisation["id"] for organisation in tree[1:]]
    if s.subject == "worker":
        whom: Node = {"posts": [*POSTS] if chance.sometimes() else chance.some(POSTS, 2)}
    else:
        whom = {"kinds": ["community", *chance.some(["street", "county"], 0)]}
    whom["under"] = chance.choice(below) if chance.random() < 0.12 else tree[0]["id"]
    s.places = whom["posts"] if s.subject == "worker" else whom["kinds"]
    if chance.rarely():
        whom["except"] = chance.some(below, 1, 1)
    return whom


def _total(s: Setting, book: Node) -> tuple[Node, Decimal, Decimal]:
    """The total, and the range in which thresholds can be met."""
    full = sum((weighted(one) for one in book["categories"] if "in" not in one), Decimal(0))
    above = Decimal(0) if s.chance.sometimes() else s.chance.on_step(s.step, 0, 4)
    low = s.chance.on_step(s.step, -5, 0) if s.chance.sometimes() else Decimal(0)
    high = full + above
    said = {"full": text(full), "min": text(low), "max": text(high)}
    most = book.get("bonus", {}).get("max", "none")
    if s.bonus == "after_limit" and most != "none":
        high += Decimal(most)
    return said, low, high


def _measures(s: Setting, size: int, low: Decimal, high: Decimal) -> Node:
    """Measures of anything, and perhaps one for thresholds, for a quota, for ties."""
    chance = s.chance
    said = [measure(s, f"m{n}") for n in range(1, chance.randint(0, size + 1) + 1)]
    if chance.random() < 0.25:
        totals = [Decimal(n) for n in range(int(low), int(high) + 1)]
        said.append(measure(s, "m-total", _few(chance, totals)))
    if "at_most" in s.quotas.values() and chance.random() < 0.4:
        said.append(measure(s, "m-share", _few(chance, [Decimal(n) for n in (0, 10, 20, 25, 50, 100)])))
    if {"at_most", "seats"} & set(s.quotas.values()) and chance.often():
        said.append(seniority(s, "m-tie"))
    if chance.random() < 0.3:
        said.append(_history(s, "m-history"))
    return {"measures": said} if said else {}


def _history(s: Setting, name: str) -> Node:
    """A run of earlier results of which there are often too few."""
    chance = s.chance
    node: Node = {"results": chance.choice(s.kinds), "period": {"before": chance.choice(["1", "2", "3"])}}
    node |= {"tier": chance.some(s.tiers, 1, 2), "no_tier": chance.choice(["breaks", "skips", "holds"])}
    s.names.numbers[name] = set(s.kinds)
    return {"id": name, "title": name, "take": {"running": node | {"at_least_n": "1"}}, "no_data": "unmet"}


def _few(chance: Chance, numbers: list[Decimal]) -> Node:
    """Bands that give one of these numbers."""
    first, *others = (text(chance.choice(numbers)) for _ in range(3))
    rows = [{"at_least": bound, "points": points} for bound, points in zip(("3", "1"), others, strict=True)]
    return {"bands": [*rows, {"otherwise": "true", "points": first}]}


def _multipliers(s: Setting, book: Node) -> Node:
    """At most one for the total, and one for a category that is in no other."""
    chance = s.chance
    tops = [one["id"] for one in book["categories"] if "in" not in one]
    targets = (["total"] if chance.random() < 0.35 else []) + ([chance.choice(tops)] if chance.rarely() else [])
    said = [multiplier(s, f"x{n}", target) for n, target in enumerate(targets, 1)]
    return {"multipliers": said} if said else {}
