"""Which parts of a rulebook the cases have taken: every row, code, gate, tier and branch, by its JSON pointer.

A part is taken where a result went through it and the case says what must come of that: the line of an item for its
rows, codes and its word for no data; the place (total, tier, no tier or outcomes) for whatever else decides about it. A
gate is taken where it bars somebody whose total reaches its tier.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from schemas.faults import escape
from service.rulebooks import nodes
from service.rulebooks.layout import Lines, Sheet
from service.rulebooks.nodes import Use

Node = dict[str, Any]
_PLACE = {"total", "tier", "no_tier", "outcomes"}
_ALWAYS_DATA = ("fixed", "service_days", "tenure_months")
_NO_LINE = ("measure", "multiplier")


@dataclass(frozen=True)
class Taken:
    """One subject's result, and what a case expects of it; `events` are the number and code of each behind an item."""

    sheet: Sheet
    row: Any
    expected: Node
    events: Callable[[str], list[tuple[Decimal | None, str | None]]]

    @property
    def is_placed(self) -> bool:
        """Whether the case says what becomes of the subject as a whole."""
        return bool(_PLACE & self.expected.keys())

    def says(self, use: Use) -> bool:
        """Whether the case says what comes of an item here."""
        if use.role in _NO_LINE or (use.role == "deduction" and not self.sheet.is_base):
            return self.is_placed
        return use.id in self.expected.get("lines", {})


class Parts:
    """The parts of a rulebook, and those that cases have taken so far."""

    def __init__(self, rulebook: Node, document: Node) -> None:
        """Of a loaded rulebook and its document."""
        self._rulebook, self._document = rulebook, document
        self._uses = list(nodes.uses(rulebook))
        self.all = list(dict.fromkeys(self._listed()))
        self._taken: set[str] = set()

    @property
    def untaken(self) -> list[str]:
        """What no case has taken."""
        return [pointer for pointer in self.all if pointer not in self._taken]

    def take(self, one: Taken) -> None:
        """Remember what a result, which is as a case expects it, went through."""
        self._taken.update(self._items(one), self._gates(one), self._restrictions(one), self._placed(one))

    def take_place(self, one: Taken) -> None:
        """The same of a result whose total was given: its tier and outcomes are all that the rulebook said."""
        self._taken.update(self._placed(one))

    def _listed(self) -> Iterator[str]:
        for use in self._uses:
            yield from self._rows(use.giving, use.give)
            if self._has_no_data(use):
                yield f"{use.pointer}/no_data"
            if use.role == "deduction":
                yield from (f"{use.pointer}{bind}" for bind in ("", "/ceiling", "/veto") if bind[1:] in ("", *use.said))
        yield from (f"/restrictions/{n}" for n in range(len(self._rulebook["restrictions"])))
        for n, tier in enumerate(self._rulebook["tiers"]):
            yield f"/tiers/{n}"
            yield from (f"/tiers/{n}/gates/{place}" for place in range(len(tier["gates"])))
        for n, outcome in enumerate(self._rulebook["outcomes"]):
            yield f"/outcomes/{n}"
            yield from self._values(n, outcome)
        # Who is in the cohort serves a day at least.
        days = self._rulebook["participation"]["min_service_days"]
        yield from (f"/participation/min_service_days/{kind}" for kind, least in days.items() if least > 1)
        for kind, rollup in self._rulebook["rollup"].items():
            if rollup["min_periods"] > 0:
                yield f"/rollup/{kind}/min_periods"

    def _rows(self, pointer: str, give: tuple[str, Any]) -> Iterator[str]:
        """The rows of bands and ranks, the codes of a table."""
        name, said = give
        if name == "bands":
            yield from (f"{pointer}/bands/{n}" for n in range(len(said)))
        elif name == "table":
            yield from (f"{pointer}/table/{escape(code)}" for code in said)
        elif name == "ranks":
            places = [self._place(pointer, n) for n in range(len(said["points"]))]
            yield from [*places, *([f"{pointer}/ranks/others"] if "others" in said else [])]

    def _row(self, pointer: str, give: tuple[str, Any], number: Decimal | None, code: str | None) -> Iterator[str]:
        """The row that a number, or the entry that a code, finds."""
        name, said = give
        if name == "table" and code in said:
            yield f"{pointer}/table/{escape(str(code))}"
        elif name == "bands" and number is not None:
            reached = (n for n, band in enumerate(said) if "otherwise" in band or number >= band["at_least"])
            yield f"{pointer}/bands/{next(reached)}"
        elif name == "ranks" and number is not None:
            is_behind = number > len(said["points"])
            yield f"{pointer}/ranks/others" if is_behind else self._place(pointer, int(number) - 1)

    def _place(self, pointer: str, number: int) -> str:
        """Where the points of a rank stand: in the list, or in the list under `points`."""
        is_short = isinstance(_at(self._document, f"{pointer}/ranks"), list)
        return f"{pointer}/ranks/{'' if is_short else 'points/'}{number}"

    def _values(self, number: int, outcome: Node) -> Iterator[str]:
        of, said = outcome.get("value", ("", None))
        if of == "tier":
            yield from (f"/outcomes/{number}/value/tier/{escape(tier)}" for tier in said)
        elif of == "total":
            yield from self._rows(f"/outcomes/{number}/value/total", said)

    def _has_no_data(self, use: Use) -> bool:
        """Whether it says something of having no data, and may have none."""
        return use.take[0] not in _ALWAYS_DATA and "no_data" in _at(self._document, use.pointer)

    def _items(self, one: Taken) -> Iterator[str]:
        for use in self._uses:
            if one.sheet.kind not in use.kinds or not one.says(use):
                continue
            number = one.sheet.item_no(use.id)
            if use.role == "deduction":
                yield from self._struck(one, use, number)
            elif number in one.row.no_data:
                yield f"{use.pointer}/no_data"
            else:
                yield from self._given(one, use, number)

    def _given(self, one: Taken, use: Use, number: int) -> Iterator[str]:
        measure, code = one.row.measures[number - 1], one.row.codes[number - 1]
        if use.take[0] == "each_event":
            yield from self._each(one, use)
        elif use.role in _NO_LINE and code is None:
            yield from self._rows_worth(use, measure)
        else:
            yield from self._row(use.giving, use.give, measure, code)

    def _each(self, one: Taken, use: Use) -> Iterator[str]:
        """The rows of every event that got points of its own."""
        step = Decimal(1).scaleb(-self._rulebook["numbers"]["measure_decimals"])
        for number, code in one.events(use.id):
            read = number if "field" in use.take[1] else Decimal(1)
            rounded = None if read is None else read.quantize(step, ROUND_HALF_UP)
            yield from self._row(use.giving, use.give, rounded, code)

    def _rows_worth(self, use: Use, value: Decimal | None) -> Iterator[str]:
        """The rows that give this value: what is kept of a measure isn't the number, but what was made of it."""
        for row, given in zip(self._rows(use.giving, use.give), _points(use.give), strict=True):
            least, most = use.said.get("min", given), use.said.get("max", given)
            if min(max(given, least), most) == value:
                yield row

    def _struck(self, one: Taken, use: Use, number: int) -> Iterator[str]:
        """An item of the negative list of which an event counts, and what it binds."""
        if not one.row.counts[number - 1]:
            return
        if one.sheet.is_base:
            yield use.pointer
            yield from self._each(one, use) if use.give[0] in ("bands", "table") else ()
        if one.is_placed and one.sheet.kind in use.said.get("binds", [self._rulebook["periods"]["base"]]):
            yield from (f"{use.pointer}/{bind}" for bind in ("ceiling", "veto") if bind in use.said)

    def _gates(self, one: Taken) -> Iterator[str]:
        if not {"tier", "no_tier"} & one.expected.keys():
            return
        for number, gate in enumerate(one.sheet.gates, 1):
            if number not in one.row.met and self._reaches(one, self._rulebook["tiers"][gate.tier - 1]):
                yield f"/tiers/{gate.tier - 1}/gates/{gate.place}"

    def _reaches(self, one: Taken, tier: Node) -> bool:
        """Whether the total reaches a tier."""
        word, bound = tier.get("total_at_least", ("points", None))
        if word == "measure":
            known = {item.said["id"]: n for n, item in enumerate(one.sheet.items) if item.kind == "measure"}
            bound = one.row.measures[known[bound]] if bound in known else None
        return bound is None or bool(one.row.total >= bound)

    def _restrictions(self, one: Taken) -> Iterator[str]:
        lines = Lines(one.sheet)
        for number, said in enumerate(one.sheet.restrictions, 1):
            is_deducted = bool(one.row.lines[lines.restriction(number)]) and said["id"] in one.expected.get("lines", {})
            if len(one.sheet.gates) + number in one.row.met and (one.is_placed or is_deducted):
                yield f"/restrictions/{self._rulebook['restrictions'].index(said)}"

    def _placed(self, one: Taken) -> Iterator[str]:
        """Tier, reason for none, and outcomes, as they are expected."""
        tier, reason = one.expected.get("tier"), one.expected.get("no_tier")
        yield from (f"/tiers/{n}" for n, said in enumerate(self._rulebook["tiers"]) if said["id"] == tier)
        if reason == "service_short":
            yield f"/participation/min_service_days/{one.sheet.kind}"
        if reason == "few_periods":
            yield f"/rollup/{one.sheet.kind}/min_periods"
        for number, outcome in enumerate(self._rulebook["outcomes"]):
            if outcome["id"] in one.expected.get("outcomes", {}):
                yield f"/outcomes/{number}"
                of, said = outcome.get("value", ("", None))
                if of == "tier" and tier:
                    yield f"/outcomes/{number}/value/tier/{escape(tier)}"
                elif of == "total":
                    yield from self._row(f"/outcomes/{number}/value/total", said, one.row.total, None)


def _points(give: tuple[str, Any]) -> list[Decimal]:
    """What the rows and codes of a node give, in their order."""
    name, said = give
    match name:
        case "bands":
            return [band["points"] for band in said]
        case "table":
            return list(said.values())
        case "ranks":
            return [*said["points"], *([said["others"]] if "others" in said else [])]
    return []


def _at(document: Any, pointer: str) -> Any:
    """What stands at a pointer of the document."""
    for key in pointer.split("/")[1:]:
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document
