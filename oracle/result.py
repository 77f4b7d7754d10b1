"""What an appraisal says of one subject. Plain values that compare and print well; they compute nothing."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Line:
    """One row of a result (§8): its kind, whose it is, its points, and what they were made from.

    `measure` is the number that was handed to `give`, or `code` the code; `count` how many rows were counted;
    `no_data` the word that stood in for absent data. A derived line, such as a cap, has none of the four.
    """

    kind: str
    id: str
    points: Fraction
    measure: Fraction | None = None
    code: str | None = None
    count: int | None = None
    no_data: str | None = None


@dataclass(frozen=True)
class Result:
    """Everything that a period says of one member of the cohort.

    `group` is the key of the pool in which the subject is ranked. A gate is (tier, index in the tier, holds), an
    outcome (id, the number that goes with it), a list (id, the group in it, rank), a measure (id, number, code).
    `unanswered` are outcomes that stay open, each with the measures of results that have no data; a candidacy is
    (outcome, place among the candidates, seats, seats used).
    """

    group: str
    lines: tuple[Line, ...]
    total: Fraction
    rank: int | None
    tier: str | None
    no_tier: str | None
    gates: tuple[tuple[str, int, bool], ...]
    outcomes: tuple[tuple[str, Fraction | None], ...]
    lists: tuple[tuple[str, str, int], ...]
    measures: tuple[tuple[str, Fraction | None, str | None], ...]
    unanswered: tuple[tuple[str, tuple[str, ...]], ...] = ()
    candidacies: tuple[tuple[str, int, int, int], ...] = ()
