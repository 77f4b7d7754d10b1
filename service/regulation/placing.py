"""The chapters of what becomes of a total: groups, lists, tiers, and what follows."""

from collections import Counter
from collections.abc import Iterator

from service.explanation import gives
from service.explanation.book import Names
from service.explanation.conditions import ROUNDING, asking
from service.explanation.sources import KINDS
from service.explanation.words import NOTHING, Words, alternatives, bare, joined, say
from service.regulation import choosing
from service.regulation.articles import Article, Chapter, Clause, Said, kinds, narrowed, plain, titled
from service.regulation.choosing import OF
from service.rulebooks import layout

_SMALL = {
    "keep_apart": Words("仍各自成组", "stay by themselves"),
    "pool_in_tenant": Words("合并为一组", "make one pool together"),
}
_METHOD = {
    "competition": Words("并列者占后面的名次", "who tie take the ranks behind"),
    "dense": Words("并列者不占后面的名次", "who tie take one rank"),
}
_TIES = {
    None: NOTHING,
    "none_of_them": Words("末位并列者均不计入", "none of those who tie for the last seat"),
    "all_of_them": Words("末位并列者均计入", "all of those who tie for the last seat"),
    "tie_breaks": Words("末位并列者按同分次序比较", "who tie for the last seat are told apart by the tie-breaks"),
}
_QUOTA = {
    "after_ceilings": Words(
        "有更低的等次上限或被一票否决的，不占名额", "who has a lower ceiling or a veto takes no seat"
    ),
    "before_ceilings": Words(
        "先定名额，不论等次上限和一票否决；因此不能取得该等次的，名额空缺",
        "seats are given without regard to ceilings and vetoes; a seat of somebody so barred stays empty",
    ),
}
_ORDER = {"high_first": Words("高者在先", "the higher first"), "low_first": Words("低者在先", "the lower first")}


def chapters(names: Names) -> Iterator[Chapter]:
    """Groups, tiers, and what follows."""
    said = names.rulebook
    lists = [_list(f"/lists/{n}", one) for n, one in enumerate(said["lists"])]
    yield Chapter(Words("分组与排名", "Groups and ranks"), [_participation(said), _groups(said), *lists])
    tiers = [_tier(names, n, one) for n, one in enumerate(said["tiers"])]
    yield Chapter(Words("等次", "Tiers"), [*tiers, *_seats(names)])
    outcomes = [_outcome(names, f"/outcomes/{n}", one) for n, one in enumerate(said["outcomes"])]
    yield Chapter(Words("结果运用", "What follows"), outcomes)


def _participation(said: Said) -> Article:
    days = said["participation"]["min_service_days"]
    clauses = [
        Clause(
            kind,
            say(
                "{kind}不足 {n} 天的，不定等次",
                "{kind} no tier with fewer than {n} days",
                kind=KINDS[kind],
                n=days[kind],
            ),
        )
        for kind in KINDS
        if days.get(kind)
    ]
    clauses = clauses or [Clause("none", Words("不设最低要求", "no minimum"))]
    return plain("participation", "/participation", "在岗天数", "Service days", clauses)


def _groups(said: Said) -> Article:
    of = said["peer_groups"]
    small = say(
        "应参加考核者不足 {n} 个的组为小组，{small}",
        "groups with fewer than {n} due {small}",
        n=of["min_size"],
        small=_SMALL[of["small_groups"]],
    )
    clauses = [
        Clause("by", _by(of["by"])),
        Clause("small", small),
        Clause("rank", Words("按总分排名，总分相同的名次相同", "ranked by total; equal totals share a rank")),
    ]
    return plain("peer_groups", "/peer_groups", "同类组", "Peer groups", clauses)


def _by(some: list[str]) -> Words:
    if not some:
        return Words("全体为一组", "all in one group")
    return say("按 {by} 分组", "grouped by {by}", by=joined(some))


def _list(pointer: str, said: Said) -> Article:
    clauses = [Clause("by", _by(said["by"]))]
    for key, zh, en in (("posts", "限岗位 {of}", "of the posts {of}"), ("kinds", "限类别 {of}", "of the kinds {of}")):
        if key in said:
            clauses.append(Clause(key, say(zh, en, of=alternatives(said[key]))))
    return titled("list", pointer, said, [*clauses, Clause("method", _METHOD[said["method"]])])


def _tier(names: Names, n: int, said: Said) -> Article:
    return titled("tier", f"/tiers/{n}", said, _needed(names, said))


def _needed(names: Names, said: Said) -> Iterator[Clause]:
    """The threshold, every gate, the quota."""
    if "otherwise" in said:
        yield Clause("otherwise", Words("不符合以上各等次的", "whoever is in none of the tiers above"))
    if "total_at_least" in said:
        word, bound = said["total_at_least"]
        least = names.named("item", bound) if word == "measure" else say(" {n} 分", "{n}", n=bound)
        yield Clause("total_at_least", say("总分不低于{least}", "a total of at least {least}", least=least))
    yield from _gates(names, said["gates"])
    if "quota" in said:
        yield Clause("quota", _quota(names, said["quota"]))


def _gates(names: Names, gates: list[Said]) -> Iterator[Clause]:
    """Each is known by what it asks of what, as their order says nothing."""
    every, turns = layout.kinds(names.rulebook), Counter[str]()
    for gate in gates:
        within = joined(clause.words for clause in narrowed(names, gate, "in_", every))
        asides = say("（{within}）", " ({within})", within=within) if within else NOTHING
        asked = asking(names, gate["when"])
        key = " ".join(["gates", gate["when"][0], *(identifier for _, identifier in layout.named_in(gate["when"]))])
        turns[key] += 1
        words = say("须{asked}{asides}", "needs {asked}{asides}", asked=asked, asides=asides)
        yield Clause(f"{key} {turns[key]}", words)


def _quota(names: Names, said: Said) -> Words:
    parts = [_TIES[said.get("ties")], ROUNDING[said.get("rounding")]]
    if "seats" in said:
        return say("每组最多 {n} 名", "at most {n} in each group", n=said["seats"]) + _aside(parts)
    of = OF[said["of"]]
    if "at_most" in said:
        word, bound = said["at_most"]
        share = (
            say("{of} %", "{of} %", of=names.named("item", bound))
            if word == "measure"
            else say("{n}%", "{n}%", n=bound)
        )
        words = say("每组不超过{of}的 {n}", "at most {n} of {of} in each group", of=of, n=share)
    elif "at_least" in said:
        words = say(
            "每组末 {n}%（按{of}计）只能为本等次或更低",
            "the last {n}% of {of} in each group can be in no better tier",
            of=of,
            n=said["at_least"],
        )
    else:
        words = say("约占{of}的 {n}%，仅作参考", "about {n}% of {of}, which binds nobody", of=of, n=said["about"])
    return words + _aside(parts)


def _aside(parts: list[Words]) -> Words:
    said = joined(parts, "，", ", ")
    return say("（{said}）", " ({said})", said=said) if said else NOTHING


def _seats(names: Names) -> Iterator[Article]:
    """What orders candidates for seats, and what comes first: a seat or a ceiling."""
    said = names.rulebook
    order = Clause("orders", _QUOTA[said["orders"]["quota"]])
    yield plain("seats", "/orders/quota", "名额", "Seats", [order])
    clauses = [
        Clause(f"tie_breaks/{n}", _tie_break(names, *layout.tie_key(key), key["order"]))
        for n, key in enumerate(said["tie_breaks"])
    ]
    if clauses:
        yield plain("tie_breaks", "/tie_breaks", "同分次序", "Tie-breaks", clauses)


def _tie_break(names: Names, kind: str, identifier: str, order: str) -> Words:
    of = names.named("category" if kind == "category" else "item", identifier)
    if kind == "category":
        of = say("类别{of}", "the category {of}", of=of)
    return say("{of}{order}", "{of}, {order}", of=of, order=_ORDER[order])


def _outcome(names: Names, pointer: str, said: Said) -> Article:
    when = Words("排名者均为候选人", "everybody ranked is a candidate")
    if "choose" not in said:
        when = Words("有等次者均适用", "for everybody with a tier")
    if "when" in said:
        when = say("须{when}", "condition: {when}", when=asking(names, said["when"]))
    clauses = [Clause("in", say("{kind}适用", "applies {kind}", kind=kinds([said["in_"]]))), Clause("when", when)]
    return titled("outcome", pointer, said, [*clauses, *choosing.clauses(names, said), *_value(names, said)])


def _value(names: Names, said: Said) -> Iterator[Clause]:
    """The number that goes with it."""
    name, of = said.get("value", (None, None))
    if name == "tier":
        for tier in sorted(of, key=lambda tier: (-of[tier], tier)):
            words = say("{tier}数值为 {n}", "{tier}: {n}", tier=names.named("tier", tier), n=of[tier])
            yield Clause(f"value/{tier}", words)
    if name == "total":
        rule, *rows = gives.ruled(of, gives.VALUE)
        yield Clause("value", say("以总分计：{rule}", "by the total: {rule}", rule=bare(rule)))
        yield from (Clause(f"value/{row.en.partition(':')[0]}", row) for row in rows)
