"""Quotas (§14): seats of a pool, who has one, and who is among the last."""

from dataclasses import dataclass
from fractions import Fraction

from oracle.conditions import Figures
from oracle.exact import exact, share, whole
from oracle.figures import Computed
from oracle.items import Sheet
from oracle.setting import Node


@dataclass(frozen=True)
class Bases:
    """What quotas are shares of: how many are due, appraised and ranked, and the figures of all due members."""

    due: tuple[Figures, ...]
    appraised: int
    ranked: int

    def of(self, word: str) -> int:
        """How many there are."""
        return {"due": len(self.due), "appraised": self.appraised, "ranked": self.ranked}[word]


def seats(quota: Node, bases: Bases, sheet: Sheet) -> int | None:
    """How many seats a quota has in a pool; None where it gives none out, or asks what the sheet lacks."""
    if "seats" in quota:
        return int(quota["seats"])
    if "at_most" not in quota:
        return None
    at_most = quota["at_most"]
    if isinstance(at_most, str):
        part = share(at_most)
    elif sheet.has("measure", at_most["measure"]):
        numbers = [figures.measures[at_most["measure"]][0] for figures in bases.due]
        part = min((number for number in numbers if number is not None), default=Fraction(0)) / 100
    else:
        return None
    return whole(bases.of(quota["of"]) * part, quota["rounding"])


def seated(candidates: dict[str, Computed], quota: Node, count: int, sheet: Sheet) -> set[str]:
    """The candidates with a seat: no more than there are seats are before or equal to them."""
    places = {subject: place(one, quota, sheet) for subject, one in candidates.items()}
    return {subject for subject, place in places.items() if sum(other <= place for other in places.values()) <= count}


def are_last(totals: dict[str, Fraction], count: int, ties: str) -> set[str]:
    """Who is among the last so many; with the totals turned round, among the first."""
    return {subject for subject, its in totals.items() if _is_last(its, list(totals.values()), count, ties)}


def _is_last(its: Fraction, totals: list[Fraction], count: int, ties: str) -> bool:
    if ties == "all_of_them":
        return sum(other < its for other in totals) < count
    return sum(other <= its for other in totals) <= count


def place(one: Computed, quota: Node, sheet: Sheet) -> tuple[tuple[bool, Fraction], ...]:
    """What orders candidates, smaller before greater: the total, then the tie-breaks that the sheet has."""
    breaks = sheet.rulebook.get("tie_breaks", []) if quota["ties"] == "tie_breaks" else []
    places = [(False, -one.sum.total)]
    for words in breaks:
        what = next(word for word in ("indicator", "category", "measure") if word in words)
        if sheet.has(what, words[what]):
            number = one.figures.number(words)
            turned = -exact(number or 0) if words["order"] == "high_first" else exact(number or 0)
            places.append((number is None, turned))
    return tuple(places)
