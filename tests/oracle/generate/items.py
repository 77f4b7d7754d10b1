"""Whole items: indicators, bonus items, parts, measures, multipliers and the negative list (§5 to §11)."""

from decimal import Decimal
from typing import Any

from tests.oracle.generate.each_event import rows_together
from tests.oracle.generate.gives import give_code, give_number, give_rank
from tests.oracle.generate.reaches import reach
from tests.oracle.generate.readings import own_reading
from tests.oracle.generate.selections import read_code, read_number, selection
from tests.oracle.generate.setting import POSTS, Setting
from tests.oracle.generate.takes import BY_TIME, Taken, each_event, of_results, take
from tests.oracle.generate.texts import Node, text, under

SEVERITIES = ("minor", "serious", "grave")


def scored(s: Setting, taken: Taken, low: int = -2, high: int = 6, give_required: bool = True) -> Node:
    """The take, what stands between it and its points, and the points."""
    chance = s.chance
    node: Node = {"take": taken.node}
    if taken.proratable and chance.random() < 0.15:
        node["prorate"] = "service_days"
    if taken.comparable and chance.random() < 0.18:
        node["compare"] = _compare(s)
        # A row can't be chosen by points that are given for ranks.
        if node["compare"]["as"] == "rank" and not taken.one_row:
            return node | {"give": give_rank(chance)}
    if taken.codes:
        codes = chance.some(taken.codes, 1) if taken.open_codes else taken.codes
        return node | {"give": give_code(chance, codes, low, high)}
    if give_required or taken.by_row or chance.sometimes():
        node["give"] = give_number(chance, low, high)
    return node


def _compare(s: Setting) -> Node:
    said: Node = {"as": s.chance.choice(["rank", "rank", "share_of_first"])}
    if said["as"] == "rank" and s.chance.often():
        said["order"] = s.chance.choice(["high_first", "low_first"])
    return said | {"within": s.chance.choice(["peer_group", "cohort"])}


def bounds_and_no_data(s: Setting, most: Decimal | None) -> Node:
    """`max`, `min` and `no_data` of a line; `full` only beside a maximum."""
    chance = s.chance
    said: Node = {} if most is None else {"max": text(most)}
    if chance.rarely():
        said["min"] = text(chance.on_step(s.step, -2, 1))
    words = {"zero": 5, "points": 4} | ({} if most is None else {"full": 3})
    word = "missing" if chance.random() < s.missing else chance.weighted(words)
    said["no_data"] = {"points": text(chance.on_step(s.step, 0, 5))} if word == "points" else word
    return said


def indicator(s: Setting, name: str, category: str, most: Decimal) -> Node:
    """An indicator of the base sheet."""
    taken = take(s, {s.base}, across=("category", "sheet", "item"))
    head = {"id": name, "title": f"项{name}", "category": category, "ref": f"第{name}款"}
    return _known(s, head | scored(s, taken) | bounds_and_no_data(s, most), s.base, most)


def bonus_item(s: Setting, name: str, kind: str) -> Node:
    """An item of the bonus of any sheet; its `no_data` may go without saying."""
    taken = each_event(s, ("sheet", "item")) if s.chance.sometimes() else take(s, {kind}, ("sheet", "item"))
    most = s.chance.on_step(s.step, 1, 6) if s.chance.sometimes() else None
    said = bounds_and_no_data(s, most)
    if s.chance.sometimes():
        del said["no_data"]
    item = {"id": name, "title": f"加分{name}"} | scored(s, taken, low=0, high=4) | said
    return _known(s, item, kind, most)


def part(s: Setting, name: str, kind: str, weight: str, of_periods: bool) -> Node:
    """A part of a roll-up, of the periods that lie in it or of anything else."""
    found = own_reading(s, {kind}, inside_only=True) if of_periods else None
    taken = of_results(s, found) if found else take(s, {kind}, ("sheet", "item"))
    if found and s.chance.often():
        taken = Taken({"mean": found.node}, comparable=True)
    most = s.chance.on_step(s.step, 2, 9) if s.chance.sometimes() else None
    head = {"id": name, "title": f"部分{name}", "weight": weight, "ref": f"第{name}款"}
    return _known(s, head | scored(s, taken, give_required=False) | bounds_and_no_data(s, most), kind, most)


def _known(s: Setting, item: Node, kind: str, most: Decimal | None) -> Node:
    """The item, known to conditions with the points that it can reach."""
    s.names.items[item["id"]] = ({kind}, reach(s, item, most))
    return item


def measure(s: Setting, name: str, give: Any = None) -> Node:
    """A number or a code for conditions; a `give` that is told makes it a number of that size."""
    chance = s.chance
    sheets = set(chance.some(s.kinds)) if chance.random() < 0.4 else set(s.kinds)
    taken = take(s, sheets)
    node: Node = {"id": name, "title": f"计量{name}"}
    if give is not None:
        taken = take(s, sheets) if taken.codes else taken
    if taken.codes and not taken.by_row and not taken.by_points and chance.sometimes():
        codes = next(iter(under("order", taken.node)), taken.codes)
        node |= {"take": taken.node, "no_data": chance.choice(["unmet", {"code": chance.choice(codes)}])}
        s.names.codes[name] = (sheets, codes)
    else:
        node |= scored(s, taken, give_required=give is not None)
        if give is not None and not taken.codes and "compare" not in node:
            node["give"] = give
        elif give is not None and taken.codes:
            node["give"] = {"table": {code: chance.choice(_points_of(give)) for code in node["give"]["table"]}}
        number = {"number": chance.choice(["0", "1", "2.5", "60", *_points_of(give)])}
        node["no_data"] = chance.choice(["zero", "unmet", number])
        s.names.numbers[name] = sheets
    return node | ({"in": sorted(sheets)} if sheets != set(s.kinds) or chance.rarely() else {})


def seniority(s: Setting, name: str) -> Node:
    """A number by which people differ whose totals are equal."""
    s.names.numbers[name] = set(s.kinds)
    takes: list[Any] = [{"attribute": {"name": "households", "as": "number"}}, "service_days"]
    if s.subject == "worker":
        takes.append({"tenure_months": {"posts": s.chance.some(POSTS, 2)}})
    return {"id": name, "title": "资历", "take": s.chance.choice(takes), "no_data": s.chance.choice(["zero", "unmet"])}


def _points_of(give: Any) -> list[str]:
    """The points that bands may give."""
    return [row["points"] for row in give["bands"]] if give else []


def multiplier(s: Setting, name: str, of: str) -> Node:
    """A factor around one."""
    chance = s.chance
    sheets = set(chance.some(s.kinds)) if of == "total" and chance.sometimes() else {s.base}
    node: Node = {"id": name, "title": f"系数{name}", "of": of}
    node |= scored(s, take(s, sheets), 0, 2, give_required=False)
    if chance.rarely():
        node["min"] = text(Decimal(0))
    if chance.sometimes():
        node["max"] = text(chance.on_step(s.step, 1, 2))
    node["no_data"] = {"points": chance.choice(["1", "1", "0.8", "1.25", "0"])}
    if of in s.names.categories and (factor := reach(s, node, None)) is not None:
        s.names.categories[of] = min(s.names.categories[of], s.names.categories[of] * factor // 1)
    return node | ({"in": sorted(sheets)} if sheets != {s.base} or chance.rarely() else {})


def negative(s: Setting, name: str) -> Node:
    """An item of the negative list: what its events cost, and where it binds."""
    chance = s.chance
    node = selection(s)
    s.names.negatives[name] = severity = chance.choice(SEVERITIES)
    item: Node = {"id": name, "title": f"负面{name}", "severity": severity, "ref": f"第{name}项"} | node
    match chance.choice(["fixed", "fixed", "code", "number", "none"]):
        case "fixed":
            item["deduct"] = text(chance.on_step(s.step, 0, 3))
        case "code":
            item["deduct"] = give_code(chance, read_code(s, item), 0, 4)
        case "number":
            read_number(s, item, written=True)
            item["deduct"] = give_number(chance, 0, 4)
    if "deduct" in item:
        rows_together(s, item, BY_TIME, ())
        item |= _costs(s)
    if chance.random() < 0.6:
        word = chance.choice(["ceiling", "ceiling", "ceiling", "veto"])
        item[word] = chance.choice(s.tiers[1:] if word == "ceiling" else s.open_tiers)
        if chance.often():
            item["binds"] = chance.some(s.kinds)
    return item


def _costs(s: Setting) -> Node:
    said: Node = {}
    if s.chance.sometimes():
        said["max"] = text(s.chance.on_step(s.step, 1, 4))
    if s.chance.rarely():
        said["min"] = text(s.chance.on_step(s.step, 0, 1))
    return said
