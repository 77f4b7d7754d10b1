"""The sheets (§9, §10): categories whose maxima add up, indicators, bonus, negative list, the parts of roll-ups."""

from decimal import Decimal

from tests.oracle.generate.items import bonus_item, indicator, negative, part
from tests.oracle.generate.setting import Setting
from tests.oracle.generate.texts import Node, text

PART_WEIGHTS = (
    ("100%",),
    ("70%", "30%"),
    ("50%", "50%"),
    ("33.3%", "66.7%"),
    ("60%", "30%", "10%"),
)
CATEGORY_WEIGHTS = ("50%", "50%", "30%", "70%", "25%", "100%", "33.33%")


def base_sheet(s: Setting, size: int) -> Node:
    """Categories and indicators; `size` is how many categories lie in none, at most."""
    categories: list[Node] = []
    indicators: list[Node] = []
    for n in range(1, s.chance.randint(1, size) + 1):
        if s.chance.random() < 0.3:
            _parent(s, f"c{n}", categories, indicators)
        else:
            _leaf(s, f"c{n}", None, categories, indicators)
    return {"categories": categories, "indicators": indicators}


def weighted(category: Node) -> Decimal:
    """What a category adds to the maximum above it."""
    return Decimal(category["max"]) * Decimal(category.get("weight", "100%").removesuffix("%")) / 100


def _category(s: Setting, name: str, most: Decimal) -> Node:
    """A category with a weight, where its weighted maximum is on the step."""
    chance = s.chance
    category: Node = {"id": name, "title": f"类{name}", "max": text(most), "ref": f"第{name}条"}
    if chance.sometimes():
        weight = chance.choice(CATEGORY_WEIGHTS)
        if weighted(category | {"weight": weight}) % Decimal(s.step) == 0:
            category["weight"] = weight
    if chance.sometimes():
        category["counts"] = chance.choice(["sum", "mean", "best", "worst"])
    if chance.sometimes():
        category["min"] = "0"
    s.names.categories[name] = weighted(category)
    return category


def _leaf(s: Setting, name: str, inside: str | None, categories: list[Node], indicators: list[Node]) -> Node:
    """A category of one to three indicators whose maxima reach its own."""
    chance = s.chance
    category = _category(s, name, chance.on_step(s.step, 2, 10))
    if inside:
        category["in"] = inside
    categories.append(category)
    missing, count = Decimal(category["max"]), chance.choice([1, 1, 2, 2, 3])
    for n in range(1, count + 1):
        most = chance.on_step(s.step, 1, 8)
        # What the maxima come to, added or one of them, reaches the category's.
        if n == count:
            most = max(most, missing)
        if category.get("counts", "sum") == "sum":
            missing -= most
        indicators.append(indicator(s, f"i{len(indicators) + 1}", name, most))
    return category


def _parent(s: Setting, name: str, categories: list[Node], indicators: list[Node]) -> None:
    """A category of one or two others; it stands before or behind them."""
    children: list[Node] = []
    inner = [_leaf(s, f"{name}.{n}", name, children, indicators) for n in range(1, s.chance.randint(1, 2) + 1)]
    parent = _category(s, name, sum(map(weighted, inner), Decimal(0)))
    if parent.get("counts", "sum") != "sum":
        parent |= {"max": text(max(map(weighted, inner))), "weight": "100%"}
        s.names.categories[name] = weighted(parent)
    categories += [parent, *children] if s.chance.often() else [*children, parent]


def bonus(s: Setting, kind: str, into: list[str]) -> Node:
    """One or two items for a sheet; `into` is what they may join where the bonus comes before weights."""
    if s.bonus == "before_weights" and not into:
        return {}
    chance = s.chance
    most = "none" if chance.rarely() else text(chance.on_step(s.step, 1, 5))
    joins = {"into": chance.choice(into)} if s.bonus == "before_weights" else {}
    items = [bonus_item(s, f"b-{kind}-{n}", kind) for n in range(1, chance.randint(1, 2) + 1)]
    return {"bonus": {"max": most, **joins, "items": items}}


def leaves(sheet: Node) -> list[str]:
    """The categories that bonus items may join: those of indicators, added up."""
    homes = {item["category"] for item in sheet["indicators"]}
    summed = [c for c in sheet["categories"] if c.get("counts", "sum") == "sum" and "in" not in c]
    return [c["id"] for c in summed if c["id"] in homes]


def negative_list(s: Setting) -> Node:
    """Up to three items, or none."""
    count = s.chance.choice([0, 1, 2, 2, 3])
    return {"negative_list": [negative(s, f"n{n}") for n in range(1, count + 1)]} if count else {}


def rollup(s: Setting, kind: str) -> Node:
    """The parts of a longer period, the first of the shorter periods in it, and perhaps a bonus."""
    weights = s.chance.choice(PART_WEIGHTS)
    parts = [part(s, f"{kind}-{n}", kind, weight, n == 1 or s.chance.rarely()) for n, weight in enumerate(weights, 1)]
    sheet: Node = {"min_periods": str(s.chance.choice([0, 0, 0, 1, 1, 2])), "parts": parts}
    return sheet | (bonus(s, kind, [one["id"] for one in parts]) if s.chance.random() < 0.4 else {})
