"""The clauses of whatever takes a number: indicators, bonus items, parts, negative items, multipliers, measures."""

from collections.abc import Iterator
from decimal import Decimal

from service.explanation import gives
from service.explanation.book import Names
from service.explanation.conditions import SEVERITIES
from service.explanation.placing import effect
from service.explanation.sources import KINDS, is_of_results
from service.explanation.takes import taken
from service.explanation.words import NOTHING, Words, say
from service.regulation.articles import Article, Clause, Said, narrowed, titled
from service.rulebooks import layout

_EN = {gives.POINTS: "points: ", gives.DEDUCTED: "deducted: ", gives.VALUE: "value: "}


def indicator(names: Names, pointer: str, said: Said) -> Article:
    """An indicator."""
    category = say("计入{of}", "counts towards {of}", of=names.named("category", said["category"]))
    return titled("item", pointer, said, [Clause("category", category), *_scored(names, said)])


def bonus_item(names: Names, pointer: str, kind: str, said: Said) -> Article:
    """A bonus item of a kind of period."""
    category = Clause("category", say("{kind}加分", "{kind} bonus", kind=KINDS[kind]))
    return titled("item", pointer, said, [category, *_scored(names, said)])


def part(names: Names, pointer: str, kind: str, said: Said) -> Article:
    """A part of the roll-up of a kind of period."""
    category = Clause("category", say("计入{kind}结果", "counts towards the {kind} result", kind=KINDS[kind]))
    weight = Clause("weight", say("权重 {n}%", "weight {n}%", n=said["weight"]))
    return titled("item", pointer, said, [category, weight, *_scored(names, said)])


def negative_item(names: Names, pointer: str, said: Said) -> Article:
    """An item of the negative list."""
    clauses = [
        Clause("severity", Words(f"情节{SEVERITIES[said['severity']]}", said["severity"])),
        Clause("take", taken(names, said, ("deduct", said))),
        *_given(said["deduct"], "deduct", gives.DEDUCTED),
        *_bounds(said, gives.DEDUCTED),
        *_binding(names, said),
    ]
    return titled("item", pointer, said, clauses)


def multiplier(names: Names, pointer: str, said: Said) -> Article:
    """A factor for the total or for a category."""
    of = Words("总分", "the total") if said["of"] == "total" else names.named("category", said["of"])
    clauses = [
        Clause("of", say("{of}乘以系数", "a factor for {of}", of=of)),
        *_valued(names, said),
        *_bounds(said, gives.VALUE),
        Clause("no_data", say("无数据时系数为 {n}", "without data: {n}", n=said["no_data"][1])),
        *narrowed(names, said, "in_", layout.kinds(names.rulebook)[:1]),
    ]
    return titled("item", pointer, said, clauses)


def measure(names: Names, pointer: str, said: Said) -> Article:
    """A number or code that conditions, thresholds and quotas ask for."""
    clauses = [
        *_valued(names, said),
        Clause("no_data", _stands_for(*said["no_data"], of_results=is_of_results(said["take"]))),
        *narrowed(names, said, "in_", layout.kinds(names.rulebook)),
    ]
    return titled("item", pointer, said, clauses)


def _scored(names: Names, said: Said) -> Iterator[Clause]:
    """From the take to the points."""
    yield Clause("take", taken(names, said, said["take"]))
    yield from _given(said["give"], "give", gives.POINTS)
    yield from _bounds(said, gives.POINTS)
    yield Clause("no_data", _without_data(*said["no_data"]))


def _valued(names: Names, said: Said) -> Iterator[Clause]:
    """A number that stays what it is says nothing of how."""
    yield Clause("take", taken(names, said, said["take"]))
    if said["give"][0] != "as_is":
        yield from _given(said["give"], "give", gives.VALUE)


def _given(give: tuple[str, object], key: str, manner: gives.Manner) -> Iterator[Clause]:
    """The rule by its key, each row of bands or of a table by its own."""
    rule, *rows = gives.ruled(give, manner)
    yield Clause(key, rule if give[0] == "fixed" else Words("", _EN[manner]) + rule)
    for row in rows:
        bound = row.en.partition(":")[0]
        yield Clause(f"{key}/{bound}", row)


def _bounds(said: Said, manner: gives.Manner) -> Iterator[Clause]:
    does, unit = manner.does, Words(manner.unit, " points" if manner.unit else "")
    if "max" in said:
        yield Clause("max", say("最多{does} {n}{unit}", "at most {n}{unit}", does=does, n=said["max"], unit=unit))
    if "min" in said:
        yield Clause("min", say("最低{does} {n}{unit}", "at least {n}{unit}", does=does, n=said["min"], unit=unit))


def _binding(names: Names, said: Said) -> Iterator[Clause]:
    """What an event of the negative list does to the tier, and in which kinds of period."""
    for key, sets in (("ceiling", "ceiling"), ("veto", "tier")):
        if key in said:
            veto = Words("一票否决，", "veto: ") if key == "veto" else NOTHING
            yield Clause(key, veto + effect(names, {sets: said[key]}))
    base = layout.kinds(names.rulebook)[:1]
    if "ceiling" in said or "veto" in said or set(said.get("binds", base)) != set(base):
        yield from narrowed(names, said, "binds", base, Words("限{kinds}结果", "only for {kinds} results"))


def _without_data(word: str, points: Decimal | None) -> Words:
    if word == "full":
        return Words("无数据时计最高分", "without data: the most points")
    missing = Words("，且不定等次", " and no tier") if word == "missing" else NOTHING
    return say("无数据时计 {n} 分{missing}", "without data: {n} points{missing}", n=points or 0, missing=missing)


def _stands_for(word: str, said: Decimal | str | None, *, of_results: bool) -> Words:
    if word == "unmet" and of_results:
        return Words(
            "无数据时，凡涉及它的门槛条件和约束均不成立，取决于它的结果运用暂不认定",
            "without data: no gate or restriction that asks for it holds, and what depends on it stays unanswered",
        )
    if word == "unmet":
        return Words("无数据时，凡涉及它的条件均不成立", "without data: no condition that asks for it holds")
    return say("无数据时为 {n}", "without data: {n}", n=0 if word == "zero" or said is None else said)
