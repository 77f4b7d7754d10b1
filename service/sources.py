"""What a computation reads of other results: the base periods of a roll-up, results of organisations, earlier years.

Of a published period it is the current run; of another that has begun, its standing; else nothing.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from service.database.transactions import Transaction
from service.periods import Period
from service.rulebooks import layout, store
from service.rulebooks.store import Ruling


@dataclass(frozen=True)
class Source:
    """The results of one period under one version, and the run where they are published."""

    ruling: Ruling = field(compare=False)
    rulebook: int
    period: Period
    run: int | None

    def has(self, other: "Source") -> bool:
        """Whether the other is of the same version, in a part of the period."""
        return self.rulebook == other.rulebook and other.period in self.period.inside(other.period.kind)


@dataclass(frozen=True)
class Sources:
    """What a sheet reads for one period: (item, or None for the base periods; whether single lines; source)."""

    reads: list[tuple[int | None, bool, Source]]
    standings: dict[Source, tuple[int, int]]

    @property
    def unpublished(self) -> list[Source]:
        """What has no run."""
        return [source for _, _, source in self.reads if source.run is None]

    def resolved(self, standings: dict[Source, tuple[int, int]]) -> "Sources":
        """With the standings (number, when it changed) of what isn't published."""
        return replace(self, standings=standings)

    def of_runs(self, transaction: Transaction, runs: set[int]) -> "Sources":
        """As a run read it: of each period the run among these, of what none of them is of nothing."""
        found = {(row.rulebook, row.period): row for row in transaction.all("runs_named", runs=sorted(runs))}
        reads = []
        for number, lines, source in self.reads:
            if row := found.get((source.ruling.id, source.period.text)):
                ruling = store.by_number(transaction, row.rulebook_no)
                reads.append((number, lines, Source(ruling, ruling.number, source.period, row.run_no)))
        return Sources(reads, {})

    def is_of_others(self, ruling: Ruling) -> bool:
        """Whether another rulebook, or another version, is read."""
        return any(source.ruling.number != ruling.number for _, _, source in self.reads)

    @property
    def read_runs(self) -> list[int]:
        """The runs that are read, each once."""
        return sorted({source.run for _, _, source in self.reads if source.run is not None})

    @property
    def read_standings(self) -> list[int]:
        """The standings that are read, each once."""
        return [number for number, _ in sorted(self.standings.values())]

    @property
    def read_at(self) -> list[int]:
        """When these standings last changed."""
        return [changed_at for _, changed_at in sorted(self.standings.values())]

    def parameters(self) -> dict[str, Any]:
        """The parameters of the computation."""
        known = [r for r in self.reads if r[2].run is not None or r[2] in self.standings]
        of_items = [(number, source) for number, _, source in known if number is not None]
        return {
            "read_runs": self.read_runs,
            "read_standings": self.read_standings,
            "read_at": self.read_at,
            "base_runs": [s.run for number, _, s in known if number is None and s.run is not None],
            "base_standings": [self._standing(s) for number, _, s in known if number is None and s.run is None],
            "line_runs": [s.run for _, lines, s in known if lines and s.run is not None],
            "line_standings": [self._standing(s) for _, lines, s in known if lines and s.run is None],
            "reading_nos": [number for number, _ in of_items],
            "reading_rulebooks": [s.ruling.number for _, s in of_items],
            "reading_sheets": [s.period.kind for _, s in of_items],
            "reading_runs": [s.run for _, s in of_items],
            "reading_standings": [None if s.run is not None else self._standing(s) for _, s in of_items],
            "reading_ends": [s.period.end_day for _, s in of_items],
        }

    def _standing(self, source: Source) -> int:
        return self.standings[source][0]


def find_sources(transaction: Transaction, ruling: Ruling, period: Period, tried: bool = False) -> Sources:
    """What the sheet of a period reads, as far as it has begun under a published version.

    If `tried`, as though this version ruled all of the period and nothing in it were published.
    """
    wanted: list[tuple[int | None, bool, str, Period]] = [
        (None, False, ruling.id, base) for base in base_periods(ruling, period)
    ]
    for row in transaction.all("readings", rulebook=ruling.number, sheet=period.kind):
        for read in _periods(row, period):
            wanted.append((row.indicator_no, row.reads_lines, row.rulebook or ruling.id, read))
    if not wanted:
        return Sources([], {})
    found = _found(transaction, {(identifier, read) for _, _, identifier, read in wanted})
    if tried:
        found |= {(ruling.id, p): Source(ruling, ruling.number, p, None) for p in _parts(ruling, period)}
    reads = [(n, lines, found[identifier, p]) for n, lines, identifier, p in wanted if (identifier, p) in found]
    return Sources(reads, {})


def base_periods(ruling: Ruling, period: Period) -> list[Period]:
    """What a roll-up is made of; a base period is made of nothing else."""
    base = layout.kinds(ruling.document)[0]
    return [] if period.kind == base else period.inside(base)


def _parts(ruling: Ruling, period: Period) -> list[Period]:
    """The periods of a rulebook that lie in one of its periods and have begun."""
    inside = [part for kind in layout.kinds(ruling.document) for part in period.inside(kind)]
    return [part for part in inside if part != period and part.has_begun(ruling.timezone)]


def _found(transaction: Transaction, wanted: set[tuple[str, Period]]) -> dict[tuple[str, Period], Source]:
    """The sources that there are: ruled by a version that knows the kind of period, and begun."""
    asked = sorted(wanted, key=lambda w: (w[0], w[1].first_day, w[1].end_day))
    rows = transaction.all(
        "result_sources",
        rulebooks=[identifier for identifier, _ in asked],
        period_texts=[p.text for _, p in asked],
        end_days=[p.end_day for _, p in asked],
    )
    by_text = {(identifier, p.text): p for identifier, p in asked}
    found = {}
    for row in rows:
        ruling, period = store.of_row(row), by_text[row.rulebook, row.period]
        if period.kind in layout.kinds(ruling.document) and period.has_begun(ruling.timezone):
            found[row.rulebook, period] = Source(ruling, ruling.number, period, row.run_no)
    return found


def _periods(row: Any, period: Period) -> list[Period]:
    """The periods that a reading means, seen from one."""
    match row.period_word:
        case "inside":
            return period.inside(row.results)
        case "same":
            return [period] if period.kind == row.results else []
        case "containing":
            return period.containing(row.results)
        case "before":
            return period.before(row.results, row.before_n)
        case part:
            return [period.part_of_year(part)]
