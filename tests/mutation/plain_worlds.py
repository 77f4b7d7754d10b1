"""Worlds under a plain rulebook, which the richer ones hardly ever are: events, a filter, a number, and nothing else.

Such sheets are computed by a shorter way, and nobody's events move another's number, so that few are computed again.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import yaml

from tests.county import RULEBOOK, SOURCE, TYPES
from tests.oracle.strategies import World

_MONTHS = ("2025-02", "2025-03")
_ORGANISATIONS = ("east", "west")
_HOURS = ("00:00:00", "09:30:00", "23:59:59.999999")


def plain_world(seed: int) -> World:
    """The world of a seed: two months of ten workers under the small county's rulebook, with some other words."""
    chance = Random(seed)
    workers = [f"w{number}" for number in range(1, 11)]
    tree: list[dict[str, Any]] = [{"id": "county", "kind": "county", "parent": None}]
    tree += [{"id": name, "kind": "community", "parent": "county"} for name in _ORGANISATIONS]
    roster = {"organisations": tree, "workers": [_worker(chance, worker) for worker in workers]}
    events = [_event(chance, f"e{number}", chance.choice(workers)) for number in range(chance.randint(60, 100))]
    return World(_rulebook(chance), (), TYPES, roster, events, [*_MONTHS], [])


def _rulebook(chance: Random) -> dict[str, Any]:
    book: dict[str, Any] = yaml.load(RULEBOOK, Loader=yaml.BaseLoader)
    book["assignment"] = chance.choice(["at_end", "longest"])
    book["peer_groups"] = {
        "by": chance.choice([["post"], ["organisation", "post"]]),
        "min_size": chance.choice(["2", "5"]),
        "small_groups": chance.choice(["keep_apart", "pool_in_tenant"]),
    }
    visits, rating = book["indicators"]
    visits["take"] = {"count": {"event": "visit.done", **chance.choice([{}, {"distinct": "household"}])}}
    rating["take"]["mean"] |= chance.choice([{}, {"between": ["2", "4"]}])
    rating["no_data"] = chance.choice(["zero", "missing", {"points": "30"}])
    book["tiers"][0]["quota"] |= {"rounding": chance.choice(["down", "up", "half_up"])}
    book["participation"] = {"min_service_days": {"month": chance.choice(["1", "15"])}}
    return book


def _worker(chance: Random, name: str) -> dict[str, Any]:
    """One who serves throughout, or who changes sides about the turn of the months."""
    first, second = chance.sample(_ORGANISATIONS, 2)
    changed = (date(2025, 3, 1) + timedelta(days=chance.choice([-28, -1, 0, 1, 14, 31]))).isoformat()
    stays = {"organisation": first, "post": "staff", "from": "2024-01-01"}
    moves = [{**stays, "to": changed}, {"organisation": second, "post": "staff", "from": changed}]
    return {"id": name, "assignments": chance.choice([[stays], [stays], moves, moves[:1], moves[1:]])}


def _event(chance: Random, name: str, worker: str) -> dict[str, Any]:
    kind = chance.choice(["visit.done", "visit.done", "rating.resident", "violation.complaint"])
    day = date(2025, 2, 1) + timedelta(days=chance.choice([-1, 0, 5, 27, 28, 40, 58, 59]))
    data: dict[str, Any] = {"household": f"h{chance.randint(1, 3)}"} if kind == "visit.done" else {}
    if kind == "rating.resident":
        data["stars"] = Decimal(chance.randint(1, 5))
    said = {"id": name, "source": SOURCE, "type": kind, "subject": f"worker/{worker}", "data": data}
    return said | {"time": f"{day}T{chance.choice(_HOURS)}+08:00"}
