"""Rows that belong together (§5.3): once, the n-th time, the share of a common act, and caps.

A row that has not the field by which rows are grouped stands alone, whatever the word.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from oracle.exact import exact, held, rounded, total
from oracle.periods import months_later
from oracle.rows import Row, select
from oracle.setting import Node, Setting

FAR = datetime(9999, 12, 31, tzinfo=UTC)

# Rows of several items, each with the item's place in the sheet.
Placed = list[tuple[int, Row]]


def once(rows: list[Row], node: Node) -> list[Row]:
    """The rows that stay of one item, in their order."""
    if "once" not in node:
        return rows
    return [row for _, row in once_across([(0, row) for row in rows], {0: node})]


def once_across(rows: Placed, nodes: dict[int, Node]) -> Placed:
    """The rows that stay of several items that keep the same, in their order."""
    acts: dict[object, Placed] = defaultdict(list)
    for place, row in rows:
        act = row.said(nodes[place]["once"]["per"])
        acts[(place, row.mark) if act is None else ("act", act)].append((place, row))
    kept = [min(together, key=lambda one: _preference(one, nodes[one[0]])) for together in acts.values()]
    stays = {(place, row.mark) for place, row in kept}
    return [(place, row) for place, row in rows if (place, row.mark) in stays]


def repeated(setting: Setting, subject: str, node: Node, rows: list[Row]) -> list[Row]:
    """The rows with their points × the multiplier of their number."""
    if "repeated" not in node:
        return rows
    words, times = node["repeated"], [exact(text) for text in node["repeated"]["times"]]
    looked_at = rows
    if words["within"] != "period":
        looked_at = select(setting, subject, node, node.get("field"), is_anytime=True)
    found = []
    for row in rows:
        number = sum(_precedes(earlier, row, words, setting) for earlier in looked_at)
        points = None if row.points is None else row.points * times[min(number, len(times)) - 1]
        found.append(replace(row, points=points))
    return found


def shared(rows_of: dict[str, list[Row]], node: Node, measure_step: Fraction) -> dict[str, list[Row]]:
    """The rows of everyone in the cohort with their points × their share of a common act."""
    if "share" not in node:
        return rows_of
    acts: dict[object, list[Row]] = defaultdict(list)
    for row in (row for rows in rows_of.values() for row in rows):
        acts[row.said(node["share"]["per"])].append(row)
    wholes = {act: total([_part_of(row, node) for row in rows]) for act, rows in acts.items()}
    return {
        subject: [_with_share(row, wholes[row.said(node["share"]["per"])], node, measure_step) for row in rows]
        for subject, rows in rows_of.items()
    }


def capped(setting: Setting, node: Node, rows: list[Row]) -> Fraction:
    """The points of the rows together, inside the caps."""
    for cap in node.get("caps", []):
        cells: dict[object, list[Row]] = defaultdict(list)
        for row in rows:
            cells[tuple(_part(setting, word, row) for word in cap["per"])].append(row)
        # One row stands for its cell: what the next cap groups by is the same for all of them.
        rows = [replace(cell[0], points=held(points_of(cell), cap)) for cell in cells.values()]
    return points_of(rows)


def points_of(rows: list[Row]) -> Fraction:
    """The points of the rows together; those that are `out` have none."""
    return total([row.points for row in rows if row.points is not None])


def _preference(one: tuple[int, Row], node: Node) -> tuple[bool, Fraction, timedelta, int, bytes]:
    """What orders the rows of one act, the one that stays before the others."""
    place, row = one
    keep = node["once"]["keep"]
    late = FAR - row.instant
    if keep in ("first", "latest"):
        return (False, Fraction(0), late if keep == "latest" else -late, place, row.mark)
    worth = row.points if row.points is not None else row.number
    if worth is None:
        return (True, Fraction(0), late, place, row.mark)
    return (False, -worth if keep == "best" else worth, late, place, row.mark)


def _precedes(earlier: Row, row: Row, words: Node, setting: Setting) -> bool:
    """Whether the earlier row, or the row itself, is counted for the row's number."""
    if (earlier.instant, earlier.mark) > (row.instant, row.mark) or earlier.instant < _since(row, words, setting):
        return False
    if "per" not in words or earlier.mark == row.mark:
        return True
    value = row.said(words["per"])
    return value is not None and earlier.said(words["per"]) == value


def _since(row: Row, words: Node, setting: Setting) -> datetime:
    """The first instant from which rows are counted for the row's number."""
    if words["within"] == "period":
        return datetime.min.replace(tzinfo=UTC)
    local = row.instant.astimezone(setting.period.zone)
    if words["within"] == "year":
        return datetime(local.year, 1, 1, tzinfo=setting.period.zone)
    day = months_later(local.date(), -int(words["within"]["months"]))
    return datetime.combine(day, local.time(), setting.period.zone)


def _with_share(row: Row, whole: Fraction, node: Node, measure_step: Fraction) -> Row:
    if row.points is None or row.said(node["share"]["per"]) is None:
        return row
    points = row.points * _part_of(row, node) / whole if whole > 0 else Fraction(0)
    return replace(row, points=rounded(points, measure_step))


def _part_of(row: Row, node: Node) -> Fraction:
    """What a row has of a common act: as much as every other, or what it says in a field."""
    said = Fraction(1) if node["share"]["by"] == "equally" else row.said(node["share"]["by"])
    return said if isinstance(said, Fraction) else Fraction(0)


def _part(setting: Setting, word: str, row: Row) -> object:
    """What rows of one cell have in common: the day, the month, or the value of a field."""
    if row.event is None:
        raise ValueError("caps are of events")
    day: date = setting.day(row.event)
    if word in ("day", "month"):
        return day if word == "day" else (day.year, day.month)
    value = row.said(word)
    return ("alone", row.mark) if value is None else ("value", value)
