"""What every check looks up: the kinds of period, who has which items, which codes a field or a take can have."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from schemas.faults import Slip
from schemas.rulebook_nodes import PERIOD_KINDS
from service.errors import Finding, finding
from service.rulebooks import layout
from service.rulebooks.nodes import POINTS, Use, conditions, uses

Declarations = Mapping[str, Mapping[str, Any]]
Found = Iterator[Finding]


class Handed(NamedTuple):
    """What a take hands on: a number, or a code. A table must have the `needed` codes and may have the `known` ones."""

    kind: Literal["number", "code", "unknown"]
    needed: frozenset[str] = frozenset()
    known: frozenset[str] | None = None


NUMBER = Handed("number")
UNKNOWN = Handed("unknown")  # something else is wrong with it, and found elsewhere


class Rule(NamedTuple):
    """A gate, a restriction or an outcome: its condition, and the kinds of period in which it is asked."""

    pointer: str
    asked_at: str
    when: tuple[str, Any]
    kinds: tuple[str, ...]
    narrowed: bool


class Book:
    """A loaded rulebook and the declared types, ready to be asked."""

    def __init__(self, said: dict[str, Any], types: Declarations | None) -> None:
        """Look everything up once; without types, what needs them isn't known to be wrong."""
        self.said, self.types, self.has_types = said, types or {}, types is not None
        self.base: str = said["periods"]["base"]
        self.kinds = list(dict.fromkeys(layout.kinds(said)))
        self.step = Decimal(said["numbers"]["step"])
        self.workers = said["subject"] == "worker"
        self.tiers = [tier["id"] for tier in said["tiers"]]
        self.uses = list(uses(said))
        self.measures = {use.id: use for use in self.uses if use.role == "measure"}
        self.negative = {item["id"]: item for item in said["negative_list"]}
        self.categories = {category["id"]: category for category in said["categories"]}
        self.lists = {ranked["id"] for ranked in said["lists"]}
        scored = [use for use in self.uses if use.role in POINTS]
        self._scored = [use.id for use in scored]
        self._sheets = {kind: {use.id: use for use in scored if kind in use.kinds} for kind in self.kinds}
        self.rules = list(self._rules())
        self.asked = [asked for rule in self.rules for asked in conditions(rule.asked_at, rule.when, rule.kinds)]

    def _rules(self) -> Iterator[Rule]:
        said = self.said
        gates = ((n, m, gate) for n, tier in enumerate(said["tiers"]) for m, gate in enumerate(tier["gates"]))
        yield from (self._rule(f"/tiers/{n}/gates/{m}", gate) for n, m, gate in gates)
        yield from (self._rule(f"/restrictions/{n}", rule, "/when") for n, rule in enumerate(said["restrictions"]))
        for n, outcome in enumerate(said["outcomes"]):
            if "when" in outcome:
                yield self._rule(f"/outcomes/{n}", {**outcome, "in_": [outcome["in_"]]}, "/when")

    def _rule(self, pointer: str, said: dict[str, Any], below: str = "") -> Rule:
        kinds = tuple(said.get("in_", self.kinds))
        return Rule(pointer, pointer + below, said["when"], kinds, "in_" in said)

    def is_own(self, results: Mapping[str, Any]) -> bool:
        """Whether results are read of this rulebook."""
        own: str = self.said["rulebook"]
        return bool(results.get("rulebook", own) == own)

    def sheet(self, kind: str) -> dict[str, Use]:
        """The items of a kind of period that have points, by id."""
        return self._sheets.get(kind, {})

    def has(self, kind: str, what: str, identifier: str) -> bool:
        """Whether a kind of period has a category, measure, item of the negative list, or item with points."""
        if what == "category":
            return kind == self.base and identifier in self.categories
        if what == "measure":
            return identifier in self.measures and kind in self.measures[identifier].kinds
        return identifier in (self.negative if what == "negative" else self.sheet(kind))

    def knows(self, what: str, identifier: str) -> bool:
        """Whether any kind of period has it."""
        if what == "measure":
            return identifier in self.measures
        return any(self.has(kind, what, identifier) for kind in self.kinds)

    def names(self, what: str) -> Collection[str]:
        """What there is of categories, measures, items of the negative list, or items with points."""
        named: dict[str, Collection[str]] = {
            "category": self.categories,
            "measure": self.measures,
            "negative": self.negative,
        }
        return named.get(what, self._scored)

    def parts(self, category: str) -> list[dict[str, Any]]:
        """The categories in a category."""
        return [c for c in self.said["categories"] if c.get("in_") == category]

    def indicators(self, category: str) -> list[dict[str, Any]]:
        """The indicators of a category."""
        return [i for i in self.said["indicators"] if i["category"] == category]

    def declared(self, selection: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The declaration of the field that a selection reads; None where there is none."""
        declaration = self.types.get(selection["event"], {})
        name = selection.get("field") or declaration.get("quantity")
        found: Mapping[str, Any] | None = declaration.get("fields", {}).get(name)
        return found

    def undeclared(self, pointer: str, type_: str) -> Found:
        """The finding of a type that isn't declared."""
        if self.has_types:
            yield finding(pointer, "type.unknown", Slip(type_, self.types), type=type_)

    def handed(self, use: Use) -> Handed:
        """What a use's take hands to `give` or, of a measure, to who asks."""
        if "compare" in use.said:
            return NUMBER
        name, said = use.take
        if name == "attribute":
            return NUMBER if said["as_"] == "number" else Handed("code")
        if name not in ("best", "worst", "latest", "given", "plurality", "each_event"):
            return NUMBER
        return self._of_results(use) if use.results is not None else self._of_events(name, said)

    def measured(self, measure: Use) -> Handed:
        """What a measure is, its `give` made."""
        return self.handed(measure) if measure.give[0] == "as_is" else NUMBER

    def _of_results(self, use: Use) -> Handed:
        results = use.results or {}
        if results["read"][0] != "tier":
            return NUMBER
        own = frozenset(self.tiers)
        return Handed("code", own, own) if self.is_own(results) else Handed("code")

    def _of_events(self, name: str, said: dict[str, Any]) -> Handed:
        if "value" in said or (name == "each_event" and "field" not in said):
            return NUMBER
        declared = self.declared(said)
        if declared is None or declared["kind"] in ("text", "date"):
            return UNKNOWN
        if declared["kind"] == "number":
            return UNKNOWN if name == "plurality" else NUMBER
        codes = frozenset(codes_of(declared))
        return Handed("code", frozenset(said["order"]) & codes if name == "plurality" else codes, codes)


def codes_of(declared: Mapping[str, Any]) -> list[str]:
    """The codes that a field can have; those of a boolean are true and false."""
    if declared["kind"] == "boolean":
        return ["true", "false"]
    return list(declared.get("codes", []))


def length(kind: str) -> int:
    """Kinds of period by their length."""
    return PERIOD_KINDS.index(kind)


def not_empty(pointer: str, said: Mapping[str, Any], *keys: str) -> Found:
    """Lists that are there and hold nothing."""
    for key in keys:
        if key in said and not said[key]:
            yield finding(f"{pointer}/{key.rstrip('_')}", "list.empty")


def unknown(pointer: str, named: Iterable[str], known: Collection[str], of_key: bool = False) -> Found:
    """One finding for the names that nothing has."""
    if lacking := [name for name in named if name not in known]:
        yield finding(pointer, "reference.unknown", Slip(lacking[0], known), of_key, id=", ".join(lacking))


def codes(pointer: str, named: Iterable[str], known: Iterable[str]) -> Found:
    """One finding where codes are named that the field doesn't have."""
    known = list(known)
    if lacking := [code for code in named if code not in known]:
        yield finding(pointer, "code.unknown", Slip(lacking[0], known), codes=", ".join(known))


def each_code(pointer: str, named: Iterable[str], needed: Iterable[str]) -> Found:
    """One finding where not exactly these codes are listed."""
    needed = list(needed)
    if set(named) != set(needed):
        yield finding(pointer, "table.codes", codes=", ".join(needed))


def repeated(pointer: str, listed: list[str]) -> Found:
    """One finding where a list names something twice."""
    if len(set(listed)) != len(listed):
        yield finding(pointer, "list.repeated")
