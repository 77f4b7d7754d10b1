"""Placement (§12, §14): who has no tier, who is vetoed, ranks, gates, and tiers under their quotas."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from oracle.cohort import Member, Pool
from oracle.conditions import holds
from oracle.exact import exact, share, whole
from oracle.figures import Computed
from oracle.items import Sheet
from oracle.quotas import Bases, are_last, seated, seats
from oracle.setting import Node


@dataclass(frozen=True)
class Case:
    """A due member before it is placed; `appraised_periods` is what a roll-up counts."""

    member: Member
    computed: Computed
    sheet: Sheet
    appraised_periods: int

    @cached_property
    def no_tier(self) -> str | None:
        """Why it has no tier, the first reason that holds (§12)."""
        needed_days = self.sheet.rulebook["participation"]["min_service_days"].get(self.sheet.kind, "0")
        if self.member.service_days < int(needed_days):
            return "service_short"
        if self.appraised_periods < int(self.sheet.rollup.get("min_periods", "0")):
            return "few_periods"
        for restriction in self.computed.restrictions:
            if "no_tier" in restriction:
                return str(restriction["no_tier"])
        return "data_missing" if any(line.no_data == "missing" for line in self.computed.sum.lines) else None

    @cached_property
    def veto(self) -> str | None:
        """The tier of its veto, of several the worst."""
        return max(self._bound("veto", "tier"), key=self._order, default=None)

    def is_barred(self, tier: str) -> bool:
        """Whether a ceiling bars it from the tier."""
        return any(self._order(ceiling) > self._order(tier) for ceiling in self._bound("ceiling", "ceiling"))

    def gates(self) -> tuple[tuple[str, int, bool], ...]:
        """The gates that apply in the sheet, in the order of the rulebook, and whether they hold."""
        return tuple(
            (tier["id"], index, holds(gate, self.computed.figures))
            for tier in self.sheet.rulebook["tiers"]
            for index, gate in enumerate(tier.get("gates", []))
            if self.sheet.applies(gate) and self.sheet.has_all_of(gate)
        )

    def reaches(self, tier: Node) -> bool:
        """Whether the total and the gates of a tier hold."""
        is_through = all(is_held for its, _, is_held in self.gates() if its == tier["id"])
        return "otherwise" in tier or (is_through and self._reaches_total(tier))

    def _reaches_total(self, tier: Node) -> bool:
        threshold = tier.get("total_at_least")
        if isinstance(threshold, dict):
            if not self.sheet.has("measure", threshold["measure"]):
                return True
            threshold = self.computed.figures.measures[threshold["measure"]][0]
            if threshold is None:
                return False
        return threshold is None or self.computed.threshold_total >= exact(threshold)

    def _bound(self, of_items: str, of_restrictions: str) -> list[str]:
        """The tiers to which negative items and restrictions bind it here."""
        return [
            item[of_items]
            for item in self.sheet.rulebook.get("negative_list", [])
            if of_items in item and item["id"] in self.computed.figures.negatives
            if self.sheet.kind in item.get("binds", [self.sheet.base])
        ] + [one[of_restrictions] for one in self.computed.restrictions if of_restrictions in one]

    def _order(self, tier: str) -> int:
        """The place of a tier in the rulebook: 0 is the best."""
        return [one["id"] for one in self.sheet.rulebook["tiers"]].index(tier)


class Ranking:
    """One pool: who is appraised, who is ranked, and the tier of each."""

    def __init__(self, sheet: Sheet, pool: Pool, cases: Sequence[Case]) -> None:
        """The ranking of a pool, of which these are all due members."""
        self.sheet, self.pool = sheet, pool
        self.appraised = {case.member.subject: case for case in cases if case.no_tier is None}
        self.ranked = {subject: case for subject, case in self.appraised.items() if case.veto is None}
        self.totals = {subject: case.computed.sum.total for subject, case in self.ranked.items()}
        due = tuple(case.computed.figures for case in cases)
        self.bases = Bases(due, len(self.appraised), len(self.ranked))

    def rank(self, subject: str) -> int | None:
        """1 + how many of the ranked have a greater total."""
        if subject not in self.ranked:
            return None
        return 1 + sum(other > self.totals[subject] for other in self.totals.values())

    def tiers(self) -> dict[str, str]:
        """The tier of each of the appraised: its veto, or the first tier whose every condition holds."""
        placed = {subject: case.veto for subject, case in self.appraised.items() if case.veto}
        for number, tier in enumerate(self.sheet.rulebook["tiers"]):
            free = {subject: case for subject, case in self.ranked.items() if subject not in placed}
            taking = {subject for subject, case in free.items() if self._may_take(case, tier, number)}
            placed |= dict.fromkeys(taking & self._seated(tier, number, placed, taking), tier["id"])
        return placed

    def _may_take(self, case: Case, tier: Node, number: int) -> bool:
        """Whether a tier's conditions hold, but for a seat."""
        return self._is_candidate(case, tier, number) and ("otherwise" in tier or not case.is_barred(tier["id"]))

    def _is_candidate(self, case: Case, tier: Node, number: int) -> bool:
        """Whether a tier's conditions hold, but for ceilings and a seat."""
        return case.reaches(tier) and number >= self._bars.get(case.member.subject, 0)

    def _seated(self, tier: Node, number: int, placed: dict[str, str], taking: set[str]) -> set[str]:
        """Who has a seat of the tier, everyone where it has no quota of seats."""
        quota = tier.get("quota", {})
        count = seats(quota, self.bases, self.sheet) if self.pool.is_full_size else None
        if count is None:
            return taking
        candidates = taking
        if self.sheet.rulebook["orders"]["quota"] == "before_ceilings":
            better = [one["id"] for one in self.sheet.rulebook["tiers"][:number]]
            open_to = [case for subject, case in self.appraised.items() if placed.get(subject) not in better]
            candidates = {case.member.subject for case in open_to if self._is_candidate(case, tier, number)}
        return seated({subject: self.appraised[subject].computed for subject in candidates}, quota, count, self.sheet)

    @cached_property
    def _bars(self) -> dict[str, int]:
        """The best tier, by its number, that is open to those who are among the last (§14, `at_least`)."""
        bars: dict[str, int] = {}
        for number, tier in enumerate(self.sheet.rulebook["tiers"]):
            quota = tier.get("quota", {})
            if "at_least" in quota and self.pool.is_full_size:
                count = whole(self.bases.of(quota["of"]) * share(quota["at_least"]), quota["rounding"])
                bars |= dict.fromkeys(are_last(self.totals, count, quota["ties"]), number)
        return bars
