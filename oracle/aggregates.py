"""Rows to one number (§5.4), whatever the rows are: events, or results of periods."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from oracle.events import as_code
from oracle.exact import rounded, share, total
from oracle.rows import Row
from oracle.setting import Node

# The points of a row, None where it has none.
PointsOf = Callable[[Row], Fraction | None]


@dataclass(frozen=True)
class Reading:
    """What `take` found: how many rows were counted, and the number or code for `give`; neither without data.

    For `each_event`, which hands nothing on: the points of the rows, and the same inside the caps.
    """

    count: int
    number: Fraction | None = None
    code: str | None = None
    points: Fraction | None = None
    capped: Fraction | None = None


@dataclass(frozen=True)
class Aggregate:
    """One aggregate of rows: its word, what it says, and how it turns rows into points."""

    word: str
    node: Node
    points_of: PointsOf
    measure_step: Fraction

    def of(self, rows: list[Row]) -> Reading:
        """The number or code of the rows."""
        match self.word:
            case "count":
                return Reading(len(rows), Fraction(self._how_many(rows)) if rows else None)
            case "sum":
                return Reading(len(rows), total(_numbers(rows)) if rows else None)
            case "mean":
                return Reading(len(rows), self._mean(rows) if self._are_enough(rows) else None)
            case "best" | "worst" | "latest" | "given":
                chosen = self._chosen([row for row in rows if row.has_value])
                return Reading(len(rows), chosen.number, chosen.code) if chosen else Reading(len(rows))
            case "plurality":
                return Reading(len(rows), code=self._winner(rows) if self._are_enough(rows) else None)
            case "running":
                length = running([row.code for row in rows], self.node["is"])
                return Reading(len(rows), Fraction(length) if rows else None)
        raise ValueError(f"no such aggregate of rows: {self.word}")

    def _how_many(self, rows: list[Row]) -> int:
        return len({row.said(self.node["distinct"]) for row in rows}) if "distinct" in self.node else len(rows)

    def _are_enough(self, rows: list[Row]) -> bool:
        # Of results there were enough or not before some were passed over.
        if "results" not in self.node and len(rows) < int(self.node.get("at_least_n", "1")):
            return False
        words = self.node.get("at_least_share", {"shares": {}})
        return all(
            sum(_has_code(row, words["field"], code) for row in rows) >= share(least) * len(rows)
            for code, least in words["shares"].items()
        )

    def _mean(self, rows: list[Row]) -> Fraction | None:
        if "classes" in self.node:
            return self._mean_of_classes(rows)
        weighted = [(row.number * row.weight, row.weight) for row in rows if row.number is not None]
        weights = total([weight for _, weight in weighted])
        return total([number for number, _ in weighted]) / weights if weights else None

    def _mean_of_classes(self, rows: list[Row]) -> Fraction | None:
        words = self.node["classes"]
        numbers: dict[str, list[Fraction]] = defaultdict(list)
        for row in rows:
            said = row.said(words["field"])
            if row.number is not None and said is not None:
                numbers[as_code(said)].append(row.number)
        if not numbers or (words["empty"] == "no_data" and numbers.keys() != words["weights"].keys()):
            return None
        means = {code: rounded(total(those) / len(those), self.measure_step) for code, those in numbers.items()}
        weights = {code: share(text) for code, text in words["weights"].items()}
        counted = [code for code in weights if code in means or words["empty"] == "zero"]
        whole = total([weights[code] for code in counted])
        return total([weights[code] * means.get(code, Fraction(0)) for code in counted]) / whole if whole else None

    def _chosen(self, rows: list[Row]) -> Row | None:
        """The row that gives the most or fewest points, or the latest; the rules of ties are one after another."""
        if self.word in ("best", "worst"):
            rows = [row for row in rows if self.points_of(row) is not None]
        if self.word == "worst":
            rows = _greatest(rows, lambda row: -(self.points_of(row) or Fraction(0)))
        if self.word == "best":
            rows = _greatest(rows, self.points_of)
        if self.word in ("latest", "given"):
            rows = _greatest(_latest(rows), self.points_of)
        rows = _latest(_greatest(rows, lambda row: row.number))
        return min(rows, key=lambda row: row.mark, default=None)

    def _winner(self, rows: list[Row]) -> str | None:
        order = self.node["order"]
        votes = Counter(row.code for row in rows if row.code in order)
        most = max(votes.values(), default=0)
        first = [code for code in order if votes[code] == most]
        if not votes or (len(first) > 1 and self.node["tie"] == "no_data"):
            return None
        base = votes.total() if self.node["of"] == "votes" else len(rows)
        wins = {"most": True, "more_than_half": 2 * most > base, "two_thirds": 3 * most >= 2 * base}
        winner = str(first[-1] if self.node["tie"] == "worse" else first[0])
        return winner if wins[self.node["wins"]] else None


def running(said: list[str | None], codes: list[str]) -> int:
    """How many up to the last one are one of the codes, without another between."""
    length = 0
    for code in said:
        length = length + 1 if code in codes else 0
    return length


def _numbers(rows: list[Row]) -> list[Fraction]:
    return [row.number for row in rows if row.number is not None]


def _has_code(row: Row, field: str, code: str) -> bool:
    said = row.said(field)
    return said is not None and as_code(said) == code


def _greatest(rows: list[Row], of: PointsOf) -> list[Row]:
    """The rows of which the number is greatest, or all where none has one."""
    numbers = [number for row in rows if (number := of(row)) is not None]
    return [row for row in rows if of(row) == max(numbers)] if numbers else rows


def _latest(rows: list[Row]) -> list[Row]:
    last = max((row.instant for row in rows), default=None)
    return [row for row in rows if row.instant == last]
