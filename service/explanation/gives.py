"""Words for `give` (§7): how the number or code becomes points, a deduction, or the value of a measure."""

from decimal import Decimal
from typing import Any, NamedTuple

from service.explanation.words import NOTHING, Words, bare, joined, say

Said = dict[str, Any]


class Manner(NamedTuple):
    """What the Chinese says is done with the points: the verb, the verb by itself, and the unit."""

    does: str
    done: str
    unit: str


POINTS = Manner("计", "计分", " 分")
DEDUCTED = Manner("扣", "扣分", " 分")
VALUE = Manner("取", "取值", "")

_UNITS = {
    "exact": NOTHING,
    "whole": Words("（不满一个单位不计）", " (full units only)"),
    "started": Words("（不满一个单位按一个计）", " (a begun unit counts)"),
}


def given(give: tuple[str, Any], manner: Manner, number: Decimal | None, code: str | None) -> Words:
    """What `give` says of this number or code; of any, where neither is known."""
    name, said = give
    if name == "as_is":
        return say("，按原值{done}", ", as it is", done=manner.done)
    if name == "fixed":
        return say("，每次{does} {n}{unit}", ", {n} deducted for each", does=manner.does, n=said, unit=manner.unit)
    if name == "table":
        return _table(said, manner, code)
    if name == "bands":
        return _bands(said, manner, number)
    return {"each": _each, "linear": _linear, "ranks": _ranks}[name](said, manner)


def ruled(give: tuple[str, Any], manner: Manner) -> list[Words]:
    """What `give` says of every number or code: the rule, and each row of bands or of a table."""
    name, said = give
    if name == "fixed" and not said:
        return [Words("不扣分", "nothing deducted")]
    rule = bare(given(give, manner, None, None))
    if name == "bands":
        return [rule, *(_band(band, manner) for band in said)]
    if name == "table":
        best_first = sorted(said.items(), key=lambda row: (-row[1], row[0]))
        return [rule, *(_row(say("{c} ", "{c}", c=code), points, manner) for code, points in best_first)]
    return [rule]


def _band(said: Said, manner: Manner) -> Words:
    if "at_least" not in said:
        return _row(Words("其余", "otherwise"), said["points"], manner)
    return _row(say("达到 {n} ", "from {n}", n=said["at_least"]), said["points"], manner)


def _row(of: Words, points: Decimal, manner: Manner) -> Words:
    return say("{of}{does} {n}{unit}", "{of}: {n}", of=of, does=manner.does, n=points, unit=manner.unit)


def _each(said: Said, manner: Manner) -> Words:
    start, span = NOTHING, NOTHING
    if said.get("start"):
        start = say("，自 {n}{unit}起", ", from {n}", n=said["start"], unit=manner.unit)
    if "over" in said:
        span = say("超过 {n} 的部分", " beyond {n}", n=said["over"])
    if "under" in said:
        span = say("不足 {n} 的部分", " missing to {n}", n=said["under"])
    per = say("{n}", " {n}", n=said["per"]) if said.get("per", 1) != 1 else Words("1", "")
    return start + say(
        "，{span}每 {per} {does} {points}{unit}{units}",
        ", {points} for each{per}{span}{units}",
        span=span,
        per=per,
        does=manner.does,
        points=said["points"],
        unit=manner.unit,
        units=_UNITS[said["units"]],
    )


def _bands(said: list[Said], manner: Manner, number: Decimal | None) -> Words:
    """The row that the number reaches."""
    if number is None:
        return say("，按分档{done}", ", by bands", done=manner.done)
    for band in said:
        if "at_least" in band and number >= band["at_least"]:
            return say("，达到 {n} 一档", ", the band from {n}", n=band["at_least"])
    return Words("，未达到任何一档", ", below every band")


def _linear(said: Said, manner: Manner) -> Words:
    (low, high), (first, last) = said["from_"], said["to"]
    return say(
        "，{low} 至 {high} 按比例{does} {first} 至 {last}{unit}",
        ", {low} to {high} in proportion to {first} to {last}",
        low=low,
        high=high,
        first=first,
        last=last,
        does=manner.does,
        unit=manner.unit,
    )


def _ranks(said: Said, manner: Manner) -> Words:
    return say(
        "，自第一名起依次{does} {points}{unit}，其后{does} {others}{unit}",
        ", the ranks from the first give {points}, those behind {others}",
        points=joined(said["points"]),
        others=said.get("others", 0),
        does=manner.does,
        unit=manner.unit,
    )


def _table(said: dict[str, Decimal], manner: Manner, code: str | None) -> Words:
    if code not in said:
        return say("，按对照表{done}", ", by table", done=manner.done)
    return say("，按对照表{does} {n}{unit}", ", {n} by table", does=manner.does, n=said[code], unit=manner.unit)
