"""Placement (§8 to §11): who has no tier, who is vetoed, ranks, gates, tiers under their quotas, outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.oracle.exact import HALF, exact, share
from tests.oracle.result import Line
from tests.oracle.sheets import Sheet, sum_of


@dataclass(frozen=True)
class Case:
    """A due member with its lines, before it is placed.

    `negatives` are the ids of the negative items with an event in the period; `appraised_months` is what a
    roll-up counts, and None in a base period.
    """

    subject: str
    service_days: int
    lines: tuple[Line, ...]
    negatives: frozenset[str]
    appraised_months: int | None = None

    @property
    def total(self) -> Fraction:
        """The sum of the lines."""
        return sum_of(self.lines)


def no_tier_reason(case: Case, sheet: Sheet) -> str | None:
    """Why the subject has no tier, the first reason that holds (§8)."""
    needed_days = sheet.rulebook["participation"].get("min_service_days", {}).get(sheet.kind, "0")
    if case.service_days < int(needed_days):
        return "service_short"
    if case.appraised_months is not None:
        min_periods = sheet.rulebook["rollup"][sheet.kind].get("min_periods", "0")
        if case.appraised_months < int(min_periods):
            return "few_periods"
    return "data_missing" if any(line.no_data == "missing" for line in case.lines) else None


def veto_tier(case: Case, sheet: Sheet) -> str | None:
    """The tier of the case's veto, of several the worst."""
    return max(_bound(case, sheet, "veto"), key=_order(sheet), default=None)


def gates(case: Case, sheet: Sheet) -> tuple[tuple[str, int, bool], ...]:
    """The gates that apply in the sheet, in the order of the rulebook, and whether they hold (§10)."""
    return tuple(
        (tier["id"], index, _gate_holds(case, gate, sheet))
        for tier in sheet.rulebook["tiers"]
        for index, gate in enumerate(tier.get("gates", []))
        if sheet.has(gate) and sheet.kind in gate.get("in", [sheet.kind])
    )


@dataclass(frozen=True)
class Ranking:
    """One pool: how many are due and appraised, and the ranked themselves."""

    sheet: Sheet
    due: int
    appraised: int
    ranked: tuple[Case, ...]
    is_full_size: bool

    def rank(self, case: Case) -> int:
        """1 + how many of the ranked have a greater total."""
        return 1 + sum(other.total > case.total for other in self.ranked)

    def tiers(self) -> dict[str, str]:
        """The tier of each of the ranked: the first whose every condition holds (§10)."""
        placed: dict[str, str] = {}
        for tier in self.sheet.rulebook["tiers"]:
            candidates = [case for case in self.ranked if case.subject not in placed]
            candidates = [case for case in candidates if self._fulfils(case, tier)]
            if "quota" in tier and self.is_full_size:
                candidates = self._seated(candidates, tier["quota"])
            placed |= {case.subject: tier["id"] for case in candidates}
        return placed

    def outcomes(self, case: Case) -> tuple[str, ...]:
        """The outcomes of one of the ranked, in the order of the rulebook (§11)."""
        return tuple(
            outcome["id"]
            for outcome in self.sheet.rulebook.get("outcomes", [])
            if outcome["in"] == self.sheet.kind and self._has_a_bottom and self._is_last(case, outcome["when"])
        )

    def seats(self, quota: dict[str, str]) -> int:
        """How many seats a quota has in this pool."""
        base = {"due": self.due, "appraised": self.appraised, "ranked": len(self.ranked)}[quota["of"]]
        exactly = base * share(quota["at_most"])
        return {"down": floor(exactly), "up": ceil(exactly), "half_up": floor(exactly + HALF)}[quota["rounding"]]

    @property
    def _has_a_bottom(self) -> bool:
        """Who is alone is not the last."""
        return self.is_full_size and self.due > 1

    def _fulfils(self, case: Case, tier: dict[str, Any]) -> bool:
        """Whether a tier's conditions hold, but for a seat."""
        if "otherwise" in tier:
            return True
        order = _order(self.sheet)
        return (
            ("total_at_least" not in tier or case.total >= exact(tier["total_at_least"]))
            and all(holds for tier_id, _, holds in gates(case, self.sheet) if tier_id == tier["id"])
            and all(order(ceiling) <= order(tier["id"]) for ceiling in _bound(case, self.sheet, "ceiling"))
        )

    def _seated(self, candidates: list[Case], quota: dict[str, str]) -> list[Case]:
        """The candidates with a seat: no more than there are seats are before or equal to them."""
        places = {case.subject: self._place(case, quota) for case in candidates}
        seats = self.seats(quota)
        return [case for case in candidates if sum(place <= places[case.subject] for place in places.values()) <= seats]

    def _place(self, case: Case, quota: dict[str, str]) -> tuple[Fraction, ...]:
        """What orders candidates, smaller before greater: the total, then the tie-breaks of this sheet."""
        breaks = self.sheet.rulebook.get("tie_breaks", []) if quota["ties"] == "tie_breaks" else []
        points = [(one["order"], self.sheet.points(one, case.lines)) for one in breaks if self.sheet.has(one)]
        return (-case.total, *(-value if order == "high_first" else value for order, value in points))

    def _is_last(self, case: Case, when: dict[str, str]) -> bool:
        k = int(when["bottom"])
        if when["ties"] == "all_of_them":
            return sum(other.total < case.total for other in self.ranked) < k
        return sum(other.total <= case.total for other in self.ranked) <= k


def _order(sheet: Sheet) -> Any:
    """The place of a tier in the rulebook: 0 is the best."""
    return [tier["id"] for tier in sheet.rulebook["tiers"]].index


def _bound(case: Case, sheet: Sheet, word: str) -> Sequence[str]:
    """The tiers to which the case's negative items bind it here, by `veto` or by `ceiling`."""
    return [
        item[word]
        for item in sheet.rulebook.get("negative_list", [])
        if word in item
        and item["id"] in case.negatives
        and sheet.kind in item.get("binds", [sheet.rulebook["periods"]["base"]])
    ]


def _gate_holds(case: Case, gate: dict[str, Any], sheet: Sheet) -> bool:
    if "no_negative" not in gate:
        return sheet.points(gate, case.lines) >= exact(gate["at_least"])
    return not any(
        item["severity"] in gate["no_negative"] and item["id"] in case.negatives
        for item in sheet.rulebook.get("negative_list", [])
    )
