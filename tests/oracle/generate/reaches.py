"""How many points an item can have at most, so that conditions ask for what is possible."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tests.oracle.generate.setting import Setting
from tests.oracle.generate.texts import Node

ONE_OF_ROWS = ("given", "best", "worst", "latest", "mean")
COUNTED = ("count", "days", "running", "tenure_months", "service_days")
ROUNDING = {"whole": ROUND_FLOOR, "started": ROUND_CEILING}

Ends = tuple[Decimal | None, Decimal | None]


def reach(s: Setting, item: Node, most: Decimal | None) -> Decimal | None:
    """A multiple of the step that the points needn't exceed; None where nothing is known."""
    given = None if isinstance(item["take"], dict) and "each_event" in item["take"] else _given(s, item)
    if given is not None:
        step, weight = Decimal(s.step), Decimal(item.get("weight", "100%").removesuffix("%"))
        given = max(given * weight / 100 // step * step, Decimal(item.get("min", "0")))
    known = [bound for bound in (most, given) if bound is not None]
    return min(known, default=None)


def _given(s: Setting, item: Node) -> Decimal | None:
    """The most points for the numbers that there can be."""
    give, ends = item.get("give", "as_is"), _ends(s, item)
    if give == "as_is":
        return ends[1]
    ((word, said),) = give.items()
    match word:
        case "each":
            return _each(said if isinstance(said, dict) else {"points": said}, ends)
        case "bands":
            return _bands(said, ends)
        case "linear":
            return _linear(said, ends)
        case "table":
            return max(map(Decimal, said.values()), default=None)
    ranks = said if isinstance(said, list) else [*said["points"], said.get("others", "0")]
    return max(map(Decimal, ranks))


def _each(said: Node, ends: Ends) -> Decimal | None:
    """So many points for a unit: the fewest units make the most, where they cost something."""
    points = Decimal(said["points"])
    fewest, most = (_units(said, number) for number in (reversed(ends) if "under" in said else ends))
    if fewest is None and {"over", "under"} & set(said):
        fewest = Decimal(0)
    units = most if points > 0 else fewest
    if points == 0:
        units = Decimal(0)
    return None if units is None else Decimal(said.get("start", "0")) + points * units


def _units(said: Node, number: Decimal | None) -> Decimal | None:
    if number is None:
        return None
    if "over" in said:
        number = max(number - Decimal(said["over"]), Decimal(0))
    if "under" in said:
        number = max(Decimal(said["under"]) - number, Decimal(0))
    units = number / Decimal(said.get("per", "1"))
    rounding = ROUNDING.get(said.get("units", "exact"))
    return units if rounding is None else units.to_integral_value(rounding)


def _bands(rows: list[Node], ends: Ends) -> Decimal | None:
    """The best row whose numbers there are: not those beyond the greatest, nor those below the least's."""
    low, high = ends
    reached = []
    for row in rows:
        bound = Decimal(row["at_least"]) if "at_least" in row else None
        if bound is None or high is None or bound <= high:
            reached.append(Decimal(row["points"]))
        if bound is not None and low is not None and bound <= low:
            break
    return max(reached, default=None)


def _linear(said: Node, ends: Ends) -> Decimal:
    """The points of the least or of the greatest number, held inside."""
    (a, b), (c, d) = (map(Decimal, said[word]) for word in ("from", "to"))
    held = [end if number is None else min(max(number, a), b) for number, end in zip(ends, (a, b), strict=True)]
    return max(c + (x - a) * (d - c) / (b - a) for x in held)


def _ends(s: Setting, item: Node) -> Ends:
    """Between which bounds the number lies for which points are given; None where there is no bound."""
    if compare := item.get("compare"):
        return (Decimal(1), None) if compare["as"] == "rank" else (None, Decimal(1))
    word, said = (item["take"], {}) if isinstance(item["take"], str) else next(iter(item["take"].items()))
    if word == "fixed":
        return Decimal(said), Decimal(said)
    if word in COUNTED:
        return Decimal(0), None
    if "results" in said:
        return Decimal(1) if said.get("read") == "rank" else None, None
    return _of_rows(s, said) if word in ONE_OF_ROWS else (None, None)


def _of_rows(s: Setting, said: Node) -> Ends:
    """The values of the codes, or what the field and the item leave of all numbers."""
    if "value" in said:
        numbers = [Decimal(number) for number in said["value"].values() if number != "out"]
        low, high = min(numbers, default=None), max(numbers, default=None)
    else:
        declared = s.types[said["event"]]
        field = declared["fields"].get(said.get("field", declared.get("quantity")), {})
        bounds = [[Decimal(end) for end in one["between"]] for one in (said, field) if "between" in one]
        low, high = max((b[0] for b in bounds), default=None), min((b[1] for b in bounds), default=None)
    if said.get("classes", {}).get("empty") == "zero":
        # A class without a row is a zero among the others.
        low, high = (None if end is None else held(end, Decimal(0)) for end, held in ((low, min), (high, max)))
    return low, high
