"""The order of a sheet: which number each category, item, line and condition has in parameter rows and results.

A result keeps its lines as one array by these numbers, so whoever writes parameter rows and whoever reads results lays
the sheet out here. Numbers begin at 1. What a sheet doesn't have, or what is narrowed to other kinds of period, isn't
in its layout.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["indicator", "bonus", "deduction", "part", "multiplier", "measure"]
Condition = tuple[str, Any]
SCORED = ("indicator", "bonus", "deduction", "part")


class Category(NamedTuple):
    """Items or categories under one maximum; the bonus, the negative list and the parts of a roll-up are each one."""

    kind: Kind
    id: str
    said: dict[str, Any]
    parent: int | None = None


class Item(NamedTuple):
    """An indicator, bonus item, item of the negative list, part, multiplier or measure.

    `category` is the number of the category that it is added to or, of a multiplier, that it multiplies; None for the
    total and for measures.
    """

    kind: Kind
    category: int | None
    said: dict[str, Any]


class Gate(NamedTuple):
    """A gate of a tier (by number); `place` is its index among the tier's gates, from 0."""

    tier: int
    place: int
    when: Condition


@dataclass(frozen=True)
class Sheet:
    """One kind of period; number n of a list is its element n - 1."""

    kind: str
    is_base: bool
    categories: list[Category] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    restrictions: list[dict[str, Any]] = field(default_factory=list)
    tie_breaks: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def conditions(self) -> list[Condition]:
        """Everything that is asked before the placement: the gates, then the restrictions."""
        return [*(gate.when for gate in self.gates), *(said["when"] for said in self.restrictions)]

    def item_no(self, identifier: str) -> int:
        """The number of an item; KeyError where this sheet doesn't have it."""
        return _number_of(identifier, [item.said["id"] for item in self.items])

    def category_no(self, identifier: str) -> int:
        """The number of a category; KeyError where this sheet doesn't have it."""
        return _number_of(identifier, [c.id if c.kind == "indicator" else None for c in self.categories])

    def severity_nos(self, severities: list[str]) -> list[int]:
        """The numbers of the items of the negative list with these severities."""
        return [n for n, item in enumerate(self.items, 1) if item.said.get("severity") in severities]

    def has(self, condition: Condition) -> bool:
        """Whether this sheet has everything that a condition names."""
        return all(self._has_named(kind, identifier) for kind, identifier in named_in(condition))

    def _has_named(self, kind: str, identifier: str) -> bool:
        if kind == "category":
            return any(c.kind == "indicator" and c.id == identifier for c in self.categories)
        kinds = {"measure": ("measure",), "negative": ("deduction",)}.get(kind, ("indicator", "bonus", "part"))
        return any(item.said["id"] == identifier and item.kind in kinds for item in self.items)


class Lines:
    """The places of a sheet's lines in a result's array, from 0; every line has one, also those that are always 0."""

    def __init__(self, sheet: Sheet) -> None:
        """The places for one sheet."""
        items, categories = len(sheet.items), len(sheet.categories)
        self._caps = items
        self._category_caps = 2 * items
        self._weights = self._category_caps + categories
        self._multipliers = self._weights + categories
        self._restrictions = self._multipliers + categories
        self.total_multiplier = self._restrictions + len(sheet.restrictions)
        self.limit = self.total_multiplier + 1

    def item(self, number: int) -> int:
        """The line of an item."""
        return number - 1

    def cap(self, number: int) -> int:
        """What the bounds of an item take or add."""
        return self._caps + number - 1

    def category_cap(self, number: int) -> int:
        """What the maximum of a category, and the way in which its parts count, take."""
        return self._category_caps + number - 1

    def weight(self, number: int) -> int:
        """What the weight of a category changes."""
        return self._weights + number - 1

    def multiplier(self, number: int) -> int:
        """What the multiplier of a category changes."""
        return self._multipliers + number - 1

    def restriction(self, number: int) -> int:
        """What a restriction deducts."""
        return self._restrictions + number - 1


def kinds(rulebook: dict[str, Any]) -> list[str]:
    """The kinds of period that a rulebook knows, the base first."""
    return [rulebook["periods"]["base"], *rulebook["periods"]["rollups"]]


def sheet(rulebook: dict[str, Any], kind: str) -> Sheet:
    """Lay out one kind of period of a loaded rulebook."""
    base = rulebook["periods"]["base"]
    laid = Sheet(kind, kind == base)
    if laid.is_base:
        _lay_categories(rulebook, laid)
        _lay_bonus(rulebook.get("bonus"), rulebook, laid)
    else:
        laid.categories.append(Category("part", "total", {}))
        laid.items.extend(Item("part", 1, part) for part in rulebook["rollup"][kind]["parts"])
        _lay_bonus(rulebook["rollup"][kind].get("bonus"), rulebook, laid)
    if rulebook["negative_list"]:
        laid.categories.append(Category("deduction", "negative_list", {}))
        laid.items.extend(Item("deduction", len(laid.categories), item) for item in rulebook["negative_list"])
    for said in rulebook["multipliers"]:
        if kind in said.get("in_", [base]) and (said["of"] == "total" or laid._has_named("category", said["of"])):
            category = None if said["of"] == "total" else laid.category_no(said["of"])
            laid.items.append(Item("multiplier", category, said))
    laid.items.extend(Item("measure", None, said) for said in rulebook["measures"] if kind in said.get("in_", [kind]))
    for number, tier in enumerate(rulebook["tiers"], 1):
        for place, gate in enumerate(tier["gates"]):
            if kind in gate.get("in_", [kind]) and laid.has(gate["when"]):
                laid.gates.append(Gate(number, place, gate["when"]))
    laid.restrictions.extend(
        said for said in rulebook["restrictions"] if kind in said.get("in_", [kind]) and laid.has(said["when"])
    )
    laid.tie_breaks.extend(key for key in rulebook["tie_breaks"] if laid._has_named(*tie_key(key)))
    laid.outcomes.extend(
        o for o in rulebook["outcomes"] if o["in_"] == kind and ("when" not in o or laid.has(o["when"]))
    )
    return laid


def tie_key(said: dict[str, Any]) -> tuple[str, str]:
    """What a tie-break compares: the kind of thing, and its id."""
    return next((kind, said[kind]) for kind in ("indicator", "category", "measure") if kind in said)


def named_in(condition: Condition) -> Iterator[tuple[str, str]]:
    """What a condition names: (indicator, category, measure or negative, id)."""
    kind, said = condition
    if kind in ("all", "any"):
        for inner in said:
            yield from named_in(inner)
    elif kind == "not":
        yield from named_in(said)
    elif kind in ("indicator", "category", "measure"):
        yield kind, said[kind]
    elif kind == "negative":
        yield kind, said
    elif kind == "no_data":
        yield "measure", said


def _lay_categories(rulebook: dict[str, Any], laid: Sheet) -> None:
    numbers = {c["id"]: n for n, c in enumerate(rulebook["categories"], 1)}
    laid.categories.extend(
        Category("indicator", c["id"], c, numbers[c["in_"]] if "in_" in c else None) for c in rulebook["categories"]
    )
    laid.items.extend(Item("indicator", numbers[i["category"]], i) for i in rulebook["indicators"])


def _lay_bonus(bonus: dict[str, Any] | None, rulebook: dict[str, Any], laid: Sheet) -> None:
    """The bonus is a category; before the weights it is a part of another (in a roll-up, of the one of all parts)."""
    if not bonus:
        return
    parent = None
    if rulebook["orders"]["bonus"] == "before_weights" and laid.is_base:
        parent = laid.category_no(bonus["into"])
    laid.categories.append(Category("bonus", "bonus", bonus, parent))
    laid.items.extend(Item("bonus", len(laid.categories), item) for item in bonus["items"])


def _number_of(identifier: str, ids: list[Any]) -> int:
    if identifier not in ids:
        raise KeyError(identifier)
    return ids.index(identifier) + 1
