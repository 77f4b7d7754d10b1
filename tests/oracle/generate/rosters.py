"""Rosters: a small tree, and workers whose assignments begin, overlap and end in the months."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.rulebooks import POSTS
from tests.oracle.generate.texts import Draw

Roster = dict[str, Any]


@st.composite
def organisations(draw: Draw) -> list[dict[str, Any]]:
    """A county, its streets, and communities below any of them."""
    streets = [f"street-{n}" for n in range(1, draw(st.integers(1, 2)) + 1)]
    count = draw(st.integers(1, 3))
    tree: list[dict[str, Any]] = [{"id": "county", "kind": "county", "parent": None}]
    tree += [{"id": street, "kind": "street", "parent": "county"} for street in streets]
    parents = draw(st.lists(st.sampled_from([*streets, "county"]), min_size=count, max_size=count))
    for n, parent in enumerate(parents, 1):
        tree.append({"id": f"community-{n}", "kind": "community", "parent": parent})
    return tree


@st.composite
def rosters(draw: Draw, tree: list[dict[str, Any]], months: list[str], count: int) -> Roster:
    """So many workers; most of them serve throughout."""
    ids = [organisation["id"] for organisation in tree]
    workers = [{"id": f"w{n}", "assignments": draw(_assignments(ids, months))} for n in range(1, count + 1)]
    return {"organisations": tree, "workers": workers}


@st.composite
def _assignments(draw: Draw, ids: list[str], months: list[str]) -> list[dict[str, Any]]:
    if draw(st.integers(0, 3)) < 3:
        home = {"organisation": draw(st.sampled_from(ids)), "post": draw(st.sampled_from(POSTS))}
        return [home | {"from": "2020-01-01", "to": None}]
    several = st.lists(
        _assignment(ids, months),
        min_size=0,
        max_size=3,
        unique_by=lambda one: (one["organisation"], one["post"]),
    )
    return draw(several)


@st.composite
def _assignment(draw: Draw, ids: list[str], months: list[str]) -> dict[str, Any]:
    """An assignment that begins at, before or within a month, and lasts for a day or for ever."""
    first = date.fromisoformat(f"{draw(st.sampled_from(months))}-01")
    began = first + timedelta(days=draw(st.sampled_from([0, -1, 1, 14, 27, -400])))
    lasts = draw(st.sampled_from([None, 1, 14, 15, 28, 400, 413]))
    assignment: dict[str, Any] = {
        "organisation": draw(st.sampled_from(ids)),
        "post": draw(st.sampled_from(POSTS)),
        "from": began.isoformat(),
    }
    # An end that isn't there and one that is None mean the same.
    if lasts or draw(st.booleans()):
        assignment["to"] = (began + timedelta(days=lasts)).isoformat() if lasts else None
    return assignment
