"""Who is chosen for an outcome (§15): seats or a share, among whom, by what, and what has used seats up."""

from tests.oracle.generate.selections import where
from tests.oracle.generate.setting import Setting
from tests.oracle.generate.texts import Node


def choose(s: Setting, ungrouped: list[str], has_breaks: bool) -> Node:
    """A choice; `ungrouped` are the lists that are one group."""
    chance = s.chance
    among = chance.choice(["peer_group", "cohort", "cohort", *s.names.lists])
    said: Node = {"seats": chance.choice(["1", "1", "2", "3"])}
    if chance.sometimes():
        shares = ["10%", "20%", "33.33%", "50%", "80%", "100%"]
        said = {"share": chance.choice(shares), "of": chance.choice(["due", "appraised", "ranked"])}
        said["rounding"] = chance.choice(["down", "up", "half_up"])
    ties = ["none_of_them", "all_of_them", *["tie_breaks"] * 2 * has_breaks]
    said |= {"among": among, "ties": chance.choice(ties)}
    if among in ("cohort", *ungrouped) and chance.sometimes():
        said["used"] = _used(s)
    return {"choose": said}


def _used(s: Setting) -> Node:
    chance = s.chance
    timed = [name for name, declared in s.types.items() if declared["dated_by"] == "time"]
    name = chance.choice(timed)
    window = "year" if chance.sometimes() else {"last": chance.choice(["1", "2", "12", "60"])}
    used: Node = {"event": name, "window": window}
    return used | ({"where": where(chance, s.types[name])} if chance.sometimes() else {})
