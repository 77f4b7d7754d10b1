"""Words for `take` (§5.4): how the rows became one number, with the number or code where it is known.

The number belongs to the last step before `give`: where it was prorated or compared, only what came out of that is
stored.
"""

from typing import Any

from schemas.fields import decimal_text
from service.explanation.book import Names
from service.explanation.selections import selected
from service.explanation.sources import ROSTER, read, results, roster, tiers
from service.explanation.words import NOTHING, Words, alternatives, joined, say

Said = dict[str, Any]

_AGGREGATES = {
    "count": Words("", ""),
    "sum": Words("，{field}合计{value}", ", sum{of}{value}"),
    "mean": Words("，{field}平均{value}", ", mean{of}{value}"),
    "best": Words("，{field}取得分最高的一次{value}", ", best{of}{value}"),
    "worst": Words("，{field}取得分最低的一次{value}", ", worst{of}{value}"),
    "latest": Words("，{field}取最近的一次{value}", ", latest{of}{value}"),
    "given": Words("，{field}评分{value}", ", given{of}{value}"),
    "plurality": Words("，{field}以多数定为{value}", ", plurality{of}{value}"),
    "running": Words("，{field}截至最近一次连续为{running}的次数{value}", ", running{of} {running}{value}"),
    "days": Words("，有效期覆盖本期的天数{value}", ", days of the period that they last{value}"),
    "each_event": Words("，{field}逐次计分", ", each by itself{of}"),
    "deduct": Words("，{field}逐次扣分", ", deducted one by one{of}"),
}
_VOTES = {"votes": Words("有效票", "the votes"), "ballots": Words("全部票", "all ballots")}
_WINS = {
    "most": Words("{votes}中最多者", "the most of {votes}"),
    "more_than_half": Words("须过{votes}半数", "more than half of {votes}"),
    "two_thirds": Words("须达{votes}三分之二", "at least two thirds of {votes}"),
}
_TIE = {
    "better": Words("同票取较好者", "of equals the better"),
    "worse": Words("同票取较差者", "of equals the worse"),
    "no_data": Words("同票视为无数据", "equals are no data"),
}
_COMPARED = {
    ("rank", "high_first"): Words("从高到低的名次{value}", "rank from the highest in {group}{value}"),
    ("rank", "low_first"): Words("从低到高的名次{value}", "rank from the lowest in {group}{value}"),
    ("share_of_first", "high_first"): Words("占最高值之比{value}", "share of the greatest in {group}{value}"),
}
_GROUPS = {"peer_group": Words("同类组内", "the peer group"), "cohort": Words("全部考核对象内", "the cohort")}


def taken(book: Names, said: Said, take: tuple[str, Any], count: int | None = None, value: str | None = None) -> Words:
    """Everything up to the number that is handed to `give`; without rows, as the rulebook says it."""
    known = say(" {v}", " = {v}", v=value) if value is not None else NOTHING
    compare, prorated = said.get("compare"), "prorate" in said
    number = _number(book, take, count, NOTHING if compare or prorated else known)
    if prorated:
        number += say(
            "，按在岗天数折算为整期{value}", ", prorated by service days{value}", value=NOTHING if compare else known
        )
    return number + _compared(compare, known) if compare else number


def sought(book: Names, take: tuple[str, Any]) -> Words:
    """Of what there are rows, or none."""
    name, said = take
    if name == "ratio":
        return _ratio(book, said)
    if name in ROSTER:
        return roster(name, said)
    return results(book, said) if "results" in said else selected(book, said, *_voting(name, said))


def counted(take: tuple[str, Any], count: int) -> Words:
    """So many rows."""
    is_results = isinstance(take[1], dict) and "results" in take[1]
    return Words(f"{count} {'个' if is_results else '次'}", str(count))


def _number(book: Names, take: tuple[str, Any], count: int | None, value: Words) -> Words:
    name, said = take
    if name == "fixed":
        return roster(name, said) + say(" {n}", " {n}", n=decimal_text(said))
    if name in ROSTER:
        return roster(name, said) + value
    if name == "ratio":
        return _ratio(book, said) + value
    rows = _rows(take, sought(book, take), count)
    if "distinct" in said:
        return rows + say("，按 {field} 去重{value}", ", different {field}{value}", field=said["distinct"], value=value)
    return rows + _aggregated(book, name, said, value)


def _rows(take: tuple[str, Any], of: Words, count: int | None) -> Words:
    """The rows; how many, where that is known or is the number itself."""
    if count is not None:
        gap = "" if of.zh.endswith(("”", "）")) else " "
        return say("{of}{gap}{n}", "{n} of {of}", n=counted(take, count), of=of, gap=gap)
    if take[0] != "count":
        return of
    is_results = "results" in take[1]
    return say("{of}的{n}", "the number of {of}", of=of, n=Words("个数" if is_results else "次数", ""))


def _aggregated(book: Names, name: str, said: Said, value: Words) -> Words:
    if name == "deduct" and said["deduct"][0] == "fixed":
        # The same for each, so its `give` says all but that there must be something to read.
        is_said = "field" not in said or "between" in said
        return NOTHING if is_said else say("，须有 {field}", ", with {field}", field=said["field"])
    if "results" in said:
        field = _TIER if name == "running" else read(book, said)
        running = tiers(book, said) if name == "running" else NOTHING
    else:
        field = say("{field} ", "{field}", field=said["field"]) if "field" in said else NOTHING
        running = say(" {codes} ", "{codes}", codes=alternatives(said.get("is_", [])))
    template = _AGGREGATES[name]
    of = say("", " of {field}", field=field) if field else NOTHING
    return say(template.zh, template.en, field=field, of=of, running=running, value=value)


_TIER = Words("等次", "tier")


def _voting(name: str, said: Said) -> list[Words]:
    """How a plurality is decided."""
    if name != "plurality":
        return []
    wins = _WINS[said["wins"]]
    order = joined(said["order"], " > ", " > ")
    return [
        say("有效票由好到差为 {order}", "votes, the best first: {order}", order=order),
        say(wins.zh, wins.en, votes=_VOTES[said["of"]]),
        _TIE[said["tie"]],
    ]


def _ratio(book: Names, said: Said) -> Words:
    num, den = (_side(book, said[side]) for side in ("num", "den"))
    return say("{num}与{den}之比", "{num} ÷ {den}", num=num, den=den)


def _side(book: Names, said: Said) -> Words:
    of = selected(book, said)
    if "distinct" in said:
        return say("{of}按 {field} 去重的个数", "different {field} of {of}", of=of, field=said["distinct"])
    if "field" in said:
        return say("{of}的 {field} 合计", "sum of {field} of {of}", of=of, field=said["field"])
    return of


def _compared(said: Said, value: Words) -> Words:
    # Nothing is written of the order of a share: the first is always the greatest.
    template = _COMPARED[said["as_"], said["order"] if said["as_"] == "rank" else "high_first"]
    group = _GROUPS[said["within"]]
    return say("，{group}", ", ", group=group) + say(template.zh, template.en, group=group, value=value)
