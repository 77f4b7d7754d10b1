"""Words for conditions (§11, §15): what is asked, every part of it, and beside each what a result says.

In English a condition is a thing that one needs: "at least 60 points in visits (has 72)".
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from service.explanation.book import Book, Names
from service.explanation.words import NOTHING, Words, alternatives, aside, joined, say

Asked = tuple[str, Any]
Said = dict[str, Any]


class Seen(NamedTuple):
    """A result, in which a condition was asked."""

    book: Book
    row: Any


SEVERITIES = {"minor": "轻微", "serious": "较重", "grave": "严重"}
ROUNDING = {
    None: NOTHING,
    "down": Words("向下取整", "rounded down"),
    "up": Words("向上取整", "rounded up"),
    "half_up": Words("四舍五入", "rounded half up"),
}
TIES = {
    "all_of_them": Words("并列者均列入", "all of those who tie"),
    "none_of_them": Words("并列者均不列入", "none of those who tie"),
}


def condition(book: Book, row: Any, asked: Asked) -> Words:
    """The whole of a condition, with what the result says."""
    return asking(book, asked, Seen(book, row))


def asking(names: Names, asked: Asked, seen: Seen | None = None) -> Words:
    """The whole of a condition, as the rulebook says it where there is no result."""
    name, said = asked
    if name in ("all", "any"):
        between = ("，且", " and ") if name == "all" else ("，或", " or ")
        return joined((_inner(names, one, seen) for one in said), *between)
    if name == "not":
        return say("并非（{said}）", "not ({said})", said=asking(names, said, seen))
    return _ATOMS[name](names, asked, seen)


def _inner(names: Names, asked: Asked, seen: Seen | None) -> Words:
    """One of several; in brackets where it has several itself."""
    words = asking(names, asked, seen)
    is_several = asked[0] in ("all", "any") and len(asked[1]) > 1
    return say("（{words}）", "({words})", words=words) if is_several else words


def _points(names: Names, asked: Asked, seen: Seen | None) -> Words:
    """The points of an item after its bounds, or of a category."""
    kind, said = asked
    name = names.named("category" if kind == "category" else "item", said[kind])
    if kind == "category":
        name = say("类别{name}", "the category {name}", name=name)
    words = _compared(said, name, " 分", " points in")
    if seen is None:
        return words
    book, row = seen
    if kind == "category":
        return words + _actual(row.category_points[book.sheet.category_no(said[kind]) - 1], " 分")
    number = book.sheet.item_no(said[kind])
    return words + _actual(row.lines[book.lines.item(number)] + row.lines[book.lines.cap(number)], " 分")


def _measure(names: Names, asked: Asked, seen: Seen | None) -> Words:
    said = asked[1]
    name = names.named("item", said["measure"])
    if "is_" in said:
        words = say("{name}为 {codes}", "{name} = {codes}", name=name, codes=alternatives(said["is_"]))
    else:
        words = _compared(said, name, "", " in")
    if seen is None:
        return words
    number = seen.book.sheet.item_no(said["measure"]) - 1
    value = (seen.row.codes if "is_" in said else seen.row.measures)[number]
    return words + (Words("（无数据）", " (no data)") if value is None else _actual(value))


def _compared(said: Said, name: Words, unit: str, of: str) -> Words:
    if "at_least" in said:
        return say("{name}不低于 {n}{u}", "at least {n}{of} {name}", name=name, n=said["at_least"], u=unit, of=of)
    return say("{name}低于 {n}{u}", "less than {n}{of} {name}", name=name, n=said["below"], u=unit, of=of)


def _actual(value: Decimal | str | None, unit: str = "") -> Words:
    return NOTHING if value is None else say("（实为 {v}{unit}）", " (has {v})", v=value, unit=unit)


def _posts(names: Names, asked: Asked, seen: Seen | None) -> Words:
    what = Words("岗位", "post") if names.rulebook["subject"] == "worker" else Words("类别", "kind")
    words = say("{what}为 {posts}", "the {what} {posts}", what=what, posts=alternatives(asked[1]))
    return words + _actual(seen.row.post) if seen else words


def _negative(names: Names, asked: Asked, seen: Seen | None) -> Words:
    name = names.named("item", asked[1])
    words = say("本期发生负面清单的{name}", "an event of {name} in this period", name=name)
    if seen is None:
        return words
    return words + say("（{n} 次）", " ({n})", n=seen.row.counts[seen.book.sheet.item_no(asked[1]) - 1])


def _no_data(names: Names, asked: Asked, _: Seen | None) -> Words:
    return say("{name}无数据", "no data for {name}", name=names.named("item", asked[1]))


def _no_negative(_: Names, asked: Asked, __: Seen | None) -> Words:
    return Words(
        f"本期无负面清单的{'、'.join(SEVERITIES[severity] for severity in asked[1])}事项",
        f"no event of the negative list that is {', '.join(asked[1])}",
    )


def _tier(names: Names, asked: Asked, seen: Seen | None) -> Words:
    tiers = joined((names.named("tier", tier) for tier in asked[1]), "或", " | ")
    words = say("等次为{tiers}", "the tier {tiers}", tiers=tiers)
    if seen is None or not seen.row.tier_no:
        return words
    return words + say("（实为{v}）", " (has {v})", v=names.tier_no(seen.row.tier_no))


def _total(_: Names, asked: Asked, seen: Seen | None) -> Words:
    test = Words("不低于", "of at least") if asked[0] == "total_at_least" else Words("低于", "below")
    words = say("总分{test} {n} 分", "a total {test} {n}", test=test, n=asked[1])
    return words + _actual(seen.row.total, " 分") if seen else words


def _place(names: Names, asked: Asked, seen: Seen | None) -> Words:
    """Among the first or the last of the pool, or of a list; with the rank there."""
    end, said = asked
    kind, many = said[end]
    of = said["of"]
    return say(
        "属{group}的{end} {n}{unit}{asides}",
        "among the {end} {n}{unit} of {group}{asides}",
        end=Words("前", "first") if end == "top" else Words("末", "last"),
        n=many,
        unit=Words(" 名", "") if kind == "count" else "%",
        group=_group(*seen, of) if seen else pool(names, of),
        asides=aside([_rank(*seen, of) if seen else NOTHING, TIES[said["ties"]], ROUNDING[said.get("rounding")]]),
    )


def pool(names: Names, of: str) -> Words:
    """The peer group, or a list."""
    if of == "peer_group":
        return Words("同类组", "the peer group")
    return say("名单{list}", "the list {list}", list=names.named("list", of))


def _group(book: Book, row: Any, of: str) -> Words:
    name, group = NOTHING, row.pool
    if of != "peer_group":
        _, group, _ = _listed(book, row, of)
        name = pool(book, of)
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


_ATOMS: dict[str, Callable[[Names, Asked, Seen | None], Words]] = {
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
