"""Words for conditions (§11, §15): what is asked, every part of it, and beside each what the result says.

In English a condition is a thing that one needs: "at least 60 points in visits (has 72)".
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from service.explanation.book import Book
from service.explanation.words import NOTHING, Words, alternatives, aside, joined, say

Asked = tuple[str, Any]
Said = dict[str, Any]

_SEVERITIES = {"minor": "轻微", "serious": "较重", "grave": "严重"}
_ROUNDING = {
    None: NOTHING,
    "down": Words("向下取整", "rounded down"),
    "up": Words("向上取整", "rounded up"),
    "half_up": Words("四舍五入", "rounded half up"),
}
_TIES = {
    "all_of_them": Words("并列者均列入", "all of those who tie"),
    "none_of_them": Words("并列者均不列入", "none of those who tie"),
}


def condition(book: Book, row: Any, asked: Asked) -> Words:
    """The whole of a condition."""
    name, said = asked
    if name in ("all", "any"):
        between = ("，且", " and ") if name == "all" else ("，或", " or ")
        return joined((_inner(book, row, one) for one in said), *between)
    if name == "not":
        return say("并非（{said}）", "not ({said})", said=condition(book, row, said))
    return _ATOMS[name](book, row, asked)


def _inner(book: Book, row: Any, asked: Asked) -> Words:
    """One of several; in brackets where it has several itself."""
    words = condition(book, row, asked)
    is_several = asked[0] in ("all", "any") and len(asked[1]) > 1
    return say("（{words}）", "({words})", words=words) if is_several else words


def _points(book: Book, row: Any, asked: Asked) -> Words:
    """The points of an item after its bounds, or of a category."""
    kind, said = asked
    if kind == "category":
        name, points = book.named(kind, said[kind]), row.category_points[book.sheet.category_no(said[kind]) - 1]
    else:
        number = book.sheet.item_no(said[kind])
        name = book.named("item", said[kind])
        points = row.lines[book.lines.item(number)] + row.lines[book.lines.cap(number)]
    return _compared(said, name, " 分", " points in") + _actual(points, " 分")


def _measure(book: Book, row: Any, asked: Asked) -> Words:
    said = asked[1]
    number, name = book.sheet.item_no(said["measure"]) - 1, book.named("item", said["measure"])
    value, code = row.measures[number], row.codes[number]
    if "is_" in said:
        words = say("{name}为 {codes}", "{name} = {codes}", name=name, codes=alternatives(said["is_"]))
    else:
        words, code = _compared(said, name, "", " in"), value
    return words + (Words("（无数据）", " (no data)") if code is None else _actual(code))


def _compared(said: Said, name: Words, unit: str, of: str) -> Words:
    if "at_least" in said:
        return say("{name}不低于 {n}{u}", "at least {n}{of} {name}", name=name, n=said["at_least"], u=unit, of=of)
    return say("{name}低于 {n}{u}", "less than {n}{of} {name}", name=name, n=said["below"], u=unit, of=of)


def _actual(value: Decimal | str | None, unit: str = "") -> Words:
    return NOTHING if value is None else say("（实为 {v}{unit}）", " (has {v})", v=value, unit=unit)


def _posts(book: Book, row: Any, asked: Asked) -> Words:
    what = Words("岗位", "post") if book.rulebook["subject"] == "worker" else Words("类别", "kind")
    return say("{what}为 {posts}", "the {what} {posts}", what=what, posts=alternatives(asked[1])) + _actual(row.post)


def _negative(book: Book, row: Any, asked: Asked) -> Words:
    count = row.counts[book.sheet.item_no(asked[1]) - 1]
    return say(
        "本期发生负面清单的{name}（{n} 次）",
        "an event of {name} in this period ({n})",
        name=book.named("item", asked[1]),
        n=count,
    )


def _no_data(book: Book, _: Any, asked: Asked) -> Words:
    return say("{name}无数据", "no data for {name}", name=book.named("item", asked[1]))


def _no_negative(_: Book, __: Any, asked: Asked) -> Words:
    return Words(
        f"本期无负面清单的{'、'.join(_SEVERITIES[severity] for severity in asked[1])}事项",
        f"no event of the negative list that is {', '.join(asked[1])}",
    )


def _tier(book: Book, row: Any, asked: Asked) -> Words:
    tiers = joined((book.named("tier", tier) for tier in asked[1]), "或", " | ")
    words = say("等次为{tiers}", "the tier {tiers}", tiers=tiers)
    return words + say("（实为{v}）", " (has {v})", v=book.tier_no(row.tier_no)) if row.tier_no else words


def _total(_: Book, row: Any, asked: Asked) -> Words:
    test = Words("不低于", "of at least") if asked[0] == "total_at_least" else Words("低于", "below")
    return say("总分{test} {n} 分", "a total {test} {n}", test=test, n=asked[1]) + _actual(row.total, " 分")


def _place(book: Book, row: Any, asked: Asked) -> Words:
    """Among the first or the last of the pool, or of a list; with the rank there."""
    end, said = asked
    kind, many = said[end]
    return say(
        "属{group}的{end} {n}{unit}{asides}",
        "among the {end} {n}{unit} of {group}{asides}",
        end=Words("前", "first") if end == "top" else Words("末", "last"),
        n=many,
        unit=Words(" 名", "") if kind == "count" else "%",
        group=_group(book, row, said["of"]),
        asides=aside([_rank(book, row, said["of"]), _TIES[said["ties"]], _ROUNDING[said.get("rounding")]]),
    )


def _group(book: Book, row: Any, of: str) -> Words:
    name, group = NOTHING, row.pool
    if of != "peer_group":
        one, group, _ = _listed(book, row, of)
        name = Words(f"名单“{one['title']}”", f"the list {one['id']}")
    if group in (None, "*"):  # nobody is apart there
        return name or Words("全体", "all")
    return name + say(
        "{of}组 {group} ", "{of}the group {group}", of=Words("中", ", ") if name else NOTHING, group=group
    )


def _rank(book: Book, row: Any, of: str) -> Words:
    rank = row.rank if of == "peer_group" else _listed(book, row, of)[2]
    if rank is None:
        return Words("不排名", "not ranked")
    if of == "peer_group":
        zh = "{ranked} 名排名者中排第 {rank}"
        return say(zh, "rank {rank} of {ranked}", ranked=row.ranked, rank=rank)
    return say("排第 {rank}", "rank {rank}", rank=rank)


def _listed(book: Book, row: Any, identifier: str) -> tuple[Said, str | None, int | None]:
    """A list, the subject's group and its rank in it."""
    lists = book.rulebook["lists"]
    n = next(n for n, one in enumerate(lists) if one["id"] == identifier)
    return lists[n], row.list_groups[n], row.list_ranks[n]


_ATOMS: dict[str, Callable[[Book, Any, Asked], Words]] = {
    "indicator": _points,
    "category": _points,
    "measure": _measure,
    "posts": _posts,
    "negative": _negative,
    "no_data": _no_data,
    "no_negative": _no_negative,
    "tier": _tier,
    "total_at_least": _total,
    "total_below": _total,
    "top": _place,
    "bottom": _place,
}
