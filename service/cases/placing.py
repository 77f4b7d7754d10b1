"""A rulebook of which every total is given, so that a case can ask for places alone: quotas, ties, tiers and outcomes.

What a total is made from is left out; what it asks of that is then passed over, as the language does where a sheet
doesn't have it. Events still bind: the negative list keeps its ceilings and vetoes, but deducts nothing.
"""

from typing import Any

from schemas.fields import decimal_text
from service.cases.written import SOURCE, Case
from service.periods import Period

Node = dict[str, Any]
GIVEN = "total.given"
_MOST = "1000000"
_KEPT = ("rulebook", "language", "title", "subject", "applies_to", "assignment", "numbers", "peer_groups", "lists")
_OF_POINTS = ("deduct", "max", "min", "binds")


def event_type(subject: str) -> Node:
    """The type of the events that say a total."""
    fields = {"points": {"kind": "number", "required": True}}
    return {"title": GIVEN, "subject": subject, "dated_by": "period", "quantity": "points", "fields": fields}


def events(case: Case, period: Period) -> list[Node]:
    """The totals of a case, each an event of its period."""
    time = f"{period.first_day}T12:00:00Z"
    said = {"specversion": "1.0", "source": SOURCE, "type": GIVEN, "time": time, "period": period.text}
    return [
        {**said, "id": f"{case.id}-total-{number}", "subject": subject, "data": {"points": decimal_text(total)}}
        for number, (subject, total) in enumerate((case.totals or {}).items(), 1)
    ]


def newcomers(case: Case, document: Node, period: Period) -> Node:
    """Who must be added to the roster: those whose total is given and who aren't in it, where the rulebook applies."""
    there = {f"organisation/{one['id']}" for one in case.roster["organisations"]}
    there |= {f"worker/{one['id']}" for one in case.roster["workers"]}
    cohort, missing = document["applies_to"], [one for one in case.totals or {} if one not in there]
    added: Node = {"organisations": [], "workers": []}
    if missing and f"organisation/{cohort['under']}" not in there:
        added["organisations"].append({"id": cohort["under"], "kind": "county", "title": cohort["under"]})
    for subject in missing:
        kind, _, identifier = subject.partition("/")
        if kind == "worker":
            place = {"organisation": cohort["under"], "post": cohort["posts"][0], "from": str(period.first_day)}
            added["workers"].append({"id": identifier, "assignments": [place]})
        else:
            node = {"id": identifier, "kind": cohort["kinds"][0], "title": identifier, "parent": cohort["under"]}
            added["organisations"].append(node)
    return added


def of_totals(document: Node, period: Period) -> Node:
    """The rulebook's document with the totals of a period given; its base is that kind of period."""
    kind, base = period.kind, document["periods"]["base"]
    points = {"id": GIVEN, "title": GIVEN, "category": GIVEN, "give": "as_is", "max": _MOST, "no_data": "missing"}
    return {key: document[key] for key in _KEPT if key in document} | {
        "version": GIVEN,
        "effective": {"from": period.text},
        "periods": {"base": kind, "rollups": [], "timezone": document["periods"]["timezone"]},
        "orders": {**document["orders"], "bonus": "before_limit"},
        "total": {"full": _MOST, "min": f"-{_MOST}", "max": _MOST},
        "categories": [{"id": GIVEN, "title": GIVEN, "max": _MOST}],
        "indicators": [{**points, "take": {"given": {"event": GIVEN}}}],
        "negative_list": [_binding(one, kind, base) for one in document.get("negative_list", [])],
        "measures": [one for one in _here(document.get("measures", []), kind) if not _reads_results(one)],
        "restrictions": [
            one for one in _here(document.get("restrictions", []), kind) if "deduct" not in one and "bonus" not in one
        ],
        "participation": document["participation"],
        "tiers": [_tier(one, kind) for one in document["tiers"]],
        "tie_breaks": document.get("tie_breaks", []),
        "outcomes": [one for one in document.get("outcomes", []) if one["in"] == kind],
    }


def _binding(item: Node, kind: str, base: str) -> Node:
    """An item of the negative list that deducts nothing, and binds where it does in this kind of period."""
    without = _OF_POINTS if kind in item.get("binds", [base]) else (*_OF_POINTS, "ceiling", "veto")
    return {key: said for key, said in item.items() if key not in without}


def _here(nodes: list[Node], kind: str) -> list[Node]:
    """Those that hold in a kind of period, without saying so."""
    return [{key: said for key, said in one.items() if key != "in"} for one in nodes if kind in one.get("in", [kind])]


def _tier(tier: Node, kind: str) -> Node:
    gates = _here(tier.get("gates", []), kind)
    return {key: said for key, said in tier.items() if key != "gates"} | ({"gates": gates} if gates else {})


def _reads_results(measure: Node) -> bool:
    take = measure["take"]
    return isinstance(take, dict) and any("results" in node for node in take.values() if isinstance(node, dict))
