"""What a place says of itself: the verdict, gates, restrictions, further lists and outcomes (§12 to §15)."""

from typing import Any

from schemas.fields import decimal_text
from schemas.rulebook_placing import EFFECTS
from service.explanation import answers, gives
from service.explanation.book import Book, Names, cited, head
from service.explanation.conditions import condition
from service.explanation.items import has_no_data
from service.explanation.words import NOTHING, Words, joined, say

Said = dict[str, Any]

_MET = {True: Words("已满足", "holds"), False: Words("未满足", "does not hold")}
PERIODS = {
    "month": Words("月份", "months"),
    "quarter": Words("季度", "quarters"),
    "half_year": Words("半年", "half-years"),
    "year": Words("年度", "years"),
}
REASONS = {
    "probation": Words("试用期", "on probation"),
    "long_leave": Words("长期请假", "on long leave"),
    "under_investigation": Words("正在接受调查", "under investigation"),
    "under_sanction": Words("处分期内", "under a sanction"),
    "other": Words("其他情形", "for another reason"),
}
# Without a condition: follows for them, or is chosen for among them.
_ANYBODY = {
    False: Words("有等次者均适用", "for everybody with a tier"),
    True: Words("排名者均为候选人", "everybody ranked is a candidate"),
}


def verdict(book: Book, row: Any) -> dict[str, str]:
    """The result in one sentence, with what barred a better tier."""
    words = say("总分 {n}", "Total {n}", n=row.total)
    if row.no_tier:
        return say("{words}；不定等次：{why}。", "{words}; no tier: {why}.", words=words, why=_reason(book, row)).json()
    if row.tier_no:
        tier = Words(
            f"，等次“{book.rulebook['tiers'][row.tier_no - 1]['title']}”", f", tier {book.tier_no(row.tier_no).en}"
        )
        words += tier
    if row.veto_no:
        by = _binding(book, row, "veto")
        return say(
            "{words}：因{by}一票否决，不排名。", "{words}: vetoed by {by}, not ranked.", words=words, by=by
        ).json()
    if row.ceiling_no:
        by, best = _binding(book, row, "ceiling"), book.tier_no(row.ceiling_no)
        words += say("（因{by}，不高于{best}）", " (no better than {best}, by {by})", by=by, best=best)
    ignored = [said for said in met_restrictions(book, row) if "bonus" in said]
    if ignored:
        by = joined(cited(said) for said in ignored)
        words += say("（因{by}，等次门槛不计加分）", " (thresholds without bonus, by {by})", by=by)
    return (words + _rank(book, row) + Words("。", ".")).json()


def gates(book: Book, row: Any) -> list[Said]:
    """Every gate of the sheet: whether it holds, and what it asks."""
    found = []
    for number, gate in enumerate(book.sheet.gates, 1):
        holds = number in row.met
        sentence = say(
            "{tier}要求{asked}：{met}。",
            "{tier} needs {asked}: it {met}.",
            tier=book.tier_no(gate.tier),
            asked=condition(book, row, gate.when),
            met=_MET[holds],
        )
        tier = book.rulebook["tiers"][gate.tier - 1]["id"]
        found.append({"tier": tier, "index": gate.place, "holds": holds, "sentence": sentence.json()})
    return found


def restrictions(book: Book, row: Any) -> list[Said]:
    """The restrictions whose condition holds, and what follows from each."""
    return [
        _named(said)
        | {
            "effect": next(word for word in EFFECTS if word in said),
            "sentence": say(
                "{head}：{why}，{effect}。",
                "{head}: {why}; {effect}.",
                head=head(said),
                why=condition(book, row, said["when"]),
                effect=effect(book, said),
            ).json(),
        }
        for said in met_restrictions(book, row)
    ]


def lists(book: Book, row: Any) -> list[Said]:
    """The further lists in which the subject is ranked."""
    found = []
    for said, group, rank in zip(book.rulebook["lists"], row.list_groups or (), row.list_ranks or (), strict=False):
        if rank is None:
            continue
        within = NOTHING if group == "*" else say("组 {group} 中", " in the group {group}", group=group)
        dense = Words("（并列者不占后面的名次）", " (who tie take one rank)") if said["method"] == "dense" else NOTHING
        sentence = say(
            "{head}：{within}排第 {rank}{dense}。",
            "{head}: rank {rank}{within}{dense}.",
            head=head(said),
            within=within,
            rank=rank,
            dense=dense,
        )
        found.append(_named(said) | {"group": group, "rank": rank, "sentence": sentence.json()})
    return found


def outcomes(book: Book, row: Any) -> list[Said]:
    """What follows, the number that goes with it or the seat that was left, and why."""
    found = []
    for number, value in zip(row.outcomes, row.outcome_values, strict=False):
        said = book.sheet.outcomes[number - 1]
        sentence = say(
            "{head}：{why}{seat}{value}。",
            "{head}: {why}{seat}{value}.",
            head=head(said),
            seat=answers.seat(row, number),
            why=condition(book, row, said["when"]) if "when" in said else _ANYBODY["choose" in said],
            value=_value(book, row, said["value"], value) if "value" in said else NOTHING,
        )
        text = None if value is None else decimal_text(value)
        found.append(_named(said) | {"value": text, **answers.seats(row, number), "sentence": sentence.json()})
    return found


def met_restrictions(book: Book, row: Any) -> list[Said]:
    """The restrictions whose condition holds; their conditions are numbered after the gates."""
    first = len(book.sheet.gates) + 1
    return [said for number, said in enumerate(book.sheet.restrictions, first) if number in row.met]


def _named(said: Said) -> Said:
    return {"id": said["id"], "title": said["title"], "ref": said.get("ref")}


def _reason(book: Book, row: Any) -> Words:
    """Why there is no tier."""
    if row.no_tier == "service_short":
        needed = book.rulebook["participation"]["min_service_days"].get(book.sheet.kind, 0)
        zh = "在岗天数不足（{days} 天，须满 {needed} 天）"
        return say(zh, "too few service days ({days} of {needed})", days=row.service_days, needed=needed)
    if row.no_tier == "few_periods":
        needed = book.rulebook["rollup"].get(book.sheet.kind, {}).get("min_periods", 0)
        zh, en = "已考核的{periods}不足 {n} 个", "fewer than {n} appraised {periods}"
        return say(zh, en, periods=PERIODS[book.base], n=needed)
    if row.no_tier == "data_missing":
        items = [item.said for n, item in enumerate(book.sheet.items, 1) if has_no_data(item, row, n)]
        lacking = joined(cited(said) for said in items if said["no_data"][0] == "missing")
        return Words("必需的数据缺失", "required data are missing") + (
            say("：{of}", ": {of}", of=lacking) if lacking else NOTHING
        )
    by = joined(cited(said) for said in met_restrictions(book, row) if said.get("no_tier") == row.no_tier)
    return REASONS[row.no_tier] + (say("，依据{by}", ", by {by}", by=by) if by else NOTHING)


def _binding(book: Book, row: Any, word: str) -> Words:
    """The items of the negative list and the restrictions that set the ceiling, or the veto, that binds."""
    number = row.veto_no if word == "veto" else row.ceiling_no
    tier = book.rulebook["tiers"][number - 1]["id"]
    items = [
        item.said
        for n, item in enumerate(book.sheet.items)
        if item.said.get(word) == tier and row.counts[n] and book.sheet.kind in item.said.get("binds", [book.base])
    ]
    sets = "tier" if word == "veto" else "ceiling"
    return joined(cited(said) for said in [*items, *(r for r in met_restrictions(book, row) if r.get(sets) == tier)])


def effect(book: Names, said: Said) -> Words:
    """What follows from a restriction."""
    if "deduct" in said:
        return say("扣 {n} 分", "{n} points deducted", n=said["deduct"])
    if "ceiling" in said:
        return say("等次不高于{tier}", "no better than {tier}", tier=book.named("tier", said["ceiling"]))
    if "tier" in said:
        return say("定为{tier}，不排名", "the tier is {tier}, not ranked", tier=book.named("tier", said["tier"]))
    if "no_tier" in said:
        return say("不定等次（{why}）", "no tier ({why})", why=REASONS[said["no_tier"]])
    return Words("等次门槛不计加分", "thresholds are asked of the total without bonus")


def _rank(book: Book, row: Any) -> Words:
    if row.rank is None:
        return Words("，不排名", ", not ranked")
    group = Words("全体", "") if row.pool == "*" else say("组 {pool} 的", " in the group {pool}", pool=row.pool)
    zh, en = "，在{group} {ranked} {counted}中排第 {rank}", ", rank {rank} of {ranked}{group}"
    return say(zh, en, group=group, ranked=row.ranked, counted=book.counted, rank=row.rank)


def _value(book: Book, row: Any, said: tuple[str, Any], value: Any) -> Words:
    """The number that goes with an outcome, and by what."""
    if value is None:
        return Words("，无数值", ", without a value")
    name, give = said
    if name == "tier":
        by = say("按等次{tier}", "by the tier {tier}", tier=book.tier_no(row.tier_no)) if row.tier_no else NOTHING
    else:
        by = say("按总分 {n}", "by the total {n}", n=row.total) + gives.given(give, gives.VALUE, row.total, None)
    return say("，数值 {n}", ", value {n}", n=value) + (say("（{by}）", " ({by})", by=by) if by else NOTHING)
