"""Take (§5, §6): the reading of every item for everyone in the cohort.

Items are read for all members at once, because `share` and `compare` look at the others, and all items of a
sheet together, because `once` may look across them.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from oracle.aggregates import Aggregate, Reading
from oracle.cohort import Member
from oracle.exact import exact, is_decimal, rounded, total
from oracle.grouping import Placed, capped, once, once_across, points_of, repeated, shared
from oracle.items import Item
from oracle.results_read import read_results
from oracle.rows import Row, days_of, field_read, select
from oracle.setting import Node, Setting

# By the item's id, then by the subject.
Readings = dict[str, dict[str, Reading]]


def readings(setting: Setting, items: list[Item]) -> Readings:
    """The readings of these items of one sheet."""
    by_event = _rows_by_event(setting, [item for item in items if item.word == "each_event"])
    found: Readings = {}
    for item in items:
        if item.word == "each_event":
            found[item.id] = _each_event(setting, item, by_event[item.id])
        else:
            its = {subject: _reading(setting, member, item) for subject, member in setting.members.items()}
            found[item.id] = compared(setting, item, prorated(setting, item, its))
    return found


def prorated(setting: Setting, item: Item, its: dict[str, Reading]) -> dict[str, Reading]:
    """The numbers as those of a whole period (§6)."""
    if "prorate" not in item.said:
        return its
    days = len(setting.period.days)
    return {
        subject: replace(
            reading,
            number=None
            if reading.number is None
            else rounded(reading.number * days / setting.members[subject].service_days, setting.measure_step),
        )
        for subject, reading in its.items()
    }


def compared(setting: Setting, item: Item, its: dict[str, Reading]) -> dict[str, Reading]:
    """The numbers among those of the others (§6): compared as they are displayed."""
    if "compare" not in item.said:
        return its
    words = item.said["compare"]
    groups: dict[str, list[Fraction]] = defaultdict(list)
    numbers: dict[str, Fraction] = {}
    for subject, reading in its.items():
        if reading.number is not None:
            numbers[subject] = rounded(reading.number, setting.measure_step)
            groups[_group(setting, subject, words)].append(numbers[subject])
    return {
        subject: replace(reading, number=_among(numbers[subject], groups[_group(setting, subject, words)], words))
        if subject in numbers
        else reading
        for subject, reading in its.items()
    }


def _group(setting: Setting, subject: str, words: Node) -> str:
    return setting.members[subject].group if words["within"] == "peer_group" else "*"


def _among(number: Fraction, others: list[Fraction], words: Node) -> Fraction | None:
    """The rank of a number among others, or its share of the greatest."""
    if words["as"] == "rank":
        is_low = words.get("order", "high_first") == "low_first"
        return Fraction(1 + sum(other < number if is_low else other > number for other in others))
    return number / max(others) if max(others) > 0 else None


def _rows_by_event(setting: Setting, items: list[Item]) -> dict[str, dict[str, list[Row]]]:
    """The rows of each such item and subject with their own points, and of those that are one act one."""
    rows: dict[str, dict[str, list[Row]]] = {item.id: {} for item in items}
    for item in items:
        for subject in setting.members:
            selected = select(setting, subject, item.node, item.node.get("field"))
            rows[item.id][subject] = [_with_points(setting, item, row) for row in selected]
    for together in _together(items):
        for subject in setting.members:
            placed: Placed = [(place, row) for place, item in together for row in rows[item.id][subject]]
            kept = once_across(placed, {place: item.node for place, item in together})
            for place, item in together:
                rows[item.id][subject] = [row for its_place, row in kept if its_place == place]
    return rows


def _with_points(setting: Setting, item: Item, row: Row) -> Row:
    number = Fraction(1) if "field" not in item.node else row.number
    return replace(row, points=item.points(number, row.code, setting.measure_step))


def _together(items: list[Item]) -> list[list[tuple[int, Item]]]:
    """The items, with their places, that keep one of the rows of an act among them."""
    groups: dict[object, list[tuple[int, Item]]] = defaultdict(list)
    for place, item in enumerate(items):
        if "once" in item.node:
            words = item.node["once"]
            across, keep = words.get("across", "item"), words["keep"]
            where = {"item": item.id, "category": (item.kind, item.said.get("category")), "sheet": None}[across]
            groups[across, where, keep].append((place, item))
    return list(groups.values())


def _each_event(setting: Setting, item: Item, rows_of: dict[str, list[Row]]) -> dict[str, Reading]:
    numbered = {subject: repeated(setting, subject, item.node, rows) for subject, rows in rows_of.items()}
    whole = shared(numbered, item.node, setting.measure_step)
    return {
        subject: Reading(len(rows), points=points_of(rows), capped=capped(setting, item.node, rows))
        if rows
        else Reading(0)
        for subject, rows in whole.items()
    }


def _reading(setting: Setting, member: Member, item: Item) -> Reading:
    """The reading of an item for one member, before it is prorated and compared."""
    word, node = item.word, item.node
    if word in ("fixed", "service_days"):
        return Reading(1, exact(node) if word == "fixed" else Fraction(member.service_days))
    if word == "tenure_months":
        months = setting.world.roster.tenure(member.subject, node["posts"], setting.period.after)
        return Reading(1, Fraction(sum(months)))
    if word == "attribute":
        return _attribute(setting, member, node)
    if word == "ratio":
        return _ratio(setting, member, node)
    step = setting.measure_step

    # Where numbers are compared first, a row has no points that could decide between it and others.
    def points_of(row: Row) -> Fraction | None:
        return Fraction(0) if "compare" in item.said else item.points(row.number, row.code, step)

    aggregate = Aggregate(word, node, points_of, step)
    if "results" in node:
        return read_results(setting, member, aggregate)
    rows = _rows(setting, member, word, node)
    return _days(setting, node, rows) if word == "days" else aggregate.of(rows)


def _rows(setting: Setting, member: Member, word: str, node: Node) -> list[Row]:
    """The rows of an aggregate of events."""
    is_read = word not in ("count", "days") or any(key in node for key in ("field", "value", "between"))
    event_type = setting.world.event_types[node["event"]]
    rows = select(setting, member.subject, node, field_read(event_type, node) if is_read else None)
    needed = [node["distinct"]] if "distinct" in node else []
    needed += [node["classes"]["field"]] if "classes" in node else []
    return once([row for row in rows if all(row.said(field) is not None for field in needed)], node)


def _ratio(setting: Setting, member: Member, node: Node) -> Reading:
    (num, num_count), (den, den_count) = (_side(setting, member, node[side]) for side in ("num", "den"))
    return Reading(num_count + den_count, num / den if den > 0 else None)


def _side(setting: Setting, member: Member, node: Node) -> tuple[Fraction, int]:
    """One side of a ratio, a sum where it names a field and else a count, and its number of rows."""
    rows = _rows(setting, member, "count", node)
    if "field" in node:
        return total([row.number for row in rows if row.number is not None]), len(rows)
    return Fraction(len({row.said(node["distinct"]) for row in rows}) if "distinct" in node else len(rows)), len(rows)


def _days(setting: Setting, node: Node, rows: list[Row]) -> Reading:
    """How many different days of the period lie in the time that the events last."""
    lasting: set[int] = set()
    for row in rows:
        days = days_of(setting, node, row.event) if row.event else None
        if days:
            lasting |= set(range(days[0].toordinal(), days[1].toordinal()))
    return Reading(len(rows), Fraction(len(lasting & setting.period.days)) if rows else None)


def _attribute(setting: Setting, member: Member, node: Node) -> Reading:
    last_day = setting.period.after - timedelta(days=1)
    value = setting.world.roster.attribute(member.subject, node["name"], last_day)
    if value is None:
        return Reading(0)
    if node.get("as", "code") == "code":
        return Reading(1, code=value)
    return Reading(1, exact(value) if is_decimal(value) else None)
