"""What a revision says, as the users of a county read it, and what must hold of it beside the one before."""

from collections.abc import Iterable
from fractions import Fraction

from tests.computation.two_books import Node
from tests.county import County

_OF_THE_RUN = ("revision", "watermark", "digest", "completion")


def revision(county: County, key: tuple[str, str], number: int) -> Node:
    """All that a revision says of everyone, but for where its period and what it read stand now."""
    rulebook, period = key
    answer = county.hr.get(f"/v1/rankings/{period}?rulebook={rulebook}&revision={number}&limit=1000")
    assert answer.status_code == 200, answer.json
    said = answer.json
    asked = f"results/{period}?rulebook={rulebook}&revision={number}"
    for item in said["items"]:
        kind, identifier = item["subject"].split("/")
        del item["tied_with"]  # a completion moves nobody, but somebody may come to share a rank
        item["result"] = _without_state(county.hr.get(f"/v1/{kind}s/{identifier}/{asked}").json)
    [run] = [
        one
        for one in county.hr.get(f"/v1/runs?rulebook={rulebook}&period={period}").json["items"]
        if one["revision"] == number
    ]
    return {**_without_state(said), "digest": run["digest"]}


def assert_carried(before: Node, after: Node, completed: list[str]) -> None:
    """A completion moves nobody else."""
    was, now = _by_subject(before), _by_subject(after)
    assert was.keys() == now.keys()
    for subject in was.keys() - set(completed):
        differing = {n: (was[subject].get(n), v) for n, v in now[subject].items() if was[subject].get(n) != v}
        assert not differing, (subject, differing)
    assert all(now[subject].get("tier") for subject in completed)


def assert_placed(items: Iterable[Node]) -> None:
    """Invariant 10: one tier or one reason for everyone. Invariant 11: no quota is exceeded."""
    pools: dict[str, list[Node]] = {}
    for item in items:
        assert (item.get("tier") is None) != (item.get("no_tier") is None), item
        pools.setdefault(item["group"], []).append(item)
    for members in pools.values():
        ranked = sum(item.get("rank") is not None for item in members)
        if len(members) >= 2:
            excellent = sum(item.get("tier") == "excellent" for item in members)
            assert excellent <= Fraction(34, 100) * ranked


def _without_state(said: Node) -> Node:
    return {name: value for name, value in said.items() if name not in ("state", "inputs_revised")}


def _by_subject(said: Node) -> dict[str, Node]:
    """What a revision says of each, but for its number."""
    items = {}
    for item in said["items"]:
        listed = {name: value for name, value in item.items() if name != "result"}
        told = {name: value for name, value in item["result"].items() if name not in _OF_THE_RUN}
        items[item["subject"]] = {**listed, **told}
    return items
