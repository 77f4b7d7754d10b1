"""A take of every kind: an aggregate over events, over results, or a word of the roster (§5.4 to §5.6)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.oracle.generate.each_event import rows_together
from tests.oracle.generate.event_types import NUMBERS, codes_of
from tests.oracle.generate.readings import Reading, reading
from tests.oracle.generate.rosters import ATTRIBUTE_CODES
from tests.oracle.generate.selections import once, read_code, read_number, selection
from tests.oracle.generate.setting import POSTS, Setting
from tests.oracle.generate.texts import Node

BY_TIME = ("first", "latest")
BY_ALL = ("first", "latest", "best", "worst")
CLASS_WEIGHTS: dict[int, list[tuple[str, ...]]] = {
    2: [("60%", "40%"), ("50%", "50%"), ("33.3%", "66.7%")],
    3: [("50%", "30%", "20%"), ("33.33%", "33.33%", "33.34%")],
}


@dataclass(frozen=True)
class Taken:
    """A take node, and what comes out of it: a number, or one of the codes.

    `by_row`: points are given to each row; `by_points`: the points choose the row, so there has to be a `give`;
    `one_row`: one row decides, and of the same instant the one with more points.
    """

    node: Node | str
    codes: list[str] | None = None
    open_codes: bool = False
    by_row: bool = False
    by_points: bool = False
    one_row: bool = False
    comparable: bool = False
    proratable: bool = False


def take(s: Setting, sheets: set[str], across: tuple[str, ...] = ()) -> Taken:
    """Any take that has a meaning in the sheets of these kinds."""
    words: dict[Callable[[], Taken | None], int] = {
        lambda: _count(s): 5,
        lambda: _sum(s): 5,
        lambda: _mean(s): 7,
        lambda: _ratio(s): 4,
        lambda: _one_row(s): 12,
        lambda: _plurality(s): 4,
        lambda: _running(s): 2,
        lambda: _days(s): 2,
        lambda: each_event(s, across): 20 if s.together else 13,
        lambda: _results(s, sheets): 18 if s.other else 7,
        lambda: _roster(s): 6,
    }
    return s.chance.weighted(words)() or _count(s)


def each_event(s: Setting, across: tuple[str, ...] = ()) -> Taken:
    """Points for every row; without a written field the number of a row is 1."""
    node = selection(s)
    codes = None
    match s.chance.choice(["code", "code", "number", "one"]):
        case "code":
            codes = read_code(s, node)
        case "number":
            read_number(s, node, written=True)
    # A row that is out has no points to be best or worst by.
    keeps = BY_TIME if "out" in node.get("value", {}).values() else BY_ALL
    rows_together(s, node, keeps, across)
    return Taken({"each_event": node}, codes=codes, by_row=True)


def _once(s: Setting, node: Node, keeps: tuple[str, ...]) -> None:
    if s.chance.rarely():
        node |= once(s, keeps)


def _count(s: Setting) -> Taken:
    node = selection(s)
    if s.chance.rarely():
        node["distinct"] = s.chance.choice(["case", "household", "kind", "minutes", "ends_on", "on_time"])
    else:
        _once(s, node, BY_TIME)
    return Taken({"count": node}, comparable=True, proratable=True)


def _number_node(s: Setting) -> Node:
    node = selection(s)
    read_number(s, node)
    _once(s, node, BY_TIME if "out" in node.get("value", {}).values() else BY_ALL)
    return node


def _sum(s: Setting) -> Taken:
    return Taken({"sum": _number_node(s)}, comparable=True, proratable=True)


def _mean(s: Setting) -> Taken:
    node = _number_node(s)
    declared = s.types[node["event"]]
    if s.chance.sometimes():
        field = s.chance.choice(["voter", "kind"])
        weights = _weights(s, codes_of(declared, field))
        node["classes"] = {
            "field": field,
            "weights": weights,
            "empty": s.chance.choice(["spread", "zero", "no_data"]),
        }
    return Taken({"mean": node | _enough(s, node)}, comparable=True)


def _weights(s: Setting, codes: list[str]) -> dict[str, str]:
    chosen = s.chance.choice(CLASS_WEIGHTS[len(codes)])
    return dict(zip(codes, s.chance.sample(chosen, len(codes)), strict=True))


def _enough(s: Setting, node: Node) -> Node:
    said: Node = {}
    if s.chance.rarely():
        said["at_least_n"] = s.chance.choice(["1", "2", "3"])
    if s.chance.rarely():
        field = s.chance.choice(["kind", "voter"])
        codes = s.chance.some(codes_of(s.types[node["event"]], field), 1, 2)
        shares = ["20%", "33.33%", "50%", *(["70%"] if len(codes) == 1 else [])]
        said["at_least_share"] = {"field": field, "shares": {code: s.chance.choice(shares) for code in codes}}
    return said


def _ratio(s: Setting) -> Taken:
    sides = {}
    first = selection(s)
    for side in ("num", "den"):
        # The same events above and below, or two selections that have nothing in common.
        node = dict(first) if s.chance.sometimes() else selection(s)
        word = s.chance.choice(["", "", "field", "distinct"])
        if word == "field":
            node["field"] = s.chance.choice(NUMBERS)
        elif word:
            node["distinct"] = s.chance.choice(["case", "household", "kind"])
        sides[side] = node
    return Taken({"ratio": sides}, comparable=True)


def _one_row(s: Setting) -> Taken:
    """best, worst, latest, given: one row decides."""
    word = s.chance.choice(["best", "worst", "latest", "given"])
    node = selection(s)
    by_points = word in ("best", "worst")
    if word != "given" and s.chance.sometimes():
        codes = read_code(s, node)
        _once(s, node, BY_TIME)
        return Taken({word: node}, codes=codes, by_points=by_points)
    read_number(s, node)
    _once(s, node, BY_TIME if "out" in node.get("value", {}).values() else BY_ALL)
    return Taken({word: node}, by_points=by_points, comparable=not by_points, one_row=True)


def _plurality(s: Setting) -> Taken:
    node = selection(s)
    codes = read_code(s, node)
    _once(s, node, BY_TIME)
    node |= {
        "order": s.chance.some(codes) if s.chance.sometimes() else s.chance.sample(codes, len(codes)),
        "of": s.chance.choice(["votes", "ballots"]),
        "wins": s.chance.choice(["most", "more_than_half", "two_thirds"]),
        "tie": s.chance.choice(["better", "worse", "no_data"]),
    }
    return Taken({"plurality": node | _enough(s, node)}, codes=codes)


def _running(s: Setting) -> Taken:
    node = selection(s)
    codes = read_code(s, node)
    _once(s, node, BY_TIME)
    return Taken({"running": node | {"is": s.chance.some(codes, 1, 2)}}, comparable=True)


def _days(s: Setting) -> Taken | None:
    node = selection(s, lasting=True)
    _once(s, node, BY_TIME)
    return Taken({"days": node}, comparable=True)


def _results(s: Setting, sheets: set[str]) -> Taken | None:
    found = reading(s, sheets)
    return None if found is None else of_results(s, found)


def of_results(s: Setting, found: Reading) -> Taken:
    """An aggregate over the results of a reading."""
    chance = s.chance
    word = chance.weighted({"count": 3, "sum": 3, "mean": 7, "best": 3, "worst": 3, "latest": 5, "running": 4})
    node = dict(found.node)
    enough = {"at_least_n": chance.choice(["1", "2", "3"])} if chance.rarely() else {}
    if word == "running":
        tiers = chance.some(found.tiers, 1, 2) if chance.sometimes() else found.tiers[-2:]
        kept = chance.weighted({"tier": 6, "top": 2, "both": 1})
        node |= {"tier": tiers} if kept != "top" else {}
        node |= {"top": chance.choice(["1", "2", "3"])} if kept != "tier" else {}
        node["no_tier"] = chance.choice(["breaks", "skips", "holds"])
        return Taken({word: node | enough}, comparable=True)
    node |= _filters(s, found, 0.6 if word == "count" else 0.25)
    if word == "count":
        return Taken({word: node | enough}, comparable=True)
    tier = word in ("best", "worst", "latest") and chance.sometimes()
    read = "tier" if tier else chance.choice(found.numbers)
    if read != "total" or chance.rarely():
        node["read"] = read
    taken = Taken({word: node | (enough if word == "mean" else {})}, comparable=word in ("sum", "mean", "latest"))
    if not tier:
        return replace(taken, by_points=word in ("best", "worst"), one_row=True)
    return replace(
        taken,
        codes=found.tiers,
        open_codes="rulebook" in node,
        comparable=False,
        by_points=word != "latest",
    )


def _filters(s: Setting, found: Reading, likely: float) -> Node:
    said: Node = {}
    if s.chance.random() < likely:
        said["tier"] = s.chance.some(found.tiers, 1, 2)
    if s.chance.random() < likely / 2:
        said["top"] = s.chance.choice(["1", "2", "3"])
    return said


def _roster(s: Setting) -> Taken:
    chance = s.chance
    words = ["service_days", "code", "number", "fixed"] + ["tenure"] * (s.subject == "worker")
    match chance.choice(words):
        case "service_days":
            return Taken("service_days", comparable=True)
        case "tenure":
            return Taken({"tenure_months": {"posts": chance.some(POSTS, 1, 2)}}, comparable=True)
        case "code":
            said = {"name": "certificate", **({"as": "code"} if chance.sometimes() else {})}
            return Taken({"attribute": said}, codes=list(ATTRIBUTE_CODES), open_codes=True)
        case "number":
            return Taken({"attribute": {"name": "households", "as": "number"}}, comparable=True)
    return Taken({"fixed": chance.choice(["0", "1", "5", "2.5", "0.9", "-1"])}, comparable=True)
