"""What is shown of a period: rankings, one subject's result with its lines, the events behind a line.

What is shown is what is stored, in a run or in a standing; nothing is computed again to explain it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from cachetools import LRUCache, cached

from schemas.fields import decimal_text
from service import cursors, event_types, explanation, inputs, journal, lateness, standings
from service.database.transactions import Database, Transaction
from service.errors import Problem, finding, unknown
from service.periods import Period, parse
from service.rulebooks import layout, store
from service.rulebooks.store import Ruling
from service.sources import Sources, find_sources


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

    @property
    def identity(self) -> str:
        """What a page belongs to: a run for ever, a standing as it was last changed in this life of the database."""
        if self.run:
            return f"run/{self.run.run_no}/{bytes(self.run.digest).hex()[:16]}"
        changed_at, epoch = (self.standing.changed_at, self.standing.epoch) if self.standing else (0, "")
        return f"standing/{self.ruling.number}/{self.period.text}/{changed_at}@{epoch}"

    @property
    def sheet(self) -> layout.Sheet:
        """The layout of its arrays."""
        return layout.sheet(self.rulebook, self.period.kind)

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
        return None if number is None else format(number.quantize(Decimal(self.rulebook["numbers"]["step"])), "f")


def sealed(database: Database, tenant_id: int) -> int:
    """The position of the last thing acknowledged so far; in a short transaction, so that readers don't queue."""
    with database.transaction(tenant_id) as transaction:
        return journal.seal(transaction)


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
    ruling = store.ruling(transaction, period, rulebook, imported=not live)
    where = transaction.one("period_state", rulebook_id=ruling.id, period=period.text)
    if final and where.state != "final":
        raise Problem("period.state", period=period.text, state=where.state, needed="final")
    if revision is not None or (where.revision is not None and not live):
        run = transaction.maybe("run", rulebook_id=ruling.id, period=period.text, revision=revision)
        if run is None:
            raise unknown("revision", str(revision))
        return _of_run(transaction, run, where.state)
    if not period.has_begun(ruling.timezone):
        raise Problem("period.not_begun", period=period.text)
    standing = standings.hold(transaction, standings.refresh(transaction, ruling, period, watermark))
    return Shown(ruling, _typed(ruling), period, where.state, None, standing, standing.watermark)


def of_run(transaction: Transaction, number: int) -> Shown:
    """What a reader of a revision sees, by the number of its run. Problem resource.unknown."""
    row = transaction.maybe("runs", run=number, rulebook_id=None, period=None)
    if row is None:
        raise unknown("run", str(number))
    state = transaction.one("period_state", rulebook_id=row.rulebook, period=row.period).state
    return _of_run(transaction, row, state)


@cached(LRUCache(maxsize=100), key=lambda ruling: (ruling.number, ruling.hash), lock=Lock())
def _typed(ruling: Ruling) -> dict[str, Any]:
    """The document of a version, typed once, as versions never change."""
    return ruling.loaded


def _of_run(transaction: Transaction, row: Any, state: str) -> Shown:
    ruling = store.by_number(transaction, row.rulebook_no)
    return Shown(ruling, _typed(ruling), parse(row.period), state, row, None, row.watermark)


def ranking(
    transaction: Transaction, shown: Shown, group: str | None, tier: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """A page of the ranking by group, rank and subject. Problem page.expired when the standing changed in between."""
    tiers = [t["id"] for t in shown.rulebook["tiers"]]
    if tier is not None and tier not in tiers:
        raise Problem("request.invalid", [finding("/tier", "code.unknown", codes=", ".join(tiers))])
    start = _page_start(shown, after)
    rows = transaction.all(
        "ranking",
        **shown.keys,
        pool=group,
        tier=tiers.index(tier) + 1 if tier else None,
        after_pool=start[0],
        after_rank=start[1],
        after_subject=start[2],
        limit=limit + 1,
    )
    items = [_ranking_item(shown, row, tiers) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursors.encode(shown.identity, last.pool, last.list_rank, last.subject_no) if last else None
    head = shown.head() | inputs.mark(transaction, shown.run)
    return {**head, **_targets(transaction, shown, group, tiers), "items": items, "next": following}


def _targets(transaction: Transaction, shown: Shown, group: str | None, tiers: list[str]) -> dict[str, Any]:
    """The shares that the rulebook aims at beside those that there are; nothing where it aims at none."""
    if not any("about" in tier.get("quota", {}) for tier in shown.rulebook["tiers"]):
        return {}
    rows = transaction.all("tier_shares", **shown.keys, rulebook=shown.ruling.number, pool=group)
    return {
        "shares": [
            {
                "group": row.pool,
                "tier": tiers[row.tier_no - 1],
                "about": f"{decimal_text(row.about)}%",
                "is": None if row.share is None else f"{decimal_text(row.share)}%",
                "subjects": row.members,
                "of": row.base,
            }
            for row in rows
        ]
    }


def result(transaction: Transaction, shown: Shown, kind: str, identifier: str) -> dict[str, Any]:
    """One subject's result with all that it is made from and a sentence for each. Problem resource.unknown."""
    row = transaction.maybe("result_of", **shown.keys, kind=kind, id=identifier)
    if row is None:
        raise unknown("result", f"{kind}/{identifier}")
    # What was carried is told as it was told when it was computed: "second of four", though there are five by now.
    [at] = shown.computed_at(transaction, [row.subject_no])
    if at.run != shown.keys["run"]:
        row = transaction.one("result_of", **shown.keys | {"run": at.run}, kind=kind, id=identifier)
    book = shown.book(transaction)
    return {
        **shown.head(),
        **inputs.mark(transaction, shown.run),
        "subject": f"{kind}/{identifier}",
        **placed(shown, row),
        "lines": with_points(shown, lines(shown, book, row)),
        "category_points": [] if shown.is_import else with_points(shown, explanation.category_points(book, row)),
        "measures": [] if shown.is_import else explanation.measures(book, row),
        **beside(shown, book, row),
        **_completion(transaction, shown, book, row),
    }


def lines(shown: Shown, book: explanation.Book, row: Any) -> list[dict[str, Any]]:
    """Every line of a result; an imported one has none."""
    return [] if shown.is_import else explanation.lines(book, row)


def beside(shown: Shown, book: explanation.Book, row: Any) -> dict[str, Any]:
    """What is said of a result beside its place and its lines, and the sentence of the whole."""
    if shown.is_import:
        sentence = explanation.imported(book, row, shown.run.document)
        nothing: list[Any] = []
        said = dict.fromkeys(("gates", "restrictions", "lists", "outcomes", "unanswered", "not_chosen"), nothing)
        return {**said, "sentence": sentence}
    return {
        "gates": explanation.gates(book, row),
        "restrictions": explanation.restrictions(book, row),
        "lists": explanation.lists(book, row),
        "outcomes": explanation.outcomes(book, row),
        "unanswered": explanation.unanswered(book, row),
        "not_chosen": explanation.not_chosen(book, row),
        "sentence": explanation.verdict(book, row),
    }


def _completion(transaction: Transaction, shown: Shown, book: explanation.Book, row: Any) -> dict[str, Any]:
    """That the tier was filled in later, where it was."""
    [at] = shown.computed_at(transaction, [row.subject_no])
    filled_in = at.revision if at.kind == "completion" else None
    return {"completion": explanation.completion(book, row, filled_in)} if filled_in else {}


def line_events(
    transaction: Transaction, shown: Shown, kind: str, identifier: str, line: str, after: str | None, limit: int
) -> dict[str, Any]:
    """The events behind a line, in the order of time. Problem resource.unknown."""
    row = transaction.maybe("result_of", **shown.keys, kind=kind, id=identifier)
    if row is None:
        raise unknown("result", f"{kind}/{identifier}")
    if shown.is_import:
        raise unknown("line", line)
    try:
        number = shown.sheet.item_no(line)
    except KeyError:
        raise unknown("line", line) from None
    [at] = shown.computed_at(transaction, [row.subject_no])
    start = cursors.decode(after, datetime, UUID, str) if after else [datetime.min.replace(tzinfo=UTC), UUID(int=0), ""]
    needs = store.sheet_needs(transaction, shown.ruling, shown.period.kind)
    values = standings.parameters(shown.ruling, shown.period, at.watermark, needs)
    # Where one subject's events move another's, nobody's rows can be found alone.
    values["subjects"] = None if needs.relative else [row.subject_no]
    earlier = lateness.earlier(transaction, shown.ruling, shown.period)
    rows = transaction.all(
        "line_events",
        **values | earlier.carried(transaction, shown.ruling, needs.looks_back, values),
        **Sources([], {}).parameters(),
        subject=row.subject_no,
        indicator=number,
        after_time=start[0],
        after_event=start[1],
        after_role=start[2],
        limit=limit + 1,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursors.encode(last.time, last.event, last.role) if last else None
    return {"items": [_event_item(r) for r in rows[:limit]], "next": following}


def periods(transaction: Transaction) -> list[dict[str, Any]]:
    """Where every period stands that isn't simply open, and the notice of its current revision."""
    marks = inputs.marks(transaction)
    return [
        {
            "rulebook": row.rulebook,
            "period": row.period,
            "state": row.state,
            "revision": row.revision,
            "inputs_revised": marks.get(row.run_no, []),
            **_notice(row),
        }
        for row in transaction.all("period_states")
    ]


def runs(transaction: Transaction, rulebook: str | None, period: str | None) -> list[dict[str, Any]]:
    """Every revision, oldest first."""
    return [_run(row) for row in transaction.all("runs", run=None, rulebook_id=rulebook, period=period)]


def run(transaction: Transaction, number: int) -> dict[str, Any]:
    """A revision with everything that it depends on, and which of that was revised since. Problem resource.unknown."""
    row = transaction.maybe("runs", run=number, rulebook_id=None, period=None)
    if row is None:
        raise unknown("run", str(number))
    read = transaction.all("run_inputs", run=number)
    reads = [
        {
            "run": one.input_run_no,
            "rulebook": one.rulebook,
            "period": one.period,
            "revision": one.revision,
            "digest": bytes(one.input_digest).hex(),
        }
        for one in read
    ]
    return {
        **_run(row),
        "group_digests": row.group_digests,
        "inputs": reads,
        "inputs_revised": inputs.revised(transaction, number),
    }


def _run(row: Any) -> dict[str, Any]:
    return {
        "run": row.run_no,
        "rulebook": {"id": row.rulebook, "version": row.version, "hash": bytes(row.rulebook_hash).hex()},
        "language": row.language,
        "period": row.period,
        "revision": row.revision,
        "starts": row.starts_at.isoformat(),
        "ends": row.ends_at.isoformat(),
        "watermark": row.watermark,
        "roster_position": row.roster_position,
        "digest": bytes(row.digest).hex(),
        "published_by": row.actor,
        "published_at": row.published_at.isoformat(),
        "corrected_by": row.corrected_by,
        "reason": row.reason,
        "kind": row.kind,
        "completed": row.completed,
        "carries": {"run": row.base_run_no, "digest": bytes(row.base_digest).hex()} if row.base_run_no else None,
        "document": row.document,
        "answers": row.answers,
        **_notice(row),
        "calendar": row.calendar,
    }


def _notice(row: Any) -> dict[str, Any]:
    days = {"notice_until": row.notice_until, "objections_until": row.objections_until}
    return {**{key: day.isoformat() if day else None for key, day in days.items()}, "forced": row.forced}


def _ranking_item(shown: Shown, row: Any, tiers: list[str]) -> dict[str, Any]:
    item = {
        "subject": row.subject,
        "group": row.pool,
        "organisation": row.organisation,
        "post": row.post,
        "rank": row.rank,
        "total": shown.points(row.total),
        "outcomes": [shown.sheet.outcomes[n - 1]["id"] for n in row.outcomes],
    }
    return {**item, "no_tier": row.no_tier} if row.no_tier else {**item, "tier": tiers[row.tier_no - 1]}


def placed(shown: Shown, row: Any) -> dict[str, Any]:
    """Where a subject stands: its place, total, rank and tier, and what bars a better one."""
    tiers = [None, *(tier["id"] for tier in shown.rulebook["tiers"])]
    return {
        "organisation": row.organisation,
        "post": row.post,
        "group": row.pool,
        "due": row.due,
        "ranked": row.ranked,
        "service_days": row.service_days,
        "total": shown.points(row.total),
        "rank": row.rank,
        "tier": tiers[row.tier_no or 0],
        "no_tier": row.no_tier,
        "ceiling": tiers[row.ceiling_no or 0],
        "veto": tiers[row.veto_no or 0],
    }


def with_points(shown: Shown, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines, their points as they are displayed."""
    return [{**one, "points": shown.points(one["points"])} for one in said]


def _event_item(row: Any) -> dict[str, Any]:
    return {
        "event": row.event,
        "source": row.source,
        "id": row.id,
        "type": row.type,
        "time": row.time.isoformat(),
        "period": row.period,
        "role": row.role,
        "number": decimal_text(row.number) if row.number is not None else None,
        "code": row.code,
        "data": row.data,
        "position": row.position,
    }


def _page_start(shown: Shown, after: str | None) -> list[Any]:
    if after is None:
        return ["", 0, 0]
    of, *start = cursors.decode(after, str, str, int, int)
    cursors.refuse_other(of, shown.identity)
    return start
