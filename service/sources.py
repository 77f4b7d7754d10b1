"""What a computation reads of other results: the base periods of a roll-up, results of organisations, earlier years.

Of a published period it is the current run; of another that has begun, its standing; else nothing. History is another
matter: of an earlier period a run reads the newest revision that was final at its watermark, or nothing, while a
standing shows what there is, as it would be once that is final; `last_final` reads what is final in either.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from service.database.transactions import Transaction
from service.periods import Period, parse
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


class Read(NamedTuple):
    """One source that is read: by which item (None for the base periods), single lines of it, as history."""

    item: int | None
    lines: bool
    source: Source
    history: bool = False


@dataclass(frozen=True)
class Sources:
    """What a sheet reads for one period, and the standings that stand in for runs."""

    reads: list[Read]
    standings: dict[Source, tuple[int, int]]

    @property
    def unpublished(self) -> list[Source]:
        """What has no run."""
        return [read.source for read in self.reads if read.source.run is None]

    def resolved(self, standings: dict[Source, tuple[int, int]]) -> "Sources":
        """With the standings (number, when it changed) of what isn't published."""
        return replace(self, standings=standings)

    def of_runs(self, transaction: Transaction, runs: set[int]) -> "Sources":
        """As a run read it: of each period the newest run among these, of what none of them is of nothing.

        History stays as it was found: what was final at a position is so for ever.
        """
        found = {(row.rulebook, row.period): row for row in transaction.all("runs_named", runs=sorted(runs))}
        reads = []
        for read in self.reads:
            if read.history:
                reads.append(read)
            elif row := found.get((read.source.ruling.id, read.source.period.text)):
                ruling = store.by_number(transaction, row.rulebook_no)
                reads.append(read._replace(source=Source(ruling, ruling.number, read.source.period, row.run_no)))
        return Sources(reads, {})

    def is_of_others(self, ruling: Ruling) -> bool:
        """Whether another rulebook, or another version, is read."""
        return any(read.source.ruling.number != ruling.number for read in self.reads)

    @property
    def read_runs(self) -> list[int]:
        """The runs that are read, each once."""
        return sorted({read.source.run for read in self.reads if read.source.run is not None})

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
        known = [r for r in self.reads if r.source.run is not None or r.source in self.standings]
        of_items = [(read.item, read.source) for read in known if read.item is not None]
        return {
            "read_runs": self.read_runs,
            "read_standings": self.read_standings,
            "read_at": self.read_at,
            "base_runs": [s.run for number, _, s, _ in known if number is None and s.run is not None],
            "base_standings": [self._standing(s) for number, _, s, _ in known if number is None and s.run is None],
            "line_runs": [s.run for _, lines, s, _ in known if lines and s.run is not None],
            "line_standings": [self._standing(s) for _, lines, s, _ in known if lines and s.run is None],
            "reading_nos": [number for number, _ in of_items],
            "reading_rulebooks": [s.ruling.number for _, s in of_items],
            "reading_sheets": [s.period.kind for _, s in of_items],
            "reading_runs": [s.run for _, s in of_items],
            "reading_standings": [None if s.run is not None else self._standing(s) for _, s in of_items],
            "reading_ends": [s.period.end_day for _, s in of_items],
        }

    def _standing(self, source: Source) -> int:
        return self.standings[source][0]


def find_sources(
    transaction: Transaction,
    ruling: Ruling,
    period: Period,
    watermark: int,
    published: bool = False,
    tried: bool = False,
) -> Sources:
    """What the sheet of a period reads, as far as it has begun under a published version.

    History is what there is or, for what is to be `published`, what was final at the watermark. If `tried`, as though
    this version ruled all of the period and nothing in it were published.
    """
    wanted: list[tuple[int | None, bool, str, Period]] = [
        (None, False, ruling.id, base) for base in base_periods(ruling, period)
    ]
    history = []
    for row in store.readings(transaction, ruling, period.kind):
        if row.period_word == "last_final" or (published and row.period_word == "before"):
            history.append(row)
        else:
            for read in _periods(row, period):
                wanted.append((row.indicator_no, row.reads_lines, row.rulebook or ruling.id, read))
    found = _found(transaction, {(identifier, read) for _, _, identifier, read in wanted}) if wanted else {}
    parts = _parts(ruling, period) if tried else []
    found |= {(ruling.id, part): Source(ruling, ruling.number, part, None) for part in parts}
    reads = [Read(n, lines, found[identifier, p]) for n, lines, identifier, p in wanted if (identifier, p) in found]
    if history:
        final = _final(transaction, {row.rulebook or ruling.id for row in history}, watermark)
        for row in history:
            of = row.rulebook or ruling.id
            known = {p: run for (identifier, p), run in final.items() if identifier == of}
            # What is made of this period was final before it was corrected.
            ended = [p for p in known if of != ruling.id or not (p in parts or period in p.inside(period.kind))]
            for read in _past(row, period, ended):
                version = store.by_number(transaction, known[read].rulebook_no)
                source = Source(version, version.number, read, known[read].run_no)
                reads.append(Read(row.indicator_no, row.reads_lines, source, True))
    return Sources(reads, {})


def reads_results(transaction: Transaction, ruling: Ruling, period: Period) -> bool:
    """Whether the sheet of a period reads any results at all."""
    return bool(base_periods(ruling, period) or store.readings(transaction, ruling, period.kind))


def not_final(transaction: Transaction, ruling: Ruling, period: Period, watermark: int) -> list[tuple[str, str]]:
    """The rulebook and period of the earlier results that there are and a run wouldn't read: they aren't final."""
    earlier = [
        (row.rulebook or ruling.id, read)
        for row in store.readings(transaction, ruling, period.kind)
        if row.period_word == "before"
        for read in _periods(row, period)
    ]
    if not earlier:
        return []
    final = _final(transaction, {identifier for identifier, _ in earlier}, watermark)
    there = _found(transaction, set(earlier))
    return sorted((identifier, p.text) for identifier, p in there if (identifier, p) not in final)


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


def _final(transaction: Transaction, rulebooks: set[str], watermark: int) -> dict[tuple[str, Period], Any]:
    """The newest revision of each period of these rulebooks that was final at a position."""
    rows = transaction.all("finals", rulebooks=sorted(rulebooks), watermark=watermark)
    return {(row.rulebook, parse(row.period)): row for row in rows}


def _past(row: Any, period: Period, final: list[Period]) -> list[Period]:
    """The final periods that a reading means: those before, or the last one that is over with this one."""
    if row.period_word == "before":
        return [p for p in _periods(row, period) if p in final]
    ended = [p for p in final if p.kind == row.results and p.end_day <= period.end_day]
    return [max(ended, key=lambda p: p.end_day)] if ended else []


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
