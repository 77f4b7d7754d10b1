"""Words for numbers that don't come from events: results of periods (§5.5), the roster and constants (§5.6)."""

from typing import Any

from service.explanation.book import Names
from service.explanation.together import enough
from service.explanation.words import NOTHING, Words, alternatives, aside, joined, plain, say

Said = dict[str, Any]

ROSTER = ("service_days", "tenure_months", "attribute", "fixed")
KINDS = {
    "month": Words("月度", "monthly"),
    "quarter": Words("季度", "quarterly"),
    "half_year": Words("半年度", "half-yearly"),
    "year": Words("年度", "yearly"),
}
_PERIODS = {
    "inside": Words("本期内", " inside this period"),
    "same": Words("本期", " of this period"),
    "containing": Words("本期所在", " of the period that contains this one"),
    "last_final": Words("最近一个已定稿的", " of the last final period"),
    "H1": Words("当年上半年", " of H1 of this year"),
    "H2": Words("当年下半年", " of H2 of this year"),
    "Q1": Words("当年第一季度", " of Q1 of this year"),
    "Q2": Words("当年第二季度", " of Q2 of this year"),
    "Q3": Words("当年第三季度", " of Q3 of this year"),
    "Q4": Words("当年第四季度", " of Q4 of this year"),
}
_READ = {"total": Words("总分", "total"), "tier": Words("等次", "tier"), "rank": Words("名次", "rank")}
_NO_TIER = {
    "breaks": Words("无等次者中断连续", "one without a tier ends the run"),
    "skips": Words("无等次者略过", "those without a tier are passed over"),
    "holds": Words("遇无等次者暂不认定，待其补定", "one without a tier holds the answer up until it is filled in"),
}


def is_of_results(take: tuple[str, Any]) -> bool:
    """Whether a number is taken of results, whose lack leaves outcomes open (§15)."""
    _, source = take
    return isinstance(source, dict) and "results" in source


def results(book: Names, said: Said) -> Words:
    """Which results: of whom, by which rulebook, of which periods, and in brackets what they must be."""
    word, of = said["of"]
    whose = Words("所在组织", " of its organisation") if word == "organisation" else NOTHING
    if word == "organisation" and of:
        whose = say("所属 {kind} ", " of its {kind}", kind=of)
    by = say("依办法 {id} 的", " by {id}", id=said["rulebook"]) if "rulebook" in said else NOTHING
    word, n = said["period"]
    period = say("此前 {n} 个周期的", " of the {n} periods before", n=n) if word == "before" else _PERIODS[word]
    return say(
        "{whose}{by}{period}{kind}结果{narrowed}",
        "{kind} results{period}{whose}{by}{narrowed}",
        whose=whose,
        by=by,
        period=period,
        kind=KINDS[said["results"]],
        narrowed=aside(_narrowed(book, said)),
    )


def read(book: Names, said: Said) -> Words:
    """What is read of each result."""
    word, identifier = said["read"]
    if word in _READ:
        return _READ[word]
    return say("{name} 得分", "points of {name}", name=_named(book, said, word, identifier))


def tiers(book: Names, said: Said) -> Words:
    """What keeps results running: tiers, a rank in front, or both."""
    named = alternatives(_named(book, said, "tier", tier) for tier in said.get("tier", []))
    front = say("前 {n} 名", "in the first {n}", n=said["top"]) if "top" in said else NOTHING
    return joined([named, front])


def roster(take: str, said: Any) -> Words:
    """A number or code of the roster, or a constant."""
    if take == "service_days":
        return Words("在岗天数", "service days")
    if take == "fixed":
        return Words("固定值", "fixed")
    if take == "tenure_months":
        return say("任 {posts} 的整月数", "whole months served as {posts}", posts=alternatives(said["posts"]))
    as_number = Words("（按数值）", " as a number") if said["as_"] == "number" else NOTHING
    return say(
        "期末属性 {name}{as_number}",
        "attribute {name}{as_number} at the end of the period",
        name=said["name"],
        as_number=as_number,
    )


def _narrowed(book: Names, said: Said) -> list[Words]:
    found = [say("等次为 {tiers}", "tier = {tiers}", tiers=tiers(book, said))] if "tier" in said else []
    if "top" in said:
        found.append(say("名次在前 {n}", "rank at most {n}", n=said["top"]))
    if "no_tier" in said:
        found.append(_NO_TIER[said["no_tier"]])
    return found + enough(said)


def _named(book: Names, said: Said, kind: str, identifier: str) -> Words:
    """By title where it is this rulebook's own; what another one calls its things isn't known here."""
    if said.get("rulebook", book.rulebook["rulebook"]) != book.rulebook["rulebook"]:
        return plain(identifier)
    return book.named("item" if kind == "indicator" else kind, identifier)
