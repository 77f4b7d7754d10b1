"""The distance to the next tier as it is answered: points, gates, seats, and what each line could still bring."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from schemas.fields import decimal_text
from service import event_types
from service.database.transactions import Transaction
from service.distance.gates import unmet
from service.distance.giving import Change, Giving, Ranges
from service.distance.supposed import Supposed
from service.explanation import Book
from service.explanation.book import cited, head
from service.explanation.items import has_no_data
from service.explanation.words import NOTHING, Words, alternatives, say
from service.rulebooks.layout import Item

Said = dict[str, Any]

_GIVING = ("indicator", "part", "bonus")
_OPEN = {
    "relative": Words("取决于他人，无法预计须达到多少", "it depends on others how much is needed"),
    "by_row": Words("逐次计分，无法以一个数值表示", "each event has points of its own, so no number says it"),
    "fewer": Words("数值越大得分越低", "it falls while its number grows"),
}
_BARRED = {
    "ceiling": Words("有等次上限，增加分数无济于事", "a ceiling binds, and no points help"),
    "veto": Words("已被一票否决，增加分数无济于事", "a veto binds, and no points help"),
    "quota": Words("分数和条件已够，但没有名额", "the points and the gates suffice, but no seat is left"),
    "at_least": Words(
        "分数和条件已够，但较低等次须有足够人数", "the points and the gates suffice, but a lower tier must be filled"
    ),
}


class _Way(NamedTuple):
    """A line that could bring something: the most of it, and the change by which it brings the tier."""

    said: Said
    reaching: Words
    share: Fraction | None


def next_tier(transaction: Transaction, keys: Said, book: Book, row: Any) -> Said | None:
    """What is missing to the tier above; none for the best tier, without a tier, and of what was imported.

    `keys` choose the rows of the run or standing.
    """
    if row.no_tier or row.tier_no in (None, 1) or row.lines is None:
        return None
    number = row.tier_no - 1
    tier = book.rulebook["tiers"][number - 1]
    threshold = _threshold(book, row, tier)
    missing = None if threshold is None else max(threshold - row.total, Decimal(0))
    gates = unmet(book, row, number)
    barred = _barred(book, row, number, tier)
    ways = []
    if barred not in ("ceiling", "veto"):
        ways = _ways(book, row, threshold if missing else None, _ranges(transaction))
    nearest = min((way for way in ways if way.share is not None), key=lambda way: way.share or 0, default=None)
    seat = _seat(transaction, keys, row, number, tier)
    words = _words(book, tier, threshold, missing, gates, barred, seat)
    if nearest:
        of = cited(nearest.said)
        words += say("最近的途径是{of}{how}。", " It is nearest through {of}{how}.", of=of, how=nearest.reaching)
    return {
        "tier": tier["id"],
        "title": tier["title"],
        "threshold": None if threshold is None else _points(book, threshold),
        "missing": None if missing is None else _points(book, missing),
        "gates": gates,
        "barred": barred,
        "seat": seat,
        "lines": [way.said for way in ways],
        "nearest": nearest.said["id"] if nearest else None,
        "sentence": words.json(),
    }


def _threshold(book: Book, row: Any, tier: Said) -> Decimal | None:
    """From which total on there is the tier; none where that can't be said."""
    first = len(book.sheet.gates) + 1
    if any("bonus" in said for n, said in enumerate(book.sheet.restrictions, first) if n in row.met):
        return None  # asked of another total, which isn't stored
    word, said = tier.get("total_at_least", ("points", book.rulebook["total"]["min"]))
    if word == "points":
        return Decimal(said)
    found: Decimal | None = row.measures[book.sheet.item_no(said) - 1] if _is_here(book, said) else None
    return found


def _is_here(book: Book, identifier: str) -> bool:
    return any(item.said["id"] == identifier for item in book.sheet.items)


def _barred(book: Book, row: Any, number: int, tier: Said) -> str | None:
    """Why no points help, where that is so."""
    if row.veto_no:
        return "veto"
    if row.ceiling_no and number < row.ceiling_no:
        return "ceiling"
    if number in row.eligible:
        return "quota" if _has_seats(tier) else "at_least"
    return None


def _has_seats(tier: Said) -> bool:
    return not {"at_most", "seats"}.isdisjoint(tier.get("quota", {}))


def _seat(transaction: Transaction, keys: Said, row: Any, number: int, tier: Said) -> Said | None:
    """Who has the seats of the next tier, by rank alone: the totals of others are theirs."""
    if not _has_seats(tier) or row.rank is None:
        return None
    held = transaction.one("tier_held", **keys, pool=row.pool, tier=number)
    return {"rank": row.rank, "held": held.held, "last_rank": held.last_rank}


def _ranges(transaction: Transaction) -> Ranges:
    """The greatest number that each field of an event, and its quantity, may say."""
    found: dict[tuple[str, str | None], Decimal] = {}
    for name, type_ in event_types.all_types(transaction).items():
        for field, declared in type_.declaration["fields"].items():
            if "between" in declared:
                found[name, field] = Decimal(declared["between"][1])
        if (quantity := (name, type_.declaration.get("quantity"))) in found:
            found[name, None] = found[quantity]
    return found


def _ways(book: Book, row: Any, threshold: Decimal | None, ranges: Ranges) -> list[_Way]:
    supposed = Supposed(book, row)
    return [
        _way(book, row, supposed, number, item, threshold, ranges)
        for number, item in enumerate(book.sheet.items, 1)
        if item.kind in _GIVING
    ]


def _way(
    book: Book, row: Any, supposed: Supposed, number: int, item: Item, threshold: Decimal | None, ranges: Ranges
) -> _Way:
    has = None if has_no_data(item, row, number) else row.measures[number - 1]
    giving, points = Giving(book, item, has, ranges), supposed.points[number]
    bounds, most = book.rulebook["total"], giving.most()
    most = points + Fraction(bounds["max"] - bounds["min"]) if most is None else max(most, points)
    needed = None if threshold is None else supposed.least(number, Fraction(threshold), most)
    change = giving.change(needed) if needed is not None and not giving.open else None
    following = giving.following()
    said = {
        "kind": item.kind,
        "id": item.said["id"],
        "title": item.said["title"],
        "ref": item.said.get("ref"),
        "number": _text(has),
        "points": _points(book, points),
        "room": _points(book, supposed.total(number, most) - Fraction(row.total)),
        "next": _change(book, row, supposed, number, following, has) if following else None,
        "needed": None if needed is None else _points(book, needed),
        "reaches": _change(book, row, supposed, number, change, has) if change else None,
        "open": giving.open,
    }
    reaching = NOTHING if threshold is None else _reaching(said)
    share = (change.points - points) / (most - points) if change and most > points else None
    return _Way({**said, "sentence": _line_words(item, said, reaching).json()}, reaching, share)


def _change(book: Book, row: Any, supposed: Supposed, number: int, change: Change, has: Decimal | None) -> Said:
    """Another number or code of an item, and what comes of it."""
    more = None if change.number is None or has is None else change.number - Fraction(has)
    return {
        "number": _text(change.number),
        "more": _text(more),
        "codes": change.codes,
        "points": _points(book, change.points),
        "brings": _points(book, supposed.total(number, change.points) - Fraction(row.total)),
    }


def _line_words(item: Item, said: Said, reaching: Words) -> Words:
    words = say("最多还能使总分增加 {n} 分", "it can bring {n} points more at most", n=said["room"])
    if said["next"]:
        zh = "；数值到 {number} 时总分增加 {brings} 分"
        words += say(zh, "; a number of {number} brings {brings}", **_parts(said["next"]))
    return say("{head}：{words}{tier}。", "{head}: {words}{tier}.", head=head(item.said), words=words, tier=reaching)


def _reaching(said: Said) -> Words:
    """Whether the line alone reaches the threshold, and by which number."""
    if said["needed"] is None:
        return Words("；单凭此项不够", "; by itself it doesn't suffice")
    words = say("；本项达到 {n} 分即够", "; {n} points of it suffice", n=said["needed"])
    if said["open"]:
        return words + say("（{why}）", " ({why})", why=_OPEN[said["open"]])
    if not said["reaches"]:
        return words + Words("（数值达不到）", " (no number gives them)")
    if said["reaches"]["codes"]:
        codes = alternatives(said["reaches"]["codes"])
        return words + say("（对应 {codes}）", " (for {codes})", codes=codes)
    has = say("，现为 {n}", ", has {n}", n=said["number"]) if said["number"] is not None else NOTHING
    return words + say("（数值达到 {n}{has}）", " (a number of {n}{has})", n=said["reaches"]["number"], has=has)


def _parts(said: Said) -> dict[str, str]:
    return {key: said[key] for key in ("number", "brings")}


def _words(
    book: Book,
    tier: Said,
    threshold: Decimal | None,
    missing: Decimal | None,
    gates: list[Said],
    barred: str | None,
    seat: Said | None,
) -> Words:
    name = cited(tier)
    if threshold is None or missing is None:
        words = say("距{tier}的分数无法认定", "How far {tier} is can't be said", tier=name)
    elif missing:
        zh, en = "距{tier}还差 {n} 分（须满 {of} 分）", "{n} points are missing to {tier} (from {of} on)"
        words = say(zh, en, tier=name, n=_points(book, missing), of=_points(book, threshold))
    else:
        words = say("总分已达{tier}的要求", "The total suffices for {tier}", tier=name)
    if gates:
        words += say("，有 {n} 项条件未满足", "; {n} of its conditions do not hold", n=len(gates))
    if barred:
        words += say("；{why}", "; {why}", why=_BARRED[barred])
    if seat:
        words += _seat_words(seat)
    return words + Words("。", ".")


def _seat_words(seat: Said) -> Words:
    if not seat["held"]:
        return Words("；该等次有名额限制，目前无人占有", "; seats are limited, and nobody has one")
    zh = "；该等次有名额限制，现有 {held} 人，其末位排第 {last_rank}，本人排第 {rank}"
    return say(zh, "; seats are limited: {held} have one, the last at rank {last_rank}, this one at {rank}", **seat)


def _points(book: Book, points: Decimal | Fraction) -> str:
    """With the decimals of the step; a threshold that isn't one of its multiples as it is."""
    step = Decimal(book.rulebook["numbers"]["step"])
    exact = _decimal(points)
    return decimal_text(exact) if exact % step else format(exact.quantize(step), "f")


def _text(number: Decimal | Fraction | None) -> str | None:
    return None if number is None else decimal_text(_decimal(number))


def _decimal(number: Decimal | Fraction) -> Decimal:
    """Exact: whatever is told has finitely many digits."""
    return Decimal(number.numerator) / Decimal(number.denominator) if isinstance(number, Fraction) else number
