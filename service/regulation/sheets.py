"""The chapters of what makes a total: categories, bonus, negative list, factors, measures, roll-ups."""

from collections.abc import Iterator
from itertools import chain

from service.explanation.book import Names
from service.explanation.conditions import asking
from service.explanation.lines import COUNTS
from service.explanation.placing import PERIODS, effect
from service.explanation.sources import KINDS
from service.explanation.words import Words, say
from service.regulation import items
from service.regulation.articles import Article, Chapter, Clause, Said, narrowed, plain, titled
from service.rulebooks import layout

_COUNTS = {"sum": Words("各项得分相加", "the sum of its parts counts"), **COUNTS}
_BONUS = {
    "before_weights": Words(
        "加分并入所指类别或部分，受其上限、权重和系数约束",
        "bonus joins a category or part, under its maximum and weight",
    ),
    "before_limit": Words(
        "加分先并入总分，再受总分上下限约束", "bonus is added before the total is held inside its bounds"
    ),
    "after_limit": Words(
        "总分受上下限约束之后，再另加加分", "bonus is added after the total was held inside its bounds"
    ),
}


def chapters(names: Names) -> Iterator[Chapter]:
    """In the order in which a total is made."""
    said = names.rulebook
    yield Chapter(Words("考核内容", "What is appraised"), list(_contents(names)))
    if "bonus" in said:
        yield Chapter(Words("加分", "Bonus"), list(_bonus(names, "/bonus", said["periods"]["base"], said["bonus"])))
    listed = [("/negative_list", items.negative_item, Words("负面清单", "The negative list"))]
    listed += [("/multipliers", items.multiplier, Words("系数", "Factors"))]
    listed += [("/measures", items.measure, Words("条件所用的数", "Numbers that conditions ask for"))]
    listed += [("/restrictions", _restriction, Words("限制", "Restrictions"))]
    for pointer, article, title in listed:
        yield Chapter(title, [article(names, f"{pointer}/{n}", one) for n, one in enumerate(said[pointer[1:]])])
    yield Chapter(Words("总分", "The total"), [_total(said)])
    yield Chapter(Words("汇总", "Longer periods"), list(_rollups(names)))


def _contents(names: Names) -> Iterator[Article]:
    """Each category, and after it its indicators; at last those of a category that there isn't."""
    said = names.rulebook
    within: dict[str, list[Article]] = {}
    for n, indicator in enumerate(said["indicators"]):
        within.setdefault(indicator["category"], []).append(items.indicator(names, f"/indicators/{n}", indicator))
    for n, category in enumerate(said["categories"]):
        yield _category(names, f"/categories/{n}", category)
        yield from within.pop(category["id"], [])
    yield from chain.from_iterable(within.values())


def _category(names: Names, pointer: str, said: Said) -> Article:
    clauses = [Clause("max", say("最多计 {n} 分", "at most {n} points", n=said["max"]))]
    if "min" in said:
        clauses.append(Clause("min", say("最低计 {n} 分", "at least {n} points", n=said["min"])))
    if "in_" in said:
        clauses.append(Clause("in", say("属于{of}", "a part of {of}", of=names.named("category", said["in_"]))))
    clauses.append(Clause("counts", _COUNTS[said["counts"]]))
    if said["weight"] != 100:
        clauses.append(Clause("weight", say("权重 {n}%", "weight {n}%", n=said["weight"])))
    return titled("category", pointer, said, clauses)


def _bonus(names: Names, pointer: str, kind: str, said: Said) -> Iterator[Article]:
    most = Words("合计不设上限", "together without a maximum")
    if said["max"][0] == "points":
        most = say("合计最多加 {n} 分", "together at most {n} points", n=said["max"][1])
    clauses = [Clause("max", most)]
    if "into" in said:
        into = names.named("category" if pointer == "/bonus" else "item", said["into"])
        clauses.append(Clause("into", say("并入{of}", "joins {of}", of=into)))
    yield plain("bonus", pointer, "加分事项", "Bonus items", clauses)
    for n, item in enumerate(said["items"]):
        yield items.bonus_item(names, f"{pointer}/items/{n}", kind, item)


def _restriction(names: Names, pointer: str, said: Said) -> Article:
    clauses = [
        Clause("when", say("如{when}", "condition: {when}", when=asking(names, said["when"]))),
        Clause("effect", effect(names, said)),
        *narrowed(names, said, "in_", layout.kinds(names.rulebook)),
    ]
    return titled("item", pointer, said, clauses)


def _total(said: Said) -> Article:
    of, deducted = said["total"], Words("减去扣分、乘以系数", "less deductions, times its factor")
    clauses = [
        Clause("full", say("各类别合计满分 {n} 分", "the categories add up to {n}", n=of["full"])),
        Clause("made", say("各类别得分相加，{deducted}", "the sum of the categories, {deducted}", deducted=deducted)),
        Clause("min", say("最低 {n} 分", "at least {n}", n=of["min"])),
        Clause("max", say("最高 {n} 分", "at most {n}", n=of["max"])),
        Clause("orders", _BONUS[said["orders"]["bonus"]]),
    ]
    return plain("total", "/total", "总分", "Total", clauses)


def _rollups(names: Names) -> Iterator[Article]:
    rollups = names.rulebook["rollup"]
    for kind in (one for one in KINDS if one in rollups):
        said, pointer = rollups[kind], f"/rollup/{kind}"
        needed = say(
            "已考核的{periods}不足 {n} 个的，不定等次",
            "no tier with fewer than {n} appraised {periods}",
            n=said["min_periods"],
            periods=PERIODS[layout.kinds(names.rulebook)[0]],
        )
        head = say("{kind}结果由以下各部分汇总而成", "{kind} results are made of the parts below", kind=KINDS[kind])
        yield Article("rollup", pointer, pointer, head, [Clause("min_periods", needed)])
        for n, part in enumerate(said["parts"]):
            yield items.part(names, f"{pointer}/parts/{n}", kind, part)
        if "bonus" in said:
            yield from _bonus(names, f"{pointer}/bonus", kind, said["bonus"])
