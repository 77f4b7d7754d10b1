"""How many points an item can have at most, so that conditions ask for what is possible."""

from decimal import Decimal
from typing import Any

from tests.oracle.generate.setting import Setting
from tests.oracle.generate.texts import Node

ONE_OF_ROWS = ("given", "best", "worst", "latest", "mean")


def reach(s: Setting, item: Node, most: Decimal | None) -> Decimal | None:
    """A multiple of the step that the points needn't exceed; None where nothing is known."""
    given = None if isinstance(item["take"], dict) and "each_event" in item["take"] else _given(s, item)
    if given is not None:
        step, weight = Decimal(s.step), Decimal(item.get("weight", "100%").removesuffix("%"))
        given = max(given * weight / 100 // step * step, Decimal(item.get("min", "0")))
    known = [bound for bound in (most, given) if bound is not None]
    return min(known, default=None)


def _given(s: Setting, item: Node) -> Decimal | None:
    give = item.get("give", "as_is")
    if give == "as_is" and "compare" in item:
        return Decimal(1) if item["compare"]["as"] == "share_of_first" else None
    if give == "as_is":
        return _taken(s, item["take"])
    ((word, said),) = give.items()
    rows: list[Any] = []
    match word:
        case "each":
            points = Decimal(said["points"] if isinstance(said, dict) else said)
            start = said.get("start", "0") if isinstance(said, dict) else "0"
            rows = [] if points else [start]
        case "bands":
            rows = [row["points"] for row in said]
        case "linear":
            rows = said["to"]
        case "table":
            rows = list(said.values())
        case "ranks":
            rows = said if isinstance(said, list) else [*said["points"], said.get("others", "0")]
    return max(map(Decimal, rows), default=None)


def _taken(s: Setting, take: Any) -> Decimal | None:
    """The greatest number, where it is fixed or has a range."""
    if isinstance(take, str):
        return None
    ((word, said),) = take.items()
    if word == "fixed":
        return Decimal(said)
    if word not in ONE_OF_ROWS or "event" not in said or "value" in said:
        return None
    declared = s.types[said["event"]]
    field = declared["fields"].get(said.get("field", declared.get("quantity")), {})
    ends = [Decimal(one["between"][1]) for one in (said, field) if "between" in one]
    return min(ends, default=None)
