"""Before a step of a period: what blocks it, whether force overrides that, and what is odd, which never blocks."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from service import notice
from service.database.transactions import Transaction
from service.errors import Problem, sentence
from service.explanation import Book
from service.explanation.book import named
from service.explanation.words import Words, plain, say
from service.periods import Period
from service.results import Shown, show
from service.rulebooks import claims
from service.rulebooks.store import Ruling
from service.sources import Source, base_periods, find_sources, not_final

_MOST_NAMED = 20
_MOST_OBJECTIONS_NAMED = 5
_NEAR = Decimal("0.5")  # points

Said = dict[str, Any]


class Block(NamedTuple):
    """Why steps of a period can't be taken, what it is about, some of the subjects, and whether force overrides it."""

    problem: Problem
    about: list[str]
    subjects: list[str]
    steps: tuple[str, ...] = ("close", "publish")
    forceable: bool = False

    def json(self) -> Said:
        """As an entry of the checklist."""
        code, values = self.problem.code, self.problem.values
        words = Words(sentence(code, values, "zh"), sentence(code, values, "en"))
        entry = _entry(code, words, self.about, len(self.subjects or self.about), self.subjects[:_MOST_NAMED])
        return {**entry, "steps": list(self.steps), "forceable": self.forceable}


def refuse_blocked(
    transaction: Transaction, ruling: Ruling, period: Period, step: str, forced: bool = False
) -> list[str]:
    """What was overridden of all that blocks a step of a period: only if `forced`, and only what waiting would mend.

    Problem period.not_ended, period.parts_open, period.claimed, results.unpublished, period.late_days, objection.open,
    notice.running.
    """
    found = [block for block in blocks(transaction, ruling, period) if step in block.steps]
    for block in found:
        if not (forced and block.forceable):
            raise block.problem
    return [block.problem.code for block in found]


def checklist(transaction: Transaction, period: Period, rulebook: str | None, watermark: int) -> Said:
    """What blocks, and what is odd about what would be published now. Problem resource.unknown, period.not_begun."""
    shown = show(transaction, period, rulebook, watermark, live=True)
    return {
        **shown.head(),
        "blocks": [block.json() for block in blocks(transaction, shown.ruling, period)],
        "odd": list(_odd(transaction, shown, watermark)),
    }


def blocks(transaction: Transaction, ruling: Ruling, period: Period) -> Iterator[Block]:
    """All that blocks any step of a period."""
    if not period.has_ended(ruling.timezone):
        yield Block(Problem("period.not_ended", period=period.text), [period.text], [])
    # A roll-up is made of published base periods only.
    unpublished = _unpublished(transaction, ruling, period)
    if parts := [read.period for read in unpublished if read.why == "part"]:
        yield Block(Problem("period.parts_open", period=period.text, parts=", ".join(parts)), parts, [])
    for claim in claims.of_period(transaction, ruling.number, period):
        yield Block(Problem("period.claimed", **claim.values), [claim.other], claim.subjects)
    if needed := [f"{read.rulebook} {read.period}" for read in unpublished if read.why == "needed"]:
        problem = Problem("results.unpublished", period=period.text, results=", ".join(needed))
        yield Block(problem, needed, [], ("publish",), True)
    yield from _untimely(transaction, ruling, period)


def _untimely(transaction: Transaction, ruling: Ruling, period: Period) -> Iterator[Block]:
    """What is over by itself after some days, and what somebody has to decide before."""
    where = transaction.one("period_state", rulebook_id=ruling.id, period=period.text)
    # After a first revision, late events come in by name alone.
    if where.revision is None and period.has_ended(ruling.timezone) and (until := notice.late_until(ruling, period)):
        problem = Problem("period.late_days", period=period.text, until=until.isoformat())
        yield Block(problem, [period.text], [], ("publish",), True)
    if unsettled := transaction.all("objections_unsettled", rulebook_id=ruling.id, period=period.text):
        ids = [row.objection for row in unsettled]
        some = ", ".join(ids[:_MOST_OBJECTIONS_NAMED])
        problem = Problem("objection.open", period=period.text, n=len(ids), objections=some)
        yield Block(problem, ids, [row.subject for row in unsettled], ("finalise",))
    if where.state == "provisional" and (until := notice.running_until(transaction, ruling, period)):
        problem = Problem("notice.running", period=period.text, until=until.isoformat())
        yield Block(problem, [period.text], [], ("finalise",), True)


def _odd(transaction: Transaction, shown: Shown, watermark: int) -> Iterator[Said]:
    keys = {"standing": shown.keys["standing"], "rulebook": shown.ruling.number, "sheet": shown.period.kind}
    book = shown.book(transaction)
    transaction.do("standing_plan", nested_loops="off")
    yield from _unread(transaction, shown, watermark)
    for row in transaction.all("odd_items", **keys):
        item = shown.sheet.items[row.indicator_no - 1].said
        words = say("{item}：没有任何人有数据。", "{item}: nobody has any data.", item=named(item))
        yield _entry("rows.none", words, [item["id"]], 0, [])
    for row in transaction.all("odd_subjects", near=_NEAR, limit=_MOST_NAMED, **keys):
        words, about = _of_subjects(book, row)
        yield _entry(row.code, words, about, row.count, row.subjects)
    for row in transaction.all("odd_groups", **keys):
        zh = "组 {group} 的平均总分 {mean} 与各组的平均 {all} 相差超过两个标准差。"
        en = "The mean total of the group {group}, {mean}, is more than two standard deviations off the mean {all}."
        words = say(zh, en, group=row.pool, mean=row.mean, all=row.mean_of_all)
        yield _entry("group.far", words, [row.pool], row.subjects, [])


def _unread(transaction: Transaction, shown: Shown, watermark: int) -> Iterator[Said]:
    """Other results that are read, but not published, or as history not final: a run reads them as missing."""
    earlier = not_final(transaction, shown.ruling, shown.period, watermark)
    for rulebook, period in earlier:
        zh = "{rulebook} 的 {period} 结果尚未定稿；此时发布，历史条件将视为没有该期结果。"
        en = "The results of {rulebook} for {period} are not final; history in a run would be without them."
        words = say(zh, en, rulebook=rulebook, period=period)
        yield _entry("results.not_final", words, [f"{rulebook} {period}"], 1, [])
    for rulebook, period, why in _unpublished(transaction, shown.ruling, shown.period):
        if why == "odd" and (rulebook, period) not in earlier:
            zh = "{rulebook} 的 {period} 结果尚未发布；此时发布将视为缺失。"
            en = "The results of {rulebook} for {period} are not published; a run would take them as missing."
            words = say(zh, en, rulebook=rulebook, period=period)
            yield _entry("results.unpublished", words, [f"{rulebook} {period}"], 1, [])


class _Unpublished(NamedTuple):
    """Results that are read and not published: parts of the period, needed of another rulebook, or else odd."""

    rulebook: str
    period: str
    why: Literal["part", "needed", "odd"]


def _unpublished(transaction: Transaction, ruling: Ruling, period: Period) -> list[_Unpublished]:
    parts = base_periods(ruling, period)

    def why(source: Source) -> Literal["part", "needed", "odd"]:
        if source.ruling.id == ruling.id:
            return "part" if source.period in parts else "odd"
        return "needed" if source.period.end_day > period.first_day else "odd"

    sources = find_sources(transaction, ruling, period, watermark=0).unpublished  # nothing final is among them
    return sorted({_Unpublished(s.ruling.id, s.period.text, why(s)) for s in sources})


def _of_subjects(book: Book, row: Any) -> tuple[Words, list[str]]:
    if row.code == "data.missing":
        return say("{n} 个对象缺少必需的数据。", "{n} lack required data.", n=row.count), []
    if row.code == "rows.few":
        item = book.sheet.items[row.number - 1].said
        zh, en = "{item}：{n} 个对象的数据条数不足。", "{item}: {n} have fewer rows than it needs."
        return say(zh, en, item=named(item), n=row.count), [item["id"]]
    zh, en = (
        "{n} 个对象的总分距{tier}的分数线不超过 {near} 分。",
        "The totals of {n} are within {near} of the threshold of {tier}.",
    )
    tier = book.rulebook["tiers"][row.number - 1]["id"]
    return say(zh, en, n=row.count, tier=book.tier_no(row.number), near=plain(_NEAR)), [tier]


def _entry(code: str, words: Words, about: list[str], count: int, subjects: list[str]) -> Said:
    return {"code": code, "about": about, "sentence": words.json(), "count": count, "subjects": subjects}
