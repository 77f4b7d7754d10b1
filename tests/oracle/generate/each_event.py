"""The words for rows that belong together (§5.3): once, repeated, share, caps, on rows that have points."""

from decimal import Decimal
from typing import Any

from tests.oracle.generate.event_types import always
from tests.oracle.generate.selections import once
from tests.oracle.generate.setting import Setting
from tests.oracle.generate.texts import Node, text

TIMES = (["0", "1"], ["1", "2", "4"], ["1", "0.5", "0"], ["2"], ["1", "1.5"], ["1", "-1"])


def rows_together(s: Setting, node: Node, keeps: tuple[str, ...], across: tuple[str, ...]) -> None:
    """Some of the four words, or none."""
    chance = s.chance
    if chance.random() < (0.75 if across and s.together else 0.3):
        node |= once(s, keeps, across)
    if chance.random() < 0.3:
        node["repeated"] = _repeated(s, node)
    if chance.random() < 0.2:
        node["share"] = {
            "per": chance.choice(["case", "case", "household", "kind"]),
            "by": chance.choice(["equally", "hours", "minutes"]),
        }
    if chance.random() < 0.35:
        node["caps"] = _caps(s, node)


def _repeated(s: Setting, node: Node) -> Node:
    chance, declared = s.chance, s.types[node["event"]]
    within: list[Any] = ["period"]
    # A window that begins before the period has rows of its own, which other words would choose among.
    if declared["dated_by"] == "time" and not {"once", "window", "lasts", "state"} & set(node):
        within = ["period", "year", {"months": chance.choice(["1", "6", "12"])}]
    said: Node = {"within": chance.choice(within), "times": chance.choice(TIMES)}
    if chance.sometimes():
        said["per"] = chance.choice(always(declared, ("text", "code")))
    return said


def _caps(s: Setting, node: Node) -> list[Node]:
    """One cap, or two of which the second is the coarser."""
    declared = s.types[node["event"]]
    grains = always(declared, ("text", "code", "boolean")) + (
        ["day", "month", "day", "month"] if declared["dated_by"] == "time" else []
    )
    grains = list(dict.fromkeys(s.chance.sample(grains, len(grains))))
    first = grains[: s.chance.choice([1, 1, 2, 3])]
    caps = [_cap(s, first)]
    if len(first) > 1 and s.chance.often():
        caps.append(_cap(s, s.chance.some(first, 1, len(first) - 1)))
    return caps


def _cap(s: Setting, per: list[str]) -> Node:
    cap: Node = {"per": per}
    bound = s.chance.choice(["max", "max", "max", "min", "both"])
    if bound != "min":
        cap["max"] = text(s.chance.on_step(s.step, 1, 6))
    if bound != "max":
        cap["min"] = text(min(s.chance.on_step(s.step, -2, 2), Decimal(cap.get("max", "9"))))
    return cap
