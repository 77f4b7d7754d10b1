"""The lines of a result in their order (§8), the numbers of its measures, and the points of its categories.

Their points add up to the total, always: what a maximum, a weight, a multiplier or the limit changes is a line that
says by which rule, and is only there where it isn't zero.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service.explanation.book import Book, cited, head
from service.explanation.conditions import condition
from service.explanation.items import has_no_data, line_words, take_of, value_words
from service.explanation.together import cap
from service.explanation.words import Words, joined, say
from service.rulebooks.layout import Category, Item

Line = dict[str, Any]
Said = dict[str, Any]

COUNTS = {
    "mean": Words("按各项平均计分", "the mean of its parts counts"),
    "best": Words("按最高一项计分", "the best of its parts counts"),
    "worst": Words("按最低一项计分", "the worst of its parts counts"),
}


def lines(book: Book, row: Any) -> list[Line]:
    """Every line of a result."""
    found = [*_of_items(book, row, "indicator"), *_of_items(book, row, "part"), *_of_categories(book, row)]
    found += [*_of_items(book, row, "bonus"), *_bonus_cap(book, row)]
    if book.sheet.is_base:  # deducted in the base periods; in a longer one the items only bind
        found += _of_items(book, row, "deduction")
    return [*found, *_of_restrictions(book, row), *_of_total(book, row)]


def measures(book: Book, row: Any) -> list[Line]:
    """The measures of the sheet and the factors of its multipliers: each a number, or a code."""
    found = []
    for number, item in enumerate(book.sheet.items, 1):
        if item.kind not in ("measure", "multiplier"):
            continue
        value, no_data = row.measures[number - 1], _no_data(item, row, number)
        # A code that was made into a number, or that stands for nothing, isn't what conditions ask for.
        is_code = value is None and no_data in (None, "code")
        found.append(
            _head(item.said)
            | {
                "number": None if value is None else decimal_text(value),
                "code": row.codes[number - 1] if is_code else None,
                "no_data": no_data,
                "count": row.counts[number - 1],
                "sentence": value_words(book, item, row, number).json(),
            }
        )
    return found


def category_points(book: Book, row: Any) -> list[Line]:
    """The points of the categories that the rulebook declares, after weight and multiplier."""
    return [
        {"id": category.id, "title": category.said["title"], "points": points}
        for category, points in zip(book.sheet.categories, row.category_points, strict=False)
        if category.kind == "indicator"
    ]


def _of_items(book: Book, row: Any, kind: str) -> Iterator[Line]:
    for number, item in enumerate(book.sheet.items, 1):
        if item.kind != kind:
            continue
        count = row.counts[number - 1]
        measure = Decimal(count) if kind == "deduction" else row.measures[number - 1]
        yield {
            "kind": item.kind,
            **_head(item.said),
            "category": item.said.get("category"),
            "points": row.lines[book.lines.item(number)],
            "measure": None if measure is None else decimal_text(measure),
            "code": row.codes[number - 1],
            "count": count,
            "no_data": _no_data(item, row, number),
            "sentence": line_words(book, item, row, number).json(),
        }
        if points := row.lines[book.lines.cap(number)]:
            yield _derived("cap", item.said, points, _cap_words(item, points))


def _of_categories(book: Book, row: Any) -> Iterator[Line]:
    for number, category in enumerate(book.sheet.categories, 1):
        if category.kind != "indicator":
            continue
        if points := row.lines[book.lines.category_cap(number)]:
            yield _derived("category_cap", category.said, points, _category_words(category, points))
        if points := row.lines[book.lines.weight(number)]:
            weight = say("权重 {n}%", "weight {n}%", n=category.said["weight"])
            yield _derived("weight", category.said, points, weight)
        yield from _multiplied(book, row, number, row.lines[book.lines.multiplier(number)])


def _bonus_cap(book: Book, row: Any) -> Iterator[Line]:
    for number, category in enumerate(book.sheet.categories, 1):
        if category.kind == "bonus" and (points := row.lines[book.lines.category_cap(number)]):
            yield _derived("bonus_cap", {"id": "bonus", "title": "加分项"}, points, _at_most(category.said["max"][1]))


def _of_restrictions(book: Book, row: Any) -> Iterator[Line]:
    for number, said in enumerate(book.sheet.restrictions, 1):
        if "deduct" in said and (points := row.lines[book.lines.restriction(number)]):
            why = condition(book, row, said["when"])
            sentence = say(
                "{head}：{why}，扣 {n} 分。",
                "{head}: {why}; {n} points deducted.",
                head=head(said),
                why=why,
                n=said["deduct"],
            )
            yield _line("restriction", said, points, sentence)


def _of_total(book: Book, row: Any) -> Iterator[Line]:
    yield from _multiplied(book, row, None, row.lines[book.lines.total_multiplier])
    if points := row.lines[book.lines.limit]:
        total = book.rulebook["total"]
        bound = _at_most(total["max"]) if points < 0 else _at_least(total["min"])
        words = Words("总分", "The total") + say("：{bound}", ": {bound}", bound=bound) + _adjusts(points)
        yield _line("limit", {"id": "total", "title": "总分"}, points, words)


def _cap_words(item: Item, points: Decimal) -> Words:
    """The bound that is reached; with caps of days and values, all bounds, as several may have been."""
    said, deducts = item.said, item.kind == "deduction"
    name, source = take_of(item)
    caps = source.get("caps", []) if name in ("each_event", "deduct") else []
    does = "扣" if deducts else "计"
    found = [cap(one, does) for one in caps]
    # What is added to a deduction is what it may cost at most.
    if "max" in said and (caps or (points > 0) == deducts):
        found.append(_at_most(said["max"], does))
    if "min" in said and (caps or (points < 0) == deducts):
        found.append(_at_least(said["min"], does))
    return joined(found)


def _category_words(category: Category, points: Decimal) -> Words:
    said = category.said
    counts = [COUNTS[said["counts"]]] if said["counts"] in COUNTS else []
    # With `counts`, the line doesn't say whether a bound was reached too.
    floor = [_at_least(said["min"])] if "min" in said and (counts or points > 0) else []
    return joined([*counts, *floor, *([_at_most(said["max"])] if counts or points < 0 else [])])


def _at_most(bound: Decimal, does: str = "计") -> Words:
    deducted = " are deducted" if does == "扣" else ""
    return say("最多{does} {n} 分", "at most {n} points{deducted}", does=does, n=bound, deducted=deducted)


def _at_least(bound: Decimal, does: str = "计") -> Words:
    deducted = " are deducted" if does == "扣" else ""
    return say("最低{does} {n} 分", "at least {n} points{deducted}", does=does, n=bound, deducted=deducted)


def _multiplied(book: Book, row: Any, category: int | None, points: Decimal) -> Iterator[Line]:
    """What the multiplier of a category, or of the total, changes."""
    of = Words("总分", "the total") if category is None else cited(book.sheet.categories[category - 1].said)
    for number, item in enumerate(book.sheet.items, 1):
        if points and item.kind == "multiplier" and item.category == category:
            rule = say("{of}乘以 {n}", "{of} × {n}", of=of, n=row.measures[number - 1])
            yield _derived("multiplier", item.said, points, rule)


def _derived(kind: str, said: Said, points: Decimal, rule: Words) -> Line:
    return _line(
        kind, said, points, say("{head}：{rule}", "{head}: {rule}", head=head(said), rule=rule) + _adjusts(points)
    )


def _adjusts(points: Decimal) -> Words:
    return say("，本行调整 {n} 分。", "; this line is {n}.", n=points)


def _line(kind: str, said: Said, points: Decimal, sentence: Words) -> Line:
    line = {"kind": kind, **_head(said), "category": None, "points": points, "measure": None, "code": None}
    return {**line, "count": None, "no_data": None, "sentence": sentence.json()}


def _no_data(item: Item, row: Any, number: int) -> str | None:
    word: str | None = item.said["no_data"][0] if has_no_data(item, row, number) else None
    return word


def _head(said: Said) -> Line:
    return {"id": said["id"], "title": said["title"], "ref": said.get("ref")}
