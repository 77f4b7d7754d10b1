"""The run or the standing that a reader sees, found by period, rulebook and revision."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache, cached

from service import event_types, explanation, standings
from service.database.transactions import Transaction
from service.errors import Problem, unknown
from service.periods import Period, parse
from service.results.revisions import numbered
from service.rulebooks import layout, store
from service.rulebooks.store import Ruling
from service.sources import find_sources, reads_results


class ComputedAt(NamedTuple):
    """The run and revision that computed a subject's result (none of a standing), its kind, and up to where it read."""

    subject: int
    run: int | None
    revision: int | None
    kind: str | None
    watermark: int


@dataclass(frozen=True)
class Shown:
    """The run or the standing that a reader sees, and everything needed to word it."""

    ruling: Ruling
    rulebook: dict[str, Any]
    period: Period
    state: str
    run: Any
    standing: standings.Standing | None
    watermark: int

    @property
    def keys(self) -> dict[str, Any]:
        """The parameters that choose the rows."""
        return {
            "run": self.run.run_no if self.run else None,
            "standing": self.standing.number if self.standing else None,
        }

    @cached_property
    def identity(self) -> str:
        """What a page belongs to: a run for ever, a standing as it was last changed in this life of the database."""
        if self.run:
            return f"run/{self.run.run_no}/{bytes(self.run.digest).hex()[:16]}"
        changed_at, epoch = (self.standing.changed_at, self.standing.epoch) if self.standing else (0, "")
        return f"standing/{self.ruling.number}/{self.period.text}/{changed_at}@{epoch}"

    @cached_property
    def sheet(self) -> layout.Sheet:
        """The layout of its arrays."""
        return _sheet(self.ruling, self.period.kind)

    def head(self) -> dict[str, Any]:
        """Where the numbers come from: rulebook, state, and the revision or the position up to which events count."""
        ruling = self.ruling
        head: dict[str, Any] = {
            "period": self.period.text,
            "rulebook": {"id": ruling.id, "version": ruling.version, "hash": ruling.hash.hex()},
            "state": self.state,
            "watermark": self.watermark,
        }
        if self.run:
            head |= {"revision": self.run.revision, "digest": bytes(self.run.digest).hex()}
        if self.is_import:
            head["imported"] = {"document": self.run.document}
        return head

    @property
    def is_import(self) -> bool:
        """Whether these are results of years before, which have no lines."""
        return self.run is not None and self.run.kind == "import"

    def read_runs(self, transaction: Transaction) -> list[int]:
        """The runs whose results it read."""
        if self.run:
            return [row.input_run_no for row in transaction.all("run_inputs", run=self.run.run_no)]
        return self.standing.read_runs if self.standing else []

    def computed_at(self, transaction: Transaction, subjects: list[int]) -> list[ComputedAt]:
        """Where the result of each of these subjects was computed, in order: a completion carries those of most."""
        if self.run is None or self.run.kind != "completion":
            run: tuple[Any, Any, Any] = (None, None, None)
            if self.run:
                run = (self.run.run_no, self.run.revision, self.run.kind)
            return [ComputedAt(subject, *run, self.watermark) for subject in sorted(subjects)]
        rows = transaction.all("computed_at", run=self.run.run_no, subjects=subjects)
        return [ComputedAt(row.subject_no, row.run_no, row.revision, row.kind, row.watermark) for row in rows]

    def book(self, transaction: Transaction) -> explanation.Book:
        """What is needed to word it."""
        titles = {name: t.declaration["title"] for name, t in event_types.all_types(transaction).items()}
        return explanation.Book(self.rulebook, titles, self.sheet, self._imported(transaction))

    def _imported(self, transaction: Transaction) -> dict[int, list[str]]:
        """The items that read imported results, by number, and of which periods."""
        read = set(self.read_runs(transaction))
        rows = transaction.all("runs_named", runs=sorted(read)) if read else ()
        imports = {row.run_no for row in rows if row.kind == "import"}
        found: dict[int, list[str]] = {}
        if imports:
            published = self.run is not None
            sources = find_sources(transaction, self.ruling, self.period, self.watermark, published)
            for one in sources.of_runs(transaction, read).reads:
                if one.item is not None and one.source.run in imports:
                    found.setdefault(one.item, []).append(one.source.period.text)
        return found

    def points(self, number: Decimal | None) -> str | None:
        """Points with the decimals of the step, as they are displayed; none where an import says no total."""
        return None if number is None else f"{number.quantize(self._step):f}"

    @cached_property
    def _step(self) -> Decimal:
        return Decimal(self.rulebook["numbers"]["step"])


_MOST_SEEN = 1000
_Asked = tuple[str, str | None, int | None, bool]  # period, rulebook, revision, and whether it must be final


class _Seen(NamedTuple):
    """The revisions of one tenant that were found while this was the hash at the end of its chain."""

    head: bytes
    found: dict[_Asked, Shown]


def show(
    transaction: Transaction,
    period: Period,
    rulebook: str | None,
    watermark: int,
    live: bool = False,
    revision: int | None = None,
    final: bool = False,
) -> Shown:
    """What a reader of the period sees: a revision, or before there is one (or if `live`) the standing.

    Of a published period the standing is what a correction would publish now. Problem resource.unknown,
    period.not_begun; period.state where it must be `final` and isn't.
    """
    ruling, row = _looked_up(transaction, period, rulebook, live, revision, final)
    if row.run_no is not None and not live:
        return _of_run(transaction, row, row.state)
    refreshed = standings.refresh(transaction, ruling, period, watermark, seen_at=row.standing_watermark)
    standing = standings.hold(transaction, refreshed)
    return Shown(ruling, _typed(ruling), period, row.state, None, standing, standing.watermark)


def at_hand(
    transaction: Transaction,
    period: Period,
    rulebook: str | None,
    live: bool = False,
    revision: int | None = None,
    final: bool = False,
) -> Shown | None:
    """The same for a frozen transaction, by one statement; None for a standing that something may have changed.

    A revision that was found is remembered. Problems are those of `show`.
    """
    asked = (period.text, rulebook, revision, final)
    if not live and (remembered := _remembered(transaction, asked)):
        return remembered
    ruling, row = _looked_up(transaction, period, rulebook, live, revision, final)
    if row.run_no is not None and not live:
        shown = _of_run(transaction, row, row.state)
        if not row.waiting:
            _remember(transaction, bytes(row.head), asked, shown)
        return shown
    everything = row.standing_no is not None and row.standing_watermark == row.position and not row.waiting
    if not everything or reads_results(transaction, ruling, period):
        return None
    standing = standings.Standing(
        row.standing_no, ruling, period, row.standing_watermark, row.changed_at, row.read_runs, row.epoch
    )
    return Shown(ruling, _typed(ruling), period, row.state, None, standing, standing.watermark)


def _remembered(transaction: Transaction, asked: _Asked) -> Shown | None:
    """What this process found, if nothing was written since: every write leaves an entry, and that moves the head."""
    seen: _Seen | None = transaction.memory.get("seen")
    if seen is None or asked not in seen.found:
        return None
    head = transaction.one("head")
    return None if head.waiting or bytes(head.hash) != seen.head else seen.found[asked]


def _remember(transaction: Transaction, head: bytes, asked: _Asked, shown: Shown) -> None:
    seen: _Seen | None = transaction.memory.get("seen")
    if seen is None or seen.head != head or len(seen.found) >= _MOST_SEEN:
        seen = transaction.memory["seen"] = _Seen(head, {})
    seen.found[asked] = shown


def _looked_up(
    transaction: Transaction, period: Period, rulebook: str | None, live: bool, revision: int | None, final: bool
) -> tuple[Ruling, Any]:
    """The version that rules the period, and what there is of it: state, revision, standing, last position."""
    rows = transaction.all(
        "at_hand",
        id=rulebook,
        end_day=period.end_day,
        imported=None if live else period.text,
        period=period.text,
        revision=revision,
        live=live,
    )
    ruling, row = store.only(transaction, period, rows)
    if final and row.state != "final":
        raise Problem("period.state", period=period.text, state=row.state, needed="final")
    if revision is not None and row.run_no is None:
        raise unknown("revision", str(revision))
    if (row.run_no is None or live) and not period.has_begun(ruling.timezone):
        raise Problem("period.not_begun", period=period.text)
    return ruling, row


def of_run(transaction: Transaction, number: int) -> Shown:
    """What a reader of a revision sees, by the number of its run. Problem resource.unknown."""
    row = numbered(transaction, number)
    state = transaction.one("period_state", rulebook_id=row.rulebook, period=row.period).state
    return _of_run(transaction, row, state)


@cached(LRUCache(maxsize=100), key=lambda ruling: (ruling.number, ruling.hash), lock=Lock())
def _typed(ruling: Ruling) -> dict[str, Any]:
    """The document of a version, typed once, as versions never change."""
    return ruling.loaded


@cached(LRUCache(maxsize=100), key=lambda ruling, kind: (ruling.number, ruling.hash, kind), lock=Lock())
def _sheet(ruling: Ruling, kind: str) -> layout.Sheet:
    """The layout of one of its kinds of period, likewise."""
    return layout.sheet(_typed(ruling), kind)


def _of_run(transaction: Transaction, row: Any, state: str) -> Shown:
    ruling = store.known(transaction, row.run_rulebook_no, row.run_rulebook_hash)
    return Shown(ruling, _typed(ruling), parse(row.period), state, row, None, row.watermark)
