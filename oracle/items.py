"""Items (§2): what takes a number and gives points for it, whatever it is for, and the sheets that list them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oracle.exact import exact, rounded
from oracle.giving import Give, give
from oracle.setting import Node


@dataclass(frozen=True)
class Item:
    """An indicator, bonus item, part, deduction, measure or multiplier, as the rulebook writes it."""

    kind: str
    said: Node

    @property
    def id(self) -> str:
        """Its id, unique among all items."""
        return str(self.said["id"])

    @property
    def word(self) -> str:
        """The aggregate; a negative item is taken event by event."""
        if self.kind == "deduction":
            return "each_event"
        return self.said["take"] if isinstance(self.said["take"], str) else next(iter(self.said["take"]))

    @property
    def node(self) -> Any:
        """What the aggregate says."""
        if self.kind == "deduction":
            return self.said
        return None if isinstance(self.said["take"], str) else self.said["take"][self.word]

    def points(self, number: Fraction | None, code: str | None, measure_step: Fraction) -> Fraction | None:
        """The exact points of a number, rounded as it is handed to `give`, or of a code."""
        if number is None and code is None:
            return None
        number = None if number is None else rounded(number, measure_step)
        if self.kind == "deduction":
            return _cost(self.said.get("deduct", "0"), number, code)
        return give(self.said.get("give", "as_is"), number, code)


def _cost(deduct: Give, number: Fraction | None, code: str | None) -> Fraction | None:
    """What one event costs: so many points, or those that a `give` node says."""
    if isinstance(deduct, str) and deduct != "as_is":
        return exact(deduct)
    return give(deduct, number, code)


class Sheet:
    """The items of one kind of period, and the words that apply to it."""

    def __init__(self, rulebook: Node, kind: str) -> None:
        """The sheet of a kind: the base sheet, or that of a roll-up."""
        self.rulebook, self.kind = rulebook, kind
        self.base = str(rulebook["periods"]["base"])
        self.is_base = kind == self.base
        self.rollup: Node = {} if self.is_base else rulebook["rollup"][kind]
        self.bonus: Node | None = rulebook.get("bonus") if self.is_base else self.rollup.get("bonus")
        self.categories: list[Node] = rulebook["categories"] if self.is_base else []
        self.items = self._items()
        self.measures = [Item("measure", one) for one in rulebook.get("measures", []) if self.applies(one)]
        self.multipliers = [
            Item("multiplier", one) for one in rulebook.get("multipliers", []) if kind in one.get("in", [self.base])
        ]
        self.restrictions = [
            one for one in rulebook.get("restrictions", []) if self.applies(one) and self.has_all_of(one["when"])
        ]

    def applies(self, word: Node) -> bool:
        """Whether a word that may be narrowed by `in` applies to this kind of period."""
        return self.kind in word.get("in", [self.kind])

    def has(self, what: str, identifier: str) -> bool:
        """Whether there is an indicator (or bonus item, or part), a category or a measure of that id."""
        if what == "category":
            return any(one["id"] == identifier for one in self.categories)
        items = self.measures if what == "measure" else [one for one in self.items if one.kind != "deduction"]
        return any(one.id == identifier for one in items)

    def has_all_of(self, condition: Any) -> bool:
        """Whether the sheet has everything that a condition names."""
        if isinstance(condition, list):
            return all(self.has_all_of(one) for one in condition)
        nested = [inner for word in ("all", "any", "not") if (inner := condition.get(word))]
        named = [(what, condition[what]) for what in ("indicator", "category", "measure") if what in condition]
        named += [("measure", condition["no_data"])] if "no_data" in condition else []
        return all(self.has_all_of(inner) for inner in nested) and all(self.has(*one) for one in named)

    def _items(self) -> list[Item]:
        bonus = [Item("bonus", one) for one in (self.bonus or {"items": []})["items"]]
        if not self.is_base:
            return [Item("part", one) for one in self.rollup["parts"]] + bonus
        indicators = [Item("indicator", one) for one in self.rulebook["indicators"]]
        return indicators + bonus + [Item("deduction", one) for one in self.rulebook.get("negative_list", [])]
