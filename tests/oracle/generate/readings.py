"""Which results of which periods may be read (§5.5), so that nothing ever reads what is made of it."""

from dataclasses import dataclass
from typing import Any

from tests.oracle.generate.calendars import MONTHS
from tests.oracle.generate.setting import ORGANISATIONS, Setting
from tests.oracle.generate.texts import Node

NAMED = {"half_year": ("H1", "H2"), "quarter": ("Q1", "Q2", "Q3", "Q4")}


@dataclass(frozen=True)
class Reading:
    """The words that say which results, and what can be read of them."""

    node: Node
    tiers: list[str]
    numbers: list[Any]


def reading(s: Setting, sheets: set[str]) -> Reading | None:
    """Results that sheets of these kinds may read; of the other rulebook, where there is one, more often than not."""
    if s.other and s.chance.random() < 0.8:
        return _of_another(s, s.other, sheets)
    return own_reading(s, sheets)


def own_reading(s: Setting, sheets: set[str], inside_only: bool = False) -> Reading | None:
    """Earlier results, and in a longer period those that lie in it."""
    chance = s.chance
    choices: list[tuple[str, Any]] = [(kind, "inside") for kind in s.shorter(sheets)] * 3
    if sheets == {"year"}:
        choices += [(kind, name) for kind in s.kinds for name in NAMED.get(kind, ())]
    if not inside_only:
        choices += [(kind, {"before": chance.choice(["1", "2", "3", "5"])}) for kind in s.kinds]
        choices += [(s.base, "last_final")] if chance.random() < 0.1 else []
    if not choices:
        return None
    kind, period = chance.choice(choices)
    node: Node = {"results": kind}
    if period != "inside" or chance.rarely():
        node["period"] = period
    if chance.random() < 0.1:
        node["of"] = "own"
    categories = list(s.names.categories) if kind == s.base else []
    items = [name for name, (kinds, _) in s.names.items.items() if kind in kinds]
    return Reading(node, s.tiers, _numbers(s, categories, items))


def _of_another(s: Setting, other: Node, sheets: set[str]) -> Reading:
    """Results of the other rulebook, of the unit's or of the subject's own."""
    chance = s.chance
    kinds = [other["periods"]["base"], *other["periods"]["rollups"]]
    choices: list[tuple[str, Any]] = [(kind, {"before": chance.choice(["1", "2", "3"])}) for kind in kinds]
    choices += [(kind, "same") for kind in kinds if kind in sheets] * 3
    choices += [(kind, "containing") for kind in kinds if any(MONTHS[one] < MONTHS[kind] for one in sheets)] * 2
    choices += [(kind, "inside") for kind in kinds if any(MONTHS[one] >= MONTHS[kind] for one in sheets)]
    choices += [(kind, name) for kind in kinds for name in NAMED.get(kind, ())]
    choices += [(kinds[0], "last_final")] if chance.random() < 0.1 else []
    kind, period = chance.choice(choices)
    node: Node = {"results": kind, "rulebook": other["rulebook"]}
    if period != "inside":
        node["period"] = period
    if other["subject"] == "organisation" and (s.subject == "worker" or chance.sometimes()):
        nearest = {"organisation": chance.choice(other["applies_to"].get("kinds", ORGANISATIONS))}
        node["of"] = nearest if chance.sometimes() or s.subject == "organisation" else "organisation"
    tiers = [tier["id"] for tier in other["tiers"]]
    base = kind == other["periods"]["base"]
    sheet = other["indicators"] if base else other["rollup"][kind]["parts"]
    categories = [category["id"] for category in other["categories"]] if base else []
    return Reading(node, tiers, _numbers(s, categories, [item["id"] for item in sheet]))


def _numbers(s: Setting, categories: list[str], items: list[str]) -> list[Any]:
    found: list[Any] = ["total", "total", "rank"]
    if categories:
        found.append({"category": s.chance.choice(categories)})
    if items:
        found.append({"indicator": s.chance.choice(items)})
    return found
