"""Results as rows (§5.5): which periods' results a node reads, of whom, and what it reads of them."""

from collections.abc import Collection, Iterator
from datetime import datetime, time
from fractions import Fraction
from typing import Any

from oracle.aggregates import Aggregate, Reading
from oracle.cohort import Member, nearest_subject
from oracle.periods import (
    Period,
    kinds_of,
    period_containing,
    period_named,
    periods_before,
    periods_inside,
    ruled_base_periods,
)
from oracle.result import Result
from oracle.rows import Row
from oracle.setting import Node, Setting, Standing

# Results have no events: nothing is left to break a tie.
NO_MARK = b""


def read_results(setting: Setting, member: Member, aggregate: Aggregate) -> Reading:
    """The reading of an aggregate over results."""
    word, node = aggregate.word, aggregate.node
    found = list(_found(setting, member, word, node))
    placed = [(row, standing) for row, standing in found if standing.result.tier is not None]
    is_enough = len(placed) >= int(node.get("at_least_n", "1"))
    if word == "running":
        return _running(node, found, is_enough)
    rows = [row for row, standing in placed if _passes(standing, node)]
    if word == "count" and is_enough:
        return Reading(len(rows), Fraction(len(rows)))
    return aggregate.of(rows) if is_enough else Reading(len(rows))


def periods_asked(period: Period, node: Node, final: Collection[str] = ()) -> list[Period]:
    """The periods whose results a node names, in order, whether or not there are any; `final` are those that are."""
    kind, words = node["results"], node.get("period", "inside")
    if isinstance(words, dict):
        return periods_before(period, kind, int(words["before"]))
    if words == "inside":
        return periods_inside(period, kind)
    if words == "same":
        return [period] if period.kind == kind else []
    if words == "last_final":
        known = [period_named(name, period.zone) for name in final]
        ended = [one for one in known if one.kind == kind and one.after <= period.after]
        return sorted(ended, key=lambda one: one.first)[-1:]
    if words == "containing":
        containing = period_containing(period, kind)
        return [containing] if containing else []
    named = period_named(f"{period.first.year}-{words}", period.zone)
    return [named] if named.kind == kind else []


def _found(setting: Setting, member: Member, word: str, node: Node) -> Iterator[tuple[Row, Standing]]:
    """The results of these periods that have what is read, as rows in the order of time."""
    book = setting.world.rulebooks.get(str(node.get("rulebook", setting.rulebook["rulebook"])))
    if book is None:
        return  # before the rulebook's first version there are no results
    if node["results"] not in kinds_of(book):
        return
    final = [name for rulebook, name in setting.world.final if rulebook == book["rulebook"]]
    if book["rulebook"] == setting.rulebook["rulebook"]:  # what is made of this period was final before
        final = [name for name in final if not period_named(name, setting.period.zone).holds(setting.period)]
    for period in periods_asked(setting.period, node, final):
        if not ruled_base_periods(period, book):
            continue
        for subject, weight in _whose(setting, member, word, node):
            standing = setting.world.standings(book["rulebook"], period.name).get(subject)
            number, code = _read(standing, node.get("read", "total")) if standing else (None, None)
            if standing and (number is not None or code is not None or standing.result.tier is None):
                instant = datetime.combine(period.first, time(), period.zone)
                yield Row(instant, NO_MARK, number, code, weight=weight), standing


def _whose(setting: Setting, member: Member, word: str, node: Node) -> list[tuple[str, Fraction]]:
    """The subjects whose results are read, each with its weight in a mean."""
    of, one = node.get("of", "own"), Fraction(1)
    if of == "own":
        return [(member.subject, one)]
    if of == "organisation":
        if word == "mean" and setting.rulebook.get("assignment") == "split_by_days":
            return [(f"organisation/{place}", Fraction(len(days))) for place, days in member.days_in.items()]
        return [(f"organisation/{member.organisation}", one)]
    nearest = nearest_subject(member.organisation, of["organisation"], setting.world.roster.tree)
    return [(nearest, one)] if nearest else []


def _read(standing: Standing, read: Any) -> tuple[Fraction | None, str | None]:
    """The number or code of a result; neither where it has no such thing."""
    if read == "total":
        return standing.result.total, None
    if read == "tier":
        return None, standing.result.tier
    if read == "rank":
        return None if standing.result.rank is None else Fraction(standing.result.rank), None
    if "category" in read:
        return standing.categories.get(read["category"]), None
    return standing.points.get(read["indicator"]), None


def _passes(standing: Standing, node: Node) -> bool:
    return ("tier" not in node or standing.result.tier in node["tier"]) and _is_at_the_top(standing.result, node)


def _is_at_the_top(result: Result, node: Node) -> bool:
    return "top" not in node or (result.rank is not None and result.rank <= int(node["top"]))


def _running(node: Node, found: list[tuple[Row, Standing]], is_enough: bool) -> Reading:
    """How many results up to the last one have one of the tiers, and a rank in front."""
    with_tier = [standing for _, standing in found if standing.result.tier is not None]
    length = 0
    for _, standing in reversed(found):
        if standing.result.tier is None:
            if node["no_tier"] == "holds":
                return Reading(len(with_tier))
            if node["no_tier"] == "breaks":
                break
        elif _passes(standing, node):
            length += 1
        else:
            break
    return Reading(len(with_tier), Fraction(length) if is_enough else None)
