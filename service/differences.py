"""How a revision of a period differs from a later one, or from what a correction would publish: who moved, and why.

A cause is an event that counts in one of the two only, a record of the roster, or a result that was read in another
revision, of the subject itself or of an organisation in which it has its place. Who has none moved because others did.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from schemas.fields import decimal_text
from service import cursors, lateness, movers, standings
from service.database.transactions import Transaction
from service.errors import Problem, finding, unknown
from service.explanation import Book
from service.explanation.completed import FILLED_IN
from service.explanation.words import Words, say
from service.periods import Period
from service.results import Shown, of_run, show
from service.rulebooks import store

Said = dict[str, Any]


def of_revisions(
    transaction: Transaction, run: int, since: int | None, after: str | None, limit: int
) -> dict[str, Any]:
    """A page of the difference of a run from an earlier one of its period, or from the revision before.

    Problem resource.unknown; request.invalid where the other isn't an earlier one of its period.
    """
    later = of_run(transaction, run)
    if since is None:
        if later.run.revision == 1:
            raise unknown("revision", "0")
        earlier = show(transaction, later.period, later.ruling.id, later.watermark, revision=later.run.revision - 1)
    else:
        earlier = of_run(transaction, since)
        of = (later.ruling.id, later.period)
        if (earlier.ruling.id, earlier.period) != of or earlier.run.revision >= later.run.revision:
            fault = finding("/from", "revision.earlier", rulebook=later.ruling.id, period=later.period.text)
            raise Problem("request.invalid", [fault])
    return _page(transaction, earlier, later, after, limit)


def changes(transaction: Transaction, period: Period, asked: Said, watermark: int) -> dict[str, Any]:
    """A page of who has another total, tier or outcome than in an earlier revision, for whoever took that one.

    What each has now is what such a reader puts in the place of what was taken; the pages of a revision stay those of
    that one. Why somebody moved, the difference of its run says. Problem resource.unknown where there is no such
    revision; period.state where the current one must be final and isn't.
    """
    since, after, limit = asked["since"], asked.get("after"), asked["limit"]
    of, revision, subject = cursors.decode(after, str, int, int) if after else ("", None, 0)
    before = show(transaction, period, asked.get("rulebook"), watermark, revision=since)
    shown = show(transaction, period, before.ruling.id, watermark, revision=revision, final="state" in asked)
    identity = f"{before.identity} {shown.identity}"
    cursors.refuse_other(of or identity, identity)
    head = {"since": since, **shown.head()}
    if before.run.run_no == shown.run.run_no:
        return {**head, "items": [], "next": None}
    rows = transaction.all("changes_page", after_subject=subject, limit=limit + 1, **movers.keys(before, shown))
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursors.encode(identity, shown.run.revision, last.subject_no) if last else None
    items = [
        {"subject": row.subject, "before": _side(row, "before", before), "after": _side(row, "after", shown)}
        for row in rows[:limit]
    ]
    return {**head, "items": items, "next": following}


def _side(row: Any, side: str, shown: Shown) -> Said | None:
    """What there is to take of a subject; nothing where it isn't there."""
    if not getattr(row, f"is_{side}"):
        return None
    total, tier_no, no_tier, outcomes, values = (
        getattr(row, f"{name}_{side}") for name in ("total", "tier_no", "no_tier", "outcomes", "outcome_values")
    )
    return {
        "total": shown.points(total),
        "tier": shown.rulebook["tiers"][tier_no - 1]["id"] if tier_no else None,
        "no_tier": no_tier,
        "outcomes": [
            {"id": shown.sheet.outcomes[number - 1]["id"], "value": None if value is None else decimal_text(value)}
            for number, value in zip(outcomes, values, strict=False)
        ],
    }


def drift(
    transaction: Transaction, period: Period, rulebook: str | None, watermark: int, after: str | None, limit: int
) -> dict[str, Any]:
    """A page of the difference of what a correction would publish now from the current revision.

    Problem period.state where there is no revision.
    """
    published = show(transaction, period, rulebook, watermark)
    if published.run is None:
        raise Problem("period.state", period=period.text, state=published.state, needed="provisional / final")
    return _page(transaction, published, show(transaction, period, rulebook, watermark, live=True), after, limit)


def _page(transaction: Transaction, before: Shown, after: Shown, start: str | None, limit: int) -> dict[str, Any]:
    identity = f"{before.identity} {after.identity}"
    of, degree, subject = cursors.decode(start, str, int, str) if start else (identity, 0, "")
    cursors.refuse_other(of, identity)
    keys = movers.keys(before, after)
    transaction.do("standing_plan", nested_loops="off")
    counts = movers.counts(transaction.one("difference_counts", **keys))
    rows = transaction.all("difference_page", after_degree=degree, after_subject_id=subject, limit=limit + 1, **keys)
    transaction.do("standing_plan", nested_loops="on")
    last = rows[limit - 1] if len(rows) > limit else None
    rows = rows[:limit]
    causes = _causes(transaction, before, after, [row.subject_no for row in rows])
    told = movers.told(transaction, before, after, rows)
    return {
        "from": before.head(),
        "to": after.head(),
        "counts": counts,
        "items": [
            mover | {"because": causes[row.subject_no] or [_cause("others", _OTHERS)]}
            for row, mover in zip(rows, told, strict=True)
        ],
        "next": cursors.encode(identity, last.degree, last.subject) if last else None,
    }


_OTHERS = Words("自身没有变化，因他人的变化而变动。", "Nothing about it changed: it moved because others did.")


def _causes(transaction: Transaction, before: Shown, after: Shown, subjects: list[int]) -> dict[int, list[Said]]:
    """For each subject what changed about it between the two: events, then records, then results that were read."""
    needs = store.sheet_needs(transaction, after.ruling, after.period.kind)
    values = standings.parameters(after.ruling, after.period, after.watermark, needs) | movers.keys(before, after)
    reads = {"before_reads": before.read_runs(transaction), "after_reads": after.read_runs(transaction)}
    book = after.book(transaction)
    found: dict[int, list[Said]] = defaultdict(list)
    values |= _carried(transaction, before, after, values)
    for since, until, some in _between(transaction, before, after, subjects):
        values |= {"subjects": some, "before_watermark": since, "after_watermark": until}
        for number, cause in _events(book, transaction.all("difference_events", **values)):
            found[number].append(cause)
        for row in transaction.all("difference_records", **values):
            words = say("{about} 的名册记录有变更。", "The record of {about} in the roster changed.", about=row.about)
            found[row.subject_no].append(_cause("roster", words, about=row.about, entry=row.position))
        for row in transaction.all("difference_inputs", **reads, **values):
            found[row.subject_no].append(_result(row))
    for at in after.computed_at(transaction, subjects):
        if at.kind == "completion":
            found[at.subject].append(_cause("completed", FILLED_IN, revision=at.revision))
    return found


def _carried(transaction: Transaction, before: Shown, after: Shown, values: Said) -> Said:
    """The late events of earlier periods that count in either of the two."""
    earlier = lateness.earlier(transaction, after.ruling, after.period)
    found = [
        earlier.carried(transaction, after.ruling, 0, values | {"subjects": None, "watermark": side.watermark})
        for side in (before, after)
    ]
    carried = [event for one in found for event in one.get("carried", [])]
    return {"carried": carried, "admitting": earlier.admitting(after.period)}


def _between(
    transaction: Transaction, before: Shown, after: Shown, subjects: list[int]
) -> Iterator[tuple[int, int, list[int]]]:
    """From where to where something may have changed, and for which of the subjects: a completion carries most."""
    since = {at.subject: at.watermark for at in before.computed_at(transaction, subjects)}
    until = {at.subject: at.watermark for at in after.computed_at(transaction, subjects)}
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for subject in subjects:
        groups[since[subject], until[subject]].append(subject)
    return ((first, last, some) for (first, last), some in groups.items())


def _events(book: Book, rows: Sequence[Any]) -> Iterator[tuple[int, Said]]:
    """What stands in the place of another event is told with that one, unless that is about somebody else."""
    told = {(row.subject_no, row.replaced_by) for row in rows if row.counted}
    for row in rows:
        if not row.counted and (row.subject_no, row.event) in told:
            continue
        if row.counted:
            code = "let_in" if row.let_in else "amended" if row.replaced_by else "reversed"
        else:
            code = "replacement" if row.replaces else "admitted"
        dated = row.period or row.time.isoformat()
        zh, en = "{about} 的{type}（{dated}）", "{type} about {about} ({dated})"
        words = say(zh, en, type=book.event(row.type), about=row.about, dated=dated) + _EVENTS[code]
        links = {"event": row.event, "type": row.type, "replaces": row.replaces, "replaced_by": row.replaced_by}
        yield row.subject_no, _cause(code, words, about=row.about, entry=row.position, **links)


_EVENTS = {
    "reversed": Words("已撤销。", " was taken back."),
    "amended": Words("已由另一条事实替换。", " was replaced by another event."),
    "replacement": Words("替换了另一条事实。", " stands in the place of another event."),
    "let_in": Words(
        "已补入其所属周期，不再结转至本期。", " was let in where it belongs, and is no longer carried here."
    ),
    "admitted": Words("迟到，经更正补入。", " came late and was let in."),
}


def _result(row: Any) -> Said:
    zh = "{about} 的 {period} 结果（{rulebook}）改读第 {n} 个修订版。"
    en = "The result of {about} for {period} under {rulebook} is read in revision {n}."
    words = say(zh, en, about=row.about, period=row.period, rulebook=row.rulebook, n=row.revision)
    of = {"rulebook": row.rulebook, "period": row.period, "from": row.revision_before, "to": row.revision}
    return _cause("results", words, about=row.about, **of)


def _cause(code: str, words: Words, **links: Any) -> Said:
    return {"code": code, **links, "sentence": words.json()}
