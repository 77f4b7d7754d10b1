"""The order of a sheet: which number each category, indicator, gate and outcome has in parameter rows and results.

A result keeps its lines as arrays by these numbers, so whoever writes parameter rows and whoever reads results lays the
sheet out here. Numbers begin at 1.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["indicator", "bonus", "deduction", "part"]


class Category(NamedTuple):
    """Items under one maximum; the bonus, the negative list and the parts of a roll-up are each one."""

    kind: Kind
    id: str
    said: dict[str, Any]


class Item(NamedTuple):
    """An indicator, bonus item, item of the negative list, or part; `category` is the number of its category."""

    kind: Kind
    category: int
    said: dict[str, Any]


class Gate(NamedTuple):
    """A gate of a tier (by number); `place` is its index among the tier's gates, from 0."""

    tier: int
    place: int
    said: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One kind of period; number n of a list is its element n - 1."""

    kind: str
    categories: list[Category]
    items: list[Item]
    gates: list[Gate]
    tie_breaks: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]

    @property
    def is_rollup(self) -> bool:
        """Whether it is made of results rather than of events."""
        return any(category.kind == "part" for category in self.categories)

    def item_no(self, identifier: str) -> int:
        """The number of an item; KeyError where this sheet doesn't have it."""
        return _number_of(identifier, [item.said["id"] for item in self.items])

    def category_no(self, identifier: str) -> int:
        """The number of a category; KeyError where this sheet doesn't have it."""
        return _number_of(identifier, [c.id if c.kind == "indicator" else None for c in self.categories])


def sheet(rulebook: dict[str, Any], kind: str) -> Sheet:
    """Lay out one kind of period of a loaded rulebook."""
    categories: list[Category] = []
    items: list[Item] = []
    rollup = rulebook["rollup"].get(kind)
    if rollup:
        categories.append(Category("part", "total", {}))
        items += [Item("part", 1, part) for part in rollup["parts"]]
    else:
        categories += [Category("indicator", c["id"], c) for c in rulebook["categories"]]
        numbers = {c.id: n for n, c in enumerate(categories, 1)}
        items += [Item("indicator", numbers[i["category"]], i) for i in rulebook["indicators"]]
        if bonus := rulebook.get("bonus"):
            categories.append(Category("bonus", "bonus", bonus))
            items += [Item("bonus", len(categories), item) for item in bonus["items"]]
    if rulebook["negative_list"]:
        categories.append(Category("deduction", "negative_list", {}))
        items += [Item("deduction", len(categories), item) for item in rulebook["negative_list"]]
    laid = Sheet(kind, categories, items, [], [], [o for o in rulebook["outcomes"] if o["in_"] == kind])
    for number, tier in enumerate(rulebook["tiers"], 1):
        here = [(n, g) for n, g in enumerate(tier["gates"]) if kind in g.get("in_", [kind]) and _has(laid, g)]
        laid.gates.extend(Gate(number, n, gate) for n, gate in here)
    laid.tie_breaks.extend(key for key in rulebook["tie_breaks"] if _has(laid, key))
    return laid


def _has(laid: Sheet, named: dict[str, Any]) -> bool:
    if "no_negative" in named:
        return True
    if "indicator" in named:
        return any(item.said["id"] == named["indicator"] for item in laid.items)
    return any(c.kind == "indicator" and c.id == named["category"] for c in laid.categories)


def _number_of(identifier: str, ids: list[Any]) -> int:
    if identifier not in ids:
        raise KeyError(identifier)
    return ids.index(identifier) + 1
