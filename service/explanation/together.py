"""Words for rows that belong together (§5.3): once, repeated, share, caps, classes, and how many rows there must be."""

from typing import Any

from service.explanation.words import NOTHING, Words, joined, say

Said = dict[str, Any]

_KEEP = {
    "first": Words("最早一次", "first"),
    "latest": Words("最近一次", "latest"),
    "best": Words("最高一次", "best"),
    "worst": Words("最低一次", "worst"),
}
_ACROSS = {
    "item": NOTHING,
    "category": Words("，同类各项合并", " across the category"),
    "sheet": Words("，全表各项合并", " across the sheet"),
}
_WITHIN = {"period": Words("本期", "the period"), "year": Words("当年", "the year")}
_EMPTY = {
    "spread": Words("无人评的类别，权重分给其余类别", "the weight of an empty class goes to the others"),
    "zero": Words("无人评的类别按 0 计", "an empty class counts as 0"),
    "no_data": Words("有类别无人评则无数据", "no data where a class is empty"),
}
_AND_LATER = Words("及以后", " and later")
_PER = {"day": Words("每日", "day"), "month": Words("每月", "month")}


def together(said: Said) -> list[Words]:
    """Every word of this family that a selection has, in the order in which they are applied."""
    found = [once(said["once"])] if "once" in said else []
    found += [_repeated(said["repeated"])] if "repeated" in said else []
    found += [_share(said["share"])] if "share" in said else []
    found += [cap(one, "扣" if "deduct" in said else "计") for one in said.get("caps", [])]
    found += [_classes(said["classes"])] if "classes" in said else []
    return found + enough(said)


def once(said: Said) -> Words:
    """Of the rows of one act, one stays."""
    keep, across = _KEEP[said["keep"]], _ACROSS[said["across"]]
    return say(
        "同一 {per} 只计{keep}{across}", "the {keep} of each {per}{across}", per=said["per"], keep=keep, across=across
    )


def _repeated(said: Said) -> Words:
    word, months = said["within"]
    within = _WITHIN[word] if word in _WITHIN else say("{n} 个月内", "{n} months", n=months)
    per = say("同一 {per} ", " of the same {per}", per=said["per"]) if "per" in said else NOTHING
    last = len(said["times"])
    times = [
        say(
            "第 {n} 次{on} ×{times}",
            "time {n}{on} × {times}",
            n=n,
            times=factor,
            on=_AND_LATER if n == last else NOTHING,
        )
        for n, factor in enumerate(said["times"], 1)
    ]
    return say("{within}{per}{times}", "within {within}{per}: {times}", within=within, per=per, times=joined(times))


def _share(said: Said) -> Words:
    if said["by"] == "equally":
        return say("同一 {per} 的分值由参与者均分", "the points of one {per} shared equally", per=said["per"])
    return say(
        "同一 {per} 的分值由参与者按 {by} 分配",
        "the points of one {per} shared by {by}",
        per=said["per"],
        by=said["by"],
    )


def cap(said: Said, zh: str = "计") -> Words:
    """The points of a day, a month or a value, together, are held; `zh` is what is done with them."""
    per = Words(
        "".join(_PER[one].zh if one in _PER else f"每个 {one} " for one in said["per"]), " and ".join(said["per"])
    )
    bounds = []
    if "max" in said:
        bounds.append(say("最多{does} {n} 分", "at most {n}", does=zh, n=said["max"]))
    if "min" in said:
        bounds.append(say("最低{does} {n} 分", "at least {n}", does=zh, n=said["min"]))
    return say("{per}{bounds}", "{bounds} for each {per}", per=per, bounds=joined(bounds))


def _classes(said: Said) -> Words:
    weights = joined(say("{code} {n}%", "{code} {n}%", code=code, n=n) for code, n in said["weights"].items())
    return say(
        "先按 {field} 分类平均，再加权：{weights}；{empty}",
        "the mean of each {field}, weighted: {weights}; {empty}",
        field=said["field"],
        weights=weights,
        empty=_EMPTY[said["empty"]],
    )


def enough(said: Said) -> list[Words]:
    """How many rows there must be, and of whom."""
    found = []
    if said.get("at_least_n", 1) > 1:
        found.append(say("至少 {n} 次", "at least {n}", n=said["at_least_n"]))
    if "at_least_share" in said:
        of = said["at_least_share"]
        shares = [say("{code} 至少占 {n}%", "at least {n}% {code}", code=code, n=n) for code, n in of["shares"].items()]
        found.append(say("{field} 中 {shares}", "{shares} of {field}", field=of["field"], shares=joined(shares)))
    return found
