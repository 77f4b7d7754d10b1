"""Lists (§13) and outcomes (§15): further ranks, and what follows from a placement."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from oracle.cohort import Member, group_key
from oracle.conditions import holds, measures_in, settled
from oracle.exact import exact, rounded, share, whole
from oracle.giving import give
from oracle.placement import Case, Ranking
from oracle.quotas import are_last
from oracle.roster import Tree
from oracle.setting import Node

# The totals of those who are ranked together, by subject.
Totals = dict[str, Fraction]


@dataclass(frozen=True)
class Lists:
    """The lists of a cohort: for each list, the totals of each of its groups."""

    rulebook: Node
    groups: dict[str, dict[str, Totals]]

    def ranks(self, subject: str) -> tuple[tuple[str, str, int], ...]:
        """The list, the group in it and the rank, for each list in which the subject is ranked."""
        found = []
        for words in self.rulebook.get("lists", []):
            for key, totals in self.groups[words["id"]].items():
                if subject in totals:
                    greater = [other for other in totals.values() if other > totals[subject]]
                    before = len(set(greater)) if words["method"] == "dense" else len(greater)
                    found.append((words["id"], key, 1 + before))
        return tuple(found)

    def among(self, identifier: str, subject: str) -> Totals:
        """The totals of those with whom the subject is ranked in a list, of nobody where it isn't."""
        return next((totals for totals in self.groups[identifier].values() if subject in totals), {})


def lists_of(rulebook: Node, members: dict[str, Member], totals: Totals, tree: Tree) -> Lists:
    """The lists of the ranked, whose totals these are."""
    groups: dict[str, dict[str, Totals]] = {}
    for words in rulebook.get("lists", []):
        groups[words["id"]] = {}
        wanted = words.get("posts", words.get("kinds"))
        for subject, total in totals.items():
            member = members[subject]
            if wanted is None or member.post in wanted:
                key = group_key(member.organisation, member.post, words["by"], tree)
                groups[words["id"]].setdefault(key, {})[subject] = total
    return Lists(rulebook, groups)


@dataclass(frozen=True)
class Placed:
    """A member whose tier is known: what outcomes ask."""

    case: Case
    tier: str | None
    ranking: Ranking
    lists: Lists

    @property
    def rank(self) -> int | None:
        """Its rank in its pool."""
        return self.ranking.rank(self.case.member.subject)

    def outcomes(self, measure_step: Fraction, chosen: Collection[str]) -> tuple[tuple[str, Fraction | None], ...]:
        """The outcomes that follow, in the order of the rulebook, each with its number.

        Those for which some are chosen follow where they are among these.
        """
        sheet = self.case.sheet
        return tuple(
            (outcome["id"], self._value(outcome.get("value"), measure_step))
            for outcome in sheet.rulebook.get("outcomes", [])
            if outcome["in"] == sheet.kind and (outcome["id"] in chosen if "choose" in outcome else self.meets(outcome))
        )

    def unanswered(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The outcomes whose condition stays open, with the measures of results that have no data."""
        figures, sheet = self.case.computed.figures, self.case.sheet
        lacking = frozenset(
            item.id
            for item in sheet.measures
            if isinstance(item.node, dict) and "results" in item.node and figures.measures[item.id] == (None, None)
        )
        return tuple(
            (outcome["id"], tuple(name for name in measures_in(outcome["when"]) if name in lacking))
            for outcome in sheet.rulebook.get("outcomes", [])
            if outcome["in"] == sheet.kind and "when" in outcome and sheet.has_all_of(outcome["when"])
            if "choose" not in outcome or self._may_be_chosen(outcome["choose"]["among"])
            if settled(outcome["when"], figures, self._answer, lacking) is None
        )

    def _may_be_chosen(self, among: str) -> bool:
        """Whether it is ranked, and in the list from which one is chosen."""
        in_list = among in ("peer_group", "cohort") or bool(self.lists.among(among, self.case.member.subject))
        return self.rank is not None and in_list

    def meets(self, outcome: Node) -> bool:
        """Whether the condition of an outcome holds; without one, whether there is a tier."""
        if "when" not in outcome:
            return self.tier is not None
        if not self.case.sheet.has_all_of(outcome["when"]):
            return False
        return holds(outcome["when"], self.case.computed.figures, self._answer)

    def _value(self, words: Node | None, measure_step: Fraction) -> Fraction | None:
        if words is None:
            return None
        if "tier" in words:
            return None if self.tier is None else rounded(exact(words["tier"][self.tier]), measure_step)
        points = give(words["total"], self.case.computed.sum.total, None)
        return None if points is None else rounded(points, measure_step)

    def _answer(self, condition: Node) -> bool:
        """What the placement says to a condition that asks it."""
        total = self.case.computed.sum.total
        if "tier" in condition:
            return self.tier in condition["tier"]
        if "total_at_least" in condition:
            return total >= exact(condition["total_at_least"])
        if "total_below" in condition:
            return total < exact(condition["total_below"])
        return self._is_at_an_end(condition)

    def _is_at_an_end(self, condition: Node) -> bool:
        """Whether the subject is among the first or the last of those with whom it is ranked."""
        among = self._among(condition["of"])
        end = "top" if "top" in condition else "bottom"
        totals = {subject: -total if end == "top" else total for subject, total in among.items()}
        text = condition[end]
        count = whole(share(text) * len(totals), condition["rounding"]) if text.endswith("%") else int(text)
        return self.case.member.subject in are_last(totals, count, condition["ties"])

    def _among(self, of: str) -> Totals:
        """Who is ranked with the subject, nobody where there is neither a first nor a last."""
        if of == "peer_group":
            has_ends = self.ranking.pool.is_full_size and len(self.ranking.pool.members) > 1
            return self.ranking.totals if has_ends else {}
        among = self.lists.among(of, self.case.member.subject)
        return among if len(among) > 1 else {}
