"""Places (§9, §13 to §15): groups, lists, tiers with gates and quotas, tie breaks, restrictions, outcomes."""

from decimal import Decimal

from tests.oracle.generate.choosing import choose
from tests.oracle.generate.conditions import condition, narrowed, placed
from tests.oracle.generate.gives import give_number
from tests.oracle.generate.setting import ORGANISATIONS, Setting
from tests.oracle.generate.texts import Chance, Node, text

SHARES = ("10%", "20%", "33.33%", "50%", "50%", "50%", "80%", "80%", "100%", "0%")
LAST_SHARES = ("5%", "10%", "20%", "25%", "33.33%", "50%")
REASONS = ("probation", "long_leave", "under_investigation", "under_sanction", "other")
EFFECTS = {"deduct": 4, "ceiling": 5, "tier": 2, "no_tier": 3, "bonus": 3}


def quota_plan(chance: Chance, tiers: list[str]) -> dict[str, str]:
    """Which tiers have a quota, and which one: seats for the better ones, the last by `at_least`."""
    plan = {}
    for n, tier in enumerate(tiers):
        last = n == len(tiers) - 1
        words = {"": 5, "about": 1, "at_least": 2} if last else {"": 3, "at_most": 5, "seats": 2, "about": 1}
        if n and not last:
            words["at_least"] = 3
        plan[tier] = chance.weighted(words)
    return {tier: word for tier, word in plan.items() if word}


def peer_groups(s: Setting) -> Node:
    """Whom one is ranked with; groups of the sizes that small worlds have."""
    chance = s.chance
    return {
        "by": [] if chance.random() < 0.35 else _by(s),
        "min_size": chance.choice(["1", "1", "2", "3", "4"]),
        "small_groups": chance.choice(["keep_apart", "pool_in_tenant"]),
    }


def _by(s: Setting) -> list[str]:
    words = ["post", "organisation"] if s.subject == "worker" else ["kind"]
    return s.chance.some([*words, *ORGANISATIONS], 1 - s.chance.rarely(), 1 + s.chance.rarely())


def lists(s: Setting) -> Node:
    """Up to two further lists."""
    said = []
    for n in range(1, s.chance.choice([0, 1, 2]) + 1):
        one: Node = {"id": f"l{n}", "title": f"榜{n}", "by": _by(s)}
        if s.chance.sometimes():
            one["posts" if s.subject == "worker" else "kinds"] = s.chance.some(s.places, 1, 2)
        said.append(one | {"method": s.chance.choice(["competition", "dense"])})
        s.names.lists.append(f"l{n}")
    return {"lists": said} if said else {}


def tiers(s: Setting, low: Decimal, high: Decimal) -> Node:
    """The tiers, best first; `m-total` and `m-share` are measures for thresholds and shares, where there are any."""
    # Whole numbers, so that the totals of small sheets meet them; then perhaps a finer one.
    most = int(low + (high - low) * s.chance.choice([Decimal("0.2"), Decimal("0.4"), Decimal(1)]))
    pool = [Decimal(n) for n in range(int(low), max(most, int(low) + 2, 3) + 1) if n <= high]
    bounds = s.chance.falling(pool, len(s.tiers) - 1)
    if bounds and s.chance.rarely() and bounds[0] < high:
        bounds[0] = max(bounds[0], min(high, s.chance.on_step(s.step, int(bounds[0]), int(high))))
    said = [_tier(s, n, tier, bounds[n : n + 1]) for n, tier in enumerate(s.tiers[:-1])]
    last: Node = {"id": s.tiers[-1], "title": s.tiers[-1], "otherwise": "true"}
    return {"tiers": [*said, last | _quota(s, s.tiers[-1])]}


def _tier(s: Setting, n: int, name: str, bound: list[Decimal]) -> Node:
    chance = s.chance
    tier: Node = {"id": name, "title": name}
    quota = _quota(s, name)
    if "m-total" in s.names.numbers and (chance.sometimes() or not bound):
        tier["total_at_least"] = {"measure": "m-total"}
    elif bound and not (quota and chance.random() < 0.1):
        tier["total_at_least"] = text(bound[0])
    count = chance.choice([0, 0, 0, 1] if "ties" in quota.get("quota", {}) else [0, 0, 1, 1, 2])
    if "total_at_least" not in tier and not quota:
        count = max(count, 1)
    if count:
        tier["gates"] = [_gate(s) for _ in range(count)]
    return tier | quota


def _gate(s: Setting) -> Node:
    asked, known = condition(s, {s.chance.choice(s.kinds)}, depth=1)
    # `in` stands beside one condition, so several are said with `all`.
    return {**(asked if isinstance(asked, dict) else {"all": asked}), **narrowed(s, known, 0.4)}


def _quota(s: Setting, name: str) -> Node:
    chance, word = s.chance, s.quotas.get(name)
    if word is None:
        return {}
    numbers = {"seats": ("1", "1", "2", "3"), "at_least": LAST_SHARES}.get(word, SHARES)
    said: Node = {word: chance.choice(numbers)}
    if word == "at_most" and "m-share" in s.names.numbers and chance.sometimes():
        said[word] = {"measure": "m-share"}
    if word != "seats":
        said["of"] = chance.choice(["due", "appraised", "ranked"])
    if word not in ("seats", "about"):
        said["rounding"] = chance.choice(["down", "up", "half_up"])
    if word in ("at_most", "seats"):
        said["ties"] = chance.choice(["none_of_them", "tie_breaks", "tie_breaks"])
    if word == "at_least":
        said["ties"] = chance.choice(["all_of_them", "none_of_them"])
    return {"quota": said}


def tie_breaks(s: Setting, sought: bool) -> Node:
    """What orders equal totals, mostly where a quota seeks it."""
    if not sought and not s.chance.rarely():
        return {}
    names = s.names
    references = [{"indicator": name} for name in names.items] + [{"category": name} for name in names.categories]
    references += [{"measure": name} for name in names.numbers] * 2
    picked = s.chance.choices(references, k=s.chance.choice([1, 1, 2, 3]))
    if "m-tie" in names.numbers and s.chance.often():
        picked[0] = {"measure": "m-tie"}
    chosen = {str(one): one for one in picked}.values()
    return {"tie_breaks": [one | {"order": s.chance.choice(["high_first", "low_first"])} for one in chosen]}


def restrictions(s: Setting) -> Node:
    """Up to three, of any effect."""
    said = []
    for n in range(1, s.chance.choice([0, 1, 1, 2, 3]) + 1):
        when, known = condition(s, {s.chance.choice(s.kinds)})
        effect = s.chance.weighted(EFFECTS)
        says = {
            "deduct": text(s.chance.on_step(s.step, 1, 4)),
            "ceiling": s.chance.choice(s.tiers[1:]),
            "tier": s.chance.choice(s.open_tiers),
            "no_tier": s.chance.choice(REASONS),
            "bonus": "ignored",
        }
        one = {"id": f"r{n}", "title": f"限制{n}", "when": when, effect: says[effect], "ref": f"第{n}项"}
        said.append(one | narrowed(s, known, 0.4))
    return {"restrictions": said} if said else {}


def outcomes(s: Setting, low: Decimal, high: Decimal, ungrouped: list[str], has_breaks: bool) -> Node:
    """Up to four, in any kind of period; of some, not all candidates are chosen."""
    totals = [Decimal(n) for n in range(int(low), int(high) + 1)]
    said = []
    for n in range(1, s.chance.choice([0, 1, 2, 3, 4]) + 1):
        kind = s.chance.choice(s.kinds)
        one: Node = {"id": f"o{n}", "title": f"结果{n}", "in": kind}
        if s.chance.often():
            one["when"] = placed(s, kind, totals)
        if s.chance.random() < 0.25:
            one |= choose(s, ungrouped, has_breaks)
        if not {"when", "choose"} & set(one) or s.chance.sometimes():
            one["value"] = _value(s)
        said.append(one)
    return {"outcomes": said} if said else {}


def _value(s: Setting) -> Node:
    if s.chance.sometimes():
        return {"tier": {tier: s.chance.rough(0, 3) for tier in s.tiers}}
    return {"total": give_number(s.chance)}
