"""Rosters: a small tree, and workers who stay, move, hold two posts, come and leave; with dated attributes."""

from datetime import date, timedelta

from tests.oracle.generate.setting import POSTS
from tests.oracle.generate.texts import Chance, Node

ATTRIBUTE_CODES = ("none", "assistant", "senior")
NUMBERS = ("0", "1", "2.5", "3", "4.50", "800", "12", "about 300", "1e3", "-1")
STAYS = (None, None, 1, 14, 15, 28, 400, 413)


def organisations(chance: Chance) -> list[Node]:
    """A county, its streets, and communities below any of them."""
    streets = [f"street-{n}" for n in range(1, chance.randint(1, 2) + 1)]
    tree: list[Node] = [{"id": "county", "kind": "county", "parent": None}]
    tree += [{"id": street, "kind": "street", "parent": "county"} for street in streets]
    for n in range(1, chance.randint(1, 4) + 1):
        parent = "county" if chance.rarely() else chance.choice(streets)
        tree.append({"id": f"community-{n}", "kind": "community", "parent": parent})
    return tree


def roster(chance: Chance, tree: list[Node], bounds: list[date], count: int) -> Node:
    """So many workers, most of whom serve throughout, and what is said of them and of organisations."""
    with_attributes = chance.sometimes()
    said = [{**one, **(_attributes(chance, bounds) if with_attributes else {})} for one in tree]
    # Work is done in communities; now and then somebody serves a street or the county.
    homes = [one["id"] for one in tree if one["kind"] == "community"] * 4 + [one["id"] for one in tree]
    workers = [
        {"id": f"w{n}", "assignments": _assignments(chance, homes, bounds), **_attributes(chance, bounds)}
        for n in range(1, count + 1)
    ]
    return {"organisations": said, "workers": workers}


def _assignments(chance: Chance, homes: list[str], bounds: list[date]) -> list[Node]:
    word = chance.weighted({"stays": 10, "moves": 4, "two": 3, "any": 4, "none": 0.4})
    if word == "none":
        return []
    if word == "any":
        return [_stay(chance, homes, bounds) for _ in range(chance.randint(1, 3))]
    home = {"organisation": chance.choice(homes), "post": chance.choice(POSTS)}
    since = chance.choice(["2020-01-01", "2022-01-15", "2023-05-31", "2023-08-31"])
    if word == "stays":
        return [home | {"from": since, "to": None}]
    if word == "two":
        return [home | {"from": since}, _stay(chance, homes, bounds)]
    # Who moves does so without a gap, and mostly within a period.
    day = chance.choice(bounds) + timedelta(days=chance.choice([0, -1, 10, 15, 20]))
    there = {"organisation": chance.choice(homes), "post": home["post"] if chance.sometimes() else chance.choice(POSTS)}
    return [home | {"from": since, "to": day.isoformat()}, there | {"from": day.isoformat()}]


def _stay(chance: Chance, homes: list[str], bounds: list[date]) -> Node:
    """An assignment that begins at, before or within a period, and lasts for a day or for ever."""
    began = chance.choice(bounds) + timedelta(days=chance.choice([0, -1, 1, 14, 27, -400]))
    lasts = chance.choice(STAYS)
    said: Node = {"organisation": chance.choice(homes), "post": chance.choice(POSTS), "from": began.isoformat()}
    # An end that isn't there and one that is None mean the same.
    if lasts or chance.sometimes():
        said["to"] = (began + timedelta(days=lasts)).isoformat() if lasts else None
    return said


def _attributes(chance: Chance, bounds: list[date]) -> Node:
    """Certificates and households, some of them replaced, ended, or said twice from the same day on."""
    if chance.rarely():
        return {}
    said = []
    for name, values in (("certificate", ATTRIBUTE_CODES), ("households", NUMBERS)):
        for _ in range(chance.choice([0, 1, 1, 2, 2])):
            since = chance.choice(bounds) + timedelta(days=chance.choice([0, 0, -1, 1, -400, -400]))
            one: Node = {"name": name, "value": chance.choice(values), "from": since.isoformat()}
            if chance.sometimes():
                lasts = chance.choice([1, 31, 400, None])
                one["to"] = (since + timedelta(days=lasts)).isoformat() if lasts else None
            said.append(one)
    return {"attributes": said}
