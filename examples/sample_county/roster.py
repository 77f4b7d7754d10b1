"""Who works in Baixiang: 39 people in six communities of three streets, with those who came, went and moved in 2025.

w01 to w06 are seconded as the communities' party secretaries (post head), w07 to w13 are deputies, the others staff.
"""

from datetime import date
from typing import Any

from examples.sample_county.facts import HOTLINE, number_of
from examples.sample_county.working_days import working_days

Record = dict[str, Any]

COUNTY = "baixiang"
_STREETS = {"bx-east": "城东街道", "bx-west": "城西街道", "bx-north": "城北街道"}
COMMUNITIES = {
    "hehua": ("荷花社区", "bx-east"),
    "liuyin": ("柳荫社区", "bx-east"),
    "guqiao": ("古桥社区", "bx-west"),
    "yingbin": ("迎宾社区", "bx-west"),
    "qingquan": ("清泉社区", "bx-north"),
    "fuxing": ("福兴社区", "bx-north"),
}
_RECRUITED, _SECONDED = "2023-07-01", "2024-03-01"
_PEOPLE = [f"w{n:02}" for n in range(1, 40)]

# Everyone else has one assignment from the day of recruitment on.
_MOVED: dict[str, list[tuple[str, str, str, str | None]]] = {
    "w06": [("fuxing", "head", _SECONDED, "2025-07-01"), ("fuxing", "staff", "2025-07-01", None)],
    "w12": [("fuxing", "deputy", _RECRUITED, "2025-07-01"), ("fuxing", "head", "2025-07-01", None)],
    "w20": [("hehua", "staff", _RECRUITED, "2025-07-01"), ("fuxing", "deputy", "2025-07-01", None)],
    "w31": [("fuxing", "staff", _RECRUITED, "2025-09-16"), ("guqiao", "staff", "2025-09-16", None)],
    "w36": [("qingquan", "staff", _RECRUITED, "2025-10-01")],
    "w37": [("fuxing", "staff", _RECRUITED, "2025-05-01")],
    "w38": [("fuxing", "staff", "2025-03-18", None)],
    "w39": [("liuyin", "staff", "2025-10-09", None)],
}


def organisations() -> list[Record]:
    """The county, its streets, their communities."""
    streets = [{"id": s, "kind": "street", "title": title, "parent": COUNTY} for s, title in _STREETS.items()]
    communities = [
        {"id": c, "kind": "community", "title": title, "parent": street} for c, (title, street) in COMMUNITIES.items()
    ]
    return [{"id": COUNTY, "kind": "county", "title": "柏乡县（示例）"}, *streets, *communities]


def workers() -> list[Record]:
    """Everyone with assignments, attributes, and the number by which the hotline knows them."""
    return [
        {
            "id": worker,
            "name": f"示例人员{number_of(worker)}",
            "aliases": [{"source": HOTLINE, "id": hotline_number(worker)}],
            "assignments": _assignments(worker),
            "attributes": _attributes(worker),
        }
        for worker in _PEOPLE
    ]


def hotline_number(worker: str) -> str:
    """What the hotline calls a worker; it knows nothing of HR's ids."""
    return f"80{number_of(worker)}"


def presence(worker: str) -> list[tuple[date, str]]:
    """The working days on which a worker is in office, each with the community."""
    return [
        (day, assigned["organisation"])
        for day in working_days()
        for assigned in _assignments(worker)
        if assigned["from"] <= day.isoformat() < assigned.get("to", "9999")
    ]


def _assignments(worker: str) -> list[Record]:
    stated = _MOVED.get(worker) or [_first_assignment(_PEOPLE.index(worker))]
    return [
        {"organisation": organisation, "post": post, "from": start} | ({"to": end} if end else {})
        for organisation, post, start, end in stated
    ]


def _first_assignment(place: int) -> tuple[str, str, str, str | None]:
    communities = list(COMMUNITIES)
    if place < 6:
        return communities[place], "head", _SECONDED, None
    if place < 13:
        return communities[(place - 6) % 6], "deputy", _RECRUITED, None
    return communities[(place - 13) % 6], "staff", _RECRUITED, None


def _attributes(worker: str) -> list[Record]:
    place = _PEOPLE.index(worker)
    degree = "bachelor" if place < 32 else "college"
    stated: list[Record] = [{"name": "education", "value": degree, "from": _RECRUITED}]
    if place < 6:
        ends = {"to": "2025-07-01"} if worker == "w06" else {}
        stated.append({"name": "seconded", "value": "party-secretary", "from": _SECONDED} | ends)
    if place % 3 == 0:
        stated.append({"name": "certificate", "value": "assistant", "from": "2024-09-20"})
    return stated
