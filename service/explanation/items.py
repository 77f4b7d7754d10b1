"""What an item says of itself: the sentence of a line, of a measure and of a factor, with or without data."""

from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service.explanation import gives
from service.explanation.book import Book, head
from service.explanation.sources import ROSTER, is_of_results
from service.explanation.takes import counted, sought, taken
from service.explanation.words import NOTHING, Words, joined, say
from service.rulebooks.layout import Item


def line_words(book: Book, item: Item, row: Any, number: int) -> Words:
    """The sentence of an item that gives points."""
    points = row.lines[book.lines.item(number)]
    if has_no_data(item, row, number):
        said = say("，按办法规定计 {n} 分", "; the rulebook gives {n} points", n=points)
        return _sentence(book, item, number, _lacking(book, item, row, number) + said)
    measure, code, count = row.measures[number - 1], row.codes[number - 1], row.counts[number - 1]
    words = taken(book, item.said, take_of(item), count, _text(measure, code))
    if item.kind == "deduction":
        words += _deducted(item, measure, code)
    else:
        words += gives.given(item.said["give"], gives.POINTS, measure, code)
    weight = _weight(book, item)
    if weight is not None:
        words += say("，权重 {n}%", ", weight {n}%", n=weight)
    return _sentence(book, item, number, words + say("，计 {n} 分", ": {n} points", n=points))


def value_words(book: Book, item: Item, row: Any, number: int) -> Words:
    """The sentence of a measure or of the factor of a multiplier."""
    value, code, count = row.measures[number - 1], row.codes[number - 1], row.counts[number - 1]
    if has_no_data(item, row, number):
        return _sentence(book, item, number, _lacking(book, item, row, number) + _stands_for(item))
    # The number itself isn't stored where it was made into another.
    is_plain = item.said["give"][0] == "as_is" and "min" not in item.said and "max" not in item.said
    own = value if is_plain else None
    words = taken(book, item.said, take_of(item), count, _text(own, code))
    if is_plain:
        return _sentence(book, item, number, words)
    words += gives.given(item.said["give"], gives.VALUE, None, code) + _bounds(item)
    return _sentence(book, item, number, words + (NOTHING if value is None else say("，为 {n}", ": {n}", n=value)))


def has_no_data(item: Item, row: Any, number: int) -> bool:
    """Whether the line is what the item says for no data; an item of the negative list says nothing for it."""
    return number in row.no_data and item.kind != "deduction"


def take_of(item: Item) -> tuple[str, Any]:
    """The aggregate and its source; each event of the negative list is taken by itself."""
    if item.kind == "deduction":
        return "deduct", item.said
    take: tuple[str, Any] = item.said["take"]
    return take


def _sentence(book: Book, item: Item, number: int, words: Words) -> Words:
    periods = book.imported.get(number)
    imported = say("（{of} 为导入结果）", " ({of} imported)", of=joined(periods)) if periods else NOTHING
    return say(
        "{head}：{words}{imported}。",
        "{head}: {words}{imported}.",
        head=head(item.said),
        words=words,
        imported=imported,
    )


def _text(number: Decimal | None, code: str | None) -> str | None:
    if code is not None:
        return code
    return None if number is None else decimal_text(number)


def _deducted(item: Item, measure: Decimal | None, code: str | None) -> Words:
    name, said = item.said["deduct"]
    if name == "fixed" and not said:
        return Words("，不扣分", ", nothing deducted")
    return gives.given((name, said), gives.DEDUCTED, measure, code)


def _weight(book: Book, item: Item) -> Decimal | None:
    """The weight of a part; a bonus that joins a part before the weights has the same."""
    if item.kind == "bonus" and not book.sheet.is_base and book.rulebook["orders"]["bonus"] == "before_weights":
        into = book.rulebook["rollup"][book.sheet.kind]["bonus"]["into"]
        weight: Decimal = book.sheet.items[book.sheet.item_no(into) - 1].said["weight"]
        return weight
    return item.said.get("weight")


def _lacking(book: Book, item: Item, row: Any, number: int) -> Words:
    """Why there is no data."""
    take, count, code = take_of(item), row.counts[number - 1], row.codes[number - 1]
    of, n = sought(book, take), counted(take, count)
    if take[0] == "ratio" and count:
        return say("{of}的分母不为正", "the divisor of {of} isn't positive", of=of)
    if not count:
        return say("{of}无数据", "no data of {of}", of=of)
    if count < (least := take[1].get("at_least_n", 1) if isinstance(take[1], dict) else 1):
        return say(
            "{of}仅 {n}，不足 {least}", "only {n} of at least {least} of {of}", of=of, n=n, least=counted(take, least)
        )
    if code is not None and item.said["give"][0] == "table":
        return say("{of}为 {code}，对照表中没有", "{code} of {of} isn't in the table", of=of, code=code)
    if take[0] in ROSTER:
        return say("{of}没有可用的值", "no usable value of {of}", of=of)
    return say("{of}{n}，得不出数值", "no number follows from {n} of {of}", of=of, n=n)


def _stands_for(item: Item) -> Words:
    """What a measure or a factor is without data."""
    name, said = item.said["no_data"]
    if name == "unmet" and is_of_results(item.said["take"]):
        return Words(
            "，凡涉及它的门槛条件和约束均不成立，取决于它的结果运用暂不认定",
            "; no gate or restriction that asks for it holds, and outcomes that depend on it stay unanswered",
        )
    if name == "unmet":
        return Words("，凡涉及它的条件均不成立", "; no condition that asks for it holds")
    return say("，按办法规定为 {n}", "; the rulebook says {n}", n=0 if name == "zero" else said)


def _bounds(item: Item) -> Words:
    bounds = NOTHING
    if "min" in item.said:
        bounds += say("，最低 {n}", ", at least {n}", n=item.said["min"])
    if "max" in item.said:
        bounds += say("，最高 {n}", ", at most {n}", n=item.said["max"])
    return bounds
